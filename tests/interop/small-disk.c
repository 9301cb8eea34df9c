/* small-disk.c - LD_PRELOAD: a folder that behaves like a full disk, where none can be mounted
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GANTRY_SMALL_DISK names the folder, GANTRY_SMALL_DISK_SIZE its octets. write() below it fails as
 * on a disk of that size, after as much as still fits, and statvfs() tells what is left.
 */
#include <dlfcn.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define BLOCK 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long long used; /* by what is below the folder; under the lock */

static int
add_file (const char *path, const struct stat *st, int type, struct FTW *ftw)
{
  (void)path;
  (void)ftw;
  if (type == FTW_F)
    used += ((unsigned long long)st->st_size + BLOCK - 1) / BLOCK * BLOCK;
  return 0;
}

static const char *
get_folder (void)
{
  const char *folder = getenv ("GANTRY_SMALL_DISK");

  return folder != NULL ? folder : "";
}

static unsigned long long
get_size (void)
{
  const char *size = getenv ("GANTRY_SMALL_DISK_SIZE");

  return size != NULL ? strtoull (size, NULL, 10) : 0;
}

static int
is_below (const char *path)
{
  const char *folder = get_folder ();
  size_t length = strlen (folder);

  return length > 0 && strncmp (path, folder, length) == 0
         && (path[length] == '/' || path[length] == '\0');
}

/* What is free in whole blocks, with the lock held. */
static unsigned long long
find_free (void)
{
  unsigned long long size = get_size ();

  used = 0;
  nftw (get_folder (), add_file, 16, FTW_PHYS);
  return used < size ? (size - used) / BLOCK * BLOCK : 0;
}

/* How many octets fit behind the end of the file: its last block is its own already. */
static size_t
find_room (int fd)
{
  struct stat st;
  unsigned long long rest = 0;

  if (fstat (fd, &st) == 0 && st.st_size % BLOCK != 0)
    rest = BLOCK - (unsigned long long)st.st_size % BLOCK;
  return (size_t)(find_free () + rest);
}

ssize_t
write (int fd, const void *data, size_t length)
{
  static ssize_t (*real) (int, const void *, size_t);
  char link[64], path[PATH_MAX];
  ssize_t n;

  if (real == NULL)
    *(void **)&real = dlsym (RTLD_NEXT, "write");
  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  n = readlink (link, path, sizeof path - 1);
  path[n > 0 ? n : 0] = '\0';
  if (!is_below (path))
    return real (fd, data, length);

  pthread_mutex_lock (&lock);
  {
    size_t room = find_room (fd);

    if (room == 0 && length > 0)
      {
        n = -1;
        errno = ENOSPC;
      }
    else
      {
        n = real (fd, data, length < room ? length : room);
      }
  }
  pthread_mutex_unlock (&lock);
  return n;
}

/* Built with 64 bit offsets, as Gantry is, so its name is statvfs64. */
int
statvfs (const char *path, struct statvfs *st)
{
  static int (*real) (const char *, struct statvfs *);
  int result;

  if (real == NULL)
    *(void **)&real = dlsym (RTLD_NEXT, "statvfs64");
  result = real (path, st);
  if (result != 0 || !is_below (path))
    return result;

  pthread_mutex_lock (&lock);
  st->f_frsize = st->f_bsize = BLOCK;
  st->f_bavail = st->f_bfree = find_free () / BLOCK;
  st->f_blocks = get_size () / BLOCK;
  pthread_mutex_unlock (&lock);
  return result;
}
