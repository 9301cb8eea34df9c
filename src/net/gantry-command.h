/* gantry-command.h - the command set of a DIMSE message (PS3.7 Annex E), to and from bytes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Group 0000 is always Implicit VR Little Endian (PS3.7 6.3.1), so this needs no dictionary.
 */
#pragma once

#include "gantry-registry.h"

G_BEGIN_DECLS

#define GANTRY_COMMAND_NO_DATA_SET 0x0101 /* Command Data Set Type (0000,0800), PS3.7 E.1 */

typedef enum
{
  GANTRY_COMMAND_C_STORE_RQ = 0x0001,
  GANTRY_COMMAND_C_STORE_RSP = 0x8001,
  GANTRY_COMMAND_C_ECHO_RQ = 0x0030,
  GANTRY_COMMAND_C_ECHO_RSP = 0x8030,
  GANTRY_COMMAND_C_CANCEL_RQ = 0x0FFF,
} GantryCommandField;

/* Plain data on the stack: one is made for every object, so it allocates nothing. */
typedef struct
{
  guint16 field; /* GantryCommandField, or a value that we do not know */
  guint16 message_id;
  guint16 message_id_responded_to;
  guint16 priority;
  guint16 data_set_type;
  guint16 status;
  gboolean has_status;
  /* As sent, not checked; NUL terminated. Longer values are cut and flagged. */
  char sop_class_uid[GANTRY_UID_MAX + 2];
  char sop_instance_uid[GANTRY_UID_MAX + 2];
  gboolean overlong;
  char move_originator[16 + 1];
  guint16 move_originator_message_id;
  gboolean has_move_originator;
  char error_comment[64 + 1];    /* (0000,0902) */
  guint32 offending_elements[8]; /* (0000,0901) */
  guint n_offending_elements;
} GantryCommand;

#define GANTRY_COMMAND_ENCODED_MAX 512

/* Returns: the octets written to @buffer, which holds GANTRY_COMMAND_ENCODED_MAX. */
gsize gantry_command_encode (const GantryCommand *self, guint8 *buffer);

/* @error: %GANTRY_ERROR_PROTOCOL when the elements break PS3.7 6.3 or no command field is there. */
gboolean
gantry_command_decode (GantryCommand *self, const guint8 *data, gsize length, GError **error);

/* The response to @request with @status and, when not %NULL, an Error Comment. */
void gantry_command_init_response (GantryCommand *self,
                                   const GantryCommand *request,
                                   guint16 status,
                                   const char *comment);

G_END_DECLS
