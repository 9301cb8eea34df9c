/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-stager.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "gantry-draft-table.h"
#include "gantry-files.h"
#include "gantry-queue-table.h"
#include "gantry-sample.h"
#include "gantry-source.h"

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
  GPtrArray *batch; /* Found */
  GCancellable *current;

  /* Core thread only. */
  GantryScan scan;
  GThreadPool *comparers;
  guint comparing; /* batches of twins that are with the comparers */
  gint64 last_progress;
};

/* A file on its way: a path, then what its header said. */
typedef struct
{
  char *path;
  GantryInstance *instance;
  char *reason; /* why there is no instance */
} Found;

typedef struct
{
  GantryStager *stager;
  GPtrArray *found;
} Batch;

/* Files that say to be an instance which another file in the draft is already. */
typedef struct
{
  char *path, *first;
  char *reason; /* why it is left out */
} Twin;

typedef struct
{
  GantryStager *stager;
  GCancellable *cancellable;
  GPtrArray *twins;
} Twins;

static void
found_free (gpointer data)
{
  Found *found = data;

  g_free (found->path);
  g_clear_pointer (&found->instance, gantry_instance_unref);
  g_free (found->reason);
  g_free (found);
}

static void
twin_free (gpointer data)
{
  Twin *twin = data;

  g_free (twin->path);
  g_free (twin->first);
  g_free (twin->reason);
  g_free (twin);
}

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

/* @twins: takes up what is left out because its instance is there already */
static gboolean
write_found (GantryStager *self, gint64 draft, const Found *found, GPtrArray *twins, GError **error)
{
  char *first = NULL;
  gboolean added;

  self->scan.files++;
  if (found->instance == NULL)
    {
      self->scan.skipped++;
      return gantry_draft_table_add_skipped (self->core->db, draft, found->path, found->reason,
                                             error);
    }
  if (!gantry_draft_table_add (self->core->db, draft, found->instance, &added, &first, error))
    return FALSE;
  if (first != NULL)
    {
      Twin *twin = g_new0 (Twin, 1);

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

static void
write_twins (GantryCore *core, gpointer data)
{
  Twins *twins = data;
  GantryStager *self = twins->stager;
  g_autoptr (GError) error = NULL;
  gint64 draft = -1;

  if (gantry_database_begin (core->db, &error))
    draft = gantry_draft_table_open (core->db, core->draft, &error);
  for (guint i = 0; draft > 0 && i < twins->twins->len; i++)
    {
      const Twin *twin = twins->twins->pdata[i];

      if (!gantry_draft_table_add_skipped (core->db, draft, twin->path, twin->reason, &error))
        draft = -1;
    }
  if (draft < 0 || !gantry_database_commit (core->db, &error))
    {
      g_warning ("Staging failed: %s", error->message);
      gantry_database_rollback (core->db);
      gantry_stager_cancel (self);
    }
  self->comparing--;
  self->scan.skipped += twins->twins->len;
  self->scan.running = is_scanning (self);
  emit_scan (self, !self->scan.running);
}

static void
write_batch (GantryCore *core, gpointer data)
{
  Batch *batch = data;
  GantryStager *self = batch->stager;
  g_autoptr (GPtrArray) twins = g_ptr_array_new_with_free_func (twin_free);
  g_autoptr (GError) error = NULL;
  gint64 draft = -1;

  if (gantry_database_begin (core->db, &error))
    draft = gantry_draft_table_open (core->db, core->draft, &error);
  for (guint i = 0; draft > 0 && i < batch->found->len; i++)
    if (!write_found (self, draft, batch->found->pdata[i], twins, &error))
      draft = -1;
  if (draft < 0 || !gantry_database_commit (core->db, &error))
    {
      g_warning ("Staging failed: %s", error->message);
      gantry_database_rollback (core->db);
      gantry_stager_cancel (self);
    }
  else
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

  if (data != NULL)
    self->scan.cancelled = TRUE;
  self->scan.running = is_scanning (self);
  emit_scan (self, TRUE);
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
    self->scan = (GantryScan){ .running = TRUE };
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

typedef struct
{
  GPtrArray *found;
  gint next; /* index of the next file to read */
  GMutex lock;
  GCond done;
  guint readers; /* still at work */
} Reading;

static void
read_header (Found *found)
{
  g_autoptr (GError) error = NULL;

  if (found->reason != NULL)
    return;
  found->instance = gantry_instance_read (found->path, &error);
  if (found->instance != NULL && !gantry_instance_check_names (found->instance, &error))
    g_clear_pointer (&found->instance, gantry_instance_unref);
  if (found->instance == NULL)
    found->reason = g_strdup (error->message);
}

static void
read_headers (Reading *reading)
{
  guint i;

  while ((i = (guint)g_atomic_int_add (&reading->next, 1)) < reading->found->len)
    read_header (reading->found->pdata[i]);
}

static void
reader_main (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  Reading *reading = data;

  read_headers (reading);
  g_mutex_lock (&reading->lock);
  if (--reading->readers == 0)
    g_cond_signal (&reading->done);
  g_mutex_unlock (&reading->lock);
}

static void
read_batch (GantryStager *self, GPtrArray *found)
{
  Reading reading = { .found = found };

  g_mutex_init (&reading.lock);
  g_cond_init (&reading.done);
  reading.readers = MIN ((guint)g_thread_pool_get_max_threads (self->readers), found->len / 8);
  for (guint i = reading.readers; i > 0; i--)
    g_thread_pool_push (self->readers, &reading, NULL);
  read_headers (&reading);

  g_mutex_lock (&reading.lock);
  while (reading.readers > 0)
    g_cond_wait (&reading.done, &reading.lock);
  g_mutex_unlock (&reading.lock);
  g_mutex_clear (&reading.lock);
  g_cond_clear (&reading.done);
}

static void
post_batch (GantryStager *self)
{
  Batch *batch;

  if (self->batch->len == 0)
    return;
  read_batch (self, self->batch);

  batch = g_new (Batch, 1);
  *batch = (Batch){ self, g_steal_pointer (&self->batch) };
  self->batch = g_ptr_array_new_with_free_func (found_free);

  /* A slow disk under the database slows the walk, it does not fill the heap. */
  g_mutex_lock (&self->lock);
  while (self->batches_ahead >= BATCHES_AHEAD && !self->stopping)
    g_cond_wait (&self->has_room, &self->lock);
  self->batches_ahead++;
  g_mutex_unlock (&self->lock);
  gantry_core_post (self->core, write_batch, batch, batch_free);
}

static gboolean
on_file (const char *path, const char *reason, gpointer user_data)
{
  GantryStager *self = user_data;
  Found *found = g_new0 (Found, 1);

  found->path = g_strdup (path);
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
    on_file (folder, _ ("The folder for the sample study cannot be made."), self);
  else if (!gantry_sample_write (folder, &error))
    on_file (folder, error->message, self);
  else
    gantry_source_walk (folder, staging, self->current, on_file, self);
}

static void
walk_request (GantryStager *self, char **paths)
{
  const char *staging = gantry_profile_get_staging (self->core->profile);

  g_mutex_lock (&self->lock);
  self->current = g_object_ref (self->cancellable);
  g_mutex_unlock (&self->lock);

  if (*paths == NULL)
    walk_sample (self);
  for (; *paths != NULL && !g_cancellable_is_cancelled (self->current); paths++)
    gantry_source_walk (*paths, staging, self->current, on_file, self);
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

static char *
describe_twin (const Twin *twin, GCancellable *cancellable)
{
  g_autofree char *first = g_filename_display_name (twin->first);

  switch (gantry_files_compare (twin->path, twin->first, cancellable))
    {
    case GANTRY_FILES_EQUAL:
      return g_strdup_printf (
          _ ("Already there as “%s”, octet for octet the same. It is sent once."), first);
    case GANTRY_FILES_DIFFERENT:
      return g_strdup_printf (
          _ ("Another file with the same SOP Instance UID, but not the same content, is already "
             "there: “%s”. Only that one is sent. Look which of the two is right, and add it by "
             "itself."),
          first);
    default:
      return g_strdup_printf (_ ("Another file with the same SOP Instance UID is already there: "
                                 "“%s”. Only that one is sent. The two were not compared."),
                              first);
    }
}

static void
comparer_main (gpointer data, gpointer user_data)
{
  GantryStager *self = user_data;
  Twins *twins = data;

  for (guint i = 0; i < twins->twins->len; i++)
    {
      Twin *twin = twins->twins->pdata[i];

      twin->reason = describe_twin (twin, twins->cancellable);
    }
  gantry_core_post (self->core, write_twins, twins, twins_free);
}

/* ---- What earlier runs unpacked -------------------------------------------------------------- */

static void
clean_call (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  const char *staging = gantry_profile_get_staging (core->profile);
  g_autoptr (GDir) dir = g_dir_open (staging, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *folder = g_build_filename (staging, name, NULL);

      if (!gantry_queue_table_uses_folder (core->db, folder))
        gantry_remove_tree (folder);
    }
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
  self->batch = g_ptr_array_new_with_free_func (found_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->has_room);
  /* The walking thread reads too, so this many more keep a disk and its network busy. */
  self->readers = g_thread_pool_new (reader_main, self, CLAMP ((int)g_get_num_processors (), 2, 4),
                                     FALSE, NULL);
  self->comparers = g_thread_pool_new (comparer_main, self, MAX_COMPARERS, FALSE, NULL);
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
  g_async_queue_unref (self->requests);
  g_ptr_array_unref (self->batch);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->has_room);
  g_free (self);
}
