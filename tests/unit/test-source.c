/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-source.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <locale.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gantry-archive.h"

#define PYDICOM "/usr/lib/python3/dist-packages/pydicom/data/test_files/"

typedef struct
{
  char *folder;  /* holds the rest */
  char *staging; /* where archives are unpacked */
  char *archive;
  GPtrArray *paths;
  GPtrArray *reasons;
  GantrySkippedKind kind; /* of the last reason */
  guint end_after;        /* files; 0: never */
} Fixture;

static gboolean
on_path (const char *path, GantrySkippedKind kind, const char *reason, gpointer user_data)
{
  Fixture *f = user_data;

  if (reason != NULL)
    {
      g_ptr_array_add (f->reasons, g_strdup (reason));
      f->kind = kind;
    }
  else
    g_ptr_array_add (f->paths, g_strdup (path));
  return f->end_after == 0 || f->paths->len < f->end_after;
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->folder = g_dir_make_tmp ("gantry-source-XXXXXX", NULL);
  f->staging = g_build_filename (f->folder, "staging", NULL);
  f->archive = g_build_filename (f->folder, "archive", NULL);
  f->paths = g_ptr_array_new_with_free_func (g_free);
  f->reasons = g_ptr_array_new_with_free_func (g_free);
  g_assert_cmpint (g_mkdir (f->staging, 0700), ==, 0);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && (dir = g_dir_open (path, 0, NULL)) != NULL)
    while ((name = g_dir_read_name (dir)) != NULL)
      {
        g_autofree char *child = g_build_filename (path, name, NULL);
        remove_tree (child);
      }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->staging);
  g_free (f->archive);
  g_ptr_array_unref (f->paths);
  g_ptr_array_unref (f->reasons);
}

static gboolean
walk (Fixture *f, const char *path)
{
  return gantry_source_walk (path, f->staging, NULL, on_path, f);
}

static void
assert_reason (Fixture *f, const char *part)
{
  static const char *const harmless[] = { "empty", "pipe", "socket", "device", NULL };
  gboolean none = FALSE;

  for (guint i = 0; harmless[i] != NULL; i++)
    none |= strstr (part, harmless[i]) != NULL;
  g_assert_cmpuint (f->reasons->len, ==, 1);
  g_assert_cmpint (f->kind, ==, none ? GANTRY_SKIPPED_HARMLESS : GANTRY_SKIPPED_LOST);
  if (strstr (f->reasons->pdata[0], part) == NULL)
    g_test_fail_printf ("%s", (char *)f->reasons->pdata[0]);
}

/* ---- Archives ---- */

typedef struct
{
  const char *name;
  const char *link; /* NULL: a file */
} Member;

static const Member plain[] = { { "a/IM1", NULL }, { "a/IM2", NULL }, { "IM3", NULL }, { NULL } };
static const Member hostile[] = {
  { "../evil", NULL },
  { "/tmp/gantry-evil", NULL },
  { "a/../../evil", NULL },
  { "..\\evil", NULL },
  { "out", "/tmp" },
  { "out/gantry-evil", NULL },
  { "good", NULL },
  { "good", NULL },
  { NULL },
};
static const Member nothing[] = { { NULL } };

typedef struct
{
  const char *name;
  int format, filter;
  const Member *members;
  const char *options;
  int cut;            /* bytes kept; 0: all; negative: bytes cut off */
  guint files;        /* what must come out */
  const char *reason; /* NULL: no complaint */
} ArchiveCase;

static const ArchiveCase archives[] = {
  { "zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, plain, NULL, 0, 3, NULL },
  { "zip-stored", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, plain, "zip:compression=store", 0, 3,
    NULL },
  { "tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, plain, NULL, 0, 3, NULL },
  { "tar-gz", ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP, plain, NULL, 0, 3, NULL },
  { "tar-bz2", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2, plain, NULL, 0, 3, NULL },
  { "tar-xz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ, plain, NULL, 0, 3, NULL },
  { "hostile-zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, hostile, NULL, 0, 7, NULL },
  { "hostile-tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, hostile, NULL, 0, 7, NULL },
  { "empty", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, nothing, NULL, 0, 0, "empty" },
  { "encrypted", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, plain, "zip:encryption=aes256", 0, 0,
    "encrypted" },
  { "cut-zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, plain, "zip:compression=store", 3000, 0,
    "damaged" },
  { "cut-tar-gz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, plain, NULL, -200, 0, "damaged" },
};

static void
write_archive (const ArchiveCase *c, const char *path)
{
  struct archive *archive = archive_write_new ();
  char content[5000];

  for (gsize i = 0; i < sizeof content; i++)
    content[i] = g_random_int ();
  g_assert_cmpint (archive_write_set_format (archive, c->format), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_add_filter (archive, c->filter), ==, ARCHIVE_OK);
  if (c->options != NULL)
    g_assert_cmpint (archive_write_set_options (archive, c->options), ==, ARCHIVE_OK);
  archive_write_set_passphrase (archive, "secret");
  g_assert_cmpint (archive_write_open_filename (archive, path), ==, ARCHIVE_OK);
  for (const Member *m = c->members; m->name != NULL; m++)
    {
      struct archive_entry *entry = archive_entry_new ();

      archive_entry_set_pathname (entry, m->name);
      archive_entry_set_filetype (entry, m->link != NULL ? AE_IFLNK : AE_IFREG);
      archive_entry_set_perm (entry, 0644);
      if (m->link != NULL)
        archive_entry_set_symlink (entry, m->link);
      else
        archive_entry_set_size (entry, sizeof content);
      g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
      if (m->link == NULL)
        g_assert_cmpint (archive_write_data (archive, content, sizeof content), ==, sizeof content);
      archive_entry_free (entry);
    }
  g_assert_cmpint (archive_write_close (archive), ==, ARCHIVE_OK);
  archive_write_free (archive);
}

static void
cut_file (const char *path, int keep)
{
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_true (g_file_set_contents (path, data, keep > 0 ? keep : (int)length + keep, NULL));
}

static void
test_archive (Fixture *f, gconstpointer data)
{
  const ArchiveCase *c = data;

  write_archive (c, f->archive);
  if (c->cut != 0)
    cut_file (f->archive, c->cut);
  g_assert_true (walk (f, f->archive));

  if (c->reason == NULL)
    {
      g_assert_cmpuint (f->reasons->len, ==, 0);
      g_assert_cmpuint (f->paths->len, ==, c->files);
    }
  else
    assert_reason (f, c->reason);
  for (guint i = 0; i < f->paths->len; i++)
    {
      const char *path = f->paths->pdata[i];
      GStatBuf info;

      g_assert_true (g_str_has_prefix (path, f->staging));
      g_assert_null (strstr (path, ".."));
      g_assert_cmpint (g_lstat (path, &info), ==, 0);
      g_assert_true (S_ISREG (info.st_mode));
      g_assert_cmpint (info.st_size, ==, 5000);
    }
  g_assert_false (g_file_test ("/tmp/gantry-evil", G_FILE_TEST_EXISTS));
}

static void
test_bounds (Fixture *f, gconstpointer data)
{
  const GantryArchiveBounds *bounds = data;

  write_archive (&archives[0], f->archive);
  g_assert_cmpint (gantry_archive_unpack (f->archive, f->staging, bounds, NULL, on_path, f), ==,
                   GANTRY_ARCHIVE_DONE);
  assert_reason (f, "credible");
}

static const GantryArchiveBounds tight[] = {
  { 2, G_MAXUINT64, G_MAXUINT64, 0 },
  { 100, 12000, G_MAXUINT64, 0 },
};

/* Names that cannot be written in the locale, one that is too long, and none at all. */
static void
test_archive_names (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const ends[] = { "/plain", "/entry-2", "/entry-3", "/entry-4" };
  g_autofree char *locale = g_strdup (setlocale (LC_ALL, NULL));
  g_autofree char *command = g_strdup_printf (
      "/usr/bin/python3 -c 'import zipfile; z = zipfile.ZipFile(\"%s\", \"w\")\n"
      "for name in (\"plain\", \"M\\u00fcller/IM1\", \"a/\" + \"b\" * 256, \"..\"):\n"
      "    z.writestr(name, name)\n"
      "z.close()'",
      f->archive);
  gboolean ended;
  int status;

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  g_assert_nonnull (setlocale (LC_ALL, "C"));
  ended = walk (f, f->archive);
  g_assert_nonnull (setlocale (LC_ALL, locale));

  g_assert_true (ended);
  g_assert_cmpuint (f->reasons->len, ==, 0);
  g_assert_cmpuint (f->paths->len, ==, G_N_ELEMENTS (ends));
  for (guint i = 0; i < f->paths->len; i++)
    {
      gboolean found = FALSE;

      for (guint j = 0; j < G_N_ELEMENTS (ends); j++)
        found |= g_str_has_suffix (f->paths->pdata[i], ends[j]);
      g_assert_true (found);
    }
}

/* Zeros that unpack to a thousand times their size. */
static void
test_bomb (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *command = g_strdup_printf (
      "/usr/bin/python3 -c 'import zipfile; z = zipfile.ZipFile(\"%s\", \"w\", 8); "
      "z.writestr(\"bomb\", bytes(200 << 20)); z.close()'",
      f->archive);
  int status;

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  g_assert_true (walk (f, f->archive));
  assert_reason (f, "credible");
  g_assert_cmpuint (f->paths->len, ==, 0);
}

static void
test_cancelled (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  write_archive (&archives[0], f->archive);
  g_assert_false (gantry_source_walk (f->archive, f->staging, cancellable, on_path, f));
  g_assert_cmpuint (f->paths->len, ==, 0);
}

static void
test_ended (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->end_after = 2;
  write_archive (&archives[0], f->archive);
  g_assert_false (walk (f, f->archive));
  g_assert_cmpuint (f->paths->len, ==, 2);
}

static void
test_gzip_alone (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_true (walk (f, PYDICOM "zipMR.gz"));
  assert_reason (f, "holds no tar archive");
}

/* ---- Files and folders ---- */

static const char *const dicom_files[]
    = { PYDICOM "CT_small.dcm", PYDICOM "no_meta.dcm", PYDICOM "README.txt",
        PYDICOM "ExplVR_LitEndNoMeta.dcm", PYDICOM "image_dfl.dcm" };

/* What is no archive is passed on as it is, DICOM or not. */
static void
test_file (Fixture *f, gconstpointer path)
{
  g_assert_true (walk (f, path));
  g_assert_cmpuint (f->reasons->len, ==, 0);
  g_assert_cmpuint (f->paths->len, ==, 1);
  g_assert_cmpstr (f->paths->pdata[0], ==, path);
}

/* A preamble may carry another format's magic. */
static void
test_polyglot (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  char file[400] = "PK\3\4";

  memcpy (file + 128, "DICM", 4);
  g_assert_true (g_file_set_contents (f->archive, file, sizeof file, NULL));
  test_file (f, f->archive);
}

/* Not by g_file_set_contents(), whose temporary name is longer. */
static void
make_empty (const char *path)
{
  int fd = g_open (path, O_WRONLY | O_CREAT, 0600);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
}

static void
make_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_mkdir_with_parents (parent, 0700);
  make_empty (path);
}

static void
test_folder (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const order[] = { "a/1", "a/b/2", "a/c", "z" };
  g_autofree char *top = g_build_filename (f->folder, "top", NULL);
  g_autofree char *loop = g_build_filename (top, "a", "b", "loop", NULL);
  g_autofree char *dangling = g_build_filename (top, "y", NULL);

  for (gsize i = G_N_ELEMENTS (order); i > 0; i--)
    make_file (top, order[i - 1]);
  g_assert_cmpint (symlink (top, loop), ==, 0);
  g_assert_cmpint (symlink ("/nowhere/at/all", dangling), ==, 0);

  g_assert_true (walk (f, top));
  g_assert_cmpuint (f->paths->len, ==, G_N_ELEMENTS (order));
  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    {
      g_autofree char *expected = g_build_filename (top, order[i], NULL);
      g_assert_cmpstr (f->paths->pdata[i], ==, expected);
    }
  assert_reason (f, "No such file");
}

/* ---- A disk that fails ---- */

static gint entries_left = -1; /* that can be read; negative: all */

/* In the place of the C library's, for GLib as well: fails in the midst of a folder. */
struct dirent *
readdir (DIR *dir)
{
  static struct dirent *(*real) (DIR *);

  if (real == NULL)
    *(void **)&real = dlsym (RTLD_NEXT, "readdir64");
  if (entries_left == 0)
    {
      errno = EIO;
      return NULL;
    }
  if (entries_left > 0)
    entries_left--;
  return real (dir);
}

/* @data: what is read in the folder */
static void
test_unread_folder (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (
      g_file_get_contents (PYDICOM "dicomdirtests/TINY_ALPHA/DICOMDIR", &bytes, &length, NULL));
  path = g_build_filename (f->folder, "top", data, NULL);
  make_file (f->folder, "top/1");
  make_file (f->folder, "top/2");
  make_file (f->folder, "top/3");
  if (data != NULL)
    g_assert_true (g_file_set_contents (path, bytes, length, NULL));
  entries_left = 4; /* the folder and the one above it are entries, too */
  g_assert_true (walk (f, path));
  g_assert_cmpint (entries_left, ==, 0);
  entries_left = -1;

  g_assert_cmpuint (f->paths->len, <=, 4);
  g_assert_cmpuint (f->reasons->len, >=, 1);
  g_assert_cmpint (f->kind, ==, GANTRY_SKIPPED_LOST);
  g_assert_nonnull (strstr (f->reasons->pdata[0], "Input/output error"));
}

/* ---- What is no file, or none that can be had ---- */

static void
make_pipe (const char *path)
{
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
}

static void
make_socket (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  close (fd);
}

static void
make_device (const char *path)
{
  g_assert_cmpint (symlink ("/dev/tty", path), ==, 0); /* whose opening would be noticed */
}

static void
make_link_to_itself (const char *path)
{
  g_assert_cmpint (symlink (path, path), ==, 0);
}

static void
make_link_to_nothing (const char *path)
{
  g_assert_cmpint (symlink ("/nowhere/at/all", path), ==, 0);
}

static void
make_closed_folder (const char *path)
{
  g_assert_cmpint (g_mkdir (path, 0), ==, 0);
}

/* Nobody can look into a folder that may be listed but not entered. */
static void
make_half_closed_folder (const char *path)
{
  g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
  make_file (path, "inside");
  g_assert_cmpint (g_chmod (path, 0444), ==, 0);
}

typedef struct
{
  const char *name;
  void (*make) (const char *path);
  const char *reason;
} OddCase;

static const OddCase odd[] = {
  { "pipe", make_pipe, "named pipe" },
  { "socket", make_socket, "socket" },
  { "device", make_device, "device" },
  { "link-to-itself", make_link_to_itself, "symbolic links" },
  { "link-to-nothing", make_link_to_nothing, "No such file" },
  { "closed-folder", make_closed_folder, "Permission denied" },
  { "half-closed-folder", make_half_closed_folder, "Permission denied" },
};

/* As somebody without the superuser's rights, who may read everything. */
static gboolean
walk_as_nobody (Fixture *f, const char *path)
{
  uid_t me = geteuid ();
  gboolean result;

  g_assert_cmpint (g_chmod (f->folder, 0755), ==, 0);
  g_assert_cmpint (g_chmod (f->staging, 0777), ==, 0);
  if (me == 0)
    g_assert_cmpint (seteuid (65534), ==, 0);
  result = walk (f, path);
  if (me == 0)
    g_assert_cmpint (seteuid (0), ==, 0);
  return result;
}

/* In a folder, where its neighbours are found; and by itself. */
static void
test_odd (Fixture *f, gconstpointer data)
{
  const OddCase *c = data;
  g_autofree char *top = g_build_filename (f->folder, "top", NULL);
  g_autofree char *path = g_build_filename (top, "m", NULL);

  make_file (top, "a");
  make_file (top, "z");
  g_assert_cmpint (g_chmod (top, 0755), ==, 0);
  c->make (path);

  g_assert_true (walk_as_nobody (f, top));
  g_assert_cmpuint (f->paths->len, ==, 2);
  assert_reason (f, c->reason);
  g_ptr_array_set_size (f->reasons, 0);
  g_assert_true (walk_as_nobody (f, path));
  g_assert_cmpuint (f->paths->len, ==, 2);
  assert_reason (f, c->reason);
}

/* What is gone when its turn comes has a reason, and the rest is found. */
static gboolean
on_path_remove_next (const char *path,
                     GantrySkippedKind kind,
                     const char *reason,
                     gpointer user_data)
{
  Fixture *f = user_data;
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *next = g_build_filename (folder, "b", NULL);

  if (reason == NULL && g_str_has_suffix (path, "/a"))
    remove_tree (next);
  return on_path (path, kind, reason, f);
}

static void
test_vanished (Fixture *f, gconstpointer name)
{
  g_autofree char *top = g_build_filename (f->folder, "top", NULL);

  make_file (top, "a");
  make_file (top, name);
  make_file (top, "c");
  g_assert_true (gantry_source_walk (top, f->staging, NULL, on_path_remove_next, f));
  g_assert_cmpuint (f->paths->len, ==, 2);
  assert_reason (f, "No such file");
}

/* Two folders that link to each other, and a file with two names. */
static void
test_links (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *one = g_build_filename (f->folder, "top", "one", NULL);
  g_autofree char *other = g_build_filename (f->folder, "top", "other", NULL);
  g_autofree char *one_to_other = g_build_filename (one, "link", NULL);
  g_autofree char *other_to_one = g_build_filename (other, "link", NULL);
  g_autofree char *file = g_build_filename (one, "a", NULL);
  g_autofree char *second_name = g_build_filename (other, "b", NULL);
  g_autofree char *top = g_path_get_dirname (one);

  make_file (one, "a");
  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  g_assert_cmpint (symlink (other, one_to_other), ==, 0);
  g_assert_cmpint (symlink (one, other_to_one), ==, 0);
  g_assert_cmpint (link (file, second_name), ==, 0);
  g_assert_true (walk (f, top));
  g_assert_cmpuint (f->reasons->len, ==, 0);
  g_assert_cmpuint (f->paths->len, ==, 2);
}

static const char *const names[] = {
  "new\nline", "\xff\xfe", "caf\xe9", " ", "-rf", "a\tb\x1b[31m", "\u202Emcd.exe", "%s%n", "...",
};

static void
test_names (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *top = g_build_filename (f->folder, "top", NULL);
  g_autofree char *longest = g_strnfill (255, 'n');

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *folder = g_build_filename (top, names[i], NULL);

      make_file (folder, names[i]);
    }
  make_file (top, longest);
  g_assert_true (walk (f, top));
  g_assert_cmpuint (f->reasons->len, ==, 0);
  g_assert_cmpuint (f->paths->len, ==, G_N_ELEMENTS (names) + 1);
  for (guint i = 0; i < f->paths->len; i++)
    g_assert_true (g_file_test (f->paths->pdata[i], G_FILE_TEST_IS_REGULAR));
}

/* Deeper than a path may be long: what is too deep has a reason, and the walk comes back. */
static void
test_deep (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *top = g_build_filename (f->folder, "top", NULL);
  g_autofree char *name = g_strnfill (200, 'd');
  g_autofree char *here = g_get_current_dir ();

  g_assert_cmpint (g_mkdir (top, 0700), ==, 0);
  g_assert_cmpint (g_chdir (top), ==, 0);
  for (guint i = 0; i < 30; i++)
    {
      g_assert_true (g_file_set_contents ("f", "x", 1, NULL));
      g_assert_cmpint (g_mkdir (name, 0700), ==, 0);
      g_assert_cmpint (g_chdir (name), ==, 0);
    }
  g_assert_cmpint (g_chdir (here), ==, 0);

  g_assert_true (walk (f, top));
  g_assert_cmpuint (f->paths->len, >=, PATH_MAX / 201 - 1);
  g_assert_cmpuint (f->paths->len, <, 30);
  assert_reason (f, "File name too long");

  /* Nobody can name the innermost folder, so they are moved up one by one. */
  g_assert_cmpint (g_chdir (top), ==, 0);
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *inner = g_build_filename (name, name, NULL);
      g_autofree char *file = g_build_filename (name, "f", NULL);

      g_assert_true (g_rename (inner, "up") == 0 || i == 29);
      g_unlink (file);
      g_assert_cmpint (g_rmdir (name), ==, 0);
      g_assert_true (g_rename ("up", name) == 0 || i == 29);
    }
  g_assert_cmpint (g_chdir (here), ==, 0);
}

/* A hundred folders in each other with a hundred files each, in order. */
static void
test_many (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *top = g_build_filename (f->folder, "top", NULL);
  g_autoptr (GString) folder = g_string_new (top);

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *path = NULL;

      if (i % 100 == 0)
        {
          g_string_append (folder, "/z");
          g_assert_cmpint (g_mkdir_with_parents (folder->str, 0700), ==, 0);
        }
      path = g_strdup_printf ("%s/%05u", folder->str, i);
      make_empty (path);
    }
  g_assert_true (walk (f, top));
  g_assert_cmpuint (f->reasons->len, ==, 0);
  g_assert_cmpuint (f->paths->len, ==, 10000);
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *name = g_path_get_basename (f->paths->pdata[i]);

      g_assert_cmpuint (g_ascii_strtoull (name, NULL, 10), ==, i);
    }
}

/* The index is passed over in a folder, its files are found anyway. */
static void
test_folder_with_index (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_true (walk (f, PYDICOM "dicomdirtests/TINY_ALPHA"));
  g_assert_cmpuint (f->reasons->len, ==, 0);
  g_assert_cmpuint (f->paths->len, ==, 51);
  for (guint i = 0; i < f->paths->len; i++)
    g_assert_false (g_str_has_suffix (f->paths->pdata[i], "DICOMDIR"));
}

/* ---- DICOMDIR ---- */

typedef struct
{
  const char *path;
  guint files, reasons;
} IndexCase;

static const IndexCase indexes[] = {
  { PYDICOM "dicomdirtests/DICOMDIR", 31, 0 },
  { PYDICOM "dicomdirtests/DICOMDIR-bigEnd", 31, 0 },
  { PYDICOM "dicomdirtests/DICOMDIR-implicit", 31, 0 },
  { PYDICOM "dicomdirtests/DICOMDIR-nooffset", 30, 1 },
  { PYDICOM "dicomdirtests/DICOMDIR-reordered", 31, 0 },
  { PYDICOM "dicomdirtests/DICOMDIR-nopatient", 31, 0 },
  { PYDICOM "dicomdirtests/DICOMDIR-empty.dcm", 0, 1 },
  { PYDICOM "dicomdirtests/TINY_ALPHA/DICOMDIR", 50, 0 },
};

static void
test_index (Fixture *f, gconstpointer data)
{
  const IndexCase *c = data;

  g_assert_true (walk (f, c->path));
  g_assert_cmpuint (f->paths->len, ==, c->files);
  g_assert_cmpuint (f->reasons->len, ==, c->reasons);
  for (guint i = 0; i < f->paths->len; i++)
    g_assert_true (g_file_test (f->paths->pdata[i], G_FILE_TEST_IS_REGULAR));
}

/* Lower case names, as some systems show a disc, and files that did not make it. */
static void
test_index_case (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *index = g_build_filename (f->folder, "dicomdir", NULL);
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (
      g_file_get_contents (PYDICOM "dicomdirtests/TINY_ALPHA/DICOMDIR", &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (index, bytes, length, NULL));
  make_file (f->folder, "pt000000/St000000/se000000/im000000.;1");
  make_file (f->folder, "pt000000/St000000/se000000/im000001");
  g_assert_true (walk (f, index));
  g_assert_cmpuint (f->paths->len, ==, 2);
  g_assert_cmpuint (f->reasons->len, ==, 48);
  g_assert_nonnull (strstr (f->reasons->pdata[0], "it is not there"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, data, func) g_test_add (path, Fixture, data, set_up, func, tear_down)
  for (gsize i = 0; i < G_N_ELEMENTS (archives); i++)
    {
      g_autofree char *path = g_strconcat ("/source/archive/", archives[i].name, NULL);
      ADD (path, &archives[i], test_archive);
    }
  ADD ("/source/archive/too-many", &tight[0], test_bounds);
  ADD ("/source/archive/too-large", &tight[1], test_bounds);
  ADD ("/source/archive/bomb", NULL, test_bomb);
  ADD ("/source/archive/names", NULL, test_archive_names);
  ADD ("/source/archive/cancelled", NULL, test_cancelled);
  ADD ("/source/archive/ended", NULL, test_ended);
  ADD ("/source/archive/gzip-alone", NULL, test_gzip_alone);
  for (gsize i = 0; i < G_N_ELEMENTS (dicom_files); i++)
    {
      g_autofree char *name = g_path_get_basename (dicom_files[i]);
      g_autofree char *path = g_strconcat ("/source/file/", name, NULL);
      ADD (path, dicom_files[i], test_file);
    }
  ADD ("/source/file/polyglot", NULL, test_polyglot);
  ADD ("/source/folder", NULL, test_folder);
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autofree char *path = g_strconcat ("/source/odd/", odd[i].name, NULL);
      ADD (path, &odd[i], test_odd);
    }
  ADD ("/source/vanished/file", "b", test_vanished);
  ADD ("/source/vanished/folder", "b/inside", test_vanished);
  ADD ("/source/unread/folder", NULL, test_unread_folder);
  ADD ("/source/unread/index", "DICOMDIR", test_unread_folder);
  ADD ("/source/links", NULL, test_links);
  ADD ("/source/names", NULL, test_names);
  ADD ("/source/deep", NULL, test_deep);
  ADD ("/source/many", NULL, test_many);
  ADD ("/source/folder/with-index", NULL, test_folder_with_index);
  for (gsize i = 0; i < G_N_ELEMENTS (indexes); i++)
    {
      g_autofree char *path
          = g_strconcat ("/source/index/", indexes[i].path + strlen (PYDICOM), NULL);
      ADD (path, &indexes[i], test_index);
    }
  ADD ("/source/index/case", NULL, test_index_case);

  return g_test_run ();
}
