/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-run.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-job-end.h"
#include "gantry-job-events.h"
#include "gantry-job-writes.h"
#include "gantry-node-settings.h"
#include "gantry-proposal.h"
#include "gantry-queue-table.h"
#include "gantry-rate.h"
#include "gantry-send-run.h"

#define PAGE 256
#define MAX_IN_FLIGHT 8
#define TICK_MS 50 /* the most that a crash can make be sent again */
/* An association for so few instances costs more than it brings. */
#define INSTANCES_AN_ASSOCIATION 16

struct _GantryJobRun
{
  gatomicrefcount refs;
  GantryCore *core;
  void (*ended) (GantryJobRun *run, gpointer user_data);
  gpointer user_data;
  gint64 job;
  GantryNode *node;
  GantrySendSettings settings; /* with what was asked for with the job before them */
  GantrySendRun *workers;
  GantryProposal *proposal;
  guint pass;
  GantryQueuePlace after;        /* the last instance handed to the workers in this pass */
  GPtrArray *unwritten;          /* answers that are not in the database yet */
  gint64 sending[MAX_IN_FLIGHT]; /* what the database calls sending */
  GSource *tick;                 /* NULL: over */
  GantryRate rate;
  GantryJobEnd end;
  GantryJobWish wish;     /* as it is in the database */
  gint64 started;         /* monotonic */
  GantryPathFigures path; /* of this run, when no worker is left */
  guint most_workers;     /* of any pass so far */
  guint associations;
  guint n_ended;     /* workers of this pass whose end has been heard of, with the reason */
  GError *error;     /* what ended the last worker that failed */
  GError *unread;    /* why the rest of the job could not be read */
  gboolean refused;  /* the last write failed, and that was told */
  gint flush_posted; /* atomic: a flush is on its way to the core thread */
};

static void try_to_finish (GantryJobRun *self);

static GantryJobRun *
gantry_job_run_ref (GantryJobRun *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
gantry_job_run_unref (GantryJobRun *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  gantry_send_run_free (self->workers);
  gantry_record_unref (self->node);
  gantry_send_settings_clear (&self->settings);
  g_clear_pointer (&self->proposal, gantry_proposal_unref);
  g_ptr_array_unref (self->unwritten);
  g_clear_pointer (&self->tick, g_source_unref);
  g_clear_error (&self->error);
  g_clear_error (&self->unread);
  g_free (self);
}

static void
unref (gpointer data)
{
  gantry_job_run_unref (data);
}

gint64
gantry_job_run_get_job (GantryJobRun *self)
{
  return self->job;
}

const GantryNode *
gantry_job_run_get_node (GantryJobRun *self)
{
  return self->node;
}

void
gantry_job_run_ask_again (GantryJobRun *self)
{
  self->end.asked_again = TRUE;
}

void
gantry_job_run_set_priority (GantryJobRun *self, GantryPriority priority)
{
  gantry_send_run_set_priority (self->workers, priority);
}

void
gantry_job_run_suspend (GantryJobRun *self)
{
  self->end.suspended = TRUE;
  gantry_send_run_cancel (self->workers);
}

/* ---- Events --------------------------------------------------------------------------------- */

void
gantry_job_run_emit (GantryCore *core, gint64 id, GantryJobRun *self)
{
  g_autoptr (GantryJob) job = gantry_queue_table_get_job (core->db, id, NULL);

  if (job == NULL || job->state == GANTRY_JOB_DRAFT)
    return; /* it was removed */
  if (self != NULL)
    {
      guint64 answered = job->instances - job->counts[GANTRY_OUTCOME_WAITING]
                         - job->counts[GANTRY_OUTCOME_SENDING];

      job->bytes_done += gantry_send_run_get_partial_bytes (self->workers);
      job->bytes_done = MIN (job->bytes_done, job->bytes_total);
      gantry_rate_add (&self->rate, g_get_monotonic_time (), answered, job->bytes_done);
      gantry_rate_get (&self->rate, &job->objects_per_second, &job->bytes_per_second);
      if (job->bytes_per_second > 0)
        job->seconds_left = (double)(job->bytes_total - job->bytes_done) / job->bytes_per_second;
    }
  gantry_job_events_job (core, job);
}

/* ---- Writing answers down ------------------------------------------------------------------- */

static GantryJobWish
get_wish (GantryJobRun *self)
{
  if (self->end.cancelled)
    return GANTRY_JOB_WISH_CANCEL;
  return self->end.paused ? GANTRY_JOB_WISH_PAUSE : GANTRY_JOB_WISH_NONE;
}

/* Once for each time that the disk gets into trouble, and out of it. */
static void
tell_refused (GantryJobRun *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (self->refused)
    return;
  self->refused = TRUE;
  g_warning ("The queue cannot be written: %s", error->message);
  text = g_strdup_printf (_ ("The queue cannot be written, so sending stops until it can be. Make "
                             "room on the disk; it goes on by itself. (%s)"),
                          error->message);
  gantry_job_events_trouble (self->core, self->job, text);
}

static gboolean
write_answers (GantryJobRun *self, const gint64 *sending, guint n, GError **error)
{
  GantryDatabase *db = self->core->db;
  GantryJobWish wish = get_wish (self);

  return gantry_database_begin (db, error)
         && (self->wish == wish || gantry_queue_table_set_wish (db, self->job, wish, error))
         && gantry_job_writes_sending (db, sending, n, error)
         && gantry_job_writes_answers (db, self->unwritten, self->end.cancelled, error)
         && gantry_database_commit (db, error);
}

/* The truth goes to disk first. While the disk refuses, nothing is told, the next tick tries again,
 * and the workers stop for want of room.
 */
static gboolean
flush (GantryJobRun *self)
{
  g_autoptr (GError) error = NULL;
  gint64 sending[MAX_IN_FLIGHT] = { 0 };
  guint n = gantry_send_run_get_in_flight (self->workers, sending, MAX_IN_FLIGHT);

  if (self->unwritten->len == 0)
    {
      g_ptr_array_unref (self->unwritten);
      self->unwritten = gantry_send_run_take_answers (self->workers);
    }
  if (self->unwritten->len == 0 && memcmp (sending, self->sending, sizeof sending) == 0
      && self->wish == get_wish (self))
    return TRUE;
  if (!write_answers (self, sending, n, &error))
    {
      gantry_database_rollback (self->core->db);
      tell_refused (self, error);
      return FALSE;
    }
  self->refused = FALSE;
  self->wish = get_wish (self);
  memcpy (self->sending, sending, sizeof sending);
  for (guint i = 0; i < self->unwritten->len; i++)
    if (!gantry_answer_still_waits (self->unwritten->pdata[i], self->end.cancelled))
      gantry_job_events_answer (self->core, self->job, self->unwritten->pdata[i]);
  g_ptr_array_set_size (self->unwritten, 0);
  return TRUE;
}

static void
flush_call (GantryCore *core G_GNUC_UNUSED, gpointer data)
{
  GantryJobRun *self = data;

  g_atomic_int_set (&self->flush_posted, 0);
  if (self->tick != NULL)
    flush (self);
}

static gboolean
have_all_ended (GantryJobRun *self)
{
  return self->n_ended == gantry_send_run_count_workers (self->workers);
}

static gboolean
on_tick (gpointer data)
{
  GantryJobRun *self = data;

  if (flush (self))
    gantry_job_run_emit (self->core, self->job, self);
  if (have_all_ended (self))
    try_to_finish (self);
  return G_SOURCE_CONTINUE;
}

/* ---- What workers ask for ------------------------------------------------------------------- */

static gboolean
is_in_pass (GantryJobRun *self, const GantryQueueItem *item)
{
  return gantry_proposal_find_pass (self->proposal, item->sop_class_uid, item->transfer_syntax)
         == (gint)self->pass;
}

static void
bring_items (GantryJobRun *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) page
      = gantry_queue_table_next (self->core->db, self->job, self->after, PAGE, &error);
  GPtrArray *items = g_ptr_array_new ();
  gboolean last = page == NULL || page->len < PAGE;
  /* What was asked for again since the start may need a context that was not proposed. */
  gboolean all = gantry_proposal_get_n_passes (self->proposal) == 1 && !self->end.asked_again;

  if (page == NULL)
    {
      g_warning ("The queue cannot be read: %s", error->message);
      g_clear_error (&self->unread);
      self->unread = g_steal_pointer (&error);
    }
  for (guint i = 0; page != NULL && i < page->len; i++)
    {
      GantryQueueItem *item = page->pdata[i];

      self->after = (GantryQueuePlace){ item->losses, item->id };
      if (all || is_in_pass (self, item))
        g_ptr_array_add (items, item);
      else
        gantry_queue_item_free (item);
    }
  if (page != NULL)
    g_ptr_array_set_free_func (page, NULL);
  gantry_send_run_add_items (self->workers, items, last);
}

static void
bring_items_call (GantryCore *core G_GNUC_UNUSED, gpointer data)
{
  bring_items (data);
}

static void
want_items (gpointer user_data)
{
  GantryJobRun *self = user_data;

  gantry_core_post (self->core, bring_items_call, gantry_job_run_ref (self), unref);
}

static void
have_answers (gpointer user_data)
{
  GantryJobRun *self = user_data;

  if (g_atomic_int_compare_and_exchange (&self->flush_posted, 0, 1))
    gantry_core_post (self->core, flush_call, gantry_job_run_ref (self), unref);
}

typedef struct
{
  GantryJobRun *run;
  GError *error;
} Ended;

static void
ended_free (gpointer data)
{
  Ended *ended = data;

  gantry_job_run_unref (ended->run);
  g_clear_error (&ended->error);
  g_free (ended);
}

static void
worker_ended_call (GantryCore *core G_GNUC_UNUSED, gpointer data)
{
  Ended *ended = data;
  GantryJobRun *self = ended->run;

  if (ended->error != NULL)
    {
      g_clear_error (&self->error);
      self->error = g_steal_pointer (&ended->error);
    }
  self->n_ended++;
  if (self->tick != NULL && have_all_ended (self))
    try_to_finish (self);
}

static void
worker_ended (GError *error, gpointer user_data)
{
  GantryJobRun *self = user_data;
  Ended *ended = g_new (Ended, 1);

  *ended = (Ended){ gantry_job_run_ref (self), error };
  gantry_core_post (self->core, worker_ended_call, ended, ended_free);
}

/* ---- From start to end ---------------------------------------------------------------------- */

static void
start_pass (GantryJobRun *self)
{
  g_autoptr (GantryJob) job = gantry_queue_table_get_job (self->core->db, self->job, NULL);
  guint64 waiting = job != NULL ? job->counts[GANTRY_OUTCOME_WAITING] : 0;
  gboolean last;

  self->after = (GantryQueuePlace){ 0 };
  if (gantry_proposal_get_contexts (self->proposal, self->pass)->len == 0)
    return; /* everything has been answered: the next tick finds that nobody is at work */
  /* What was asked for again after the last worker of the pass before is for another run. */
  g_ptr_array_unref (gantry_send_run_take_back (self->workers, &last));
  bring_items (self);
  gantry_send_run_start (self->workers, self->proposal, self->pass,
                         (guint)MIN (self->associations, 1 + waiting / INSTANCES_AN_ASSOCIATION));
  self->most_workers = MAX (self->most_workers, gantry_send_run_count_workers (self->workers));
}

static void
take_path (GantryJobRun *self)
{
  GantryPathFigures path;

  gantry_send_run_take_path (self->workers, &path);
  gantry_path_figures_add (&self->path, &path);
  self->path.wall = g_get_monotonic_time () - self->started;
  self->path.side_by_side = self->most_workers;
  self->path.allowed = self->associations;
}

/* What is left gets its answer, and the job its last state, in one transaction. */
static gboolean
write_end (GantryJobRun *self, GArray *settled, GError **error)
{
  GantryDatabase *db = self->core->db;

  self->end.error = self->error;
  self->end.unread = self->unread;
  return gantry_database_begin (db, error)
         && gantry_job_end_write (db, &self->end, g_get_real_time (), settled, error)
         && gantry_job_writes_path (db, self->job, &self->path, error)
         && gantry_database_commit (db, error);
}

/* When no worker is left: the next pass, or the end. Comes back with the next tick if the disk
 * refuses, unless the program is ending: then the start of the next one puts things right.
 */
static void
try_to_finish (GantryJobRun *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) settled = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean written = flush (self);

  if (!written && !self->end.suspended)
    return;
  /* A worker that could not go on does not matter when the others have done its work. */
  if (!gantry_send_run_has_items (self->workers))
    g_clear_error (&self->error);
  if (self->error == NULL && self->unread == NULL && !self->end.cancelled && !self->end.paused
      && !self->end.suspended && self->pass + 1 < gantry_proposal_get_n_passes (self->proposal))
    {
      self->pass++;
      self->n_ended = 0;
      start_pass (self);
      return;
    }

  take_path (self);
  written = written && write_end (self, settled, &error);
  if (error != NULL)
    {
      gantry_database_rollback (self->core->db);
      tell_refused (self, error);
    }
  if (!written && !self->end.suspended)
    return;

  if (written)
    gantry_job_events_instances (self->core, settled);
  g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  gantry_job_run_emit (self->core, self->job, NULL);
  self->ended (self, self->user_data);
}

static GantrySendRun *
make_workers (GantryJobRun *self, GantryPriority priority)
{
  static const GantrySendRunFuncs funcs = { want_items, have_answers, worker_ended };
  const GantrySendSettings *settings = &self->settings;
  GantryTimeouts timeouts = gantry_node_get_timeouts (self->node, settings);
  GantryTls tls;
  GantrySendRun *workers;

  gantry_node_get_tls (self->node, settings, &tls);
  workers = gantry_send_run_new (self->node, settings->calling_ae_title,
                                 gantry_node_get_max_pdu (self->node, settings), &timeouts, &tls,
                                 gantry_profile_get_staging (self->core->profile), &funcs, self);

  gantry_send_run_set_tracer (workers, self->core->tracer);
  gantry_send_run_set_priority (workers, priority);
  return workers;
}

/* What was asked for with the job, and what this run of the program was asked for. */
static void
use_overrides (GantryJobRun *self, const GantryJob *job, const GantrySendOverrides *asked)
{
  self->node = gantry_node_as_saved (self->core->db, job->node, asked);
  gantry_send_settings_get (&self->core->send, asked, &self->settings);
  self->associations = gantry_node_get_associations (self->node, &self->settings);
  self->end.retry_limit = self->settings.retry_limit;
  self->end.retry_seconds = self->settings.retry_seconds;
  self->workers
      = make_workers (self, asked->priority >= 0 ? (GantryPriority)asked->priority : job->priority);
}

void
gantry_job_run_hold (GantryCore *core, gint64 job, const GError *unread)
{
  g_autoptr (GError) error = NULL;

  g_warning ("The queue cannot be used: %s", unread->message);
  if (!gantry_job_end_unread (core->db, job, unread, g_get_real_time (), &error))
    g_warning ("The queue cannot be written: %s", error->message);
  gantry_job_run_emit (core, job, NULL);
}

GantryJobRun *
gantry_job_run_new (GantryCore *core,
                    const GantryJob *job,
                    GPtrArray *pairs,
                    void (*ended) (GantryJobRun *run, gpointer user_data),
                    gpointer user_data)
{
  g_auto (GantrySendOverrides) asked = GANTRY_SEND_OVERRIDES_NONE;
  g_autoptr (GError) error = NULL;
  GantryJobRun *self = g_new0 (GantryJobRun, 1);
  GantrySendPolicy policy;
  gboolean good;

  g_atomic_ref_count_init (&self->refs);
  self->core = core;
  self->ended = ended;
  self->user_data = user_data;
  self->job = job->id;
  gantry_database_check (core->db, NULL); /* of what was read before */
  good = gantry_job_get_overrides (job, &core->overrides, &asked, &error);
  use_overrides (self, job, &asked);
  self->started = g_get_monotonic_time ();
  self->end.job = job->id;
  self->end.done_before = gantry_job_count_done (job);
  self->unwritten = g_ptr_array_new ();
  if (!good || !gantry_database_check (core->db, &error))
    {
      gantry_job_run_hold (core, job->id, error);
      gantry_job_run_unref (self);
      return NULL;
    }
  if (!gantry_job_writes_start (core->db, job, &asked, &error))
    {
      tell_refused (self, error);
      gantry_job_run_unref (self);
      return NULL;
    }
  policy = gantry_send_policy_get (&self->settings, &self->node->options);
  self->proposal = gantry_proposal_new (pairs, &policy);
  self->tick = gantry_core_add_timer (core, TICK_MS, on_tick, self);
  gantry_job_run_emit (core, job->id, self);
  start_pass (self);
  return self;
}

/* ---- What a person wants while it runs ---------------------------------------------------------
 */

/* Told when it is on the disk; while that refuses, the ticks try again. */
static void
write_wish (GantryJobRun *self)
{
  if (flush (self))
    gantry_job_run_emit (self->core, self->job, self);
}

void
gantry_job_run_cancel (GantryJobRun *self)
{
  self->end.cancelled = TRUE;
  gantry_send_run_cancel (self->workers);
  write_wish (self);
}

void
gantry_job_run_pause (GantryJobRun *self)
{
  self->end.paused = TRUE;
  gantry_send_run_wind_down (self->workers);
  write_wish (self);
}

void
gantry_job_run_resume (GantryJobRun *self)
{
  if (!self->end.paused)
    return;
  self->end.paused = FALSE;
  self->end.asked_again = TRUE;
  write_wish (self);
}

/* ---- Changing what is left while it runs ----------------------------------------------------- */

/* All that has an answer is written down, and what is on the wire is called so. */
static gboolean
flush_all (GantryJobRun *self)
{
  return (self->unwritten->len == 0 || flush (self)) && flush (self);
}

gboolean
gantry_job_run_change (GantryJobRun *self, gboolean (*change) (gpointer data), gpointer data)
{
  gboolean last;
  GPtrArray *items = gantry_send_run_take_back (self->workers, &last);
  gboolean changed = flush_all (self);

  if (!changed)
    {
      gantry_send_run_add_items (self->workers, items, last);
      return FALSE;
    }
  changed = change (data);
  /* Read again, from the first that nobody had taken: what is no longer there is not sent. */
  for (guint i = 0; i < items->len; i++)
    {
      const GantryQueueItem *item = items->pdata[i];

      if (i == 0 || item->losses < self->after.losses
          || (item->losses == self->after.losses && item->id <= self->after.id))
        self->after = (GantryQueuePlace){ item->losses, item->id - 1 };
    }
  g_ptr_array_unref (items);
  bring_items (self);
  return changed;
}
