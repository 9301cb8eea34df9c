/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-record-private.h"

#include <string.h>

/* Each record is an rc box that starts with its layout, hidden in front of the public struct, so
 * that one ref, one unref and one copy serve all of them.
 */
typedef struct
{
  const GantryRecordLayout *layout;
  gpointer padding; /* keeps the record aligned like any allocation */
} Header;

#define MEMBER(record, member, type) G_STRUCT_MEMBER (type, record, (member)->offset)

static gpointer
record_alloc (const GantryRecordLayout *layout)
{
  Header *header = g_atomic_rc_box_alloc0 (sizeof (Header) + layout->size);

  header->layout = layout;
  return header + 1;
}

gpointer
gantry_record_new (const GantryRecordLayout *layout)
{
  gpointer record = record_alloc (layout);

  for (const GantryRecordMember *m = layout->members; m->ownership != GANTRY_OWNS_NOTHING; m++)
    if (m->ownership == GANTRY_OWNS_TEXT)
      MEMBER (record, m, char *) = g_strdup ("");
    else if (m->ownership == GANTRY_OWNS_TEXTS)
      MEMBER (record, m, char **) = g_new0 (char *, 1);
    else if (m->ownership == GANTRY_OWNS_RECORDS)
      MEMBER (record, m, GPtrArray *) = gantry_record_array_new ();
  return record;
}

static void
copy_member (gpointer record, const GantryRecordMember *m)
{
  switch (m->ownership)
    {
    case GANTRY_OWNS_TEXT:
      MEMBER (record, m, char *) = g_strdup (MEMBER (record, m, char *));
      break;
    case GANTRY_OWNS_TEXTS:
      MEMBER (record, m, char **) = g_strdupv (MEMBER (record, m, char **));
      break;
    case GANTRY_OWNS_OCTETS:
      if (MEMBER (record, m, GBytes *) != NULL)
        g_bytes_ref (MEMBER (record, m, GBytes *));
      break;
    case GANTRY_OWNS_RECORD:
      if (MEMBER (record, m, gpointer) != NULL)
        gantry_record_ref (MEMBER (record, m, gpointer));
      break;
    case GANTRY_OWNS_RECORDS:
      g_ptr_array_ref (MEMBER (record, m, GPtrArray *));
      break;
    case GANTRY_OWNS_NOTHING:
    default:
      break;
    }
}

gpointer
gantry_record_copy (gconstpointer record)
{
  const GantryRecordLayout *layout = ((const Header *)record - 1)->layout;
  gpointer copy = record_alloc (layout);

  memcpy (copy, record, layout->size);
  for (const GantryRecordMember *m = layout->members; m->ownership != GANTRY_OWNS_NOTHING; m++)
    copy_member (copy, m);
  return copy;
}

static void
clear_member (gpointer record, const GantryRecordMember *m)
{
  switch (m->ownership)
    {
    case GANTRY_OWNS_TEXT:
      g_free (MEMBER (record, m, char *));
      break;
    case GANTRY_OWNS_TEXTS:
      g_strfreev (MEMBER (record, m, char **));
      break;
    case GANTRY_OWNS_OCTETS:
      g_clear_pointer (&MEMBER (record, m, GBytes *), g_bytes_unref);
      break;
    case GANTRY_OWNS_RECORD:
      gantry_record_unref (MEMBER (record, m, gpointer));
      break;
    case GANTRY_OWNS_RECORDS:
      g_ptr_array_unref (MEMBER (record, m, GPtrArray *));
      break;
    case GANTRY_OWNS_NOTHING:
    default:
      break;
    }
}

static void
header_clear (gpointer data)
{
  Header *header = data;

  for (const GantryRecordMember *m = header->layout->members; m->ownership != GANTRY_OWNS_NOTHING;
       m++)
    clear_member (header + 1, m);
}

gpointer
gantry_record_ref (gpointer record)
{
  g_atomic_rc_box_acquire ((Header *)record - 1);
  return record;
}

void
gantry_record_unref (gpointer record)
{
  if (record != NULL)
    g_atomic_rc_box_release_full ((Header *)record - 1, header_clear);
}

GPtrArray *
gantry_record_array_new (void)
{
  return g_ptr_array_new_with_free_func (gantry_record_unref);
}

void
gantry_record_set (char **member, const char *text)
{
  g_free (*member);
  *member = g_utf8_make_valid (text != NULL ? text : "", -1);
}
