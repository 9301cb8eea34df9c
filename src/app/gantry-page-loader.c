/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-page-loader.h"

#include "gantry-records.h"

/* Questions under way at once: one that is answered while the next is being asked. */
#define MAX_REQUESTS 2

/* The source with a reference count, since both loader and questions need it. */
typedef struct
{
  gpointer data;
  GDestroyNotify free;
} Source;

/* Outlives the loader when it has to: the source answers when it likes. */
typedef struct
{
  GantryPageLoader *loader; /* NULL: nobody waits for it any more */
  guint number;
  GCancellable *cancellable;
  const GantryPagedSource *funcs;
  Source *source;
} Request;

struct _GantryPageLoader
{
  const GantryPagedSource *funcs;
  Source *source;
  GantryPageLoaded loaded;
  gpointer user_data;
  GPtrArray *requests; /* under way */
  GHashTable *updated; /* key -> record: updates newer than what they answer */
};

static void
source_clear (gpointer data)
{
  Source *source = data;

  if (source->free != NULL)
    source->free (source->data);
}

static void
source_unref (gpointer source)
{
  g_rc_box_release_full (source, source_clear);
}

static void
request_free (Request *request)
{
  g_object_unref (request->cancellable);
  source_unref (request->source);
  g_free (request);
}

/* The request frees itself when its answer comes. */
static void
request_abandon (Request *request)
{
  request->loader = NULL;
  g_cancellable_cancel (request->cancellable);
}

/* Updates are newer than the answers that were under way with them, and no others. */
static void
forget_updates (GantryPageLoader *self)
{
  if (self->requests->len == 0)
    g_hash_table_remove_all (self->updated);
}

/* What was updated while the source was writing its answer is newer than the answer. */
static void
apply_updates (GantryPageLoader *self, GPtrArray *records)
{
  if (g_hash_table_size (self->updated) == 0)
    return;
  for (guint i = 0; i < records->len; i++)
    {
      gint64 key = self->funcs->key (g_ptr_array_index (records, i));
      gpointer newer = g_hash_table_lookup (self->updated, &key);

      if (newer != NULL)
        {
          gantry_record_unref (g_ptr_array_index (records, i));
          g_ptr_array_index (records, i) = gantry_record_ref (newer);
        }
    }
}

static void
on_answer (GObject *object G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  Request *request = data;
  GantryPageLoader *self = request->loader;
  g_autoptr (GError) error = NULL;
  guint total = 0;
  GPtrArray *records = request->funcs->finish (result, &total, &error, request->source->data);

  if (self == NULL)
    {
      g_clear_pointer (&records, g_ptr_array_unref);
    }
  else
    {
      g_ptr_array_remove_fast (self->requests, request);
      if (records != NULL)
        apply_updates (self, records);
      forget_updates (self);
      self->loaded (request->number, records, total, error, self->user_data);
    }
  request_free (request);
}

GantryPageLoader *
gantry_page_loader_new (const GantryPagedSource *funcs,
                        gpointer source,
                        GDestroyNotify source_free,
                        GantryPageLoaded loaded,
                        gpointer user_data)
{
  GantryPageLoader *self = g_new0 (GantryPageLoader, 1);

  self->funcs = funcs;
  self->source = g_rc_box_new0 (Source);
  self->source->data = source;
  self->source->free = source_free;
  self->loaded = loaded;
  self->user_data = user_data;
  self->requests = g_ptr_array_new ();
  self->updated = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, gantry_record_unref);
  return self;
}

void
gantry_page_loader_free (GantryPageLoader *self)
{
  gantry_page_loader_abandon (self);
  g_ptr_array_unref (self->requests);
  g_hash_table_unref (self->updated);
  source_unref (self->source);
  g_free (self);
}

void
gantry_page_loader_ask (GantryPageLoader *self, guint number, guint page_size)
{
  Request *request = g_new0 (Request, 1);

  request->loader = self;
  request->number = number;
  request->cancellable = g_cancellable_new ();
  request->funcs = self->funcs;
  request->source = g_rc_box_acquire (self->source);
  g_ptr_array_add (self->requests, request);
  self->funcs->fetch (number * page_size, page_size, request->cancellable, on_answer, request,
                      self->source->data);
}

gboolean
gantry_page_loader_is_busy (GantryPageLoader *self)
{
  return self->requests->len >= MAX_REQUESTS;
}

gboolean
gantry_page_loader_is_idle (GantryPageLoader *self)
{
  return self->requests->len == 0;
}

void
gantry_page_loader_abandon (GantryPageLoader *self)
{
  for (guint i = 0; i < self->requests->len; i++)
    request_abandon (g_ptr_array_index (self->requests, i));
  g_ptr_array_set_size (self->requests, 0);
  forget_updates (self);
}

void
gantry_page_loader_keep (GantryPageLoader *self, GHashTable *wanted)
{
  for (guint i = self->requests->len; i-- > 0;)
    {
      Request *request = g_ptr_array_index (self->requests, i);

      if (!g_hash_table_remove (wanted, GUINT_TO_POINTER (request->number)))
        {
          request_abandon (request);
          g_ptr_array_remove_index_fast (self->requests, i);
        }
    }
  forget_updates (self);
}

void
gantry_page_loader_update (GantryPageLoader *self, gpointer record)
{
  gint64 key = self->funcs->key (record);

  if (self->requests->len > 0)
    g_hash_table_replace (self->updated, g_memdup2 (&key, sizeof key), gantry_record_ref (record));
}
