/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-transcode.h"

#include <glib/gstdio.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-instance.h"
#include "gantry-registry.h"

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
compare (const char *original, const char *result, gboolean general)
{
  g_autofree char *line = g_strdup_printf ("%s\t%s%s\n", original, result, general ? "\tg" : "");
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
check_same (const char *original, const char *result, gboolean general, const char *what)
{
  g_autofree char *answer = compare (original, result, general);

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
      check_same (path, result, FALSE, targets[i]);
      g_unlink (result);
    }
  if (why == NULL && *instance->sop_class_uid != '\0')
    {
      g_autoptr (GBytes) bytes = transcode (path, instance->transfer_syntax, GENERAL, &error);
      g_autofree char *result = NULL;

      g_assert_no_error (error);
      result = save (bytes, instance->transfer_syntax);
      check_same (path, result, TRUE, "general");
      g_unlink (result);
    }
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

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("gantry-transcode-XXXXXX", NULL);

  add_files (PYDICOM);

  result = g_test_run ();
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
  return result;
}
