/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-instance.h"

#include <glib/gstdio.h>
#include <string.h>

#include "gantry-dataset.h"
#include "gantry-error.h"
#include "gantry-registry.h"

/* The order of columns that pydicom-fields.py prints. */
static const gsize columns[] = {
  G_STRUCT_OFFSET (GantryInstance, modality),
  G_STRUCT_OFFSET (GantryInstance, patient_name),
  G_STRUCT_OFFSET (GantryInstance, patient_id),
  G_STRUCT_OFFSET (GantryInstance, birth_date),
  G_STRUCT_OFFSET (GantryInstance, accession),
  G_STRUCT_OFFSET (GantryInstance, study_uid),
  G_STRUCT_OFFSET (GantryInstance, study_date),
  G_STRUCT_OFFSET (GantryInstance, study_description),
  G_STRUCT_OFFSET (GantryInstance, series_uid),
  G_STRUCT_OFFSET (GantryInstance, series_number),
  G_STRUCT_OFFSET (GantryInstance, series_description),
  G_STRUCT_OFFSET (GantryInstance, instance_number),
  G_STRUCT_OFFSET (GantryInstance, sop_class_uid),
  G_STRUCT_OFFSET (GantryInstance, sop_instance_uid),
};

/* What pydicom reads, or at least stores, and we refuse, with a part of the reason. */
static const struct
{
  const char *file, *reason;
} refused[] = {
  { "DICOMDIR", "This is a DICOMDIR" },
  { "DICOMDIR-bigEnd", "This is a DICOMDIR" },
  { "DICOMDIR-empty.dcm", "This is a DICOMDIR" },
  { "DICOMDIR-implicit", "This is a DICOMDIR" },
  { "DICOMDIR-nooffset", "This is a DICOMDIR" },
  { "DICOMDIR-nopatient", "This is a DICOMDIR" },
  { "DICOMDIR-reordered", "This is a DICOMDIR" },
  { "MR_truncated.dcm", "in the middle of its pixel data" },
  { "SC_rgb_jpeg.dcm", "a value representation is expected" }, /* Implicit VR named JPEG */
  { "empty_charset_LEI.dcm", "no SOP Class UID" },
  { "meta_missing_tsyntax.dcm", "no SOP Class UID" },
  { "nested_priv_SQ.dcm", "no SOP Class UID" },
};

static const char *
reason_of (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    if (strcmp (refused[i].file, name) == 0)
      return refused[i].reason;
  return NULL;
}

static void
compare (char **row, guint *n_read)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryInstance) instance = gantry_instance_read (row[0], &error);
  const char *reason = reason_of (row[0]);

  if (instance == NULL)
    {
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
      g_assert_true (g_str_has_suffix (error->message, "."));
      /* What pydicom does not read, we need not. */
      if (row[1] != NULL && (reason == NULL || strstr (error->message, reason) == NULL))
        g_test_fail_printf ("%s: %s", row[0], error->message);
      return;
    }
  if (reason != NULL)
    g_test_fail_printf ("%s: read, but should not be", row[0]);
  /* A bare data set, which pydicom wants to be told. */
  if (row[1] == NULL)
    {
      g_assert_false (instance->has_meta);
      g_assert_nonnull (gantry_sop_class_lookup (instance->sop_class_uid));
      return;
    }

  *n_read += 1;
  g_assert_cmpuint (g_strv_length (row), ==, G_N_ELEMENTS (columns) + 1);
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      const char *ours = G_STRUCT_MEMBER (char *, instance, columns[i]);
      g_autofree char *theirs = columns[i] == G_STRUCT_OFFSET (GantryInstance, patient_name)
                                    ? gantry_person_name_format (row[i + 1])
                                    : g_strdup (row[i + 1]);

      if (strcmp (ours, theirs) != 0)
        g_test_fail_printf ("%s, column %" G_GSIZE_FORMAT ": “%s”, not “%s”", row[0], i, ours,
                            theirs);
    }
}

static void
test_as_pydicom (void)
{
  const char *script = g_test_get_filename (G_TEST_DIST, "pydicom-fields.py", NULL);
  const char *argv[] = { "/usr/bin/python3", script, NULL };
  g_autofree char *output = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  int status;
  guint n_read = 0;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);

  lines = g_strsplit (output, "\n", -1);
  for (char **line = lines; *line != NULL && **line != '\0'; line++)
    {
      g_auto (GStrv) row = g_strsplit (*line, "\t", -1);
      compare (row, &n_read);
    }
  g_test_message ("%u files read alike", n_read);
  g_assert_cmpuint (n_read, >=, 160);
}

#define HEADER                                                                                     \
  "\x08\0\x16\0UI\x1a\0"                                                                           \
  "1.2.840.10008.5.1.4.1.1.2\0"                                                                    \
  "\x08\0\x18\0UI\6\0"                                                                             \
  "1.2.3\0"

static const struct
{
  const char *name, *data;
  gsize length;
  const char *error; /* NULL: must be read */
} bare[] = {
  { "bare-explicit", HEADER, sizeof HEADER - 1, NULL },
  { "magic-first", "DICM" HEADER, sizeof HEADER + 3, NULL },
  { "text", "Dear colleague, the study is attached.", 38, "not a DICOM file" },
  { "one-byte", "x", 1, "not a DICOM file" },
  { "empty", "", 0, "empty" },
  { "no-instance-uid", HEADER, 34, "no SOP Instance UID" },
  { "cut", HEADER, sizeof HEADER - 3, "only 4 are left" },
  { "zeros", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "not a DICOM file" },
};

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (GANTRY_UID_MAX, '1');
  g_autofree char *longer = g_strnfill (GANTRY_UID_MAX + 1, '1');
  GantryInstance instance = { .sop_class_uid = longest, .sop_instance_uid = longest };
  g_autoptr (GError) error = NULL;

  g_assert_true (gantry_instance_check_names (&instance, &error));
  instance.sop_instance_uid = longer;
  g_assert_false (gantry_instance_check_names (&instance, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "SOP Instance UID has more than 64 characters"));
  g_clear_error (&error);
  instance.sop_instance_uid = longest;
  instance.sop_class_uid = longer;
  g_assert_false (gantry_instance_check_names (&instance, &error));
  g_assert_nonnull (strstr (error->message, "SOP Class UID has more than 64 characters"));
}

static void
test_parse (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *copy = g_memdup2 (bare[i].data, bare[i].length);
  g_autoptr (GantryInstance) instance
      = gantry_instance_parse ("x", copy, bare[i].length, TRUE, &error);

  if (bare[i].error != NULL)
    {
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
      g_assert_null (instance);
      if (strstr (error->message, bare[i].error) == NULL)
        g_test_fail_printf ("%s", error->message);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpstr (instance->sop_instance_uid, ==, "1.2.3");
  g_assert_cmpstr (instance->transfer_syntax, ==, GANTRY_UID_EXPLICIT_LE);
  g_assert_cmpstr (instance->patient_name, ==, "");
  g_assert_false (instance->has_meta);
}

/* The header is good; what is behind it counts only for those who parse the whole. */
static void
test_whole (void)
{
  static const guint8 data[] = HEADER "\xe0\x7f\x10\0OW\0\0\xff\xff\0\0ab";
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryInstance) header
      = gantry_instance_parse (NULL, data, sizeof data - 1, FALSE, &error);
  g_autoptr (GantryInstance) whole = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (header);
  whole = gantry_instance_parse (NULL, data, sizeof data - 1, TRUE, &error);
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
  g_assert_null (whole);
}

/* A header far longer than what is read at first. */
static void
test_long_header (void)
{
  gsize length = 5 << 20, value = length - (sizeof HEADER - 1) - 12 - 12;
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "gantry-long-XXXXXX", NULL);
  g_autofree char *data = g_malloc0 (length);
  char *p = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryInstance) instance = NULL;
  guint32 encoded = GUINT32_TO_LE (value);
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  p = (char *)memcpy (p, HEADER, sizeof HEADER - 1) + sizeof HEADER - 1;
  p = (char *)memcpy (p, "\x09\0\1\x10OB\0\0", 8) + 8;
  p = (char *)memcpy (p, &encoded, 4) + 4 + value;
  memcpy (p, "\x10\0\x20\0LO\4\0ID-1", 12);
  g_assert_true (g_file_set_contents (path, data, length, NULL));
  instance = gantry_instance_read (path, &error);
  g_unlink (path);
  g_assert_no_error (error);
  g_assert_cmpstr (instance->patient_id, ==, "ID-1");
  g_assert_cmpuint (instance->size, ==, length);
  g_assert_cmpint (instance->modified, >, 0);
}

/* ---- Files that are not whole ---- */

#define TEST_FILES "/usr/lib/python3/dist-packages/pydicom/data/test_files/"
#define WHOLE 0
#define TEBIBYTE (G_GINT64_CONSTANT (1) << 40)

static const struct
{
  const char *name, *file;
  gint64 length;      /* negative: less than it has; 0: as it is */
  const char *reason; /* NULL: it is read */
} lengths[] = {
  { "whole", "CT_small.dcm", WHOLE, NULL },
  { "last-byte", "CT_small.dcm", -200, "in the middle of its pixel data" },
  { "pixels", "CT_small.dcm", 20000, "in the middle of its pixel data" },
  { "header", "CT_small.dcm", 600, "ends early" },
  { "meta", "CT_small.dcm", 200, "meta header" },
  { "preamble", "CT_small.dcm", 100, "not a DICOM file" },
  { "nothing", "CT_small.dcm", -39206, "empty" },
  { "sparse", "CT_small.dcm", TEBIBYTE, NULL },
  { "sparse-zeros", NULL, TEBIBYTE, "not a DICOM file" },
  { "implicit", "MR_small_implicit.dcm", -10, "in the middle of its pixel data" },
  { "big-endian", "MR_small_bigendian.dcm", -10, "in the middle of its pixel data" },
  { "fragment-whole", "JPEG2000.dcm", WHOLE, NULL },
  { "fragment", "JPEG2000.dcm", -20, "in the middle of its pixel data" },
  { "bare", "ExplVR_LitEndNoMeta.dcm", WHOLE, NULL },
};

static void
test_length (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *path = NULL;
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryInstance) instance = NULL;
  gsize length = 0;
  int fd = g_file_open_tmp ("gantry-instance-XXXXXX", &path, NULL);

  if (lengths[i].file != NULL)
    {
      g_autofree char *whole = g_strconcat (TEST_FILES, lengths[i].file, NULL);

      g_assert_true (g_file_get_contents (whole, &bytes, &length, NULL));
      g_assert_cmpint (write (fd, bytes, length), ==, length);
    }
  if (lengths[i].length != WHOLE)
    g_assert_cmpint (
        ftruncate (fd, lengths[i].length + (lengths[i].length < 0 ? (gint64)length : 0)), ==, 0);
  g_close (fd, NULL);
  instance = gantry_instance_read (path, &error);
  g_unlink (path);

  if (lengths[i].reason == NULL)
    g_assert_no_error (error);
  else
    {
      g_assert_null (instance);
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
      if (strstr (error->message, lengths[i].reason) == NULL)
        g_test_fail_printf ("%s", error->message);
    }
}

static void
test_unreadable (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gantry_instance_read ("/nowhere/at/all", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_null (gantry_instance_read ("/", &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
}

static void
test_meta_header (void)
{
  g_autoptr (GBytes) meta = gantry_meta_header_build ("1.2.840.10008.5.1.4.1.1.2", "1.2.3",
                                                      GANTRY_UID_IMPLICIT_LE, "CT_SCAN");
  static const guint8 dataset[] = "\x10\0\x20\0\4\0\0\0ID-1";
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GantryInstance) instance = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (meta, &length);

  /* The group length leads to the end. */
  g_assert_cmpuint (data[140] | data[141] << 8, ==, length - 144);
  g_byte_array_append (file, data, length);
  g_byte_array_append (file, dataset, sizeof dataset - 1);
  instance = gantry_instance_parse ("x", file->data, file->len, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (instance->has_meta);
  g_assert_cmpuint (instance->data_offset, ==, length);
  g_assert_cmpstr (instance->sop_class_uid, ==, "1.2.840.10008.5.1.4.1.1.2");
  g_assert_cmpstr (instance->sop_instance_uid, ==, "1.2.3");
  g_assert_cmpstr (instance->transfer_syntax, ==, GANTRY_UID_IMPLICIT_LE);
  g_assert_cmpstr (instance->patient_id, ==, "ID-1");
}

static const struct
{
  const char *name, *charset, *bytes, *text;
} texts[] = {
  { "ascii", NULL, "Doe^John  ", "Doe^John" },
  { "default-high", "", "B\xfc", "B\xef\xbf\xbd" },
  { "latin-1", "ISO_IR 100",
    "R\xfc"
    "diger",
    "Rüdiger" },
  { "misspelt", "ISO-IR-100",
    "R\xfc"
    "diger",
    "Rüdiger" },
  { "utf-8", "ISO_IR 192",
    "R\xc3\xbc"
    "diger",
    "Rüdiger" },
  { "utf-8-broken", "ISO_IR 192",
    "R\xfc"
    "diger",
    "R\xef\xbf\xbd"
    "diger" },
  { "cyrillic", "ISO_IR 144", "\xbb\xee\xda", "Люк" },
  { "thai", "ISO_IR 166", "\xa1\xa2", "กข" },
  { "katakana", "ISO_IR 13", "\xd4\xcf\xc0\xde", "ﾔﾏﾀﾞ" },
  { "korean", "\\ISO 2022 IR 149", "\x1b$)C\xb1\xe8", "김" },
  { "korean-reset", "\\ISO 2022 IR 149", "\x1b$)C\xb1\xe8^\x1b$)C\xb1\xe8", "김^김" },
  { "korean-not-invoked-again", "\\ISO 2022 IR 149", "\x1b$)C\xb1\xe8^\xb1\xe8",
    "김^\xef\xbf\xbd\xef\xbf\xbd" },
  { "kanji", "\\ISO 2022 IR 87", "\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "山田^太郎" },
  { "kanji-supplement", "\\ISO 2022 IR 159", "\x1b$(D0!\x1b(B", "丂" },
  { "chinese-2022", "\\ISO 2022 IR 58", "\x1b$)A\xcd\xf5", "王" },
  { "gb18030", "GB18030", "\xcd\xf5^\xd0\xa1\xb6\xab", "王^小东" },
  { "unknown-set", "KLINGON", "a\xffz", "a\xef\xbf\xbdz" },
  { "unknown-escape", "ISO 2022 IR 100", "a\x1b%Gz", "a␛%Gz" },
  { "control", "", "a\tb\x7f", "a␉b␡" },
  { "kanji-cut", "\\ISO 2022 IR 87", "\x1b$B;", "\xef\xbf\xbd" },
};

static void
test_text (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *text = gantry_text_decode (texts[i].charset, (const guint8 *)texts[i].bytes,
                                              strlen (texts[i].bytes));

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpstr (text, ==, texts[i].text);
}

static void
test_names_and_dates (void)
{
  static const char *const names[][2] = {
    { "Doe^John^^Dr.", "Doe, John, Dr." },
    { "Doe", "Doe" },
    { "Doe^^^", "Doe" },
    { "=山田^太郎=やまだ", "山田 太郎" },
    { "Yamada^Tarou=山田^太郎=やまだ^たろう", "山田 太郎 (Yamada, Tarou)" },
    { "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎", "山田 太郎 (ﾔﾏﾀﾞ ﾀﾛｳ)" },
    { "Hong^Gildong=洪^吉洞=홍^길동", "洪 吉洞 (Hong, Gildong)" },
    { "山田^太郎", "山田 太郎" },
    { "Wang^XiaoDong=王^小东=", "王 小东 (Wang, XiaoDong)" },
    { "Doe^John=", "Doe, John" },
    { "Doe=Doe", "Doe" },
    { "==やまだ^たろう", "やまだ たろう" },
    { "Люкceмбypг^^", "Люкceмбypг" },
    { "Buc^Jérôme=====", "Buc, Jérôme" },
    { "^John", "John" },
    { "", "" },
    { "^^=^=", "" },
    { "=====", "" },
    { " Doe ^ J ", "Doe, J" },
  };
  static const char *const dates[][2] = {
    { "20261120", "2026-11-20" },   { "20260231", "20260231" },   { "2026", "2026" }, { "", "" },
    { "2026.11.20", "2026.11.20" }, { "202611201", "202611201" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = gantry_person_name_format (names[i][0]);
      g_assert_cmpstr (name, ==, names[i][1]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      g_autofree char *date = gantry_date_format (dates[i][0]);
      g_assert_cmpstr (date, ==, dates[i][1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/instance/names", test_names);

  g_test_add_func ("/instance/as-pydicom", test_as_pydicom);
  for (gsize i = 0; i < G_N_ELEMENTS (bare); i++)
    {
      g_autofree char *path = g_strconcat ("/instance/parse/", bare[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_parse);
    }
  g_test_add_func ("/instance/whole", test_whole);
  g_test_add_func ("/instance/long-header", test_long_header);
  g_test_add_func ("/instance/unreadable", test_unreadable);
  g_test_add_func ("/instance/meta-header", test_meta_header);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *path = g_strconcat ("/text/decode/", texts[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_text);
    }
  g_test_add_func ("/text/names-and-dates", test_names_and_dates);

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *path = g_strconcat ("/instance/length/", lengths[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_length);
    }
  return g_test_run ();
}
