/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-remover.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

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
  guint n_pages;      /* that are with the thread for files */
  GPtrArray *settled; /* paths: what has come into the database meanwhile */

  GMutex lock;          /* held while a file is removed */
  GantryKeeper *keeper; /* set under the lock, by the core thread; NULL: nobody receives */

  GMutex stop_lock;
  gint64 stop_at; /* monotonic; 0: not yet; under the stop_lock */
};

typedef struct
{
  GantryRemover *owner;
  GTask *task;
  gint64 study_id, series_id;
  gint64 until, now; /* by the clock of the keeper, which is never set back */
  gboolean for_good;
  gint64 after, last; /* rows: the one that was looked at last; the newest when it was ordered */
  GPtrArray *page;    /* GantryReceived; belongs to the thread for files while it is there */
  GPtrArray *gone;    /* of the page, borrowed from it */
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
  g_ptr_array_unref (job->gone);
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

/* Returns: 0 or an errno, and then the error of the job is set. */
static int
remove_file (const char *path, gpointer data)
{
  Job *job = data;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) cause = NULL;

  if ((job->for_good ? g_file_delete (file, NULL, &cause) : g_file_trash (file, NULL, &cause))
      || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return 0;
  set_trash_error (&job->error, path, cause);
  return EIO;
}

/* Its folders, as far as they are empty now; whoever receives wants its own. */
static void
remove_folders (GantryRemover *self, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  for (guint i = 0; i < GANTRY_LAYOUT_DEPTH_MAX
                    && strcmp (folder, gantry_profile_get_received (self->core->profile)) != 0
                    && g_rmdir (folder) == 0;
       i++)
    {
      char *above = g_path_get_dirname (folder);

      g_free (folder);
      folder = above;
    }
}

/* FALSE: it stays, as it has just come again or cannot be removed. */
static gboolean
remove_object (GantryRemover *self, Job *job, const char *path)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  int code;

  if (self->keeper == NULL || !gantry_keeper_has (self->keeper, path))
    {
      if (remove_file (path, job) != 0)
        return FALSE;
      remove_folders (self, path);
      return TRUE;
    }
  code = gantry_keeper_remove (self->keeper, path, remove_file, job);
  if (code != 0 && code != EBUSY && code != ENOENT && job->error == NULL)
    {
      g_autoptr (GError) cause
          = g_error_new_literal (G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));

      set_trash_error (&job->error, path, cause);
    }
  return code == 0 || code == ENOENT;
}

/* There is no hurry to delete for good. */
static gboolean
is_over (GantryRemover *self, const Job *job)
{
  gint64 stop_at;

  g_mutex_lock (&self->stop_lock);
  stop_at = self->stop_at;
  g_mutex_unlock (&self->stop_lock);
  return stop_at != 0 && (job->for_good || g_get_monotonic_time () >= stop_at);
}

/* What is dated later than now came when the clock was wrong, and not after the order. */
static gboolean
came_before (const Job *job, const GantryReceived *object)
{
  return object->received <= job->until || object->received > job->now;
}

static void page_done (GantryCore *core, gpointer data);

static void
remove_page (gpointer data, gpointer user_data)
{
  GantryRemover *self = user_data;
  Job *job = data;
  GCancellable *cancellable = g_task_get_cancellable (job->task);

  for (guint i = 0; i < job->page->len && job->error == NULL; i++)
    {
      GantryReceived *object = job->page->pdata[i];

      if (is_over (self, job))
        g_set_error_literal (&job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "closing");
      else if (!g_cancellable_set_error_if_cancelled (cancellable, &job->error)
               && came_before (job, object) && remove_object (self, job, object->path))
        g_ptr_array_add (job->gone, object);
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
  for (guint i = 0; i < job->gone->len; i++)
    {
      if (!gantry_received_table_forget (db, job->gone->pdata[i],
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
  g_ptr_array_set_size (job->gone, 0);
  g_clear_pointer (&job->page, g_ptr_array_unref);
  if (job->error == NULL)
    job->page
        = gantry_received_table_list_study (job->owner->core->db, job->study_id, job->series_id,
                                            job->after, 0, PAGE, NULL, &job->error);
  while (job->page != NULL && job->page->len > 0
         && ((GantryReceived *)job->page->pdata[job->page->len - 1])->id > job->last)
    g_ptr_array_set_size (job->page, (int)job->page->len - 1);
  if (job->page == NULL || job->page->len == 0)
    {
      end_job (job);
      return;
    }
  job->owner->n_pages++;
  g_thread_pool_push (job->owner->files, job, NULL);
}

static void
page_returned (GantryRemover *self)
{
  if (--self->n_pages > 0)
    return;
  for (guint i = 0; i < self->settled->len && self->keeper != NULL; i++)
    gantry_keeper_settle (self->keeper, self->settled->pdata[i]);
  g_ptr_array_set_size (self->settled, 0);
}

static void
page_done (GantryCore *core, gpointer data)
{
  Job *job = data;
  const GantryReceived *last = job->page->pdata[job->page->len - 1];

  job->after = last->id;
  page_returned (job->owner);
  if (job->gone->len > 0)
    {
      g_autoptr (GError) error = NULL;

      if (!forget_page (job, &error))
        {
          gantry_database_rollback (core->db);
          if (job->error == NULL)
            job->error = g_steal_pointer (&error);
        }
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
  gint64 clock = g_get_real_time ();

  job->owner = self;
  job->task = task;
  job->study_id = study_id;
  job->series_id = series_id;
  job->now = self->keeper != NULL ? gantry_keeper_get_time (self->keeper, TRUE) : clock;
  job->until = until < G_MAXINT64 ? until + job->now - clock : until;
  job->for_good = for_good;
  job->last = gantry_received_table_last_id (self->core->db);
  if (job->last == G_MAXINT64)
    gantry_database_check (self->core->db, &job->error);
  job->gone = g_ptr_array_new ();
  self->n_jobs++;
  next_page (job);
}

void
gantry_remover_set_keeper (GantryRemover *self, GantryKeeper *keeper)
{
  g_mutex_lock (&self->lock);
  self->keeper = keeper;
  g_mutex_unlock (&self->lock);
  g_ptr_array_set_size (self->settled, 0);
}

void
gantry_remover_settle (GantryRemover *self, const char *path)
{
  if (self->n_pages > 0)
    g_ptr_array_add (self->settled, g_strdup (path));
  else if (self->keeper != NULL)
    gantry_keeper_settle (self->keeper, path);
}

GantryRemover *
gantry_remover_new (GantryCore *core)
{
  GantryRemover *self = g_new0 (GantryRemover, 1);

  self->core = core;
  self->settled = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  g_mutex_init (&self->stop_lock);
  self->files = g_thread_pool_new (remove_page, self, 1, FALSE, NULL);
  return self;
}

void
gantry_remover_stop (GantryRemover *self)
{
  g_mutex_lock (&self->stop_lock);
  self->stop_at = g_get_monotonic_time () + STOP_US;
  g_mutex_unlock (&self->stop_lock);
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
  g_ptr_array_unref (self->settled);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->stop_lock);
  g_free (self);
}
