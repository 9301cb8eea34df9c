/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The policy of the send queue: what comes first, what is done to some of a job, what is staged
 * twice, and what happens when the disk is full.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "gantry-database.h"
#include "queue-side.h"

/* ---- Order ---------------------------------------------------------------------------------- */

/* A job of two that is being sent, and three that wait for the same node. */
static NetScp *
hold_first_of_four (Fixture *f, gint64 *ids)
{
  NetScp *scp = open_scp (0, 0);

  net_scp_set (scp, &scp->wait_at, 1);
  set_retries (&f->sender, 0, 0);
  ids[0] = send_objects (f, 1, 2, net_scp_get_port (scp));
  net_scp_wait (scp, &scp->objects, 1);
  for (guint i = 1; i < 4; i++)
    ids[i] = send_objects (f, 10 * (i + 1), 1, net_scp_get_port (scp));
  return scp;
}

static void
go_on (Fixture *f, NetScp *scp, const gint64 *ids, const guint *numbers)
{
  net_scp_set (scp, &scp->wait_at, 0);
  for (guint i = 0; i < 4; i++)
    WAIT_FOR (STATE (ids[i]) == GANTRY_JOB_FINISHED);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (get_number (scp, i), ==, numbers[i]);
}

static void
test_priority (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const guint numbers[] = { 1, 2, 40, 30, 20 };
  static const guint16 priorities[]
      = { GANTRY_PRIORITY_MEDIUM, GANTRY_PRIORITY_HIGH, GANTRY_PRIORITY_HIGH,
          GANTRY_PRIORITY_MEDIUM, GANTRY_PRIORITY_LOW };
  gint64 ids[4];
  NetScp *scp = hold_first_of_four (f, ids);

  gantry_engine_set_priority (f->sender.engine, ids[0], GANTRY_PRIORITY_HIGH);
  gantry_engine_set_priority (f->sender.engine, ids[1], GANTRY_PRIORITY_LOW);
  gantry_engine_set_priority (f->sender.engine, ids[3], GANTRY_PRIORITY_HIGH);
  WAIT_FOR (get_job (&f->sender, ids[3])->priority == GANTRY_PRIORITY_HIGH);
  go_on (f, scp, ids, numbers);
  for (guint i = 0; i < 5; i++)
    g_assert_cmphex (g_array_index (scp->priorities, guint16, i), ==, priorities[i]);
  net_scp_free (scp);
}

static void
test_move (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const guint numbers[] = { 1, 2, 40, 30, 20 };
  gint64 ids[4];
  NetScp *scp = hold_first_of_four (f, ids);
  const gint64 listed[] = { ids[1], ids[2], ids[3], ids[0] };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) jobs = NULL;

  gantry_engine_move_job (f->sender.engine, ids[3], ids[1]); /* 1 4 2 3 */
  gantry_engine_move_job (f->sender.engine, ids[1], 0);      /* 1 4 3 2 */
  gantry_engine_move_job (f->sender.engine, ids[2], 99999);  /* gone: nothing happens */
  WAIT_FOR (f->sender.n_reordered == 3);
  gantry_engine_list_jobs_async (f->sender.engine, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  jobs = gantry_engine_list_finish (f->sender.engine, result, NULL, NULL);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (((GantryJob *)jobs->pdata[i])->id, ==, listed[i]);
  go_on (f, scp, ids, numbers);
  net_scp_free (scp);
}

static void
test_side_by_side (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *one = open_scp (0, 0);
  NetScp *other = open_scp (0, 0);
  gint64 first, second;

  net_scp_set (one, &one->wait_at, 1);
  net_scp_set (other, &other->wait_at, 1);
  set_retries (&f->sender, 0, 0);
  first = send_objects (f, 1, 1, net_scp_get_port (one));
  second = send_objects (f, 11, 1, net_scp_get_port (other));
  net_scp_wait (one, &one->objects, 1);
  net_scp_wait (other, &other->objects, 1);
  g_assert_cmpint (STATE (first), ==, GANTRY_JOB_RUNNING);
  net_scp_set (one, &one->wait_at, 0);
  net_scp_set (other, &other->wait_at, 0);
  WAIT_FOR (STATE (first) == GANTRY_JOB_FINISHED && STATE (second) == GANTRY_JOB_FINISHED);
  net_scp_free (one);
  net_scp_free (other);
}

/* What the peer has got to its end may be there, and says so. */
static void
test_cancel_whole (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  g_autoptr (GPtrArray) instances = NULL;
  gint64 id;

  net_scp_set (scp, &scp->wait_at, 1);
  set_retries (&f->sender, 0, 0);
  id = send_objects (f, 1, 3, net_scp_get_port (scp));
  net_scp_wait (scp, &scp->objects, 1);
  gantry_engine_cancel_job (f->sender.engine, id);
  WAIT_FOR (STATE (id) == GANTRY_JOB_CANCELLED);
  g_assert_cmpuint (COUNT (id, CANCELLED), ==, 3);
  instances = get_instances (&f->sender, id);
  g_assert_nonnull (
      strstr (((GantryJobInstance *)instances->pdata[0])->message, "may have stored it"));
  g_assert_cmpstr (((GantryJobInstance *)instances->pdata[1])->message, ==,
                   "Cancelled before it was sent.");
  net_scp_set (scp, &scp->wait_at, 0);
  net_scp_free (scp);
}

/* ---- What a person wants of a job that runs -------------------------------------------------- */

static char *
get_database_path (Fixture *f)
{
  g_autofree char *folder = g_build_filename (f->folder, "sender", NULL);
  g_autoptr (GantryProfile) profile = gantry_profile_open (folder, NULL);

  return g_strdup (gantry_profile_get_database (profile));
}

/* What is on the disk at this moment, as a program that is killed now would leave it. */
static void
copy_database (Fixture *f, const char *copy)
{
  g_autofree char *path = get_database_path (f);
  g_autoptr (GantryDatabase) db = gantry_database_open (path, TRUE, NULL);

  g_assert_true (gantry_database_run (db, NULL, "VACUUM INTO ?", "s", copy));
}

static void
start_from (Fixture *f, const char *copy)
{
  g_autofree char *path = get_database_path (f);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *shared = g_strconcat (path, "-shm", NULL);

  g_remove (log);
  g_remove (shared);
  g_assert_cmpint (g_rename (copy, path), ==, 0);
  open_side (f, &f->sender, "sender", TRUE);
}

/* It is shown and written down before it has come about, and a start after a crash knows of it. */
static void
test_pause_is_kept (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  g_autofree char *copy = g_build_filename (f->folder, "copy.db", NULL);
  gint64 id;

  net_scp_set (scp, &scp->wait_at, 2);
  set_retries (&f->sender, 0, 0);
  id = send_objects (f, 1, 3, net_scp_get_port (scp));
  WAIT_FOR (COUNT (id, STORED) == 1 && COUNT (id, SENDING) == 1);
  gantry_engine_pause_job (f->sender.engine, id);
  WAIT_FOR (get_job (&f->sender, id)->wish == GANTRY_JOB_WISH_PAUSE);
  g_assert_cmpint (STATE (id), ==, GANTRY_JOB_RUNNING);
  copy_database (f, copy);
  /* Taken back, and wanted after all. */
  gantry_engine_resume_job (f->sender.engine, id);
  WAIT_FOR (get_job (&f->sender, id)->wish == GANTRY_JOB_WISH_NONE);
  gantry_engine_pause_job (f->sender.engine, id);
  net_scp_set (scp, &scp->wait_at, 0);
  WAIT_FOR (STATE (id) == GANTRY_JOB_PAUSED);
  g_assert_cmpint (get_job (&f->sender, id)->wish, ==, GANTRY_JOB_WISH_NONE);
  g_assert_cmpuint (COUNT (id, STORED), ==, 2);
  close_side (&f->sender);

  start_from (f, copy);
  gantry_engine_set_priority (f->sender.engine, id, GANTRY_PRIORITY_LOW); /* after the start */
  WAIT_FOR (f->sender.job != NULL);
  g_assert_cmpint (STATE (id), ==, GANTRY_JOB_PAUSED);
  g_assert_cmpuint (COUNT (id, WAITING), ==, 2);
  g_assert_cmpuint (count_objects (scp), ==, 2);
  gantry_engine_resume_job (f->sender.engine, id);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 3);
  net_scp_free (scp);
}

/* Killed between the wish and the end of the run. */
static void
test_cancel_is_kept (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  gint64 id;

  net_scp_set (scp, &scp->wait_at, 2);
  set_retries (&f->sender, 0, 0);
  id = send_objects (f, 1, 3, net_scp_get_port (scp));
  WAIT_FOR (COUNT (id, STORED) == 1 && COUNT (id, SENDING) == 1);
  gantry_engine_pause_job (f->sender.engine, id);
  WAIT_FOR (get_job (&f->sender, id)->wish == GANTRY_JOB_WISH_PAUSE);
  net_scp_set (scp, &scp->wait_at, 0);
  WAIT_FOR (STATE (id) == GANTRY_JOB_PAUSED);
  close_side (&f->sender);
  change_database (f, "UPDATE jobs SET state = 2, wish = 2");
  change_database (f, "UPDATE instances SET outcome = 1 WHERE outcome = 0");

  open_side (f, &f->sender, "sender", TRUE);
  gantry_engine_set_priority (f->sender.engine, id, GANTRY_PRIORITY_LOW);
  WAIT_FOR (f->sender.job != NULL);
  g_assert_cmpint (STATE (id), ==, GANTRY_JOB_CANCELLED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 2);
  g_assert_cmpuint (COUNT (id, CANCELLED), ==, 1);
  g_assert_cmpuint (count_objects (scp), ==, 2);
  net_scp_free (scp);
}

/* Nothing was left to be cancelled, so nothing was. */
static void
test_cancel_too_late (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  gint64 id;

  set_retries (&f->sender, 0, 0);
  id = send_objects (f, 1, 2, net_scp_get_port (scp));
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  close_side (&f->sender);
  change_database (f, "UPDATE jobs SET state = 5");

  open_side (f, &f->sender, "sender", TRUE);
  gantry_engine_cancel_job (f->sender.engine, id);
  WAIT_FOR (f->sender.job != NULL);
  g_assert_cmpint (STATE (id), ==, GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 2);
  net_scp_free (scp);
}

/* Who asks for one object of a paused job does not ask for the others; who asks for all does. */
static void
test_retry_paused (Fixture *f, gconstpointer data)
{
  gboolean whole = g_str_equal (data, "whole");
  NetScp *scp = open_scp (0xA900, 1);
  GantrySelection selection = { 0 };
  gint64 id, refused;

  net_scp_set (scp, &scp->wait_at, 2);
  set_retries (&f->sender, 0, 0);
  id = selection.job_id = send_objects (f, 1, 4, net_scp_get_port (scp));
  WAIT_FOR (COUNT (id, REFUSED) == 1 && COUNT (id, SENDING) == 1);
  gantry_engine_pause_job (f->sender.engine, id);
  WAIT_FOR (get_job (&f->sender, id)->wish == GANTRY_JOB_WISH_PAUSE);
  net_scp_set (scp, &scp->wait_at, 0);
  WAIT_FOR (STATE (id) == GANTRY_JOB_PAUSED);
  refused = get_id (&f->sender, id, 0);
  if (!whole)
    {
      selection.instance_ids = &refused;
      selection.n_instances = 1;
    }

  gantry_engine_retry_instances (f->sender.engine, &selection);
  WAIT_FOR (COUNT (id, REFUSED) == 0);
  if (!whole)
    {
      g_assert_cmpint (STATE (id), ==, GANTRY_JOB_PAUSED);
      g_assert_cmpuint (COUNT (id, WAITING), ==, 3);
      gantry_engine_resume_job (f->sender.engine, id);
    }
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 4);
  net_scp_free (scp);
}

/* ---- Some of a job --------------------------------------------------------------------------- */

/* The worker has a page of them at hand, and sends none that was cancelled. */
static void
test_cancel_some (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  g_autoptr (GPtrArray) instances = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GantrySelection selection = { 0 };

  net_scp_set (scp, &scp->wait_at, 2);
  set_retries (&f->sender, 0, 0);
  selection.job_id = send_objects (f, 1, 600, net_scp_get_port (scp));
  net_scp_wait (scp, &scp->objects, 2);
  instances = get_instances (&f->sender, selection.job_id);
  for (guint i = 0; i < instances->len; i++)
    if (i != 4 && i != 500) /* also what is on the wire and what is stored, which stay */
      g_array_append_val (ids, ((GantryJobInstance *)instances->pdata[i])->id);
  selection.instance_ids = (gint64 *)(gpointer)ids->data;
  selection.n_instances = ids->len;
  gantry_engine_cancel_instances (f->sender.engine, &selection);
  WAIT_FOR (COUNT (selection.job_id, CANCELLED) == 596);

  net_scp_set (scp, &scp->wait_at, 0);
  WAIT_FOR (STATE (selection.job_id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (selection.job_id, STORED), ==, 4);
  g_assert_cmpuint (COUNT (selection.job_id, CANCELLED), ==, 596);
  g_assert_cmpuint (count_objects (scp), ==, 4);
  g_assert_cmpuint (get_number (scp, 2), ==, 5);
  g_assert_cmpuint (get_number (scp, 3), ==, 501);
  net_scp_free (scp);
}

static void
test_retry_some (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0xA900, 4);
  GantrySelection selection = { 0 };
  gint64 ids[2];

  set_retries (&f->sender, 5, 0);
  selection.job_id = send_objects (f, 1, 4, net_scp_get_port (scp));
  WAIT_FOR (STATE (selection.job_id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (selection.job_id, REFUSED), ==, 4);
  ids[0] = get_id (&f->sender, selection.job_id, 1);
  ids[1] = get_id (&f->sender, selection.job_id, 3);
  selection.instance_ids = ids;
  selection.n_instances = 2;
  gantry_engine_retry_instances (f->sender.engine, &selection);
  WAIT_FOR (STATE (selection.job_id) == GANTRY_JOB_FINISHED
            && COUNT (selection.job_id, STORED) == 2);
  g_assert_cmpuint (COUNT (selection.job_id, REFUSED), ==, 2);
  g_assert_cmpuint (count_objects (scp), ==, 6);
  g_assert_cmpuint (get_number (scp, 4), ==, 2);
  g_assert_cmpuint (get_number (scp, 5), ==, 4);
  net_scp_free (scp);
}

/* The pause is taken back while the last answer is still on its way. */
static void
test_no_pause_after_all (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  gint64 id;

  net_scp_set (scp, &scp->wait_at, 1);
  set_retries (&f->sender, 0, 0);
  id = send_objects (f, 1, 3, net_scp_get_port (scp));
  net_scp_wait (scp, &scp->objects, 1);
  gantry_engine_pause_job (f->sender.engine, id);
  gantry_engine_resume_job (f->sender.engine, id);
  gantry_engine_set_priority (f->sender.engine, id, GANTRY_PRIORITY_LOW);
  WAIT_FOR (get_job (&f->sender, id)->priority == GANTRY_PRIORITY_LOW); /* both have been heard */
  net_scp_set (scp, &scp->wait_at, 0);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 3);
  g_assert_cmpuint (count_objects (scp), ==, 3);
  net_scp_free (scp);
}

/* While the job goes on behind it. */
static void
test_retry_while_running (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0xA900, 1);
  GantrySelection selection = { 0 };
  gint64 id;

  net_scp_set (scp, &scp->wait_at, 2);
  set_retries (&f->sender, 0, 0);
  selection.job_id = send_objects (f, 1, 3, net_scp_get_port (scp));
  net_scp_wait (scp, &scp->objects, 2);
  WAIT_FOR (COUNT (selection.job_id, REFUSED) == 1);
  id = get_id (&f->sender, selection.job_id, 0);
  selection.instance_ids = &id;
  selection.n_instances = 1;
  gantry_engine_retry_instances (f->sender.engine, &selection);
  WAIT_FOR (COUNT (selection.job_id, REFUSED) == 0);
  net_scp_set (scp, &scp->wait_at, 0);
  WAIT_FOR (STATE (selection.job_id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (selection.job_id, STORED), ==, 3);
  g_assert_cmpuint (count_objects (scp), ==, 4);
  g_assert_cmpuint (get_number (scp, 3), ==, 1);
  net_scp_free (scp);
}

/* So many SOP classes need two passes. When the last worker of the first is gone, and nobody has
 * heard of it yet, something of it is asked for again: that is not for the second. */
static void
test_retry_between_passes (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 150, "1.2.3.4.");
  g_autofree char *folder = g_build_filename (f->folder, "sender", NULL);
  g_autoptr (GantryProfile) profile = gantry_profile_open (folder, NULL);
  g_autoptr (GantryDatabase) db
      = gantry_database_open (gantry_profile_get_database (profile), TRUE, NULL);
  NetScp *scp = open_scp (0xA900, 1);
  gint64 id;

  net_scp_set (scp, &scp->wait_at, 2);
  set_retries (&f->sender, 0, 0);
  stage (&f->sender, study);
  id = send_port (&f->sender, net_scp_get_port (scp));
  net_scp_wait (scp, &scp->objects, 2);
  WAIT_FOR (COUNT (id, REFUSED) == 1);
  /* As if it had cost an association before: then it comes behind all others. */
  g_assert_true (gantry_database_run (db, NULL, "UPDATE instances SET losses = 1 WHERE outcome = ?",
                                      "i", (gint64)GANTRY_OUTCOME_REFUSED));
  /* The core thread waits for the disk, and the worker goes on with what it has. */
  g_assert_true (gantry_database_begin (db, NULL));
  gantry_engine_set_priority (f->sender.engine, id, GANTRY_PRIORITY_LOW);
  gantry_engine_retry_job (f->sender.engine, id);
  net_scp_set (scp, &scp->wait_at, 0);
  net_scp_wait (scp, &scp->released, 1);
  gantry_database_rollback (db);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, NOT_ACCEPTED), ==, 0);
  g_assert_cmpuint (COUNT (id, STORED), ==, 150);
  g_assert_cmpuint (count_objects (scp), ==, 151);
  net_scp_free (scp);
}

static void
test_send_again (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *one = open_scp (0xA900, 1);
  NetScp *other = open_scp (0, 0);
  g_autoptr (GantryNode) node
      = gantry_node_new (0, "other", "OTHER", "127.0.0.1", net_scp_get_port (other), "", FALSE);
  g_autofree char *gone = g_build_filename (f->folder, "study-1", "00002.dcm", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 ids[2], again;
  GantrySelection selection = { .instance_ids = ids, .n_instances = 2 };

  set_retries (&f->sender, 0, 0);
  selection.job_id = send_objects (f, 1, 3, net_scp_get_port (one));
  WAIT_FOR (STATE (selection.job_id) == GANTRY_JOB_FINISHED);
  ids[0] = get_id (&f->sender, selection.job_id, 0); /* refused */
  ids[1] = get_id (&f->sender, selection.job_id, 2); /* stored, and now gone */
  g_assert_cmpint (g_unlink (gone), ==, 0);
  gantry_engine_send_again_async (f->sender.engine, &selection, node, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  again = gantry_engine_send_finish (f->sender.engine, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (again, >, selection.job_id);
  WAIT_FOR (STATE (again) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (again, STORED), ==, 1);
  g_assert_cmpuint (COUNT (again, FAILED), ==, 1);
  g_assert_cmpstr (get_job (&f->sender, again)->node->name, ==, "other");
  g_assert_cmpstr (get_job (&f->sender, again)->title, ==, "CT · Doe, John");
  g_assert_cmpuint (COUNT (selection.job_id, STORED), ==, 2); /* the first job is as it was */
  g_assert_cmpuint (get_number (other, 0), ==, 1);
  net_scp_free (one);
  net_scp_free (other);
}

/* ---- Staging -------------------------------------------------------------------------------- */

/* @at: in the preamble, which means nothing, 0: nowhere; @longer: by an empty Image Comments */
static void
copy_changed (const char *from, const char *to, gsize at, gboolean longer)
{
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (from, &bytes, &length, NULL));
  if (at > 0)
    bytes[at] = 'x';
  if (longer)
    {
      bytes = g_realloc (bytes, length + 8);
      memcpy (bytes + length, "\x20\x00\x00\x40LT\0\0", 8);
      length += 8;
    }
  g_assert_true (g_file_set_contents (to, bytes, (gssize)length, NULL));
}

/* The reason why a file was left out. */
static const char *
find_reason (GPtrArray *skipped, const char *path)
{
  for (guint i = 0; i < skipped->len; i++)
    if (strcmp (((GantrySkipped *)skipped->pdata[i])->path, path) == 0)
      return ((GantrySkipped *)skipped->pdata[i])->reason;
  g_assert_not_reached ();
}

static void
test_staged_twice (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    gsize at;
    gboolean longer;
    const char *sentence;
  } copies[] = { { 0, FALSE, "octet for octet" },
                 { 100, FALSE, "not the same content" },
                 { 0, TRUE, "not the same content" } };
  g_autofree char *folder = make_objects (f, "study", 1, 2, NULL);
  g_autofree char *first = g_build_filename (folder, "00000.dcm", NULL);
  g_autofree char *other = g_build_filename (f->folder, "other", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) skipped = NULL;

  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (copies); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u.dcm", other, i);

      copy_changed (first, path, copies[i].at, copies[i].longer);
    }
  stage (&f->sender, folder);
  stage (&f->sender, other);
  g_assert_cmpuint (f->sender.scan.instances, ==, 0);
  g_assert_cmpuint (f->sender.scan.skipped, ==, 3);
  stage (&f->sender, folder); /* the files themselves once more: no news */
  g_assert_cmpuint (f->sender.scan.skipped, ==, 0);

  gantry_engine_list_skipped_async (f->sender.engine, GANTRY_SKIPPED_HARMLESS, 10, NULL, on_ready,
                                    &result);
  WAIT_FOR (result != NULL);
  skipped = gantry_engine_list_finish (f->sender.engine, result, NULL, NULL);
  g_assert_cmpuint (skipped->len, ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (copies); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u.dcm", other, i);
      const char *reason = find_reason (skipped, path);

      g_assert_nonnull (strstr (reason, copies[i].sentence));
      g_assert_nonnull (strstr (reason, first)); /* names the other one */
    }
}

/* A file that was changed and added again is sent as it is now. */
static void
test_staged_again (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  g_autofree char *folder = make_objects (f, "study", 1, 2, NULL);
  g_autofree char *first = g_build_filename (folder, "00000.dcm", NULL);
  gint64 id;

  stage (&f->sender, folder);
  g_assert_cmpint (g_unlink (first), ==, 0);
  g_free (make_objects (f, "other", 3, 1, NULL));
  {
    g_autofree char *other = g_build_filename (f->folder, "other", "00000.dcm", NULL);

    copy_changed (other, first, 100, FALSE);
  }
  stage (&f->sender, folder);
  g_assert_cmpuint (f->sender.scan.instances, ==, 1);
  set_retries (&f->sender, 0, 0);
  id = send_port (&f->sender, net_scp_get_port (scp));
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (get_job (&f->sender, id)->instances, ==, 2);
  g_assert_cmpuint (COUNT (id, STORED), ==, 2);
  g_assert_cmpuint (get_number (scp, 0) + get_number (scp, 1), ==, 2 + 3);
  net_scp_free (scp);
}

/* ---- Nodes and disks ------------------------------------------------------------------------- */

static void
test_node_options (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  g_autoptr (GantryNode) node
      = gantry_node_new (0, "PACS", "ARCHIVE", "127.0.0.1", net_scp_get_port (scp), "OWN", FALSE);
  g_autoptr (GantryNode) saved = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *folder = make_objects (f, "study", 1, 100, NULL);
  gint64 id;

  node->options.max_pdu = 16384;
  node->options.associations = 3;
  gantry_engine_save_node_async (f->sender.engine, node, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  saved = gantry_node_new (gantry_engine_save_node_finish (f->sender.engine, result, NULL), "PACS",
                           "ARCHIVE", "127.0.0.1", net_scp_get_port (scp), "OWN", FALSE);
  set_retries (&f->sender, 0, 0);
  net_scp_set (scp, &scp->hold, TRUE);
  stage (&f->sender, folder);
  id = send_node (&f->sender, saved); /* without options of its own: those of the saved one count */
  net_scp_wait (scp, &scp->serving, 3);
  net_scp_set (scp, &scp->hold, FALSE);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 100);
  g_assert_cmpuint (scp->last_peer_max_pdu, ==, 16384);
  g_assert_cmpstr (scp->last_calling, ==, "OWN");
  net_scp_free (scp);
}

/* The disk fills up in the middle: what is not on it is not said, and nothing that was answered is
 * lost when there is room again. */
static void
test_disk_full (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0, 0);
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK); /* it warns, as it should */
  gint64 id;

  signal (SIGXFSZ, SIG_IGN);
  net_scp_set (scp, &scp->wait_at, 2);
  set_retries (&f->sender, 0, 0);
  id = send_objects (f, 1, 50, net_scp_get_port (scp));
  WAIT_FOR (STATE (id) == GANTRY_JOB_RUNNING && COUNT (id, STORED) == 1);

  limit_files (1);
  net_scp_set (scp, &scp->wait_at, 0);
  net_scp_wait (scp, &scp->objects, 50);
  WAIT_FOR (strstr (f->sender.job->message, "cannot be written") != NULL);
  g_assert_cmpuint (COUNT (id, STORED), ==, 1);
  g_assert_cmpint (STATE (id), ==, GANTRY_JOB_RUNNING);
  gantry_engine_set_priority (f->sender.engine, id, GANTRY_PRIORITY_HIGH);
  WAIT_FOR (strstr (f->sender.job->message, "was not changed") != NULL);
  g_assert_cmpint (f->sender.job->priority, ==, GANTRY_PRIORITY_MEDIUM);

  limit_files (0);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, 50);
  g_assert_cmpstr (f->sender.job->message, ==, "");
  g_assert_cmpuint (count_objects (scp), ==, 50);
  g_log_set_always_fatal (fatal);
  net_scp_free (scp);
}

int
main (int argc, char *argv[])
{
  static const SideTest tests[] = {
    { "/queue/priority", test_priority },
    { "/queue/move", test_move },
    { "/queue/side-by-side", test_side_by_side },
    { "/queue/no-pause-after-all", test_no_pause_after_all },
    { "/queue/cancel-whole", test_cancel_whole },
    { "/queue/wish/pause", test_pause_is_kept },
    { "/queue/wish/cancel", test_cancel_is_kept },
    { "/queue/wish/cancel-too-late", test_cancel_too_late },
    { "/queue/wish/retry-some-of-a-paused-one", test_retry_paused, "some" },
    { "/queue/wish/retry-a-paused-one", test_retry_paused, "whole" },
    { "/queue/some/cancel", test_cancel_some },
    { "/queue/some/retry", test_retry_some },
    { "/queue/some/retry-while-running", test_retry_while_running },
    { "/queue/retry-between-passes", test_retry_between_passes },
    { "/queue/some/send-again", test_send_again },
    { "/queue/staged/twice", test_staged_twice },
    { "/queue/staged/again", test_staged_again },
    { "/queue/node-options", test_node_options },
    { "/queue/disk-full", test_disk_full },
  };

  g_test_init (&argc, &argv, NULL);
  add_side_tests (tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
