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
  GantryReaderFunc func;
  GantryQuestion question;
} Job;

/* Apart from the job, which the reader's thread may be freeing when this is read. */
typedef struct
{
  GPtrArray *rows;
  guint total;
} Answer;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_pointer (&answer->rows, g_ptr_array_unref);
  g_free (answer);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free ((char *)job->question.text);
  if (job->question.free_data != NULL)
    job->question.free_data (job->question.data);
  g_clear_object (&job->question.cancellable);
  g_free (job);
}

gboolean
gantry_question_is_over (const GantryQuestion *question)
{
  return g_atomic_int_get (&question->reader->closing) != 0
         || g_cancellable_is_cancelled (question->cancellable);
}

static void
answer_question (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  GantryDatabase *db = job->question.reader->db;
  g_autoptr (GError) error = NULL;
  Answer *answer;

  if (gantry_question_is_over (&job->question))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "nobody waits for it");
      return;
    }

  answer = g_new0 (Answer, 1);
  gantry_database_check (db, NULL); /* of the question before */
  answer->rows = job->func (db, &job->question, &answer->total, &error);
  if (answer->rows != NULL && gantry_database_check (db, &error))
    {
      g_task_return_pointer (task, answer, answer_free);
      return;
    }
  answer_free (answer);
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
  self->pool = g_thread_pool_new (answer_question, NULL, 1, FALSE, NULL);
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

  job->func = func;
  job->question = *question;
  job->question.reader = self;
  job->question.text = g_strdup (question->text);
  g_set_object (&job->question.cancellable, cancellable);
  g_task_set_task_data (task, job, job_free);
  g_task_set_source_tag (task, gantry_reader_ask);
  g_thread_pool_push (self->pool, task, NULL);
}

gboolean
gantry_reader_is_answer (GAsyncResult *result)
{
  return g_task_get_source_tag (G_TASK (result)) == (gpointer)gantry_reader_ask;
}

GPtrArray *
gantry_reader_answer (GAsyncResult *result, guint *total, GError **error)
{
  Answer *answer = g_task_propagate_pointer (G_TASK (result), error);
  GPtrArray *rows = answer != NULL ? g_steal_pointer (&answer->rows) : NULL;

  if (total != NULL)
    *total = answer != NULL ? answer->total : 0;
  g_clear_pointer (&answer, answer_free);
  return rows;
}
