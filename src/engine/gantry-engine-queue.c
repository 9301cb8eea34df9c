/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include "gantry-catalog.h"
#include "gantry-doctor.h"
#include "gantry-draft-table.h"
#include "gantry-instance-table.h"
#include "gantry-queue-selection.h"
#include "gantry-queue-table.h"
#include "gantry-send-queue.h"

/* ---- The queue ------------------------------------------------------------------------------ */

typedef struct
{
  GantryNode *node;
  gint64 *study_ids;
  gsize n_studies;
} Send;

static void
send_free (gpointer data)
{
  Send *request = data;

  gantry_record_unref (request->node);
  g_free (request->study_ids);
  g_free (request);
}

/* The job that was made, or 0: none. */
static gboolean
commit_job (GantryCore *core, gint64 job, GError **error)
{
  const GantrySendOverrides *asked = &core->overrides;
  g_autofree char *overrides = gantry_send_overrides_to_text (asked);
  GantryPriority priority
      = asked->priority >= 0 ? (GantryPriority)asked->priority : core->send.priority;

  return gantry_queue_table_set_priority (core->db, job, priority, error)
         && gantry_queue_table_set_overrides (core->db, job, overrides, error)
         && gantry_database_commit (core->db, error);
}

static void
send_call (GantryCore *core, gpointer data)
{
  GTask *task = data;
  const Send *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gint64 draft, job = -1;

  if (gantry_database_begin (core->db, &error))
    {
      draft = gantry_draft_table_find (core->db, core->draft);
      job = draft != 0
                ? gantry_draft_table_submit (core->db, draft, request->node, request->study_ids,
                                             request->n_studies, g_get_real_time (), &error)
                : 0;
      if (job >= 0)
        commit_job (core, job, &error);
    }
  if (error != NULL)
    {
      gantry_database_rollback (core->db);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_task_return_int (task, job > 0 ? (gssize)job : -1);
  gantry_core_emit (core, gantry_event_new (GANTRY_EVENT_DRAFT_CHANGED));
  if (core->queue != NULL)
    gantry_send_queue_added (core->queue, job);
}

void
gantry_engine_send_async (GantryEngine *self,
                          GantryNode *node,
                          const gint64 *study_ids,
                          gsize n_studies,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  Send *request;
  GTask *task;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  request = g_new (Send, 1);
  *request = (Send){ gantry_record_ref (node), g_memdup2 (study_ids, n_studies * sizeof *study_ids),
                     n_studies };
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, request, send_free);
  gantry_core_post (self->core, send_call, task, g_object_unref);
}

gint64
gantry_engine_send_finish (GantryEngine *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

/* A command about one job. */
typedef struct
{
  void (*func) (GantrySendQueue *queue, gint64 job);
  gint64 job;
} JobCommand;

static void
job_call (GantryCore *core, gpointer data)
{
  const JobCommand *command = data;

  if (core->queue != NULL)
    command->func (core->queue, command->job);
}

static void
post_job (GantryEngine *self, void (*func) (GantrySendQueue *queue, gint64 job), gint64 job)
{
  JobCommand *command = g_new (JobCommand, 1);

  *command = (JobCommand){ func, job };
  gantry_engine_post (self, job_call, command, g_free);
}

void
gantry_engine_cancel_job (GantryEngine *self, gint64 job_id)
{
  post_job (self, gantry_send_queue_cancel, job_id);
}

void
gantry_engine_pause_job (GantryEngine *self, gint64 job_id)
{
  post_job (self, gantry_send_queue_pause, job_id);
}

void
gantry_engine_resume_job (GantryEngine *self, gint64 job_id)
{
  post_job (self, gantry_send_queue_resume, job_id);
}

static void
resume_left_call (GantryCore *core, gpointer data)
{
  GTask *task = data;
  gboolean paused = GPOINTER_TO_INT (g_task_get_task_data (task));
  g_autoptr (GError) error = NULL;
  GPtrArray *jobs = core->queue != NULL
                        ? gantry_send_queue_resume_left (core->queue, paused, &error)
                        : gantry_record_array_new ();

  if (jobs != NULL)
    g_task_return_pointer (task, jobs, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
gantry_engine_resume_left_async (GantryEngine *self,
                                 gboolean paused,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, GINT_TO_POINTER (paused), NULL);
  gantry_core_post (self->core, resume_left_call, task, g_object_unref);
}

void
gantry_engine_retry_job (GantryEngine *self, gint64 job_id)
{
  post_job (self, gantry_send_queue_retry, job_id);
}

void
gantry_engine_remove_job (GantryEngine *self, gint64 job_id)
{
  post_job (self, gantry_send_queue_remove, job_id);
}

/* ---- Some of a job --------------------------------------------------------------------------- */

static void
copy_selection (GantrySelection *to, const GantrySelection *from)
{
  *to = *from;
  to->instance_ids = g_memdup2 (from->instance_ids, from->n_instances * sizeof *from->instance_ids);
}

typedef struct
{
  void (*func) (GantrySendQueue *queue, const GantrySelection *selection);
  GantrySelection selection;
} SelectionCommand;

static void
selection_command_free (gpointer data)
{
  SelectionCommand *command = data;

  g_free ((gpointer)command->selection.instance_ids);
  g_free (command);
}

static void
selection_call (GantryCore *core, gpointer data)
{
  const SelectionCommand *command = data;

  if (core->queue != NULL)
    command->func (core->queue, &command->selection);
}

static void
post_selection (GantryEngine *self,
                void (*func) (GantrySendQueue *queue, const GantrySelection *selection),
                const GantrySelection *selection)
{
  SelectionCommand *command = g_new (SelectionCommand, 1);

  command->func = func;
  copy_selection (&command->selection, selection);
  gantry_engine_post (self, selection_call, command, selection_command_free);
}

void
gantry_engine_cancel_instances (GantryEngine *self, const GantrySelection *selection)
{
  post_selection (self, gantry_send_queue_cancel_instances, selection);
}

void
gantry_engine_retry_instances (GantryEngine *self, const GantrySelection *selection)
{
  post_selection (self, gantry_send_queue_retry_instances, selection);
}

typedef struct
{
  GantrySelection selection;
  GantryNode *node;
} SendAgain;

static void
send_again_free (gpointer data)
{
  SendAgain *request = data;

  gantry_record_unref (request->node);
  g_free ((gpointer)request->selection.instance_ids);
  g_free (request);
}

static void
send_again_call (GantryCore *core, gpointer data)
{
  GTask *task = data;
  const SendAgain *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gint64 job = -1;

  if (gantry_database_begin (core->db, &error))
    job = gantry_queue_selection_copy (core->db, &request->selection, request->node,
                                       g_get_real_time (), &error);
  if (job < 0 || !commit_job (core, job, &error))
    {
      gantry_database_rollback (core->db);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_task_return_int (task, job > 0 ? (gssize)job : -1);
  if (core->queue != NULL && job > 0)
    gantry_send_queue_added (core->queue, job);
}

void
gantry_engine_send_again_async (GantryEngine *self,
                                const GantrySelection *selection,
                                GantryNode *node,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  SendAgain *request;
  GTask *task;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  request = g_new (SendAgain, 1);
  copy_selection (&request->selection, selection);
  request->node = gantry_record_ref (node);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, request, send_again_free);
  gantry_core_post (self->core, send_again_call, task, g_object_unref);
}

/* ---- Order ----------------------------------------------------------------------------------- */

typedef struct
{
  gint64 job, value;
} OrderCommand;

static void
post_order (GantryEngine *self, GantryCoreFunc func, gint64 job, gint64 value)
{
  OrderCommand *command = g_new (OrderCommand, 1);

  *command = (OrderCommand){ job, value };
  gantry_engine_post (self, func, command, g_free);
}

static void
priority_call (GantryCore *core, gpointer data)
{
  const OrderCommand *command = data;

  if (core->queue != NULL)
    gantry_send_queue_set_priority (core->queue, command->job, (GantryPriority)command->value);
}

void
gantry_engine_set_priority (GantryEngine *self, gint64 job_id, GantryPriority priority)
{
  post_order (self, priority_call, job_id, (gint64)priority);
}

static void
move_call (GantryCore *core, gpointer data)
{
  const OrderCommand *command = data;

  if (core->queue != NULL)
    gantry_send_queue_move (core->queue, command->job, command->value);
}

void
gantry_engine_move_job (GantryEngine *self, gint64 job_id, gint64 before)
{
  post_order (self, move_call, job_id, before);
}

/* ---- Clearing and listing -------------------------------------------------------------------- */

static void
remove_finished_call (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  if (core->queue != NULL)
    gantry_send_queue_remove_finished (core->queue);
}

void
gantry_engine_remove_finished_jobs (GantryEngine *self)
{
  gantry_engine_post (self, remove_finished_call, NULL, NULL);
}

static void
hold_call (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  if (core->queue != NULL)
    gantry_send_queue_hold (core->queue);
}

void
gantry_engine_hold_queue (GantryEngine *self)
{
  gantry_engine_post (self, hold_call, NULL, NULL);
}

static GPtrArray *
read_jobs (GantryDatabase *db,
           const GantryQuestion *question G_GNUC_UNUSED,
           guint *total,
           GError **error)
{
  GPtrArray *jobs = gantry_queue_table_list_jobs (db, error);

  *total = jobs != NULL ? jobs->len : 0;
  for (guint i = 0; i < *total; i++)
    gantry_doctor_advise (jobs->pdata[i]);
  return jobs;
}

void
gantry_engine_list_jobs_async (GantryEngine *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  const GantryQuestion question = { 0 };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_jobs, &question, cancellable, callback, user_data);
}

static GPtrArray *
read_diagnosis (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  g_autoptr (GantryJob) job = gantry_queue_table_get_job (db, question->id, error);
  GPtrArray *findings = job != NULL ? gantry_doctor_diagnose (&job->path) : NULL;

  *total = findings != NULL ? findings->len : 0;
  return findings;
}

void
gantry_engine_diagnose_job_async (GantryEngine *self,
                                  gint64 job_id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  const GantryQuestion question = { .id = job_id };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_diagnosis, &question, cancellable, callback,
                       user_data);
}

static GPtrArray *
read_job_studies (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  return gantry_catalog_list (db, question->id, GANTRY_CATALOG_OLDEST_FIRST, NULL, 0, G_MAXINT,
                              total, error);
}

void
gantry_engine_list_job_studies_async (GantryEngine *self,
                                      gint64 job_id,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  const GantryQuestion question = { .id = job_id };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->searcher, self, read_job_studies, &question, cancellable, callback,
                       user_data);
}

static GPtrArray *
read_instances (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  return gantry_instance_table_list (db, question->id, question->offset, question->limit, total,
                                     error);
}

static void
set_filter (GantryEngine *self, GantryQuestion *question, const GantryInstanceFilter *filter)
{
  question->text = filter->text;
  question->outcomes = filter->outcomes;
  question->study_id = filter->study_id;
  question->memory = self->search;
}

static gboolean
is_restricted (const GantryInstanceFilter *filter)
{
  return filter != NULL
         && (filter->outcomes != 0 || filter->study_id != 0
             || (filter->text != NULL && *filter->text != '\0'));
}

/* Asks the thread for what is known without a search, or the one that searches. */
static void
ask_about_list (GantryEngine *self,
                GantryReaderFunc func,
                GantryReaderFunc search,
                GantryQuestion *question,
                const GantryInstanceFilter *filter,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  if (!is_restricted (filter))
    {
      gantry_reader_ask (self->reader, self, func, question, cancellable, callback, user_data);
      return;
    }
  set_filter (self, question, filter);
  gantry_reader_ask (self->searcher, self, search, question, cancellable, callback, user_data);
}

void
gantry_engine_list_instances_async (GantryEngine *self,
                                    gint64 job_id,
                                    const GantryInstanceFilter *filter,
                                    guint offset,
                                    guint limit,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GantryQuestion question = { .id = job_id, .offset = offset, .limit = limit };

  if (gantry_engine_is_open (self, callback, user_data))
    ask_about_list (self, read_instances, gantry_instance_search_answer, &question, filter,
                    cancellable, callback, user_data);
}

static GantryInstanceLook *
instance_look_new (const GantryRun *runs, gsize n_runs, guint outcomes)
{
  GantryInstanceLook *look = g_malloc (sizeof *look + n_runs * sizeof *runs);

  look->outcomes = outcomes;
  look->n_runs = n_runs;
  for (gsize i = 0; i < n_runs; i++)
    look->runs[i] = runs[i];
  return look;
}

void
gantry_engine_find_outcomes_async (GantryEngine *self,
                                   gint64 job_id,
                                   const GantryInstanceFilter *filter,
                                   const GantryRun *runs,
                                   gsize n_runs,
                                   guint outcomes,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GantryQuestion question = { .id = job_id, .free_data = g_free };

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  question.data = instance_look_new (runs, n_runs, outcomes);
  ask_about_list (self, gantry_instance_search_look, gantry_instance_search_look, &question, filter,
                  cancellable, callback, user_data);
}

gboolean
gantry_engine_find_outcomes_finish (GantryEngine *self,
                                    GAsyncResult *result,
                                    guint *found,
                                    GError **error)
{
  g_autoptr (GPtrArray) none = gantry_engine_list_finish (self, result, found, error);

  return none != NULL;
}

void
gantry_engine_pick_instances_async (GantryEngine *self,
                                    gint64 job_id,
                                    const GantryInstanceFilter *filter,
                                    const GantryRun *runs,
                                    gsize n_runs,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GantryQuestion question = { .id = job_id, .free_data = g_free };

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  question.data = instance_look_new (runs, n_runs, 0);
  set_filter (self, &question, filter);
  gantry_reader_ask (self->searcher, self, gantry_instance_search_pick, &question, cancellable,
                     callback, user_data);
}

GArray *
gantry_engine_pick_instances_finish (GantryEngine *self,
                                     GAsyncResult *result,
                                     guint *total,
                                     GError **error)
{
  g_autoptr (GPtrArray) answer = gantry_engine_list_finish (self, result, total, error);

  return answer != NULL ? g_array_ref (answer->pdata[0]) : NULL;
}
