/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "gantry-catalog.h"
#include "gantry-database.h"
#include "gantry-draft-table.h"
#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-log-table.h"
#include "gantry-node-table.h"
#include "gantry-queue-contexts.h"
#include "gantry-queue-selection.h"
#include "gantry-queue-table.h"
#include "gantry-received-table.h"
#include "gantry-registry.h"
#include "gantry-scenario-table.h"
#include "gantry-schema.h"

#define CT "1.2.840.10008.5.1.4.1.1.2"
#define PR "1.2.840.10008.5.1.4.1.1.11.1"
#define SR "1.2.840.10008.5.1.4.1.1.88.11"
#define KO "1.2.840.10008.5.1.4.1.1.88.59"

typedef struct
{
  char *folder;
  char *path;
  GantryDatabase *db;
  gint64 draft;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("gantry-test-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "gantry.db", NULL);
  f->db = gantry_database_open (f->path, TRUE, &error);
  g_assert_no_error (error);
  f->draft = gantry_draft_table_open (f->db, "test", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gantry_database_close (f->db);
  gantry_remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

/* The SOP Instance UID that stage() gives a file. */
static char *
make_uid (const char *path)
{
  return g_strdup_printf ("1.2.3.%u", g_str_hash (path));
}

static gboolean
stage (Fixture *f,
       const char *path,
       const char *study,
       const char *series,
       const char *sop_class,
       const char *modality)
{
  g_autofree char *uid = make_uid (path);
  g_autofree char *twin = NULL;
  GantryInstance instance = {
    .path = (char *)path,
    .size = 1000,
    .sop_class_uid = (char *)sop_class,
    .sop_instance_uid = uid,
    .transfer_syntax = (char *)GANTRY_UID_EXPLICIT_LE,
    .modality = (char *)modality,
    .patient_name = (char *)"Doe, John",
    .patient_id = (char *)"1",
    .birth_date = (char *)"",
    .accession = (char *)"",
    .study_uid = (char *)study,
    .study_date = (char *)"20260101",
    .study_description = (char *)"Chest",
    .series_uid = (char *)series,
    .series_number = (char *)"1",
    .series_description = (char *)"",
    .instance_number = (char *)"1",
  };
  g_autoptr (GError) error = NULL;
  gboolean added;

  gantry_draft_table_add (f->db, f->draft, &instance, &added, &twin, &error);
  g_assert_null (twin);
  g_assert_no_error (error);
  return added;
}

static GantryJob *
get_job (Fixture *f, gint64 id)
{
  g_autoptr (GError) error = NULL;
  GantryJob *job = gantry_queue_table_get_job (f->db, id, &error);

  g_assert_no_error (error);
  g_assert_nonnull (job);
  return job;
}

static void
stage_two_studies (Fixture *f)
{
  g_assert_true (stage (f, "/a/1", "1.1", "1.1.1", CT, "CT"));
  g_assert_true (stage (f, "/a/2", "1.1", "1.1.1", CT, "CT"));
  g_assert_true (stage (f, "/a/3", "1.1", "1.1.2", SR, "SR"));
  g_assert_true (stage (f, "/a/4", "1.1", "1.1.3", KO, "KO"));
  g_assert_true (stage (f, "/b/1", "1.2", "1.2.1", CT, "CT"));
  g_assert_false (stage (f, "/b/1", "1.2", "1.2.1", CT, "CT"));
}

/* ---- The file itself ------------------------------------------------------------------------ */

static void
test_version (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryDatabase) again = NULL;

  g_assert_cmpint (gantry_database_get_int (f->db, -1, "PRAGMA user_version", ""), ==,
                   gantry_schema_version);
  again = gantry_database_open (f->path, TRUE, &error);
  g_assert_no_error (error);
}

static void
test_newer_is_refused (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gantry_database_run (f->db, NULL, "PRAGMA user_version = 999", ""));
  g_assert_null (gantry_database_open (f->path, TRUE, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
}

static void
test_not_a_database (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (f->folder, "other.db", NULL);

  g_assert_true (
      g_file_set_contents (path, "this is some text and no database at all, is it?", -1, NULL));
  g_assert_null (gantry_database_open (path, TRUE, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
}

/* A profile of the first release, with something in each table that has changed since. */
static void
make_version_1 (const char *path)
{
  static const char rows[]
      = "INSERT INTO nodes (id, name, ae_title, host, port) VALUES (3, 'PACS', 'P', 'h', 104);"
        "INSERT INTO jobs (id, state, title, node_id, node_name, created) VALUES "
        "(1, 3, 'first', 3, 'PACS', 10), (2, 1, 'second', 3, 'PACS', 20);"
        "INSERT INTO jobs (id, state, draft) VALUES (4, 0, 'window');"
        "INSERT INTO studies VALUES (1, 1, '1.1', 'Doe', '1', '', '', '', '', 1);"
        "INSERT INTO series (id, study_id, series_uid, number, description, modality, "
        "sop_class_uid) VALUES (1, 1, '1.1.1', '1', '', 'CT', '');"
        "INSERT INTO instances (id, job_id, series_id, path, size, modified, data_offset, "
        "sop_class_uid, sop_instance_uid, transfer_syntax, modality, image) VALUES "
        "(1, 1, 1, '/a', 10, 0, 0, '1', '1.9', '1.2', 'CT', 1),"
        "(2, 1, 1, '/b', 10, 0, 0, '1', '1.9', '1.2', 'CT', 1);"
        "UPDATE instances SET outcome = 4, status = 42752 WHERE id = 2;"
        "PRAGMA user_version = 1;";
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, gantry_schema_migrations[0], NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, rows, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static void
test_from_version_1 (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const GantrySelection second = { .job_id = 1, .instance_ids = (gint64[]){ 2 }, .n_instances = 1 };
  g_autofree char *path = g_build_filename (f->folder, "old.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryDatabase) db = NULL;
  g_autoptr (GPtrArray) jobs = NULL;
  g_autoptr (GantryNode) node = NULL;
  g_autoptr (GantryJob) job = NULL;
  guint n;

  make_version_1 (path);
  db = gantry_database_open (path, TRUE, &error);
  g_assert_no_error (error);
  jobs = gantry_queue_table_list_jobs (db, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (jobs->len, ==, 2);
  g_assert_cmpstr (((GantryJob *)jobs->pdata[0])->title, ==, "second"); /* as it was */
  g_assert_cmpint (((GantryJob *)jobs->pdata[1])->priority, ==, GANTRY_PRIORITY_MEDIUM);
  g_assert_cmpint (((GantryJob *)jobs->pdata[1])->retry_at, ==, 0);
  g_assert_cmpstr (((GantryJob *)jobs->pdata[1])->overrides, ==, "");
  node = gantry_node_table_find (db, "PACS", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (node->options.max_pdu, ==, 0);
  g_assert_cmpint (node->options.transcoding, ==, -1);

  /* What is counted since counts for the old rows. */
  g_assert_true (gantry_queue_table_answer (db, 2, GANTRY_OUTCOME_REFUSED, 0xA700, "full", TRUE, 1,
                                            1, &error));
  job = gantry_queue_table_get_job (db, 1, &error);
  g_assert_cmpuint (job->retryable, ==, 1);
  g_clear_pointer (&job, gantry_record_unref);
  g_assert_true (gantry_queue_selection_retry (db, &second, &n, &error));
  g_assert_cmpuint (n, ==, 1);
  job = gantry_queue_table_get_job (db, 1, &error);
  g_assert_cmpuint (job->retryable, ==, 0);
  g_assert_cmpuint (job->counts[GANTRY_OUTCOME_WAITING], ==, 2);
}

/* A profile of the release before scenarios had a table, with what is read from it today. */
static void
make_version_16 (const char *path)
{
  static const char rows[]
      = "INSERT INTO nodes (id, name, ae_title, host, port) VALUES (3, 'PACS', 'P', 'h', 104);"
        "PRAGMA user_version = 16;";
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  for (guint i = 0; i < 16; i++)
    g_assert_cmpint (sqlite3_exec (db, gantry_schema_migrations[i], NULL, NULL, NULL), ==,
                     SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, rows, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static void
test_from_version_16 (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (f->folder, "old.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryDatabase) db = NULL;
  g_autoptr (GantryNode) node = NULL;
  g_autoptr (GantryNamedScenario) full = gantry_named_scenario_new ("Full", "status=A700");
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  make_version_16 (path);
  db = gantry_database_open (path, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gantry_database_get_int (db, -1, "PRAGMA user_version", ""), ==,
                   gantry_schema_version);
  node = gantry_node_table_find (db, "PACS", &error);
  g_assert_no_error (error);
  before = gantry_scenario_table_list (db, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (before->len, ==, 0);
  g_assert_true (gantry_scenario_table_put (db, full, &error));
  after = gantry_scenario_table_list (db, &error);
  g_assert_cmpuint (after->len, ==, 1);
}

static void
test_reader_cannot_write (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryDatabase) reader = gantry_database_open (f->path, FALSE, &error);

  g_assert_no_error (error);
  g_assert_false (gantry_database_run (reader, &error, "DELETE FROM nodes", ""));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
}

/* ---- Nodes ---------------------------------------------------------------------------------- */

static void
test_nodes (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryNode) pacs = gantry_node_new (0, "PACS1", "ARCHIVE", "10.0.0.5", 104, "", FALSE);
  g_autoptr (GantryNode) twin = gantry_node_new (0, "pacs1", "OTHER", "10.0.0.6", 104, "", FALSE);
  g_autoptr (GPtrArray) nodes = NULL;
  g_autoptr (GantryNode) found = NULL;
  gboolean changed = FALSE;
  gint64 id;

  g_assert_true (gantry_node_table_set_self (f->db, "This workstation", "GANTRY", 11112, FALSE,
                                             &changed, &error));
  g_assert_true (changed);
  changed = FALSE;
  g_assert_true (gantry_node_table_set_self (f->db, "This workstation", "GANTRY", 11112, FALSE,
                                             &changed, &error));
  g_assert_false (changed);

  id = gantry_node_table_save (f->db, pacs, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gantry_node_table_save (f->db, twin, &error), ==, -1);
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_BUSY);
  g_clear_error (&error);

  nodes = gantry_node_table_list (f->db, &error);
  g_assert_cmpuint (nodes->len, ==, 2);
  g_assert_true (((GantryNode *)nodes->pdata[0])->is_self);
  g_assert_true (gantry_node_table_remove (f->db, ((GantryNode *)nodes->pdata[0])->id, &error));
  g_assert_true (gantry_node_table_remove (f->db, id, &error));
  g_clear_pointer (&nodes, g_ptr_array_unref);

  nodes = gantry_node_table_list (f->db, &error);
  g_assert_cmpuint (nodes->len, ==, 1); /* this workstation cannot be removed */
  found = gantry_node_table_find (f->db, "PACS1", &error);
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS);
}

/* ---- Scenarios ------------------------------------------------------------------------------ */

/* Returns: (transfer full): "name: words" of each, in order */
static char *
list_scenarios (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = gantry_scenario_table_list (f->db, &error);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    {
      const GantryNamedScenario *one = list->pdata[i];

      g_ptr_array_add (lines, g_strdup_printf ("%s: %s", one->name, one->words));
    }
  g_ptr_array_add (lines, NULL);
  return g_strjoinv (", ", (char **)lines->pdata);
}

static void
test_scenarios (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *name, *words; /* words NULL: it is removed */
    const char *listed;
  } steps[] = {
    { "slow", "delay=500", "slow: delay=500" },
    { "Full", "status=A700", "Full: status=A700, slow: delay=500" },
    { "slow", "delay=900", "Full: status=A700, slow: delay=900" },
    { "full", "status=A900", "Full: status=A700, full: status=A900, slow: delay=900" },
    { "FULL", NULL, "Full: status=A700, full: status=A900, slow: delay=900" },
    { "Full", NULL, "full: status=A900, slow: delay=900" },
    { "it's \"this\"; 100%", "ignore",
      "full: status=A900, it's \"this\"; 100%: ignore, slow: delay=900" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GantryNamedScenario) one
          = gantry_named_scenario_new (steps[i].name, steps[i].words);
      g_autoptr (GError) error = NULL;
      g_autofree char *listed = NULL;

      if (steps[i].words != NULL)
        gantry_scenario_table_put (f->db, one, &error);
      else
        gantry_scenario_table_remove (f->db, one->name, &error);
      g_assert_no_error (error);
      listed = list_scenarios (f);
      g_assert_cmpstr (listed, ==, steps[i].listed);
    }
}

/* ---- The queue ------------------------------------------------------------------------------ */

static void
test_catalog (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) studies = NULL;
  const GantryStudy *study;
  guint total;

  stage_two_studies (f);
  studies = gantry_catalog_list (f->db, f->draft, GANTRY_CATALOG_OLDEST_FIRST, NULL, 0, 10, &total,
                                 NULL);
  g_assert_cmpuint (total, ==, 2);
  study = studies->pdata[0];
  g_assert_cmpstr (study->modalities, ==, "CT, KO, SR");
  g_assert_cmpuint (study->images, ==, 2);
  g_assert_cmpuint (study->objects, ==, 4);
  g_assert_cmpuint (study->bytes, ==, 4000);
  g_assert_cmpuint (study->series->len, ==, 3);
  g_assert_cmpstr (((GantrySeries *)study->series->pdata[0])->sample_path, ==, "/a/2");
}

/* One series of several modalities, in whatever order its objects come. */
static void
test_mixed_series (Fixture *f, gconstpointer order)
{
  static const char *const classes[] = { ['C'] = CT, ['P'] = PR, ['S'] = SR };
  static const char *const modalities[] = { ['C'] = "CT", ['P'] = "PR", ['S'] = "SR" };
  g_autoptr (GPtrArray) studies = NULL;
  const GantryStudy *study;
  guint total;

  for (const char *at = order; *at != '\0'; at++)
    {
      g_autofree char *path = g_strdup_printf ("/m/%d", (int)(at - (const char *)order));

      g_assert_true (stage (f, path, "1.3", "1.3.1", classes[(guint)*at], modalities[(guint)*at]));
    }
  studies = gantry_catalog_list (f->db, f->draft, GANTRY_CATALOG_OLDEST_FIRST, NULL, 0, 10, &total,
                                 NULL);
  study = studies->pdata[0];
  g_assert_cmpuint (study->series->len, ==, 1);
  g_assert_cmpstr (study->modalities, ==, "CT, PR, SR");
  g_assert_cmpstr (((GantrySeries *)study->series->pdata[0])->modality, ==, "CT, PR, SR");
}

static void
test_unstage (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) studies = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GantryJob) job = NULL;
  const GantryStudy *study;
  guint total;

  stage_two_studies (f);
  studies = gantry_catalog_list (f->db, f->draft, GANTRY_CATALOG_OLDEST_FIRST, NULL, 0, 10, &total,
                                 NULL);
  study = studies->pdata[0];
  g_assert_true (gantry_draft_table_unstage (f->db, f->draft, 0,
                                             ((GantrySeries *)study->series->pdata[0])->id, NULL));
  study = studies->pdata[1];
  g_assert_true (gantry_draft_table_unstage (f->db, f->draft, study->id, 0, NULL));

  left = gantry_catalog_list (f->db, f->draft, GANTRY_CATALOG_OLDEST_FIRST, NULL, 0, 10, &total,
                              NULL);
  g_assert_cmpuint (total, ==, 1);
  g_assert_cmpuint (((GantryStudy *)left->pdata[0])->objects, ==, 2);
  job = get_job (f, f->draft);
  g_assert_cmpuint (job->counts[GANTRY_OUTCOME_WAITING], ==, 2);
  g_assert_cmpuint (job->bytes_total, ==, 2000);
}

static gint64
submit (Fixture *f, const gint64 *studies, gsize n)
{
  g_autoptr (GantryNode) node = gantry_node_new (7, "PACS1", "ARCHIVE", "h", 104, "", FALSE);
  g_autoptr (GError) error = NULL;
  gint64 job = gantry_draft_table_submit (f->db, f->draft, node, studies, n, 5, &error);

  g_assert_no_error (error);
  return job;
}

static void
test_submit_all (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryJob) job = NULL;

  g_assert_cmpint (submit (f, NULL, 0), ==, 0); /* nothing in it */
  stage_two_studies (f);
  job = get_job (f, submit (f, NULL, 0));
  g_assert_cmpint (job->state, ==, GANTRY_JOB_WAITING);
  g_assert_cmpuint (job->instances, ==, 5);
  g_assert_cmpuint (job->bytes_total, ==, 5000);
  g_assert_cmpstr (job->title, ==, "2 studies");
  g_assert_cmpstr (job->node->ae_title, ==, "ARCHIVE");
  g_assert_cmpint (gantry_draft_table_find (f->db, "test"), ==, 0);
}

static void
test_submit_one (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) studies = NULL;
  g_autoptr (GantryJob) job = NULL;
  g_autoptr (GantryJob) draft = NULL;
  guint total;

  stage_two_studies (f);
  studies = gantry_catalog_list (f->db, f->draft, GANTRY_CATALOG_OLDEST_FIRST, NULL, 0, 10, &total,
                                 NULL);
  job = get_job (f, submit (f, &((GantryStudy *)studies->pdata[1])->id, 1));
  g_assert_cmpuint (job->instances, ==, 1);
  g_assert_cmpstr (job->title, ==, "Chest · Doe, John");
  draft = get_job (f, f->draft);
  g_assert_cmpuint (draft->instances, ==, 4);
  g_assert_cmpuint (draft->bytes_total, ==, 4000);
}

static void
test_outcomes (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GantryQueueContexts) contexts = NULL;
  g_autoptr (GantryJob) job = NULL;
  g_autoptr (GantryJob) retried = NULL;
  GantrySelection whole = { 0 };
  gint64 id;
  guint n;

  stage_two_studies (f);
  id = submit (f, NULL, 0);
  whole.job_id = id;
  contexts = gantry_queue_contexts_new (id);
  g_assert_true (gantry_queue_contexts_step (contexts, f->db, NULL));
  g_assert_true (gantry_queue_contexts_is_complete (contexts));
  g_assert_cmpuint (gantry_queue_contexts_get (contexts)->len, ==, 3);

  items = gantry_queue_table_next (f->db, id, (GantryQueuePlace){ 0 }, 10, NULL);
  g_assert_cmpuint (items->len, ==, 5);
  for (guint i = 0; i < 4; i++)
    {
      static const GantryOutcome outcomes[] = { GANTRY_OUTCOME_STORED, GANTRY_OUTCOME_WARNING,
                                                GANTRY_OUTCOME_REFUSED, GANTRY_OUTCOME_SENDING };

      g_assert_true (gantry_queue_table_answer (f->db, ((GantryQueueItem *)items->pdata[i])->id,
                                                outcomes[i], 0, "m", FALSE, 1, 1, NULL));
    }
  job = get_job (f, id);
  g_assert_cmpuint (job->counts[GANTRY_OUTCOME_WAITING], ==, 1);
  g_assert_cmpuint (job->counts[GANTRY_OUTCOME_SENDING], ==, 1);
  g_assert_cmpuint (job->counts[GANTRY_OUTCOME_STORED], ==, 1);
  g_assert_cmpuint (job->bytes_done, ==, 3000);

  g_assert_true (gantry_queue_table_set_state (f->db, id, GANTRY_JOB_RUNNING, "", 1, NULL));
  g_assert_true (gantry_queue_table_recover (f->db, NULL));
  g_assert_true (gantry_queue_selection_retry (f->db, &whole, &n, NULL));
  g_assert_cmpuint (n, ==, 1);
  retried = get_job (f, id);
  g_assert_cmpint (retried->state, ==, GANTRY_JOB_WAITING);
  g_assert_cmpuint (retried->counts[GANTRY_OUTCOME_WAITING], ==, 3);
  g_assert_cmpuint (retried->counts[GANTRY_OUTCOME_STORED], ==, 1);
  g_assert_cmpuint (retried->bytes_done, ==, 2000);
}

/* What cost associations comes last, the more the later, however many are asked for at a time. */
static void
test_losses (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const guint order[] = { 1, 3, 4, 2, 0 };
  g_autoptr (GPtrArray) all = NULL;
  gint64 id;

  stage_two_studies (f);
  id = submit (f, NULL, 0);
  all = gantry_queue_table_next (f->db, id, (GantryQueuePlace){ 0 }, 10, NULL);
  g_assert_cmpuint (all->len, ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < 3; i++)
    g_assert_true (
        gantry_queue_table_add_loss (f->db, ((GantryQueueItem *)all->pdata[i % 2 * 2])->id, NULL));

  for (guint limit = 1; limit <= 6; limit++)
    {
      GantryQueuePlace after = { 0 };
      guint n = 0;

      for (;;)
        {
          g_autoptr (GPtrArray) page = gantry_queue_table_next (f->db, id, after, limit, NULL);

          for (guint i = 0; i < page->len; i++)
            {
              const GantryQueueItem *item = page->pdata[i];

              g_assert_cmpint (item->id, ==, ((GantryQueueItem *)all->pdata[order[n]])->id);
              g_assert_cmpint (item->losses, ==, n < 3 ? 0 : n - 2);
              after = (GantryQueuePlace){ item->losses, item->id };
              n++;
            }
          if (page->len < limit)
            break;
        }
      g_assert_cmpuint (n, ==, G_N_ELEMENTS (order));
    }
}

/* The address was wrong, and was put right: trying again goes there. Another node that only got the
 * id of the old one is another archive. */
static void
test_retry_after_edit (Fixture *f, gconstpointer data)
{
  gboolean same = g_str_equal (data, "PACS1");
  g_autoptr (GantryJob) goes_on = NULL;
  g_autoptr (GantryJob) job = NULL;
  gint64 id;

  stage_two_studies (f);
  id = submit (f, NULL, 0);
  g_assert_true (gantry_database_run (f->db, NULL,
                                      "INSERT INTO nodes (id, name, ae_title, host, port, calling) "
                                      "VALUES (7, ?, 'NEW', 'elsewhere', 11112, 'ME')",
                                      "s", data));
  /* One that goes on only changes where it goes. */
  g_assert_true (gantry_database_run (
      f->db, NULL, "UPDATE jobs SET calling = 'ASKED', tls = 1 WHERE id = ?", "i", id));
  g_assert_true (gantry_queue_table_follow_address (f->db, id, NULL));
  goes_on = get_job (f, id);
  g_assert_cmpstr (goes_on->node->host, ==, same ? "elsewhere" : "h");
  g_assert_cmpstr (goes_on->node->calling_ae_title, ==, "ASKED");
  g_assert_cmpint (goes_on->node->options.tls, ==, 1);
  g_assert_true (gantry_database_run (
      f->db, NULL, "UPDATE jobs SET calling = '', tls = 0 WHERE id = ?", "i", id));

  g_assert_true (gantry_queue_table_follow_node (f->db, id, NULL));
  job = get_job (f, id);
  g_assert_cmpstr (job->node->name, ==, "PACS1");
  g_assert_cmpstr (job->node->ae_title, ==, same ? "NEW" : "ARCHIVE");
  g_assert_cmpstr (job->node->host, ==, same ? "elsewhere" : "h");
  g_assert_cmpuint (job->node->port, ==, same ? 11112 : 104);
  g_assert_cmpstr (job->node->calling_ae_title, ==, same ? "ME" : "");
}

/* Copies of one study's instances, with what belongs to them and nothing else. */
static void
test_copy (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = gantry_node_new (8, "PACS2", "OTHER", "o", 105, "", FALSE);
  g_autoptr (GPtrArray) studies = NULL;
  g_autoptr (GPtrArray) copied = NULL;
  g_autoptr (GantryJob) job = NULL;
  g_autoptr (GError) error = NULL;
  GantrySelection selection = { 0 };
  const GantryStudy *study;
  gint64 copy;
  guint total;

  stage_two_studies (f);
  selection.job_id = submit (f, NULL, 0);
  g_assert_true (gantry_queue_selection_settle (f->db, selection.job_id, GANTRY_OUTCOME_FAILED,
                                                "no", TRUE, 9, NULL, NULL));
  studies = gantry_catalog_list (f->db, selection.job_id, GANTRY_CATALOG_OLDEST_FIRST, NULL, 0, 10,
                                 &total, NULL);
  study = studies->pdata[0];
  selection.study_id = study->id;
  selection.series_id = ((GantrySeries *)study->series->pdata[0])->id;
  copy = gantry_queue_selection_copy (f->db, &selection, node, 7, &error);
  g_assert_no_error (error);
  job = get_job (f, copy);
  g_assert_cmpuint (job->counts[GANTRY_OUTCOME_WAITING], ==, 2);
  g_assert_cmpuint (job->instances, ==, 2);
  g_assert_cmpuint (job->bytes_total, ==, 2000);
  g_assert_cmpuint (job->retryable, ==, 0);
  g_assert_cmpstr (job->node->ae_title, ==, "OTHER");
  copied
      = gantry_catalog_list (f->db, copy, GANTRY_CATALOG_OLDEST_FIRST, NULL, 0, 10, &total, NULL);
  g_assert_cmpuint (total, ==, 1);
  study = copied->pdata[0];
  g_assert_cmpstr (study->modalities, ==, "CT");
  g_assert_cmpuint (study->images, ==, 2);
  g_assert_cmpuint (study->series->len, ==, 1);

  selection.study_id = 99999;
  g_assert_cmpint (gantry_queue_selection_copy (f->db, &selection, node, 7, &error), ==, 0);
  g_assert_no_error (error);
}

static void
test_settle_and_remove (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryJob) job = NULL;
  gint64 id;

  stage_two_studies (f);
  id = submit (f, NULL, 0);
  g_assert_true (
      gantry_queue_selection_settle (f->db, id, GANTRY_OUTCOME_FAILED, "no", FALSE, 9, NULL, NULL));
  job = get_job (f, id);
  g_assert_cmpuint (job->counts[GANTRY_OUTCOME_FAILED], ==, 5);
  g_assert_true (gantry_queue_table_remove_job (f->db, id, NULL));
  g_assert_cmpint (gantry_database_get_int (f->db, -1, "SELECT count(*) FROM instances", ""), ==,
                   0);
  g_assert_cmpint (gantry_database_get_int (f->db, -1, "SELECT count(*) FROM series", ""), ==, 0);
}

/* Out of the list at once, gone after a few strokes, and the others are left alone. */
static void
test_discard_and_sweep (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) jobs = NULL;
  gboolean more = TRUE;
  gint64 id, other;
  guint strokes = 0;

  stage_two_studies (f);
  id = submit (f, NULL, 0);
  f->draft = gantry_draft_table_open (f->db, "test", NULL);
  stage_two_studies (f);
  other = submit (f, NULL, 0);
  f->draft = gantry_draft_table_open (f->db, "test", NULL);
  stage_two_studies (f);

  g_assert_true (gantry_queue_table_discard_job (f->db, id, NULL));
  jobs = gantry_queue_table_list_jobs (f->db, NULL);
  g_assert_cmpuint (jobs->len, ==, 1);
  g_assert_cmpint (((GantryJob *)jobs->pdata[0])->id, ==, other);

  for (; more; strokes++)
    g_assert_true (gantry_queue_table_sweep (f->db, 2, &more, NULL));
  g_assert_cmpuint (strokes, ==, 4); /* 2 + 2 + 1 instances, then nothing is found */
  g_assert_cmpint (gantry_database_get_int (f->db, -1, "SELECT count(*) FROM instances", ""), ==,
                   10);
  g_assert_cmpint (gantry_database_get_int (f->db, -1, "SELECT count(*) FROM jobs", ""), ==, 2);
  g_assert_cmpint (
      gantry_database_get_int (f->db, -1, "SELECT count(*) FROM studies WHERE owner = ?", "i", id),
      ==, 0);
  g_assert_cmpint (gantry_draft_table_find (f->db, "test"), ==, f->draft);
}

/* ---- Received objects ----------------------------------------------------------------------- */

/* An object of 100 octets, in the series that its path is in. */
static gboolean
receive (Fixture *f, const char *path, const char *uid, gint64 when, gboolean again)
{
  g_autofree char *series = g_path_get_dirname (path);
  GantryInstance instance = { .sop_class_uid = (char *)CT,
                              .modality = (char *)"CT",
                              .patient_name = (char *)"Doe, John",
                              .patient_id = (char *)"1",
                              .birth_date = (char *)"",
                              .accession = (char *)"",
                              .study_uid = (char *)"1.1",
                              .study_date = (char *)"",
                              .study_description = (char *)"",
                              .series_uid = series,
                              .series_number = (char *)"1",
                              .series_description = (char *)"" };
  g_autoptr (GantryReceived) received = gantry_received_new ();
  g_autoptr (GError) error = NULL;
  gboolean counted;

  received->association_id = 7;
  gantry_record_set (&received->path, path);
  gantry_record_set (&received->sop_class_uid, CT);
  gantry_record_set (&received->sop_instance_uid, uid);
  received->size = 100;
  received->received = when;
  gantry_received_table_add (f->db, received, &instance, again, &counted, &error);
  g_assert_no_error (error);
  return counted;
}

static guint
count_listed (Fixture *f)
{
  return (guint)gantry_database_get_int (f->db, -1, "SELECT sum(objects) FROM series", "");
}

static void
test_received_once (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) log = NULL;
  guint total;

  g_assert_true (receive (f, "/r/a/1", "1.2.1", 10, FALSE));
  g_assert_false (receive (f, "/r/a/1", "1.2.1", 20, TRUE));
  g_assert_cmpuint (count_listed (f), ==, 1);
  g_assert_cmpint (gantry_database_get_int (
                       f->db, -1, "SELECT received FROM received WHERE series_id IS NOT NULL", ""),
                   ==, 20); /* it arrived again */

  /* The file was removed behind our back, and another one came; or its row never was written. */
  g_assert_true (receive (f, "/r/a/1", "1.2.1", 30, FALSE));
  g_assert_true (receive (f, "/r/a/2", "1.2.2", 40, TRUE));
  g_assert_cmpuint (count_listed (f), ==, 2);

  /* In another place, which is worth a word. */
  g_assert_true (receive (f, "/r/b/1", "1.2.1", 50, FALSE));
  log = gantry_received_table_list (f->db, 7, 0, 10, &total, NULL);
  g_assert_cmpuint (total, ==, 5);
  g_assert_cmpstr (((GantryReceived *)log->pdata[3])->remark, ==, "");
  g_assert_cmpstr (((GantryReceived *)log->pdata[4])->remark, !=, "");
}

static gint64
time_arrivals (Fixture *f, guint n)
{
  gint64 began = g_get_monotonic_time ();

  g_assert_true (gantry_database_begin (f->db, NULL));
  for (guint i = 0; i < n; i++)
    g_assert_false (receive (f, "/r/a/1", "1.2.1", i, TRUE));
  g_assert_true (gantry_database_commit (f->db, NULL));
  return g_get_monotonic_time () - began;
}

/* One object over and over: the last arrival costs no more than the first. */
static void
test_over_and_over (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 first, last;

  receive (f, "/r/a/1", "1.2.1", 10, FALSE);
  first = time_arrivals (f, 500);
  time_arrivals (f, 20000);
  last = time_arrivals (f, 500);
  g_test_message ("500 arrivals: %" G_GINT64_FORMAT " µs, then %" G_GINT64_FORMAT " µs", first,
                  last);
  g_assert_cmpint (last, <, 10 * first + G_USEC_PER_SEC);
  g_assert_cmpuint (count_listed (f), ==, 1);
}

static GantryReceived *
get_listed (Fixture *f, const char *path)
{
  GantryReceived *object = gantry_received_new ();

  gantry_record_set (&object->path, path);
  object->id = gantry_database_get_int (
      f->db, 0, "SELECT id FROM received WHERE path = ? AND series_id IS NOT NULL", "s", path);
  g_assert_cmpint (object->id, !=, 0);
  return object;
}

static void
forget (Fixture *f, const char *path)
{
  g_autoptr (GantryReceived) object = get_listed (f, path);

  g_assert_true (gantry_received_table_forget (f->db, object, "gone", NULL));
}

/* Between the end of a file and the end of its row another one came to its place. */
static void
test_forget_late (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryReceived) object = NULL;

  receive (f, "/r/a/1", "1.2.1", 10, FALSE);
  object = get_listed (f, "/r/a/1");
  receive (f, "/r/a/1", "1.2.1", 20, FALSE);
  g_assert_true (gantry_received_table_forget (f->db, object, "gone", NULL));
  g_assert_true (gantry_received_table_knows_path (f->db, "/r/a/1"));
  g_assert_cmpuint (count_listed (f), ==, 1);
}

static void
test_forget (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryAssociationRecord) record = gantry_association_record_new ();
  g_autoptr (GPtrArray) log = NULL;
  guint total;

  record->id = 7;
  record->state = GANTRY_ASSOCIATION_RELEASED;
  g_assert_true (gantry_log_table_add_association (f->db, record, NULL));
  receive (f, "/r/a/1", "1.2.1", 10, FALSE);
  receive (f, "/r/b/2", "1.2.2", 20, FALSE);
  forget (f, "/r/a/1");
  g_assert_false (gantry_received_table_knows_path (f->db, "/r/a/1"));
  g_assert_cmpuint (count_listed (f), ==, 1);
  log = gantry_received_table_list (f->db, 7, 0, 10, &total, NULL);
  g_assert_cmpuint (total, ==, 2);
  g_assert_cmpstr (((GantryReceived *)log->pdata[0])->remark, ==, "gone");
  g_assert_true (gantry_catalog_prune (f->db, GANTRY_OWNER_RECEIVED, NULL));
  g_assert_cmpint (gantry_database_get_int (f->db, -1, "SELECT count(*) FROM series", ""), ==, 1);

  /* Nobody can look at its association any more. */
  g_assert_true (gantry_log_table_clear (f->db, NULL));
  forget (f, "/r/b/2");
  g_assert_cmpint (
      gantry_database_get_int (f->db, -1, "SELECT count(*) FROM received WHERE path <> ''", ""), ==,
      0);
  g_assert_cmpuint (count_listed (f), ==, 0);
}

/* The paths of what may go, oldest first, one letter each. */
static char *
list_oldest (Fixture *f, guint limit)
{
  GString *names = g_string_new (NULL);
  GantryReceived *after = NULL;
  g_autoptr (GPtrArray) page = NULL;

  do
    {
      GPtrArray *next = gantry_received_table_list_oldest (f->db, "/r", FALSE, after, limit, NULL);

      g_clear_pointer (&page, g_ptr_array_unref); /* which has what the next one is after */
      page = next;
      for (guint i = 0; i < page->len; i++)
        {
          after = page->pdata[i];
          g_string_append_c (names, after->path[strlen (after->path) - 1]);
        }
    }
  while (page->len == limit);
  return g_string_free (names, FALSE);
}

static void
test_oldest (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *staged = make_uid ("/r/s/b");
  static const struct
  {
    GantryOutcome outcome; /* of the instance in the job */
    GantryJobState state;  /* of the job */
    const char *expected;
  } cases[] = {
    { GANTRY_OUTCOME_WAITING, GANTRY_JOB_DRAFT, "cadf" },
    { GANTRY_OUTCOME_WAITING, GANTRY_JOB_WAITING, "cadf" },
    { GANTRY_OUTCOME_SENDING, GANTRY_JOB_RUNNING, "cadf" },
    { GANTRY_OUTCOME_STORED, GANTRY_JOB_RUNNING, "cadf" },
    { GANTRY_OUTCOME_WAITING, GANTRY_JOB_PAUSED, "cadf" },
    { GANTRY_OUTCOME_STORED, GANTRY_JOB_FINISHED, "cabdf" },
    { GANTRY_OUTCOME_WARNING, GANTRY_JOB_FINISHED, "cabdf" },
    { GANTRY_OUTCOME_REFUSED, GANTRY_JOB_FINISHED, "cadf" },
    { GANTRY_OUTCOME_NOT_ACCEPTED, GANTRY_JOB_FINISHED, "cadf" },
    { GANTRY_OUTCOME_FAILED, GANTRY_JOB_FINISHED, "cadf" },
    { GANTRY_OUTCOME_CANCELLED, GANTRY_JOB_CANCELLED, "cabdf" },
  };

  receive (f, "/r/s/a", "1.2.1", 20, FALSE);
  receive (f, "/r/s/b", staged, 30, FALSE); /* what stage() stages */
  receive (f, "/r/s/c", "1.2.4", 10, FALSE);
  receive (f, "/r/t/d", "1.2.5", 40, FALSE);
  receive (f, "/rr/s/e", "1.2.6", 5, FALSE); /* another folder */
  receive (f, "/r/t/f", "1.2.7", 40, FALSE);
  g_assert_cmpuint (gantry_received_table_sum (f->db, "/r"), ==, 500);
  stage (f, "/r/s/b", "1.1", "1.1.1", CT, "CT");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_true (gantry_database_run (f->db, NULL, "UPDATE instances SET outcome = ?", "i",
                                          (gint64)cases[i].outcome));
      g_assert_true (gantry_database_run (f->db, NULL, "UPDATE jobs SET state = ?", "i",
                                          (gint64)cases[i].state));
      for (guint limit = 1; limit < 8; limit++)
        {
          g_autofree char *names = list_oldest (f, limit);

          g_assert_cmpstr (names, ==, cases[i].expected);
        }
    }
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
    const char *data;
  } tests[] = {
    { "/database/version", test_version },
    { "/database/newer-is-refused", test_newer_is_refused },
    { "/database/not-a-database", test_not_a_database },
    { "/database/reader-cannot-write", test_reader_cannot_write },
    { "/database/from-version-1", test_from_version_1 },
    { "/database/from-version-16", test_from_version_16 },
    { "/nodes/save-and-remove", test_nodes },
    { "/scenarios/put-and-remove", test_scenarios },
    { "/catalog/counts", test_catalog },
    { "/queue/mixed-series/ct-first", test_mixed_series, "CPS" },
    { "/queue/mixed-series/ct-last", test_mixed_series, "SPPC" },
    { "/queue/unstage", test_unstage },
    { "/queue/submit/all", test_submit_all },
    { "/queue/submit/one-study", test_submit_one },
    { "/queue/outcomes", test_outcomes },
    { "/queue/losses", test_losses },
    { "/queue/retry-after-edit/same-node", test_retry_after_edit, "PACS1" },
    { "/queue/retry-after-edit/other-node", test_retry_after_edit, "PACS2" },
    { "/queue/copy", test_copy },
    { "/queue/settle-and-remove", test_settle_and_remove },
    { "/queue/discard-and-sweep", test_discard_and_sweep },
    { "/received/once", test_received_once },
    { "/received/over-and-over", test_over_and_over },
    { "/received/forget", test_forget },
    { "/received/forget/late", test_forget_late },
    { "/received/oldest", test_oldest },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, tests[i].data, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
