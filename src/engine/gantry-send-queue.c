/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-send-queue-private.h"

#include "gantry-job-end.h"
#include "gantry-job-events.h"
#include "gantry-node-settings.h"
#include "gantry-queue-change.h"
#include "gantry-queue-table.h"
#include "gantry-retry.h"
#include "gantry-stager.h"

#define LONGEST_SLEEP (5 * G_TIME_SPAN_SECOND)
#define SWEEP_ROWS 2000 /* some 20 ms */
#define AT_ONCE (50 * G_TIME_SPAN_MILLISECOND)

static void run_ended (GantryJobRun *run, gpointer user_data);

static gboolean
is_among (GPtrArray *nodes, const GantryNode *node)
{
  for (guint i = 0; i < nodes->len; i++)
    if (gantry_node_shares_address (nodes->pdata[i], node))
      return TRUE;
  return FALSE;
}

static gboolean
is_busy (GantrySendQueue *self, const GantryNode *node)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (gantry_node_shares_address (gantry_job_run_get_node (self->runs->pdata[i]), node))
      return TRUE;
  return FALSE;
}

static gboolean
is_asked_for (GantrySendQueue *self, gint64 job)
{
  return self->asked_for == NULL || g_hash_table_contains (self->asked_for, &job);
}

/* ---- What runs next -------------------------------------------------------------------------- */

/* When a job is tried again, by the clock that nobody sets. */
typedef struct
{
  gint64 retry_at; /* what it was made of */
  gint64 due;      /* monotonic */
} Due;

static guint
get_retry_seconds (GantrySendQueue *self, const GantryJob *job)
{
  g_auto (GantrySendOverrides) asked = GANTRY_SEND_OVERRIDES_NONE;

  gantry_job_get_overrides (job, &self->core->overrides, &asked, NULL);
  return asked.retry_seconds >= 0 ? (guint)asked.retry_seconds : self->core->send.retry_seconds;
}

/* Microseconds until the next try. A clock that was put back does not make it longer than the
 * pause; one that was put forward, or a computer that slept, may make it shorter. */
static gint64
get_pause_left (GantrySendQueue *self, const GantryJob *job)
{
  gint64 left = job->retry_at - g_get_real_time ();
  gint64 now = g_get_monotonic_time ();
  Due *due = g_hash_table_lookup (self->due, &job->id);

  if (due == NULL || due->retry_at != job->retry_at)
    {
      gint64 pause = gantry_retry_get_pause (get_retry_seconds (self, job),
                                             job->tries > 0 ? job->tries - 1 : 0);

      due = g_new (Due, 1);
      *due = (Due){ job->retry_at, now + CLAMP (left, 0, pause) };
      g_hash_table_replace (self->due, g_memdup2 (&job->id, sizeof job->id), due);
    }
  return left <= 0 ? 0 : MAX (0, due->due - now);
}

static gboolean
on_timer (gpointer data)
{
  GantrySendQueue *self = data;

  g_clear_pointer (&self->timer, g_source_unref);
  gantry_send_queue_schedule (self);
  return G_SOURCE_REMOVE;
}

static void
stop_timer (GantrySendQueue *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

/* Looks up now and then: the time may have been changed, or have passed without us. */
static void
start_timer (GantrySendQueue *self, gint64 left)
{
  if (left < G_MAXINT64)
    self->timer = gantry_core_add_timer (
        self->core, (guint)(1 + MIN (left, LONGEST_SLEEP) / G_TIME_SPAN_MILLISECOND), on_timer,
        self);
}

/* Whether the job's pause is over; then what is worth another try waits again. */
static gboolean
is_due (GantrySendQueue *self, const GantryJob *job, gint64 *nearest)
{
  GantrySendChange change
      = { .selection.job_id = job->id, .func = gantry_send_queue_write_next_try };
  gint64 left;

  if (job->retry_at == 0)
    return TRUE;
  left = get_pause_left (self, job);
  if (left == 0)
    {
      if (gantry_send_queue_apply (self, &change))
        {
          g_hash_table_remove (self->due, &job->id);
          return TRUE;
        }
      left = LONGEST_SLEEP;
    }
  *nearest = MIN (*nearest, left);
  return FALSE;
}

/* %FALSE: not for now */
static gboolean
run_job (GantrySendQueue *self, const GantryJob *job, gint64 until)
{
  GPtrArray *pairs = gantry_job_starts_get (self->starts, job->id, until);
  GantryJobRun *run
      = pairs != NULL ? gantry_job_run_new (self->core, job, pairs, run_ended, self) : NULL;

  if (run == NULL)
    return FALSE;
  g_ptr_array_add (self->runs, run);
  gantry_job_starts_forget (self->starts, job->id);
  return TRUE;
}

/* As it is now, in place of what it was when its pause was not over: its node may have moved. NULL:
 * it cannot be read */
static const GantryJob *
read_again (GantrySendQueue *self, GPtrArray *jobs, guint i)
{
  gint64 id = ((const GantryJob *)jobs->pdata[i])->id;
  GantryJob *job = gantry_queue_table_get_job (self->core->db, id, NULL);

  if (job == NULL)
    return NULL;
  gantry_record_unref (jobs->pdata[i]);
  jobs->pdata[i] = job;
  return job;
}

/* Those that may, in order; of those to one peer the first. */
static void
run_jobs (GantrySendQueue *self, GPtrArray *jobs, gint64 *nearest)
{
  g_autoptr (GPtrArray) taken = g_ptr_array_new (); /* nodes */
  gint64 until = g_get_monotonic_time () + AT_ONCE;

  for (guint i = 0; i < jobs->len && !self->stopping; i++)
    {
      const GantryJob *job = jobs->pdata[i];

      if (!is_asked_for (self, job->id) || gantry_send_queue_find_run (self, job->id) != NULL
          || !is_due (self, job, nearest))
        continue;
      if (job->retry_at != 0 && (job = read_again (self, jobs, i)) == NULL)
        {
          *nearest = MIN (*nearest, LONGEST_SLEEP);
          continue;
        }
      if (gantry_queue_change_is_noted (self->core->db, job->id) || is_busy (self, job->node)
          || is_among (taken, job->node) || run_job (self, job, until))
        continue;
      g_ptr_array_add (taken, job->node);
      *nearest = MIN (*nearest, LONGEST_SLEEP); /* the disk may have room by then */
    }
}

void
gantry_send_queue_schedule (GantrySendQueue *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) jobs = gantry_queue_table_list_waiting (self->core->db, &error);
  gint64 nearest = G_MAXINT64;

  stop_timer (self);
  if (self->held)
    return;
  if (jobs != NULL)
    run_jobs (self, jobs, &nearest);
  if (jobs == NULL || !gantry_database_check (self->core->db, &error))
    {
      g_warning ("The queue cannot be read: %s", error->message);
      nearest = MIN (nearest, LONGEST_SLEEP);
    }
  if (!self->stopping)
    start_timer (self, nearest);
}

static void
tell_held (GantrySendQueue *self)
{
  if (self->held && self->runs->len == 0)
    gantry_core_emit (self->core, gantry_event_new (GANTRY_EVENT_QUEUE_HELD));
}

static void
run_ended (GantryJobRun *run, gpointer user_data)
{
  GantrySendQueue *self = user_data;

  g_ptr_array_remove_fast (self->runs, run);
  if (self->stopping)
    {
      gantry_core_part_stopped (self->core);
      return;
    }
  tell_held (self);
  gantry_steps_start (self->changes); /* what its end was for more instances than a few */
  gantry_send_queue_schedule (self);
}

/* ---- Step by step ---------------------------------------------------------------------------- */

typedef struct
{
  GantryDatabase *db;
  gint64 job;
  GArray *answered;
  gboolean over; /* nothing more is noted for the job */
} ChangeStep;

static gboolean
write_change_step (gpointer data)
{
  ChangeStep *step = data;
  g_autoptr (GError) error = NULL;

  if (gantry_database_begin (step->db, &error)
      && gantry_queue_change_step (step->db, step->answered, &error)
      && gantry_job_end_if_empty (step->db, step->job, &error)
      && gantry_database_commit (step->db, &error))
    {
      step->over = !gantry_queue_change_is_noted (step->db, step->job);
      return TRUE;
    }
  gantry_database_rollback (step->db);
  g_warning ("The queue cannot be written: %s", error->message);
  return FALSE;
}

static GantryStepsState
change_step (gpointer user_data)
{
  GantrySendQueue *self = user_data;
  g_autoptr (GArray) answered = g_array_new (FALSE, FALSE, sizeof (gint64));
  ChangeStep step = { .db = self->core->db, .answered = answered };
  g_autoptr (GError) error = NULL;
  GantryJobRun *run;

  if (!gantry_queue_change_get_next (step.db, &step.job, &error))
    {
      g_warning ("The queue cannot be read: %s", error->message);
      return GANTRY_STEPS_REFUSED;
    }
  if (step.job == 0)
    {
      gantry_send_queue_schedule (self); /* what was noted may have been forgotten */
      return GANTRY_STEPS_OVER;
    }
  run = gantry_send_queue_find_run (self, step.job);
  if (run != NULL ? !gantry_job_run_change (run, write_change_step, &step)
                  : !write_change_step (&step))
    return GANTRY_STEPS_REFUSED;
  gantry_job_events_instances (self->core, answered);
  gantry_job_run_emit (self->core, step.job, run);
  if (step.over)
    {
      gantry_steps_start (self->sweeping); /* a removed job was kept as long as it was copied */
      gantry_send_queue_schedule (self);
    }
  return GANTRY_STEPS_MORE;
}

static GantryStepsState
sweep_step (gpointer user_data)
{
  GantrySendQueue *self = user_data;
  GantryDatabase *db = self->core->db;
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;

  if (gantry_database_begin (db, &error) && gantry_queue_table_sweep (db, SWEEP_ROWS, &more, &error)
      && gantry_database_commit (db, &error))
    {
      if (!more)
        gantry_stager_clean (self->core->stager); /* of what the rows were about */
      return more ? GANTRY_STEPS_MORE : GANTRY_STEPS_OVER;
    }
  g_warning ("A removed job cannot be deleted: %s", error->message);
  gantry_database_rollback (db);
  return GANTRY_STEPS_REFUSED;
}

/* ---- Holding, stopping, the beginning and the end ----------------------------------------------
 */

static void
suspend (GantrySendQueue *self)
{
  self->held = TRUE;
  stop_timer (self);
  for (guint i = 0; i < self->runs->len; i++)
    gantry_job_run_suspend (self->runs->pdata[i]);
}

void
gantry_send_queue_hold (GantrySendQueue *self)
{
  suspend (self);
  tell_held (self);
}

void
gantry_send_queue_stop (GantrySendQueue *self)
{
  self->stopping = TRUE;
  g_clear_pointer (&self->changes, gantry_steps_free);
  g_clear_pointer (&self->sweeping, gantry_steps_free);
  suspend (self);
}

gboolean
gantry_send_queue_is_idle (GantrySendQueue *self)
{
  return self->runs->len == 0;
}

static void
job_ready (gpointer user_data)
{
  gantry_send_queue_schedule (user_data);
}

static void
schedule_call (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  gantry_send_queue_schedule (core->queue);
}

GantrySendQueue *
gantry_send_queue_new (GantryCore *core, gboolean resume, GError **error)
{
  g_autoptr (GPtrArray) jobs = NULL;
  GantrySendQueue *self;

  if (!gantry_profile_lock (core->profile, GANTRY_PROFILE_QUEUE, error)
      || !gantry_job_end_recover (core->db, core->send.retry_limit, error))
    return NULL;
  /* A queue that cannot be read is not an empty one. */
  jobs = gantry_queue_table_list_waiting (core->db, error);
  if (jobs == NULL)
    return NULL;
  self = g_new0 (GantrySendQueue, 1);
  self->core = core;
  self->starts = gantry_job_starts_new (core, job_ready, self);
  self->changes = gantry_steps_new (core, change_step, self);
  self->sweeping = gantry_steps_new (core, sweep_step, self);
  self->due = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify)gantry_job_run_unref);
  if (!resume)
    self->asked_for = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gantry_core_post (core, schedule_call, NULL, NULL);
  return self;
}

void
gantry_send_queue_free (GantrySendQueue *self)
{
  stop_timer (self);
  g_clear_pointer (&self->changes, gantry_steps_free);
  g_clear_pointer (&self->sweeping, gantry_steps_free);
  g_ptr_array_unref (self->runs);
  g_hash_table_unref (self->due);
  gantry_job_starts_free (self->starts);
  g_clear_pointer (&self->asked_for, g_hash_table_unref);
  g_free (self);
}
