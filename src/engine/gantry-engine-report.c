/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include "gantry-report.h"
#include "gantry-task-progress.h"

/* ---- The delivery report -------------------------------------------------------------------- */

typedef struct
{
  GTask *task; /* which owns this */
  char *database;
  gint64 job;
  char *path;
  GantryReportFormat format;
  GantryTaskProgress *progress;
} Export;

static void
export_free (gpointer data)
{
  Export *self = data;

  g_free (self->database);
  g_free (self->path);
  gantry_task_progress_free (self->progress);
  g_free (self);
}

static gboolean
step (guint64 done, guint64 total, gpointer user_data)
{
  Export *self = user_data;
  GantryEngine *engine = g_task_get_source_object (self->task);

  gantry_task_progress_post (self->progress, done, total);
  return !g_cancellable_is_cancelled (g_task_get_cancellable (self->task))
         && !g_cancellable_is_cancelled (engine->closing);
}

void
gantry_engine_write_report (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  g_autoptr (GTask) task = data;
  Export *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryDatabase) db = NULL;

  if (!step (0, 0, self))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
      return;
    }
  db = gantry_database_open (self->database, FALSE, &error);
  if (db != NULL
      && gantry_report_write (db, self->job, self->path, self->format, step, self, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
gantry_engine_export_report_async (GantryEngine *self,
                                   gint64 job_id,
                                   const char *path,
                                   GantryReportFormat format,
                                   GantryFileProgress progress,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  Export *export;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  export = g_new0 (Export, 1);
  export->task = g_task_new (self, cancellable, callback, user_data);
  export->database = g_strdup (self->database);
  export->job = job_id;
  export->path = g_strdup (path);
  export->format = format;
  export->progress = gantry_task_progress_new (export->task, progress, user_data);
  g_task_set_task_data (export->task, export, export_free);
  /* What was written whole is there, cancelled or not. */
  g_task_set_check_cancellable (export->task, FALSE);
  g_thread_pool_push (self->reports, export->task, NULL);
}

gboolean
gantry_engine_export_report_finish (GantryEngine *self G_GNUC_UNUSED,
                                    GAsyncResult *result,
                                    GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
