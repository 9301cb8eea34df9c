/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-send-queue.h"

#include <glib/gi18n-lib.h>

#include "gantry-job-run.h"
#include "gantry-queue-table.h"

struct _GantrySendQueue
{
  GantryCore *core;
  GPtrArray *runs;       /* GantryJobRun: the jobs that are being sent */
  GHashTable *asked_for; /* ids of the jobs that may run; NULL: all */
  gboolean stopping;
};

static GantryJobRun *
find_run (GantrySendQueue *self, gint64 job)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (gantry_job_run_get_job (self->runs->pdata[i]) == job)
      return self->runs->pdata[i];
  return NULL;
}

static gboolean
is_busy (GantrySendQueue *self, const GantryNode *node)
{
  for (guint i = 0; i < self->runs->len; i++)
    {
      const GantryNode *busy = gantry_job_run_get_node (self->runs->pdata[i]);

      if (busy->port == node->port && g_ascii_strcasecmp (busy->host, node->host) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
may_run (GantrySendQueue *self, const GantryJob *job)
{
  return job->state == GANTRY_JOB_WAITING && find_run (self, job->id) == NULL
         && !is_busy (self, job->node)
         && (self->asked_for == NULL || g_hash_table_contains (self->asked_for, &job->id));
}

static void
ask_for (GantrySendQueue *self, gint64 job)
{
  if (self->asked_for != NULL)
    g_hash_table_add (self->asked_for, g_memdup2 (&job, sizeof job));
}

static void
run_ended (GantryJobRun *run, gpointer user_data)
{
  GantrySendQueue *self = user_data;

  g_ptr_array_remove_fast (self->runs, run);
  if (self->stopping)
    gantry_core_part_stopped (self->core);
  else
    gantry_send_queue_schedule (self);
}

void
gantry_send_queue_schedule (GantrySendQueue *self)
{
  g_autoptr (GPtrArray) jobs = gantry_queue_table_list_jobs (self->core->db, NULL);

  /* The list is newest first. */
  for (guint i = jobs != NULL ? jobs->len : 0; i > 0 && !self->stopping; i--)
    {
      const GantryJob *job = jobs->pdata[i - 1];
      GantryJobRun *run;

      if (!may_run (self, job))
        continue;
      run = gantry_job_run_new (self->core, job, run_ended, self);
      if (run != NULL)
        g_ptr_array_add (self->runs, run);
    }
}

void
gantry_send_queue_added (GantrySendQueue *self, gint64 job)
{
  ask_for (self, job);
  gantry_job_run_emit (self->core, job, NULL);
  gantry_send_queue_schedule (self);
}

void
gantry_send_queue_cancel (GantrySendQueue *self, gint64 id)
{
  GantryJobRun *run = find_run (self, id);
  g_autoptr (GantryJob) job = NULL;
  gint64 now = g_get_real_time ();

  if (run != NULL)
    {
      gantry_job_run_cancel (run);
      return;
    }

  job = gantry_queue_table_get_job (self->core->db, id, NULL);
  if (job == NULL || (job->state != GANTRY_JOB_WAITING && job->state != GANTRY_JOB_PAUSED))
    return;
  gantry_queue_table_settle (self->core->db, id, GANTRY_OUTCOME_CANCELLED,
                             _ ("Cancelled before it was sent."), now, NULL);
  gantry_queue_table_set_state (self->core->db, id, GANTRY_JOB_CANCELLED, "", now, NULL);
  gantry_job_run_emit (self->core, id, NULL);
}

void
gantry_send_queue_pause (GantrySendQueue *self, gint64 id)
{
  GantryJobRun *run = find_run (self, id);
  g_autoptr (GantryJob) job = gantry_queue_table_get_job (self->core->db, id, NULL);

  if (run != NULL)
    gantry_job_run_pause (run);
  else if (job != NULL && job->state == GANTRY_JOB_WAITING)
    {
      gantry_queue_table_set_state (self->core->db, id, GANTRY_JOB_PAUSED, "", g_get_real_time (),
                                    NULL);
      gantry_job_run_emit (self->core, id, NULL);
    }
}

void
gantry_send_queue_resume (GantrySendQueue *self, gint64 id)
{
  g_autoptr (GantryJob) job = gantry_queue_table_get_job (self->core->db, id, NULL);

  if (job == NULL || job->state != GANTRY_JOB_PAUSED)
    return;
  ask_for (self, id);
  gantry_queue_table_set_state (self->core->db, id, GANTRY_JOB_WAITING, "", g_get_real_time (),
                                NULL);
  gantry_job_run_emit (self->core, id, NULL);
  gantry_send_queue_schedule (self);
}

void
gantry_send_queue_retry (GantrySendQueue *self, gint64 id)
{
  if (find_run (self, id) != NULL || !gantry_queue_table_retry (self->core->db, id, NULL))
    return;
  ask_for (self, id);
  gantry_queue_table_set_state (self->core->db, id, GANTRY_JOB_WAITING, "", g_get_real_time (),
                                NULL);
  gantry_job_run_emit (self->core, id, NULL);
  gantry_send_queue_schedule (self);
}

void
gantry_send_queue_remove (GantrySendQueue *self, gint64 id)
{
  g_autoptr (GError) error = NULL;
  GantryEvent *event;

  if (find_run (self, id) != NULL)
    return;
  if (!gantry_database_begin (self->core->db, &error)
      || !gantry_queue_table_remove_job (self->core->db, id, &error)
      || !gantry_database_commit (self->core->db, &error))
    {
      g_warning ("A job cannot be removed: %s", error->message);
      gantry_database_rollback (self->core->db);
      return;
    }
  event = gantry_event_new (GANTRY_EVENT_JOB_REMOVED);
  event->id = id;
  gantry_core_emit (self->core, event);
}

void
gantry_send_queue_remove_finished (GantrySendQueue *self)
{
  g_autoptr (GPtrArray) jobs = gantry_queue_table_list_jobs (self->core->db, NULL);

  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      const GantryJob *job = jobs->pdata[i];

      if (job->state == GANTRY_JOB_FINISHED || job->state == GANTRY_JOB_CANCELLED)
        gantry_send_queue_remove (self, job->id);
    }
}

void
gantry_send_queue_stop (GantrySendQueue *self)
{
  self->stopping = TRUE;
  for (guint i = 0; i < self->runs->len; i++)
    gantry_job_run_suspend (self->runs->pdata[i]);
}

gboolean
gantry_send_queue_is_idle (GantrySendQueue *self)
{
  return self->runs->len == 0;
}

static void
schedule_call (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  gantry_send_queue_schedule (core->queue);
}

GantrySendQueue *
gantry_send_queue_new (GantryCore *core, gboolean resume, GError **error)
{
  GantrySendQueue *self;

  if (!gantry_profile_lock (core->profile, GANTRY_PROFILE_QUEUE, error)
      || !gantry_queue_table_recover (core->db, error))
    return NULL;
  self = g_new0 (GantrySendQueue, 1);
  self->core = core;
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify)gantry_job_run_unref);
  if (!resume)
    self->asked_for = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gantry_core_post (core, schedule_call, NULL, NULL);
  return self;
}

void
gantry_send_queue_free (GantrySendQueue *self)
{
  g_ptr_array_unref (self->runs);
  g_clear_pointer (&self->asked_for, g_hash_table_unref);
  g_free (self);
}
