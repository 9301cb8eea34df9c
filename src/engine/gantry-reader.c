/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-reader.h"

struct _GantryReader
{
  GantryDatabase *db; /* of the one thread in the pool */
  GThreadPool *pool;
  gint closing; /* atomic */
};

typedef struct
{
  GantryReader *reader;
  GantryReaderFunc func;
  GantryQuestion question;
  guint total;
} Job;

static void
answer (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GPtrArray *rows;

  if (g_atomic_int_get (&job->reader->closing))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "closing");
      return;
    }
  if (g_task_return_error_if_cancelled (task))
    return;

  rows = job->func (job->reader->db, &job->question, &job->total, &error);
  if (rows != NULL)
    g_task_return_pointer (task, rows, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

GantryReader *
gantry_reader_new (const char *database, GError **error)
{
  GantryDatabase *db = gantry_database_open (database, FALSE, error);
  GantryReader *self;

  if (db == NULL)
    return NULL;
  self = g_new0 (GantryReader, 1);
  self->db = db;
  self->pool = g_thread_pool_new (answer, NULL, 1, FALSE, NULL);
  return self;
}

void
gantry_reader_free (GantryReader *self)
{
  g_atomic_int_set (&self->closing, 1);
  g_thread_pool_free (self->pool, FALSE, TRUE);
  gantry_database_close (self->db);
  g_free (self);
}

void
gantry_reader_ask (GantryReader *self,
                   gpointer source,
                   GantryReaderFunc func,
                   const GantryQuestion *question,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  GTask *task = g_task_new (source, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->reader = self;
  job->func = func;
  job->question = *question;
  g_task_set_task_data (task, job, g_free);
  g_thread_pool_push (self->pool, task, NULL);
}

GPtrArray *
gantry_reader_answer (GAsyncResult *result, guint *total, GError **error)
{
  const Job *job = g_task_get_task_data (G_TASK (result));
  GPtrArray *rows = g_task_propagate_pointer (G_TASK (result), error);

  if (total != NULL)
    *total = rows != NULL ? job->total : 0;
  return rows;
}
