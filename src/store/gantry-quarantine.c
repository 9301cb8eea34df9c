/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-quarantine.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gantry-files.h"
#include "gantry-folders.h"

/* Of a SHA-256 in hexadecimal digits; no two objects share so many. */
#define NAME_LENGTH 32

struct _GantryQuarantine
{
  char *folder;
  gint64 keep;
  guint64 bytes;
  GMutex lock;  /* one puts a file there or removes some */
  guint64 used; /* octets of objects; more than there are before the first look */
};

typedef struct
{
  char *path;
  guint64 size;
  gint64 came;
} File;

GantryQuarantine *
gantry_quarantine_new (const char *folder, gint64 keep, guint64 bytes)
{
  GantryQuarantine *self = g_new0 (GantryQuarantine, 1);

  self->folder = g_strdup (folder);
  self->keep = keep;
  self->bytes = bytes;
  self->used = bytes;
  g_mutex_init (&self->lock);
  return self;
}

void
gantry_quarantine_free (GantryQuarantine *self)
{
  g_free (self->folder);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static char *
make_note_path (const char *path)
{
  return g_strconcat (path, ".txt", NULL);
}

/* ---- Removing ------------------------------------------------------------------------------- */

static void
file_clear (gpointer data)
{
  g_free (((File *)data)->path);
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  gint64 one = ((const File *)a)->came, other = ((const File *)b)->came;

  return (one > other) - (one < other);
}

/* (element-type File): the oldest first. */
static GArray *
list_files (GantryQuarantine *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  GArray *files = g_array_new (FALSE, FALSE, sizeof (File));
  const char *name;

  g_array_set_clear_func (files, file_clear);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      struct stat st;
      File file;

      if (!g_str_has_suffix (name, ".dcm") || lstat (path, &st) != 0 || !S_ISREG (st.st_mode))
        continue;
      file.path = g_steal_pointer (&path);
      file.size = (guint64)st.st_size;
      file.came = st.st_mtim.tv_sec * G_USEC_PER_SEC + st.st_mtim.tv_nsec / 1000;
      g_array_append_val (files, file);
    }
  g_array_sort (files, compare_age);
  return files;
}

/* The lock is held. */
static void
trim (GantryQuarantine *self, gint64 now)
{
  g_autoptr (GArray) files = list_files (self);

  self->used = 0;
  for (guint i = 0; i < files->len; i++)
    self->used += g_array_index (files, File, i).size;
  for (guint i = 0; i < files->len; i++)
    {
      const File *file = &g_array_index (files, File, i);
      g_autofree char *note = make_note_path (file->path);
      gboolean old = self->keep > 0 && file->came < now - self->keep;

      if (!old && (self->bytes == 0 || self->used <= self->bytes))
        break;
      if (g_unlink (file->path) != 0)
        {
          g_warning ("%s is not removed: %s", file->path, g_strerror (errno));
          continue;
        }
      g_unlink (note);
      self->used -= file->size;
    }
}

void
gantry_quarantine_trim (GantryQuarantine *self, gint64 now)
{
  if (self->keep == 0 && self->bytes == 0)
    return;
  g_mutex_lock (&self->lock);
  trim (self, now);
  g_mutex_unlock (&self->lock);
}

/* ---- Adding --------------------------------------------------------------------------------- */

/* The time of day as we know it, which need not be that of the file system. */
static void
set_time (const char *path, gint64 now)
{
  const struct timespec times[]
      = { { .tv_nsec = UTIME_OMIT },
          { .tv_sec = now / G_USEC_PER_SEC, .tv_nsec = now % G_USEC_PER_SEC * 1000 } };

  utimensat (AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}

/* Returns: 0, or an errno. @again: (out): the same is there */
static int
move (const char *part, const char *path, gboolean *again)
{
  struct stat st;
  int code;

  if (gantry_file_rename_new (part, AT_FDCWD, path))
    return 0;
  code = errno;
  if (code != EEXIST || lstat (path, &st) != 0 || !S_ISREG (st.st_mode)
      || gantry_files_compare (part, path, NULL) != GANTRY_FILES_EQUAL)
    return code;
  *again = TRUE;
  return g_unlink (part) == 0 ? 0 : errno;
}

static int
sync_folder (GantryQuarantine *self)
{
  int fd = open (self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int code = 0;

  if (fd < 0 || !gantry_folders_sync (fd))
    code = errno;
  if (fd >= 0)
    close (fd);
  return code;
}

/* The lock is held. */
static int
add (GantryQuarantine *self,
     const char *part,
     gsize length,
     const char *reason,
     gint64 now,
     const char *path)
{
  g_autofree char *note = make_note_path (path);
  gboolean again = FALSE;
  int code = move (part, path, &again);

  if (code == 0)
    code = sync_folder (self);
  if (code != 0)
    return code;
  set_time (path, now);
  if (again)
    return 0;
  g_file_set_contents (note, reason, -1, NULL);
  self->used += length;
  if (self->bytes > 0 && self->used > self->bytes)
    trim (self, now);
  return 0;
}

int
gantry_quarantine_add (GantryQuarantine *self,
                       const char *part,
                       const guint8 *data,
                       gsize length,
                       const char *reason,
                       gint64 now,
                       char **target)
{
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, length);
  g_autofree char *path = g_strdup_printf ("%s/%.*s.dcm", self->folder, NAME_LENGTH, digest);
  int code;

  g_mutex_lock (&self->lock);
  code = add (self, part, length, reason, now, path);
  g_mutex_unlock (&self->lock);
  *target = code == 0 ? g_steal_pointer (&path) : NULL;
  return code;
}
