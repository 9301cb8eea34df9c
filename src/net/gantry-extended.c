/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-extended.h"

#include <string.h>

#include "gantry-pdu.h"
#include "gantry-records.h"
#include "gantry-registry.h"

/* PS3.4 Tables B.3-1 and B.3-2: every element of an object is kept, signatures too, and nothing is
 * changed. Every other octet is reserved. */
static const guint8 application_information[] = { 2, 0, 3, 0, 0, 0 };

static gboolean
is_storage (const char *uid)
{
  return gantry_sop_class_lookup (uid) != NULL
         || (gantry_uid_lookup (uid) == NULL && gantry_uid_is_valid (uid));
}

/* TRUE for every SOP class once. */
static gboolean
is_first_of_class (GPtrArray *contexts, guint i)
{
  const GantryContext *context = contexts->pdata[i];

  for (guint j = 0; j < i; j++)
    if (g_str_equal (((GantryContext *)contexts->pdata[j])->abstract_syntax,
                     context->abstract_syntax))
      return FALSE;
  return TRUE;
}

/* ---- Items ----------------------------------------------------------------------------------- */

static void
append_length (GByteArray *to, gsize length)
{
  guint8 octets[] = { length >> 8, length };

  g_byte_array_append (to, octets, sizeof octets);
}

static void
mend_length (guint8 *at, gsize length)
{
  at[0] = length >> 8;
  at[1] = length;
}

static void
append_uid (GByteArray *to, const char *uid)
{
  append_length (to, strlen (uid));
  g_byte_array_append (to, (const guint8 *)uid, strlen (uid));
}

/* Type, a reserved octet that is 0 (with 57H the version, which is 0 too), length. */
static guint
begin_item (GByteArray *to, guint8 type)
{
  const guint8 head[GANTRY_PDU_ITEM_HEADER] = { type };

  g_byte_array_append (to, head, sizeof head);
  return to->len;
}

static void
end_item (GByteArray *to, guint begin)
{
  mend_length (to->data + begin - 2, to->len - begin);
}

/* PS3.7 Table D.3-11 */
static void
append_extended (GByteArray *to, const char *sop_class_uid)
{
  guint begin = begin_item (to, GANTRY_PDU_ITEM_EXTENDED);

  append_uid (to, sop_class_uid);
  g_byte_array_append (to, application_information, sizeof application_information);
  end_item (to, begin);
}

/* PS3.7 Tables D.3-12 and D.3-13 */
static void
append_common (GByteArray *to, const char *sop_class_uid)
{
  const GantrySopClass *sop_class = gantry_sop_class_lookup (sop_class_uid);
  guint begin = begin_item (to, GANTRY_PDU_ITEM_COMMON_EXTENDED);
  guint related;

  append_uid (to, sop_class_uid);
  append_uid (to, GANTRY_UID_STORAGE_SERVICE);
  append_length (to, 0);
  related = to->len;
  if (sop_class != NULL && sop_class->general != NULL)
    for (guint i = 0; sop_class->general[i] != NULL; i++)
      append_uid (to, sop_class->general[i]);
  mend_length (to->data + related - 2, to->len - related);
  end_item (to, begin);
}

GBytes *
gantry_extended_propose (GPtrArray *contexts)
{
  GByteArray *items = g_byte_array_new ();

  for (guint i = 0; i < contexts->len; i++)
    {
      const char *uid = ((GantryContext *)contexts->pdata[i])->abstract_syntax;

      if (!is_storage (uid) || !is_first_of_class (contexts, i))
        continue;
      append_extended (items, uid);
      append_common (items, uid);
    }
  return g_byte_array_free_to_bytes (items);
}

static gboolean
has_extended (GPtrArray *proposed, const char *sop_class_uid)
{
  for (guint i = 0; i < proposed->len; i++)
    {
      const GantryExtended *extended = proposed->pdata[i];

      if (extended->raw != NULL && g_str_equal (extended->sop_class_uid, sop_class_uid))
        return TRUE;
    }
  return FALSE;
}

GBytes *
gantry_extended_answer (GPtrArray *contexts, GPtrArray *proposed)
{
  GByteArray *items = g_byte_array_new ();

  for (guint i = 0; i < contexts->len; i++)
    {
      const char *uid = ((GantryContext *)contexts->pdata[i])->abstract_syntax;

      if (is_storage (uid) && is_first_of_class (contexts, i) && has_extended (proposed, uid))
        append_extended (items, uid);
    }
  return g_byte_array_free_to_bytes (items);
}

/* ---- Into the PDU ---------------------------------------------------------------------------- */

static gsize
item_size (const guint8 *item)
{
  return GANTRY_PDU_ITEM_HEADER + (item[2] << 8 | item[3]);
}

/* Returns: how many octets of @items are whole items and no more than @room */
static gsize
fitting (const guint8 *items, gsize length, gsize room)
{
  gsize at = 0;

  while (at < length && at + item_size (items + at) <= room)
    at += item_size (items + at);
  return at;
}

GBytes *
gantry_extended_add_items (const guint8 *pdu, gsize length, GBytes *items)
{
  gsize at = GANTRY_PDU_FIXED_PART, size, used;
  const guint8 *data = g_bytes_get_data (items, &size);
  GByteArray *out = g_byte_array_sized_new (length + size);
  guint8 *user;
  guint32 total;

  while (at < length && pdu[at] != GANTRY_PDU_ITEM_USER_INFORMATION)
    at += item_size (pdu + at);
  if (at >= length)
    return g_byte_array_free_to_bytes (g_byte_array_append (out, pdu, length));

  used = item_size (pdu + at);
  size = fitting (data, size, G_MAXUINT16 + GANTRY_PDU_ITEM_HEADER - used);
  g_byte_array_append (out, pdu, at + used);
  g_byte_array_append (out, data, size);
  g_byte_array_append (out, pdu + at + used, length - at - used);

  user = out->data + at;
  mend_length (user + 2, used - GANTRY_PDU_ITEM_HEADER + size);
  total = GUINT32_TO_BE (out->len - GANTRY_PDU_HEADER);
  memcpy (out->data + 2, &total, sizeof total);
  return g_byte_array_free_to_bytes (out);
}
