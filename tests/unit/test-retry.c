/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the send queue tries again by itself, when and how often, and what a person can do
 * meanwhile.
 */
#include <string.h>

#include "gantry-database.h"
#include "gantry-error.h"
#include "gantry-retry.h"
#include "queue-side.h"

#define LONG_PAUSE 3600

/* ---- When, and how long ---------------------------------------------------------------------- */

static void
test_pauses (void)
{
  static const struct
  {
    guint seconds, tries;
    gint64 milliseconds;
  } rows[] = {
    { 30, 0, 30000 }, { 30, 1, 60000 }, { 30, 6, 1920000 },   { 30, 7, 3600000 },
    { 0, 0, 100 },    { 0, 3, 800 },    { 7200, 0, 3600000 }, { 1, 4000000000u, 3600000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (gantry_retry_get_pause (rows[i].seconds, rows[i].tries), ==,
                     rows[i].milliseconds * 1000);
}

static void
test_helps_error (void)
{
  static const gboolean helps[] = {
    [GANTRY_ERROR_UNREACHABLE] = TRUE,
    [GANTRY_ERROR_ABORTED] = TRUE,
    [GANTRY_ERROR_TIMED_OUT] = TRUE,
    [GANTRY_ERROR_REJECTED_FOR_NOW] = TRUE,
  };
  g_autoptr (GError) cancelled = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");

  for (int code = 0; code <= GANTRY_ERROR_REJECTED_FOR_NOW; code++)
    {
      g_autoptr (GError) error = g_error_new (GANTRY_ERROR, code, "x");

      g_assert_cmpint (gantry_retry_helps_error (error), ==, helps[code]);
    }
  g_assert_false (gantry_retry_helps_error (cancelled));
  g_assert_false (gantry_retry_helps_answer (GANTRY_OUTCOME_NOT_ACCEPTED, -1, NULL));
  g_assert_false (gantry_retry_helps_answer (GANTRY_OUTCOME_REFUSED, 0xA900, NULL));
  g_assert_false (gantry_retry_helps_answer (GANTRY_OUTCOME_REFUSED, 0xC123, NULL));
  g_assert_true (gantry_retry_helps_answer (GANTRY_OUTCOME_REFUSED, 0xA7FF, NULL));
  g_assert_true (gantry_retry_helps_answer (GANTRY_OUTCOME_REFUSED, 0x0213, NULL));
}

/* ---- Trying again by itself ------------------------------------------------------------------ */

static void
test_comes_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port = find_closed_port ();
  gint64 id;

  set_retries (&f->sender, 20, 0);
  id = send_objects (f, 1, 3, port);
  WAIT_FOR (f->sender.n_retries >= 2);
  g_assert_cmpuint (COUNT (id, WAITING), ==, 3);
  g_assert_cmpuint (get_job (&f->sender, id)->tries, >=, 1);

  listen_on (&f->receiver, port);
  g_assert_true (f->receiver.listening);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 3);
  g_assert_cmpstr (f->sender.job->message, ==, "");
  g_assert_cmpint (f->sender.job->retry_at, ==, 0);
  g_assert_cmpuint (f->sender.n_instances, ==, 3); /* nothing was called failed meanwhile */
}

/* Full, twice for each of two objects, then no longer. */
static void
test_full_for_a_while (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0xA700, 4);
  gint64 id;

  set_retries (&f->sender, 5, 0);
  id = send_objects (f, 1, 2, net_scp_get_port (scp));
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 2);
  g_assert_cmpuint (f->sender.n_retries, ==, 2);
  g_assert_cmpuint (get_job (&f->sender, id)->tries, ==, 2);
  g_assert_cmpuint (get_job (&f->sender, id)->retryable, ==, 0);
  g_assert_cmpuint (count_objects (scp), ==, 6); /* each three times, stored once */
  net_scp_free (scp);
}

/* What has an answer keeps it, on screen and on disk, until it is sent again. */
static void
test_answers_stay (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0xA700, 1);
  g_autoptr (GPtrArray) instances = NULL;
  gint64 id, left;

  set_retries (&f->sender, 5, LONG_PAUSE);
  id = send_objects (f, 1, 3, net_scp_get_port (scp));
  WAIT_FOR (IS_PAUSING (id));
  g_assert_cmpuint (COUNT (id, STORED), ==, 2);
  g_assert_cmpuint (get_job (&f->sender, id)->retryable, ==, 1);
  g_assert_cmpuint (get_job (&f->sender, id)->tries, ==, 1);
  g_assert_nonnull (strstr (f->sender.job->message, "A700"));
  left = f->sender.job->retry_at - g_get_real_time ();
  g_assert_cmpint (left, >, (LONG_PAUSE - 60) * (gint64)G_USEC_PER_SEC);
  g_assert_cmpint (left, <=, (LONG_PAUSE + 60) * (gint64)G_USEC_PER_SEC);
  instances = get_instances (&f->sender, id);
  g_assert_cmpint (((GantryJobInstance *)instances->pdata[0])->outcome, ==, GANTRY_OUTCOME_REFUSED);
  g_assert_cmphex (((GantryJobInstance *)instances->pdata[0])->status, ==, 0xA700);

  gantry_engine_resume_job (f->sender.engine, id); /* now, not then */
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 3);
  g_assert_cmpuint (count_objects (scp), ==, 4);
  net_scp_free (scp);
}

/* What no further try can change waits for a person. */
static void
test_never (Fixture *f, gconstpointer data)
{
  gboolean rejected = data == NULL;
  NetScp *scp = open_scp (rejected ? 0 : (guint16)g_ascii_strtoull (data, NULL, 16), 0);
  gint64 id;

  net_scp_set (scp, &scp->reject, rejected);
  set_retries (&f->sender, 5, 0);
  id = send_objects (f, 1, 2, net_scp_get_port (scp));
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (f->sender.n_retries, ==, 0);
  g_assert_cmpuint (get_job (&f->sender, id)->retryable, ==, 0);
  g_assert_cmpuint (count_objects (scp), ==, rejected ? 0 : 2);
  g_assert_cmpuint (COUNT (id, REFUSED) + COUNT (id, FAILED), ==, 2);
  net_scp_free (scp);
}

static void
test_limit (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0xA700, 0);
  gint64 id;

  set_retries (&f->sender, 2, 0);
  id = send_objects (f, 1, 1, net_scp_get_port (scp));
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (count_objects (scp), ==, 3);
  g_assert_cmpuint (get_job (&f->sender, id)->tries, ==, 2);
  g_assert_cmpuint (get_job (&f->sender, id)->retryable, ==, 1);
  g_assert_cmpuint (COUNT (id, REFUSED), ==, 1);

  /* By hand the count starts anew. */
  gantry_engine_retry_job (f->sender.engine, id);
  WAIT_FOR (count_objects (scp) == 6 && STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (f->sender.n_retries, ==, 4);
  net_scp_free (scp);
}

/* Each try gets one instance done, so a limit of one is not reached by three. */
static void
test_progress (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0xA700, 2);
  gint64 id;

  set_retries (&f->sender, 1, 0);
  net_scp_set (scp, &scp->wait_at, 4); /* the first of the second try waits for its answer */
  id = send_objects (f, 1, 3, net_scp_get_port (scp));
  WAIT_FOR (f->sender.n_retries == 1);
  net_scp_set (scp, &scp->answer, 0xA700);
  net_scp_set (scp, &scp->answers, 1);
  net_scp_set (scp, &scp->wait_at, 0);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 3);
  g_assert_cmpuint (f->sender.n_retries, ==, 2);
  g_assert_cmpuint (count_objects (scp), ==, 6);
  net_scp_free (scp);
}

static void
test_rejected_for_now (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  gint64 id;

  net_scp_set (scp, &scp->busy, TRUE);
  set_retries (&f->sender, 20, 0);
  id = send_objects (f, 1, 2, net_scp_get_port (scp));
  WAIT_FOR (f->sender.n_retries >= 1);
  g_assert_nonnull (strstr (f->sender.job->message, "2/3/1"));
  net_scp_set (scp, &scp->busy, FALSE);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 2);
  net_scp_free (scp);
}

/* The connection is closed on us before the association stands. */
static void
test_lost (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port;
  g_autoptr (GSocketListener) silent = listen_silently (&port);
  gint64 id;

  set_retries (&f->sender, 20, 0);
  id = send_objects (f, 1, 2, port);
  WAIT_FOR (STATE (id) == GANTRY_JOB_RUNNING);
  g_socket_listener_close (silent);
  WAIT_FOR (f->sender.n_retries >= 1);
  listen_on (&f->receiver, port);
  g_assert_true (f->receiver.listening);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 2);
}

/* One answer does not come in time: the others go on, and that one is sent again. */
static void
test_timed_out (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  GantrySendSettings settings = GANTRY_SEND_SETTINGS_DEFAULT;
  gint64 id;

  net_scp_set (scp, &scp->wait_at, 1);
  settings.associations = 1;
  settings.dimse_seconds = 1;
  settings.retry_seconds = LONG_PAUSE;
  gantry_engine_set_send_settings (f->sender.engine, &settings);
  id = send_objects (f, 1, 3, net_scp_get_port (scp));
  WAIT_FOR (IS_PAUSING (id));
  g_assert_cmpuint (COUNT (id, STORED), ==, 2);
  g_assert_cmpuint (COUNT (id, FAILED), ==, 1);
  g_assert_cmpuint (get_job (&f->sender, id)->retryable, ==, 1);

  net_scp_set (scp, &scp->wait_at, 0);
  gantry_engine_resume_job (f->sender.engine, id);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 3);
  g_assert_cmpuint (get_number (scp, 3), ==, 1);
  net_scp_free (scp);
}

/* The node was elsewhere, and is put right in the pause: that holds for the next try, by itself or
 * by a person, and for a program that goes on later. How it is called on stays as it was asked. */
static void
test_node_moved (Fixture *f, gconstpointer how)
{
  NetScp *scp = open_scp (0, 0);
  g_autoptr (GantryNode) sent = NULL;
  g_autoptr (GantryNode) moved = NULL;
  gint64 node, id;

  set_retries (&f->sender, 5, g_str_equal (how, "by-itself") ? 1 : LONG_PAUSE);
  sent = save_node (&f->sender, 0, find_closed_port ());
  node = sent->id;
  id = send_objects_to (f, 1, 2, sent);
  WAIT_FOR (IS_PAUSING (id));
  moved = save_node (&f->sender, node, net_scp_get_port (scp));
  if (g_str_equal (how, "try-now"))
    gantry_engine_resume_job (f->sender.engine, id);
  else if (g_str_equal (how, "next-start"))
    {
      close_side (&f->sender);
      open_side (f, &f->sender, "sender", FALSE);
      gantry_engine_resume_job (f->sender.engine, id);
    }
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 2);
  net_scp_free (scp);
}

/* The program ends in the pause; the time is past, or absurdly far, when it starts again. */
static void
test_restart (Fixture *f, gconstpointer sql)
{
  GantrySendSettings settings = GANTRY_SEND_SETTINGS_DEFAULT;
  guint16 port = find_closed_port ();
  gint64 id;

  set_retries (&f->sender, 5, LONG_PAUSE);
  id = send_objects (f, 1, 3, port);
  WAIT_FOR (IS_PAUSING (id));
  close_side (&f->sender);
  change_database (f, sql);

  listen_on (&f->receiver, port);
  settings.retry_seconds = 0;
  open_side_with (f, &f->sender, "sender", TRUE, &settings);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 3);
}

/* A start does not make a pause shorter, and one that is not to resume leaves the job alone. */
static void
test_restart_waits (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port = find_closed_port ();
  GantrySendSettings settings = GANTRY_SEND_SETTINGS_DEFAULT;
  gint64 id, retry_at;

  set_retries (&f->sender, 5, LONG_PAUSE);
  id = send_objects (f, 1, 1, port);
  WAIT_FOR (IS_PAUSING (id));
  retry_at = f->sender.job->retry_at;
  close_side (&f->sender);
  settings.retry_seconds = LONG_PAUSE;
  open_side_with (f, &f->sender, "sender", TRUE, &settings);
  listen_on (&f->receiver, port);
  /* A command comes after what a start does by itself. */
  gantry_engine_set_priority (f->sender.engine, id, GANTRY_PRIORITY_LOW);
  WAIT_FOR (f->sender.job != NULL);
  g_assert_cmpint (f->sender.job->priority, ==, GANTRY_PRIORITY_LOW);
  g_assert_cmpint (f->sender.job->state, ==, GANTRY_JOB_WAITING);
  g_assert_cmpint (f->sender.job->retry_at, ==, retry_at);
  g_assert_cmpuint (f->receiver.n_received, ==, 0);

  close_side (&f->sender);
  change_database (f, "UPDATE jobs SET retry_at = 1");
  open_side (f, &f->sender, "sender", FALSE);
  gantry_engine_set_priority (f->sender.engine, id, GANTRY_PRIORITY_HIGH);
  WAIT_FOR (f->sender.job != NULL);
  g_assert_cmpint (f->sender.job->retry_at, ==, 1);
}

/* Everything that a person can do in the pause. */
static void
test_in_the_pause (Fixture *f, gconstpointer data)
{
  NetScp *scp = open_scp (0xA700, 1);
  GantrySelection whole = { 0 };
  gint64 id;

  set_retries (&f->sender, 5, LONG_PAUSE);
  id = whole.job_id = send_objects (f, 1, 2, net_scp_get_port (scp));
  WAIT_FOR (IS_PAUSING (id));

  if (strcmp (data, "pause") == 0)
    {
      gantry_engine_pause_job (f->sender.engine, id);
      WAIT_FOR (STATE (id) == GANTRY_JOB_PAUSED);
      g_assert_cmpint (f->sender.job->retry_at, ==, 0);
      gantry_engine_resume_job (f->sender.engine, id);
      WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
      g_assert_cmpuint (COUNT (id, STORED), ==, 2);
    }
  else if (strcmp (data, "retry") == 0)
    {
      gantry_engine_retry_job (f->sender.engine, id);
      WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
      g_assert_cmpuint (COUNT (id, STORED), ==, 2);
      g_assert_cmpuint (f->sender.job->tries, ==, 0);
    }
  else if (strcmp (data, "cancel") == 0)
    {
      gantry_engine_cancel_job (f->sender.engine, id);
      WAIT_FOR (STATE (id) == GANTRY_JOB_CANCELLED);
      g_assert_cmpint (f->sender.job->retry_at, ==, 0);
      g_assert_cmpuint (COUNT (id, REFUSED), ==, 1); /* it has its answer */
    }
  else if (strcmp (data, "cancel-instances") == 0)
    {
      gantry_engine_cancel_instances (f->sender.engine, &whole);
      WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
      g_assert_cmpuint (COUNT (id, REFUSED), ==, 1);
      g_assert_cmpuint (COUNT (id, STORED), ==, 1);
    }
  else
    {
      gantry_engine_remove_job (f->sender.engine, id);
      WAIT_FOR (f->sender.n_removed == 1);
    }
  net_scp_free (scp);
}

/* The node is not kept from others while one job waits for its next try. */
static void
test_lets_others_through (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0xA700, 1);
  gint64 first, second;

  set_retries (&f->sender, 5, LONG_PAUSE);
  first = send_objects (f, 1, 1, net_scp_get_port (scp));
  WAIT_FOR (IS_PAUSING (first));
  second = send_objects (f, 11, 2, net_scp_get_port (scp));
  WAIT_FOR (STATE (second) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (second, STORED), ==, 2);
  g_assert_true (IS_PAUSING (first));
  net_scp_free (scp);
}

int
main (int argc, char *argv[])
{
  static const SideTest tests[] = {
    { "/retry/peer-comes-up", test_comes_up },
    { "/retry/full-for-a-while", test_full_for_a_while },
    { "/retry/answers-stay", test_answers_stay },
    { "/retry/never/A900", test_never, "A900" },
    { "/retry/never/C000", test_never, "C000" },
    { "/retry/never/0122", test_never, "0122" },
    { "/retry/never/rejected", test_never },
    { "/retry/limit", test_limit },
    { "/retry/progress", test_progress },
    { "/retry/rejected-for-now", test_rejected_for_now },
    { "/retry/lost", test_lost },
    { "/retry/timed-out", test_timed_out },
    { "/retry/node-moved/by-itself", test_node_moved, "by-itself" },
    { "/retry/node-moved/try-now", test_node_moved, "try-now" },
    { "/retry/node-moved/next-start", test_node_moved, "next-start" },
    { "/retry/overdue-at-start", test_restart, "UPDATE jobs SET retry_at = 1" },
    { "/retry/clock-put-back", test_restart, "UPDATE jobs SET retry_at = retry_at + 36000000000" },
    { "/retry/not-due-at-start", test_restart_waits },
    { "/retry/in-the-pause/pause", test_in_the_pause, "pause" },
    { "/retry/in-the-pause/retry", test_in_the_pause, "retry" },
    { "/retry/in-the-pause/cancel", test_in_the_pause, "cancel" },
    { "/retry/in-the-pause/cancel-instances", test_in_the_pause, "cancel-instances" },
    { "/retry/in-the-pause/remove", test_in_the_pause, "remove" },
    { "/retry/lets-others-through", test_lets_others_through },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/retry/pauses", test_pauses);
  g_test_add_func ("/retry/helps-error", test_helps_error);
  add_side_tests (tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
