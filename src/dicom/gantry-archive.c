/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gantry-files.h"

#define BLOCK (256u << 10)

const GantryArchiveBounds gantry_archive_bounds = {
  .entries = 1000000,
  .bytes = 64ull << 30,
  .ratio = 1000,
  .ratio_from = 100u << 20,
};

typedef struct
{
  struct archive *archive;
  const char *folder;
  const GantryArchiveBounds *bounds;
  GCancellable *cancellable;
  guint64 packed; /* size of the archive */
  guint64 entries, bytes, files;
  char *reason; /* why it cannot go on */
  GantrySkippedKind kind;
} Unpacking;

static gboolean
stop (Unpacking *self, const char *reason)
{
  if (self->reason == NULL)
    self->reason = g_strdup (reason);
  return FALSE;
}

/* Says what libarchive could not do. */
static gboolean
stop_broken (Unpacking *self)
{
  /* Asking about encryption before a format is known crashes libarchive 3.6. */
  if (archive_format (self->archive) == 0)
    return stop (self, _ ("This is a compressed file that holds no tar archive, or a damaged one. "
                          "Unpack it first."));
  if (archive_read_has_encrypted_entries (self->archive) > 0)
    return stop (self, _ ("The archive is encrypted. Unpack it with its password first, and add "
                          "the folder."));
  return stop (self, _ ("The archive is damaged, or only a part of it is there. Copy it again."));
}

static gboolean
check_bounds (Unpacking *self)
{
  const GantryArchiveBounds *bounds = self->bounds;

  if (self->entries > bounds->entries)
    return stop (self, _ ("The archive has more entries than is credible."));
  if (self->bytes > bounds->bytes
      || (self->bytes > bounds->ratio_from && self->bytes / bounds->ratio > self->packed))
    return stop (self, _ ("The archive unpacks to far more than is credible, so it was stopped."));
  return TRUE;
}

/* Where an entry goes: below the folder whatever its name says. NULL: there is no such place. */
static char *
safe_path (const Unpacking *self, const char *name)
{
  g_auto (GStrv) parts = g_strsplit_set (name != NULL ? name : "", "/\\", -1);
  g_autoptr (GString) path = g_string_new (self->folder);
  gsize empty = path->len;

  for (char **part = parts; *part != NULL; part++)
    {
      if (**part == '\0' || strcmp (*part, ".") == 0)
        continue;
      if (strcmp (*part, "..") == 0 || strlen (*part) > 255)
        return NULL;
      g_string_append_printf (path, "/%s", *part);
    }
  return path->len > empty && path->len < 4000 ? g_strdup (path->str) : NULL;
}

/* A name that leads nowhere, or that the locale has no letters for, gives way to a number: what the
 * file is, is said in it. */
static char *
get_path (const Unpacking *self, const char *name)
{
  char *path = safe_path (self, name);

  return path != NULL
             ? path
             : g_strdup_printf ("%s/entry-%" G_GUINT64_FORMAT, self->folder, self->entries);
}

static gboolean
write_block (Unpacking *self, int fd, const guint8 *data, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_autofree char *reason
              = g_strdup_printf (_ ("The archive cannot be unpacked: %s"), g_strerror (errno));
          return stop (self, reason);
        }
      data += n;
      length -= n;
    }
  return TRUE;
}

static gboolean
copy_data (Unpacking *self, int fd)
{
  g_autofree guint8 *block = g_malloc (BLOCK);
  gssize n;

  while ((n = archive_read_data (self->archive, block, BLOCK)) > 0)
    {
      self->bytes += n;
      if (g_cancellable_is_cancelled (self->cancellable))
        return FALSE;
      if (!check_bounds (self) || !write_block (self, fd, block, n))
        return FALSE;
    }
  return n == 0 || stop_broken (self);
}

/* No link can be followed, because none is ever made; a name that comes again gets a number. */
static int
create_file (Unpacking *self, char **path)
{
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  int fd = open (*path, flags, 0600);

  if (fd < 0 && errno == EEXIST)
    {
      char *other = g_strdup_printf ("%s.%" G_GUINT64_FORMAT, *path, self->entries);

      g_free (*path);
      *path = other;
      fd = open (*path, flags, 0600);
    }
  return fd;
}

static gboolean
unpack_entry (Unpacking *self, struct archive_entry *entry)
{
  g_autofree char *path = NULL;
  g_autofree char *parent = NULL;
  gboolean ok;
  int fd;

  if (archive_entry_is_encrypted (entry))
    return stop_broken (self);
  /* Links, devices and folders: the last are made with what is in them. */
  if (archive_entry_filetype (entry) != AE_IFREG || archive_entry_hardlink (entry) != NULL)
    return TRUE;

  path = get_path (self, archive_entry_pathname (entry));
  parent = g_path_get_dirname (path);
  g_mkdir_with_parents (parent, 0700);
  fd = create_file (self, &path);
  if (fd < 0)
    {
      g_autofree char *reason
          = g_strdup_printf (_ ("The archive cannot be unpacked: %s"), g_strerror (errno));
      return stop (self, reason);
    }
  ok = copy_data (self, fd);
  close (fd);
  if (ok)
    self->files++;
  else
    g_unlink (path);
  return ok;
}

static struct archive *
new_archive (void)
{
  struct archive *archive = archive_read_new ();

  archive_read_support_format_zip (archive);
  archive_read_support_format_tar (archive);
  archive_read_support_filter_gzip (archive);
  archive_read_support_filter_bzip2 (archive);
  archive_read_support_filter_xz (archive);
  return archive;
}

/* An archive by its first bytes: libarchive also sees one in what merely looks a little like it. */
static gboolean
has_magic (const char *path, guint64 *size)
{
  static const struct
  {
    gsize offset, length;
    const char *bytes;
  } magics[] = {
    { 0, 4, "PK\3\4" },
    { 0, 4, "PK\5\6" },
    { 0, 3, "\x1f\x8b\x08" },
    { 0, 3, "BZh" },
    { 0, 6,
      "\xfd"
      "7zXZ\0" },
    { 257, 5, "ustar" },
  };
  char head[512];
  gssize n = -1;
  struct stat info;
  int fd = gantry_file_open (path, &info);

  if (fd >= 0)
    {
      n = pread (fd, head, sizeof head, 0);
      *size = info.st_size;
      close (fd);
    }
  /* A preamble may hold anything, another format's magic too (PS3.10 7.1). */
  if (n >= 132 && memcmp (head + 128, "DICM", 4) == 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (magics); i++)
    if (n >= (gssize)(magics[i].offset + magics[i].length)
        && memcmp (head + magics[i].offset, magics[i].bytes, magics[i].length) == 0)
      return TRUE;
  return FALSE;
}

gboolean
gantry_archive_is_one (const char *path)
{
  guint64 size;

  return has_magic (path, &size);
}

static gboolean
unpack_all (Unpacking *self)
{
  struct archive_entry *entry;
  int result;

  while ((result = archive_read_next_header (self->archive, &entry)) != ARCHIVE_EOF)
    {
      self->entries++;
      if (result < ARCHIVE_WARN)
        return stop_broken (self);
      if (g_cancellable_is_cancelled (self->cancellable) || !check_bounds (self)
          || !unpack_entry (self, entry))
        return FALSE;
    }
  if (self->files == 0)
    {
      self->kind = GANTRY_SKIPPED_HARMLESS;
      return stop (self, _ ("The archive is empty."));
    }
  return TRUE;
}

GantryArchiveResult
gantry_archive_unpack (const char *path,
                       const char *folder,
                       const GantryArchiveBounds *bounds,
                       GCancellable *cancellable,
                       GantrySourceFunc func,
                       gpointer user_data)
{
  Unpacking self = {
    .folder = folder, .bounds = bounds, .cancellable = cancellable, .kind = GANTRY_SKIPPED_LOST
  };
  GantryArchiveResult result = GANTRY_ARCHIVE_DONE;

  if (!has_magic (path, &self.packed))
    return GANTRY_ARCHIVE_NONE;
  self.archive = new_archive ();
  if (archive_read_open_filename (self.archive, path, BLOCK) != ARCHIVE_OK)
    stop_broken (&self);
  else if (!unpack_all (&self) && self.reason == NULL)
    result = GANTRY_ARCHIVE_ENDED;

  if (self.reason != NULL && !func (path, self.kind, self.reason, user_data))
    result = GANTRY_ARCHIVE_ENDED;
  archive_read_free (self.archive);
  g_free (self.reason);
  return result;
}
