/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine as a front end sees it: commands in, events and answers out, real associations on
 * loopback between two engines, or to peers that misbehave.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <ftw.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <utime.h>

#include "engine-side.h"
#include "gantry-database.h"
#include "gantry-error.h"
#include "gantry-log-table.h"
#include "gantry-registry.h"

/* ---- Sending -------------------------------------------------------------------------------- */

static void
test_send (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 300, NULL);
  g_autoptr (GPtrArray) instances = NULL;
  g_autoptr (GPtrArray) studies = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  gint64 id;

  listen_on (&f->receiver, 0);
  g_assert_true (f->receiver.listening);
  stage (&f->sender, study);
  g_assert_cmpuint (f->sender.scan.instances, ==, 300);

  id = send_to (&f->sender, f->receiver.port);
  WAIT_FOR (IS_OVER (&f->sender));
  g_assert_cmpuint (f->sender.job->counts[GANTRY_OUTCOME_STORED], ==, 300);
  g_assert_cmpuint (f->sender.job->bytes_done, ==, f->sender.job->bytes_total);
  WAIT_FOR (f->sender.n_instances == 300);
  instances = get_instances (&f->sender, id);
  for (guint i = 0; i < instances->len; i++)
    g_assert_cmpint (((GantryJobInstance *)instances->pdata[i])->status, ==, 0);

  WAIT_FOR (f->receiver.n_received == 300);
  WAIT_FOR (f->receiver.association->state == GANTRY_ASSOCIATION_RELEASED);
  gantry_engine_list_received_studies_async (f->receiver.engine, NULL, NULL, 0, 0, 10, NULL,
                                             on_ready, &result);
  WAIT_FOR (result != NULL);
  studies = gantry_engine_list_finish (f->receiver.engine, result, NULL, NULL);
  g_assert_cmpuint (studies->len, ==, 1);
  g_assert_cmpuint (((GantryStudy *)studies->pdata[0])->objects, ==, 300);
  g_assert_cmpstr (((GantryStudy *)studies->pdata[0])->patient_name, ==, "Doe, John");
}

/* More SOP classes than one association can hold contexts for. */
static void
test_many_contexts (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 300, "1.2.826.0.1.3680043.9.9999.");

  listen_on (&f->receiver, 0);
  stage (&f->sender, study);
  send_to (&f->sender, f->receiver.port);
  WAIT_FOR (IS_OVER (&f->sender));
  g_assert_cmpuint (f->sender.job->counts[GANTRY_OUTCOME_STORED], ==, 300);
}

static void
test_unreachable (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 3, NULL);
  g_autoptr (GPtrArray) instances = NULL;
  guint16 port = find_closed_port ();
  gint64 id;

  stage (&f->sender, study);
  id = send_to (&f->sender, port);
  WAIT_FOR (IS_OVER (&f->sender));
  g_assert_cmpuint (f->sender.job->counts[GANTRY_OUTCOME_FAILED], ==, 3);
  g_assert_cmpstr (f->sender.job->message, !=, "");
  WAIT_FOR (f->sender.n_instances == 3);
  instances = get_instances (&f->sender, id);
  g_assert_cmpstr (((GantryJobInstance *)instances->pdata[0])->message, ==, f->sender.job->message);

  /* The receiver comes back, and the same job is tried again. */
  listen_on (&f->receiver, port);
  g_assert_true (f->receiver.listening);
  gantry_engine_retry_job (f->sender.engine, id);
  WAIT_FOR (IS_OVER (&f->sender) && f->sender.job->counts[GANTRY_OUTCOME_STORED] == 3);
  g_assert_cmpstr (f->sender.job->message, ==, "");
}

static void
test_cancel (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 3, NULL);
  guint16 port;
  g_autoptr (GSocketListener) silent G_GNUC_UNUSED = listen_silently (&port);
  gint64 id, before;

  stage (&f->sender, study);
  id = send_to (&f->sender, port);
  WAIT_FOR (f->sender.job != NULL && f->sender.job->state == GANTRY_JOB_RUNNING);
  before = g_get_monotonic_time ();
  gantry_engine_cancel_job (f->sender.engine, id);
  WAIT_FOR (f->sender.job->state == GANTRY_JOB_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (f->sender.job->counts[GANTRY_OUTCOME_CANCELLED], ==, 3);
}

/* Pausing waits for what is on the wire, and for no peer that says nothing. */
static void
test_pause (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 300, NULL);
  guint16 port;
  g_autoptr (GSocketListener) silent = listen_silently (&port);
  gint64 id, before;

  stage (&f->sender, study);
  id = send_to (&f->sender, port);
  WAIT_FOR (f->sender.job != NULL && f->sender.job->state == GANTRY_JOB_RUNNING);
  before = g_get_monotonic_time ();
  gantry_engine_pause_job (f->sender.engine, id);
  WAIT_FOR (f->sender.job->state == GANTRY_JOB_PAUSED);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (f->sender.job->counts[GANTRY_OUTCOME_WAITING], ==, 300);
  g_socket_listener_close (silent);

  /* A new start leaves it alone: what starts is told before what is asked for afterwards. */
  close_side (&f->sender);
  open_side (f, &f->sender, "sender", TRUE);
  listen_on (&f->sender, 0);
  g_assert_null (f->sender.job);
  listen_on (&f->receiver, port);
  gantry_engine_resume_job (f->sender.engine, id);
  WAIT_FOR (f->sender.job != NULL && f->sender.job->counts[GANTRY_OUTCOME_STORED] > 0);

  /* In the middle; the peer may be done first. */
  gantry_engine_pause_job (f->sender.engine, id);
  WAIT_FOR (f->sender.job->state == GANTRY_JOB_PAUSED
            || f->sender.job->state == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (f->sender.job->counts[GANTRY_OUTCOME_WAITING]
                        + f->sender.job->counts[GANTRY_OUTCOME_STORED],
                    ==, 300);
  gantry_engine_resume_job (f->sender.engine, id);
  WAIT_FOR (f->sender.job->state == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (f->sender.job->counts[GANTRY_OUTCOME_STORED], ==, 300);
}

/* The program ends while a peer keeps it waiting; the next start goes on, once it is allowed to. */
static void
test_resume (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 3, NULL);
  guint16 port;
  g_autoptr (GSocketListener) silent = listen_silently (&port);
  gint64 id, before;

  stage (&f->sender, study);
  id = send_to (&f->sender, port);
  WAIT_FOR (f->sender.job != NULL && f->sender.job->state == GANTRY_JOB_RUNNING);
  before = g_get_monotonic_time ();
  close_side (&f->sender);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 5 * G_USEC_PER_SEC);
  g_socket_listener_close (silent);

  listen_on (&f->receiver, port);
  open_side (f, &f->sender, "sender", TRUE);
  WAIT_FOR (IS_OVER (&f->sender));
  g_assert_cmpint (f->sender.job->id, ==, id);
  WAIT_FOR (f->receiver.association != NULL);
  g_assert_cmpstr (f->receiver.association->calling, ==, "SENDER"); /* the settings came first */
  g_assert_cmpuint (f->sender.job->counts[GANTRY_OUTCOME_STORED], ==, 3);
}

static void
test_changed_file (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 3, NULL);
  g_autofree char *gone = g_build_filename (study, "00000.dcm", NULL);
  g_autofree char *changed = g_build_filename (study, "00001.dcm", NULL);
  FILE *file;

  listen_on (&f->receiver, 0);
  stage (&f->sender, study);
  g_assert_cmpint (g_unlink (gone), ==, 0);
  file = g_fopen (changed, "a");
  g_assert_cmpint (fputs ("more", file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);

  send_to (&f->sender, f->receiver.port);
  WAIT_FOR (IS_OVER (&f->sender));
  g_assert_cmpuint (f->sender.job->counts[GANTRY_OUTCOME_FAILED], ==, 2);
  g_assert_cmpuint (f->sender.job->counts[GANTRY_OUTCOME_STORED], ==, 1);
}

static void
test_skipped (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 2, NULL);
  g_autofree char *other = g_build_filename (study, "notes.txt", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) skipped = NULL;

  g_assert_true (g_file_set_contents (other, "no DICOM", -1, NULL));
  stage (&f->sender, study);
  g_assert_cmpuint (f->sender.scan.instances, ==, 2);
  g_assert_cmpuint (f->sender.scan.skipped, ==, 1);
  gantry_engine_list_skipped_async (f->sender.engine, GANTRY_SKIPPED_HARMLESS, 10, NULL, on_ready,
                                    &result);
  WAIT_FOR (result != NULL);
  skipped = gantry_engine_list_finish (f->sender.engine, result, NULL, NULL);
  g_assert_cmpstr (((GantrySkipped *)skipped->pdata[0])->path, ==, other);
}

static guint
count_skipped (Side *side, GantrySkippedKind least)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) skipped = NULL;
  guint total = 0;

  gantry_engine_list_skipped_async (side->engine, least, 1, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  skipped = gantry_engine_list_finish (side->engine, result, &total, NULL);
  g_assert_cmpuint (skipped->len, ==, MIN (total, 1));
  /* The worst comes first. */
  if (total > 0)
    g_assert_cmpint (((GantrySkipped *)skipped->pdata[0])->kind, >=, least);
  return total;
}

/* What is damaged is told apart; when it is added again, and good then, it is no longer lost. */
static void
test_lost (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 2, NULL);
  g_autofree char *path = g_build_filename (study, "00001.dcm", NULL);
  g_autofree char *other = g_build_filename (study, "notes.txt", NULL);
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_true (g_file_set_contents (other, "no DICOM", -1, NULL));
  stage (&f->sender, study);
  g_assert_cmpuint (f->sender.scan.skipped, ==, 2);
  g_assert_cmpuint (f->sender.scan.lost, ==, 1);
  g_assert_cmpuint (count_skipped (&f->sender, GANTRY_SKIPPED_HARMLESS), ==, 2);
  g_assert_cmpuint (count_skipped (&f->sender, GANTRY_SKIPPED_NAMED), ==, 1);
  g_assert_cmpuint (count_skipped (&f->sender, GANTRY_SKIPPED_LOST), ==, 1);

  stage (&f->sender, other); /* itself */
  g_assert_cmpuint (count_skipped (&f->sender, GANTRY_SKIPPED_NAMED), ==, 2);
  g_assert_cmpuint (count_skipped (&f->sender, GANTRY_SKIPPED_LOST), ==, 1);
  g_assert_true (g_file_set_contents (path, bytes, (gssize)length, NULL));
  stage (&f->sender, study);
  g_assert_cmpuint (f->sender.scan.instances, ==, 1);
  g_assert_cmpuint (count_skipped (&f->sender, GANTRY_SKIPPED_HARMLESS), ==, 1);
  g_assert_cmpuint (count_skipped (&f->sender, GANTRY_SKIPPED_NAMED), ==, 0);
}

/* A part that could not be written down is not taken for an end of the user's choice. */
static void
test_no_room (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 600, NULL);
  const char *path = gantry_profile_get_database (f->sender.profile);
  g_autoptr (GantryDatabase) db = gantry_database_open (path, TRUE, NULL);
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);

  g_assert_true (gantry_database_run (db, NULL,
                                      "CREATE TRIGGER no BEFORE INSERT ON instances "
                                      "WHEN new.path LIKE '%/00300.dcm' BEGIN "
                                      "SELECT RAISE (FAIL, 'there is no room'); END",
                                      ""));
  stage (&f->sender, study);
  g_assert_nonnull (f->sender.scan.error);
  g_assert_nonnull (strstr (f->sender.scan.error, "there is no room"));
  g_assert_false (f->sender.scan.cancelled);
  g_assert_cmpuint (f->sender.scan.instances, ==, 256); /* what is written down */

  g_assert_true (gantry_database_run (db, NULL, "DROP TRIGGER no", ""));
  stage (&f->sender, study);
  g_assert_null (f->sender.scan.error);
  g_assert_cmpuint (f->sender.scan.instances, ==, 600 - 256);
  g_log_set_always_fatal (fatal);
}

/* ---- Receiving ------------------------------------------------------------------------------ */

static void
test_port_in_use (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port;
  g_autoptr (GSocketListener) taken G_GNUC_UNUSED = listen_silently (&port);

  listen_on (&f->receiver, port);
  g_assert_false (f->receiver.listening);
  g_assert_cmpstr (f->receiver.listener_message, !=, "");
}

static void
test_off_and_on (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port;

  listen_on (&f->receiver, 0);
  port = f->receiver.port;
  gantry_engine_stop_listening (f->receiver.engine);
  WAIT_FOR (!f->receiver.listening);
  listen_on (&f->receiver, port);
  WAIT_FOR (f->receiver.listening);
  listen_on (&f->receiver, 0); /* while it is on */
  WAIT_FOR (f->receiver.listening && f->receiver.port != port);
}

/* A crash between rename and commit: the rows are gone, the mark of an open receiver is not. */
static void
crash (Side *side)
{
  g_autofree char *path = g_strdup (gantry_profile_get_database (side->profile));
  g_autoptr (GantryDatabase) db = gantry_database_open (path, TRUE, NULL);
  g_autofree char *mark = NULL;

  g_assert_true (gantry_log_table_get_fact (db, "receiver-open", &mark, NULL));
  g_clear_pointer (&db, gantry_database_close);
  close_side (side);
  db = gantry_database_open (path, TRUE, NULL);
  g_assert_true (gantry_database_run (db, NULL, "DELETE FROM received", ""));
  g_assert_true (gantry_database_run (db, NULL, "DELETE FROM studies", ""));
  g_assert_true (gantry_log_table_set_fact (db, "receiver-open", mark, NULL));
}

static guint64
count_received (Side *side)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) studies = NULL;
  guint64 n = 0;

  gantry_engine_list_received_studies_async (side->engine, NULL, NULL, 0, 0, 10, NULL, on_ready,
                                             &result);
  WAIT_FOR (result != NULL);
  studies = gantry_engine_list_finish (side->engine, result, NULL, NULL);
  for (guint i = 0; i < studies->len; i++)
    n += ((GantryStudy *)studies->pdata[i])->objects;
  return n;
}

/* The database says no for a while: nobody waits for it, and nothing is missing afterwards. */
static void
test_written_later (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 3, NULL);
  const char *path = gantry_profile_get_database (f->receiver.profile);
  g_autoptr (GantryDatabase) db = gantry_database_open (path, TRUE, NULL);
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);

  g_assert_true (gantry_database_run (db, NULL,
                                      "CREATE TRIGGER no BEFORE INSERT ON received BEGIN "
                                      "SELECT RAISE (FAIL, 'there is no room'); END",
                                      ""));
  listen_in (&f->receiver, 0, NULL);
  stage (&f->sender, study);
  send_to (&f->sender, f->receiver.port);
  WAIT_FOR (IS_OVER (&f->sender) && f->receiver.n_received == 3);
  g_assert_cmpuint (f->sender.job->counts[GANTRY_OUTCOME_STORED], ==, 3);
  g_assert_cmpuint (count_received (&f->receiver), ==, 0);

  g_assert_true (gantry_database_run (db, NULL, "DROP TRIGGER no", ""));
  WAIT_FOR (count_received (&f->receiver) == 3);
  WAIT_FOR (f->receiver.association->state == GANTRY_ASSOCIATION_RELEASED);
  g_assert_cmpint (gantry_database_get_int (db, -1, "SELECT stored FROM associations", ""), ==, 3);
  g_log_set_always_fatal (fatal);
}

/* What was acknowledged and never came into the database is found at the next start, in whichever
 * folder it was kept; what else lies in that folder is none of the receiver's business. */
static void
test_reconcile (Fixture *f, gconstpointer data)
{
  const char *name = data;
  g_autofree char *study = make_study (f, 3, NULL);
  g_autofree char *folder = name != NULL ? g_build_filename (f->folder, name, NULL) : NULL;

  listen_in (&f->receiver, 0, folder);
  stage (&f->sender, study);
  send_to (&f->sender, f->receiver.port);
  WAIT_FOR (IS_OVER (&f->sender) && f->receiver.n_received == 3);
  if (folder != NULL)
    {
      g_autofree char *theirs = g_build_filename (folder, "theirs", NULL);

      g_assert_cmpint (g_rename (study, theirs), ==, 0);
    }
  crash (&f->receiver);

  open_side (f, &f->receiver, "receiver", FALSE);
  WAIT_FOR (count_received (&f->receiver) >= 3);
  close_side (&f->receiver); /* waits for the search */
  open_side (f, &f->receiver, "receiver", FALSE);
  g_assert_cmpuint (count_received (&f->receiver), ==, 3);
}

static int
set_future (const char *path,
            const struct stat *info G_GNUC_UNUSED,
            int type G_GNUC_UNUSED,
            struct FTW *ftw G_GNUC_UNUSED)
{
  const gint64 then = g_get_real_time () / G_USEC_PER_SEC + 86400;

  return utime (path, &(struct utimbuf){ then, then });
}

/* The clock stood back after the power cut: what is kept is from the future. */
static void
test_reconcile_future (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *study = make_study (f, 3, NULL);

  listen_in (&f->receiver, 0, NULL);
  stage (&f->sender, study);
  send_to (&f->sender, f->receiver.port);
  WAIT_FOR (IS_OVER (&f->sender) && f->receiver.n_received == 3);
  g_assert_cmpint (
      nftw (gantry_profile_get_received (f->receiver.profile), set_future, 16, FTW_PHYS), ==, 0);
  crash (&f->receiver);
  open_side (f, &f->receiver, "receiver", FALSE);
  WAIT_FOR (count_received (&f->receiver) == 3);
}

/* What stands before those of libc: a disk that breaks, below the path with these words. */
static const char *broken;
static gint broke; /* atomic; so often */

DIR *
opendir (const char *path)
{
  DIR *(*real) (const char *);

  *(void **)&real = dlsym (RTLD_NEXT, "opendir");
  if (broken == NULL || strstr (path, broken) == NULL)
    return real (path);
  g_atomic_int_inc (&broke);
  errno = EIO;
  return NULL;
}

struct dirent *
readdir (DIR *dir)
{
  struct dirent *(*real) (DIR *);
  struct dirent *entry;

  *(void **)&real = dlsym (RTLD_NEXT, "readdir");
  entry = real (dir);
  if (entry == NULL || broken == NULL || strstr (entry->d_name, broken) == NULL)
    return entry;
  g_atomic_int_inc (&broke);
  errno = EIO;
  return NULL;
}

/* What cannot be looked at is looked at another time; @data: where it breaks. */
static void
test_reconcile_broken (Fixture *f, gconstpointer data)
{
  g_autofree char *study = make_study (f, 3, NULL);

  listen_in (&f->receiver, 0, NULL);
  stage (&f->sender, study);
  send_to (&f->sender, f->receiver.port);
  WAIT_FOR (IS_OVER (&f->sender) && f->receiver.n_received == 3);
  crash (&f->receiver);
  g_atomic_int_set (&broke, 0);
  broken = data;
  open_side (f, &f->receiver, "receiver", FALSE);
  WAIT_FOR (g_atomic_int_get (&broke) > 0);
  for (guint i = 0; i < 10; i++) /* to the core thread and back: the search ends, and is not cut */
    g_assert_cmpuint (count_received (&f->receiver), ==, 0);
  close_side (&f->receiver);
  broken = NULL;
  open_side (f, &f->receiver, "receiver", FALSE);
  WAIT_FOR (count_received (&f->receiver) == 3);
}

/* The marks of versions that knew one layout only. */
static void
test_reconcile_old_mark (Fixture *f, gconstpointer data)
{
  const char *mark = data;
  g_autofree char *study = make_study (f, 3, NULL);
  g_autofree char *path = g_strdup (gantry_profile_get_database (f->receiver.profile));
  g_autofree char *folder = g_strdup (gantry_profile_get_received (f->receiver.profile));
  g_autoptr (GantryDatabase) db = NULL;

  listen_in (&f->receiver, 0, NULL);
  stage (&f->sender, study);
  send_to (&f->sender, f->receiver.port);
  WAIT_FOR (IS_OVER (&f->sender) && f->receiver.n_received == 3);
  crash (&f->receiver);
  db = gantry_database_open (path, TRUE, NULL);
  g_assert_true (
      gantry_log_table_set_fact (db, "receiver-open", *mark == '/' ? folder : mark, NULL));
  open_side (f, &f->receiver, "receiver", FALSE);
  WAIT_FOR (count_received (&f->receiver) == 3);
}

/* ---- Nodes ---------------------------------------------------------------------------------- */

static GantryEcho *
echo (Side *side, guint16 port, gboolean is_self)
{
  g_autoptr (GantryNode) node
      = gantry_node_new (0, "test", "RECEIVER", "127.0.0.1", port, "", is_self);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GantryEcho *answer;

  gantry_engine_echo_async (side->engine, node, NULL, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  answer = gantry_engine_echo_finish (side->engine, result, &error);
  g_assert_no_error (error);
  return answer;
}

static void
test_echo (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryEcho) good = NULL;
  g_autoptr (GantryEcho) off = NULL;

  listen_on (&f->receiver, 0);
  good = echo (&f->sender, f->receiver.port, FALSE);
  g_assert_true (good->ok);
  g_assert_cmpint (good->status, ==, 0);
  g_assert_cmpstr (good->implementation, ==, GANTRY_IMPLEMENTATION_VERSION);
  for (guint i = 0; i < GANTRY_N_STEPS; i++)
    g_assert_true (good->elapsed[i] >= 0 || i == GANTRY_STEP_TLS);
  WAIT_FOR (f->receiver.association != NULL
            && f->receiver.association->state == GANTRY_ASSOCIATION_RELEASED);
  g_assert_cmpuint (f->receiver.association->echoes, ==, 1);

  off = echo (&f->sender, find_closed_port (), TRUE);
  g_assert_false (off->ok);
  g_assert_cmpint (off->failed_step, ==, GANTRY_STEP_CONNECTION);
  g_assert_nonnull (strstr (off->message, "Receive")); /* says where to switch it on */
}

static void
test_echo_cancel (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port;
  g_autoptr (GSocketListener) silent = listen_silently (&port);
  g_autoptr (GantryNode) node
      = gantry_node_new (0, "test", "RECEIVER", "127.0.0.1", port, "", FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) accepted = NULL; /* holds the connection */
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 before;

  g_socket_listener_accept_async (silent, NULL, on_ready, &accepted);
  gantry_engine_echo_async (f->sender.engine, node, NULL, cancellable, on_ready, &result);
  WAIT_FOR (accepted != NULL);
  g_assert_null (result);
  before = g_get_monotonic_time ();
  g_cancellable_cancel (cancellable);
  WAIT_FOR (result != NULL);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 5 * G_USEC_PER_SEC);
  g_assert_null (gantry_engine_echo_finish (f->sender.engine, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_save_node (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) good = gantry_node_new (0, "PACS", "ARCHIVE", "10.0.0.5", 104, "", FALSE);
  g_autoptr (GantryNode) bad
      = gantry_node_new (0, "Other", "SEVENTEEN_LETTERS", "10.0.0.5", 104, "", FALSE);
  g_autoptr (GAsyncResult) saved = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GError) error = NULL;

  gantry_engine_save_node_async (f->sender.engine, good, NULL, on_ready, &saved);
  gantry_engine_save_node_async (f->sender.engine, good, NULL, on_ready, &again);
  gantry_engine_save_node_async (f->sender.engine, bad, NULL, on_ready, &refused);
  WAIT_FOR (saved != NULL && again != NULL && refused != NULL);
  g_assert_cmpint (gantry_engine_save_node_finish (f->sender.engine, saved, &error), >, 0);
  g_assert_no_error (error);
  g_assert_cmpint (gantry_engine_save_node_finish (f->sender.engine, again, &error), ==, -1);
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpint (gantry_engine_save_node_finish (f->sender.engine, refused, &error), ==, -1);
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS);
}

static void
test_profile_is_taken (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *folder = g_build_filename (f->folder, "sender", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryProfile) profile = gantry_profile_open (folder, &error);
  GantryEngineOptions options = { .profile = profile, .draft = "test", .run_queue = TRUE };

  g_assert_no_error (error);
  g_assert_null (gantry_engine_new (&options, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_BUSY);
}

int
main (int argc, char *argv[])
{
  static const SideTest tests[] = {
    { "/engine/send", test_send },
    { "/engine/send/many-contexts", test_many_contexts },
    { "/engine/send/unreachable-then-retry", test_unreachable },
    { "/engine/send/cancel", test_cancel },
    { "/engine/send/pause", test_pause },
    { "/engine/send/resume", test_resume },
    { "/engine/send/changed-file", test_changed_file },
    { "/engine/stage/skipped", test_skipped },
    { "/engine/stage/lost", test_lost },
    { "/engine/stage/no-room", test_no_room },
    { "/engine/receive/port-in-use", test_port_in_use },
    { "/engine/receive/off-and-on", test_off_and_on },
    { "/engine/receive/written-later", test_written_later },
    { "/engine/receive/reconcile", test_reconcile },
    { "/engine/receive/reconcile-other-folder", test_reconcile, "kept" },
    { "/engine/receive/reconcile-future", test_reconcile_future },
    { "/engine/receive/reconcile-broken/folder", test_reconcile_broken, "/received" },
    { "/engine/receive/reconcile-broken/listing", test_reconcile_broken, ".dcm" },
    { "/engine/receive/reconcile-old-mark", test_reconcile_old_mark, "1" },
    { "/engine/receive/reconcile-old-mark-with-folder", test_reconcile_old_mark, "/" },
    { "/engine/nodes/echo", test_echo },
    { "/engine/nodes/echo-cancel", test_echo_cancel },
    { "/engine/nodes/save", test_save_node },
    { "/engine/profile-is-taken", test_profile_is_taken },
  };

  g_test_init (&argc, &argv, NULL);
  add_side_tests (tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
