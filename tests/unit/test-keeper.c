/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-keeper.h"
#include "gantry-registry.h"
#include "test-element.h"

#define CT "1.2.840.10008.5.1.4.1.1.2"

typedef struct
{
  char *folder, *received, *incoming, *quarantine;
  GantryKeeper *keeper;
} Fixture;

/* @options: what is to be different; the folders are the fixture's. */
static void
open_keeper (Fixture *f, const GantryKeeperOptions *options)
{
  GantryKeeperOptions copy = options != NULL ? *options : (GantryKeeperOptions){ 0 };
  g_autoptr (GError) error = NULL;

  copy.received = f->received;
  copy.incoming = f->incoming;
  copy.quarantine = f->quarantine;
  g_clear_pointer (&f->keeper, gantry_keeper_free);
  f->keeper = gantry_keeper_new (&copy, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->folder = g_dir_make_tmp ("gantry-test-XXXXXX", NULL);
  f->received = g_build_filename (f->folder, "received", NULL);
  f->incoming = g_build_filename (f->folder, "incoming", NULL);
  f->quarantine = g_build_filename (f->folder, "quarantine", NULL);
  g_assert_cmpint (g_mkdir (f->received, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (f->incoming, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (f->quarantine, 0700), ==, 0);
  open_keeper (f, NULL);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_cmpuint (count_files (f->incoming), ==, 0); /* whatever happened, no .part is left */
  gantry_keeper_free (f->keeper);
  gantry_remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->received);
  g_free (f->incoming);
  g_free (f->quarantine);
}

static GByteArray *
make_data_set (const char *sop_class,
               const char *instance,
               const char *study,
               const char *series,
               const char *text)
{
  GByteArray *bytes = g_byte_array_new ();

  test_put_element (bytes, 0x0008, 0x0016, "UI", sop_class);
  test_put_element (bytes, 0x0008, 0x0018, "UI", instance);
  test_put_element (bytes, 0x0010, 0x0010, "PN", text);
  test_put_element (bytes, 0x0020, 0x000D, "UI", study);
  test_put_element (bytes, 0x0020, 0x000E, "UI", series);
  return bytes;
}

typedef struct
{
  GantryKept kept;
  char *path;
  GError *error;
} Result;

/* Keeps @bytes as if requested under @instance. */
static Result
keep (Fixture *f, const char *instance, GByteArray *bytes)
{
  Result result = { 0 };
  GantryInstance *header = NULL;
  GantryPart *part = gantry_keeper_begin (f->keeper, CT, instance, GANTRY_UID_EXPLICIT_LE, "MOD",
                                          &result.kept, &result.error);

  if (part == NULL)
    return result;
  g_assert_no_error (result.error);
  /* In two pieces, as it comes from the wire. */
  g_assert_true (gantry_part_write (part, bytes->data, bytes->len / 2));
  g_assert_true (
      gantry_part_write (part, bytes->data + bytes->len / 2, bytes->len - bytes->len / 2));
  g_assert_cmpuint (gantry_part_get_size (part), ==, bytes->len);
  result.kept = gantry_part_keep (part, &result.path, &header, &result.error);
  g_clear_pointer (&header, gantry_instance_unref);
  return result;
}

static void
clear (Result *result)
{
  g_clear_pointer (&result->path, g_free);
  g_clear_error (&result->error);
}

static void
assert_data_set (const char *path, GByteArray *bytes)
{
  g_autofree char *file = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &file, &length, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (length, >, bytes->len + 132);
  g_assert_cmpmem (file + length - bytes->len, bytes->len, bytes->data, bytes->len);
  for (guint i = 0; i < 128; i++)
    g_assert_cmpint (file[i], ==, 0); /* no preamble of the sender's: it could be a program */
}

static void
test_new_and_again (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Doe^John");
  g_autoptr (GByteArray) other = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Doe^Jane");
  g_autofree char *expected = g_build_filename (f->received, "1.1", "1.1.1", "1.2.3.dcm", NULL);
  Result result = keep (f, "1.2.3", bytes);

  g_assert_cmpint (result.kept, ==, GANTRY_KEPT);
  g_assert_no_error (result.error);
  g_assert_cmpstr (result.path, ==, expected);
  assert_data_set (result.path, bytes);
  clear (&result);

  result = keep (f, "1.2.3", bytes);
  g_assert_cmpint (result.kept, ==, GANTRY_KEPT_ALREADY);
  g_assert_cmpstr (result.path, ==, expected);
  clear (&result);

  result = keep (f, "1.2.3", other);
  g_assert_cmpint (result.kept, ==, GANTRY_KEPT_BESIDE);
  g_assert_cmpstr (result.path, !=, expected);
  assert_data_set (result.path, other);
  assert_data_set (expected, bytes);
  clear (&result);

  /* The second of the two is known as well. */
  result = keep (f, "1.2.3", other);
  g_assert_cmpint (result.kept, ==, GANTRY_KEPT_ALREADY);
  clear (&result);
}

static void
test_mismatch (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.4", "1.1", "1.1.1", "Doe^John");
  Result result = keep (f, "1.2.3", bytes);

  g_assert_cmpint (result.kept, ==, GANTRY_KEPT_MISMATCH);
  g_assert_nonnull (result.error);
  assert_data_set (result.path, bytes);
  clear (&result);
}

/* No path may be made of what a peer wrote. */
static void
test_unsafe_names (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const names[]
      = { "../../../../tmp/evil", "/etc/passwd", "..", "1..2", "con", "", ".1.2", "1.2.3/../x" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GByteArray) bytes = make_data_set (CT, names[i], names[i], names[i], "Doe^John");
      g_autofree char *real = NULL;
      Result result = keep (f, names[i], bytes);

      g_test_message ("“%s”", names[i]);
      g_assert_nonnull (result.path);
      real = realpath (result.path, NULL);
      g_assert_true (g_str_has_prefix (real, f->folder));
      g_assert_null (strstr (result.path, ".."));
      assert_data_set (result.path, bytes);
      clear (&result);
    }
}

static void
test_quarantine (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Doe^John");
  Result result;

  /* The last element promises more than there is. */
  g_byte_array_append (bytes,
                       (const guint8 *)"\x20\x00\x10\x00SH\xF0\x00"
                                       "12",
                       10);
  result = keep (f, "1.2.3", bytes);
  g_assert_cmpint (result.kept, ==, GANTRY_KEPT_QUARANTINED);
  g_assert_error (result.error, GANTRY_ERROR, GANTRY_ERROR_FILE);
  g_assert_true (g_str_has_prefix (result.path, f->quarantine));
  g_assert_cmpuint (count_files (f->quarantine), ==, 2); /* the object and the reason */
  g_assert_cmpuint (count_files (f->received), ==, 0);
  assert_data_set (result.path, bytes);
  clear (&result);
}

/* It breaks the standard, but every octet is accounted for: it is kept as it came. */
static void
test_odd_length (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Doe^John");
  Result result;

  g_byte_array_append (bytes,
                       (const guint8 *)"\x21\x00\x10\x10LO\x03\x00"
                                       "abc",
                       11);
  result = keep (f, "1.2.3", bytes);
  g_assert_no_error (result.error);
  g_assert_cmpint (result.kept, ==, GANTRY_KEPT);
  assert_data_set (result.path, bytes);
  clear (&result);
}

/* A file that stands where the folder should: the disk says no, and nothing is left behind. */
static void
test_disk_says_no (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Doe^John");
  g_autofree char *blocker = g_build_filename (f->received, "1.1", NULL);
  Result result;

  g_assert_true (g_file_set_contents (blocker, "x", 1, NULL));
  result = keep (f, "1.2.3", bytes);
  g_assert_cmpint (result.kept, ==, GANTRY_NOT_KEPT);
  g_assert_error (result.error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
  g_assert_null (result.path);
  clear (&result);
}

static void
test_drop_and_clean (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *left = g_build_filename (f->incoming, "99-1.part", NULL);
  GantryKept why;
  GantryPart *part
      = gantry_keeper_begin (f->keeper, CT, "1.2.3", GANTRY_UID_EXPLICIT_LE, "MOD", &why, &error);

  g_assert_true (gantry_part_write (part, (const guint8 *)"abcd", 4));
  gantry_part_drop (part);
  g_assert_cmpuint (count_files (f->incoming), ==, 0);

  g_assert_true (g_file_set_contents (left, "x", 1, NULL)); /* as after a crash */
  gantry_keeper_clean (f->keeper);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/keeper/new-and-again", test_new_and_again },
    { "/keeper/mismatch", test_mismatch },
    { "/keeper/unsafe-names", test_unsafe_names },
    { "/keeper/quarantine", test_quarantine },
    { "/keeper/odd-length", test_odd_length },
    { "/keeper/disk-says-no", test_disk_says_no },
    { "/keeper/drop-and-clean", test_drop_and_clean },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
