/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "gantry-forecast-row.h"
#include "gantry-format.h"
#include "gantry-item.h"
#include "gantry-job-row.h"
#include "gantry-job-words.h"
#include "gantry-node-options-group.h"
#include "gantry-notifier.h"
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
  { "refusing",
    GANTRY_JOB_RUNNING,
    { [GANTRY_OUTCOME_STORED] = 3, [GANTRY_OUTCOME_REFUSED] = 11, [GANTRY_OUTCOME_WAITING] = 6 },
    "3 stored, 11 refused, 6 waiting",
    "error",
    17 },
  { "paused-refusing",
    GANTRY_JOB_PAUSED,
    { [GANTRY_OUTCOME_NOT_ACCEPTED] = 1, [GANTRY_OUTCOME_WAITING] = 6 },
    "1 not accepted, 6 waiting",
    "error",
    7 },
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

typedef struct
{
  guint changes, without_b;
} SyncCounts;

static void
count_sync (GListStore *store,
            guint position G_GNUC_UNUSED,
            guint removed G_GNUC_UNUSED,
            guint added G_GNUC_UNUSED,
            SyncCounts *counts)
{
  counts->changes++;
  counts->without_b += gantry_item_store_find (store, 'b', NULL) == NULL;
}

/* Rows that stay are the same objects: what is selected and expanded hangs on them. One that only
 * moves is never missing, as its window would close; and many rows come in one change. */
static void
test_sync (void)
{
  static const struct
  {
    const char *ids;
    guint changes, without_b;
  } steps[] = {
    { "abc", 1, 0 },        { "abcd", 1, 0 },      { "bd", 2, 0 },  { "xbyd", 2, 0 },
    { "dbx", 2, 0 },        { "dbx", 0, 0 },       { "bdx", 1, 0 }, { "xpdqb", 1, 0 },
    { "xpdqbrs", 1, 0 },    { "rxpdbsq", 1, 0 },   { "b", 6, 0 },   { "bcdefghijk", 1, 0 },
    { "cbdefghikj", 1, 0 }, { "cdefghikj", 1, 1 }, { "", 9, 9 },    { "cba", 1, 0 },
  };
  g_autoptr (GListStore) store = g_list_store_new (GANTRY_TYPE_ITEM);
  SyncCounts counts = { 0, 0 };
  GantryItem *b = NULL;

  g_signal_connect (store, "items-changed", G_CALLBACK (count_sync), &counts);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      counts = (SyncCounts){ 0, 0 };
      sync_ids (store, steps[i].ids);
      g_test_message ("%s: %u", steps[i].ids, counts.changes);
      g_assert_cmpuint (counts.changes, ==, steps[i].changes);
      g_assert_cmpuint (counts.without_b, ==, steps[i].without_b);
      if (i == 0)
        b = gantry_item_store_find (store, 'b', NULL);
      else if (i < 13)
        g_assert_true (gantry_item_store_find (store, 'b', NULL) == b);
    }
}

/* ---- Jobs that wait, and what is told of them ---------------------------------------------------
 */

static GantryJob *
create_job (GantryJobState state)
{
  GantryJob *job = gantry_job_new ();

  job->state = state;
  job->node = gantry_node_new (1, "PACS1", "ARCHIVE", "10.0.0.5", 104, "", FALSE);
  job->instances = 10;
  gantry_record_set (&job->title, "CT Chest · Doe, John");
  return job;
}

static void
test_retry (void)
{
  static const struct
  {
    gint64 left; /* microseconds */
    guint tries, limit;
    const char *text, *overrides;
  } rows[] = {
    { 24 * G_TIME_SPAN_SECOND, 3, 10, "Next try in 0:24 (3 of 10)" },
    { 1, 1, 10, "Next try in 0:01 (1 of 10)" },
    { 3600 * G_TIME_SPAN_SECOND, 10, 10, "Next try in 1:00:00 (10 of 10)" },
    { 5 * G_TIME_SPAN_SECOND, 7, 5, "Next try in 0:05 (7 of 7)" },
    { 0, 2, 10, "Trying again… (2 of 10)" },
    { -5, 2, 10, "Trying again… (2 of 10)" },
    { -5, 2, 10, "Trying again… (2 of 3)", "{'retry-limit': <3>}" },
    { -5, 2, 10, "Trying again… (2 of 10)", "{'retry-seconds': <3>}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GantryJob) job = create_job (GANTRY_JOB_WAITING);
      g_autofree char *text = NULL;

      job->tries = rows[i].tries;
      if (rows[i].overrides != NULL)
        gantry_record_set (&job->overrides, rows[i].overrides);
      job->retry_at = 1000 * G_USEC_PER_SEC + rows[i].left;
      text = gantry_job_describe_retry (job, rows[i].limit, 1000 * G_USEC_PER_SEC);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

/* Long after it was written, so with a time and without a countdown. */
static void
test_aloud (void)
{
  g_autoptr (GantryJob) running = create_job (GANTRY_JOB_RUNNING);
  g_autoptr (GantryJob) waiting = create_job (GANTRY_JOB_WAITING);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  running->counts[GANTRY_OUTCOME_STORED] = 3;
  running->counts[GANTRY_OUTCOME_WAITING] = 7;
  first = gantry_job_describe (running);
  g_assert_nonnull (strstr (first, "CT Chest · Doe, John, 3 stored · 3 of 10, to PACS1"));

  waiting->retry_at = g_get_real_time () + G_USEC_PER_SEC;
  gantry_record_set (&waiting->message, "The node cannot be reached.");
  second = gantry_job_describe (waiting);
  g_assert_nonnull (strstr (second, "waiting for the next try at "));
  g_assert_true (g_str_has_suffix (second, "The node cannot be reached."));
}

static char *
describe_open (GantryJob *job, guint stored, guint refused, guint waiting)
{
  job->counts[GANTRY_OUTCOME_STORED] = stored;
  job->counts[GANTRY_OUTCOME_REFUSED] = refused;
  job->counts[GANTRY_OUTCOME_WAITING] = waiting;
  job->instances = stored + refused + waiting;
  return gantry_job_describe (job);
}

/* Whatever state a job is in, it says what was refused, and of nothing that it was stored or sent
 * when it was not. */
static void
test_refusals_show (void)
{
  static const struct
  {
    GantryJobState state;
    GantryJobWish wish;
    gint64 retry_at;
    const char *start;
  } rows[] = {
    { GANTRY_JOB_RUNNING, GANTRY_JOB_WISH_NONE, 0, "" },
    { GANTRY_JOB_RUNNING, GANTRY_JOB_WISH_PAUSE, 0, "Pausing… · " },
    { GANTRY_JOB_RUNNING, GANTRY_JOB_WISH_CANCEL, 0, "Cancelling… · " },
    { GANTRY_JOB_PAUSED, GANTRY_JOB_WISH_NONE, 0, "Paused · " },
    { GANTRY_JOB_WAITING, GANTRY_JOB_WISH_NONE, 0, "Waiting · " },
    { GANTRY_JOB_WAITING, GANTRY_JOB_WISH_NONE, 1, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GantryJob) job = create_job (rows[i].state);
      g_autofree char *some = NULL;
      g_autofree char *none = NULL;
      g_autofree char *expected = g_strdup_printf ("Doe, John, %s3 stored, 11 refused · 14 of 20, ",
                                                   rows[i].start != NULL ? rows[i].start : "");

      job->wish = rows[i].wish;
      job->retry_at = rows[i].retry_at;
      some = describe_open (job, 3, 11, 6);
      g_assert_nonnull (
          strstr (some, rows[i].start != NULL ? expected : "3 stored, 11 refused · 14 of 20, "));
      g_assert_null (strstr (some, "sent"));
      g_assert_cmpstr (gantry_job_get_look (job).css_class, ==, "error");
      none = describe_open (job, 14, 0, 6);
      g_assert_nonnull (strstr (none, "14 of 20"));
      g_assert_null (strstr (none, "refused"));
      g_assert_cmpstr (gantry_job_get_look (job).css_class, !=, "error");
    }
}

/* What is not known leaves no hole in what is read aloud. */
static void
test_no_holes (void)
{
  g_autoptr (GantryStudy) study = gantry_study_new ();
  g_autofree char *spoken = NULL;

  gantry_record_set (&study->patient_name, "Doe, Jane");
  gantry_record_set (&study->modalities, "CT");
  study->images = study->objects = 2;
  spoken = gantry_study_describe (study);
  g_assert_cmpstr (spoken, ==, "No description, Doe, Jane, CT, 2 images");
}

/* Others can read it: no patient, unless the user wants that. */
static void
test_notification (void)
{
  g_autoptr (GantryJob) job = create_job (GANTRY_JOB_FINISHED);
  g_autofree char *plain = NULL;
  g_autofree char *named = NULL;

  job->counts[GANTRY_OUTCOME_STORED] = 7;
  job->counts[GANTRY_OUTCOME_FAILED] = 3;
  plain = gantry_notifier_describe (job, FALSE);
  named = gantry_notifier_describe (job, TRUE);
  g_assert_cmpstr (plain, ==, "PACS1: 7 stored, 3 failed");
  g_assert_cmpstr (named, ==, "CT Chest · Doe, John to PACS1: 7 stored, 3 failed");

  g_assert_false (gantry_notifier_gave_up (job));
  job->tries = 10;
  job->retryable = 3;
  g_assert_true (gantry_notifier_gave_up (job));
  job->state = GANTRY_JOB_WAITING;
  g_assert_false (gantry_notifier_gave_up (job));
}

/* ---- Forecasts ----------------------------------------------------------------------------------
 */

static void
test_forecast (void)
{
  static const struct
  {
    guint64 as_is, changed, refused;
    const char *text;
  } rows[] = {
    { 1, 0, 0, "1 object: will be taken as it is." },
    { 415, 0, 0, "415 objects: all will be taken as they are." },
    { 0, 0, 1, "1 object: will be refused." },
    { 0, 0, 12, "12 objects: all will be refused." },
    { 412, 2, 1, "415 objects: 412 will be taken as they are, 2 converted, 1 refused." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const guint64 counts[] = { rows[i].as_is, rows[i].changed, rows[i].refused };
      g_autoptr (GPtrArray) forecasts = gantry_record_array_new ();
      g_autofree char *text = NULL;

      for (guint kind = 0; kind < G_N_ELEMENTS (counts); kind++)
        {
          GantryForecast *forecast = gantry_forecast_new ();

          forecast->kind = kind;
          forecast->instances = counts[kind];
          g_ptr_array_add (forecasts, forecast);
        }
      text = gantry_forecast_summarize (forecasts);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_forecast_row (void)
{
  g_autoptr (GantryForecast) forecast = gantry_forecast_new ();
  GtkWidget *row = g_object_ref_sink (gantry_forecast_row_new ());
  g_autofree char *spoken = NULL;

  forecast->kind = GANTRY_FORECAST_CHANGED;
  forecast->instances = 3;
  gantry_record_set (&forecast->sop_class_uid, "1.2.840.10008.5.1.4.1.1.2");
  gantry_record_set (&forecast->transfer_syntax, "1.2.840.10008.1.2.4.70");
  gantry_record_set (&forecast->sent_syntax, "1.2.840.10008.1.2.1");
  gantry_record_set (&forecast->message, "<b>because</b>");
  gantry_forecast_row_show (GANTRY_FORECAST_ROW (row), forecast);
  g_assert_nonnull (gui_find_text (row, "CT Image Storage"));
  g_assert_nonnull (gui_find_text (row, "CT"));
  g_assert_nonnull (gui_find_text (row, "3"));
  g_assert_nonnull (gui_find_text (row, "Converted to Explicit VR LE"));
  g_assert_nonnull (gui_find_text (row, "<b>because</b>"));
  spoken = gantry_forecast_describe (forecast);
  g_assert_nonnull (strstr (spoken, "3 objects: Converted to Explicit VR LE"));
  g_object_unref (row);
}

/* ---- A node's own options -----------------------------------------------------------------------
 */

static void
test_node_options (void)
{
  const GantryNodeOptions plain = GANTRY_NODE_OPTIONS_DEFAULT;
  GantryNodeOptions own = GANTRY_NODE_OPTIONS_DEFAULT;
  GtkWidget *widget = g_object_ref_sink (g_object_new (GANTRY_TYPE_NODE_OPTIONS_GROUP, NULL));
  GantryNodeOptionsGroup *group = GANTRY_NODE_OPTIONS_GROUP (widget);
  GtkWidget *spin = gui_find_type (widget, GTK_TYPE_SPIN_BUTTON);
  GantryNodeOptions got;
  g_autofree char *notes = NULL;

  gantry_node_options_group_set (group, &plain, "");
  got = gantry_node_options_group_get (group);
  g_assert_cmpmem (&got, sizeof got, &plain, sizeof plain);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (spin)), ==, "As in Preferences");

  own.max_pdu = 16384;
  own.associations = 4;
  own.connect_seconds = 7;
  own.acse_seconds = 8;
  own.dimse_seconds = 9;
  own.idle_seconds = 11;
  own.transcoding = GANTRY_TRANSCODING_NEVER;
  own.fall_back = TRUE;
  gantry_node_options_group_set (group, &own, "Ring 4711\nbefore noon\n");
  got = gantry_node_options_group_get (group);
  g_assert_cmpmem (&got, sizeof got, &own, sizeof own);
  notes = gantry_node_options_group_get_notes (group);
  g_assert_cmpstr (notes, ==, "Ring 4711\nbefore noon");

  /* The first number is a time-out: what is typed counts, what is no number means none. */
  gtk_editable_set_text (GTK_EDITABLE (spin), "25");
  got = gantry_node_options_group_get (group);
  g_assert_cmpuint (got.connect_seconds, ==, 25);
  gtk_editable_set_text (GTK_EDITABLE (spin), "soon");
  got = gantry_node_options_group_get (group);
  g_assert_cmpuint (got.connect_seconds, ==, 0);
  gtk_editable_set_text (GTK_EDITABLE (spin), "100000");
  got = gantry_node_options_group_get (group);
  g_assert_cmpuint (got.connect_seconds, ==, 600);
  g_object_unref (widget);
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

  g_test_add_func ("/words/retry", test_retry);
  g_test_add_func ("/words/aloud", test_aloud);
  g_test_add_func ("/words/jobs/refusals-show", test_refusals_show);
  g_test_add_func ("/words/jobs/no-holes", test_no_holes);
  g_test_add_func ("/words/notification", test_notification);
  g_test_add_func ("/words/forecast", test_forecast);
  g_test_add_func ("/words/forecast-row", test_forecast_row);
  g_test_add_func ("/node-options/values", test_node_options);

  return gui_run ();
}
