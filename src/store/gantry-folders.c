/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-folders.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* So many paths are remembered, then it starts anew. */
#define SAFE_MAX 4096

struct _GantryFolders
{
  char *root;

  GMutex lock; /* of what follows */
  GCond changed;
  guint holders;    /* who put files into folders */
  gboolean alone;   /* who removes folders waits for the holders, and new ones wait for it */
  GHashTable *safe; /* paths of folders that are known to survive a power cut */
};

GantryFolders *
gantry_folders_new (const char *root)
{
  GantryFolders *self = g_new0 (GantryFolders, 1);

  self->root = g_strdup (root);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->safe = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
gantry_folders_free (GantryFolders *self)
{
  g_free (self->root);
  g_hash_table_unref (self->safe);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

const char *
gantry_folders_get_root (GantryFolders *self)
{
  return self->root;
}

void
gantry_folders_hold (GantryFolders *self)
{
  g_mutex_lock (&self->lock);
  while (self->alone)
    g_cond_wait (&self->changed, &self->lock);
  self->holders++;
  g_mutex_unlock (&self->lock);
}

void
gantry_folders_release (GantryFolders *self)
{
  g_mutex_lock (&self->lock);
  if (--self->holders == 0)
    g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

gboolean
gantry_folders_sync (int fd)
{
  return fsync (fd) == 0;
}

static gboolean
is_safe (GantryFolders *self, const char *path)
{
  gboolean safe;

  g_mutex_lock (&self->lock);
  safe = g_hash_table_contains (self->safe, path);
  g_mutex_unlock (&self->lock);
  return safe;
}

static void
set_safe (GantryFolders *self, const char *path, gboolean safe)
{
  g_mutex_lock (&self->lock);
  if (g_hash_table_size (self->safe) >= SAFE_MAX)
    g_hash_table_remove_all (self->safe);
  if (safe)
    g_hash_table_add (self->safe, g_strdup (path));
  else
    g_hash_table_remove (self->safe, path);
  g_mutex_unlock (&self->lock);
}

/* Keeps the errno that the caller is about to look at. */
static void
close_quietly (int fd)
{
  int code = errno;

  close (fd);
  errno = code;
}

/* A new folder is only there after a power cut if its parent was written too. Who finds the folder
 * there does not know whether that has happened: another worker may just have made it.
 */
static int
open_below (GantryFolders *self, int parent, const char *name, const char *path)
{
  int fd = openat (parent, name, OPEN_FOLDER | O_NOFOLLOW);

  if (fd >= 0 && is_safe (self, path))
    return fd;
  if (fd < 0 && errno == ENOENT)
    {
      set_safe (self, path, FALSE); /* it was, before somebody removed it */
      if (mkdirat (parent, name, 0700) != 0 && errno != EEXIST)
        return -1;
      fd = openat (parent, name, OPEN_FOLDER | O_NOFOLLOW);
    }
  if (fd < 0)
    return -1;
  if (!gantry_folders_sync (parent))
    {
      close_quietly (fd);
      return -1;
    }
  set_safe (self, path, TRUE);
  return fd;
}

int
gantry_folders_open (GantryFolders *self, char *const *names, guint n)
{
  g_autoptr (GString) path = g_string_new (NULL);
  int fd = open (self->root, OPEN_FOLDER);

  for (guint i = 0; i < n && fd >= 0; i++)
    {
      int parent = fd;

      g_string_append_c (path, '/');
      g_string_append (path, names[i]);
      fd = open_below (self, parent, names[i], path->str);
      close_quietly (parent);
    }
  return fd;
}

/* ---- Removing ------------------------------------------------------------------------------- */

/* Opens without making anything; the last of @names is the file. */
static int
open_folder_of (GantryFolders *self, char *const *names, guint n)
{
  int fd = open (self->root, OPEN_FOLDER);

  for (guint i = 0; i + 1 < n && fd >= 0; i++)
    {
      int parent = fd;

      fd = openat (parent, names[i], OPEN_FOLDER | O_NOFOLLOW);
      close_quietly (parent);
    }
  return fd;
}

static void
remove_empty (GantryFolders *self, char *const *names, guint n)
{
  while (n > 1)
    {
      g_autoptr (GString) path = g_string_new (NULL);
      int parent = open_folder_of (self, names, n - 1);
      gboolean removed;

      for (guint i = 0; i < n - 1; i++)
        g_string_append_printf (path, "/%s", names[i]);
      set_safe (self, path->str, FALSE);
      removed = parent >= 0 && unlinkat (parent, names[n - 2], AT_REMOVEDIR) == 0;
      if (parent >= 0)
        close (parent);
      if (!removed)
        return;
      n--;
    }
}

typedef int (*TakeFunc) (int folder, const char *name, gpointer user_data);

static int
take_held (GantryFolders *self, char *const *names, guint n, TakeFunc take, gpointer user_data)
{
  int folder = open_folder_of (self, names, n);
  struct stat st;
  int code = 0;

  if (folder < 0)
    return errno;
  if (fstatat (folder, names[n - 1], &st, AT_SYMLINK_NOFOLLOW) != 0)
    code = errno;
  else if (!S_ISREG (st.st_mode))
    code = EINVAL;
  else
    code = take (folder, names[n - 1], user_data);
  close (folder);
  if (code == 0)
    remove_empty (self, names, n);
  return code;
}

gboolean
gantry_folders_is_below (GantryFolders *self, const char *path)
{
  gsize length = strlen (self->root);

  return strncmp (path, self->root, length) == 0 && path[length] == '/'
         && strstr (path + length, "/../") == NULL;
}

int
gantry_folders_take (GantryFolders *self, const char *path, TakeFunc take, gpointer user_data)
{
  g_auto (GStrv) names = NULL;
  int code;

  if (!gantry_folders_is_below (self, path))
    return EINVAL;
  names = g_strsplit (path + strlen (self->root) + 1, "/", -1);

  g_mutex_lock (&self->lock);
  while (self->alone)
    g_cond_wait (&self->changed, &self->lock);
  self->alone = TRUE;
  while (self->holders > 0)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);

  code = take_held (self, names, g_strv_length (names), take, user_data);

  g_mutex_lock (&self->lock);
  self->alone = FALSE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return code;
}
