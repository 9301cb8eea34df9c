/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "gantry-cli-send-options.h"
#include "gantry-files.h"

typedef struct
{
  GantryCli *cli;
  GantryNode *node;
  gboolean resume, paused;
  GHashTable *jobs;  /* ids of the jobs that we wait for */
  GHashTable *ended; /* ids of those that ended before we knew that we would wait */
  gboolean waiting;  /* for jobs to end */
  GantryCliStaging staging;
  gboolean failed; /* something that the user named was not sent */
  guint64 counts[GANTRY_N_OUTCOMES];
  guint64 left;         /* instances that still wait, at the end */
  gboolean associated;  /* the peer got as far as being sent something */
  GHashTable *retries;  /* job id → the retry_at that was told */
  GHashTable *troubles; /* job id → what keeps it, which was told */
  gboolean asking;      /* for a job to be made, or what came of the jobs */
  gboolean held;        /* nothing more is sent, and all has been told */
  guint64 bytes;
  gint64 started;
  char *message; /* of the last job that could not go on */
  char *report;  /* where to write it at the end; NULL: nowhere */
  gint64 job;    /* what was sent; 0: nothing */
} Send;

static void
count_instance (Send *self, const GantryJobInstance *instance)
{
  /* What was answered with the end of its job has taken no time. */
  self->associated |= instance->elapsed > 0;
  if (instance->outcome == GANTRY_OUTCOME_STORED || instance->outcome == GANTRY_OUTCOME_WARNING)
    self->bytes += instance->size;
}

/* 3 is for when no association could be had at all: the reason is the job's. */
static GantryExit
exit_of (const Send *self)
{
  const guint64 *n = self->counts;

  if (n[GANTRY_OUTCOME_FAILED] > 0 && !self->associated && self->message != NULL)
    return GANTRY_EXIT_NO_ASSOCIATION;
  if (self->failed || self->left > 0 || self->cli->interrupted || n[GANTRY_OUTCOME_REFUSED] > 0
      || n[GANTRY_OUTCOME_NOT_ACCEPTED] > 0 || n[GANTRY_OUTCOME_FAILED] > 0
      || n[GANTRY_OUTCOME_CANCELLED] > 0)
    return GANTRY_EXIT_NOT_ALL;
  return GANTRY_EXIT_OK;
}

/* The job waits for its next try: said once for each. */
static void
print_retry (Send *self, const GantryJob *job)
{
  const gint64 *told = g_hash_table_lookup (self->retries, &job->id);
  double seconds = (double)MAX (0, job->retry_at - g_get_real_time ()) / G_USEC_PER_SEC;
  JsonBuilder *json;

  if (told != NULL && *told == job->retry_at)
    return;
  g_hash_table_replace (self->retries, g_memdup2 (&job->id, sizeof job->id),
                        g_memdup2 (&job->retry_at, sizeof job->retry_at));
  if (!self->cli->json)
    {
      g_autofree char *message = gantry_text_escape (job->message);

      g_print (_ ("Job %" PRIi64 " is tried again in %.1f s: %s\n"), job->id, seconds, message);
      return;
    }
  json = gantry_cli_json_begin ("retry");
  gantry_cli_json_int (json, "job", job->id);
  gantry_cli_json_double (json, "seconds", seconds);
  gantry_cli_json_text (json, "message", job->message);
  gantry_cli_json_end (json);
}

/* The job is not over, and does not get on either: said once for each reason, until it does. */
static void
print_trouble (Send *self, const GantryJob *job)
{
  const char *told = g_hash_table_lookup (self->troubles, &job->id);
  JsonBuilder *json;

  if (*job->message == '\0')
    {
      g_hash_table_remove (self->troubles, &job->id);
      return;
    }
  if (g_strcmp0 (told, job->message) == 0)
    return;
  g_hash_table_replace (self->troubles, g_memdup2 (&job->id, sizeof job->id),
                        g_strdup (job->message));
  if (!self->cli->json)
    {
      gantry_cli_complain ("%s", job->message);
      return;
    }
  json = gantry_cli_json_begin ("trouble");
  gantry_cli_json_int (json, "job", job->id);
  gantry_cli_json_text (json, "message", job->message);
  gantry_cli_json_end (json);
}

static void
on_job (Send *self, const GantryJob *job)
{
  gboolean stopped;

  if (job->state == GANTRY_JOB_WAITING && job->retry_at != 0)
    print_retry (self, job);
  /* Nobody pauses a job here, so with a reason it is the queue that cannot go on. */
  stopped = job->state == GANTRY_JOB_PAUSED && *job->message != '\0';
  if ((!gantry_job_is_over (job) && !stopped) || job->changing)
    {
      if (job->retry_at == 0)
        print_trouble (self, job);
      return;
    }
  self->failed |= stopped;
  g_hash_table_remove (self->jobs, &job->id);
  g_hash_table_add (self->ended, g_memdup2 (&job->id, sizeof job->id));
  if (*job->message != '\0')
    {
      g_free (self->message);
      self->message = g_strdup (job->message);
      gantry_cli_complain ("%s", job->message);
    }
  if (self->waiting && g_hash_table_size (self->jobs) == 0)
    g_main_loop_quit (self->cli->loop);
}

static void
wait_for_job (Send *self, gint64 id)
{
  self->waiting = TRUE;
  if (!g_hash_table_contains (self->ended, &id))
    g_hash_table_add (self->jobs, g_memdup2 (&id, sizeof id));
  else if (g_hash_table_size (self->jobs) == 0)
    g_main_loop_quit (self->cli->loop);
}

static void
on_event (GantryEvent *event, gpointer user_data)
{
  Send *self = user_data;

  if (gantry_cli_stage_event (self->cli, &self->staging, event))
    return;
  if (event->type == GANTRY_EVENT_INSTANCE)
    {
      count_instance (self, event->instance);
      gantry_cli_print_instance (self->cli, event->instance);
    }
  else if (event->type == GANTRY_EVENT_JOB)
    on_job (self, event->job);
  else if (event->type == GANTRY_EVENT_QUEUE_HELD)
    {
      self->held = TRUE;
      g_main_loop_quit (self->cli->loop);
    }
  else
    gantry_cli_tell_trace (self->cli, event);
}

/* Files in a folder that are no DICOM are nobody's fault; one that was named is. */
static void
print_skipped (Send *self)
{
  for (guint i = 0; self->staging.skipped != NULL && i < self->staging.skipped->len; i++)
    {
      const GantrySkipped *file = self->staging.skipped->pdata[i];
      g_autofree char *path = gantry_path_escape (file->path);

      if (self->cli->json)
        gantry_cli_print_skipped_json (file);
      else if (file->kind == GANTRY_SKIPPED_HARMLESS)
        gantry_cli_complain (_ ("left out: %s: %s"), path, file->reason);
      else
        gantry_cli_complain (_ ("not sent: %s: %s"), path, file->reason);
    }
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Send *self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 id = gantry_engine_send_finish (GANTRY_ENGINE (source), result, &error);

  self->asking = FALSE;
  if (self->cli->interrupted)
    g_main_loop_quit (self->cli->loop);
  if (id > 0)
    {
      self->job = id;
      wait_for_job (self, id);
      return;
    }
  self->failed = TRUE;
  gantry_cli_complain ("%s", error != NULL ? error->message : _ ("There is nothing to send."));
  g_main_loop_quit (self->cli->loop);
}

/* FALSE: interrupted, or not everything could be looked at, of which a part is not sent. */
static gboolean
stage_paths (Send *self, const char *const *paths)
{
  gboolean staged = gantry_cli_stage (self->cli, &self->staging, paths);

  print_skipped (self);
  self->failed = !staged || self->staging.lost > 0;
  return staged;
}

static void
send_paths (Send *self, const char *const *paths)
{
  if (!stage_paths (self, paths))
    return;
  self->asking = TRUE;
  gantry_engine_send_async (self->cli->engine, self->node, NULL, 0, NULL, on_sent, self);
  g_main_loop_run (self->cli->loop);
}

static GantryExit
check_paths (Send *self, const char *const *paths)
{
  GantryExit status = GANTRY_EXIT_NOT_ALL;

  if (stage_paths (self, paths))
    status = gantry_cli_forecast (self->cli, self->node, &self->staging);
  gantry_cli_close (self->cli);
  return self->failed ? MAX (status, GANTRY_EXIT_NOT_ALL) : status;
}

/* It was paused on purpose, or could not go on: nobody but the user says that it is to. */
static void
print_paused (Send *self, const GantryJob *job)
{
  guint64 left
      = job->counts[GANTRY_OUTCOME_WAITING] + job->counts[GANTRY_OUTCOME_SENDING] + job->retryable;
  g_autofree char *message = g_strdup_printf (_ ("Job %" PRIi64 " is paused, and %" PRIu64
                                                 " of its instances wait. “gantryctl send "
                                                 "--resume --paused” goes on with it."),
                                              job->id, left);
  JsonBuilder *json;

  self->failed = TRUE;
  if (!self->cli->json)
    {
      g_printerr ("gantryctl: %s\n", message);
      return;
    }
  json = gantry_cli_json_begin ("paused");
  gantry_cli_json_int (json, "job", job->id);
  gantry_cli_json_int (json, "waiting", (gint64)left);
  gantry_cli_json_text (json, "message", message);
  gantry_cli_json_end (json);
}

/* NULL: they cannot be read, which is said, and means that not all was sent. */
static GPtrArray *
finish_list (Send *self, GObject *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *jobs = gantry_engine_list_finish (GANTRY_ENGINE (source), result, NULL, &error);

  if (jobs == NULL)
    {
      gantry_cli_complain ("%s", error->message);
      self->failed = TRUE;
    }
  return jobs;
}

static void
on_unfinished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Send *self = user_data;
  g_autoptr (GPtrArray) jobs = finish_list (self, source, result);

  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      const GantryJob *job = jobs->pdata[i];

      if (job->state == GANTRY_JOB_PAUSED && !self->paused)
        print_paused (self, job);
      else if (!g_hash_table_contains (self->ended, &job->id))
        g_hash_table_add (self->jobs, g_memdup2 (&job->id, sizeof job->id));
    }
  self->waiting = TRUE;
  if (g_hash_table_size (self->jobs) == 0)
    g_main_loop_quit (self->cli->loop);
}

static void
print_advice (Send *self)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer id;

  /* Copied, as events change the table while the answers are waited for. */
  g_hash_table_iter_init (&iter, self->ended);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_array_append_vals (ids, id, 1);
  for (guint i = 0; i < ids->len && !self->cli->interrupted; i++)
    gantry_cli_advise (self->cli, g_array_index (ids, gint64, i));
}

/* What was on the wire has its answer, or waits with the rest: nothing changes any more. */
static void
hold (Send *self)
{
  gantry_engine_hold_queue (self->cli->engine);
  while (self->asking || !self->held)
    g_main_loop_run (self->cli->loop);
}

static gboolean
is_ours (Send *self, gint64 job)
{
  return self->resume
             ? g_hash_table_contains (self->jobs, &job) || g_hash_table_contains (self->ended, &job)
             : job == self->job;
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Send *self = user_data;
  g_autoptr (GPtrArray) jobs = finish_list (self, source, result);

  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      const GantryJob *job = jobs->pdata[i];

      for (guint k = GANTRY_OUTCOME_STORED; k < GANTRY_N_OUTCOMES && is_ours (self, job->id); k++)
        self->counts[k] += job->counts[k];
      if (is_ours (self, job->id))
        self->left += job->counts[GANTRY_OUTCOME_WAITING] + job->counts[GANTRY_OUTCOME_SENDING];
    }
  self->asking = FALSE;
  g_main_loop_quit (self->cli->loop);
}

/* What came of our jobs, whichever run it was in: each instance counts once, with its last answer.
 */
static void
count_answers (Send *self)
{
  self->asking = TRUE;
  gantry_engine_list_jobs_async (self->cli->engine, NULL, on_counted, self);
  while (self->asking)
    g_main_loop_run (self->cli->loop);
}

/* How what still waits goes on. */
static void
print_left (Send *self)
{
  g_autofree char *profile = self->cli->profile != NULL ? g_shell_quote (self->cli->profile) : NULL;

  if (g_hash_table_size (self->jobs) == 0)
    return;
  gantry_cli_complain (_ ("Not everything was sent. What waits is sent by: gantryctl%s%s send "
                          "--resume"),
                       profile != NULL ? " --profile " : "", profile != NULL ? profile : "");
}

static GantryExit
run_send (Send *self, const char *const *paths)
{
  GantryCli *cli = self->cli;
  GantryExit status;

  self->started = g_get_monotonic_time ();
  self->jobs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->ended = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->retries = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->troubles = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  if (self->resume)
    {
      gantry_engine_resume_left_async (cli->engine, self->paused, NULL, on_unfinished, self);
      if (!cli->interrupted)
        g_main_loop_run (cli->loop);
    }
  else
    send_paths (self, paths);

  if (cli->interrupted)
    hold (self);
  gantry_cli_settle_trace (cli, 0);
  print_advice (self);
  count_answers (self);
  print_left (self);
  gantry_cli_print_summary (
      cli, &(GantryCliSummary){ .counts = self->counts,
                                .waiting = self->left,
                                .staging = &self->staging,
                                .bytes = self->bytes,
                                .seconds = (double)(g_get_monotonic_time () - self->started)
                                           / G_USEC_PER_SEC });
  status = exit_of (self);
  /* Also of what was interrupted: it says what waits. Another signal ends this as well. */
  cli->interrupted = FALSE;
  if (self->report != NULL && self->job != 0
      && !gantry_cli_write_report (cli, self->job, self->report))
    status = MAX (status, GANTRY_EXIT_NOT_ALL);

  /* No event comes any more, so nobody needs the tables. */
  gantry_cli_close (cli);
  g_hash_table_unref (self->jobs);
  g_hash_table_unref (self->ended);
  g_hash_table_unref (self->retries);
  g_hash_table_unref (self->troubles);
  g_free (self->message);
  return status;
}

GantryExit
gantry_cli_send (GantryCli *cli, int argc, char **argv)
{
  g_auto (GantryCliSendOptions) given = { 0 };
  Send self = { .cli = cli };
  GantrySendSettings settings = GANTRY_SEND_SETTINGS_DEFAULT;
  g_auto (GantrySendOverrides) overrides = GANTRY_SEND_OVERRIDES_NONE;
  GantryEngineOptions options = { .draft = "gantryctl",
                                  .run_queue = TRUE,
                                  .per_instance_events = TRUE,
                                  .event_func = on_event,
                                  .user_data = &self,
                                  .send = &settings,
                                  .overrides = &overrides };
  GantryExit status;

  if (!gantry_cli_send_options_parse (&given, cli, &argc, &argv)
      || !gantry_cli_send_options_use (&given, &overrides))
    return GANTRY_EXIT_USAGE;
  settings.retry_limit = 0;
  self.resume = given.resume;
  self.paused = given.paused;
  self.report = given.report;
  if (!gantry_cli_open (cli, &options))
    return cli->exit;
  if (!self.resume && (self.node = gantry_cli_find_node (cli, argv[1])) == NULL)
    return GANTRY_EXIT_USAGE;
  if (given.dry_run)
    status = check_paths (&self, (const char *const *)argv + 2);
  else
    status = run_send (&self, (const char *const *)argv + (self.resume ? 1 : 2));
  gantry_record_unref (self.node);
  gantry_cli_staging_clear (&self.staging);
  return status;
}
