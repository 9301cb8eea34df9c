/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-command.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"

/* Elements of group 0000, PS3.7 Table E.1-1. */
enum
{
  ELEMENT_GROUP_LENGTH = 0x0000,
  ELEMENT_AFFECTED_SOP_CLASS = 0x0002,
  ELEMENT_REQUESTED_SOP_CLASS = 0x0003,
  ELEMENT_COMMAND_FIELD = 0x0100,
  ELEMENT_MESSAGE_ID = 0x0110,
  ELEMENT_MESSAGE_ID_RESPONDED_TO = 0x0120,
  ELEMENT_PRIORITY = 0x0700,
  ELEMENT_DATA_SET_TYPE = 0x0800,
  ELEMENT_STATUS = 0x0900,
  ELEMENT_OFFENDING_ELEMENT = 0x0901,
  ELEMENT_ERROR_COMMENT = 0x0902,
  ELEMENT_AFFECTED_SOP_INSTANCE = 0x1000,
  ELEMENT_REQUESTED_SOP_INSTANCE = 0x1001,
  ELEMENT_MOVE_ORIGINATOR = 0x1030,
  ELEMENT_MOVE_ORIGINATOR_MESSAGE_ID = 0x1031,
};

#define ELEMENT_HEADER 8 /* group, element, 32 bit length (PS3.5 7.1.3) */
#define RESPONSE 0x8000  /* PS3.7 E.1: set in the command field of every response */

/* ---- Encoding ------------------------------------------------------------------------------ */

static guint8 *
put_u16 (guint8 *to, guint16 value)
{
  to[0] = value & 0xFF;
  to[1] = value >> 8;
  return to + 2;
}

static guint8 *
put_u32 (guint8 *to, guint32 value)
{
  return put_u16 (put_u16 (to, value & 0xFFFF), value >> 16);
}

static guint8 *
put_header (guint8 *to, guint16 element, guint32 length)
{
  return put_u32 (put_u16 (put_u16 (to, 0x0000), element), length);
}

static guint8 *
put_us (guint8 *to, guint16 element, guint16 value)
{
  return put_u16 (put_header (to, element, 2), value);
}

/* @pad makes the length even: NUL for UIDs, a space for other text (PS3.5 6.2). */
static guint8 *
put_text (guint8 *to, guint16 element, const char *text, gsize max, char pad)
{
  gsize length = strnlen (text, max);

  if (length == 0)
    return to;

  to = put_header (to, element, length + length % 2);
  memcpy (to, text, length);
  to += length;
  if (length % 2 != 0)
    *to++ = pad;
  return to;
}

static guint8 *
put_offending (guint8 *to, const GantryCommand *self)
{
  guint n = MIN (self->n_offending_elements, G_N_ELEMENTS (self->offending_elements));

  if (n == 0)
    return to;

  to = put_header (to, ELEMENT_OFFENDING_ELEMENT, 4 * n);
  for (guint i = 0; i < n; i++)
    to = put_u16 (put_u16 (to, self->offending_elements[i] >> 16),
                  self->offending_elements[i] & 0xFFFF);
  return to;
}

/**
 * gantry_command_encode:
 * @buffer: holds GANTRY_COMMAND_ENCODED_MAX octets
 *
 * Writes the elements in ascending order behind their group length (PS3.7 6.3.1). A UID longer
 * than GANTRY_UID_MAX is cut there.
 *
 * Returns: the octets written, always an even number
 */
gsize
gantry_command_encode (const GantryCommand *self, guint8 *buffer)
{
  gboolean is_response = (self->field & RESPONSE) != 0;
  gboolean is_store = (self->field & ~RESPONSE) == GANTRY_COMMAND_C_STORE_RQ;
  guint8 *to = buffer + ELEMENT_HEADER + 4;

  to = put_text (to, ELEMENT_AFFECTED_SOP_CLASS, self->sop_class_uid, GANTRY_UID_MAX, '\0');
  to = put_us (to, ELEMENT_COMMAND_FIELD, self->field);
  if (is_response || self->field == GANTRY_COMMAND_C_CANCEL_RQ)
    to = put_us (to, ELEMENT_MESSAGE_ID_RESPONDED_TO, self->message_id_responded_to);
  else
    to = put_us (to, ELEMENT_MESSAGE_ID, self->message_id);
  if (is_store && !is_response)
    to = put_us (to, ELEMENT_PRIORITY, self->priority);
  to = put_us (to, ELEMENT_DATA_SET_TYPE, self->data_set_type);
  if (self->has_status)
    {
      to = put_us (to, ELEMENT_STATUS, self->status);
      to = put_offending (to, self);
      to = put_text (to, ELEMENT_ERROR_COMMENT, self->error_comment, 64, ' ');
    }
  to = put_text (to, ELEMENT_AFFECTED_SOP_INSTANCE, self->sop_instance_uid, GANTRY_UID_MAX, '\0');
  if (self->has_move_originator)
    {
      to = put_text (to, ELEMENT_MOVE_ORIGINATOR, self->move_originator, 16, ' ');
      to = put_us (to, ELEMENT_MOVE_ORIGINATOR_MESSAGE_ID, self->move_originator_message_id);
    }

  put_u32 (put_header (buffer, ELEMENT_GROUP_LENGTH, 4), to - buffer - ELEMENT_HEADER - 4);
  return to - buffer;
}

/* ---- Decoding ------------------------------------------------------------------------------ */

static guint16
get_u16 (const guint8 *from)
{
  return from[0] | from[1] << 8;
}

static guint32
get_u32 (const guint8 *from)
{
  return get_u16 (from) | (guint32)get_u16 (from + 2) << 16;
}

/* Padding, leading spaces included, is not part of the value (PS3.5 6.2). Returns FALSE when @room
 * cuts it. */
static gboolean
get_text (char *to, gsize room, const guint8 *from, gsize length)
{
  const guint8 *nul = memchr (from, '\0', length);
  gboolean fits;

  if (nul != NULL)
    length = nul - from;
  while (length > 0 && from[length - 1] == ' ')
    length--;
  while (length > 0 && *from == ' ')
    {
      from++;
      length--;
    }

  fits = length < room;
  length = MIN (length, room - 1);
  memcpy (to, from, length);
  to[length] = '\0';
  return fits;
}

static void
get_uid (GantryCommand *self, char *to, const guint8 *from, gsize length)
{
  if (!get_text (to, GANTRY_UID_MAX + 2, from, length) || strlen (to) > GANTRY_UID_MAX)
    self->overlong = TRUE;
}

static void
get_offending (GantryCommand *self, const guint8 *from, gsize length)
{
  guint n = MIN (length / 4, G_N_ELEMENTS (self->offending_elements));

  for (guint i = 0; i < n; i++, from += 4)
    self->offending_elements[i] = (guint32)get_u16 (from) << 16 | get_u16 (from + 2);
  self->n_offending_elements = n;
}

/* The 16 bit members, so that one check of their length serves all of them. */
static guint16 *
find_us (GantryCommand *self, guint16 element)
{
  switch (element)
    {
    case ELEMENT_COMMAND_FIELD:
      return &self->field;
    case ELEMENT_MESSAGE_ID:
      return &self->message_id;
    case ELEMENT_MESSAGE_ID_RESPONDED_TO:
      return &self->message_id_responded_to;
    case ELEMENT_PRIORITY:
      return &self->priority;
    case ELEMENT_DATA_SET_TYPE:
      return &self->data_set_type;
    case ELEMENT_STATUS:
      self->has_status = TRUE;
      return &self->status;
    case ELEMENT_MOVE_ORIGINATOR_MESSAGE_ID:
      self->has_move_originator = TRUE;
      return &self->move_originator_message_id;
    default:
      return NULL;
    }
}

static void
get_text_element (GantryCommand *self, guint16 element, const guint8 *value, guint32 length)
{
  switch (element)
    {
    case ELEMENT_AFFECTED_SOP_CLASS:
    case ELEMENT_REQUESTED_SOP_CLASS:
      get_uid (self, self->sop_class_uid, value, length);
      break;
    case ELEMENT_AFFECTED_SOP_INSTANCE:
    case ELEMENT_REQUESTED_SOP_INSTANCE:
      get_uid (self, self->sop_instance_uid, value, length);
      break;
    case ELEMENT_OFFENDING_ELEMENT:
      get_offending (self, value, length);
      break;
    case ELEMENT_ERROR_COMMENT:
      get_text (self->error_comment, sizeof self->error_comment, value, length);
      break;
    case ELEMENT_MOVE_ORIGINATOR:
      self->has_move_originator = TRUE;
      get_text (self->move_originator, sizeof self->move_originator, value, length);
      break;
    default: /* of a service we do not know, or retired: not ours to judge */
      break;
    }
}

/**
 * gantry_command_decode:
 * @data: the command fragments of one message, put together
 * @error: return location for %GANTRY_ERROR_PROTOCOL
 *
 * Elements that we do not know are passed over. The order of elements and the group length are not
 * checked: peers that get them wrong are understood all the same.
 *
 * Returns: %FALSE when lengths do not add up, an element is not of group 0000, or there is no
 *   command field or data set type
 */
gboolean
gantry_command_decode (GantryCommand *self, const guint8 *data, gsize length, GError **error)
{
  gboolean has_field = FALSE, has_data_set_type = FALSE;

  memset (self, 0, sizeof *self);
  while (length >= ELEMENT_HEADER)
    {
      guint16 element = get_u16 (data + 2);
      guint32 value_length = get_u32 (data + 4);
      guint16 *us;

      if (get_u16 (data) != 0x0000 || value_length > length - ELEMENT_HEADER)
        break;
      data += ELEMENT_HEADER;
      length -= ELEMENT_HEADER;

      us = find_us (self, element);
      if (us != NULL && value_length != 2)
        {
          length = 1; /* a number of the wrong size: not to be guessed at */
          break;
        }
      if (us != NULL)
        *us = get_u16 (data);
      else
        get_text_element (self, element, data, value_length);
      has_field |= element == ELEMENT_COMMAND_FIELD;
      has_data_set_type |= element == ELEMENT_DATA_SET_TYPE;
      data += value_length;
      length -= value_length;
    }

  if (length == 0 && has_field && has_data_set_type)
    return TRUE;

  if (length != 0)
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
                         _ ("The other side sent a command that cannot be read: its element "
                            "lengths do not add up. See the logs of both sides."));
  else
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
                         _ ("The other side sent a command without a command field or data set "
                            "type. See the logs of both sides."));
  return FALSE;
}

/**
 * gantry_command_init_response:
 * @comment: (nullable): Error Comment (0000,0902); cut to its 64 characters
 */
void
gantry_command_init_response (GantryCommand *self,
                              const GantryCommand *request,
                              guint16 status,
                              const char *comment)
{
  memset (self, 0, sizeof *self);
  self->field = request->field | RESPONSE;
  self->message_id_responded_to = request->message_id;
  self->data_set_type = GANTRY_COMMAND_NO_DATA_SET;
  self->status = status;
  self->has_status = TRUE;
  g_strlcpy (self->sop_class_uid, request->sop_class_uid, sizeof self->sop_class_uid);
  g_strlcpy (self->sop_instance_uid, request->sop_instance_uid, sizeof self->sop_instance_uid);
  if (comment != NULL)
    {
      /* VR LO under the default repertoire: one octet a character, no backslash (PS3.5 6.2). */
      g_strlcpy (self->error_comment, comment, sizeof self->error_comment);
      for (char *c = self->error_comment; *c != '\0'; c++)
        if (!g_ascii_isprint (*c) || *c == '\\')
          *c = '?';
    }
}
