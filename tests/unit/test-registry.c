/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-registry.h"

#include <string.h>

/* Looking up each row finds it again only if the order is that of the search. */
static void
test_tables (void)
{
  gsize n;
  const GantryUid *uids = gantry_uid_table (&n);
  const GantrySopClass *classes;
  const GantryModality *modalities;

  g_assert_cmpuint (n, >=, 400);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (gantry_uid_lookup (uids[i].uid) == &uids[i]);
      g_assert_true (gantry_uid_is_valid (uids[i].uid));
    }

  classes = gantry_sop_class_table (&n);
  g_assert_cmpuint (n, ==, 212);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (gantry_sop_class_lookup (classes[i].uid) == &classes[i]);
      g_assert_cmpstr (gantry_uid_lookup (classes[i].uid)->name, ==, classes[i].name);
      if (*classes[i].modality != '\0')
        g_assert_nonnull (gantry_modality_lookup (classes[i].modality));
      for (const char *const *g = classes[i].general; g != NULL && *g != NULL; g++)
        g_assert_nonnull (gantry_sop_class_lookup (*g));
    }

  modalities = gantry_modality_table (&n);
  g_assert_cmpuint (n, ==, 80);
  for (gsize i = 0; i < n; i++)
    g_assert_true (gantry_modality_lookup (modalities[i].code) == &modalities[i]);
}

static void
test_unknown (void)
{
  g_assert_null (gantry_uid_lookup ("1.2.3"));
  g_assert_null (gantry_uid_lookup (""));
  g_assert_null (gantry_uid_lookup (NULL));
  g_assert_null (gantry_sop_class_lookup (GANTRY_UID_VERIFICATION));
  g_assert_null (gantry_modality_lookup ("ct"));
  g_assert_cmpint (gantry_modality_get_family ("XYZ"), ==, GANTRY_FAMILY_OTHER);
}

static void
test_families (void)
{
  g_assert_cmpint (gantry_modality_get_family ("MG"), ==, GANTRY_FAMILY_XRAY);
  g_assert_cmpint (gantry_modality_get_family ("MR"), ==, GANTRY_FAMILY_MR);
  g_assert_cmpint (gantry_modality_get_family ("BDUS"), ==, GANTRY_FAMILY_US);
  g_assert_cmpint (gantry_modality_get_family ("PT"), ==, GANTRY_FAMILY_NUCLEAR);
  g_assert_cmpint (gantry_modality_get_family ("SM"), ==, GANTRY_FAMILY_LIGHT);
  g_assert_cmpint (gantry_modality_get_family ("ECG"), ==, GANTRY_FAMILY_WAVEFORM);
  g_assert_cmpint (gantry_modality_get_family ("KO"), ==, GANTRY_FAMILY_DOCUMENT);
  g_assert_cmpint (gantry_modality_get_family ("RTPLAN"), ==, GANTRY_FAMILY_RADIOTHERAPY);
}

static void
test_general (void)
{
  const GantrySopClass *mammography = gantry_sop_class_lookup ("1.2.840.10008.5.1.4.1.1.1.2");

  g_assert_cmpstr (mammography->general[0], ==, "1.2.840.10008.5.1.4.1.1.1.1");
  g_assert_null (mammography->general[1]);
}

static void
test_retired (void)
{
  g_autofree char *before = gantry_sop_class_describe ("1.2.840.10008.5.1.4.1.1.3");
  g_autofree char *now = gantry_sop_class_describe ("1.2.840.10008.5.1.4.1.1.3.1");
  g_autofree char *private = gantry_sop_class_describe ("1.3.12.2.1107.5.9.1");
  g_autofree char *any = gantry_uid_describe ("1.3.12.2.1107.5.9.1");

  g_assert_cmpstr (before, ==, "Ultrasound Multi-frame Image Storage (retired)");
  g_assert_cmpstr (now, ==, "Ultrasound Multi-frame Image Storage");
  g_assert_cmpstr (private, ==, any);
  g_assert_true (gantry_sop_class_is_retired ("1.2.840.10008.5.1.1.27"));
  g_assert_false (gantry_sop_class_is_retired ("1.2.840.10008.5.1.4.1.1.2"));
  g_assert_false (gantry_sop_class_is_retired ("1.3.12.2.1107.5.9.1"));
}

static void
test_images (void)
{
  g_assert_true (gantry_sop_class_is_image ("1.2.840.10008.5.1.4.1.1.2"));
  g_assert_true (gantry_sop_class_is_image ("1.2.840.10008.5.1.4.1.1.481.1"));
  g_assert_false (gantry_sop_class_is_image ("1.2.840.10008.5.1.4.1.1.88.11"));
  g_assert_false (gantry_sop_class_is_image ("1.2.840.10008.5.1.4.1.1.11.1"));
  g_assert_false (gantry_sop_class_is_image ("1.3.12.2.1107.5.9.1"));

  /* Of a class that is in no table, the modality is all that is known. */
  g_assert_true (gantry_sop_class_counts_as_image ("1.2.840.113619.4.2", "MR"));
  g_assert_true (gantry_sop_class_counts_as_image ("1.2.840.10008.5.1.4.1.1.999", "ct"));
  g_assert_false (gantry_sop_class_counts_as_image ("1.2.840.113619.4.2", "SR"));
  g_assert_false (gantry_sop_class_counts_as_image ("1.2.840.113619.4.2", "ECG"));
  g_assert_false (gantry_sop_class_counts_as_image ("1.2.840.113619.4.2", "RTPLAN"));
  g_assert_false (gantry_sop_class_counts_as_image ("1.2.840.113619.4.2", ""));
  g_assert_false (gantry_sop_class_counts_as_image ("1.2.840.113619.4.2", NULL));
  g_assert_false (gantry_sop_class_counts_as_image ("1.2.840.113619.4.2", "OT"));
  g_assert_true (gantry_sop_class_counts_as_image ("1.2.840.10008.5.1.4.1.1.2", "SR"));
  g_assert_false (gantry_sop_class_counts_as_image ("1.2.840.10008.5.1.4.1.1.88.11", "CT"));
  g_assert_true (gantry_sop_class_counts_as_image ("1.2.840.113619.4.2", "RTIMAGE"));
  g_assert_false (gantry_sop_class_counts_as_image ("1.3.12.2.1107.5.9.1", "MR"));
}

typedef struct
{
  const char *name, *uid, *text;
} Description;

static const Description descriptions[] = {
  { "name", "1.2.840.10008.5.1.4.1.1.2", "CT Image Storage" },
  { "private", "1.3.12.2.1107.5.9.1", "Private 1.3.12.2.1107.5.9.1 (Siemens Healthineers)" },
  { "private-root", "1.3.12.2.1107", "Private 1.3.12.2.1107 (Siemens Healthineers)" },
  { "private-like-a-root", "1.3.12.2.11070.1", "Private 1.3.12.2.11070.1" },
  { "private-inner-root", "1.2.826.0.1.3680043.8.498.1",
    "Private 1.2.826.0.1.3680043.8.498.1 (pydicom)" },
  { "private-nobody", "1.2.3", "Private 1.2.3" },
  { "mistake", "1.2.840.10008.5.1.4.1.1.1.1.1.1",
    "1.2.840.10008.5.1.4.1.1.1.1.1.1, a mistake for 1.2.840.10008.5.1.4.1.1.1.1.1 "
    "(Digital X-Ray Image Storage - For Processing)" },
  { "unknown", "1.2.840.10008.9.9", "Unknown to this version: 1.2.840.10008.9.9" },
  { "no-uid", "abc", "Unknown abc" },
  { "empty", "", "Unknown" },
  { "missing", NULL, "Unknown" },
};

static void
test_describe (gconstpointer data)
{
  const Description *d = data;
  g_autofree char *text = gantry_uid_describe (d->uid);

  g_assert_cmpstr (text, ==, d->text);
}

/* All transfer syntaxes have a short form that differs from every other. */
static void
test_short_names (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *explicit = gantry_transfer_syntax_describe (GANTRY_UID_EXPLICIT_LE);
  g_autofree char *j2k = gantry_transfer_syntax_describe ("1.2.840.10008.1.2.4.90");
  g_autofree char *other = gantry_transfer_syntax_describe ("1.2.3");
  gsize n, syntaxes = 0;
  const GantryUid *uids = gantry_uid_table (&n);

  g_assert_cmpstr (explicit, ==, "Explicit VR LE");
  g_assert_cmpstr (j2k, ==, "JPEG 2000 lossless");
  g_assert_cmpstr (other, ==, "Private 1.2.3");
  for (gsize i = 0; i < n; i++)
    if (uids[i].type == GANTRY_UID_TRANSFER_SYNTAX)
      {
        char *text = gantry_transfer_syntax_describe (uids[i].uid);

        syntaxes++;
        g_assert_cmpuint (strlen (text), <, 40);
        g_assert_true (g_hash_table_add (seen, text));
      }
  g_assert_cmpuint (syntaxes, ==, 63);
}

static const struct
{
  const char *name, *text;
  gboolean valid;
} uid_cases[] = {
  { "plain", "1.2.840.10008.1.1", TRUE },
  { "zero-component", "1.0.3", TRUE },
  { "single", "2", TRUE },
  { "sixty-four", "1.234567890123456789012345678901234567890123456789012345678.1234", TRUE },
  { "sixty-five", "1.234567890123456789012345678901234567890123456789012345678.12345", FALSE },
  { "empty", "", FALSE },
  { "zero-padded", "1.02.3", FALSE },
  { "empty-component", "1..2", FALSE },
  { "dot-first", ".1", FALSE },
  { "dot-last", "1.", FALSE },
  { "letter", "1.2a", FALSE },
  { "space", "1.2 ", FALSE },
  { "traversal", "../../etc", FALSE },
};

static void
test_uid_valid (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  g_assert_cmpint (gantry_uid_is_valid (uid_cases[i].text), ==, uid_cases[i].valid);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/registry/tables", test_tables);
  g_test_add_func ("/registry/unknown", test_unknown);
  g_test_add_func ("/registry/families", test_families);
  g_test_add_func ("/registry/general", test_general);
  g_test_add_func ("/registry/images", test_images);
  g_test_add_func ("/registry/retired", test_retired);
  g_test_add_func ("/registry/short-names", test_short_names);
  for (gsize i = 0; i < G_N_ELEMENTS (descriptions); i++)
    {
      g_autofree char *path = g_strconcat ("/registry/describe/", descriptions[i].name, NULL);
      g_test_add_data_func (path, &descriptions[i], test_describe);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (uid_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/registry/uid-valid/", uid_cases[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_uid_valid);
    }

  return g_test_run ();
}
