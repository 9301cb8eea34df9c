/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dlfcn.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utime.h>

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

/* ---- What other file systems do ------------------------------------------------------------- */

typedef enum
{
  NO_NOREPLACE = 1 << 0, /* NFS, FUSE */
  NO_LINKS = 1 << 1,     /* FAT */
  NO_READING = 1 << 2    /* a disk that breaks */
} Lack;

static Lack lacks;

/* Whoever reads waits while it is held; and says so before. */
static GMutex gate;
static gint at_the_gate; /* atomic */

/* These stand before those of libc. */
int
renameat2 (int from, const char *name, int to, const char *new_name, unsigned flags)
{
  int (*real) (int, const char *, int, const char *, unsigned);

  *(void **)&real = dlsym (RTLD_NEXT, "renameat2");
  if ((lacks & NO_NOREPLACE) == 0 || flags == 0)
    return real (from, name, to, new_name, flags);
  errno = EINVAL;
  return -1;
}

int
linkat (int from, const char *name, int to, const char *new_name, int flags)
{
  int (*real) (int, const char *, int, const char *, int);

  *(void **)&real = dlsym (RTLD_NEXT, "linkat");
  if ((lacks & NO_LINKS) == 0)
    return real (from, name, to, new_name, flags);
  errno = EPERM;
  return -1;
}

ssize_t
pread (int fd, void *data, size_t length, off_t offset)
{
  ssize_t (*real) (int, void *, size_t, off_t);

  *(void **)&real = dlsym (RTLD_NEXT, sizeof (off_t) == sizeof (long) ? "pread" : "pread64");
  if ((lacks & NO_READING) == 0)
    {
      g_atomic_int_inc (&at_the_gate);
      g_mutex_lock (&gate);
      g_mutex_unlock (&gate);
      return real (fd, data, length, offset);
    }
  errno = EIO;
  return -1;
}

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
set_up (Fixture *f, gconstpointer data)
{
  lacks = GPOINTER_TO_UINT (data);
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

/* What cannot be read is no reason not to keep what comes. */
static void
test_unreadable (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Doe^John");
  Result first = keep (f, "1.2.3", bytes);
  Result second;

  lacks = NO_READING;
  second = keep (f, "1.2.3", bytes);
  g_assert_cmpint (second.kept, ==, GANTRY_KEPT_BESIDE);
  assert_data_set (first.path, bytes);
  assert_data_set (second.path, bytes);
  clear (&first);
  clear (&second);
}

/* However many there are with one UID: each is kept once, and none takes the longer for it. */
static void
test_many_beside (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *folder = g_build_filename (f->received, "1.1", "1.1.1", NULL);
  const guint n = 1010;

  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i<n; i += round> 0 ? 100 : 1)
      {
        g_autofree char *name = g_strdup_printf ("%08u", i);
        g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", name);
        Result result = keep (f, "1.2.3", bytes);

        g_assert_cmpint (result.kept, ==,
                         round > 0 ? GANTRY_KEPT_ALREADY
                         : i == 0  ? GANTRY_KEPT
                                   : GANTRY_KEPT_BESIDE);
        assert_data_set (result.path, bytes);
        clear (&result);
      }
  g_assert_cmpuint (count_files (folder), ==, n);
}

/* What an earlier version kept under a number is the same still. */
static void
test_numbered (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GByteArray) one = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "One");
  g_autoptr (GByteArray) two = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Two");
  g_autoptr (GByteArray) three = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Three");
  g_autofree char *folder = g_build_filename (f->received, "1.1", "1.1.1", NULL);
  g_autofree char *second = g_build_filename (folder, "1.2.3-2.dcm", NULL);
  g_autofree char *third = g_build_filename (folder, "1.2.3-3.dcm", NULL);
  Result result = keep (f, "1.2.3", two);

  g_assert_cmpint (g_rename (result.path, second), ==, 0);
  clear (&result);
  result = keep (f, "1.2.3", three);
  g_assert_cmpint (g_rename (result.path, third), ==, 0);
  clear (&result);
  result = keep (f, "1.2.3", one);
  g_assert_cmpint (result.kept, ==, GANTRY_KEPT);
  clear (&result);
  result = keep (f, "1.2.3", three);
  g_assert_cmpint (result.kept, ==, GANTRY_KEPT_ALREADY);
  g_assert_cmpstr (result.path, ==, third);
  clear (&result);
  g_assert_cmpuint (count_files (folder), ==, 3);
}

/* Both names are somebody else's: an end of its own, for trying again does not help. */
static void
test_no_name (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Doe^John");
  g_autofree char *first = g_build_filename (f->received, "1.1", "1.1.1", "1.2.3.dcm", NULL);
  g_autofree char *beside = NULL;
  Result result;

  g_assert_cmpint (g_mkdir_with_parents (first, 0700), ==, 0);
  result = keep (f, "1.2.3", bytes);
  g_assert_cmpint (result.kept, ==, GANTRY_KEPT_BESIDE);
  beside = g_strdup (result.path);
  clear (&result);
  g_assert_cmpint (g_unlink (beside), ==, 0);
  g_assert_cmpint (g_mkdir (beside, 0700), ==, 0);
  result = keep (f, "1.2.3", bytes);
  g_assert_cmpint (result.kept, ==, GANTRY_REFUSED_NAME);
  g_assert_error (result.error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
  g_assert_null (result.path);
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
      g_assert_cmpint (result.kept, ==,
                       *names[i] != '\0' ? GANTRY_KEPT_UNSAFE : GANTRY_KEPT_QUARANTINED);
      g_assert_nonnull (result.error);
      g_assert_nonnull (result.path);
      real = realpath (result.path, NULL);
      g_assert_true (g_str_has_prefix (real, f->folder));
      g_assert_null (strstr (result.path, ".."));
      assert_data_set (result.path, bytes);
      clear (&result);
    }
}

/* The same, when such objects are not wanted: whichever UID it is, and nothing stays behind. */
static void
test_refuse_unsafe (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *instance, *study, *series;
    GantryKept kept;
  } cases[] = {
    { "1.2.3", "1.1", "1.1.1", GANTRY_KEPT },
    { "1.2.4", "", "", GANTRY_KEPT }, /* some objects have no study */
    { "../x", "1.1", "1.1.1", GANTRY_REFUSED_UNSAFE },
    { "", "1.1", "1.1.1", GANTRY_REFUSED_UNSAFE },
    { "1.2.3", "../x", "1.1.1", GANTRY_REFUSED_UNSAFE },
    { "1.2.3", "1.1", "con", GANTRY_REFUSED_UNSAFE },
  };

  open_keeper (f, &(GantryKeeperOptions){ .refuse_unsafe = TRUE });
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) bytes
          = make_data_set (CT, cases[i].instance, cases[i].study, cases[i].series, "Doe^John");
      Result result = keep (f, cases[i].instance, bytes);

      g_assert_cmpint (result.kept, ==, cases[i].kept);
      g_assert_cmpint (result.path != NULL, ==, cases[i].kept == GANTRY_KEPT);
      g_assert_cmpint (result.error == NULL, ==, cases[i].kept == GANTRY_KEPT);
      g_assert_cmpuint (count_files (f->incoming), ==, 0);
      clear (&result);
    }
}

/* What stands where a folder or the file should be, planted by somebody: nothing is written through
 * it. */
static void
test_planted (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *name, *target;
    GantryKept kept;
  } cases[] = {
    { "1.1", "elsewhere", GANTRY_NOT_KEPT },
    { "1.2/1.1.1", "../../elsewhere", GANTRY_NOT_KEPT },
    { "1.3/1.1.1/1.2.3.dcm", "../../../elsewhere/file", GANTRY_KEPT_BESIDE },
    { "1.4/1.1.1/1.2.3.dcm", "/dev/zero", GANTRY_KEPT_BESIDE },
  };
  g_autofree char *elsewhere = g_build_filename (f->folder, "elsewhere", NULL);
  g_autofree char *victim = g_build_filename (elsewhere, "file", NULL);
  g_autofree char *content = NULL;

  g_assert_cmpint (g_mkdir (elsewhere, 0700), ==, 0);
  g_assert_true (g_file_set_contents (victim, "untouched", -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *study = g_strndup (cases[i].name, 3);
      g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", study, "1.1.1", "Doe^John");
      g_autofree char *link = g_build_filename (f->received, cases[i].name, NULL);
      g_autofree char *parent = g_path_get_dirname (link);
      Result result;

      g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
      if (i == 0)
        g_assert_cmpint (symlink (elsewhere, link), ==, 0);
      else
        g_assert_cmpint (symlink (cases[i].target, link), ==, 0);
      result = keep (f, "1.2.3", bytes);
      g_assert_cmpint (result.kept, ==, cases[i].kept);
      g_assert_nonnull (result.error);
      clear (&result);
    }
  g_assert_cmpuint (count_files (elsewhere), ==, 1);
  g_assert_true (g_file_get_contents (victim, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "untouched");
}

static void
test_layouts (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    GantryKeeperOptions options;
    const char *path;
    guint depth;
  } cases[] = {
    { { .layout = GANTRY_LAYOUT_FLAT }, "1.2.3.dcm", 0 },
    { { .layout = GANTRY_LAYOUT_PATIENT }, "Doe_John/none/none/1.2.3.dcm", 3 },
    { { .layout = GANTRY_LAYOUT_PATTERN, .pattern = "{CallingAETitle}/{SOPInstanceUID}" },
      "MOD/1.2.3.dcm",
      1 },
  };
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Doe^John");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *expected = g_build_filename (f->received, cases[i].path, NULL);
      Result result;

      open_keeper (f, &cases[i].options);
      g_assert_cmpuint (gantry_keeper_get_depth (f->keeper), ==, cases[i].depth);
      result = keep (f, "1.2.3", bytes);
      g_assert_cmpint (result.kept, ==, GANTRY_KEPT);
      g_assert_cmpstr (result.path, ==, expected);
      assert_data_set (result.path, bytes);
      clear (&result);
    }
}

/* Two that receive into one folder would take away each other's parts. */
static void
test_one_at_a_time (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const GantryKeeperOptions options
      = { .received = f->received, .incoming = f->incoming, .quarantine = f->quarantine };
  g_autoptr (GError) error = NULL;

  g_assert_null (gantry_keeper_new (&options, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_BUSY);
}

static void
test_bad_pattern (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const GantryKeeperOptions options = { .received = f->received,
                                        .incoming = f->incoming,
                                        .quarantine = f->quarantine,
                                        .layout = GANTRY_LAYOUT_PATTERN,
                                        .pattern = "../{SOPInstanceUID}" };
  g_autoptr (GError) error = NULL;

  g_assert_null (gantry_keeper_new (&options, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_SETTING);
}

/* More is to be kept free than the disk has. */
static void
test_reserve (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Doe^John");
  gboolean low;
  guint64 free_bytes;
  Result result;

  open_keeper (f, &(GantryKeeperOptions){ .reserve_bytes = G_MAXINT64 });
  result = keep (f, "1.2.3", bytes);
  g_assert_cmpint (result.kept, ==, GANTRY_REFUSED_SPACE);
  g_assert_error (result.error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
  clear (&result);
  gantry_keeper_get_space (f->keeper, &low, &free_bytes);
  g_assert_true (low);
  g_assert_cmpuint (free_bytes, >, 0);

  /* The smaller of the two counts. */
  open_keeper (f, &(GantryKeeperOptions){ .reserve_bytes = 1, .reserve_percent = 99 });
  result = keep (f, "1.2.3", bytes);
  g_assert_cmpint (result.kept, ==, GANTRY_KEPT);
  clear (&result);
  gantry_keeper_get_space (f->keeper, &low, &free_bytes);
  g_assert_false (low);
}

/* Empty folders go with the last object in them, and come back with the next. */
static void
test_take (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Doe^John");
  g_autoptr (GByteArray) other = make_data_set (CT, "1.2.4", "1.1", "1.1.2", "Doe^John");
  g_autofree char *study = g_build_filename (f->received, "1.1", NULL);
  g_autofree char *outside = g_build_filename (f->received, "..", "victim", NULL);
  Result first = keep (f, "1.2.3", bytes);
  Result second = keep (f, "1.2.4", other);
  char *part = NULL;

  g_assert_true (g_file_set_contents (outside, "x", 1, NULL));
  g_assert_cmpint (gantry_keeper_take (f->keeper, outside, &part), ==, EINVAL);
  g_assert_null (part);
  g_assert_cmpint (gantry_keeper_take (f->keeper, "/etc/passwd", &part), ==, EINVAL);

  /* It came: not before somebody knows. */
  g_assert_cmpint (gantry_keeper_take (f->keeper, first.path, &part), ==, EBUSY);
  gantry_keeper_settle (f->keeper, first.path);
  gantry_keeper_settle (f->keeper, second.path);
  g_assert_cmpint (gantry_keeper_take (f->keeper, first.path, &part), ==, 0);
  g_assert_cmpint (g_unlink (part), ==, 0);
  g_clear_pointer (&part, g_free);
  g_assert_cmpuint (count_files (study), ==, 1);
  g_assert_cmpint (gantry_keeper_take (f->keeper, first.path, &part), ==, ENOENT);

  /* It came again. */
  clear (&first);
  first = keep (f, "1.2.4", other);
  g_assert_cmpint (first.kept, ==, GANTRY_KEPT_ALREADY);
  g_assert_cmpint (gantry_keeper_take (f->keeper, second.path, &part), ==, EBUSY);
  gantry_keeper_settle (f->keeper, second.path);
  g_assert_cmpint (gantry_keeper_take (f->keeper, second.path, &part), ==, 0);
  g_assert_cmpint (g_unlink (part), ==, 0);
  g_clear_pointer (&part, g_free);
  g_assert_cmpuint (count_files (f->received), ==, 0);

  clear (&first);
  first = keep (f, "1.2.3", bytes);
  g_assert_cmpint (first.kept, ==, GANTRY_KEPT);
  clear (&first);
  clear (&second);
}

static int
delete_it (const char *path, gpointer calls)
{
  (*(guint *)calls)++;
  return g_unlink (path) == 0 ? 0 : errno;
}

static int
refuse (const char *path G_GNUC_UNUSED, gpointer calls)
{
  (*(guint *)calls)++;
  return EROFS;
}

/* As for the trash: under its name, and never what has just come. */
static void
test_remove (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *outside = g_build_filename (f->folder, "outside.dcm", NULL);
  g_autofree char *link = g_build_filename (f->received, "link.dcm", NULL);
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Doe^John");
  Result result = keep (f, "1.2.3", bytes);
  guint calls = 0;

  g_assert_true (g_file_set_contents (outside, "x", 1, NULL));
  g_assert_cmpint (symlink (outside, link), ==, 0);
  g_assert_true (gantry_keeper_has (f->keeper, result.path));
  g_assert_false (gantry_keeper_has (f->keeper, outside));
  g_assert_cmpint (gantry_keeper_remove (f->keeper, outside, delete_it, &calls), ==, EINVAL);
  g_assert_cmpint (gantry_keeper_remove (f->keeper, link, delete_it, &calls), ==, EINVAL);
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_assert_cmpint (gantry_keeper_remove (f->keeper, result.path, delete_it, &calls), ==, EBUSY);
  g_assert_cmpuint (calls, ==, 0);

  gantry_keeper_settle (f->keeper, result.path);
  g_assert_cmpint (gantry_keeper_remove (f->keeper, result.path, refuse, &calls), ==, EROFS);
  g_assert_cmpuint (count_files (f->received), ==, 1);
  g_assert_cmpint (gantry_keeper_remove (f->keeper, result.path, delete_it, &calls), ==, 0);
  g_assert_cmpint (gantry_keeper_remove (f->keeper, result.path, delete_it, &calls), ==, ENOENT);
  g_assert_cmpuint (calls, ==, 2);
  g_assert_true (g_file_test (f->received, G_FILE_TEST_IS_DIR));
  g_assert_cmpint (g_rmdir (f->received), ==, 0); /* no folder is left in it */
  g_assert_cmpint (g_mkdir (f->received, 0700), ==, 0);
  clear (&result);
}

#define WORKERS 4
#define ROUNDS 100
#define OBJECTS 7

typedef struct
{
  Fixture *fixture;
  guint first;
  gint stored;
} Worker;

/* Each of the objects again and again, in two folders; another one takes them away. */
static gpointer
keep_many (gpointer data)
{
  Worker *worker = data;

  for (guint i = 0; i < ROUNDS; i++)
    {
      guint number = (worker->first + i) % OBJECTS;
      g_autofree char *uid = g_strdup_printf ("1.2.%u", number);
      g_autofree char *series = g_strdup_printf ("1.1.%u", number % 2);
      g_autoptr (GByteArray) bytes = make_data_set (CT, uid, "1.1", series, "Doe^John");
      Result result = keep (worker->fixture, uid, bytes);

      g_assert_true (result.kept == GANTRY_KEPT || result.kept == GANTRY_KEPT_ALREADY);
      gantry_keeper_settle (worker->fixture->keeper, result.path);
      clear (&result);
      g_atomic_int_inc (&worker->stored);
    }
  return NULL;
}

static gboolean
take_one (Fixture *f, guint number)
{
  g_autofree char *path
      = g_strdup_printf ("%s/1.1/1.1.%u/1.2.%u.dcm", f->received, number % 2, number);
  g_autofree char *part = NULL;
  int code = gantry_keeper_take (f->keeper, path, &part);

  g_assert_true (code == 0 || code == ENOENT || code == EBUSY);
  if (code == 0)
    g_assert_cmpint (g_unlink (part), ==, 0);
  return code == 0;
}

/* Folders that go when they are empty never go from under an object. */
static void
test_take_while_keeping (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  Worker workers[WORKERS];
  GThread *threads[WORKERS];
  guint taken = 0;
  gint stored;

  for (guint i = 0; i < WORKERS; i++)
    {
      workers[i] = (Worker){ f, i * 2, 0 };
      threads[i] = g_thread_new ("keep", keep_many, &workers[i]);
    }
  do
    {
      stored = 0;
      for (guint i = 0; i < WORKERS; i++)
        stored += g_atomic_int_get (&workers[i].stored);
      for (guint i = 0; i < OBJECTS; i++)
        taken += take_one (f, i);
    }
  while (stored < WORKERS * ROUNDS);
  for (guint i = 0; i < WORKERS; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < OBJECTS; i++)
    take_one (f, i);
  g_test_message ("%u taken of %d", taken, stored);
  g_assert_cmpuint (taken, >, OBJECTS);
  g_assert_cmpuint (count_files (f->received), ==, 0);
}

static gpointer
keep_again (gpointer data)
{
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", "Doe^John");
  Result result = keep (data, "1.2.3", bytes);

  clear (&result);
  return GUINT_TO_POINTER (result.kept);
}

/* Nobody who takes objects away has to wait until others are compared; and what is taken meanwhile
 * is not the same that is there already. */
static void
test_take_while_comparing (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.4", "1.1", "1.1.2", "Doe^John");
  Result other = keep (f, "1.2.4", bytes);
  g_autofree char *path = g_build_filename (f->received, "1.1", "1.1.1", "1.2.3.dcm", NULL);

  gantry_keeper_settle (f->keeper, other.path);
  for (guint i = 0; i < 2; i++)
    {
      GThread *thread;
      char *part = NULL;

      g_assert_cmpuint (GPOINTER_TO_UINT (keep_again (f)), ==, GANTRY_KEPT);
      gantry_keeper_settle (f->keeper, path);
      g_atomic_int_set (&at_the_gate, 0);
      g_mutex_lock (&gate);
      thread = g_thread_new ("keep", keep_again, f);
      while (g_atomic_int_get (&at_the_gate) == 0)
        g_usleep (1000);
      g_assert_cmpint (gantry_keeper_take (f->keeper, i == 0 ? other.path : path, &part), ==, 0);
      g_mutex_unlock (&gate);
      g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), ==,
                        i == 0 ? GANTRY_KEPT_ALREADY : GANTRY_KEPT);
      g_unlink (part);
      g_free (part);
      gantry_keeper_settle (f->keeper, path);
      if (i == 0 && gantry_keeper_take (f->keeper, path, &part) == 0)
        {
          g_unlink (part);
          g_free (part);
        }
    }
  clear (&other);
}

/* Sequences in sequences, of which each is well formed. */
static void
append_nested (GByteArray *bytes, guint depth)
{
  static const guint8 open[] = { 0x40, 0x00, 0x75, 0x02, 'S',  'Q',  0,    0,    0xFF, 0xFF,
                                 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF };
  static const guint8 end[]
      = { 0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0 };

  for (guint i = 0; i < depth; i++)
    g_byte_array_append (bytes, open, sizeof open);
  for (guint i = 0; i < depth; i++)
    g_byte_array_append (bytes, end, sizeof end);
}

static void
test_nested (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    guint depth;
    GantryKept kept;
  } cases[] = { { 64, GANTRY_KEPT },
                { 65, GANTRY_KEPT_QUARANTINED },
                { 10000, GANTRY_KEPT_QUARANTINED } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *uid = g_strdup_printf ("1.2.%u", cases[i].depth);
      g_autoptr (GByteArray) bytes = make_data_set (CT, uid, "1.1", "1.1.1", "Doe^John");
      Result result;

      append_nested (bytes, cases[i].depth);
      result = keep (f, uid, bytes);
      g_assert_cmpint (result.kept, ==, cases[i].kept);
      assert_data_set (result.path, bytes);
      if (result.kept == GANTRY_KEPT_QUARANTINED)
        {
          g_autofree char *note = g_strconcat (result.path, ".txt", NULL);
          g_autofree char *reason = NULL;

          g_assert_true (g_file_get_contents (note, &reason, NULL, NULL));
          g_assert_cmpstr (reason, ==, result.error->message);
        }
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

/* An object of about 10,000 octets that cannot be parsed, and its name. */
static char *
keep_broken (Fixture *f, const char *text)
{
  g_autoptr (GByteArray) bytes = make_data_set (CT, "1.2.3", "1.1", "1.1.1", text);
  Result result;
  char *path;

  for (guint i = 0; i < 1000; i++)
    g_byte_array_append (bytes,
                         (const guint8 *)"\x20\x00\x10\x00SH\xFF\xFF"
                                         "12",
                         10);
  result = keep (f, "1.2.3", bytes);
  g_assert_cmpint (result.kept, ==, GANTRY_KEPT_QUARANTINED);
  path = g_steal_pointer (&result.path);
  clear (&result);
  return path;
}

static void
set_age (const char *path, guint days)
{
  gint64 seconds = g_get_real_time () / G_USEC_PER_SEC - (gint64)days * 86400;
  struct utimbuf times = { seconds, seconds };

  g_assert_cmpint (g_utime (path, &times), ==, 0);
}

static void
test_quarantine_again (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *one = keep_broken (f, "Doe^John");
  g_autofree char *same = keep_broken (f, "Doe^John");
  g_autofree char *other = keep_broken (f, "Doe^Jane");

  g_assert_cmpstr (one, ==, same);
  g_assert_cmpstr (one, !=, other);
  g_assert_cmpuint (count_files (f->quarantine), ==, 4);
}

/* The oldest go, and one that came again is as new as the last. */
static void
test_quarantine_size (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const GantryKeeperOptions options = { .keep_bytes = 35000 };
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *three = NULL;
  g_autofree char *four = NULL;

  open_keeper (f, &options);
  one = keep_broken (f, "One");
  two = keep_broken (f, "Two");
  three = keep_broken (f, "Three");
  set_age (one, 3);
  set_age (two, 2);
  set_age (three, 1);
  g_free (keep_broken (f, "One"));
  g_assert_cmpuint (count_files (f->quarantine), ==, 6);
  four = keep_broken (f, "Four");
  g_assert_cmpuint (count_files (f->quarantine), ==, 6);
  g_assert_true (g_file_test (one, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (two, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (three, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (four, G_FILE_TEST_EXISTS));
}

/* Also what was there when it began; and nothing goes without limits. */
static void
test_quarantine_age (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const GantryKeeperOptions options = { .keep_days = 2 };
  g_autofree char *old = keep_broken (f, "Old");
  g_autofree char *new = keep_broken (f, "New");

  set_age (old, 3);
  set_age (new, 1);
  gantry_keeper_trim_quarantine (f->keeper);
  g_assert_cmpuint (count_files (f->quarantine), ==, 4);
  open_keeper (f, &options);
  gantry_keeper_trim_quarantine (f->keeper);
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (new, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_files (f->quarantine), ==, 2);
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

/* It is not the disk's fault when the process has no descriptor left. */
static void
test_no_descriptors (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  struct rlimit before, none;
  GantryKept why;
  GantryPart *part;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = before;
  none.rlim_cur = 0;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  part = gantry_keeper_begin (f->keeper, CT, "1.2.3", GANTRY_UID_EXPLICIT_LE, "MOD", &why, &error);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_assert_null (part);
  g_assert_cmpint (why, ==, GANTRY_NOT_KEPT);
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, "too many files are open"));
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
    Lack lacks;
  } tests[] = {
    { "/keeper/new-and-again/here", test_new_and_again },
    { "/keeper/new-and-again/no-noreplace", test_new_and_again, NO_NOREPLACE },
    { "/keeper/new-and-again/no-links", test_new_and_again, NO_NOREPLACE | NO_LINKS },
    { "/keeper/unreadable", test_unreadable },
    { "/keeper/many-beside", test_many_beside },
    { "/keeper/numbered", test_numbered },
    { "/keeper/no-name", test_no_name },
    { "/keeper/mismatch", test_mismatch },
    { "/keeper/unsafe-names", test_unsafe_names },
    { "/keeper/refuse-unsafe", test_refuse_unsafe },
    { "/keeper/planted/here", test_planted },
    { "/keeper/planted/no-noreplace", test_planted, NO_NOREPLACE },
    { "/keeper/planted/no-links", test_planted, NO_NOREPLACE | NO_LINKS },
    { "/keeper/layouts", test_layouts },
    { "/keeper/one-at-a-time", test_one_at_a_time },
    { "/keeper/bad-pattern", test_bad_pattern },
    { "/keeper/reserve", test_reserve },
    { "/keeper/take", test_take },
    { "/keeper/remove", test_remove },
    { "/keeper/take-while-keeping", test_take_while_keeping },
    { "/keeper/take-while-comparing", test_take_while_comparing },
    { "/keeper/nested", test_nested },
    { "/keeper/quarantine", test_quarantine },
    { "/keeper/quarantine-again/here", test_quarantine_again },
    { "/keeper/quarantine-again/no-noreplace", test_quarantine_again, NO_NOREPLACE },
    { "/keeper/quarantine-again/no-links", test_quarantine_again, NO_NOREPLACE | NO_LINKS },
    { "/keeper/quarantine-size", test_quarantine_size },
    { "/keeper/quarantine-age", test_quarantine_age },
    { "/keeper/odd-length", test_odd_length },
    { "/keeper/disk-says-no", test_disk_says_no },
    { "/keeper/no-descriptors", test_no_descriptors },
    { "/keeper/drop-and-clean", test_drop_and_clean },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, GUINT_TO_POINTER (tests[i].lacks), set_up, tests[i].func,
                tear_down);
  return g_test_run ();
}
