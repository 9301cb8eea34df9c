/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_OPEN 16
#define BLOCK 65536

int
gantry_file_open (const char *path, struct stat *info)
{
  int fd = -1;

  if (stat (path, info) != 0)
    return -1;
  /* It may be replaced between the two. */
  if (S_ISREG (info->st_mode))
    fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  else
    errno = ENOTSUP;
  if (fd < 0)
    return -1;
  if (fstat (fd, info) == 0 && S_ISREG (info->st_mode))
    return fd;
  close (fd);
  errno = ENOTSUP;
  return -1;
}

static gint64
to_microseconds (const struct timespec *time)
{
  return time->tv_sec * G_USEC_PER_SEC + time->tv_nsec / 1000;
}

void
gantry_file_mark_set (GantryFileMark *mark, const struct stat *info)
{
  *mark = (GantryFileMark){ .size = (guint64)info->st_size,
                            .modified = to_microseconds (&info->st_mtim),
                            .status_changed = to_microseconds (&info->st_ctim),
                            .device = (gint64)info->st_dev,
                            .inode = (gint64)info->st_ino };
}

static gboolean
is_or_unknown (gint64 known, gint64 value)
{
  return known == 0 || known == value;
}

gboolean
gantry_file_mark_matches (const GantryFileMark *mark, const struct stat *info)
{
  GantryFileMark now;

  gantry_file_mark_set (&now, info);
  return mark->size == now.size && mark->modified == now.modified
         && is_or_unknown (mark->status_changed, now.status_changed)
         && is_or_unknown (mark->device, now.device) && is_or_unknown (mark->inode, now.inode);
}

static char *
escape (const char *text, gboolean backslashes)
{
  GString *out = g_string_new (NULL);

  while (*text != '\0')
    {
      gunichar c = g_utf8_get_char_validated (text, -1);
      gboolean valid = c != (gunichar)-1 && c != (gunichar)-2;
      const char *next = valid ? g_utf8_next_char (text) : text + 1;

      if (c == '\\' && backslashes)
        g_string_append (out, "\\\\");
      else if (valid && !g_unichar_iscntrl (c))
        g_string_append_len (out, text, next - text);
      else
        for (const char *p = text; p < next; p++)
          g_string_append_printf (out, "\\x%02X", (guint8)*p);
      text = next;
    }
  return g_string_free (out, FALSE);
}

char *
gantry_path_escape (const char *path)
{
  return escape (path, TRUE);
}

char *
gantry_text_escape (const char *text)
{
  return escape (text, FALSE);
}

static int
remove_one (const char *path,
            const struct stat *st G_GNUC_UNUSED,
            int type G_GNUC_UNUSED,
            struct FTW *ftw G_GNUC_UNUSED)
{
  remove (path);
  return 0;
}

const char *
gantry_dir_next (GDir *dir, int *trouble)
{
  const char *name;

  errno = 0;
  name = g_dir_read_name (dir);
  *trouble = name == NULL ? errno : 0;
  return name;
}

void
gantry_remove_tree (const char *path)
{
  nftw (path, remove_one, MAX_OPEN, FTW_DEPTH | FTW_PHYS);
}

/* ---- Moving --------------------------------------------------------------------------------- */

/* A second name, and then the first one goes. */
static gboolean
link_new (const char *from, int folder, const char *name)
{
  int code;

  if (linkat (AT_FDCWD, from, folder, name, 0) != 0)
    return FALSE;
  if (unlink (from) == 0)
    return TRUE;
  code = errno;
  unlinkat (folder, name, 0);
  errno = code;
  return FALSE;
}

gboolean
gantry_file_rename_new (const char *from, int folder, const char *name)
{
  static GMutex one_at_a_time;
  gboolean moved;

  if (renameat2 (AT_FDCWD, from, folder, name, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  if (link_new (from, folder, name))
    return TRUE;
  if (errno == EEXIST)
    return FALSE;

  g_mutex_lock (&one_at_a_time);
  errno = EEXIST;
  moved = faccessat (folder, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0
          && renameat (AT_FDCWD, from, folder, name) == 0;
  g_mutex_unlock (&one_at_a_time);
  return moved;
}

/* ---- Comparing ------------------------------------------------------------------------------ */

/* As much as there is, up to @size; negative on an error. */
static gssize
read_block (int fd, guint8 *block, gsize size)
{
  gsize have = 0;

  while (have < size)
    {
      gssize n = read (fd, block + have, size - have);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      have += (gsize)n;
    }
  return (gssize)have;
}

static GantryFilesComparison
compare_contents (int one, int other, GCancellable *cancellable)
{
  g_autofree guint8 *blocks = g_malloc (2 * BLOCK);

  while (!g_cancellable_is_cancelled (cancellable))
    {
      gssize n = read_block (one, blocks, BLOCK);
      gssize m = read_block (other, blocks + BLOCK, BLOCK);

      if (n < 0 || m < 0)
        return GANTRY_FILES_UNKNOWN;
      if (n != m || memcmp (blocks, blocks + BLOCK, (gsize)n) != 0)
        return GANTRY_FILES_DIFFERENT;
      if (n < BLOCK)
        return GANTRY_FILES_EQUAL;
    }
  return GANTRY_FILES_UNKNOWN;
}

GantryFilesComparison
gantry_files_compare (const char *one, const char *other, GCancellable *cancellable)
{
  int fds[2] = { open (one, O_RDONLY | O_CLOEXEC | O_NONBLOCK),
                 open (other, O_RDONLY | O_CLOEXEC | O_NONBLOCK) };
  GantryFilesComparison result = GANTRY_FILES_UNKNOWN;
  struct stat a, b;

  if (fds[0] >= 0 && fds[1] >= 0 && fstat (fds[0], &a) == 0 && fstat (fds[1], &b) == 0)
    {
      if (a.st_dev == b.st_dev && a.st_ino == b.st_ino)
        result = GANTRY_FILES_EQUAL;
      else if (a.st_size != b.st_size)
        result = GANTRY_FILES_DIFFERENT;
      else
        result = compare_contents (fds[0], fds[1], cancellable);
    }
  for (guint i = 0; i < 2; i++)
    if (fds[i] >= 0)
      close (fds[i]);
  return result;
}

/* More than any receiver can use; some hosts allow a thousand million. */
#define LIMIT_MAX 65536

static rlim_t limit_before; /* 0: it was not raised */

void
gantry_files_raise_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= MIN (limit.rlim_max, LIMIT_MAX))
    return;
  limit_before = limit.rlim_cur;
  limit.rlim_cur = MIN (limit.rlim_max, LIMIT_MAX);
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    limit_before = 0;
}

void
gantry_files_restore_limit (void)
{
  struct rlimit limit;

  if (limit_before == 0 || getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit_before;
  setrlimit (RLIMIT_NOFILE, &limit);
}

guint
gantry_files_get_limit (void)
{
  struct rlimit limit;

  return getrlimit (RLIMIT_NOFILE, &limit) == 0 ? (guint)MIN (limit.rlim_cur, G_MAXINT) : 256;
}
