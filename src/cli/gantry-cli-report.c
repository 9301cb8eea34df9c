/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "gantry-cli.h"

/* ---- Which jobs there are ------------------------------------------------------------------- */

typedef struct
{
  GantryCli *cli;
  GPtrArray *jobs;
  GError *error;
  gboolean over;
  gboolean remove;
  guint removed;
} Jobs;

static void
on_jobs (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Jobs *self = user_data;

  self->jobs = gantry_engine_list_finish (GANTRY_ENGINE (source), result, NULL, &self->error);
  self->over = TRUE;
  g_main_loop_quit (self->cli->loop);
}

static void
print_job (GantryCli *cli, const GantryJob *job)
{
  guint64 stored = job->counts[GANTRY_OUTCOME_STORED] + job->counts[GANTRY_OUTCOME_WARNING];
  JsonBuilder *json;

  if (!cli->json)
    {
      /* Translators: the job's number and state, how many of its instances are stored, where they
       * go, and what they are. */
      g_print (_ ("%4" PRId64 "  %-9s  %" PRIu64 " of %" PRIu64 " stored  %s  %s\n"), job->id,
               gantry_job_state_to_nick (job->state), stored, job->instances, job->node->name,
               job->title);
      return;
    }
  json = gantry_cli_json_begin ("job");
  gantry_cli_json_int (json, "id", job->id);
  gantry_cli_json_text (json, "state", gantry_job_state_to_nick (job->state));
  gantry_cli_json_text (json, "title", job->title);
  gantry_cli_json_text (json, "node", job->node->name);
  gantry_cli_json_int (json, "instances", (gint64)job->instances);
  for (guint i = 0; i < GANTRY_N_OUTCOMES; i++)
    gantry_cli_json_int (json, gantry_outcome_to_nick (i), (gint64)job->counts[i]);
  gantry_cli_json_text (json, "message", job->message);
  gantry_cli_json_end (json);
}

static void
print_removed (Jobs *self, gint64 id)
{
  JsonBuilder *json;

  self->removed++;
  if (!self->cli->json)
    return;
  json = gantry_cli_json_begin ("removed");
  gantry_cli_json_int (json, "id", id);
  gantry_cli_json_end (json);
}

static void
on_event (GantryEvent *event, gpointer user_data)
{
  Jobs *self = user_data;

  if (event->type == GANTRY_EVENT_JOB_REMOVED)
    print_removed (self, event->id);
  else if (event->type == GANTRY_EVENT_QUEUE_SWEPT)
    g_main_loop_quit (self->cli->loop);
}

static GantryExit
remove_finished (Jobs *self)
{
  GantryCli *cli = self->cli;

  /* The first sweep is of what an earlier run left. A signal ends the waiting for an event. */
  g_main_loop_run (cli->loop);
  if (!cli->interrupted)
    {
      gantry_engine_remove_finished_jobs (cli->engine);
      g_main_loop_run (cli->loop);
    }
  if (!cli->json)
    g_print (ngettext ("%u job was removed.\n", "%u jobs were removed.\n", self->removed),
             self->removed);
  return cli->interrupted ? GANTRY_EXIT_NOT_ALL : GANTRY_EXIT_OK;
}

GantryExit
gantry_cli_jobs (GantryCli *cli, int argc, char **argv)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Jobs self = { .cli = cli };
  const GOptionEntry entries[] = {
    { "remove-finished", 0, 0, G_OPTION_ARG_NONE, &self.remove,
      N_ ("Remove the jobs that are over, and what was unpacked for them"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("One JSON object a line"), NULL },
    { NULL },
  };
  GantryEngineOptions options
      = { .draft = "gantryctl", .event_func = on_event, .user_data = &self };
  GantryExit status = GANTRY_EXIT_OK;

  if (!gantry_cli_parse (&argc, &argv, entries, NULL))
    return GANTRY_EXIT_USAGE;
  if (argc != 1)
    return gantry_cli_complain (_ ("jobs takes no arguments."));
  options.run_queue = self.remove;
  if (!gantry_cli_open (cli, &options))
    return cli->exit;
  if (self.remove)
    return remove_finished (&self);

  gantry_engine_list_jobs_async (cli->engine, cancellable, on_jobs, &self);
  gantry_cli_wait (cli, &self.over, cancellable);
  for (guint i = 0; self.jobs != NULL && i < self.jobs->len; i++)
    print_job (cli, self.jobs->pdata[i]);
  if (self.error != NULL)
    status = gantry_cli_fail (self.error);
  g_clear_pointer (&self.jobs, g_ptr_array_unref);
  return status;
}

/* ---- The report of one ---------------------------------------------------------------------- */

typedef struct
{
  GMainLoop *loop;
  gboolean over;
  GError *error;
} Writing;

static GantryReportFormat
format_of (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  return g_str_has_suffix (lower, ".csv") ? GANTRY_REPORT_CSV : GANTRY_REPORT_JSON;
}

gboolean
gantry_cli_check_report (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  if (g_str_has_suffix (lower, ".csv") || g_str_has_suffix (lower, ".json"))
    return TRUE;
  gantry_cli_complain (_ ("The report's name must end in .csv or .json, which says its form."));
  return FALSE;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Writing *self = user_data;

  gantry_engine_export_report_finish (GANTRY_ENGINE (source), result, &self->error);
  self->over = TRUE;
  g_main_loop_quit (self->loop);
}

gboolean
gantry_cli_write_report (GantryCli *cli, gint64 job, const char *path)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Writing self = { .loop = cli->loop };
  gboolean written;

  gantry_engine_export_report_async (cli->engine, job, path, format_of (path), NULL, cancellable,
                                     on_written, &self);
  gantry_cli_wait (cli, &self.over, cancellable); /* a signal gives up the report */
  written = self.error == NULL;
  if (!written)
    gantry_cli_complain ("%s", g_error_matches (self.error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                                   ? _ ("The report was not written.")
                                   : self.error->message);
  g_clear_error (&self.error);
  return written;
}

GantryExit
gantry_cli_report (GantryCli *cli, int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  GantryEngineOptions options = { .draft = "gantryctl" };
  guint64 job;

  if (!gantry_cli_parse (&argc, &argv, entries, "JOB FILE.csv|FILE.json"))
    return GANTRY_EXIT_USAGE;
  if (argc != 3 || !g_ascii_string_to_unsigned (argv[1], 10, 1, G_MAXINT64, &job, NULL))
    return gantry_cli_complain (_ ("report needs the number of a JOB, which the command jobs "
                                   "tells, and a FILE."));
  if (!gantry_cli_check_report (argv[2]))
    return GANTRY_EXIT_USAGE;
  if (!gantry_cli_open (cli, &options))
    return cli->exit;
  return gantry_cli_write_report (cli, (gint64)job, argv[2]) ? GANTRY_EXIT_OK : GANTRY_EXIT_NOT_ALL;
}
