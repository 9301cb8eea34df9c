/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gantry-error.h"
#include "gantry-layout.h"

#define LONG_TEXT "0123456789012345678901234567890123456789012345678901234567890123456789"

/* ---- Patterns ------------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  const char *pattern;
  const char *path;   /* of the example; NULL: refused */
  const char *reason; /* a part of the sentence */
} Pattern;

static const Pattern patterns[] = {
  { "issue", "{PatientID}/{StudyDate}-{Modality}/{SeriesNumber}-{SOPInstanceUID}",
    "4711/20260314-CT/2-1.2.826.0.1.20260314.1.2.17.dcm", NULL },
  { "extension", "{SOPInstanceUID}.dcm", "1.2.826.0.1.20260314.1.2.17.dcm", NULL },
  { "sender", "{CallingAETitle}/{SOPInstanceUID}", "CT01/1.2.826.0.1.20260314.1.2.17.dcm", NULL },
  { "literal", "in box/{SOPInstanceUID}", "in box/1.2.826.0.1.20260314.1.2.17.dcm", NULL },
  { "uid-as-folder", "{SOPInstanceUID}/{Modality}", "1.2.826.0.1.20260314.1.2.17/CT.dcm", NULL },
  { "device", "con/{SOPInstanceUID}", "_con/1.2.826.0.1.20260314.1.2.17.dcm", NULL },
  { "empty", "", NULL, "empty" },
  { "unknown", "{PatientsID}/{SOPInstanceUID}", NULL, "no field {PatientsID}" },
  { "not-unique", "{PatientID}/{StudyDate}", NULL, "needs {SOPInstanceUID}" },
  { "absolute", "/tmp/{SOPInstanceUID}", NULL, "may not begin with" },
  { "parent", "../{SOPInstanceUID}", NULL, "begin with a dot" },
  { "parent-inside", "a/../{SOPInstanceUID}", NULL, "begin with a dot" },
  { "self", "./{SOPInstanceUID}", NULL, "begin with a dot" },
  { "hidden", ".incoming/{SOPInstanceUID}", NULL, "begin with a dot" },
  { "no-name", "a//{SOPInstanceUID}", NULL, "empty name" },
  { "no-file", "{SOPInstanceUID}/", NULL, "empty name" },
  { "open-brace", "{SOPInstanceUID}-{Modality", NULL, "without a “}”" },
  { "close-brace", "}{SOPInstanceUID}", NULL, "cannot be in a name" },
  { "backslash", "a\\b{SOPInstanceUID}", NULL, "cannot be in a name" },
  { "control", "a\tb{SOPInstanceUID}", NULL, "cannot be in a name" },
  { "override", "a\xE2\x80\xAE{SOPInstanceUID}", NULL, "cannot be in a name" },
  { "not-utf8", "a\xFF{SOPInstanceUID}", NULL, "UTF-8" },
  { "deep", "a/b/c/d/e/f/g/h/{SOPInstanceUID}", NULL, "too many levels" },
  { "long", LONG_TEXT LONG_TEXT LONG_TEXT LONG_TEXT LONG_TEXT LONG_TEXT LONG_TEXT LONG_TEXT, NULL,
    "too long" },
};

static void
test_pattern (gconstpointer data)
{
  const Pattern *t = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = gantry_layout_example (GANTRY_LAYOUT_PATTERN, t->pattern, &error);

  g_assert_cmpstr (path, ==, t->path);
  if (t->path != NULL)
    {
      g_assert_no_error (error);
      return;
    }
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_SETTING);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, t->reason));
}

static void
test_layouts (void)
{
  static const char *const expected[] = {
    [GANTRY_LAYOUT_UIDS]
    = "1.2.826.0.1.20260314.1/1.2.826.0.1.20260314.1.2/1.2.826.0.1.20260314.1.2.17.dcm",
    [GANTRY_LAYOUT_PATIENT] = ("Doe_Jane_4711/20260314_CT_Thorax/2_CT_Axial_5.0/"
                               "1.2.826.0.1.20260314.1.2.17.dcm"),
    [GANTRY_LAYOUT_FLAT] = "1.2.826.0.1.20260314.1.2.17.dcm",
  };
  static const guint depths[] = { 2, 3, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *path = gantry_layout_example ((GantryLayout)i, NULL, NULL);
      g_autoptr (GantryLayoutPattern) pattern
          = gantry_layout_pattern_new ((GantryLayout)i, NULL, NULL);

      g_assert_cmpstr (path, ==, expected[i]);
      g_assert_cmpuint (gantry_layout_pattern_get_depth (pattern), ==, depths[i]);
    }
}

/* Whoever shows the list to people must be able to use each of its words. */
static void
test_fields (void)
{
  const char *const *names = gantry_layout_list_fields ();

  g_assert_cmpuint (g_strv_length ((char **)names), >, 10);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *pattern = g_strdup_printf ("{%s}-{SOPInstanceUID}", names[i]);
      g_autoptr (GError) error = NULL;
      g_autofree char *path = gantry_layout_example (GANTRY_LAYOUT_PATTERN, pattern, &error);

      g_assert_no_error (error);
      g_assert_cmpint (*path, !=, '-'); /* the example has something to show for each */
    }
}

/* ---- Foreign text --------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  const char *text;
  const char *expected; /* of {PatientID} */
} Text;

static const Text texts[] = {
  { "plain", "4711", "4711" },
  { "words", "Doe, John (jr.)", "Doe_John_jr" },
  { "japanese", "\xE5\xB1\xB1\xE7\x94\xB0 \xE5\xA4\xAA\xE9\x83\x8E",
    "\xE5\xB1\xB1\xE7\x94\xB0_\xE5\xA4\xAA\xE9\x83\x8E" },
  { "composed", "Mu\xCC\x88ller", "M\xC3\xBCller" }, /* one name, however it was typed */
  { "parent", "..", "none" },
  { "path", "../../../etc/passwd", "etc_passwd" },
  { "windows-path", "..\\..\\boot.ini", "boot.ini" },
  { "absolute", "/etc/passwd", "etc_passwd" },
  { "hidden", ".ssh", "ssh" },
  { "option", "-rf", "rf" },
  { "trailing-dots", "a...", "a" },
  { "dots-inside", "a....b", "a.b" },
  { "nul-as-shown",
    "a\xE2\x90\x80"
    "b",
    "a_b" },
  { "controls",
    "a\x01\x1B\x7F"
    "b",
    "a_b" },
  { "newline", "a\nb", "a_b" },
  { "override",
    "a\xE2\x80\xAE"
    "exe.b",
    "a_exe.b" },
  { "zero-width",
    "a\xE2\x80\x8B"
    "b",
    "a_b" },
  { "invisible-letters", "\xE3\x85\xA4\xE3\x85\xA4", "none" },
  { "invalid",
    "a\xFF\xFE"
    "b",
    "a_b" },
  { "lonely-mark",
    "\xCC\x88"
    "a",
    "a" },
  { "device", "CON", "_CON" },
  { "device-with-extension", "nul.txt", "_nul.txt" },
  { "device-port", "com1", "_com1" },
  { "device-superscript", "LPT\xC2\xB9", "_LPT\xC2\xB9" },
  { "no-device", "comb", "comb" },
  { "shell", "$(rm -rf ~);`x`|&", "rm_-rf_x" },
  { "empty", "", "none" },
  { "only-spaces", "   ", "none" },
  { "long", LONG_TEXT, "0123456789012345678901234567890123456789012345678901234567890123" },
  { "long-of-many-octets",
    "\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1"
    "\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5"
    "\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1",
    "\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1"
    "\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5"
    "\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1\xE5\xB1\xB1" },
};

static char **
expand (const char *pattern, const char *text, const char *uid)
{
  GantryInstance instance = { .patient_id = (char *)text,
                              .patient_name = (char *)text,
                              .study_description = (char *)text,
                              .series_description = (char *)text,
                              .study_uid = (char *)uid,
                              .series_uid = (char *)uid };
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryLayoutPattern) self
      = gantry_layout_pattern_new (GANTRY_LAYOUT_PATTERN, pattern, &error);

  g_assert_no_error (error);
  return gantry_layout_pattern_expand (self, &instance, uid, text);
}

/* What every name must be, whatever it was made of. */
static void
assert_safe (const char *name)
{
  g_assert_cmpstr (name, !=, "");
  g_assert_cmpint (name[0], !=, '.');
  g_assert_cmpint (name[0], !=, '-');
  g_assert_null (strpbrk (name, "/\\:*?\"<>|"));
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_cmpuint (strlen (name), <=, GANTRY_LAYOUT_NAME_MAX + 1);
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_true (g_unichar_isprint (g_utf8_get_char (p))
                   || g_unichar_ismark (g_utf8_get_char (p)));
}

static void
test_text (gconstpointer data)
{
  const Text *t = data;
  g_auto (GStrv) names
      = expand ("{PatientID}/{CallingAETitle}/{PatientName}_{SOPInstanceUID}", t->text, "1.2.3");

  g_assert_cmpstr (names[0], ==, t->expected);
  g_assert_cmpstr (names[1], ==, t->expected);
  for (guint i = 0; names[i] != NULL; i++)
    assert_safe (names[i]);
}

typedef struct
{
  const char *name;
  const char *uid;
  gboolean safe;
} Uid;

static const Uid uids[] = {
  { "plain", "1.2.840.10008.1.1", TRUE },
  { "leading-zero", "1.02.3", TRUE },
  { "of-64", "1.234567890123456789012345678901234567890123456789012345678901.3", TRUE },
  { "of-65", "1.234567890123456789012345678901234567890123456789012345678901.34", FALSE },
  { "of-200", LONG_TEXT LONG_TEXT LONG_TEXT, FALSE },
  { "parent", "..", FALSE },
  { "path", "../../etc/passwd", FALSE },
  { "two-dots", "1..2", FALSE },
  { "leading-dot", ".1.2", FALSE },
  { "trailing-dot", "1.2.", FALSE },
  { "device", "con", FALSE },
  { "space", "1.2 .3", FALSE },
  { "newline", "1.2\n.3", FALSE },
  { "other-digits", "\xD9\xA1.\xD9\xA2", FALSE },
  { "invalid", "1.2\xFF", FALSE },
};

static void
test_uid (gconstpointer data)
{
  const Uid *t = data;
  g_auto (GStrv) names = expand ("{StudyInstanceUID}/{SOPInstanceUID}", "x", t->uid);
  g_auto (GStrv) other = expand ("{StudyInstanceUID}/{SOPInstanceUID}", "x", "1.2.3.4.5.6.");

  g_assert_cmpint (gantry_layout_is_safe_uid (t->uid), ==, t->safe);
  if (t->safe)
    g_assert_cmpstr (names[1], ==, t->uid);
  else
    g_assert_true (g_str_has_prefix (names[1], "unsafe-"));
  g_assert_cmpstr (names[0], ==, names[1]);
  g_assert_cmpstr (names[1], !=, other[1]); /* two never share a name */
  assert_safe (names[1]);
}

/* A name that is too long is cut, and what made two of them different is not lost. */
static void
test_long_name (void)
{
  static const char pattern[] = "{PatientID}{PatientName}{StudyDescription}{SOPInstanceUID}";
  g_auto (GStrv) one = expand (pattern, LONG_TEXT, "1.2.3");
  g_auto (GStrv) other = expand (pattern, LONG_TEXT, "1.2.4");

  g_assert_cmpuint (strlen (one[0]), <=, GANTRY_LAYOUT_NAME_MAX);
  g_assert_cmpstr (one[0], !=, other[0]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      g_autofree char *path = g_strdup_printf ("/layout/pattern/%s", patterns[i].name);

      g_test_add_data_func (path, &patterns[i], test_pattern);
    }
  g_test_add_func ("/layout/layouts", test_layouts);
  g_test_add_func ("/layout/fields", test_fields);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/layout/text/%s", texts[i].name);

      g_test_add_data_func (path, &texts[i], test_text);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (uids); i++)
    {
      g_autofree char *path = g_strdup_printf ("/layout/uid/%s", uids[i].name);

      g_test_add_data_func (path, &uids[i], test_uid);
    }
  g_test_add_func ("/layout/long-name", test_long_name);
  return g_test_run ();
}
