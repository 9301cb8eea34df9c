/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-pdu.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-command.h"
#include "gantry-error.h"
#include "gantry-span.h"

#define MAX_CONTEXTS 128
#define MAX_EXTENDED (2 * MAX_CONTEXTS) /* one item of either kind for each */

/* What is wrong with a PDU. */
typedef enum
{
  FAULT_NONE,
  FAULT_LENGTHS,
  FAULT_CONTEXT,
  FAULT_NO_APPLICATION_CONTEXT,
  FAULT_VERSION, /* an answer's only: a request is rejected for it */
} Fault;

typedef struct
{
  guint8 type;
  GantrySpan value;
} Item;

static gboolean
next_item (GantrySpan *from, Item *item)
{
  return gantry_span_next_item (from, &item->type, &item->value);
}

/* Some peers pad with NUL or space, which PS3.8 Annex F does not want. */
static char *
span_dup_text (const GantrySpan *span)
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
static Fault
parse_context (GantryAssociatePdu *self, const Item *item)
{
  gboolean proposed = item->type == GANTRY_PDU_ITEM_CONTEXT_RQ;
  g_autoptr (GPtrArray) syntaxes = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *abstract_syntax = NULL;
  GantrySpan rest = item->value;
  Item sub;
  guint8 id, result;

  if (rest.left < 4)
    return FAULT_LENGTHS;
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
        return FAULT_CONTEXT;
      if (sub.type == GANTRY_PDU_ITEM_TRANSFER_SYNTAX)
        g_ptr_array_add (syntaxes, span_dup_text (&sub.value));
      else if (sub.type == GANTRY_PDU_ITEM_ABSTRACT_SYNTAX && abstract_syntax == NULL)
        abstract_syntax = span_dup_text (&sub.value);
    }
  if (rest.left != 0)
    return FAULT_LENGTHS;
  if (id % 2 == 0 || has_context (self->contexts, id) || self->contexts->len == MAX_CONTEXTS)
    return FAULT_CONTEXT;
  if (proposed ? abstract_syntax == NULL || syntaxes->len == 0 : result == 0 && syntaxes->len != 1)
    return FAULT_CONTEXT;

  g_ptr_array_add (syntaxes, NULL);
  g_ptr_array_add (self->contexts,
                   gantry_context_new (
                       id, abstract_syntax,
                       proposed ? (const char *const *)syntaxes->pdata : (const char *[]){ NULL },
                       !proposed && result == 0 ? syntaxes->pdata[0] : "", proposed ? 0 : result));
  return FAULT_NONE;
}

/* Returns: (nullable): a UID with its length before it, unless that is not to be believed */
static char *
take_uid (GantrySpan *from)
{
  GantrySpan uid;

  return gantry_span_take_counted (from, &uid) && uid.left <= GANTRY_UID_MAX ? span_dup_text (&uid)
                                                                             : NULL;
}

/* SCP/SCU Role Selection, PS3.7 Table D.3-9: a UID and both roles. Not used here, but dcmnet reads
 * it, and keeps what it has read so far for ever when it gives up. */
static gboolean
is_role_selection (GantrySpan rest)
{
  g_autofree char *uid = take_uid (&rest);

  return uid != NULL && rest.left == 2;
}

/* User Identity, PS3.7 Tables D.3-14 and D.3-15: the same holds. */
static gboolean
is_user_identity (GantrySpan rest, gboolean is_request)
{
  GantrySpan field;

  if (!is_request)
    return gantry_span_take_counted (&rest, &field) && rest.left == 0;
  if (rest.left < 2)
    return FALSE;
  rest.at += 2;
  rest.left -= 2;
  return gantry_span_take_counted (&rest, &field) && gantry_span_take_counted (&rest, &field)
         && rest.left == 0;
}

/* An octet of the application information, PS3.4 Tables B.3-1 and B.3-2. */
static gint
get_choice (const GantrySpan *information, gsize at, gint max)
{
  return at < information->left && information->at[at] <= max ? information->at[at] : -1;
}

/* SOP Class Extended Negotiation, PS3.7 Table D.3-11. That of another service has other octets:
 * whoever asks knows the class. */
static gboolean
parse_extended (GantryAssociatePdu *self, GantrySpan rest)
{
  g_autofree char *uid = take_uid (&rest);
  GantryExtended *extended;

  if (uid == NULL)
    return FALSE;
  if (self->extended->len == MAX_EXTENDED)
    return TRUE;
  extended = gantry_extended_new (uid);
  extended->level = get_choice (&rest, 0, 3);
  extended->signature_level = get_choice (&rest, 2, 3);
  extended->coercion = get_choice (&rest, 4, 2);
  extended->raw = g_bytes_new (rest.at, rest.left);
  g_ptr_array_add (self->extended, extended);
  return TRUE;
}

/* SOP Class Common Extended Negotiation, PS3.7 Tables D.3-12 and D.3-13. What follows the related
 * classes is reserved for later versions. */
static void
parse_common_extended (GantryAssociatePdu *self, GantrySpan rest)
{
  g_autofree char *uid = take_uid (&rest);
  g_autofree char *service = uid != NULL ? take_uid (&rest) : NULL;
  g_autoptr (GPtrArray) related = g_ptr_array_new_with_free_func (g_free);
  GantryExtended *extended;
  GantrySpan list;

  if (service == NULL || !gantry_span_take_counted (&rest, &list)
      || self->extended->len == MAX_EXTENDED)
    return;
  while (list.left > 0)
    {
      char *general = take_uid (&list);

      if (general == NULL)
        return;
      g_ptr_array_add (related, general);
    }

  g_ptr_array_add (related, NULL);
  extended = gantry_extended_new (uid);
  gantry_record_set (&extended->service_class_uid, service);
  g_strfreev (extended->related_classes);
  extended->related_classes = g_strdupv ((char **)related->pdata);
  g_ptr_array_add (self->extended, extended);
}

static Fault
parse_user_information (GantryAssociatePdu *self, GantrySpan rest, gboolean is_request)
{
  Item item;

  while (next_item (&rest, &item))
    switch (item.type)
      {
      case GANTRY_PDU_ITEM_MAXIMUM_LENGTH:
        if (item.value.left != 4)
          return FAULT_LENGTHS;
        self->max_pdu = gantry_pdu_get_length (item.value.at - 2);
        break;
      case GANTRY_PDU_ITEM_IMPLEMENTATION_CLASS:
        if (item.value.left > GANTRY_UID_MAX)
          return FAULT_LENGTHS;
        g_free (self->implementation_class_uid);
        self->implementation_class_uid = span_dup_text (&item.value);
        break;
      case GANTRY_PDU_ITEM_IMPLEMENTATION_VERSION:
        if (item.value.left > 16)
          return FAULT_LENGTHS;
        g_free (self->implementation_version);
        self->implementation_version = span_dup_text (&item.value);
        break;
      case GANTRY_PDU_ITEM_ROLE_SELECTION:
        if (!is_role_selection (item.value))
          return FAULT_LENGTHS;
        break;
      case GANTRY_PDU_ITEM_USER_IDENTITY_RQ:
      case GANTRY_PDU_ITEM_USER_IDENTITY_AC:
        if (!is_user_identity (item.value, item.type == GANTRY_PDU_ITEM_USER_IDENTITY_RQ))
          return FAULT_LENGTHS;
        break;
      case GANTRY_PDU_ITEM_EXTENDED:
        if (!parse_extended (self, item.value))
          return FAULT_LENGTHS;
        break;
      case GANTRY_PDU_ITEM_COMMON_EXTENDED:
        if (is_request)
          parse_common_extended (self, item.value);
        break;
      default:
        break;
      }
  return rest.left == 0 ? FAULT_NONE : FAULT_LENGTHS;
}

static Fault
parse_items (GantryAssociatePdu *self, GantrySpan rest, gboolean is_request)
{
  guint8 context_type = is_request ? GANTRY_PDU_ITEM_CONTEXT_RQ : GANTRY_PDU_ITEM_CONTEXT_AC;
  Fault fault = FAULT_NONE;
  Item item;

  while (fault == FAULT_NONE && next_item (&rest, &item))
    switch (item.type)
      {
      case GANTRY_PDU_ITEM_APPLICATION_CONTEXT:
        if (item.value.left > GANTRY_UID_MAX)
          return FAULT_LENGTHS;
        g_free (self->application_context);
        self->application_context = span_dup_text (&item.value);
        break;
      case GANTRY_PDU_ITEM_CONTEXT_RQ:
      case GANTRY_PDU_ITEM_CONTEXT_AC:
        fault = item.type == context_type ? parse_context (self, &item) : FAULT_CONTEXT;
        break;
      case GANTRY_PDU_ITEM_USER_INFORMATION:
        fault = parse_user_information (self, item.value, is_request);
        break;
      default:
        break;
      }
  if (fault == FAULT_NONE && rest.left != 0)
    return FAULT_LENGTHS;
  if (fault == FAULT_NONE && self->application_context == NULL)
    return FAULT_NO_APPLICATION_CONTEXT;
  return fault;
}

static const char *
describe_fault (Fault fault, gboolean is_request)
{
  switch (fault)
    {
    case FAULT_CONTEXT:
      return is_request ? _ ("The association request of the caller breaks the rules of DICOM: one "
                             "of its presentation contexts is not valid.")
                        : _ ("The other side accepted the association, but one of the presentation "
                             "contexts in its answer is not valid. Ask its administrator for its "
                             "log and its software version.");
    case FAULT_NO_APPLICATION_CONTEXT:
      return is_request ? _ ("The association request of the caller breaks the rules of DICOM: it "
                             "names no application context.")
                        : _ ("The other side accepted the association, but its answer names no "
                             "application context. Ask its administrator for its log and its "
                             "software version.");
    case FAULT_VERSION:
      return _ ("The other side accepted the association, but in another version of the DICOM "
                "upper layer protocol. Ask its administrator about the software.");
    default:
      return is_request ? _ ("The association request of the caller is damaged: the lengths in it "
                             "do not add up.")
                        : _ ("The other side accepted the association, but its answer is damaged: "
                             "the lengths in it do not add up. See its log, and whether anything "
                             "between the two changes the data.");
    }
}

static Fault
parse_pdu (GantryAssociatePdu *self, const guint8 *data, gsize length, gboolean is_request)
{
  if (length < GANTRY_PDU_FIXED_PART || gantry_pdu_get_length (data) != length - GANTRY_PDU_HEADER
      || (!is_request && data[0] != GANTRY_PDU_ASSOCIATE_AC))
    return FAULT_LENGTHS;

  self->protocol_version = data[6] << 8 | data[7];
  copy_title (self->called, data + 10);
  copy_title (self->calling, data + 26);
  /* PS3.8 9.3.2: a bit for each version, and the only one is the first. */
  if (!is_request && (self->protocol_version & 1) == 0)
    return FAULT_VERSION;
  return parse_items (self,
                      (GantrySpan){ data + GANTRY_PDU_FIXED_PART, length - GANTRY_PDU_FIXED_PART },
                      is_request);
}

gboolean
gantry_associate_pdu_parse (GantryAssociatePdu *self,
                            const guint8 *data,
                            gsize length,
                            GError **error)
{
  gboolean is_request = length > 0 && data[0] == GANTRY_PDU_ASSOCIATE_RQ;
  Fault fault;

  memset (self, 0, sizeof *self);
  self->contexts = gantry_record_array_new ();
  self->extended = gantry_record_array_new ();
  fault = parse_pdu (self, data, length, is_request);
  if (fault == FAULT_NONE)
    return TRUE;

  gantry_associate_pdu_clear (self);
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
                       describe_fault (fault, is_request));
  return FALSE;
}

void
gantry_associate_pdu_clear (GantryAssociatePdu *self)
{
  g_clear_pointer (&self->application_context, g_free);
  g_clear_pointer (&self->contexts, g_ptr_array_unref);
  g_clear_pointer (&self->extended, g_ptr_array_unref);
  g_clear_pointer (&self->implementation_class_uid, g_free);
  g_clear_pointer (&self->implementation_version, g_free);
}
