/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-held-rows.h"

struct _GantryHeldRows
{
  GHashTable *rows; /* position -> GantryPagedItem (unowned) */
  void (*gone) (gpointer user_data);
  gpointer user_data;
};

GantryHeldRows *
gantry_held_rows_new (void (*gone) (gpointer user_data), gpointer user_data)
{
  GantryHeldRows *self = g_new0 (GantryHeldRows, 1);

  self->rows = g_hash_table_new (NULL, NULL);
  self->gone = gone;
  self->user_data = user_data;
  return self;
}

void
gantry_held_rows_free (GantryHeldRows *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    gantry_paged_item_detach (item);
  g_hash_table_unref (self->rows);
  g_free (self);
}

static void
on_item_gone (GantryPagedItem *item, gpointer data)
{
  GantryHeldRows *self = data;

  g_hash_table_remove (self->rows, GUINT_TO_POINTER (gantry_paged_item_get_position (item)));
  if (gantry_paged_item_get_record (item) == NULL)
    self->gone (self->user_data);
}

GantryPagedItem *
gantry_held_rows_get (GantryHeldRows *self, guint position)
{
  GantryPagedItem *item = g_hash_table_lookup (self->rows, GUINT_TO_POINTER (position));

  if (item != NULL)
    return g_object_ref (item);
  item = gantry_paged_item_new (position, on_item_gone, self);
  g_hash_table_insert (self->rows, GUINT_TO_POINTER (position), item);
  return item;
}

GantryPagedItem *
gantry_held_rows_find (GantryHeldRows *self, GantryRecordKey key_of, gint64 key)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    {
      gpointer record = gantry_paged_item_get_record (item);

      if (record != NULL && key_of (record) == key)
        return g_object_ref (item);
    }
  return NULL;
}

GArray *
gantry_held_rows_get_keys (GantryHeldRows *self, GantryRecordKey key_of)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (GantryListKey));
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    {
      gpointer record = gantry_paged_item_get_record (item);

      if (record != NULL)
        {
          GantryListKey row = { gantry_paged_item_get_position (item), key_of (record) };
          g_array_append_val (keys, row);
        }
    }
  return keys;
}

GHashTable *
gantry_held_rows_get_pages (GantryHeldRows *self, guint page_size, gboolean empty)
{
  GHashTable *pages = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    if (!empty || gantry_paged_item_get_record (item) == NULL)
      g_hash_table_add (pages,
                        GUINT_TO_POINTER (gantry_paged_item_get_position (item) / page_size));
  return pages;
}

void
gantry_held_rows_fill (GantryHeldRows *self, GantryPageCache *pages)
{
  /* A handler of "record" may take or drop rows, which changes the table. */
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    g_ptr_array_add (items, g_object_ref (item));

  for (guint i = 0; i < items->len; i++)
    {
      GantryPagedItem *row = g_ptr_array_index (items, i);
      gpointer record = gantry_page_cache_get (pages, gantry_paged_item_get_position (row));

      if (record != NULL)
        gantry_paged_item_set_record (row, record);
    }
}

/* Where a row is after the change; %FALSE: nowhere. */
static gboolean
find_place (GantryPagedItem *item,
            const GantryListChange *change,
            GHashTable *places,
            GantryRecordKey key_of,
            guint *position)
{
  gpointer record = gantry_paged_item_get_record (item), place;
  gint64 key = record != NULL ? key_of (record) : 0;

  *position = gantry_paged_item_get_position (item);
  if (*position < change->start)
    return TRUE;
  if (*position >= change->start + change->removed)
    {
      *position = *position - change->removed + change->added;
      return TRUE;
    }
  if (key == 0 || !g_hash_table_lookup_extended (places, &key, NULL, &place))
    return FALSE;
  *position = GPOINTER_TO_UINT (place);
  return TRUE;
}

void
gantry_held_rows_move (GantryHeldRows *self,
                       const GantryListChange *change,
                       GHashTable *places,
                       GantryRecordKey key_of)
{
  g_autoptr (GHashTable) old = g_steal_pointer (&self->rows);
  GHashTableIter iter;
  gpointer item;
  guint position;

  self->rows = g_hash_table_new (NULL, NULL);
  g_hash_table_iter_init (&iter, old);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    if (find_place (item, change, places, key_of, &position))
      {
        gantry_paged_item_set_position (item, position);
        g_hash_table_insert (self->rows, GUINT_TO_POINTER (position), item);
      }
    else
      {
        gantry_paged_item_detach (item);
      }
}
