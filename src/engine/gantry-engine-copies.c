/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include "gantry-copier.h"
#include "gantry-task-progress.h"

typedef struct
{
  GTask *task; /* which owns this */
  char *database;
  GantryReceivedChoice *choices;
  gsize n;
  char *folder;
  GantryLayout layout;
  GantryTaskProgress *progress;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *self = data;

  g_free (self->database);
  g_free (self->choices);
  g_free (self->folder);
  gantry_task_progress_free (self->progress);
  g_free (self);
}

static void
post_progress (guint64 done, guint64 total, gpointer user_data)
{
  gantry_task_progress_post (((Copy *)user_data)->progress, done, total);
}

static void
stop (GCancellable *cancellable G_GNUC_UNUSED, gpointer either)
{
  g_cancellable_cancel (either);
}

void
gantry_engine_copy_received (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  g_autoptr (GTask) task = data;
  Copy *self = g_task_get_task_data (task);
  GantryEngine *engine = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GCancellable) either = g_cancellable_new ();
  gulong asked = 0,
         closing = g_cancellable_connect (engine->closing, G_CALLBACK (stop), either, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryDatabase) db = gantry_database_open (self->database, FALSE, &error);
  GantryCopyResult *result = NULL;

  if (cancellable != NULL)
    asked = g_cancellable_connect (cancellable, G_CALLBACK (stop), either, NULL);
  if (db != NULL)
    result = gantry_copier_run (db, self->choices, self->n, self->folder, self->layout,
                                post_progress, self, either, &error);
  g_cancellable_disconnect (engine->closing, closing);
  g_cancellable_disconnect (cancellable, asked);
  if (result != NULL)
    g_task_return_pointer (task, result, gantry_record_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
gantry_engine_copy_received_async (GantryEngine *self,
                                   const GantryReceivedChoice *choices,
                                   gsize n,
                                   const char *folder,
                                   GantryLayout layout,
                                   GantryFileProgress progress,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  Copy *copy;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  copy = g_new0 (Copy, 1);
  copy->task = g_task_new (self, cancellable, callback, user_data);
  copy->database = g_strdup (self->database);
  copy->choices = g_memdup2 (choices, n * sizeof *choices);
  copy->n = n;
  copy->folder = g_strdup (folder);
  copy->layout = layout;
  copy->progress = gantry_task_progress_new (copy->task, progress, user_data);
  g_task_set_task_data (copy->task, copy, copy_free);
  /* What was copied is there, cancelled or not. */
  g_task_set_check_cancellable (copy->task, FALSE);
  g_thread_pool_push (self->copies, copy->task, NULL);
}

GantryCopyResult *
gantry_engine_copy_received_finish (GantryEngine *self G_GNUC_UNUSED,
                                    GAsyncResult *result,
                                    GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
