/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "gantry-catalog.h"
#include "gantry-database.h"
#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-node-table.h"
#include "gantry-queue-selection.h"
#include "gantry-queue-table.h"
#include "gantry-registry.h"
#include "gantry-schema.h"

#define CT "1.2.840.10008.5.1.4.1.1.2"
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
  f->draft = gantry_queue_table_open_draft (f->db, "test", &error);
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

static gboolean
stage (Fixture *f,
       const char *path,
       const char *study,
       const char *series,
       const char *sop_class,
       const char *modality)
{
  g_autofree char *uid = g_strdup_printf ("1.2.3.%u", g_str_hash (path));
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

  gantry_queue_table_add (f->db, f->draft, &instance, &added, &twin, &error);
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

  g_assert_true (
      gantry_node_table_set_self (f->db, "This workstation", "GANTRY", 11112, &changed, &error));
  g_assert_true (changed);
  changed = FALSE;
  g_assert_true (
      gantry_node_table_set_self (f->db, "This workstation", "GANTRY", 11112, &changed, &error));
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

/* ---- The queue ------------------------------------------------------------------------------ */

static void
test_catalog (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) studies = NULL;
  const GantryStudy *study;
  guint total;

  stage_two_studies (f);
  studies = gantry_catalog_list (f->db, f->draft, GANTRY_CATALOG_OLDEST_FIRST, 0, 10, &total, NULL);
  g_assert_cmpuint (total, ==, 2);
  study = studies->pdata[0];
  g_assert_cmpstr (study->modalities, ==, "CT, KO, SR");
  g_assert_cmpuint (study->images, ==, 2);
  g_assert_cmpuint (study->objects, ==, 4);
  g_assert_cmpuint (study->bytes, ==, 4000);
  g_assert_cmpuint (study->series->len, ==, 3);
  g_assert_cmpstr (((GantrySeries *)study->series->pdata[0])->sample_path, ==, "/a/2");
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
  studies = gantry_catalog_list (f->db, f->draft, GANTRY_CATALOG_OLDEST_FIRST, 0, 10, &total, NULL);
  study = studies->pdata[0];
  g_assert_true (gantry_queue_table_unstage (f->db, f->draft, 0,
                                             ((GantrySeries *)study->series->pdata[0])->id, NULL));
  study = studies->pdata[1];
  g_assert_true (gantry_queue_table_unstage (f->db, f->draft, study->id, 0, NULL));

  left = gantry_catalog_list (f->db, f->draft, GANTRY_CATALOG_OLDEST_FIRST, 0, 10, &total, NULL);
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
  gint64 job = gantry_queue_table_submit (f->db, f->draft, node, studies, n, 5, &error);

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
  g_assert_cmpint (gantry_queue_table_find_draft (f->db, "test"), ==, 0);
}

static void
test_submit_one (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) studies = NULL;
  g_autoptr (GantryJob) job = NULL;
  g_autoptr (GantryJob) draft = NULL;
  guint total;

  stage_two_studies (f);
  studies = gantry_catalog_list (f->db, f->draft, GANTRY_CATALOG_OLDEST_FIRST, 0, 10, &total, NULL);
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
  g_autoptr (GPtrArray) contexts = NULL;
  g_autoptr (GantryJob) job = NULL;
  g_autoptr (GantryJob) retried = NULL;
  GantrySelection whole = { 0 };
  gint64 id;
  guint n;

  stage_two_studies (f);
  id = submit (f, NULL, 0);
  whole.job_id = id;
  contexts = gantry_queue_table_list_contexts (f->db, id, NULL);
  g_assert_cmpuint (contexts->len, ==, 3);

  items = gantry_queue_table_next (f->db, id, 0, 10, NULL);
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

/* The address was wrong, and was put right: trying again goes there. Another node that only got the
 * id of the old one is another archive. */
static void
test_retry_after_edit (Fixture *f, gconstpointer data)
{
  gboolean same = g_str_equal (data, "PACS1");
  g_autoptr (GantryJob) job = NULL;
  gint64 id;

  stage_two_studies (f);
  id = submit (f, NULL, 0);
  g_assert_true (gantry_database_run (f->db, NULL,
                                      "INSERT INTO nodes (id, name, ae_title, host, port, calling) "
                                      "VALUES (7, ?, 'NEW', 'elsewhere', 11112, 'ME')",
                                      "s", data));
  g_assert_true (gantry_queue_table_follow_node (f->db, id, NULL));
  job = get_job (f, id);
  g_assert_cmpstr (job->node->name, ==, "PACS1");
  g_assert_cmpstr (job->node->ae_title, ==, same ? "NEW" : "ARCHIVE");
  g_assert_cmpstr (job->node->host, ==, same ? "elsewhere" : "h");
  g_assert_cmpuint (job->node->port, ==, same ? 11112 : 104);
  g_assert_cmpstr (job->node->calling_ae_title, ==, same ? "ME" : "");
}

static void
test_settle_and_remove (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryJob) job = NULL;
  gint64 id;

  stage_two_studies (f);
  id = submit (f, NULL, 0);
  g_assert_true (
      gantry_queue_table_settle (f->db, id, GANTRY_OUTCOME_FAILED, "no", FALSE, 9, NULL));
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
  f->draft = gantry_queue_table_open_draft (f->db, "test", NULL);
  stage_two_studies (f);
  other = submit (f, NULL, 0);
  f->draft = gantry_queue_table_open_draft (f->db, "test", NULL);
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
  g_assert_cmpint (gantry_queue_table_find_draft (f->db, "test"), ==, f->draft);
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
    { "/nodes/save-and-remove", test_nodes },
    { "/catalog/counts", test_catalog },
    { "/queue/unstage", test_unstage },
    { "/queue/submit/all", test_submit_all },
    { "/queue/submit/one-study", test_submit_one },
    { "/queue/outcomes", test_outcomes },
    { "/queue/retry-after-edit/same-node", test_retry_after_edit, "PACS1" },
    { "/queue/retry-after-edit/other-node", test_retry_after_edit, "PACS2" },
    { "/queue/settle-and-remove", test_settle_and_remove },
    { "/queue/discard-and-sweep", test_discard_and_sweep },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, tests[i].data, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
