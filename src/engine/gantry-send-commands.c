/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-send-queue-private.h"

#include <glib/gi18n-lib.h>

#include "gantry-job-end.h"
#include "gantry-job-events.h"
#include "gantry-queue-change.h"
#include "gantry-queue-selection.h"
#include "gantry-queue-table.h"

GantryJobRun *
gantry_send_queue_find_run (GantrySendQueue *self, gint64 job)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (gantry_job_run_get_job (self->runs->pdata[i]) == job)
      return self->runs->pdata[i];
  return NULL;
}

void
gantry_send_queue_ask_for (GantrySendQueue *self, gint64 job)
{
  if (self->asked_for != NULL)
    g_hash_table_add (self->asked_for, g_memdup2 (&job, sizeof job));
}

/* ---- Changes, each in one transaction -------------------------------------------------------- */

static gboolean
write_change (gpointer data)
{
  GantrySendChange *change = data;
  GantryDatabase *db = change->queue->core->db;
  gint64 id = change->selection.job_id;
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryJob) job = gantry_queue_table_get_job (db, id, NULL);
  g_autofree char *text = NULL;

  if (job == NULL || job->state == GANTRY_JOB_DRAFT)
    return FALSE;
  if (gantry_database_begin (db, &error) && change->func (db, job, change, &error)
      && gantry_database_commit (db, &error))
    return TRUE;

  gantry_database_rollback (db);
  g_warning ("The queue cannot be written: %s", error->message);
  text = g_strdup_printf (_ ("The job was not changed, because the queue cannot be written. Make "
                             "room on the disk, and try again. (%s)"),
                          error->message);
  gantry_job_events_trouble (change->queue->core, id, text);
  return FALSE;
}

gboolean
gantry_send_queue_apply (GantrySendQueue *self, GantrySendChange *change)
{
  gint64 id = change->selection.job_id;
  GantryJobRun *run = gantry_send_queue_find_run (self, id);
  gboolean good;

  change->queue = self;
  good = run != NULL ? gantry_job_run_change (run, write_change, change) : write_change (change);
  if (!good)
    return FALSE;
  gantry_job_run_emit (self->core, id, run);
  if (gantry_queue_change_is_noted (self->core->db, id))
    gantry_steps_start (self->changes);
  /* Something may wait again before the place where it looks by now. */
  if (gantry_job_starts_forget (self->starts, id))
    gantry_send_queue_schedule (self);
  return TRUE;
}

gboolean
gantry_send_queue_write_next_try (GantryDatabase *db,
                                  const GantryJob *job,
                                  GantrySendChange *change G_GNUC_UNUSED,
                                  GError **error)
{
  return gantry_queue_selection_retry_retryable (db, job->id, error)
         && gantry_queue_table_follow_address (db, job->id, error)
         && gantry_queue_table_set_state (db, job->id, GANTRY_JOB_WAITING, "", g_get_real_time (),
                                          error);
}

/* ---- Commands -------------------------------------------------------------------------------- */

void
gantry_send_queue_added (GantrySendQueue *self, gint64 job)
{
  gantry_send_queue_ask_for (self, job);
  gantry_job_run_emit (self->core, job, NULL);
  gantry_steps_start (self->changes); /* it may not have all that is in it yet */
  gantry_send_queue_schedule (self);
}

static gboolean
write_cancel (GantryDatabase *db,
              const GantryJob *job,
              GantrySendChange *change G_GNUC_UNUSED,
              GError **error)
{
  return gantry_job_is_over (job)
         || gantry_job_end_cancel (db, job, g_get_real_time (), NULL, error);
}

void
gantry_send_queue_cancel (GantrySendQueue *self, gint64 id)
{
  GantryJobRun *run = gantry_send_queue_find_run (self, id);
  GantrySendChange change = { .selection.job_id = id, .func = write_cancel };

  if (run != NULL)
    gantry_job_run_cancel (run);
  else
    gantry_send_queue_apply (self, &change);
}

static gboolean
write_pause (GantryDatabase *db,
             const GantryJob *job,
             GantrySendChange *change G_GNUC_UNUSED,
             GError **error)
{
  return job->state != GANTRY_JOB_WAITING
         || gantry_queue_table_set_state (db, job->id, GANTRY_JOB_PAUSED, "", g_get_real_time (),
                                          error);
}

void
gantry_send_queue_pause (GantrySendQueue *self, gint64 id)
{
  GantryJobRun *run = gantry_send_queue_find_run (self, id);
  GantrySendChange change = { .selection.job_id = id, .func = write_pause };

  if (run != NULL)
    gantry_job_run_pause (run);
  else
    gantry_send_queue_apply (self, &change);
}

static gboolean
write_resume (GantryDatabase *db, const GantryJob *job, GantrySendChange *change, GError **error)
{
  if (job->state != GANTRY_JOB_PAUSED && job->state != GANTRY_JOB_WAITING)
    return TRUE;
  return gantry_queue_table_reset_tries (db, job->id, error)
         && gantry_send_queue_write_next_try (db, job, change, error);
}

void
gantry_send_queue_resume (GantrySendQueue *self, gint64 id)
{
  GantryJobRun *run = gantry_send_queue_find_run (self, id);
  GantrySendChange change = { .selection.job_id = id, .func = write_resume };

  if (run != NULL)
    gantry_job_run_resume (run);
  if (run != NULL || !gantry_send_queue_apply (self, &change))
    return;
  gantry_send_queue_ask_for (self, id);
  gantry_send_queue_schedule (self);
}

GPtrArray *
gantry_send_queue_resume_left (GantrySendQueue *self, gboolean paused, GError **error)
{
  g_autoptr (GPtrArray) jobs = gantry_queue_table_list_jobs (self->core->db, error);
  GPtrArray *left = jobs != NULL ? gantry_record_array_new () : NULL;

  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      const GantryJob *job = jobs->pdata[i];
      GantrySendChange change = { .selection.job_id = job->id, .func = write_resume };

      if (gantry_job_is_over (job) && !job->changing)
        continue;
      g_ptr_array_add (left, gantry_record_ref (jobs->pdata[i]));
      if (job->state == GANTRY_JOB_PAUSED && !paused)
        continue;
      if (job->state == GANTRY_JOB_PAUSED || job->retry_at != 0)
        gantry_send_queue_apply (self, &change);
      gantry_send_queue_ask_for (self, job->id);
    }
  gantry_send_queue_schedule (self);
  return left;
}

static gboolean
write_cancel_instances (GantryDatabase *db,
                        const GantryJob *job,
                        GantrySendChange *change,
                        GError **error)
{
  return gantry_job_is_over (job)
         || (gantry_queue_selection_cancel (db, &change->selection,
                                            _ ("Cancelled before it was sent."), g_get_real_time (),
                                            error)
             && gantry_job_end_if_empty (db, job->id, error));
}

void
gantry_send_queue_cancel_instances (GantrySendQueue *self, const GantrySelection *selection)
{
  GantrySendChange change = { .selection = *selection, .func = write_cancel_instances };

  gantry_send_queue_apply (self, &change);
}

/* Who asks for some of a paused job does not ask for all the rest of it. */
static gboolean
write_retry (GantryDatabase *db, const GantryJob *job, GantrySendChange *change, GError **error)
{
  GantryJobState state
      = job->state == GANTRY_JOB_PAUSED && !gantry_selection_is_whole (&change->selection)
            ? GANTRY_JOB_PAUSED
            : GANTRY_JOB_WAITING;
  guint n;

  if (!gantry_queue_selection_retry (db, &change->selection, &n, error))
    return FALSE;
  if (n == 0 && gantry_job_count_unanswered (job) == 0)
    return TRUE;
  if (!gantry_queue_table_reset_tries (db, job->id, error))
    return FALSE;
  if (job->state == GANTRY_JOB_RUNNING)
    {
      gantry_job_run_ask_again (gantry_send_queue_find_run (change->queue, job->id));
      return TRUE;
    }
  return gantry_queue_table_follow_node (db, job->id, error)
         && gantry_queue_table_set_state (db, job->id, state, "", g_get_real_time (), error);
}

void
gantry_send_queue_retry_instances (GantrySendQueue *self, const GantrySelection *selection)
{
  GantryJobRun *run = gantry_send_queue_find_run (self, selection->job_id);
  GantrySendChange change = { .selection = *selection, .func = write_retry };

  if (!gantry_send_queue_apply (self, &change))
    return;
  if (run != NULL && gantry_selection_is_whole (selection))
    gantry_job_run_resume (run);
  gantry_send_queue_ask_for (self, selection->job_id);
  gantry_send_queue_schedule (self);
}

void
gantry_send_queue_retry (GantrySendQueue *self, gint64 id)
{
  const GantrySelection whole = { .job_id = id };

  gantry_send_queue_retry_instances (self, &whole);
}

static gboolean
write_priority (GantryDatabase *db, const GantryJob *job, GantrySendChange *change, GError **error)
{
  return gantry_queue_table_set_priority (db, job->id, (GantryPriority)change->value, error);
}

void
gantry_send_queue_set_priority (GantrySendQueue *self, gint64 id, GantryPriority priority)
{
  GantryJobRun *run = gantry_send_queue_find_run (self, id);
  GantrySendChange change = {
    .queue = self, .selection.job_id = id, .func = write_priority, .value = (gint64)priority
  };

  if (!write_change (&change))
    return;
  if (run != NULL)
    gantry_job_run_set_priority (run, priority);
  gantry_job_run_emit (self->core, id, run);
}

static gboolean
write_move (GantryDatabase *db, const GantryJob *job, GantrySendChange *change, GError **error)
{
  return gantry_queue_table_move (db, job->id, change->value, error);
}

void
gantry_send_queue_move (GantrySendQueue *self, gint64 id, gint64 before)
{
  GantrySendChange change
      = { .queue = self, .selection.job_id = id, .func = write_move, .value = before };

  if (write_change (&change))
    gantry_core_emit (self->core, gantry_event_new (GANTRY_EVENT_JOBS_REORDERED));
}

static gboolean
write_remove (GantryDatabase *db,
              const GantryJob *job,
              GantrySendChange *change G_GNUC_UNUSED,
              GError **error)
{
  return gantry_queue_table_discard_job (db, job->id, error);
}

void
gantry_send_queue_remove (GantrySendQueue *self, gint64 id)
{
  GantrySendChange change = { .queue = self, .selection.job_id = id, .func = write_remove };
  GantryEvent *event;

  if (gantry_send_queue_find_run (self, id) != NULL || !write_change (&change))
    return;
  gantry_steps_start (self->sweeping);
  g_hash_table_remove (self->due, &id);
  gantry_job_starts_forget (self->starts, id);
  event = gantry_event_new (GANTRY_EVENT_JOB_REMOVED);
  event->id = id;
  gantry_core_emit (self->core, event);
}

void
gantry_send_queue_remove_finished (GantrySendQueue *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) jobs = gantry_queue_table_list_jobs (self->core->db, &error);

  if (jobs == NULL)
    g_warning ("The queue cannot be read: %s", error->message);
  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      const GantryJob *job = jobs->pdata[i];

      if (gantry_job_is_over (job))
        gantry_send_queue_remove (self, job->id);
    }
  gantry_steps_start (self->sweeping); /* its end is told, whether there was any or not */
}
