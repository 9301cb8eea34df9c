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
  { "paused",
    GANTRY_JOB_PAUSED,
    { [GANTRY_OUTCOME_STORED] = 4, [GANTRY_OUTCOME_WAITING] = 6 },
    "4 stored, 6 waiting",
    "dim-label",
    6 },
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
  g_assert_cmpuint (gantry_job_count_answered (job), ==,
                    job->instances - c->counts[GANTRY_OUTCOME_WAITING]);
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

#define CT "1.2.840.10008.5.1.4.1.1.2"
#define DX "1.2.840.10008.5.1.4.1.1.1.1"
#define PR "1.2.840.10008.5.1.4.1.1.11.1"
#define KO "1.2.840.10008.5.1.4.1.1.88.59"
#define DOSE "1.2.840.10008.5.1.4.1.1.88.67"
#define ECG "1.2.840.10008.5.1.4.1.1.9.1.1"
#define PLAN "1.2.840.10008.5.1.4.1.1.481.5"
#define PDF "1.2.840.10008.5.1.4.1.1.104.1"
#define RAW "1.2.840.10008.5.1.4.1.1.66"

typedef struct
{
  const char *sop_class_uid;
  guint images, objects;
} SeriesCase;

typedef struct
{
  const char *name;
  SeriesCase series[4];
  const char *counts;
  const char *why; /* NULL: nothing to explain */
} StudyCase;

static const StudyCase study_cases[] = {
  { "images-only", { { CT, 2, 2 } }, "2 images", NULL },
  { "dose-report",
    { { DX, 1, 1 }, { DX, 1, 1 }, { DOSE, 0, 1 } },
    "2 images · 3 objects",
    "2 images and 1 other object: X-Ray Radiation Dose SR. Some viewers count both together." },
  { "many",
    { { CT, 412, 412 }, { PR, 0, 2 }, { DOSE, 0, 1 }, { PR, 0, 1 } },
    "412 images · 416 objects",
    "412 images and 4 other objects: Grayscale Softcopy Presentation State, X-Ray Radiation Dose "
    "SR. Some viewers count both together." },
  { "one-series",
    { { "", 1, 2 } },
    "1 image · 2 objects",
    "1 image and 1 other object: several SOP classes. Some viewers count both together." },
  { "no-image",
    { { DOSE, 0, 1 } },
    "1 object",
    "No images, but 1 object: X-Ray Radiation Dose SR." },
};

static GantrySeries *
make_series (const SeriesCase *c)
{
  GantrySeries *series = gantry_series_new ();

  gantry_record_set (&series->sop_class_uid, c->sop_class_uid);
  series->images = c->images;
  series->objects = c->objects;
  return series;
}

static void
test_counts (gconstpointer data)
{
  const StudyCase *c = data;
  g_autoptr (GantryStudy) study = gantry_study_new ();
  g_autofree char *counts = NULL;
  g_autofree char *why = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (c->series) && c->series[i].sop_class_uid != NULL; i++)
    {
      g_ptr_array_add (study->series, make_series (&c->series[i]));
      study->images += c->series[i].images;
      study->objects += c->series[i].objects;
    }
  counts = gantry_format_images_and_objects (study->images, study->objects);
  why = gantry_study_explain_counts (study);
  g_assert_cmpstr (counts, ==, c->counts);
  g_assert_cmpstr (why, ==, c->why);
}

/* What is no image is called by its kind, and has no missing picture. */
static void
test_kinds (void)
{
  static const struct
  {
    SeriesCase series;
    const char *name, *explained, *icon;
  } rows[] = {
    { { CT, 3, 3 }, "CT Image Storage", "Image: CT Image Storage (" CT ")", "image-x-generic" },
    { { PR, 0, 1 },
      "Grayscale Softcopy Presentation State",
      "Presentation state: Grayscale Softcopy Presentation State Storage (" PR ")",
      "x-office-drawing" },
    { { DOSE, 0, 1 },
      "X-Ray Radiation Dose SR",
      "Structured report: X-Ray Radiation Dose SR Storage (" DOSE ")",
      "x-office-document" },
    { { KO, 0, 1 },
      "Key Object Selection Document",
      "Key object selection: Key Object Selection Document Storage (" KO ")",
      "starred" },
    { { ECG, 0, 1 },
      "12-lead ECG Waveform",
      "Waveform: 12-lead ECG Waveform Storage (" ECG ")",
      "waveform" },
    { { PLAN, 0, 1 }, "RT Plan", "Radiotherapy: RT Plan Storage (" PLAN ")", "find-location" },
    { { PDF, 0, 1 },
      "Encapsulated PDF",
      "Encapsulated document: Encapsulated PDF Storage (" PDF ")",
      "mail-attachment" },
    { { RAW, 0, 1 }, "Raw Data", "Raw Data Storage (" RAW ")", "package-x-generic" },
    { { "1.2.3.4.5", 0, 1 }, "Private 1.2.3.4.5", "Private 1.2.3.4.5", "package-x-generic" },
    { { "", 1, 2 }, "Several SOP classes", "Several SOP classes", "image-x-generic" },
  };
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gdk_display_get_default ());

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GantrySeries) series = make_series (&rows[i].series);
      g_autofree char *name = gantry_series_get_sop_class (series);
      g_autofree char *explained = gantry_series_explain_sop_class (series);
      g_autofree char *icon = g_strconcat (rows[i].icon, "-symbolic", NULL);

      g_assert_cmpstr (name, ==, rows[i].name);
      g_assert_cmpstr (explained, ==, rows[i].explained);
      g_assert_cmpstr (gantry_series_get_icon (series), ==, icon);
      g_assert_true (gtk_icon_theme_has_icon (theme, icon));
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
  for (guint i = 0; i < G_N_ELEMENTS (study_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/words/counts/", study_cases[i].name, NULL);

      g_test_add_data_func (path, &study_cases[i], test_counts);
    }
  g_test_add_func ("/words/kinds", test_kinds);
  g_test_add_func ("/words/study", test_study);
  g_test_add_func ("/words/sync", test_sync);

  return gui_run ();
}
