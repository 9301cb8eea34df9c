/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of a job of a hundred thousand instances: what they hold, in which order, and that a search
 * ends when nobody waits for it.
 */
#include <gio/gio.h>
#include <string.h>

#include "gantry-catalog.h"
#include "gantry-engine.h"
#include "gantry-files.h"
#include "gantry-instance-table.h"
#include "gantry-text-match.h"
#include "synthetic-queue.h"

#define N 100000
#define UMLAUT                                                                                     \
  "/srv/archive/M\xc3\xbcller Stra\xc3\x9f"                                                        \
  "e/Image0000005.dcm"
#define LATIN "/srv/archive/M\xfcller \xc3\x84rzte/Image0000006.dcm"

typedef struct
{
  char *folder;
  GantryProfile *profile;
  GantryDatabase *db;
  GantryEngine *engine;
  gint64 job, first; /* id of its first instance */
} Fixture;

static Fixture shared; /* takes seconds to make, and nobody changes it */

static void
set_path (Fixture *f, guint i, const char *path)
{
  g_assert_true (gantry_database_run (f->db, NULL, "UPDATE instances SET path = ? WHERE id = ?",
                                      "si", path, f->first + i));
}

static void
make_shared (void)
{
  Fixture *f = &shared;
  g_autoptr (GError) error = NULL;
  GantryEngineOptions options = { .draft = "test" };
  gint64 other;

  f->folder = g_dir_make_tmp ("gantry-instances-XXXXXX", NULL);
  f->profile = gantry_profile_open (f->folder, &error);
  g_assert_no_error (error);
  f->db = gantry_database_open (gantry_profile_get_database (f->profile), TRUE, &error);
  g_assert_no_error (error);

  /* Not the first job, so that ids and offsets differ. */
  other = synthetic_job_new (f->db, 1234, &error);
  g_assert_no_error (error);
  f->job = synthetic_job_new (f->db, N, &error);
  g_assert_no_error (error);
  g_assert_cmpint (f->job, !=, other);
  f->first = gantry_database_get_int (f->db, 0, "SELECT min (id) FROM instances WHERE job_id = ?",
                                      "i", f->job);
  g_assert_true (synthetic_job_answer (f->db, f->job, &error));
  set_path (f, 5, UMLAUT);
  set_path (f, 6, LATIN);

  options.profile = f->profile;
  f->engine = gantry_engine_new (&options, &error);
  g_assert_no_error (error);
}

static void
free_shared (void)
{
  gantry_engine_close (shared.engine);
  g_clear_object (&shared.engine);
  g_clear_pointer (&shared.db, gantry_database_close);
  gantry_profile_unref (shared.profile);
  gantry_remove_tree (shared.folder);
  g_free (shared.folder);
}

/* ---- Asking --------------------------------------------------------------------------------- */

static void
on_ready (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GPtrArray *
ask (const GantryInstanceFilter *filter, guint offset, guint limit, guint *total)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *rows;

  gantry_engine_list_instances_async (shared.engine, shared.job, filter, offset, limit, NULL,
                                      on_ready, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  rows = gantry_engine_list_finish (shared.engine, result, total, &error);
  g_assert_no_error (error);
  return rows;
}

static guint
index_of (const GantryJobInstance *instance)
{
  return (guint)(instance->id - shared.first);
}

/* ---- The whole list ------------------------------------------------------------------------- */

static const guint offsets[] = { 0, 1, 127, 128, 499, 50000, 99900, 99999, 100000, 200000 };

static void
test_page (gconstpointer data)
{
  guint offset = *(const guint *)data, total;
  g_autoptr (GPtrArray) rows = ask (NULL, offset, 128, &total);

  g_assert_cmpuint (total, ==, N);
  g_assert_cmpuint (rows->len, ==, offset >= N ? 0 : MIN (128, N - offset));
  for (guint i = 0; i < rows->len; i++)
    {
      const GantryJobInstance *instance = rows->pdata[i];
      g_autofree char *uid = g_strdup_printf ("1.2.826.3.%u", offset + i);

      g_assert_cmpuint (index_of (instance), ==, offset + i);
      g_assert_cmpstr (instance->sop_instance_uid, ==, uid);
      g_assert_cmpint (instance->outcome, ==, synthetic_outcome (offset + i));
      g_assert_cmpint (instance->job_id, ==, shared.job);
    }
}

/* Ids with gaps, as after two drafts at a time. */
static void
test_gaps (void)
{
  static const guint at[] = { 0, 1, 100, 399, 400 };
  g_autoptr (GError) error = NULL;
  gint64 job = synthetic_job_new (shared.db, 1000, &error);
  guint total;

  g_assert_no_error (error);
  g_assert_true (gantry_database_run (shared.db, NULL,
                                      "DELETE FROM instances WHERE job_id = ? AND "
                                      "CAST (substr (sop_instance_uid, 11) AS INTEGER) % 5 > 1",
                                      "i", job));
  /* The trigger of the deletion keeps the counts. */
  for (gsize i = 0; i < G_N_ELEMENTS (at); i++)
    {
      g_autoptr (GPtrArray) rows
          = gantry_instance_table_list (shared.db, job, at[i], 10, &total, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (total, ==, 400);
      g_assert_cmpuint (rows->len, ==, MIN (10, 400 - at[i]));
      for (guint k = 0; k < rows->len; k++)
        {
          guint place = at[i] + k;
          g_autofree char *uid = g_strdup_printf ("1.2.826.3.%u", place / 2 * 5 + place % 2);

          g_assert_cmpstr (((GantryJobInstance *)rows->pdata[k])->sop_instance_uid, ==, uid);
        }
    }
}

/* ---- Filters -------------------------------------------------------------------------------- */

static gboolean
is_refused (guint i)
{
  return synthetic_outcome (i) == GANTRY_OUTCOME_REFUSED;
}

static gboolean
is_refused_or_warned (guint i)
{
  return is_refused (i) || synthetic_outcome (i) == GANTRY_OUTCOME_WARNING;
}

static gboolean
is_mr (guint i)
{
  return i % 4 == 0;
}

static gboolean
is_refused_mr (guint i)
{
  return is_mr (i) && is_refused (i);
}

static gboolean
is_patient_42 (guint i)
{
  return i / 1000 == 42;
}

static gboolean
is_refused_of_patient_42 (guint i)
{
  return is_patient_42 (i) && is_refused (i);
}

static gboolean
is_series_9 (guint i)
{
  return i / 500 == 9 || (i / 500 >= 90 && i / 500 <= 99);
}

static gboolean
is_77777 (guint i)
{
  return i == 77777;
}

static gboolean
is_umlaut (guint i)
{
  return i == 5;
}

static gboolean
is_latin (guint i)
{
  return i == 6;
}

static gboolean
is_anything (guint i G_GNUC_UNUSED)
{
  return TRUE;
}

static gboolean
is_nothing (guint i G_GNUC_UNUSED)
{
  return FALSE;
}

#define REFUSED (1u << GANTRY_OUTCOME_REFUSED)
#define WARNED (1u << GANTRY_OUTCOME_WARNING)

static const struct
{
  const char *name;
  GantryInstanceFilter filter;
  gint study; /* index; -1: any */
  gboolean (*matches) (guint i);
} filters[] = {
  { "nothing-asked", { 0, NULL, 0 }, -1, is_anything },
  { "blank", { 0, "  ", 0 }, -1, is_anything },
  { "outcome", { REFUSED, NULL, 0 }, -1, is_refused },
  { "outcomes", { REFUSED | WARNED, NULL, 0 }, -1, is_refused_or_warned },
  { "outcome-of-none", { 1u << GANTRY_OUTCOME_FAILED, NULL, 0 }, -1, is_nothing },
  { "path", { 0, "patient-00042", 0 }, -1, is_patient_42 },
  { "path-in-capitals", { 0, "PATIENT-00042/image", 0 }, -1, is_patient_42 },
  { "path-with-blanks", { 0, " patient-00042 ", 0 }, -1, is_patient_42 },
  { "path-umlaut", { 0, "m\xc3\xbcller", 0 }, -1, is_umlaut },
  { "path-umlaut-in-capitals", { 0, "M\xc3\x9cLLER STRASSE", 0 }, -1, is_umlaut },
  { "path-umlaut-apart", { 0, "mu\xcc\x88ller", 0 }, -1, is_umlaut },
  { "path-not-utf-8", { 0, "LLER \xc3\xa4rzte", 0 }, -1, is_latin },
  { "class-name", { 0, "mr image", 0 }, -1, is_mr },
  { "class-uid", { 0, SYNTHETIC_MR, 0 }, -1, is_mr },
  { "instance-uid", { 0, "1.2.826.3.77777", 0 }, -1, is_77777 },
  { "study-uid", { 0, "1.2.826.1.42", 0 }, -1, is_patient_42 },
  { "series-uid", { 0, "1.2.826.2.9", 0 }, -1, is_series_9 },
  { "message", { 0, "OUT OF resources", 0 }, -1, is_refused },
  { "message-code", { 0, "(a700)", 0 }, -1, is_refused },
  { "per-cent-is-no-pattern", { 0, "%", 0 }, -1, is_nothing },
  { "quote", { 0, "' OR 1", 0 }, -1, is_nothing },
  { "outcome-and-text", { REFUSED, "MR Image", 0 }, -1, is_refused_mr },
  { "study", { 0, NULL, 0 }, 42, is_patient_42 },
  { "study-and-outcome", { REFUSED, NULL, 0 }, 42, is_refused_of_patient_42 },
  { "study-and-text", { 0, "a700", 0 }, 42, is_refused_of_patient_42 },
};

static void
check_page (gsize which, const GantryInstanceFilter *filter, guint offset, GArray *expected)
{
  guint total;
  g_autoptr (GPtrArray) rows = ask (filter, offset, 100, &total);

  g_test_message ("%s: %u, from %u", filters[which].name, total, offset);
  g_assert_cmpuint (total, ==, expected->len);
  g_assert_cmpuint (rows->len, ==, offset >= total ? 0 : MIN (100, total - offset));
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpuint (index_of (rows->pdata[i]), ==, g_array_index (expected, guint, offset + i));
}

static guint
look (const GantryInstanceFilter *filter, const GantryRun *runs, gsize n, guint outcomes)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint found = 0;

  gantry_engine_find_outcomes_async (shared.engine, shared.job, filter, runs, n, outcomes, NULL,
                                     on_ready, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (gantry_engine_find_outcomes_finish (shared.engine, result, &found, &error));
  g_assert_no_error (error);
  return found;
}

/* What there is among rows of a list, against a look at each of them. */
static void
check_outcomes (const GantryInstanceFilter *filter, GArray *expected)
{
  const guint all = (1u << GANTRY_N_OUTCOMES) - 1, n = expected->len;
  const GantryRun runs[]
      = { { 0, G_MAXUINT }, { 0, 1 },        { 0, 3 }, { n / 2, 1 }, { n / 2, 5 },
          { n - 1, 1 },     { n - 1, 9999 }, { n, 4 }, { 2, 0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      guint there = 0;

      for (guint k = runs[i].offset; k < n && k - runs[i].offset < runs[i].n; k++)
        there |= 1u << synthetic_outcome (g_array_index (expected, guint, k));
      g_assert_cmpuint (look (filter, &runs[i], 1, all), ==, there);
      g_assert_cmpuint (look (filter, &runs[i], 1, REFUSED), ==, there & REFUSED);
    }
  if (n > 9)
    g_assert_cmpuint (look (filter, &runs[1], 3, all), ==,
                      look (filter, &runs[2], 2, all) | look (filter, &runs[1], 1, all));
}

static GArray *
pick (const GantryInstanceFilter *filter, const GantryRun *runs, gsize n, guint *total)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GArray *ids;

  gantry_engine_pick_instances_async (shared.engine, shared.job, filter, runs, n, NULL, on_ready,
                                      &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  ids = gantry_engine_pick_instances_finish (shared.engine, result, total, &error);
  g_assert_no_error (error);
  return ids;
}

/* Without runs all of them; runs may end behind the list, or begin there. */
static void
check_picked (const GantryInstanceFilter *filter, GArray *expected)
{
  const guint n = expected->len;
  const GantryRun runs[] = { { 1, 2 }, { n / 2, 5000 }, { n, 3 } };
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GArray) all = NULL;
  guint total;

  for (gsize i = 0; i < G_N_ELEMENTS (runs); i++)
    for (guint k = runs[i].offset; k < n && k - runs[i].offset < runs[i].n; k++)
      {
        gint64 id = shared.first + g_array_index (expected, guint, k);

        g_array_append_val (wanted, id);
      }
  ids = pick (filter, runs, G_N_ELEMENTS (runs), &total);
  g_assert_cmpuint (total, ==, n);
  g_assert_cmpmem (ids->data, ids->len * sizeof (gint64), wanted->data,
                   wanted->len * sizeof (gint64));

  all = pick (filter, NULL, 0, &total);
  g_assert_cmpuint (total, ==, n);
  g_assert_cmpuint (all->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (g_array_index (all, gint64, i), ==,
                     shared.first + g_array_index (expected, guint, i));
}

static void
test_filter (gconstpointer data)
{
  gsize which = GPOINTER_TO_SIZE (data);
  GantryInstanceFilter filter = filters[which].filter;
  g_autoptr (GArray) expected = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < N; i++)
    if (filters[which].matches (i))
      g_array_append_val (expected, i);
  if (filters[which].study >= 0)
    filter.study_id = gantry_database_get_int (
        shared.db, 0, "SELECT id FROM studies WHERE owner = ? ORDER BY id LIMIT 1 OFFSET ?", "ii",
        shared.job, (gint64)filters[which].study);
  check_page (which, &filter, 0, expected);
  check_page (which, &filter, expected->len / 2, expected);
  check_page (which, &filter, expected->len > 30 ? expected->len - 30 : 0, expected);
  check_page (which, &filter, expected->len, expected);
  check_outcomes (&filter, expected);
  check_picked (&filter, expected);
}

static void
set_outcome (gint64 id, GantryOutcome outcome)
{
  g_assert_true (gantry_database_run (
      shared.db, NULL, "UPDATE instances SET outcome = ? WHERE id = ?", "ii", (gint64)outcome, id));
}

/* What is remembered of a search must not outlive what it found. */
static void
test_changed (void)
{
  const GantryInstanceFilter filter = { .outcomes = REFUSED };
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GPtrArray) again = NULL;
  gint64 id;
  guint total;

  before = ask (&filter, 0, 1, &total);
  g_assert_cmpuint (total, ==, N / 10);
  id = ((GantryJobInstance *)before->pdata[0])->id;
  set_outcome (id, GANTRY_OUTCOME_STORED);
  after = ask (&filter, 0, 1, &total);
  g_assert_cmpuint (total, ==, N / 10 - 1);
  g_assert_cmpint (((GantryJobInstance *)after->pdata[0])->id, ==, id + 10);
  set_outcome (id, GANTRY_OUTCOME_REFUSED);
  again = ask (&filter, 0, 1, &total);
  g_assert_cmpuint (total, ==, N / 10);
}

/* All that match, while the first of them leave the list one by one: none but those is missing. */
static void
test_pick_changing (void)
{
  const GantryInstanceFilter filter = { .outcomes = REFUSED };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) before = NULL;
  g_autoptr (GArray) ids = NULL;
  guint total, gone = 0;

  before = pick (&filter, NULL, 0, &total);
  g_assert_cmpuint (before->len, ==, N / 10);
  set_outcome (g_array_index (before, gint64, gone++), GANTRY_OUTCOME_STORED);
  gantry_engine_pick_instances_async (shared.engine, shared.job, &filter, NULL, 0, NULL, on_ready,
                                      &result);
  for (; result == NULL && gone < before->len; g_main_context_iteration (NULL, FALSE))
    set_outcome (g_array_index (before, gint64, gone++), GANTRY_OUTCOME_STORED);
  ids = gantry_engine_pick_instances_finish (shared.engine, result, &total, NULL);
  g_test_message ("%u left the list meanwhile, %u are picked", gone, ids->len);
  g_assert_cmpuint (total, ==, ids->len);
  g_assert_cmpuint (ids->len, <, before->len);
  g_assert_cmpuint (ids->len, >=, before->len - gone);
  g_assert_cmpmem (ids->data, ids->len * sizeof (gint64),
                   &g_array_index (before, gint64, before->len - ids->len),
                   ids->len * sizeof (gint64));
  while (gone > 0)
    set_outcome (g_array_index (before, gint64, --gone), GANTRY_OUTCOME_REFUSED);
}

/* ---- Ending a search ------------------------------------------------------------------------ */

static gboolean
stop_at_third (gpointer user_data)
{
  return ++*(guint *)user_data == 3;
}

static void
test_stop (void)
{
  const GantryInstanceFilter filter = { .text = "nowhere to be found" };
  g_autoptr (GError) error = NULL;
  guint asked = 0, total;
  GArray *found;
  g_autoptr (GPtrArray) rows = NULL;

  found
      = gantry_instance_table_find (shared.db, shared.job, &filter, stop_at_third, &asked, &error);
  g_assert_null (found);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (asked, ==, 3);

  /* The connection is as good as before. */
  rows = gantry_instance_table_list (shared.db, shared.job, 0, 5, &total, NULL);
  g_assert_cmpuint (rows->len, ==, 5);
}

/* As somebody types: every question but the last one is cancelled, and all get their answer. */
static void
test_typing (void)
{
  static const char *const typed[]
      = { "p", "pa", "pat", "pati", "patie", "patien", "patient-00042" };
  g_autoptr (GPtrArray) rows = NULL;
  GAsyncResult *results[G_N_ELEMENTS (typed)] = { NULL };
  GCancellable *cancellables[G_N_ELEMENTS (typed)];
  guint total, last = G_N_ELEMENTS (typed) - 1;

  for (guint i = 0; i <= last; i++)
    {
      const GantryInstanceFilter filter = { .text = typed[i] };

      cancellables[i] = g_cancellable_new ();
      gantry_engine_list_instances_async (shared.engine, shared.job, &filter, 0, 10,
                                          cancellables[i], on_ready, &results[i]);
      if (i > 0)
        g_cancellable_cancel (cancellables[i - 1]);
    }
  for (guint i = 0; i <= last; i++)
    {
      g_autoptr (GError) error = NULL;

      while (results[i] == NULL)
        g_main_context_iteration (NULL, TRUE);
      rows = gantry_engine_list_finish (shared.engine, results[i], &total, &error);
      if (i < last)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_object_unref (results[i]);
      g_object_unref (cancellables[i]);
    }
  g_assert_nonnull (rows);
  g_assert_cmpuint (total, ==, 1000);
}

/* ---- Studies -------------------------------------------------------------------------------- */

static void
test_studies (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) studies = NULL;
  const GantryStudy *study;
  const GantrySeries *series;
  guint total;

  gantry_engine_list_job_studies_async (shared.engine, shared.job, NULL, on_ready, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  studies = gantry_engine_list_finish (shared.engine, result, &total, NULL);
  g_assert_cmpuint (total, ==, N / 1000);
  g_assert_cmpuint (studies->len, ==, N / 1000);
  study = studies->pdata[7];
  g_assert_cmpstr (study->study_uid, ==, "1.2.826.1.7");
  g_assert_cmpuint (study->objects, ==, 1000);
  g_assert_cmpuint (study->series->len, ==, 2);
  series = study->series->pdata[1];
  g_assert_cmpstr (series->sample_path, ==, "/srv/archive/patient-00007/Image0007750.dcm");
}

/* ---- Text ----------------------------------------------------------------------------------- */

static const struct
{
  const char *name, *typed, *text;
  gboolean is_in;
} texts[] = {
  { "empty", "", "x", TRUE },
  { "nothing-in-nothing", "", "", TRUE },
  { "in-nothing", "x", "", FALSE },
  { "beginning", "ab", "ABc", TRUE },
  { "end", "bc", "aBC", TRUE },
  { "longer", "abcd", "abc", FALSE },
  { "after-false-start", "aab", "aaab", TRUE },
  { "sharp-s", "STRASSE",
    "stra\xc3\x9f"
    "e",
    TRUE },
  { "greek-final-sigma", "\xce\xa3\xce\x91\xce\xa3", "\xcf\x83\xce\xb1\xcf\x82", TRUE },
  { "cyrillic", "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd", "\xd0\xb8\xd0\x92\xd0\x90\xd0\x9d", TRUE },
  { "not-utf-8", "caf\xc3\xa9", "caf\xe9", FALSE },
  { "ascii-beside-not-utf-8", "caf",
    "\xff"
    "CAF\xe9",
    TRUE },
  { "typed-not-utf-8", "\xff", "abc", FALSE },
};

static void
test_text (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GantryTextMatch) match = gantry_text_match_new (texts[i].typed);

  g_assert_cmpint (gantry_text_match_is_in (match, texts[i].text), ==, texts[i].is_in);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  make_shared ();

  for (gsize i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      g_autofree char *path = g_strdup_printf ("/instances/page/%u", offsets[i]);
      g_test_add_data_func (path, &offsets[i], test_page);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autofree char *path = g_strconcat ("/instances/filter/", filters[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_filter);
    }
  g_test_add_func ("/instances/gaps", test_gaps);
  g_test_add_func ("/instances/changed", test_changed);
  g_test_add_func ("/instances/pick-changing", test_pick_changing);
  g_test_add_func ("/instances/stop", test_stop);
  g_test_add_func ("/instances/typing", test_typing);
  g_test_add_func ("/instances/studies", test_studies);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *path = g_strconcat ("/text-match/", texts[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_text);
    }
  result = g_test_run ();
  free_shared ();
  return result;
}
