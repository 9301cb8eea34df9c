/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is done to more instances of a job than one transaction changes: that it comes about whole
 * and in order, also after the program was killed, and that nobody waits for it.
 */
#include <signal.h>
#include <string.h>

#include "gantry-draft-table.h"
#include "gantry-files.h"
#include "gantry-queue-change.h"
#include "gantry-queue-contexts.h"
#include "gantry-queue-selection.h"
#include "queue-side.h"
#include "synthetic-queue.h"

#define N 25000 /* two steps and a half */
#define FOLDER "GANTRY_TEST_FOLDER"

static GantryDatabase *
open_database (Fixture *f)
{
  g_autofree char *folder = g_build_filename (f->folder, "sender", NULL);
  g_autoptr (GantryProfile) profile = gantry_profile_open (folder, NULL);
  g_autoptr (GError) error = NULL;
  GantryDatabase *db = gantry_database_open (gantry_profile_get_database (profile), TRUE, &error);

  g_assert_no_error (error);
  return db;
}

/* A paused job of N to @port, all of it with @outcome; in a sender that is open again. */
static gint64
make_job (Fixture *f, guint16 port, GantryOutcome outcome)
{
  g_autoptr (GantryDatabase) db = NULL;
  g_autoptr (GError) error = NULL;
  gint64 job;

  close_side (&f->sender);
  db = open_database (f);
  job = synthetic_job_new (db, N, &error);
  g_assert_no_error (error);
  g_assert_true (gantry_database_run (db, &error, "UPDATE jobs SET port = ? WHERE id = ?", "ii",
                                      (gint64)port, job));
  if (outcome != GANTRY_OUTCOME_WAITING)
    g_assert_true (
        gantry_database_run (db, &error, "UPDATE instances SET outcome = ?", "i", (gint64)outcome));
  open_side (f, &f->sender, "sender", TRUE);
  return job;
}

/* ---- Whole jobs ------------------------------------------------------------------------------ */

static void
test_cancel (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 id = make_job (f, 1, GANTRY_OUTCOME_WAITING);

  gantry_engine_cancel_job (f->sender.engine, id);
  WAIT_FOR (STATE (id) == GANTRY_JOB_CANCELLED);
  g_assert_true (get_job (&f->sender, id)->changing);
  g_assert_cmpuint (COUNT (id, WAITING), >, 0);

  /* Others come in between. */
  gantry_engine_set_priority (f->sender.engine, id, GANTRY_PRIORITY_HIGH);
  WAIT_FOR (get_job (&f->sender, id)->priority == GANTRY_PRIORITY_HIGH);
  g_assert_true (get_job (&f->sender, id)->changing);

  WAIT_FOR (!get_job (&f->sender, id)->changing);
  g_assert_cmpint (STATE (id), ==, GANTRY_JOB_CANCELLED);
  g_assert_cmpuint (COUNT (id, CANCELLED), ==, N);
  g_assert_cmpuint (f->sender.n_changing, >=, N / GANTRY_QUEUE_CHANGE_ROWS);
  g_assert_cmpuint (f->sender.n_instances, ==, N);
}

/* It starts when all of it waits again, and ends for all of it. */
static void
test_retry (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port;
  g_autoptr (GSocketListener) silent = listen_silently (&port); /* or it would be over at once */
  gint64 id = make_job (f, port, GANTRY_OUTCOME_REFUSED);

  gantry_engine_retry_job (f->sender.engine, id);
  WAIT_FOR (f->sender.n_changing > 0);
  WAIT_FOR (STATE (id) == GANTRY_JOB_RUNNING);
  g_assert_false (get_job (&f->sender, id)->changing);
  g_assert_cmpuint (COUNT (id, WAITING), ==, N);
  g_socket_listener_close (silent);

  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpstr (get_job (&f->sender, id)->message, !=, "");
  WAIT_FOR (!get_job (&f->sender, id)->changing);
  g_assert_cmpuint (COUNT (id, FAILED), ==, N);
  g_assert_cmpuint (get_job (&f->sender, id)->retryable, ==, N);
  g_assert_cmpuint (f->sender.n_instances, ==, N);
}

/* One after the other, whatever the state says meanwhile. */
static void
test_order (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 id = make_job (f, 1, GANTRY_OUTCOME_REFUSED);

  gantry_engine_retry_job (f->sender.engine, id);
  gantry_engine_cancel_job (f->sender.engine, id);
  WAIT_FOR (STATE (id) == GANTRY_JOB_CANCELLED && !get_job (&f->sender, id)->changing);
  g_assert_cmpuint (COUNT (id, CANCELLED), ==, N);

  gantry_engine_retry_job (f->sender.engine, id);
  gantry_engine_pause_job (f->sender.engine, id);
  gantry_engine_cancel_job (f->sender.engine, id);
  gantry_engine_retry_job (f->sender.engine, id);
  gantry_engine_pause_job (f->sender.engine, id);
  WAIT_FOR (STATE (id) == GANTRY_JOB_PAUSED && !get_job (&f->sender, id)->changing);
  g_assert_cmpuint (COUNT (id, WAITING), ==, N);
}

/* ---- The start of a long job ------------------------------------------------------------------
 */

/* All of it is looked at before it runs, and what comes after it for the same node waits. */
static void
test_start (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port = find_closed_port ();
  gint64 id = make_job (f, port, GANTRY_OUTCOME_WAITING);
  gint64 other;

  gantry_engine_resume_job (f->sender.engine, id);
  other = send_objects (f, 1, 1, port);
  WAIT_FOR (STATE (other) >= GANTRY_JOB_RUNNING);
  g_assert_cmpint (STATE (id), !=, GANTRY_JOB_WAITING);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED && STATE (other) == GANTRY_JOB_FINISHED);
  WAIT_FOR (!get_job (&f->sender, id)->changing);
  g_assert_cmpuint (COUNT (id, FAILED), ==, N);
}

/* What is asked for while it is looked at comes about, and then it starts all the same. */
static void
test_start_changed (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 id = make_job (f, find_closed_port (), GANTRY_OUTCOME_WAITING);
  gint64 one = get_id (&f->sender, id, 0);
  const GantrySelection selection = { .job_id = id, .instance_ids = &one, .n_instances = 1 };

  gantry_engine_resume_job (f->sender.engine, id);
  gantry_engine_pause_job (f->sender.engine, id);
  WAIT_FOR (STATE (id) == GANTRY_JOB_PAUSED);
  gantry_engine_resume_job (f->sender.engine, id);
  gantry_engine_cancel_instances (f->sender.engine, &selection);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  WAIT_FOR (!get_job (&f->sender, id)->changing);
  g_assert_cmpuint (COUNT (id, CANCELLED), ==, 1);
  g_assert_cmpuint (COUNT (id, FAILED), ==, N - 1);
}

/* As many rows at a time as are meant to be, and what all of them are. */
static void
test_contexts (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const classes[] = { SYNTHETIC_MR, SYNTHETIC_CT, "1.2.3.4" };
  gint64 id = make_job (f, 1, GANTRY_OUTCOME_WAITING);
  g_autoptr (GantryDatabase) db = open_database (f);
  g_autoptr (GantryQueueContexts) contexts = gantry_queue_contexts_new (id);
  GPtrArray *pairs = gantry_queue_contexts_get (contexts);

  /* The last instance is the only one of its kind. */
  g_assert_true (gantry_database_run (
      db, NULL,
      "UPDATE instances SET sop_class_uid = '1.2.3.4' WHERE id = (SELECT max (id) FROM instances)",
      ""));
  for (guint step = 0; step <= N / GANTRY_QUEUE_CONTEXTS_ROWS; step++)
    {
      g_assert_false (gantry_queue_contexts_is_complete (contexts));
      g_assert_cmpuint (pairs->len, ==, step == 0 ? 0 : 2);
      g_assert_true (gantry_queue_contexts_step (contexts, db, NULL));
    }
  g_assert_true (gantry_queue_contexts_is_complete (contexts));
  g_assert_cmpuint (pairs->len, ==, G_N_ELEMENTS (classes));
  for (guint i = 0; i < pairs->len; i++)
    g_assert_cmpstr (((GantryContext *)pairs->pdata[i])->abstract_syntax, ==, classes[i]);
}

static gint64
get_next (GantryDatabase *db)
{
  gint64 job;

  g_assert_true (gantry_queue_change_get_next (db, &job, NULL));
  return job;
}

static void
test_remove (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 id = make_job (f, 1, GANTRY_OUTCOME_WAITING);
  g_autoptr (GantryDatabase) db = open_database (f);

  gantry_engine_cancel_job (f->sender.engine, id);
  gantry_engine_remove_job (f->sender.engine, id);
  WAIT_FOR (f->sender.n_removed == 1);
  g_assert_cmpint (get_next (db), ==, 0);
  WAIT_FOR (gantry_database_get_int (db, -1, "SELECT count (*) FROM instances", "") == 0);
}

/* The disk fills up in between: it goes on by itself when there is room. */
static void
test_disk_full (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 id = make_job (f, 1, GANTRY_OUTCOME_WAITING);
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK); /* it warns, as it should */

  signal (SIGXFSZ, SIG_IGN);
  gantry_engine_cancel_job (f->sender.engine, id);
  WAIT_FOR (COUNT (id, CANCELLED) > 0);
  limit_files (1);
  gantry_engine_set_priority (f->sender.engine, id, GANTRY_PRIORITY_HIGH);
  WAIT_FOR (strstr (f->sender.job->message, "was not changed") != NULL);
  g_assert_true (get_job (&f->sender, id)->changing);
  limit_files (0);
  WAIT_FOR (!get_job (&f->sender, id)->changing);
  g_assert_cmpuint (COUNT (id, CANCELLED), ==, N);
  g_log_set_always_fatal (fatal);
}

/* ---- Killed ---------------------------------------------------------------------------------- */

/* In a process of its own: ends without a word when the first step is on disk. */
static void
kill_in_the_middle (Fixture *own, void (*command) (GantryEngine *engine, gint64 job))
{
  Fixture f = { .folder = (char *)g_getenv (FOLDER) };
  gint64 id;

  open_side (&f, &f.sender, "sender", FALSE);
  {
    g_autoptr (GantryDatabase) db = open_database (&f);

    id = gantry_database_get_int (db, 0, "SELECT max (id) FROM jobs", "");
  }
  /* First: there are a few steps only, and nothing may come between the first and the end. */
  close_side (&own->sender);
  close_side (&own->receiver);
  gantry_remove_tree (own->folder);
  command (f.sender.engine, id);
  WAIT_FOR (f.sender.n_changing > 1);
  raise (SIGKILL);
}

static void
kill_child (Fixture *f)
{
  g_setenv (FOLDER, f->folder, TRUE);
  close_side (&f->sender);
  g_test_trap_subprocess (NULL, 0, 0);
  g_assert_false (g_test_trap_has_passed ());
  g_unsetenv (FOLDER);
}

/* What is on disk between the program's end and its start. */
static void
check_disk (Fixture *f, gint64 id, GantryJobState state, const char *left)
{
  g_autoptr (GantryDatabase) db = open_database (f);
  g_autoptr (GantryJob) job = gantry_queue_table_get_job (db, id, NULL);

  g_assert_cmpint (job->state, ==, state);
  g_assert_true (job->changing);
  g_assert_cmpint (gantry_database_get_int (db, 0, left, ""), >, 0);
  g_assert_cmpint (gantry_database_get_int (db, 0, left, ""), <, N);
}

/* A cancelled job stays one, and what was stored stays stored. */
static void
test_killed_cancel (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 id;

  if (g_test_subprocess ())
    {
      kill_in_the_middle (f, gantry_engine_cancel_job);
      return;
    }
  id = make_job (f, 1, GANTRY_OUTCOME_WAITING);
  {
    g_autoptr (GantryDatabase) db = open_database (f);

    g_assert_true (gantry_database_run (
        db, NULL, "UPDATE instances SET outcome = ? WHERE id % 10 = 0 OR id % 5000 = 1", "i",
        (gint64)GANTRY_OUTCOME_STORED));
  }
  kill_child (f);
  check_disk (f, id, GANTRY_JOB_CANCELLED, "SELECT waiting FROM jobs");
  open_side (f, &f->sender, "sender", TRUE);
  WAIT_FOR (STATE (id) == GANTRY_JOB_CANCELLED && !get_job (&f->sender, id)->changing);
  g_assert_cmpuint (COUNT (id, STORED), ==, N / 10 + N / 5000);
  g_assert_cmpuint (COUNT (id, CANCELLED), ==, N - COUNT (id, STORED));
}

static void
test_killed_retry (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 id;

  if (g_test_subprocess ())
    {
      kill_in_the_middle (f, gantry_engine_retry_job);
      return;
    }
  id = make_job (f, find_closed_port (), GANTRY_OUTCOME_REFUSED);
  kill_child (f);
  check_disk (f, id, GANTRY_JOB_WAITING, "SELECT refused FROM jobs");
  open_side (f, &f->sender, "sender", TRUE);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED && !get_job (&f->sender, id)->changing);
  g_assert_cmpuint (COUNT (id, FAILED), ==, N);
}

/* ---- Copies ---------------------------------------------------------------------------------- */

/* Where nobody listens, so that a copy ends as soon as it is there. */
static void
send_again (GantryEngine *engine, const GantrySelection *selection, GAsyncResult **result)
{
  g_autoptr (GantryNode) node
      = gantry_node_new (0, "test", "RECEIVER", "127.0.0.1", find_closed_port (), "", FALSE);

  gantry_engine_send_again_async (engine, selection, node, NULL, on_ready, result);
}

static gint64
wait_for_copy (Fixture *f, const GantrySelection *selection)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 copy;

  send_again (f->sender.engine, selection, &result);
  WAIT_FOR (result != NULL);
  copy = gantry_engine_send_finish (f->sender.engine, result, &error);
  g_assert_no_error (error);
  return copy;
}

/* All that the copy has to be, and nothing twice. */
static void
check_copy (Fixture *f, gint64 id, guint n)
{
  static const char differs[]
      = "SELECT count (*) FROM instances AS c WHERE job_id = ?1 AND NOT EXISTS (SELECT 1 FROM "
        "series JOIN studies ON studies.id = study_id WHERE series.id = c.series_id AND owner = "
        "?1)";
  g_autoptr (GantryDatabase) db = NULL;

  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED && !get_job (&f->sender, id)->changing);
  g_assert_cmpuint (COUNT (id, FAILED), ==, n);
  db = open_database (f);
  g_assert_cmpint (
      gantry_database_get_int (
          db, 0, "SELECT count (DISTINCT path) FROM instances WHERE job_id = ?", "i", id),
      ==, n);
  g_assert_cmpint (gantry_database_get_int (db, -1, differs, "i", id), ==, 0);
  g_assert_cmpint (gantry_database_get_int (
                       db, 0,
                       "SELECT sum (objects) FROM series JOIN studies ON studies.id = study_id "
                       "WHERE owner = ?",
                       "i", id),
                   ==, n);
}

/* What is copied may be removed meanwhile: it is there as long as it is needed. */
static void
test_copy (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const GantrySelection whole = { .job_id = make_job (f, 1, GANTRY_OUTCOME_REFUSED) };
  /* Before the copy: opening writes, and would wait for it. */
  g_autoptr (GantryDatabase) db = open_database (f);
  gint64 copy = wait_for_copy (f, &whole);

  WAIT_FOR (f->sender.n_changing > 0);
  gantry_engine_remove_job (f->sender.engine, whole.job_id);
  check_copy (f, copy, N);
  g_assert_cmpuint (f->sender.n_changing, >=, N / GANTRY_QUEUE_CHANGE_ROWS);
  WAIT_FOR (
      gantry_database_get_int (db, -1, "SELECT count (*) FROM jobs WHERE id = ?", "i", whole.job_id)
      == 0);
}

static gboolean
sweep (GantryDatabase *db)
{
  gboolean more = FALSE;

  g_assert_true (gantry_queue_table_sweep (db, N, &more, NULL));
  return more;
}

static void
test_copy_removed (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const char left[] = "SELECT count (*) FROM instances WHERE job_id = ?";
  const GantrySelection whole = { .job_id = make_job (f, 1, GANTRY_OUTCOME_REFUSED) };
  g_autoptr (GantryNode) node = gantry_node_new (0, "x", "X", "localhost", 1, "", FALSE);
  g_autoptr (GantryDatabase) db = NULL;
  gint64 copy;

  close_side (&f->sender);
  db = open_database (f);
  copy = gantry_queue_selection_copy (db, &whole, node, 1, NULL);
  g_assert_true (gantry_queue_table_discard_job (db, whole.job_id, NULL));
  while (get_next (db) == copy)
    {
      g_assert_false (sweep (db));
      g_assert_cmpint (gantry_database_get_int (db, 0, left, "i", whole.job_id), ==, N);
      g_assert_true (gantry_queue_change_step (db, NULL, NULL));
    }
  g_assert_cmpint (gantry_database_get_int (db, 0, left, "i", copy), ==, N);
  while (sweep (db))
    ;
  g_assert_cmpint (gantry_database_get_int (db, -1, left, "i", whole.job_id), ==, 0);
  open_side (f, &f->sender, "sender", FALSE);
}

static void
test_copy_study (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GantrySelection selection = { .job_id = make_job (f, 1, GANTRY_OUTCOME_REFUSED) };
  g_autoptr (GantryDatabase) db = NULL;
  gint64 copy;

  close_side (&f->sender);
  db = open_database (f);
  g_assert_true (
      gantry_database_run (db, NULL, "UPDATE series SET study_id = 1 WHERE id <= 30", ""));
  selection.study_id = 1;
  open_side (f, &f->sender, "sender", TRUE);
  copy = wait_for_copy (f, &selection);
  check_copy (f, copy, 15000);
  g_assert_nonnull (strstr (get_job (&f->sender, copy)->title, "Chest"));
}

static void
test_copy_ids (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gint64 *ids = g_new (gint64, N / 2);
  GantrySelection selection = { .job_id = make_job (f, 1, GANTRY_OUTCOME_REFUSED),
                                .instance_ids = ids,
                                .n_instances = N / 2 };
  gint64 first = get_id (&f->sender, selection.job_id, 0);

  for (guint i = 0; i < N / 2; i++)
    ids[i] = first + 2 * i;
  check_copy (f, wait_for_copy (f, &selection), N / 2);
}

static void
copy_job (GantryEngine *engine, gint64 job)
{
  static GAsyncResult *result;
  const GantrySelection whole = { .job_id = job };

  g_clear_object (&result); /* an earlier test's */
  send_again (engine, &whole, &result);
}

/* Half a copy is not sent, and the next start makes it a whole one. */
static void
test_killed_copy (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 copy;

  if (g_test_subprocess ())
    {
      kill_in_the_middle (f, copy_job);
      return;
    }
  copy = 1 + make_job (f, 1, GANTRY_OUTCOME_REFUSED);
  kill_child (f);
  check_disk (f, copy, GANTRY_JOB_WAITING, "SELECT waiting FROM jobs ORDER BY id DESC LIMIT 1");
  open_side (f, &f->sender, "sender", TRUE);
  check_copy (f, copy, N);
}

/* ---- Some of a draft ------------------------------------------------------------------------- */

#define MOVED 15000 /* 15 studies, the first of them */

/* A draft of N; the sender is closed. */
static gint64
make_draft (Fixture *f)
{
  gint64 id = make_job (f, 1, GANTRY_OUTCOME_WAITING);
  g_autoptr (GantryDatabase) db = NULL;

  close_side (&f->sender);
  db = open_database (f);
  g_assert_true (gantry_database_run (
      db, NULL, "UPDATE jobs SET state = 0, draft = 'test' WHERE id = ?", "i", id));
  return id;
}

static void
list_studies (gint64 *ids)
{
  for (guint i = 0; i < MOVED / 1000; i++)
    ids[i] = i + 1;
}

static void
send_studies (GantryEngine *engine, gint64 draft G_GNUC_UNUSED)
{
  static GAsyncResult *result;
  g_autoptr (GantryNode) node
      = gantry_node_new (0, "test", "RECEIVER", "127.0.0.1", find_closed_port (), "", FALSE);
  gint64 studies[MOVED / 1000];

  list_studies (studies);
  g_clear_object (&result); /* an earlier test's */
  gantry_engine_send_async (engine, node, studies, G_N_ELEMENTS (studies), NULL, on_ready, &result);
}

static void
check_draft (Fixture *f, gint64 draft)
{
  g_autoptr (GantryDatabase) db = open_database (f);
  g_autoptr (GantryJob) left = gantry_queue_table_get_job (db, draft, NULL);

  g_assert_cmpint (left->state, ==, GANTRY_JOB_DRAFT);
  g_assert_cmpuint (left->counts[GANTRY_OUTCOME_WAITING], ==, N - MOVED);
  g_assert_cmpuint (left->instances, ==, N - MOVED);
}

static void
test_move (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 draft = make_draft (f), job = draft + 1;

  open_side (f, &f->sender, "sender", TRUE);
  send_studies (f->sender.engine, draft);
  WAIT_FOR (f->sender.n_changing > 0);
  check_copy (f, job, MOVED);
  g_assert_cmpuint (f->sender.n_changing, >=, N / GANTRY_QUEUE_CHANGE_ROWS);
  check_draft (f, draft);
}

/* Removed while it is filled: the draft keeps nothing of what was given to it, and hears no more of
 * it. */
static void
test_move_removed (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 draft = make_draft (f), job = draft + 1;
  g_autoptr (GantryDatabase) db = open_database (f);
  guint changing;

  open_side (f, &f->sender, "sender", TRUE);
  send_studies (f->sender.engine, draft);
  WAIT_FOR (f->sender.n_changing > 0);
  gantry_engine_cancel_job (f->sender.engine, job);
  gantry_engine_remove_job (f->sender.engine, job);
  WAIT_FOR (f->sender.n_removed == 1);
  changing = f->sender.n_changing;
  WAIT_FOR (gantry_database_get_int (db, -1, "SELECT count (*) FROM jobs WHERE id = ?", "i", job)
            == 0);
  g_assert_cmpuint (f->sender.n_changing, ==, changing);
  check_draft (f, draft);
  g_assert_cmpint (gantry_database_get_int (db, -1, "SELECT count (*) FROM studies", ""), ==,
                   (N - MOVED) / 1000);
}

/* The rest is sent while some of the draft is still on its way to another job. */
static void
test_move_rest (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 draft = make_draft (f), studies[MOVED / 1000], job, rest;
  g_autoptr (GantryNode) node = gantry_node_new (0, "x", "X", "localhost", 1, "", FALSE);
  g_autoptr (GantryDatabase) db = open_database (f);

  list_studies (studies);
  job = gantry_draft_table_submit (db, draft, node, studies, G_N_ELEMENTS (studies), 1, NULL);
  g_assert_true (gantry_queue_change_is_noted (db, job));
  g_assert_true (gantry_draft_table_unstage (db, draft, MOVED / 1000 + 1, 0, NULL));
  g_assert_true (gantry_draft_table_add_skipped (db, draft, "/a", GANTRY_SKIPPED_LOST, "", NULL));
  g_assert_true (
      gantry_draft_table_add_skipped (db, draft, "/b", GANTRY_SKIPPED_HARMLESS, "", NULL));
  rest = gantry_draft_table_submit (db, draft, node, NULL, 0, 1, NULL);
  g_assert_cmpint (rest, >, job);
  g_assert_cmpint (
      gantry_database_get_int (db, 0,
                               "SELECT sum (job_id = ? AND path = '/a') * 10 + count (*) "
                               "FROM skipped",
                               "i", draft),
      ==, 11);
  while (gantry_queue_change_is_noted (db, job) || gantry_queue_change_is_noted (db, rest))
    g_assert_true (gantry_queue_change_step (db, NULL, NULL));
  g_assert_cmpint (gantry_draft_table_submit (db, draft, node, NULL, 0, 1, NULL), ==, 0);
  open_side (f, &f->sender, "sender", TRUE);
  check_copy (f, job, MOVED);
  check_copy (f, rest, N - MOVED - 1000);
}

static void
test_killed_move (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 draft;

  if (g_test_subprocess ())
    {
      kill_in_the_middle (f, send_studies);
      return;
    }
  draft = make_draft (f);
  open_side (f, &f->sender, "sender", FALSE);
  kill_child (f);
  check_disk (f, draft + 1, GANTRY_JOB_WAITING,
              "SELECT waiting FROM jobs ORDER BY id DESC LIMIT 1");
  open_side (f, &f->sender, "sender", TRUE);
  check_copy (f, draft + 1, MOVED);
  check_draft (f, draft);
}

/* A file of what leaves the draft is added to it again: it is in both, and once in each. */
static void
test_move_and_add (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *folder = make_study (f, 1, NULL);
  gint64 draft = make_draft (f), studies[MOVED / 1000], job;
  g_autoptr (GantryNode) node = gantry_node_new (0, "x", "X", "localhost", 1, "", FALSE);
  g_autoptr (GantryDatabase) db = open_database (f);
  g_autofree char *path = g_build_filename (folder, "00000.dcm", NULL);
  g_autoptr (GantryInstance) instance = gantry_instance_read (path, NULL);
  g_autofree char *twin = NULL;
  gboolean added;

  g_assert_true (gantry_database_run (db, NULL,
                                      "UPDATE instances SET path = ?, sop_instance_uid = ?, size = "
                                      "?, modified = ? WHERE id = 12000",
                                      "ssii", path, instance->sop_instance_uid,
                                      (gint64)instance->size, instance->modified));
  list_studies (studies);
  job = gantry_draft_table_submit (db, draft, node, studies, G_N_ELEMENTS (studies), 1, NULL);
  g_assert_true (gantry_queue_change_is_noted (db, job));
  g_assert_true (gantry_draft_table_add (db, draft, instance, &added, &twin, NULL));
  g_assert_true (added);
  g_assert_null (twin);
  g_assert_true (gantry_queue_change_is_noted (db, job)); /* it did not wait for all of it */
  while (gantry_queue_change_is_noted (db, job))
    g_assert_true (gantry_queue_change_step (db, NULL, NULL));
  g_assert_cmpint (
      gantry_database_get_int (
          db, 0, "SELECT count (*) FROM instances WHERE path = ? AND job_id = ?", "si", path, job),
      ==, 1);
  g_assert_cmpint (
      gantry_database_get_int (db, 0, "SELECT waiting FROM jobs WHERE id = ?", "i", job), ==,
      MOVED);
  g_assert_cmpint (
      gantry_database_get_int (db, 0, "SELECT waiting FROM jobs WHERE id = ?", "i", draft), ==,
      N - MOVED + 1);
  open_side (f, &f->sender, "sender", FALSE);
}

/* ---- Some of a job --------------------------------------------------------------------------- */

/* Instance i is in series i / 500; the first 30 of these are one study here. */
#define IN_STUDY 15000

typedef struct
{
  const char *name;
  GantryQueueChangeKind kind;
  gboolean study; /* else the series number 1, unless: */
  guint ids;      /* the instances 0, 2, 4 … */
  guint steps;    /* 0: at once */
  guint changed;
} SomeCase;

static const SomeCase some_cases[] = {
  { "study/cancel", GANTRY_QUEUE_CHANGE_CANCEL, TRUE, 0, 3, IN_STUDY - 1 },
  { "study/retry", GANTRY_QUEUE_CHANGE_RETRY, TRUE, 0, 3, IN_STUDY },
  { "series/cancel", GANTRY_QUEUE_CHANGE_CANCEL, FALSE, 0, 0, 500 },
  { "series/retry", GANTRY_QUEUE_CHANGE_RETRY, FALSE, 0, 0, 500 },
  { "ids/cancel", GANTRY_QUEUE_CHANGE_CANCEL, FALSE, 12000, 2, 11999 },
  { "ids/retry", GANTRY_QUEUE_CHANGE_RETRY, FALSE, 12000, 2, 12000 },
  { "ids/few", GANTRY_QUEUE_CHANGE_RETRY, FALSE, 9, 0, 9 },
  { "ids/give-up", GANTRY_QUEUE_CHANGE_GIVE_UP, FALSE, 12000, 2, 12000 },
  { "study/give-up", GANTRY_QUEUE_CHANGE_GIVE_UP, TRUE, 0, 3, IN_STUDY },
};

/* What every other instance has, or those of a range. */
static gint64
count (GantryDatabase *db, const char *what, guint first, guint n, guint every)
{
  g_autofree char *sql
      = g_strdup_printf ("SELECT count (*) FROM instances WHERE id > %u AND id <= %u AND "
                         "(id - 1) %% %u = 0 AND %s",
                         first, first + n, every, what);
  GantryRows *rows = gantry_database_query (db, g_intern_string (sql), "");
  gint64 number;

  g_assert_true (gantry_rows_next (rows));
  number = gantry_rows_int (rows, 0);
  g_assert_true (gantry_rows_end (rows, NULL));
  return number;
}

static const char *
prepare_case (GantryDatabase *db, const SomeCase *c)
{
  gboolean waits = c->kind == GANTRY_QUEUE_CHANGE_CANCEL;

  g_assert_true (
      gantry_database_run (db, NULL, "UPDATE series SET study_id = 1 WHERE id <= 30", ""));
  g_assert_true (gantry_database_run (db, NULL, "UPDATE instances SET outcome = ?, retryable = ?",
                                      "ii", (gint64)(waits ? 0 : GANTRY_OUTCOME_NOT_ACCEPTED),
                                      (gint64)!waits));
  g_assert_true (gantry_database_run (db, NULL, "UPDATE instances SET outcome = ? WHERE id = 1",
                                      "i", (gint64)(waits ? 1 : GANTRY_OUTCOME_FAILED)));
  switch (c->kind)
    {
    case GANTRY_QUEUE_CHANGE_CANCEL:
      return "outcome = 7 AND message = 'no' AND finished = 5";
    case GANTRY_QUEUE_CHANGE_RETRY:
      return "outcome = 0 AND retryable = 0";
    default:
      return "outcome > 4 AND retryable = 0";
    }
}

static void
test_some (gconstpointer data)
{
  const SomeCase *c = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryDatabase) db = gantry_database_open (":memory:", TRUE, &error);
  gint64 job = synthetic_job_new (db, N, &error);
  g_autofree gint64 *ids = g_new (gint64, c->ids + 1);
  GantryQueueChange change = { .kind = c->kind,
                               .selection = { .job_id = job, .n_instances = c->ids },
                               .outcome = GANTRY_OUTCOME_CANCELLED,
                               .message = "no",
                               .now = 5 };
  const char *changed = prepare_case (db, c);
  guint n, steps = 0;

  for (guint i = 0; i < c->ids; i++)
    ids[i] = 1 + 2 * i;
  change.selection.instance_ids = ids;
  if (c->study)
    change.selection.study_id = 1;
  else if (c->ids == 0)
    change.selection.series_id = 2;
  g_assert_true (gantry_queue_change_write (db, &change, &n, NULL, &error));
  g_assert_cmpuint (n, ==, c->steps == 0 ? c->changed : G_MAXUINT);
  for (; get_next (db) == job; steps++)
    g_assert_true (gantry_queue_change_step (db, NULL, &error));
  g_assert_cmpuint (steps, ==, c->steps);

  g_assert_cmpint (count (db, changed, 0, N, 1), ==, c->changed);
  if (c->study)
    g_assert_cmpint (count (db, changed, 0, IN_STUDY, 1), ==, c->changed);
  else if (c->ids > 0)
    g_assert_cmpint (count (db, changed, 0, 2 * c->ids, 2), ==, c->changed);
  else
    g_assert_cmpint (count (db, changed, 500, 500, 1), ==, c->changed);
}

/* Those of a job that is being sent are cancelled before they are sent. */
static void
test_cancel_while_running (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  GantrySelection everything = { 0 };
  g_autoptr (GantryDatabase) db = NULL;

  net_scp_set (scp, &scp->wait_at, 1);
  set_retries (&f->sender, 0, 0);
  everything.job_id = send_objects (f, 1, 2, net_scp_get_port (scp));
  net_scp_wait (scp, &scp->objects, 1);
  db = open_database (f);
  g_assert_true (gantry_database_run (
      db, NULL,
      "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1) "
      "INSERT INTO instances (job_id, series_id, path, size, modified, data_offset, sop_class_uid, "
      "sop_instance_uid, transfer_syntax, modality, image) SELECT job_id, series_id, '/none/' || "
      "i, "
      "1, 1, 1, sop_class_uid, '1.9.' || i, transfer_syntax, 'CT', 1 FROM n, instances "
      "WHERE instances.id = (SELECT max (id) FROM instances)",
      "i", (gint64)N));

  gantry_engine_cancel_instances (f->sender.engine, &everything);
  WAIT_FOR (f->sender.n_changing > 0 && !get_job (&f->sender, everything.job_id)->changing);
  g_assert_cmpuint (COUNT (everything.job_id, CANCELLED), ==, N + 1);
  net_scp_set (scp, &scp->wait_at, 0);
  WAIT_FOR (STATE (everything.job_id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (everything.job_id, STORED), ==, 1);
  g_assert_cmpuint (COUNT (everything.job_id, CANCELLED), ==, N + 1);
  g_assert_cmpuint (count_objects (scp), ==, 1);
  net_scp_free (scp);
}

/* Nothing is left of a job that does not run: that is its end, when the last step is done. */
static void
test_cancel_everything (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const GantrySelection everything = { .job_id = make_job (f, 1, GANTRY_OUTCOME_WAITING) };
  gint64 id = everything.job_id;

  gantry_engine_cancel_instances (f->sender.engine, &everything);
  WAIT_FOR (f->sender.n_changing > 0);
  WAIT_FOR (STATE (id) == GANTRY_JOB_CANCELLED);
  g_assert_false (get_job (&f->sender, id)->changing);
  g_assert_cmpuint (COUNT (id, CANCELLED), ==, N);
}

int
main (int argc, char *argv[])
{
  static const SideTest tests[] = {
    { "/changes/cancel", test_cancel },
    { "/changes/retry", test_retry },
    { "/changes/order", test_order },
    { "/changes/start/order", test_start },
    { "/changes/start/changed", test_start_changed },
    { "/changes/start/contexts", test_contexts },
    { "/changes/remove", test_remove },
    { "/changes/disk-full", test_disk_full },
    { "/changes/killed/cancel", test_killed_cancel },
    { "/changes/killed/retry", test_killed_retry },
    { "/changes/killed/copy", test_killed_copy },
    { "/changes/killed/move", test_killed_move },
    { "/changes/move/some", test_move },
    { "/changes/move/and-add", test_move_and_add },
    { "/changes/move/removed", test_move_removed },
    { "/changes/move/rest", test_move_rest },
    { "/changes/copy/whole", test_copy },
    { "/changes/copy/removed", test_copy_removed },
    { "/changes/copy/study", test_copy_study },
    { "/changes/copy/ids", test_copy_ids },
    { "/changes/some/while-running", test_cancel_while_running },
    { "/changes/some/everything", test_cancel_everything },
  };

  g_test_init (&argc, &argv, NULL);
  add_side_tests (tests, G_N_ELEMENTS (tests));
  for (gsize i = 0; i < G_N_ELEMENTS (some_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/changes/", some_cases[i].name, NULL);

      g_test_add_data_func (path, &some_cases[i], test_some);
    }
  return g_test_run ();
}
