/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every UID and name that the documents about DICOM use, in tests/data/reference-names.tsv, is
 * known here, and found by the search however it is spelt.
 */
#include "gantry-reference.h"

#include <string.h>

#define N_NAMES 612

typedef struct
{
  char *uid, *name;
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->uid);
  g_free (row->name);
  g_free (row);
}

static gboolean
finds (const char *text, const char *uid)
{
  g_autoptr (GPtrArray) found = gantry_reference_search (text);

  for (guint i = 0; i < found->len; i++)
    if (strcmp (((GantryReference *)found->pdata[i])->code, uid) == 0)
      return TRUE;
  return FALSE;
}

static void
assert_finds (const char *text, const char *uid)
{
  if (!finds (text, uid))
    g_test_fail_printf ("“%s” does not find %s", text, uid);
}

/* The same name as other people write it. */
static char *
respell (const char *name, const char *what, const char *with)
{
  g_auto (GStrv) parts = g_strsplit (name, what, -1);

  return g_strjoinv (with, parts);
}

static void
test_name (gconstpointer data)
{
  const Row *row = data;
  const char *meant = gantry_uid_get_meant (row->uid);
  const char *right = meant != NULL ? meant : row->uid;
  const GantryReference *known = gantry_reference_lookup (row->uid);
  g_autofree char *described = gantry_uid_describe (row->uid);
  g_autofree char *upper = g_utf8_strup (row->name, -1);
  g_autofree char *lower = g_utf8_strdown (row->name, -1);
  g_autofree char *en_dashes = respell (row->name, "-", "–");
  g_autofree char *spaces = respell (row->name, "-", " ");
  g_autofree char *short_name = respell (row->name, " Storage", "");
  g_autofree char *class_name = g_strconcat (row->name, " SOP Class", NULL);

  g_assert_nonnull (known);
  g_assert_cmpstr (known->code, ==, row->uid);
  if (meant != NULL)
    {
      g_assert_cmpint (known->type, ==, GANTRY_REFERENCE_FOREIGN_UID);
      g_assert_nonnull (strstr (known->advice, meant));
      g_assert_nonnull (strstr (described, meant));
    }
  else
    {
      g_assert_cmpint (known->type, ==, GANTRY_REFERENCE_UID);
      g_assert_cmpstr (described, ==, gantry_uid_lookup (row->uid)->name);
    }

  assert_finds (row->uid, row->uid);
  assert_finds (row->name, right);
  assert_finds (upper, right);
  assert_finds (lower, right);
  assert_finds (en_dashes, right);
  assert_finds (spaces, right);
  assert_finds (short_name, right);
  assert_finds (class_name, right);
  assert_finds (gantry_reference_lookup (right)->keyword, right);
}

static const struct
{
  const char *name, *text;
  const char *first; /* the code of what is found first; NULL: nothing is found */
} searches[] = {
  { "modality-code", "ct", "CT" },
  { "modality-meaning", "magnetic resonance", "MR" },
  { "exact-name", "CT Image Storage", "1.2.840.10008.5.1.4.1.1.2" },
  { "exact-before-longer", "ct image", "1.2.840.10008.5.1.4.1.1.2" },
  { "older-name", "Basic Text SR", "1.2.840.10008.5.1.4.1.1.88.11" },
  { "older-name-storage", "Basic Text SR Storage", "1.2.840.10008.5.1.4.1.1.88.11" },
  { "suffix", "CT Image Storage SOP Class", "1.2.840.10008.5.1.4.1.1.2" },
  { "retired-suffix", "nuclear medicine image storage (retired)", "1.2.840.10008.5.1.4.1.1.20" },
  { "keyword", "TwelveLeadECGWaveformStorage", "1.2.840.10008.5.1.4.1.1.9.1.1" },
  { "keyword-derived", "enhancedmrimagestorage", "1.2.840.10008.5.1.4.1.1.4.1" },
  { "any-order", "image ct enhanced", "1.2.840.10008.5.1.4.1.1.2.1" },
  { "without-dash", "multiframe true color", "1.2.840.10008.5.1.4.1.1.7.4" },
  { "abbreviation", "rdsr", "1.2.840.10008.5.1.4.1.1.88.67" },
  { "ampersand", "jpeg extended (process 2 & 4)", "1.2.840.10008.1.2.4.51" },
  { "uid", "1.2.840.10008.1.1", "1.2.840.10008.1.1" },
  { "uid-beginning", "1.2.840.10008.1.2.4.8", "1.2.840.10008.1.2.4.80" },
  { "uid-spaces", "  1.2.840.10008.1.1 ", "1.2.840.10008.1.1" },
  { "status", "a700", "A700" },
  { "status-range", "a7", "A7xx" },
  { "status-prefixed", "0xB000", "B000" },
  { "status-in-range", "A712", "A712" },
  { "status-unknown", "D123", "D123" },
  { "status-meaning", "out of resources", "A7xx" },
  { "status-advice-is-no-name", "conformance statement", NULL },
  { "private", "1.3.12.2.1107.5.9.1", "1.3.12.2.1107.5.9.1" },
  { "future", "1.2.840.10008.5.1.4.1.1.999", "1.2.840.10008.5.1.4.1.1.999" },
  { "mistake", "1.2.840.10008.5.1.1.4.1.1.3.1", "1.2.840.10008.5.1.1.4.1.1.3.1" },
  { "nothing", "frobnicator", NULL },
  { "one-word-too-many", "CT Image Storage frobnicator", NULL },
  { "no-uid", "1.02.3", NULL },
  { "not-utf-8",
    "\xff"
    "ct",
    "1.2.840.10008.5.1.4.1.1.2" },
};

static void
test_search (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GPtrArray) found = gantry_reference_search (searches[i].text);
  const GantryReference *first = found->len > 0 ? found->pdata[0] : NULL;

  g_assert_cmpstr (first != NULL ? first->code : NULL, ==, searches[i].first);
}

/* Nothing to search for means everything, and everything has its facts. */
static void
test_everything (void)
{
  g_autoptr (GPtrArray) found = gantry_reference_search (" - ");
  gsize uids, modalities, statuses;

  gantry_uid_table (&uids);
  gantry_modality_table (&modalities);
  gantry_status_table (&statuses);
  g_assert_cmpuint (found->len, ==, uids + modalities + statuses);
  for (guint i = 0; i < found->len; i++)
    {
      const GantryReference *r = found->pdata[i];
      g_autofree char *text = gantry_reference_to_text (r);

      g_assert_true (finds (r->code, r->code));
      g_assert_nonnull (strstr (text, r->code));
      g_assert_nonnull (strstr (text, r->name));
      g_assert_cmpint (r->uid != NULL, ==, r->type == GANTRY_REFERENCE_UID);
      g_assert_cmpint (r->status != NULL, ==, r->type == GANTRY_REFERENCE_STATUS);
      g_assert_true (*r->advice == '\0' || g_str_has_suffix (r->advice, "."));
      g_assert_nonnull (r->older_names);
      g_assert_nonnull (gantry_reference_get_type_name (r));
    }
}

static void
test_no_one_twice (void)
{
  static const char *const texts[] = { "", "storage", "ct", "A7", "1.2", "image", "0000" };

  for (gsize t = 0; t < G_N_ELEMENTS (texts); t++)
    {
      g_autoptr (GPtrArray) found = gantry_reference_search (texts[t]);
      g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

      for (guint i = 0; i < found->len; i++)
        g_assert_true (g_hash_table_add (seen, found->pdata[i]));
    }
}

static void
test_facts (void)
{
  const GantryReference *mammography = gantry_reference_lookup ("1.2.840.10008.5.1.4.1.1.1.2");
  const GantryReference *full = gantry_reference_lookup ("A712");
  g_autofree char *text = gantry_reference_to_text (mammography);

  g_assert_cmpstr (mammography->modality->code, ==, "MG");
  g_assert_cmpstr (text, ==,
                   "Name: Digital Mammography X-Ray Image Storage - For Presentation\n"
                   "SOP class: 1.2.840.10008.5.1.4.1.1.1.2\n"
                   "Keyword: DigitalMammographyXRayImageStorageForPresentation\n"
                   "Kind: Image\n"
                   "Usual modality: MG (Mammography)\n"
                   "Related general class: Digital X-Ray Image Storage - For Presentation "
                   "(1.2.840.10008.5.1.4.1.1.1.1)\n");
  g_assert_cmpstr (full->code, ==, "A712");
  g_assert_cmpint (full->status->services, ==, GANTRY_SERVICE_C_STORE);
  g_assert_true (full->status->retry_helps);
  g_assert_true (full == gantry_reference_lookup ("0xa712"));
}

static void
add_names (char **lines)
{
  g_assert_cmpstr (lines[0], ==, "uid\tname\tsource");
  for (guint i = 1; i <= N_NAMES; i++)
    {
      g_auto (GStrv) columns = g_strsplit (lines[i], "\t", -1);
      g_autofree char *path = g_strdup_printf ("/names/row/%u", i);
      Row *row = g_new (Row, 1);

      g_assert_cmpuint (g_strv_length (columns), ==, 3);
      *row = (Row){ g_strdup (columns[0]), g_strdup (columns[1]) };
      g_test_add_data_func_full (path, row, test_name, row_free);
    }
  g_assert_cmpstr (lines[N_NAMES + 1], ==, "");
}

int
main (int argc, char *argv[])
{
  g_autofree char *table = NULL;
  g_auto (GStrv) lines = NULL;
  char *contents = NULL;

  g_test_init (&argc, &argv, NULL);

  table = g_test_build_filename (G_TEST_DIST, "..", "data", "reference-names.tsv", NULL);
  g_assert_true (g_file_get_contents (table, &contents, NULL, NULL));
  lines = g_strsplit (contents, "\n", -1);
  g_free (contents);
  add_names (lines);

  for (gsize i = 0; i < G_N_ELEMENTS (searches); i++)
    {
      g_autofree char *path = g_strconcat ("/names/search/", searches[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_search);
    }
  g_test_add_func ("/names/everything", test_everything);
  g_test_add_func ("/names/no-one-twice", test_no_one_twice);
  g_test_add_func ("/names/facts", test_facts);

  return g_test_run ();
}
