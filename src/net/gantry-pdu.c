/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-pdu.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-command.h"
#include "gantry-error.h"

#define FIXED_PART 74 /* header, version, titles and reserved octets, PS3.8 9.3.2 */
#define ITEM_HEADER 4
#define MAX_CONTEXTS 128

enum
{
  ITEM_APPLICATION_CONTEXT = 0x10,
  ITEM_CONTEXT_RQ = 0x20,
  ITEM_CONTEXT_AC = 0x21,
  ITEM_ABSTRACT_SYNTAX = 0x30,
  ITEM_TRANSFER_SYNTAX = 0x40,
  ITEM_USER_INFORMATION = 0x50,
  ITEM_MAXIMUM_LENGTH = 0x51,
  ITEM_IMPLEMENTATION_CLASS = 0x52,
  ITEM_IMPLEMENTATION_VERSION = 0x55,
};

/* What is left of a sequence of items. */
typedef struct
{
  const guint8 *at;
  gsize left;
} Span;

typedef struct
{
  guint8 type;
  Span value;
} Item;

/* Returns: FALSE at the end, and when the next item does not fit, which leaves octets in @from. */
static gboolean
next_item (Span *from, Item *item)
{
  gsize length;

  if (from->left < ITEM_HEADER)
    return FALSE;
  length = from->at[2] << 8 | from->at[3];
  if (length > from->left - ITEM_HEADER)
    return FALSE;

  item->type = from->at[0];
  item->value = (Span){ from->at + ITEM_HEADER, length };
  from->at += ITEM_HEADER + length;
  from->left -= ITEM_HEADER + length;
  return TRUE;
}

/* Some peers pad with NUL or space, which PS3.8 Annex F does not want. */
static char *
span_dup_text (const Span *span)
{
  gsize length = strnlen ((const char *)span->at, span->left);

  while (length > 0 && span->at[length - 1] == ' ')
    length--;
  return g_utf8_make_valid ((const char *)span->at, length);
}

static void
copy_title (char to[17], const guint8 *from)
{
  memcpy (to, from, 16);
  to[16] = '\0';
  g_strstrip (to);
}

guint32
gantry_pdu_get_length (const guint8 *header)
{
  return (guint32)header[2] << 24 | header[3] << 16 | header[4] << 8 | header[5];
}

static gboolean
has_context (GPtrArray *contexts, guint8 id)
{
  for (guint i = 0; i < contexts->len; i++)
    if (((GantryContext *)contexts->pdata[i])->id == id)
      return TRUE;
  return FALSE;
}

/* A presentation context item, PS3.8 9.3.2.2 and 9.3.3.2. */
static gboolean
parse_context (GantryAssociatePdu *self, const Item *item)
{
  gboolean proposed = item->type == ITEM_CONTEXT_RQ;
  g_autoptr (GPtrArray) syntaxes = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *abstract_syntax = NULL;
  Span rest = item->value;
  Item sub;
  guint8 id, result;

  if (rest.left < 4)
    return FALSE;
  id = rest.at[0];
  result = rest.at[2];
  rest.at += 4;
  rest.left -= 4;

  while (next_item (&rest, &sub))
    {
      /* dcmnet cannot answer a proposal with an empty UID, and forgets to free what it made of it.
       */
      if (sub.value.left > GANTRY_UID_MAX
          || (proposed && (sub.value.left == 0 || *sub.value.at == '\0')))
        return FALSE;
      if (sub.type == ITEM_TRANSFER_SYNTAX)
        g_ptr_array_add (syntaxes, span_dup_text (&sub.value));
      else if (sub.type == ITEM_ABSTRACT_SYNTAX && abstract_syntax == NULL)
        abstract_syntax = span_dup_text (&sub.value);
    }
  if (rest.left != 0 || id % 2 == 0 || has_context (self->contexts, id)
      || self->contexts->len == MAX_CONTEXTS)
    return FALSE;
  if (proposed ? abstract_syntax == NULL || syntaxes->len == 0 : result == 0 && syntaxes->len != 1)
    return FALSE;

  g_ptr_array_add (syntaxes, NULL);
  g_ptr_array_add (self->contexts,
                   gantry_context_new (
                       id, abstract_syntax,
                       proposed ? (const char *const *)syntaxes->pdata : (const char *[]){ NULL },
                       !proposed && result == 0 ? syntaxes->pdata[0] : "", proposed ? 0 : result));
  return TRUE;
}

static gboolean
parse_user_information (GantryAssociatePdu *self, Span rest)
{
  Item item;

  while (next_item (&rest, &item))
    switch (item.type)
      {
      case ITEM_MAXIMUM_LENGTH:
        if (item.value.left != 4)
          return FALSE;
        self->max_pdu = gantry_pdu_get_length (item.value.at - 2);
        break;
      case ITEM_IMPLEMENTATION_CLASS:
        if (item.value.left > GANTRY_UID_MAX)
          return FALSE;
        g_free (self->implementation_class_uid);
        self->implementation_class_uid = span_dup_text (&item.value);
        break;
      case ITEM_IMPLEMENTATION_VERSION:
        if (item.value.left > 16)
          return FALSE;
        g_free (self->implementation_version);
        self->implementation_version = span_dup_text (&item.value);
        break;
      default:
        break;
      }
  return rest.left == 0;
}

static gboolean
parse_items (GantryAssociatePdu *self, Span rest, guint8 context_type)
{
  Item item;

  while (next_item (&rest, &item))
    switch (item.type)
      {
      case ITEM_APPLICATION_CONTEXT:
        if (item.value.left > GANTRY_UID_MAX)
          return FALSE;
        g_free (self->application_context);
        self->application_context = span_dup_text (&item.value);
        break;
      case ITEM_CONTEXT_RQ:
      case ITEM_CONTEXT_AC:
        if (item.type != context_type || !parse_context (self, &item))
          return FALSE;
        break;
      case ITEM_USER_INFORMATION:
        if (!parse_user_information (self, item.value))
          return FALSE;
        break;
      default:
        break;
      }
  return rest.left == 0;
}

gboolean
gantry_associate_pdu_parse (GantryAssociatePdu *self,
                            const guint8 *data,
                            gsize length,
                            GError **error)
{
  gboolean is_request = length > 0 && data[0] == GANTRY_PDU_ASSOCIATE_RQ;

  memset (self, 0, sizeof *self);
  self->contexts = gantry_record_array_new ();
  if (length >= FIXED_PART && gantry_pdu_get_length (data) == length - GANTRY_PDU_HEADER
      && (is_request || data[0] == GANTRY_PDU_ASSOCIATE_AC))
    {
      self->protocol_version = data[6] << 8 | data[7];
      copy_title (self->called, data + 10);
      copy_title (self->calling, data + 26);
      if (parse_items (self, (Span){ data + FIXED_PART, length - FIXED_PART },
                       is_request ? ITEM_CONTEXT_RQ : ITEM_CONTEXT_AC)
          && self->application_context != NULL)
        return TRUE;
    }

  gantry_associate_pdu_clear (self);
  g_set_error_literal (
      error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
      is_request ? _ ("The association request of the other side is malformed.")
                 : _ ("The other side accepted the association with an answer that is malformed."));
  return FALSE;
}

void
gantry_associate_pdu_clear (GantryAssociatePdu *self)
{
  g_clear_pointer (&self->application_context, g_free);
  g_clear_pointer (&self->contexts, g_ptr_array_unref);
  g_clear_pointer (&self->implementation_class_uid, g_free);
  g_clear_pointer (&self->implementation_version, g_free);
}
