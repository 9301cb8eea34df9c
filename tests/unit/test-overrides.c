/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is asked for with one send: how it is kept, what comes first, and that whoever goes on with
 * the job goes by it.
 */
#include <string.h>

#include "gantry-database.h"
#include "gantry-error.h"
#include "gantry-send-overrides.h"
#include "queue-side.h"

#define ODD_NAME "/certificates of \xe9'\"\\/{x}: <1>" /* no UTF-8, and all that the text uses */

static GantrySendOverrides
make_all (void)
{
  return (GantrySendOverrides){
    .calling_ae_title = g_strdup ("MY 'AET"),
    .node = { 16384, 3, 4, 5, 6, 7, GANTRY_TRANSCODING_NEVER, FALSE, -1 },
    .retry_limit = 0,
    .retry_seconds = 0,
    .priority = -1,
    .tls = { .enabled = TRUE,
             .authorities = g_strdup (ODD_NAME),
             .certificate = g_strdup ("/own.pem"),
             .key = g_strdup ("/own.key") },
  };
}

static void
assert_equal (const GantrySendOverrides *a, const GantrySendOverrides *b)
{
  g_assert_cmpstr (a->calling_ae_title, ==, b->calling_ae_title);
  g_assert_cmpmem (&a->node, sizeof a->node, &b->node, sizeof b->node);
  g_assert_cmpint (a->retry_limit, ==, b->retry_limit);
  g_assert_cmpint (a->retry_seconds, ==, b->retry_seconds);
  g_assert_cmpint (a->priority, ==, b->priority);
  g_assert_cmpint (a->tls.enabled, ==, b->tls.enabled);
  g_assert_cmpint (a->tls.no_verify, ==, b->tls.no_verify);
  g_assert_cmpstr (a->tls.authorities, ==, b->tls.authorities);
  g_assert_cmpstr (a->tls.certificate, ==, b->tls.certificate);
  g_assert_cmpstr (a->tls.key, ==, b->tls.key);
}

static void
test_text (void)
{
  const GantrySendOverrides none = GANTRY_SEND_OVERRIDES_NONE;
  g_auto (GantrySendOverrides) all = make_all ();
  g_auto (GantrySendOverrides) read = GANTRY_SEND_OVERRIDES_NONE;
  g_autofree char *nothing = gantry_send_overrides_to_text (&none);
  g_autofree char *text = gantry_send_overrides_to_text (&all);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (nothing, ==, "");
  g_assert_true (g_str_is_ascii (text));
  g_assert_true (gantry_send_overrides_from_text (&read, text, &error));
  g_assert_no_error (error);
  assert_equal (&read, &all);
  gantry_send_overrides_clear (&read);
  g_assert_true (gantry_send_overrides_from_text (&read, "", &error));
  assert_equal (&read, &none);
}

/* What is no such text is not taken for one that says nothing. */
static void
test_foreign_text (void)
{
  static const char *const bad[] = { " ", "{", "{'max-pdu': 1}", "[1]", "max-pdu=1" };
  GantrySendOverrides read;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (gantry_send_overrides_from_text (&read, bad[i], &error));
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
      g_clear_error (&error);
    }
  g_assert_true (gantry_send_overrides_from_text (
      &read, "{'of-tomorrow': <1>, 'calling': <7>, 'max-pdu': <4096>}", &error));
  g_assert_cmpuint (read.node.max_pdu, ==, 4096);
  g_assert_null (read.calling_ae_title);
}

static void
test_add (void)
{
  g_auto (GantrySendOverrides) all = make_all ();
  g_auto (GantrySendOverrides) sum = GANTRY_SEND_OVERRIDES_NONE;
  GantrySendOverrides with = GANTRY_SEND_OVERRIDES_NONE;

  gantry_send_overrides_add (&sum, &all);
  assert_equal (&sum, &all);
  gantry_send_overrides_add (&sum, &with);
  assert_equal (&sum, &all);

  with.calling_ae_title = (char *)"OTHER";
  with.node.fall_back = TRUE;
  with.priority = GANTRY_PRIORITY_MEDIUM;
  with.tls.no_verify = TRUE;
  with.tls.certificate = "/both.pem";
  gantry_send_overrides_add (&sum, &with);
  g_assert_cmpstr (sum.calling_ae_title, ==, "OTHER");
  g_assert_cmpint (sum.node.fall_back, ==, TRUE);
  g_assert_cmpint (sum.node.transcoding, ==, GANTRY_TRANSCODING_NEVER);
  g_assert_cmpuint (sum.node.idle_seconds, ==, 7);
  g_assert_cmpint (sum.retry_limit, ==, 0);
  g_assert_cmpint (sum.priority, ==, GANTRY_PRIORITY_MEDIUM);
  g_assert_true (sum.tls.enabled && sum.tls.no_verify);
  g_assert_null (sum.tls.authorities);
  g_assert_cmpstr (sum.tls.certificate, ==, "/both.pem");
  g_assert_null (sum.tls.key);

  with = GANTRY_SEND_OVERRIDES_NONE;
  with.tls.authorities = "/trusted.pem";
  gantry_send_overrides_add (&sum, &with);
  g_assert_false (sum.tls.no_verify); /* who names them wants to know who it is */
  g_assert_cmpstr (sum.tls.authorities, ==, "/trusted.pem");
  g_assert_cmpstr (sum.tls.certificate, ==, "/both.pem");
}

/* ---- Whoever goes on with the job ------------------------------------------------------------ */

static void
assert_asked_as (NetScp *scp, const char *calling, guint32 max_pdu)
{
  g_mutex_lock (&scp->lock);
  g_assert_cmpstr (scp->last_calling, ==, calling);
  g_assert_cmpuint (scp->last_peer_max_pdu, ==, max_pdu);
  g_mutex_unlock (&scp->lock);
}

/* A job of three as gantryctl makes it, which ends while the first is on the wire. */
static gint64
leave_job (Fixture *f, NetScp *scp)
{
  const GantrySendOverrides asked = { .calling_ae_title = (char *)"ASKED",
                                      .node = { 16384, 1, 0, 0, 0, 0, -1, -1, -1 },
                                      .retry_limit = 1,
                                      .retry_seconds = 3600,
                                      .priority = GANTRY_PRIORITY_LOW };
  gint64 id;

  net_scp_set (scp, &scp->wait_at, 1);
  close_side (&f->sender);
  open_side_for (f, &f->sender, "sender", &asked);
  id = send_objects (f, 1, 3, net_scp_get_port (scp));
  net_scp_wait (scp, &scp->objects, 1);
  assert_asked_as (scp, "ASKED", 16384);
  close_side (&f->sender);
  net_scp_set (scp, &scp->wait_at, 0);
  return id;
}

/* The window says nothing of its own; a pause is then as long as was asked for. */
static void
test_window_goes_on (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0xA700, 0);
  gint64 id = leave_job (f, scp);
  gint64 pause;

  open_side (f, &f->sender, "sender", TRUE);
  WAIT_FOR (IS_PAUSING (id));
  assert_asked_as (scp, "ASKED", 16384);
  g_assert_cmpint (get_job (&f->sender, id)->priority, ==, GANTRY_PRIORITY_LOW);
  pause = get_job (&f->sender, id)->retry_at - g_get_real_time ();
  /* By the clock that people set. */
  g_assert_cmpint (pause, >, 3540 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (pause, <, 3660 * G_TIME_SPAN_SECOND);

  net_scp_set (scp, &scp->answer, 0);
  gantry_engine_resume_job (f->sender.engine, id);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 3);
  assert_asked_as (scp, "ASKED", 16384);
  net_scp_free (scp);
}

/* What was asked for with a job is not for those that come after it. */
static void
test_next_job_is_its_own (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  gint64 id = leave_job (f, scp);

  open_side (f, &f->sender, "sender", TRUE);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  id = send_objects (f, 11, 1, net_scp_get_port (scp));
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  assert_asked_as (scp, "SENDER", 131072);
  g_assert_cmpint (get_job (&f->sender, id)->priority, ==, GANTRY_PRIORITY_MEDIUM);
  net_scp_free (scp);
}

/* Nothing goes another way than was asked for because that cannot be read. */
static void
test_unreadable (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK); /* it warns, as it should */
  NetScp *scp = open_scp (0, 0);
  gint64 id = leave_job (f, scp);
  g_autofree char *folder = g_build_filename (f->folder, "sender", NULL);
  g_autoptr (GantryProfile) profile = gantry_profile_open (folder, NULL);
  g_autoptr (GantryDatabase) db
      = gantry_database_open (gantry_profile_get_database (profile), TRUE, NULL);

  g_assert_true (gantry_database_run (db, NULL, "UPDATE jobs SET overrides = '{'", ""));
  open_side (f, &f->sender, "sender", TRUE);
  WAIT_FOR (STATE (id) == GANTRY_JOB_PAUSED);
  g_assert_cmpstr (get_job (&f->sender, id)->message, !=, "");
  g_assert_cmpuint (COUNT (id, WAITING), ==, 3);
  g_mutex_lock (&scp->lock);
  g_assert_cmpuint (scp->objects, ==, 1); /* of the first run */
  g_mutex_unlock (&scp->lock);
  net_scp_free (scp);
  g_log_set_always_fatal (fatal);
}

static guint
resume_left (Side *side, gboolean paused)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) jobs = NULL;
  guint n;

  gantry_engine_resume_left_async (side->engine, paused, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  jobs = gantry_engine_list_finish (side->engine, result, &n, &error);
  g_assert_no_error (error);
  return n;
}

/* Each that is left is named once; a paused one stays so until it is asked for. */
static void
test_resume_left (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  gint64 first = leave_job (f, scp);
  gint64 second;

  open_side (f, &f->sender, "sender", FALSE);
  gantry_engine_pause_job (f->sender.engine, first);
  WAIT_FOR (STATE (first) == GANTRY_JOB_PAUSED);
  second = send_objects (f, 11, 2, net_scp_get_port (scp));
  WAIT_FOR (STATE (second) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (resume_left (&f->sender, FALSE), ==, 1);
  second = send_objects (f, 21, 2, net_scp_get_port (scp)); /* would be behind the first */
  WAIT_FOR (STATE (second) == GANTRY_JOB_FINISHED);
  g_assert_cmpint (STATE (first), ==, GANTRY_JOB_PAUSED);

  g_assert_cmpuint (resume_left (&f->sender, TRUE), ==, 1);
  WAIT_FOR (STATE (first) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (first, STORED), ==, 3);
  g_assert_cmpuint (resume_left (&f->sender, TRUE), ==, 0);
  net_scp_free (scp);
}

int
main (int argc, char **argv)
{
  static const SideTest tests[] = {
    { "/overrides/window-goes-on", test_window_goes_on, NULL },
    { "/overrides/next-job-is-its-own", test_next_job_is_its_own, NULL },
    { "/overrides/unreadable", test_unreadable, NULL },
    { "/overrides/resume-left", test_resume_left, NULL },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/overrides/text", test_text);
  g_test_add_func ("/overrides/foreign-text", test_foreign_text);
  g_test_add_func ("/overrides/add", test_add);
  add_side_tests (tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
