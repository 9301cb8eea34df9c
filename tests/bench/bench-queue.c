/* bench-queue.c - what a queue of a million instances costs: start, lists, searches, commands,
 * memory SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-queue [INSTANCES]. Prints one figure a line and judges none of them. The database is made
 * below the temporary folder and removed again; two jobs of a million instances are about 900 MB.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>

#include "gantry-engine.h"
#include "gantry-files.h"
#include "synthetic-queue.h"

typedef struct
{
  GantryProfile *profile;
  GantryEngine *engine;
  gint64 job;
  gint64 plain; /* a job of the same length without any answer */
  guint n;
  GantryJobState state; /* what the command makes of the job; GANTRY_JOB_DRAFT: that is all one */
  gboolean told;        /* the queue said since the command that it has been carried out */
  double told_first;    /* and when it said something for the first time */
  gint64 commanded;
  GAsyncResult *answer;
} Bench;

static double
ms_since (gint64 start)
{
  return (double)(g_get_monotonic_time () - start) / 1000;
}

static void
tell (const char *what, double ms)
{
  g_print ("%-46s %9.1f ms\n", what, ms);
}

static void
tell_memory (const char *when)
{
  g_autofree char *status = NULL;
  const char *line;

  if (g_file_get_contents ("/proc/self/status", &status, NULL, NULL)
      && (line = g_strstr_len (status, -1, "VmRSS:")) != NULL)
    g_print ("memory, %-38s %9.1f MB\n", when, g_ascii_strtod (line + 6, NULL) / 1024);
}

static void
on_event (GantryEvent *event, gpointer user_data)
{
  Bench *self = user_data;

  if (event->type != GANTRY_EVENT_JOB && event->type != GANTRY_EVENT_JOB_REMOVED)
    return;
  if (self->told_first == 0)
    self->told_first = ms_since (self->commanded);
  if (self->state != GANTRY_JOB_DRAFT)
    self->told |= event->type == GANTRY_EVENT_JOB && event->job->state == self->state;
  else
    self->told = event->type == GANTRY_EVENT_JOB_REMOVED || !event->job->changing;
}

static void
on_answer (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  Bench *self = user_data;

  self->answer = g_object_ref (result);
}

static void
wait_for_answer (Bench *self)
{
  while (self->answer == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static guint
finish_list (Bench *self)
{
  g_autoptr (GPtrArray) rows = NULL;
  guint total;

  wait_for_answer (self);
  rows = gantry_engine_list_finish (self->engine, self->answer, &total, NULL);
  g_assert_nonnull (rows);
  g_clear_object (&self->answer);
  return total;
}

static void
time_page (Bench *self, const char *what, const GantryInstanceFilter *filter, guint offset)
{
  gint64 start = g_get_monotonic_time ();

  gantry_engine_list_instances_async (self->engine, self->job, filter, offset, 128, NULL, on_answer,
                                      self);
  finish_list (self);
  tell (what, ms_since (start));
}

/* What a program does until its window shows something. */
static void
open_engine (Bench *self, const char *what)
{
  GantryEngineOptions options = { .profile = self->profile,
                                  .draft = "bench",
                                  .run_queue = TRUE,
                                  .resume = TRUE,
                                  .event_func = on_event,
                                  .user_data = self };
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  self->engine = gantry_engine_new (&options, &error);
  g_assert_no_error (error);
  gantry_engine_list_jobs_async (self->engine, NULL, on_answer, self);
  finish_list (self);
  gantry_engine_list_instances_async (self->engine, self->job, NULL, 0, 128, NULL, on_answer, self);
  finish_list (self);
  tell (what, ms_since (start));
}

static void
time_lists (Bench *self)
{
  const GantryInstanceFilter rare = { .text = "image0000777" };
  const GantryInstanceFilter never = { .text = "not in any of them" };
  const GantryInstanceFilter often = { .text = "image" };
  const GantryInstanceFilter refused = { .outcomes = 1u << GANTRY_OUTCOME_REFUSED };
  const GantryInstanceFilter most
      = { .outcomes = 1u << GANTRY_OUTCOME_STORED | 1u << GANTRY_OUTCOME_WARNING };
  const GantryInstanceFilter study = { .study_id = 5 };

  time_page (self, "page, first", NULL, 0);
  time_page (self, "page, middle", NULL, self->n / 2);
  time_page (self, "page, last", NULL, self->n - 128);
  time_page (self, "search, text in few", &rare, 0);
  time_page (self, "search, text in none", &never, 0);
  time_page (self, "search, text in all", &often, 0);
  time_page (self, "search, the same, last page", &often, self->n - 128);
  time_page (self, "search, refused", &refused, 0);
  time_page (self, "search, stored or warning", &most, 0);
  time_page (self, "search, one study", &study, 0);
  tell_memory ("lists");
}

/* A search that is given up, and how long the thread is busy with it afterwards. */
static void
time_cancelling (Bench *self)
{
  const GantryInstanceFilter first = { .text = "nowhere at all" };
  const GantryInstanceFilter then = { .study_id = 1 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint64 start;

  gantry_engine_list_instances_async (self->engine, self->job, &first, 0, 128, cancellable,
                                      on_answer, self);
  g_usleep (50000);
  g_cancellable_cancel (cancellable);
  start = g_get_monotonic_time ();
  wait_for_answer (self);
  g_clear_object (&self->answer);
  gantry_engine_list_instances_async (self->engine, self->job, &then, 0, 128, NULL, on_answer,
                                      self);
  finish_list (self);
  tell ("search, next answer after cancelling one", ms_since (start));
}

/* The longest that anybody else waits for the core thread while a command is carried out. */
static void
time_command (Bench *self,
              const char *what,
              void (*command) (GantryEngine *engine, gint64 job),
              gint64 job)
{
  g_autoptr (GantryNode) node = gantry_node_new (0, "x", "X", "localhost", 1, "", FALSE);
  g_autofree char *first_text = g_strconcat (what, ", until it is shown", NULL);
  g_autofree char *longest_text = g_strconcat (what, ", longest wait of others", NULL);
  double longest = 0;

  self->told = FALSE;
  self->told_first = 0;
  self->commanded = g_get_monotonic_time ();
  command (self->engine, job);
  while (!self->told)
    {
      gint64 asked = g_get_monotonic_time ();

      /* Of an empty draft nothing is sent, so this only asks the core thread. */
      gantry_engine_send_async (self->engine, node, NULL, 0, NULL, on_answer, self);
      wait_for_answer (self);
      g_clear_object (&self->answer);
      longest = MAX (longest, ms_since (asked));
    }
  tell (what, ms_since (self->commanded));
  tell (first_text, self->told_first);
  tell (longest_text, longest);
}

/* So that it does not run: there is no such peer, and no such file. */
static void
retry_and_pause (GantryEngine *engine, gint64 job)
{
  gantry_engine_retry_job (engine, job);
  gantry_engine_pause_job (engine, job);
}

static void
ignore_answer (GObject *source G_GNUC_UNUSED,
               GAsyncResult *result G_GNUC_UNUSED,
               gpointer user_data G_GNUC_UNUSED)
{
}

static void
send_again (GantryEngine *engine, gint64 job)
{
  g_autoptr (GantryNode) node = gantry_node_new (0, "x", "X", "127.0.0.1", 1, "", FALSE);
  const GantrySelection whole = { .job_id = job };

  gantry_engine_send_again_async (engine, &whole, node, NULL, ignore_answer, NULL);
}

static void
make_jobs (Bench *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryDatabase) db
      = gantry_database_open (gantry_profile_get_database (self->profile), TRUE, &error);
  gint64 start = g_get_monotonic_time ();

  g_assert_no_error (error);
  self->job = synthetic_job_new (db, self->n, &error);
  g_assert_no_error (error);
  self->plain = synthetic_job_new (db, self->n, &error);
  g_assert_no_error (error);
  tell ("making the queue", ms_since (start));
  start = g_get_monotonic_time ();
  g_assert_true (synthetic_job_answer (db, self->job, &error));
  tell ("answering nine of ten, one transaction", ms_since (start));
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = g_dir_make_tmp ("gantry-bench-XXXXXX", NULL);
  Bench self = { .n = argc > 1 ? (guint)g_ascii_strtoull (argv[1], NULL, 10) : 1000000 };

  setvbuf (stdout, NULL, _IOLBF, 0);
  g_assert_cmpuint (self.n, >=, 1000);
  g_print ("%u instances in one job\n", self.n);
  self.profile = gantry_profile_open (folder, NULL);
  g_assert_nonnull (self.profile);
  tell_memory ("at first");
  make_jobs (&self);
  tell_memory ("queue made");

  open_engine (&self, "start, to the first page of the job");
  tell_memory ("engine open");
  time_lists (&self);
  time_cancelling (&self);
  time_command (&self, "cancel, one of ten", gantry_engine_cancel_job, self.job);
  time_command (&self, "cancel, all", gantry_engine_cancel_job, self.plain);
  time_command (&self, "retry, all", retry_and_pause, self.plain);
  self.state = GANTRY_JOB_RUNNING;
  time_command (&self, "start, all", gantry_engine_resume_job, self.plain);
  self.state = GANTRY_JOB_DRAFT;
  time_command (&self, "cancel while it runs", gantry_engine_cancel_job, self.plain);
  self.state = GANTRY_JOB_RUNNING;
  time_command (&self, "send again, until it starts", send_again, self.plain);
  self.state = GANTRY_JOB_DRAFT;
  time_command (&self, "remove", gantry_engine_remove_job, self.plain);
  tell_memory ("at the end");

  gantry_engine_close (self.engine);
  g_clear_object (&self.engine);
  gantry_profile_unref (self.profile);
  gantry_remove_tree (folder);
  return 0;
}
