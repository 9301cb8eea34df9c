/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "gantry-format.h"
#include "gantry-item.h"
#include "gantry-job-words.h"
#include "gantry-study-words.h"
#include "gui-support.h"

/* ---- Numbers ----------------------------------------------------------------------------------
 */

static void
test_duration (void)
{
  static const struct
  {
    double seconds;
    const char *text;
  } rows[] = { { 0, "0:00" },       { 2.1, "0:03" }, { 59.5, "1:00" },    { 761, "12:41" },
               { 3723, "1:02:03" }, { -1, "–" },     { G_MAXDOUBLE, "–" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = gantry_format_duration (rows[i].seconds);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_rate (void)
{
  static const struct
  {
    double rate;
    const char *text;
  } rows[] = { { 0, "" }, { -3, "" }, { 0.42, "0.4/s" }, { 9.97, "10/s" }, { 48.4, "48/s" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = gantry_format_rate (rows[i].rate);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_latency (void)
{
  static const struct
  {
    gint64 microseconds;
    const char *text;
  } rows[] = { { -1, "–" }, { 940, "0.9 ms" }, { 12345, "12 ms" }, { 1400000, "1.4 s" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = gantry_format_latency (rows[i].microseconds);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_date (void)
{
  static const char *const rows[][2] = { { "19910409", "1991-04-09" },
                                         { "1991.04.09", "1991.04.09" },
                                         { "1991040", "1991040" },
                                         { "", "" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = gantry_format_date (rows[i][0]);

      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

/* Control characters are seen, and none turns the line around. */
static void
test_text (void)
{
  static const struct
  {
    const char *in;
    guint max;
    const char *out;
  } rows[] = { { "Doe, John", 0, "Doe, John" },
               { "山田, 太郎", 0, "山田, 太郎" },
               { "a\nb\x1b[1m\x7f", 0, "a␊b␛[1m␡" },
               { "a\xe2\x80\xae"
                 "b",
                 0,
                 "a\xef\xbf\xbd"
                 "b" },
               { "<b>&amp;", 0, "<b>&amp;" },
               { "山田太郎", 2, "山田…" },
               { "ab", 2, "ab" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = gantry_format_text (rows[i].in, rows[i].max);

      g_assert_cmpstr (text, ==, rows[i].out);
    }
}

/* ---- Jobs ---------------------------------------------------------------------------------------
 */

typedef struct
{
  const char *name;
  GantryJobState state;
  guint counts[GANTRY_N_OUTCOMES];
  const char *summary;
  const char *css_class;
  guint64 unsent;
} JobCase;

static const JobCase job_cases[] = {
  { "stored", GANTRY_JOB_FINISHED, { [GANTRY_OUTCOME_STORED] = 415 }, "415 stored", "success", 0 },
  { "refused",
    GANTRY_JOB_FINISHED,
    { [GANTRY_OUTCOME_STORED] = 412, [GANTRY_OUTCOME_REFUSED] = 3 },
    "412 stored, 3 refused",
    "error",
    3 },
  { "warnings",
    GANTRY_JOB_FINISHED,
    { [GANTRY_OUTCOME_STORED] = 5, [GANTRY_OUTCOME_WARNING] = 2 },
    "7 stored, 2 of them with warnings",
    "warning",
    0 },
  { "only-warnings",
    GANTRY_JOB_FINISHED,
    { [GANTRY_OUTCOME_WARNING] = 1 },
    "1 stored, 1 of them with a warning",
    "warning",
    0 },
  { "nothing-stored",
    GANTRY_JOB_FINISHED,
    { [GANTRY_OUTCOME_FAILED] = 2, [GANTRY_OUTCOME_NOT_ACCEPTED] = 1 },
    "1 not accepted, 2 failed",
    "error",
    3 },
  { "cancelled",
    GANTRY_JOB_CANCELLED,
    { [GANTRY_OUTCOME_STORED] = 1, [GANTRY_OUTCOME_CANCELLED] = 9 },
    "1 stored, 9 cancelled",
    "dim-label",
    9 },
};

static void
test_job (gconstpointer data)
{
  const JobCase *c = data;
  g_autoptr (GantryJob) job = gantry_job_new ();
  g_autofree char *summary = NULL;

  job->state = c->state;
  for (guint i = 0; i < GANTRY_N_OUTCOMES; i++)
    {
      job->counts[i] = c->counts[i];
      job->instances += c->counts[i];
    }

  summary = gantry_job_summarize (job);
  g_assert_cmpstr (summary, ==, c->summary);
  g_assert_cmpstr (gantry_job_get_look (job).css_class, ==, c->css_class);
  g_assert_cmpuint (gantry_job_count_unsent (job), ==, c->unsent);
  g_assert_cmpuint (gantry_job_count_answered (job), ==, job->instances);
}

/* No outcome that is not at the node may look like one that is. */
static void
test_outcomes (void)
{
  for (GantryOutcome i = 0; i < GANTRY_N_OUTCOMES; i++)
    {
      GantryLook look = gantry_outcome_get_look (i);
      gboolean success = g_strcmp0 (look.css_class, "success") == 0;

      g_assert_nonnull (look.icon);
      g_assert_cmpstr (look.word, !=, "");
      g_assert_true (success == (i == GANTRY_OUTCOME_STORED));
    }
}

/* ---- Studies
 * -------------------------------------------------------------------------------------- */

static void
test_counts (void)
{
  static const struct
  {
    guint images, objects;
    const char *text;
    gboolean explained;
  } rows[] = { { 412, 415, "412 images · 415 objects", TRUE },
               { 1, 2, "1 image · 2 objects", TRUE },
               { 2, 2, "2 images", FALSE },
               { 0, 1, "1 object", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = gantry_format_images_and_objects (rows[i].images, rows[i].objects);
      g_autofree char *why = gantry_explain_images_and_objects (rows[i].images, rows[i].objects);

      g_assert_cmpstr (text, ==, rows[i].text);
      g_assert_true ((why != NULL) == rows[i].explained);
    }
}

static void
test_study (void)
{
  g_autoptr (GantryStudy) study = gantry_study_new ();
  g_autofree char *unknown = gantry_study_get_title (study);
  g_autofree char *identity = NULL;
  g_autofree char *spoken = NULL;

  g_assert_cmpstr (unknown, ==, "No name");
  gantry_record_set (&study->patient_name, "Doe, John");
  gantry_record_set (&study->patient_id, "1122334");
  gantry_record_set (&study->birth_date, "19910409");
  gantry_record_set (&study->description, "CT Chest");
  gantry_record_set (&study->modalities, "CT, PR");
  study->images = study->objects = 2;
  identity = gantry_study_get_identity (study);
  spoken = gantry_study_describe (study);
  g_assert_cmpstr (identity, ==, "1122334 · *1991-04-09");
  g_assert_nonnull (strstr (spoken, "CT Chest, Doe, John"));
  g_assert_nonnull (strstr (spoken, "2 images"));
}

/* ---- Lists
 * ---------------------------------------------------------------------------------------- */

static gint64
node_id (gconstpointer record)
{
  return ((const GantryNode *)record)->id;
}

static void
sync_ids (GListStore *store, const char *ids)
{
  g_autoptr (GPtrArray) records = gantry_record_array_new ();

  for (const char *c = ids; *c != '\0'; c++)
    g_ptr_array_add (records, gantry_node_new (*c, ids, "AE", "host", 104, "", FALSE));
  gantry_item_store_sync (store, records, node_id);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, strlen (ids));
  for (guint i = 0; ids[i] != '\0'; i++)
    {
      g_autoptr (GantryItem) item = g_list_model_get_item (G_LIST_MODEL (store), i);

      g_assert_cmpint (gantry_item_get_id (item), ==, ids[i]);
      g_assert_cmpstr (((GantryNode *)gantry_item_get_record (item))->name, ==, ids);
    }
}

/* Rows that stay are the same objects: what is selected and expanded hangs on them. */
static void
test_sync (void)
{
  static const char *const steps[] = { "abc", "abcd", "bd", "xbyd", "dbx", "", "abc", "cba" };
  g_autoptr (GListStore) store = g_list_store_new (GANTRY_TYPE_ITEM);
  GantryItem *b = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      sync_ids (store, steps[i]);
      if (b != NULL && strchr (steps[i], 'b') != NULL && i < 5)
        g_assert_true (gantry_item_store_find (store, 'b', NULL) == b);
      if (i == 0)
        b = gantry_item_store_find (store, 'b', NULL);
    }
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);

  g_test_add_func ("/words/duration", test_duration);
  g_test_add_func ("/words/rate", test_rate);
  g_test_add_func ("/words/latency", test_latency);
  g_test_add_func ("/words/date", test_date);
  g_test_add_func ("/words/text", test_text);
  for (guint i = 0; i < G_N_ELEMENTS (job_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/words/job/", job_cases[i].name, NULL);

      g_test_add_data_func (path, &job_cases[i], test_job);
    }
  g_test_add_func ("/words/outcomes", test_outcomes);
  g_test_add_func ("/words/images-and-objects", test_counts);
  g_test_add_func ("/words/study", test_study);
  g_test_add_func ("/words/sync", test_sync);

  return gui_run ();
}
