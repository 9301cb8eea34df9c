/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-remover.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "gantry-catalog.h"
#include "gantry-error.h"
#include "gantry-received-table.h"

#define PAGE 32
/* What the user has put into the trash goes there also when the program ends, within reason. */
#define STOP_US (5 * G_USEC_PER_SEC)

struct _GantryRemover
{
  GantryCore *core;
  GThreadPool *files;
  guint n_jobs;
  gint64 stop_at; /* monotonic; 0: not yet; guarded by lock */
  GMutex lock;
};

typedef struct
{
  GantryRemover *owner;
  GTask *task;
  gint64 study_id, series_id;
  gint64 until;
  gboolean for_good;
  gint64 after;    /* the row that was looked at last */
  GPtrArray *page; /* GantryReceived; belongs to the thread for files while it is there */
  guint done;      /* of the page: these are gone */
  GError *error;
} Job;

static void
end_job (Job *job)
{
  GantryRemover *self = job->owner;

  if (job->error != NULL)
    g_task_return_error (job->task, g_steal_pointer (&job->error));
  else
    g_task_return_boolean (job->task, TRUE);
  g_object_unref (job->task);
  g_clear_pointer (&job->page, g_ptr_array_unref);
  g_free (job);
  self->n_jobs--;
  gantry_core_part_stopped (self->core);
}

/* ---- The thread for files ------------------------------------------------------------------- */

static void
set_trash_error (GError **error, const char *path, const GError *cause)
{
  g_autofree char *name = g_filename_display_name (path);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_NO_TRASH,
                 _ ("There is no trash on the file system of %s. The files can only be deleted for "
                    "good."),
                 name);
  else
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
                 _ ("%1$s cannot be removed: %2$s. Check the permissions of its folder."), name,
                 cause->message);
}

static gboolean
remove_file (const char *path, gboolean for_good, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) cause = NULL;

  if ((for_good ? g_file_delete (file, NULL, &cause) : g_file_trash (file, NULL, &cause))
      || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  set_trash_error (error, path, cause);
  return FALSE;
}

/* Its folders, as far as they are empty now. */
static void
remove_folders (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *above = g_path_get_dirname (folder);

  if (g_rmdir (folder) == 0)
    g_rmdir (above);
}

/* There is no hurry to delete for good. */
static gboolean
is_over (GantryRemover *self, const Job *job)
{
  gint64 stop_at;

  g_mutex_lock (&self->lock);
  stop_at = self->stop_at;
  g_mutex_unlock (&self->lock);
  return stop_at != 0 && (job->for_good || g_get_monotonic_time () >= stop_at);
}

static void page_done (GantryCore *core, gpointer data);

static void
remove_page (gpointer data, gpointer user_data)
{
  GantryRemover *self = user_data;
  Job *job = data;
  GCancellable *cancellable = g_task_get_cancellable (job->task);

  for (job->done = 0; job->done < job->page->len; job->done++)
    {
      const GantryReceived *object = job->page->pdata[job->done];

      if (is_over (self, job))
        g_set_error_literal (&job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "closing");
      else if (!g_cancellable_set_error_if_cancelled (cancellable, &job->error)
               && object->received <= job->until)
        remove_file (object->path, job->for_good, &job->error);
      if (job->error != NULL)
        break;
    }
  gantry_core_post (self->core, page_done, job, NULL);
}

/* ---- The core thread ------------------------------------------------------------------------ */

static gboolean
forget_page (Job *job, GError **error)
{
  GantryDatabase *db = job->owner->core->db;

  if (!gantry_database_begin (db, error))
    return FALSE;
  for (guint i = 0; i < job->done; i++)
    {
      const GantryReceived *object = job->page->pdata[i];

      if (object->received > job->until)
        continue;
      if (!gantry_received_table_forget (db, object->path,
                                         job->for_good ? _ ("Deleted by the user.")
                                                       : _ ("Moved to the trash by the user."),
                                         error))
        return FALSE;
    }
  return gantry_catalog_prune (db, GANTRY_OWNER_RECEIVED, error)
         && gantry_database_commit (db, error);
}

static void
next_page (Job *job)
{
  g_clear_pointer (&job->page, g_ptr_array_unref);
  if (job->error == NULL)
    job->page
        = gantry_received_table_list_study (job->owner->core->db, job->study_id, job->series_id,
                                            job->after, 0, PAGE, NULL, &job->error);
  if (job->error != NULL || job->page->len == 0)
    end_job (job);
  else
    g_thread_pool_push (job->owner->files, job, NULL);
}

static void
page_done (GantryCore *core, gpointer data)
{
  Job *job = data;

  if (job->done > 0)
    {
      g_autoptr (GError) error = NULL;
      const GantryReceived *last = job->page->pdata[job->done - 1];

      job->after = last->id;
      if (!forget_page (job, &error))
        {
          gantry_database_rollback (core->db);
          if (job->error == NULL)
            job->error = g_steal_pointer (&error);
        }
      for (guint i = 0; i < job->done; i++)
        remove_folders (((GantryReceived *)job->page->pdata[i])->path);
      gantry_core_emit (core, gantry_event_new (GANTRY_EVENT_STUDIES_CHANGED));
    }
  next_page (job);
}

void
gantry_remover_remove (GantryRemover *self,
                       GTask *task,
                       gint64 study_id,
                       gint64 series_id,
                       gint64 until,
                       gboolean for_good)
{
  Job *job = g_new0 (Job, 1);

  job->owner = self;
  job->task = task;
  job->study_id = study_id;
  job->series_id = series_id;
  job->until = until;
  job->for_good = for_good;
  self->n_jobs++;
  next_page (job);
}

GantryRemover *
gantry_remover_new (GantryCore *core)
{
  GantryRemover *self = g_new0 (GantryRemover, 1);

  self->core = core;
  g_mutex_init (&self->lock);
  self->files = g_thread_pool_new (remove_page, self, 1, FALSE, NULL);
  return self;
}

void
gantry_remover_stop (GantryRemover *self)
{
  g_mutex_lock (&self->lock);
  self->stop_at = g_get_monotonic_time () + STOP_US;
  g_mutex_unlock (&self->lock);
}

gboolean
gantry_remover_is_idle (GantryRemover *self)
{
  return self->n_jobs == 0;
}

void
gantry_remover_free (GantryRemover *self)
{
  g_thread_pool_free (self->files, FALSE, TRUE);
  g_mutex_clear (&self->lock);
  g_free (self);
}
