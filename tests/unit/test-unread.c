/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A database of which pages cannot be read: nothing that lists is content with the rows before
 * them, nothing is decided by what was not read, and a job goes on when it can be read again.
 */
#include <string.h>

#include "gantry-catalog.h"
#include "gantry-draft-table.h"
#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-health-table.h"
#include "gantry-instance-table.h"
#include "gantry-log-search.h"
#include "gantry-log-table.h"
#include "gantry-message-table.h"
#include "gantry-node-table.h"
#include "gantry-pdu-table.h"
#include "gantry-probe-table.h"
#include "gantry-queue-contexts.h"
#include "gantry-received-table.h"
#include "gantry-scenario-table.h"
#include "queue-side.h"
#include "spoilt-database.h"
#include "synthetic-queue.h"

#define ROWS 3000
#define JOB 1
#define MANY G_MAXINT

/* ---- Everything that reads rows -------------------------------------------------------------- */

#define EACH                                                                                       \
  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO "
#define TEXT "'some text that makes a row longer'"

static const char *const fill[] = {
  EACH "nodes (id, name, ae_title, host, port) SELECT i, 'node ' || i, 'AE', 'localhost', 104 FROM "
       "n",
  EACH "health SELECT i, 1, 1, 1, '', '', 0, " TEXT ", '', '', 0, 0, '' FROM n",
  EACH "round_trips (node_id, elapsed) SELECT 1, i FROM n",
  EACH "probes SELECT i, 1, 'AE', 'localhost', 104, '', 1, 1, 1, 1, '', 0, " TEXT " FROM n",
  EACH "probe_answers SELECT 1, '1.2.' || i, 0, '1.2.840.10008.1.2' FROM n",
  EACH "probe_extended SELECT 1, '1.2.' || i, 0, 0, 0 FROM n",
  EACH "jobs (state, title, position) SELECT 1, " TEXT ", i FROM n",
  EACH "changes (job_id, kind, study_id, series_id, outcome, message, retryable, now) SELECT 2, 0, "
       "0, 0, 7, " TEXT ", 0, 0 FROM n",
  EACH "skipped (job_id, path, reason) SELECT 1, i, " TEXT " FROM n",
  EACH "studies (owner, study_uid, patient_name, patient_id, birth_date, accession, description, "
       "study_date, changed, pending) SELECT 0, '1.2.' || i, '', '', '', '', " TEXT
       ", '', i, 1 + i "
       "% 2 FROM n",
  EACH "series (study_id, series_uid, number, description, modality, sop_class_uid) SELECT (SELECT "
       "min (id) FROM studies WHERE owner = i % 2), 'uid ' || i, '', " TEXT ", 'CT', '' FROM n",
  EACH "associations (id, state, started, ended, calling, called, peer, implementation_class, "
       "implementation_version, peer_max_pdu, objects, stored, warnings, refused, bytes, echoes, "
       "result, request_pdu) SELECT i, 3, 1, 1, 'AE' || i, 'AE', 'host:' || i, '', '', 0, 0, 0, 0, "
       "0, 0, 0, " TEXT ", i FROM n",
  EACH "contexts SELECT 1, i, '1.2.' || i, '1.2.840.10008.1.2', '', 0 FROM n",
  EACH
  "messages (association_id, command, message_id, context_id, sop_class_uid, "
  "sop_instance_uid, size, status, started, elapsed, text) SELECT 1, 1, i, 1, '', '1.2.' || i, "
  "0, 0, 0, 0, " TEXT " FROM n",
  EACH "received (association_id, series_id, path, sop_class_uid, sop_instance_uid, "
       "transfer_syntax, modality, image, size, received, status, remark) SELECT 1, (SELECT min "
       "(series.id) FROM series JOIN studies ON studies.id = study_id WHERE owner = 0), "
       "'/received/' || i, '', '1.2.' || i, '', 'CT', 1, 1, i, 0, " TEXT " FROM n",
  EACH "scenarios SELECT i, " TEXT " FROM n",
  EACH "pdus (digest, octets) SELECT i, zeroblob (100) FROM n",
};

/* What a test reads: FALSE with an error. */
typedef gboolean (*Read) (GantryDatabase *db, GError **error);

#define READS_ARRAY(name, call)                                                                    \
  static gboolean read_##name (GantryDatabase *db, GError **error)                                 \
  {                                                                                                \
    guint total G_GNUC_UNUSED = 0;                                                                 \
    g_autoptr (GPtrArray) rows = call;                                                             \
                                                                                                   \
    return rows != NULL;                                                                           \
  }
#define READS_IDS(name, call)                                                                      \
  static gboolean read_##name (GantryDatabase *db, GError **error)                                 \
  {                                                                                                \
    g_autoptr (GArray) ids = call;                                                                 \
                                                                                                   \
    return ids != NULL;                                                                            \
  }
#define READS(name, call)                                                                          \
  static gboolean read_##name (GantryDatabase *db, GError **error) { return call; }

static const GantryInstanceFilter text = { .text = "nowhere" };
static const GantryInstanceFilter waiting = { .outcomes = 1 << GANTRY_OUTCOME_WAITING };
static GantryAssociationFilter peer = { .peer = (char *)"host" };
static GantryAssociationFilter uid = { .text = (char *)"9.9.9" };

static gint64
get_study (GantryDatabase *db)
{
  return gantry_database_get_int (db, 0, "SELECT min (id) FROM studies WHERE owner = 0", "");
}

READS_ARRAY (jobs, gantry_queue_table_list_jobs (db, error))
READS_ARRAY (waiting, gantry_queue_table_list_waiting (db, error))
READS_ARRAY (kinds, gantry_queue_table_list_kinds (db, JOB, NULL, 0, error))
READS_ARRAY (next, gantry_queue_table_next (db, JOB, (GantryQueuePlace){ 0 }, ROWS, error))
READS_ARRAY (instances, gantry_instance_table_list (db, JOB, 0, ROWS, &total, error))
READS_ARRAY (report, gantry_instance_table_next (db, JOB, 0, ROWS, error))
READS_IDS (text, gantry_instance_table_find (db, JOB, &text, NULL, NULL, error))
READS_IDS (outcome, gantry_instance_table_find (db, JOB, &waiting, NULL, NULL, error))
READS_ARRAY (
    studies,
    gantry_catalog_list (db, 0, GANTRY_CATALOG_LAST_CHANGED_FIRST, NULL, 0, MANY, &total, error))
READS_ARRAY (oldest,
             gantry_catalog_list (db, 0, GANTRY_CATALOG_OLDEST_FIRST, NULL, 0, MANY, &total, error))
READS_ARRAY (searched, gantry_catalog_search (db, 0, "x", NULL, 0, MANY, &total, error))
READS_ARRAY (
    skipped,
    gantry_draft_table_list_skipped (db, JOB, GANTRY_SKIPPED_HARMLESS, MANY, &total, error))
READS_ARRAY (associations, gantry_log_table_list_associations (db, 0, MANY, &total, error))
READS_IDS (peers, gantry_log_search (db, &peer, NULL, NULL, NULL, error))
READS_IDS (uids, gantry_log_search (db, &uid, NULL, NULL, NULL, error))
READS_ARRAY (messages, gantry_message_table_list (db, 1, 0, MANY, &total, error))
READS_ARRAY (received, gantry_received_table_list (db, 1, 0, MANY, &total, error))
READS_ARRAY (received_study,
             gantry_received_table_list_study (db, get_study (db), 0, 0, 0, MANY, &total, error))
READS_ARRAY (retention,
             gantry_received_table_list_oldest (db, "/received", FALSE, NULL, ROWS, error))
READS_ARRAY (nodes, gantry_node_table_list (db, error))
READS_ARRAY (health, gantry_health_table_list (db, error))
READS_ARRAY (scenarios, gantry_scenario_table_list (db, error))
READS_ARRAY (probes, gantry_probe_table_list (db, 0, error))
READS (prune, gantry_pdu_table_prune (db, 1 << 20, error))

static gboolean
read_association (GantryDatabase *db, GError **error)
{
  g_autoptr (GantryAssociationRecord) record = gantry_log_table_get_association (db, 1, error);

  return record != NULL;
}

static gboolean
read_contexts (GantryDatabase *db, GError **error)
{
  g_autoptr (GantryQueueContexts) contexts = gantry_queue_contexts_new (JOB);

  return gantry_queue_contexts_step (contexts, db, error);
}

static gboolean
read_sum (GantryDatabase *db, GError **error)
{
  GantryAssociationTotals totals = { 0 };

  return gantry_log_table_sum (db, &totals, error);
}

static gboolean
read_names (GantryDatabase *db, GError **error)
{
  g_autoptr (GantryLogNames) names = gantry_log_list_names (db, error);

  return names != NULL;
}

static gboolean
read_pending (GantryDatabase *db, GError **error)
{
  g_autoptr (GArray) studies = g_array_new (FALSE, FALSE, sizeof (GantryPendingStudy));

  return gantry_received_table_list_pending (db, studies, error);
}

static gboolean
read_commands (GantryDatabase *db, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  return gantry_received_table_list_commands (db, ids, error);
}

static gboolean
read_node_health (GantryDatabase *db, GError **error)
{
  g_autoptr (GantryHealth) health = gantry_health_table_get (db, 1, error);

  return health != NULL;
}

static gboolean
read_probe (GantryDatabase *db, GError **error)
{
  g_autoptr (GantryProbe) probe = gantry_probe_table_get (db, 1, error);

  return probe != NULL;
}

static gboolean
read_has (GantryDatabase *db, GError **error)
{
  gboolean has;

  return gantry_instance_table_has (db, JOB, GANTRY_OUTCOME_WAITING, 0, G_MAXINT64, &(gint64){ -1 },
                                    1, &has, error);
}

/* One number that has no error of its own: the transaction that it was read for is not kept. */
static gboolean
read_number (GantryDatabase *db, GError **error)
{
  static const char tries[] = "SELECT tries FROM jobs WHERE id = 1";
  gint64 before = gantry_database_get_int (db, -1, tries, "");
  gboolean good = gantry_database_begin (db, error);

  g_assert_true (
      gantry_database_run (db, error, "UPDATE jobs SET tries = tries + 1 WHERE id = 1", ""));
  gantry_received_table_sum (db, "/received");
  good = good && gantry_database_commit (db, error);
  g_assert_cmpint (gantry_database_get_int (db, -1, tries, ""), ==, before + good);
  return good;
}

static const struct
{
  const char *table, *name;
  Read read;
} reads[] = {
  { "jobs", "list", read_jobs },
  { "jobs", "waiting", read_waiting },
  { "instances", "contexts", read_contexts },
  { "instances", "kinds", read_kinds },
  { "instances", "next", read_next },
  { "instances", "list", read_instances },
  { "instances", "report", read_report },
  { "instances", "text", read_text },
  { "instances", "outcome", read_outcome },
  { "instances", "has", read_has },
  { "series", "text", read_text },
  { "studies", "list", read_studies },
  { "studies", "oldest", read_oldest },
  { "studies", "search", read_searched },
  { "studies", "pending", read_pending },
  { "studies", "commands", read_commands },
  { "series", "list", read_studies },
  { "series", "search", read_searched },
  { "skipped", "list", read_skipped },
  { "associations", "list", read_associations },
  { "associations", "search", read_peers },
  { "associations", "sum", read_sum },
  { "associations", "names", read_names },
  { "contexts", "search", read_uids },
  { "contexts", "names", read_names },
  { "contexts", "association", read_association },
  { "messages", "search", read_uids },
  { "messages", "list", read_messages },
  { "received", "list", read_received },
  { "received", "study", read_received_study },
  { "received", "retention", read_retention },
  { "received", "number", read_number },
  { "pdus", "prune", read_prune },
  { "nodes", "list", read_nodes },
  { "scenarios", "list", read_scenarios },
  { "health", "list", read_health },
  { "round_trips", "list", read_health },
  { "round_trips", "node", read_node_health },
  { "probes", "list", read_probes },
  { "probe_answers", "probe", read_probe },
  { "probe_extended", "probe", read_probe },
};

static char *
make_full_database (const char *folder)
{
  char *path = g_build_filename (folder, "full.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryDatabase) db = gantry_database_open (path, TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpint (synthetic_job_new (db, ROWS, &error), ==, JOB);
  g_assert_true (gantry_database_begin (db, &error));
  for (guint i = 0; i < G_N_ELEMENTS (fill); i++)
    {
      gantry_database_run (db, &error, fill[i], "");
      g_assert_no_error (error);
    }
  g_assert_true (gantry_database_commit (db, &error));
  return path;
}

static void
copy_file (const char *from, const char *to)
{
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (from, &content, &length, NULL));
  g_assert_true (g_file_set_contents (to, content, (gssize)length, NULL));
}

static void
test_rows (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *full = make_full_database (f->folder);
  g_autofree char *path = g_build_filename (f->folder, "spoilt.db", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (reads); i++)
    {
      g_autoptr (GError) error = NULL;
      GantryDatabase *db = gantry_database_open (full, TRUE, &error);

      g_test_message ("%s: %s", reads[i].table, reads[i].name);
      g_assert_true (reads[i].read (db, &error));
      g_assert_no_error (error);
      gantry_database_close (db);

      copy_file (full, path);
      spoilt_free (spoil_table (path, reads[i].table, 1, TRUE));
      db = gantry_database_open (path, TRUE, &error);
      g_assert_no_error (error);
      g_assert_false (reads[i].read (db, &error));
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
      gantry_database_close (db);
    }
}

/* Who does not ask how a reading ended hears of it, also when nothing is wrong. */
static void
test_forgotten (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const char select[] = "SELECT id FROM jobs";
  g_autofree char *path = g_build_filename (f->folder, "forgotten.db", NULL);
  g_autoptr (GantryDatabase) db = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_failed ();
      g_test_trap_assert_stderr ("*Nobody asked whether all was read of: SELECT id FROM jobs*");
      return;
    }
  db = gantry_database_open (path, TRUE, NULL);
  g_assert_false (gantry_rows_next (gantry_database_query (db, select, "")));
  gantry_database_query (db, select, "");
}

/* ---- A job ----------------------------------------------------------------------------------- */

#define OBJECTS 1200
#define GOOD 40 /* leaves: some 600 instances */

static char *
get_database (Fixture *f)
{
  return g_strdup (gantry_profile_get_database (f->sender.profile));
}

/* Nobody is told half of it. */
static void
assert_unreadable (Fixture *f, gint64 id)
{
  GantryEngine *engine = f->sender.engine;
  const GantryInstanceFilter filter = { .text = "1.2.3" };
  const GantryInstanceFilter *const filters[] = { NULL, &filter };
  g_autofree char *path = g_build_filename (f->folder, "report.csv", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GAsyncResult) answer = ANSWER_OF (gantry_engine_list_instances_async (
          engine, id, filters[i], 0, OBJECTS, NULL, on_ready, &result));

      g_assert_null (gantry_engine_list_finish (engine, answer, NULL, &error));
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
    }
  for (guint format = 0; format < 2; format++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GAsyncResult) answer = ANSWER_OF (gantry_engine_export_report_async (
          engine, id, path, (GantryReportFormat)format, NULL, NULL, on_ready, &result));

      g_assert_false (gantry_engine_export_report_finish (engine, answer, &error));
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
}

/* In the middle of a job it is paused with the reason, and goes on when that is over. */
static void
test_middle (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK); /* it warns, as it should */
  g_autofree char *database = get_database (f);
  NetScp *scp = open_scp (0, 0);
  guint stored;
  Spoilt *spoilt;
  gint64 id;

  net_scp_set (scp, &scp->wait_at, 1);
  set_retries (&f->sender, 3, 0);
  id = send_objects (f, 1, OBJECTS, net_scp_get_port (scp));
  net_scp_wait (scp, &scp->objects, 1);
  spoilt = spoil_table (database, "instances", GOOD, FALSE);
  net_scp_set (scp, &scp->wait_at, 0);
  WAIT_FOR (STATE (id) == GANTRY_JOB_PAUSED);
  g_assert_nonnull (strstr (get_job (&f->sender, id)->message, "could not be read to its end"));
  g_assert_nonnull (strstr (get_job (&f->sender, id)->message, "malformed"));
  stored = (guint)COUNT (id, STORED);
  g_assert_cmpuint (stored, >, 0);
  g_assert_cmpuint (stored, <, OBJECTS);
  g_assert_cmpuint (COUNT (id, WAITING), ==, OBJECTS - stored);
  assert_unreadable (f, id);

  /* It does not get better by itself: paused is told anew, perhaps together with waiting. */
  g_hash_table_remove (f->sender.jobs, &id);
  gantry_engine_resume_job (f->sender.engine, id);
  WAIT_FOR (STATE (id) == GANTRY_JOB_PAUSED);
  g_assert_cmpuint (COUNT (id, WAITING), ==, OBJECTS - stored);

  spoilt_mend (spoilt);
  gantry_engine_resume_job (f->sender.engine, id);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, OBJECTS);
  g_assert_cmpuint (count_objects (scp), ==, OBJECTS);
  net_scp_free (scp);
  g_log_set_always_fatal (fatal);
}

/* A job that waits from an earlier run, and of which not all can be read: it is not started, as
 * what is proposed depends on all of it. */
static void
test_start (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_autofree char *database = get_database (f);
  NetScp *scp = open_scp (0, 0);
  Spoilt *spoilt;
  guint before;
  gint64 id;

  net_scp_set (scp, &scp->wait_at, 1);
  id = send_objects (f, 1, OBJECTS, net_scp_get_port (scp));
  net_scp_wait (scp, &scp->objects, 1);
  close_side (&f->sender);
  net_scp_set (scp, &scp->wait_at, 0);
  before = count_objects (scp);
  spoilt = spoil_table (database, "instances", GOOD, FALSE);
  open_side (f, &f->sender, "sender", TRUE);
  WAIT_FOR (STATE (id) == GANTRY_JOB_PAUSED);
  g_assert_nonnull (strstr (get_job (&f->sender, id)->message, "malformed"));
  g_assert_cmpuint (COUNT (id, WAITING) + COUNT (id, STORED), ==, OBJECTS);
  g_assert_cmpuint (COUNT (id, WAITING), >, 0);
  g_assert_cmpuint (count_objects (scp), ==, before);

  spoilt_mend (spoilt);
  gantry_engine_resume_job (f->sender.engine, id);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpuint (COUNT (id, STORED), ==, OBJECTS);
  net_scp_free (scp);
  g_log_set_always_fatal (fatal);
}

/* ---- The start of the program ---------------------------------------------------------------- */

/* @data: a table; neither the queue nor the receiver is there without it. */
static void
test_open (Fixture *f, gconstpointer data)
{
  g_autofree char *database = get_database (f);
  g_autofree char *folder = g_build_filename (f->folder, "sender", NULL);
  g_autoptr (GantryProfile) profile = NULL;
  g_autoptr (GError) error = NULL;
  GantryEngineOptions options = { .draft = "test", .run_queue = TRUE, .run_receiver = TRUE };
  GantryDatabase *db;
  Spoilt *spoilt;

  close_side (&f->sender);
  db = gantry_database_open (database, TRUE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (fill); i++)
    if (strstr (fill[i], data) != NULL && strstr (fill[i], "skipped") == NULL)
      g_assert_true (gantry_database_run (db, NULL, fill[i], ""));
  gantry_database_close (db);
  spoilt = spoil_table (database, data, 1, TRUE);

  profile = gantry_profile_open (folder, NULL);
  options.profile = profile;
  g_assert_null (gantry_engine_new (&options, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
  g_clear_pointer (&profile, gantry_profile_unref);
  spoilt_mend (spoilt);
  open_side (f, &f->sender, "sender", FALSE);
}

int
main (int argc, char **argv)
{
  static const SideTest tests[] = {
    { "/unread/rows", test_rows, NULL },
    { "/unread/forgotten", test_forgotten, NULL },
    { "/unread/middle", test_middle, NULL },
    { "/unread/start", test_start, NULL },
    { "/unread/open/jobs", test_open, "jobs" },
    { "/unread/open/associations", test_open, "associations" },
  };

  g_test_init (&argc, &argv, NULL);
  add_side_tests (tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
