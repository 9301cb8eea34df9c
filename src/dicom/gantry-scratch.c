/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "gantry-error.h"
#include "gantry-files.h"

#define MEMORY_MAX (16u << 20)
#define BLOCK (1u << 20)

struct _GantryScratch
{
  char *folder;
  GByteArray *memory; /* all there is, or what is not in the file yet */
  int fd;             /* -1 while all is in memory */
  guint64 length;
};

static gboolean
fail (GError **error)
{
  g_set_error (
      error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
      _ ("There is no room for a converted copy of the object: %s. Free some disk space and try "
         "again."),
      g_strerror (errno));
  return FALSE;
}

static gboolean
open_file (GantryScratch *self, GError **error)
{
  g_autofree char *path = NULL;

#ifdef O_TMPFILE
  self->fd = open (self->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (self->fd >= 0)
    return TRUE;
#endif
  path = g_build_filename (self->folder, "gantry-XXXXXX", NULL);
  self->fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (self->fd < 0)
    return fail (error);
  g_unlink (path);
  return TRUE;
}

static gboolean
flush (GantryScratch *self, GError **error)
{
  gsize done = 0;

  while (done < self->memory->len)
    {
      gssize n = write (self->fd, self->memory->data + done, self->memory->len - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (error);
      done += (gsize)n;
    }
  g_byte_array_set_size (self->memory, 0);
  return TRUE;
}

GantryScratch *
gantry_scratch_new (const char *folder)
{
  GantryScratch *self = g_new0 (GantryScratch, 1);

  self->folder = g_strdup (folder);
  self->memory = g_byte_array_new ();
  self->fd = -1;
  return self;
}

void
gantry_scratch_free (GantryScratch *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->memory, g_byte_array_unref);
  g_free (self->folder);
  g_free (self);
}

gboolean
gantry_scratch_write (
    GantryScratch *self, const void *data, gsize length, GCancellable *cancellable, GError **error)
{
  const guint8 *p = data;

  while (length > 0)
    {
      gsize n = MIN (length, BLOCK);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (self->fd < 0 && self->memory->len + n > MEMORY_MAX && !open_file (self, error))
        return FALSE;
      g_byte_array_append (self->memory, p, (guint)n);
      if (self->fd >= 0 && self->memory->len >= BLOCK && !flush (self, error))
        return FALSE;
      self->length += n;
      p += n;
      length -= n;
    }
  return TRUE;
}

guint64
gantry_scratch_get_length (const GantryScratch *self)
{
  return self->length;
}

GBytes *
gantry_scratch_finish (GantryScratch *self, GError **error)
{
  g_autoptr (GMappedFile) map = NULL;
  g_autoptr (GError) failure = NULL;

  if (self->fd < 0)
    return g_byte_array_free_to_bytes (g_steal_pointer (&self->memory));
  if (!flush (self, error))
    return NULL;
  map = g_mapped_file_new_from_fd (self->fd, FALSE, &failure);
  if (map != NULL)
    return g_mapped_file_get_bytes (map);
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
               _ ("A converted copy of the object cannot be read back: %s"), failure->message);
  return NULL;
}

static GBytes *
load (int fd,
      const char *folder,
      const char *path,
      guint64 offset,
      GCancellable *cancellable,
      GError **error)
{
  g_autoptr (GantryScratch) copy = gantry_scratch_new (folder);
  g_autofree guint8 *block = g_malloc (BLOCK);

  for (;;)
    {
      gssize n = pread (fd, block, BLOCK, (off_t)offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE, _ ("%s cannot be read: %s."), path,
                       g_strerror (errno));
          return NULL;
        }
      if (n == 0)
        return gantry_scratch_finish (copy, error);
      if (!gantry_scratch_write (copy, block, (gsize)n, cancellable, error))
        return NULL;
      offset += (guint64)n;
    }
}

GBytes *
gantry_scratch_load (
    const char *folder, const char *path, guint64 offset, GCancellable *cancellable, GError **error)
{
  struct stat info;
  int fd = gantry_file_open (path, &info);
  GBytes *bytes;

  if (fd < 0)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE, _ ("%s cannot be read: %s."), path,
                   g_strerror (errno));
      return NULL;
    }
  bytes = load (fd, folder, path, offset, cancellable, error);
  close (fd);
  return bytes;
}
