/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-source.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "gantry-archive.h"
#include "gantry-file-set.h"
#include "gantry-files.h"

typedef struct
{
  const char *staging;
  GCancellable *cancellable;
  GantrySourceFunc func;
  gpointer user_data;
  GQueue pending;      /* char*: what is still to be visited, the next one first */
  GHashTable *visited; /* folders, by device and inode */
} Walk;

static gboolean
report (Walk *self, const char *path)
{
  return self->func (path, GANTRY_SKIPPED_HARMLESS, NULL, self->user_data);
}

static gboolean
report_lost (Walk *self, const char *path, const char *reason)
{
  return self->func (path, GANTRY_SKIPPED_LOST, reason, self->user_data);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* @trouble: errno; 0: it was read to its end. */
static gboolean
end_folder (Walk *self, const char *path, int trouble)
{
  g_autofree char *reason = NULL;

  if (trouble == 0)
    return TRUE;
  reason = g_strdup_printf (_ ("Not all of this folder can be read: %s"), g_strerror (trouble));
  return report_lost (self, path, reason);
}

/* Puts a folder's entries, in name order, before everything else that waits. */
static gboolean
enter_folder (Walk *self, const char *path, const GStatBuf *info)
{
  g_autofree char *identity = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
                                               (guint64)info->st_dev, (guint64)info->st_ino);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;
  int trouble;

  if (!g_hash_table_add (self->visited, g_steal_pointer (&identity)))
    return TRUE;
  dir = g_dir_open (path, 0, &error);
  if (dir == NULL)
    return report_lost (self, path, error->message);

  while ((name = gantry_dir_next (dir, &trouble)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, by_name);
  for (guint i = names->len; i > 0; i--)
    g_queue_push_head (&self->pending, g_build_filename (path, names->pdata[i - 1], NULL));
  return end_folder (self, path, trouble);
}

/* Each archive in a folder of its own, so that equal names do not meet. */
static gboolean
visit_archive (Walk *self, const char *path)
{
  g_autofree char *folder = g_build_filename (self->staging, "archive-XXXXXX", NULL);
  GantryArchiveResult result;

  if (g_mkdtemp (folder) == NULL)
    {
      g_autofree char *reason = g_strdup_printf (_ ("The folder %1$s cannot be made: %2$s"), folder,
                                                 g_strerror (errno));
      return report_lost (self, path, reason);
    }
  result = gantry_archive_unpack (path, folder, &gantry_archive_bounds, self->cancellable,
                                  self->func, self->user_data);
  if (result == GANTRY_ARCHIVE_DONE && g_rmdir (folder) != 0)
    g_queue_push_head (&self->pending, g_steal_pointer (&folder));
  else
    g_rmdir (folder);
  return result != GANTRY_ARCHIVE_ENDED;
}

static gboolean
is_below (const char *path, const char *folder)
{
  gsize length = strlen (folder);

  return strncmp (path, folder, length) == 0 && path[length] == G_DIR_SEPARATOR;
}

static gboolean
visit_file (Walk *self, const char *path)
{
  /* An archive inside of an archive could go on for ever. */
  if (!is_below (path, self->staging) && gantry_archive_is_one (path))
    return visit_archive (self, path);
  return gantry_file_set_is_index (path) || report (self, path);
}

/* What must not even be opened: a pipe waits for a writer, a device may do what it was made for. */
static const char *
describe_special (mode_t mode)
{
  if (S_ISFIFO (mode))
    return _ ("This is a named pipe, and not a file.");
  if (S_ISSOCK (mode))
    return _ ("This is a socket, and not a file.");
  return _ ("This is a device, and not a file.");
}

static gboolean
visit (Walk *self, const char *path)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    {
      g_autofree char *reason
          = g_strdup_printf (_ ("This cannot be opened: %s"), g_strerror (errno));
      return report_lost (self, path, reason);
    }
  if (S_ISDIR (info.st_mode))
    return enter_folder (self, path, &info);
  return S_ISREG (info.st_mode) ? visit_file (self, path)
                                : self->func (path, GANTRY_SKIPPED_HARMLESS,
                                              describe_special (info.st_mode), self->user_data);
}

gboolean
gantry_source_walk (const char *path,
                    const char *staging,
                    GCancellable *cancellable,
                    GantrySourceFunc func,
                    gpointer user_data)
{
  Walk self = { .staging = staging,
                .cancellable = cancellable,
                .func = func,
                .user_data = user_data,
                .pending = G_QUEUE_INIT };
  gboolean going = TRUE;

  if (gantry_file_set_is_index (path))
    return gantry_file_set_walk (path, cancellable, func, user_data);

  self.visited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_push_head (&self.pending, g_strdup (path));
  while (going && self.pending.length > 0)
    {
      g_autofree char *next = g_queue_pop_head (&self.pending);

      going = !g_cancellable_is_cancelled (cancellable) && visit (&self, next);
    }
  g_queue_clear_full (&self.pending, g_free);
  g_hash_table_unref (self.visited);
  return going;
}
