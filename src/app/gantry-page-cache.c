/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-page-cache.h"

#include "gantry-records.h"

typedef struct
{
  GPtrArray *records;
  guint64 used; /* value of the clock when it was last used */
} Page;

struct _GantryPageCache
{
  guint page_size;
  guint64 clock;
  GHashTable *pages; /* page number -> Page */
};

static void
page_free (gpointer data)
{
  Page *page = data;

  g_ptr_array_unref (page->records);
  g_free (page);
}

GantryPageCache *
gantry_page_cache_new (guint page_size)
{
  GantryPageCache *self = g_new0 (GantryPageCache, 1);

  self->page_size = page_size;
  self->pages = g_hash_table_new_full (NULL, NULL, NULL, page_free);
  return self;
}

void
gantry_page_cache_free (GantryPageCache *self)
{
  g_hash_table_unref (self->pages);
  g_free (self);
}

void
gantry_page_cache_take (GantryPageCache *self, guint number, GPtrArray *records)
{
  Page *page = g_new0 (Page, 1);

  page->records = records;
  page->used = ++self->clock;
  g_hash_table_replace (self->pages, GUINT_TO_POINTER (number), page);
}

void
gantry_page_cache_clear (GantryPageCache *self)
{
  g_hash_table_remove_all (self->pages);
}

void
gantry_page_cache_trim (GantryPageCache *self, guint max_pages)
{
  while (g_hash_table_size (self->pages) > max_pages)
    {
      GHashTableIter iter;
      gpointer number, page, oldest = NULL;
      guint64 used = G_MAXUINT64;

      g_hash_table_iter_init (&iter, self->pages);
      while (g_hash_table_iter_next (&iter, &number, &page))
        if (((Page *)page)->used < used)
          {
            used = ((Page *)page)->used;
            oldest = number;
          }
      g_hash_table_remove (self->pages, oldest);
    }
}

static Page *
find_page (GantryPageCache *self, guint position)
{
  return g_hash_table_lookup (self->pages, GUINT_TO_POINTER (position / self->page_size));
}

void
gantry_page_cache_touch (GantryPageCache *self, guint position)
{
  Page *page = find_page (self, position);

  if (page != NULL)
    page->used = ++self->clock;
}

gpointer
gantry_page_cache_get (GantryPageCache *self, guint position)
{
  Page *page = find_page (self, position);
  guint index = position % self->page_size;

  return page != NULL && index < page->records->len ? g_ptr_array_index (page->records, index)
                                                    : NULL;
}

gint64
gantry_page_cache_get_key (GantryPageCache *self, guint position, GantryRecordKey key_of)
{
  gpointer record = gantry_page_cache_get (self, position);

  return record != NULL ? key_of (record) : 0;
}

gboolean
gantry_page_cache_find (GantryPageCache *self, GantryRecordKey key_of, gint64 key, guint *position)
{
  GHashTableIter iter;
  gpointer number, page;

  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, &number, &page))
    {
      GPtrArray *records = ((Page *)page)->records;

      for (guint i = 0; i < records->len; i++)
        if (key_of (g_ptr_array_index (records, i)) == key)
          {
            *position = GPOINTER_TO_UINT (number) * self->page_size + i;
            return TRUE;
          }
    }
  return FALSE;
}

gboolean
gantry_page_cache_replace (GantryPageCache *self, GantryRecordKey key_of, gpointer record)
{
  gint64 key = key_of (record);
  gboolean found = FALSE;
  GHashTableIter iter;
  gpointer page;

  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, NULL, &page))
    {
      GPtrArray *records = ((Page *)page)->records;

      for (guint i = 0; i < records->len; i++)
        if (key_of (g_ptr_array_index (records, i)) == key)
          {
            gantry_record_unref (g_ptr_array_index (records, i));
            g_ptr_array_index (records, i) = gantry_record_ref (record);
            found = TRUE;
          }
    }
  return found;
}

guint
gantry_page_cache_get_n_pages (GantryPageCache *self)
{
  return g_hash_table_size (self->pages);
}

guint
gantry_page_cache_get_n_records (GantryPageCache *self)
{
  GHashTableIter iter;
  gpointer page;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, NULL, &page))
    n += ((Page *)page)->records->len;
  return n;
}
