/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-transcode.h"

#include <glib/gstdio.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-instance.h"
#include "gantry-registry.h"
#include "test-element.h"

#define PYDICOM "/usr/lib/python3/dist-packages/pydicom/data/"
#define GENERAL "1.2.840.10008.5.1.4.1.1.7" /* Secondary Capture */

static char *folder;

/* Files of pydicom's that cannot be converted, and why. */
static const struct
{
  const char *file, *error;
} broken[] = {
  { "JPEG2000-embedded-sequence-delimiter.dcm", "but their compressed data have" },
  { "MR_truncated.dcm", "only 8130 are left" },
  { "rtplan_truncated.dcm", "only 711 are left" },
};

static const char *const round_trips[]
    = { "CT_small.dcm", "SC_rgb_small_odd.dcm", "waveform_ecg.dcm",
        "reportsi.dcm", "test-SR.dcm",          "liver_1frame.dcm" };

static const char *
why_broken (const char *file)
{
  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    if (strcmp (broken[i].file, file) == 0)
      return broken[i].error;
  return NULL;
}

static GBytes *
transcode (const char *path, const char *to, const char *general_class, GError **error)
{
  g_autoptr (GantryInstance) instance = gantry_instance_read (path, error);

  if (instance == NULL)
    return NULL;
  return gantry_transcode (path, instance->data_offset, instance->transfer_syntax, to,
                           general_class, folder, NULL, error);
}

/* A file that others can read, of a data set. */
static char *
save (GBytes *data_set, const char *syntax)
{
  static guint count = 0;
  g_autofree char *name = g_strdup_printf ("%u.dcm", count++);
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GBytes) meta = gantry_meta_header_build (GENERAL, "1.2.3", syntax, "TEST");
  g_autoptr (GByteArray) file = g_byte_array_new ();
  gsize length;
  const void *data = g_bytes_get_data (data_set, &length);

  g_assert_cmpuint (length % 2, ==, 0);
  g_byte_array_append (file, g_bytes_get_data (meta, NULL), (guint)g_bytes_get_size (meta));
  g_byte_array_append (file, data, (guint)length);
  g_assert_true (g_file_set_contents (path, (char *)file->data, file->len, NULL));
  return path;
}

/* One process compares all pairs, because starting it takes longer than comparing. */
static GSubprocess *comparer;
static GDataInputStream *answers;

static char *
compare (const char *original, const char *result, const char *mode)
{
  g_autofree char *line = g_strdup_printf ("%s\t%s\t%s\n", original, result, mode);
  g_autoptr (GError) error = NULL;
  char *answer;

  if (comparer == NULL)
    {
      g_autofree char *script = g_test_build_filename (G_TEST_DIST, "transcode-compare.py", NULL);

      comparer = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                   &error, "/usr/bin/python3", script, NULL);
      g_assert_no_error (error);
      answers = g_data_input_stream_new (g_subprocess_get_stdout_pipe (comparer));
    }
  g_assert_true (g_output_stream_write_all (g_subprocess_get_stdin_pipe (comparer), line,
                                            strlen (line), NULL, NULL, &error));
  answer = g_data_input_stream_read_line (answers, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer);
  return answer;
}

static void
check_same (const char *original, const char *result, const char *mode, const char *what)
{
  g_autofree char *answer = compare (original, result, mode);

  if (*answer != '\0')
    g_test_fail_printf ("%s: %s", what, answer);
}

/* Each file to all that it can be turned into, and under a general class as it is. */
static void
test_file (gconstpointer data)
{
  const char *path = data;
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryInstance) instance = gantry_instance_read (path, &error);
  const char *const *targets;
  const char *why = why_broken (name);

  g_assert_no_error (error);
  targets = gantry_transcode_list_targets (instance->transfer_syntax, GANTRY_TRANSCODING_ANY);
  g_assert_nonnull (targets[0]);
  for (guint i = 0; targets[i] != NULL; i++)
    {
      g_autoptr (GError) failure = NULL;
      g_autoptr (GBytes) bytes = transcode (path, targets[i], NULL, &failure);
      g_autofree char *result = NULL;

      if (why != NULL)
        {
          g_assert_error (failure, GANTRY_ERROR, GANTRY_ERROR_FILE);
          if (strstr (failure->message, why) == NULL)
            g_test_fail_printf ("%s: %s", targets[i], failure->message);
          continue;
        }
      if (failure != NULL)
        {
          g_test_fail_printf ("%s: %s", targets[i], failure->message);
          continue;
        }
      result = save (bytes, targets[i]);
      check_same (path, result, "", targets[i]);
      g_unlink (result);
    }
  if (why == NULL && *instance->sop_class_uid != '\0')
    {
      g_autoptr (GBytes) bytes = transcode (path, instance->transfer_syntax, GENERAL, &error);
      g_autofree char *result = NULL;

      g_assert_no_error (error);
      result = save (bytes, instance->transfer_syntax);
      check_same (path, result, "general", "general");
      g_unlink (result);
    }
}

/* Pictures of our own, compressed by the tools of others in every way they know. */
typedef struct
{
  const char *name;
  guint rows, columns, samples, allocated, stored;
  gboolean is_signed;
  const char *photometric;
  guint frames;
  const char *command; /* with the names of the two files behind it */
  const char *lossy;   /* not the same pixels: what Photometric Interpretation is instead */
} Encoded;

static const Encoded encoded[] = {
  { "rle/8", 13, 7, 1, 8, 8, FALSE, "MONOCHROME2", 1, "dcmcrle", NULL },
  { "rle/16", 13, 7, 1, 16, 12, FALSE, "MONOCHROME1", 3, "dcmcrle", NULL },
  { "rle/signed", 13, 7, 1, 16, 16, TRUE, "MONOCHROME2", 3, "dcmcrle +ot", NULL },
  { "rle/32", 13, 7, 1, 32, 32, FALSE, "MONOCHROME2", 2, "dcmcrle", NULL },
  { "rle/rgb", 13, 7, 3, 8, 8, FALSE, "RGB", 3, "dcmcrle -ot", NULL },
  { "rle/ybr", 13, 7, 3, 8, 8, FALSE, "YBR_FULL", 1, "dcmcrle", NULL },
  { "jpeg/lossless-8", 13, 7, 1, 8, 8, FALSE, "MONOCHROME2", 3, "dcmcjpeg +el", NULL },
  { "jpeg/lossless-12", 13, 7, 1, 16, 12, FALSE, "MONOCHROME2", 3, "dcmcjpeg +el -ot", NULL },
  { "jpeg/lossless-16", 13, 7, 1, 16, 16, FALSE, "MONOCHROME2", 1, "dcmcjpeg +e1", NULL },
  { "jpeg/lossless-signed", 13, 7, 1, 16, 16, TRUE, "MONOCHROME2", 2, "dcmcjpeg +e1 +ot", NULL },
  { "jpeg/lossless-signed-12", 13, 7, 1, 16, 12, TRUE, "MONOCHROME2", 2, "dcmcjpeg +e1", NULL },
  { "jpeg/lossless-rgb", 13, 7, 3, 8, 8, FALSE, "RGB", 3, "dcmcjpeg +e1", NULL },
  { "jpeg/lossless-ybr", 13, 7, 3, 8, 8, FALSE, "YBR_FULL", 2, "dcmcjpeg +e1", NULL },
  { "jpeg/lossless-palette", 13, 7, 1, 8, 8, FALSE, "PALETTE COLOR", 2, "dcmcjpeg +e1", NULL },
  { "jpeg/fragments", 200, 130, 1, 16, 16, FALSE, "MONOCHROME2", 3, "dcmcjpeg +e1 +fs 1 +ot",
    NULL },
  { "jpeg/fragments-no-table", 200, 130, 1, 16, 16, FALSE, "MONOCHROME2", 3,
    "dcmcjpeg +e1 +fs 1 -ot", NULL },
  { "jpeg/baseline-rgb", 16, 24, 3, 8, 8, FALSE, "RGB", 2, "dcmcjpeg +eb", "RGB" },
  { "jpeg/baseline-mono", 16, 24, 1, 8, 8, FALSE, "MONOCHROME2", 2, "dcmcjpeg +eb", "MONOCHROME2" },
  { "jpeg/extended-12", 16, 24, 1, 16, 12, FALSE, "MONOCHROME2", 2, "dcmcjpeg +ee", "MONOCHROME2" },
  { "jpeg-ls/8", 13, 7, 1, 8, 8, FALSE, "MONOCHROME2", 3, "dcmcjpls", NULL },
  { "jpeg-ls/12", 13, 7, 1, 16, 12, FALSE, "MONOCHROME2", 3, "dcmcjpls -ot", NULL },
  { "jpeg-ls/signed", 13, 7, 1, 16, 16, TRUE, "MONOCHROME2", 2, "dcmcjpls", NULL },
  { "jpeg-ls/rgb", 13, 7, 3, 8, 8, FALSE, "RGB", 2, "dcmcjpls", NULL },
  { "jpeg-ls/fragments", 200, 130, 1, 16, 16, FALSE, "MONOCHROME2", 3, "dcmcjpls +fs 1 +ot", NULL },
  { "jpeg-ls/near", 16, 24, 1, 8, 8, FALSE, "MONOCHROME2", 2, "dcmcjpls +en +md 3", "MONOCHROME2" },
  { "jpeg-2000/8", 40, 33, 1, 8, 8, FALSE, "MONOCHROME2", 1, "gdcmconv --j2k", NULL },
  { "jpeg-2000/12", 40, 33, 1, 16, 12, FALSE, "MONOCHROME2", 3, "gdcmconv --j2k", NULL },
  { "jpeg-2000/16", 40, 33, 1, 16, 16, FALSE, "MONOCHROME2", 1, "gdcmconv --j2k", NULL },
  { "jpeg-2000/rgb", 40, 33, 3, 8, 8, FALSE, "RGB", 2, "gdcmconv --j2k", NULL },
};

static void
put_number (GByteArray *bytes, guint16 element, guint16 value)
{
  guint8 whole[] = { 0x28, 0, (guint8)element, (guint8)(element >> 8), 'U', 'S',
                     2,    0, (guint8)value,   (guint8)(value >> 8) };

  g_byte_array_append (bytes, whole, sizeof whole);
}

/* Smooth in one direction, noisy in the other, and with all values that there are. */
static void
put_pixels (GByteArray *bytes, const Encoded *c)
{
  guint n = c->rows * c->columns * c->samples * c->frames, width = c->allocated / 8;
  guint length = n * width + n * width % 2;
  guint8 head[] = { 0xE0,
                    0x7F,
                    0x10,
                    0,
                    'O',
                    width > 1 ? 'W' : 'B',
                    0,
                    0,
                    (guint8)length,
                    (guint8)(length >> 8),
                    (guint8)(length >> 16),
                    0 };

  g_byte_array_append (bytes, head, sizeof head);
  for (guint i = 0; i < n; i++)
    {
      guint32 value = i * 2654435761u >> (32 - MIN (c->stored, i % 97 < 60 ? 5 : c->stored));
      guint8 cell[4];

      if (c->is_signed && c->stored < 16 && value >> (c->stored - 1) != 0)
        value |= 0xFFFFu << c->stored;
      for (guint k = 0; k < 4; k++)
        cell[k] = (guint8)(value >> 8 * k);
      g_byte_array_append (bytes, cell, width);
    }
  if (n * width % 2 != 0)
    g_byte_array_append (bytes, (const guint8 *)"", 1);
}

static void
put_palette (GByteArray *bytes)
{
  for (guint16 element = 0x1101; element <= 0x1103; element++)
    {
      guint8 head[] = { 0x28, 0, (guint8)element, 0x11, 'U', 'S', 6, 0, 4, 0, 0, 0, 16, 0 };
      g_byte_array_append (bytes, head, sizeof head);
    }
  for (guint16 element = 0x1201; element <= 0x1203; element++)
    {
      guint8 head[]
          = { 0x28, 0,  (guint8)element, 0x12, 'O', 'W', 0, 0, 8, 0, 0, 0, 0, 0, 0, 60, 0, 120,
              0,    240 };
      g_byte_array_append (bytes, head, sizeof head);
    }
}

static GByteArray *
make_header (const Encoded *c, const char *photometric)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autofree char *frames = g_strdup_printf ("%u", c->frames);

  test_put_element (bytes, 0x0008, 0x0016, "UI", GENERAL);
  test_put_element (bytes, 0x0008, 0x0018, "UI", "1.2.3");
  test_put_element (bytes, 0x0008, 0x0060, "CS", "OT");
  test_put_element (bytes, 0x0009, 0x0010, "LO", "NOBODY KNOWS");
  test_put_element (bytes, 0x0009, 0x1002, "LO", "kept");
  put_number (bytes, 0x0002, c->samples);
  test_put_element (bytes, 0x0028, 0x0004, "CS", photometric);
  if (c->samples > 1)
    put_number (bytes, 0x0006, 0);
  test_put_element (bytes, 0x0028, 0x0008, "IS", frames);
  put_number (bytes, 0x0010, c->rows);
  put_number (bytes, 0x0011, c->columns);
  put_number (bytes, 0x0100, c->allocated);
  put_number (bytes, 0x0101, c->stored);
  put_number (bytes, 0x0102, c->stored - 1);
  put_number (bytes, 0x0103, c->is_signed);
  if (strcmp (c->photometric, "PALETTE COLOR") == 0)
    put_palette (bytes);
  return bytes;
}

static char *
make_picture (const Encoded *c)
{
  g_autoptr (GByteArray) bytes = make_header (c, c->photometric);
  g_autoptr (GBytes) data_set = NULL;

  put_pixels (bytes, c);
  data_set = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return save (data_set, GANTRY_UID_EXPLICIT_LE);
}

static void
run (const char *command, const char *input, const char *output)
{
  g_autofree char *line = g_strdup_printf ("%s '%s' '%s'", command, input, output);
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (g_spawn_command_line_sync (line, NULL, &errors, &status, &error));
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s", line, errors);
}

static void
test_encoded (gconstpointer data)
{
  const Encoded *c = data;
  const char *targets[] = { GANTRY_UID_EXPLICIT_LE, GANTRY_UID_IMPLICIT_LE, GANTRY_UID_DEFLATED_LE,
                            GANTRY_UID_EXPLICIT_BE };
  g_autofree char *original = make_picture (c);
  g_autofree char *compressed = g_strconcat (original, ".compressed", NULL);

  run (c->command, original, compressed);
  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = transcode (compressed, targets[i], NULL, &error);
      g_autofree char *result = NULL;

      g_assert_no_error (error);
      result = save (bytes, targets[i]);
      if (c->lossy == NULL)
        check_same (original, result, "pixels", targets[i]);
      check_same (compressed, result, "", targets[i]);
      g_unlink (result);
    }
  g_unlink (original);
  g_unlink (compressed);
}

/* The same pictures in High-Throughput JPEG 2000, which no tool of Debian's writes: OpenJPH made
 * the codestreams in tests/data/ of what put_pixels() makes. */
static const Encoded high_throughput[] = {
  { "htj2k-8", 40, 33, 1, 8, 8, FALSE, "MONOCHROME2", 1, "1.2.840.10008.1.2.4.201", NULL },
  { "htj2k-12", 40, 33, 1, 16, 12, FALSE, "MONOCHROME2", 1, "1.2.840.10008.1.2.4.202", NULL },
  { "htj2k-signed-16", 40, 33, 1, 16, 16, TRUE, "MONOCHROME2", 1, "1.2.840.10008.1.2.4.201", NULL },
  { "htj2k-rgb", 40, 33, 3, 8, 8, FALSE, "RGB", 1, "1.2.840.10008.1.2.4.203", NULL },
  { "htj2k-lossy", 40, 33, 1, 8, 8, FALSE, "MONOCHROME2", 1, "1.2.840.10008.1.2.4.203", "" },
};

static char *
make_high_throughput (const Encoded *c)
{
  g_autoptr (GByteArray) bytes = make_header (c, c->samples == 3 ? "YBR_RCT" : c->photometric);
  g_autoptr (GBytes) data_set = NULL;
  g_autofree char *name = g_strconcat (c->name, ".j2c", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", name, NULL);
  g_autofree char *stream = NULL;
  gsize length;
  guint8 head[] = { 0xE0, 0x7F, 0x10, 0, 'O', 'B', 0,    0,    0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF,
                    0,    0xE0, 0,    0, 0,   0,   0xFE, 0xFF, 0,    0xE0, 0,    0,    0,    0 };
  static const guint8 end[] = { 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0 };

  g_assert_true (g_file_get_contents (path, &stream, &length, NULL));
  head[24] = (guint8)(length + length % 2);
  head[25] = (guint8)((length + length % 2) >> 8);
  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, (guint8 *)stream, (guint)length);
  g_byte_array_append (bytes, end + (length % 2 == 0), sizeof end - (length % 2 == 0));
  data_set = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return save (data_set, c->command);
}

static void
test_high_throughput (gconstpointer data)
{
  const Encoded *c = data;
  g_autofree char *original = make_picture (c);
  g_autofree char *compressed = make_high_throughput (c);
  g_autofree char *result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = transcode (compressed, GANTRY_UID_EXPLICIT_BE, NULL, &error);

  g_assert_no_error (error);
  result = save (bytes, GANTRY_UID_EXPLICIT_BE);
  if (c->lossy == NULL)
    check_same (original, result, "pixels", "");
  else
    /* (0028,2110) in Big Endian: once lost, always lost. */
    g_assert_nonnull (memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                              "\0\x28\x21\x10"
                              "CS\0\x02"
                              "01",
                              10));
  g_unlink (original);
  g_unlink (compressed);
  g_unlink (result);
}

static void
add_files (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);
      g_autoptr (GantryInstance) instance = NULL;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        add_files (path);
      else if ((instance = gantry_instance_read (path, NULL)) != NULL)
        {
          g_autofree char *test = g_strconcat ("/transcode/file/", name, NULL);

          g_test_add_data_func_full (test, g_strdup (path), test_file, g_free);
        }
    }
}

/* There and back again is where it began. */
static void
test_round_trip (gconstpointer data)
{
  const char *name = data;
  g_autofree char *path = g_strconcat (PYDICOM "test_files/", name, NULL);
  const char *over[] = { GANTRY_UID_EXPLICIT_BE, GANTRY_UID_DEFLATED_LE, GANTRY_UID_IMPLICIT_LE };

  for (gsize i = 0; i < G_N_ELEMENTS (over); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) there = transcode (path, over[i], NULL, &error);
      g_autoptr (GBytes) back = NULL;
      g_autofree char *first = NULL;
      g_autofree char *second = NULL;

      g_assert_no_error (error);
      first = save (there, over[i]);
      back = transcode (first, GANTRY_UID_EXPLICIT_LE, NULL, &error);
      g_assert_no_error (error);
      second = save (back, GANTRY_UID_EXPLICIT_LE);
      check_same (path, second, "", over[i]);
      g_unlink (first);
      g_unlink (second);
    }
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("gantry-transcode-XXXXXX", NULL);

  add_files (PYDICOM);
  for (gsize i = 0; i < G_N_ELEMENTS (encoded); i++)
    {
      g_autofree char *test = g_strconcat ("/transcode/encoded/", encoded[i].name, NULL);

      g_test_add_data_func (test, &encoded[i], test_encoded);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (high_throughput); i++)
    {
      g_autofree char *test = g_strconcat ("/transcode/", high_throughput[i].name, NULL);

      g_test_add_data_func (test, &high_throughput[i], test_high_throughput);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (round_trips); i++)
    {
      g_autofree char *test = g_strconcat ("/transcode/round-trip/", round_trips[i], NULL);

      g_test_add_data_func (test, round_trips[i], test_round_trip);
    }

  result = g_test_run ();
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
  return result;
}
