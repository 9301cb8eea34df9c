/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-stager.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "gantry-draft-table.h"
#include "gantry-files.h"
#include "gantry-found.h"
#include "gantry-sample.h"
#include "gantry-source.h"
#include "gantry-twin.h"
#include "gantry-unpacked.h"

#define BATCH 256
#define BATCHES_AHEAD 4
#define MAX_COMPARERS 1 /* reading files twice is no hurry */
#define PROGRESS_INTERVAL (50 * G_TIME_SPAN_MILLISECOND)

struct _GantryStager
{
  GantryCore *core;
  GThread *thread;
  GAsyncQueue *requests;     /* char ** (an empty one: the sample study); core → walking thread */
  GCancellable *cancellable; /* of the scan that runs; guarded by lock */
  GMutex lock;
  GCond has_room;
  guint batches_ahead; /* posted to the core thread and not yet written; guarded by lock */
  guint pending;       /* requests that the walking thread has not finished; guarded by lock */
  gboolean stopping;   /* guarded by lock */

  /* Walking thread only. */
  GThreadPool *readers;
  GPtrArray *batch; /* GantryFound */
  GCancellable *current;
  char **paths;     /* of the request */
  guint at;         /* which of them is walked */
  GByteArray *told; /* of each: it gave something to be sent, or the user hears why it did not */

  /* Core thread only. */
  GantryScan scan;
  GThreadPool *comparers;
  guint comparing; /* batches of twins that are with the comparers */
  gint64 last_progress;
  GantryUnpacked *unpacked;
  gboolean unclean; /* there may be something unpacked that nobody needs */
};

typedef struct
{
  GantryStager *stager;
  GPtrArray *found;
} Batch;

typedef struct
{
  GantryStager *stager;
  GCancellable *cancellable;
  GPtrArray *twins;
} Twins;

static void
twins_free (gpointer data)
{
  Twins *twins = data;

  g_ptr_array_unref (twins->twins);
  g_object_unref (twins->cancellable);
  g_free (twins);
}

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_ptr_array_unref (batch->found);
  g_free (batch);
}

/* ---- Core thread ---------------------------------------------------------------------------- */

static void
emit_scan (GantryStager *self, gboolean always)
{
  gint64 now = g_get_monotonic_time ();
  GantryEvent *event;

  if (!always && now - self->last_progress < PROGRESS_INTERVAL)
    return;

  self->last_progress = now;
  event = gantry_event_new (GANTRY_EVENT_SCAN);
  event->scan = self->scan;
  event->scan.error = g_strdup (self->scan.error);
  gantry_core_emit (self->core, event);
  gantry_core_emit (self->core, gantry_event_new (GANTRY_EVENT_DRAFT_CHANGED));
}

static gboolean
is_scanning (GantryStager *self)
{
  gboolean pending;

  g_mutex_lock (&self->lock);
  pending = self->pending > 0;
  g_mutex_unlock (&self->lock);
  return pending || self->comparing > 0;
}

/* What is being unpacked is in no draft yet. */
static void
clean_if_idle (GantryStager *self)
{
  if (!self->unclean || is_scanning (self))
    return;
  self->unclean = FALSE;
  gantry_unpacked_clean (self->unpacked);
}

/* The disk refuses. A part that looks like the whole would be sent as if it were: nothing more is
 * looked at, and the scan says why. */
static void
fail_scan (GantryStager *self, const GError *error)
{
  g_warning ("Staging failed: %s", error->message);
  gantry_database_rollback (self->core->db);
  if (self->scan.error == NULL)
    self->scan.error
        = g_strdup_printf (_ ("What was found could not be written down, so not everything was "
                              "added. Make room on the disk, and add it again. (%s)"),
                           error->message);
  gantry_stager_cancel (self);
}

static gboolean
write_skipped (GantryStager *self,
               gint64 draft,
               const char *path,
               GantrySkippedKind kind,
               const char *reason,
               GError **error)
{
  self->scan.skipped++;
  self->scan.lost += kind == GANTRY_SKIPPED_LOST;
  return gantry_draft_table_add_skipped (self->core->db, draft, path, kind, reason, error);
}

/* @twins: takes up what is left out because its instance is there already */
static gboolean
write_found (
    GantryStager *self, gint64 draft, const GantryFound *found, GPtrArray *twins, GError **error)
{
  char *first = NULL;
  gboolean added;

  self->scan.files++;
  if (found->instance == NULL)
    return write_skipped (self, draft, found->path, found->kind, found->reason, error);
  if (!gantry_draft_table_add (self->core->db, draft, found->instance, &added, &first, error))
    return FALSE;
  if (first != NULL)
    {
      GantryTwin *twin = g_new0 (GantryTwin, 1);

      twin->path = g_strdup (found->path);
      twin->first = first;
      g_ptr_array_add (twins, twin);
    }
  if (added)
    {
      self->scan.instances++;
      self->scan.bytes += found->instance->size;
    }
  return TRUE;
}

/* Whether they are the same is for a thread that may wait for the disk. */
static void
compare_twins (GantryStager *self, GPtrArray *array)
{
  Twins *twins;

  if (array->len == 0)
    return;
  twins = g_new (Twins, 1);
  *twins = (Twins){ .stager = self, .twins = g_ptr_array_ref (array) };
  g_mutex_lock (&self->lock);
  twins->cancellable = g_object_ref (self->cancellable);
  g_mutex_unlock (&self->lock);
  self->comparing++;
  g_thread_pool_push (self->comparers, twins, NULL);
}

/* Counts what is written down only. */
static gboolean
write_down (GantryStager *self,
            gboolean (*func) (GantryStager *self, gint64 draft, gpointer data, GError **error),
            gpointer data)
{
  GantryDatabase *db = self->core->db;
  const GantryScan before = self->scan;
  g_autoptr (GError) error = NULL;
  gint64 draft = -1;

  if (self->scan.error != NULL)
    return FALSE;
  if (gantry_database_begin (db, &error))
    draft = gantry_draft_table_open (db, self->core->draft, &error);
  if (draft > 0 && func (self, draft, data, &error) && gantry_database_commit (db, &error))
    return TRUE;
  self->scan = before;
  fail_scan (self, error);
  return FALSE;
}

static gboolean
write_all_twins (GantryStager *self, gint64 draft, gpointer data, GError **error)
{
  GPtrArray *twins = data;

  for (guint i = 0; i < twins->len; i++)
    {
      const GantryTwin *twin = twins->pdata[i];

      if (!write_skipped (self, draft, twin->path, twin->kind, twin->reason, error))
        return FALSE;
    }
  return TRUE;
}

static void
write_twins (GantryCore *core G_GNUC_UNUSED, gpointer data)
{
  Twins *twins = data;
  GantryStager *self = twins->stager;

  write_down (self, write_all_twins, twins->twins);
  self->comparing--;
  self->scan.running = is_scanning (self);
  emit_scan (self, !self->scan.running);
  clean_if_idle (self);
}

typedef struct
{
  const GPtrArray *found;
  GPtrArray *twins; /* out */
} Writing;

static gboolean
write_all_found (GantryStager *self, gint64 draft, gpointer data, GError **error)
{
  Writing *writing = data;

  for (guint i = 0; i < writing->found->len; i++)
    if (!write_found (self, draft, writing->found->pdata[i], writing->twins, error))
      return FALSE;
  return TRUE;
}

static void
write_batch (GantryCore *core G_GNUC_UNUSED, gpointer data)
{
  Batch *batch = data;
  GantryStager *self = batch->stager;
  g_autoptr (GPtrArray) twins = g_ptr_array_new_with_free_func (gantry_twin_free);
  Writing writing = { batch->found, twins };

  if (write_down (self, write_all_found, &writing))
    compare_twins (self, twins);
  emit_scan (self, FALSE);

  g_mutex_lock (&self->lock);
  self->batches_ahead--;
  g_cond_signal (&self->has_room);
  g_mutex_unlock (&self->lock);
}

static void
finish_request (GantryCore *core, gpointer data)
{
  GantryStager *self = core->stager;

  g_mutex_lock (&self->lock);
  self->pending--;
  g_mutex_unlock (&self->lock);

  if (data != NULL && self->scan.error == NULL)
    self->scan.cancelled = TRUE;
  self->scan.running = is_scanning (self);
  emit_scan (self, TRUE);
  clean_if_idle (self);
}

/* What was said of them earlier is no longer true. */
static gboolean
forget_skipped (GantryStager *self, gint64 draft, gpointer data, GError **error)
{
  for (char **paths = data; *paths != NULL; paths++)
    if (!gantry_draft_table_forget_skipped_at (self->core->db, draft, *paths, error))
      return FALSE;
  return TRUE;
}

void
gantry_stager_stage (GantryStager *self, const char *const *paths)
{
  gboolean first = !is_scanning (self);

  g_mutex_lock (&self->lock);
  self->pending++;
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_object_unref (self->cancellable);
      self->cancellable = g_cancellable_new ();
    }
  g_mutex_unlock (&self->lock);

  if (first)
    {
      g_free (self->scan.error);
      self->scan = (GantryScan){ .running = TRUE };
    }
  if (paths != NULL)
    write_down (self, forget_skipped, (gpointer)paths);
  emit_scan (self, TRUE);
  g_async_queue_push (self->requests,
                      paths != NULL ? g_strdupv ((char **)paths) : g_new0 (char *, 1));
}

void
gantry_stager_cancel (GantryStager *self)
{
  g_mutex_lock (&self->lock);
  g_cancellable_cancel (self->cancellable);
  g_mutex_unlock (&self->lock);
}

/* ---- Walking thread and header pool ---------------------------------------------------------- */

/* What was named itself was meant to be sent, whatever is in it. */
static void
look_at_named (GantryStager *self)
{
  /* Nobody named the sample study. */
  for (guint i = 0; self->told->len > 0 && i < self->batch->len; i++)
    {
      GantryFound *found = self->batch->pdata[i];
      gboolean itself
          = found->instance == NULL && strcmp (found->path, self->paths[found->named]) == 0;

      if (itself)
        found->kind = MAX (found->kind, GANTRY_SKIPPED_NAMED);
      self->told->data[found->named]
          |= itself || found->instance != NULL || found->kind == GANTRY_SKIPPED_LOST;
    }
}

static void
post_batch (GantryStager *self)
{
  Batch *batch;

  if (self->batch->len == 0)
    return;
  gantry_found_read (self->readers, self->batch);
  look_at_named (self);

  batch = g_new (Batch, 1);
  *batch = (Batch){ self, g_steal_pointer (&self->batch) };
  self->batch = g_ptr_array_new_with_free_func (gantry_found_free);

  /* A slow disk under the database slows the walk, it does not fill the heap. */
  g_mutex_lock (&self->lock);
  while (self->batches_ahead >= BATCHES_AHEAD && !self->stopping)
    g_cond_wait (&self->has_room, &self->lock);
  self->batches_ahead++;
  g_mutex_unlock (&self->lock);
  gantry_core_post (self->core, write_batch, batch, batch_free);
}

static gboolean
on_file (const char *path, GantrySkippedKind kind, const char *reason, gpointer user_data)
{
  GantryStager *self = user_data;
  GantryFound *found = g_new0 (GantryFound, 1);

  found->path = g_strdup (path);
  found->named = self->at;
  found->kind = kind;
  found->reason = g_strdup (reason);
  g_ptr_array_add (self->batch, found);
  if (self->batch->len >= BATCH)
    post_batch (self);
  return !g_cancellable_is_cancelled (self->current);
}

static void
walk_sample (GantryStager *self)
{
  g_autoptr (GError) error = NULL;
  const char *staging = gantry_profile_get_staging (self->core->profile);
  g_autofree char *folder = g_build_filename (staging, "sample-XXXXXX", NULL);

  if (g_mkdtemp (folder) == NULL)
    on_file (folder, GANTRY_SKIPPED_LOST, _ ("The folder for the sample study cannot be made."),
             self);
  else if (!gantry_sample_write (folder, &error))
    on_file (folder, GANTRY_SKIPPED_LOST, error->message, self);
  else
    gantry_source_walk (folder, staging, self->current, on_file, self);
}

static void
walk_paths (GantryStager *self)
{
  const char *staging = gantry_profile_get_staging (self->core->profile);

  for (self->at = 0; self->paths[self->at] != NULL && !g_cancellable_is_cancelled (self->current);
       self->at++)
    gantry_source_walk (self->paths[self->at], staging, self->current, on_file, self);
  post_batch (self);

  for (self->at = 0; self->at < self->told->len && !g_cancellable_is_cancelled (self->current);
       self->at++)
    if (!self->told->data[self->at])
      on_file (self->paths[self->at], GANTRY_SKIPPED_NAMED,
               _ ("There is nothing in it that can be sent."), self);
}

static void
walk_request (GantryStager *self, char **paths)
{
  guint n = g_strv_length (paths);

  g_mutex_lock (&self->lock);
  self->current = g_object_ref (self->cancellable);
  g_mutex_unlock (&self->lock);
  self->paths = paths;
  self->at = 0;
  g_byte_array_set_size (self->told, n);
  memset (self->told->data, FALSE, n);

  if (n == 0)
    walk_sample (self);
  else
    walk_paths (self);
  post_batch (self);

  gantry_core_post (self->core, finish_request,
                    GINT_TO_POINTER (g_cancellable_is_cancelled (self->current)), NULL);
  g_clear_object (&self->current);
}

static gpointer
stager_main (gpointer data)
{
  GantryStager *self = data;

  for (;;)
    {
      g_auto (GStrv) paths = g_async_queue_pop (self->requests);
      gboolean stopping;

      g_mutex_lock (&self->lock);
      stopping = self->stopping;
      g_mutex_unlock (&self->lock);
      if (stopping)
        return NULL;
      walk_request (self, paths);
    }
}

/* ---- Comparing thread ------------------------------------------------------------------------ */

static void
comparer_main (gpointer data, gpointer user_data)
{
  GantryStager *self = user_data;
  Twins *twins = data;

  for (guint i = 0; i < twins->twins->len; i++)
    gantry_twin_judge (twins->twins->pdata[i], twins->cancellable);
  gantry_core_post (self->core, write_twins, twins, twins_free);
}

/* ---- What was unpacked ----------------------------------------------------------------------- */

static void
clean_call (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  core->stager->unclean = TRUE;
  clean_if_idle (core->stager);
}

void
gantry_stager_clean (GantryStager *self)
{
  gantry_core_post (self->core, clean_call, NULL, NULL);
}

/* ---- Life ----------------------------------------------------------------------------------- */

GantryStager *
gantry_stager_new (GantryCore *core)
{
  GantryStager *self = g_new0 (GantryStager, 1);

  self->core = core;
  self->requests = g_async_queue_new_full ((GDestroyNotify)g_strfreev);
  self->cancellable = g_cancellable_new ();
  self->batch = g_ptr_array_new_with_free_func (gantry_found_free);
  self->told = g_byte_array_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->has_room);
  self->readers = gantry_found_pool_new ();
  self->comparers = g_thread_pool_new (comparer_main, self, MAX_COMPARERS, FALSE, NULL);
  self->unpacked = gantry_unpacked_new (core);
  self->thread = g_thread_new ("gantry-stager", stager_main, self);
  return self;
}

void
gantry_stager_stop (GantryStager *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_cond_broadcast (&self->has_room);
  g_mutex_unlock (&self->lock);
  g_async_queue_push (self->requests, g_new0 (char *, 1));
  g_clear_pointer (&self->thread, g_thread_join);
}

void
gantry_stager_free (GantryStager *self)
{
  if (self->thread != NULL)
    gantry_stager_stop (self);
  g_thread_pool_free (self->readers, FALSE, TRUE);
  g_thread_pool_free (self->comparers, FALSE, TRUE);
  gantry_unpacked_free (self->unpacked);
  g_async_queue_unref (self->requests);
  g_ptr_array_unref (self->batch);
  g_byte_array_unref (self->told);
  g_free (self->scan.error);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->has_room);
  g_free (self);
}
