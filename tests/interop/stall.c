/* stall.c - LD_PRELOAD: a disk that does not answer
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GANTRY_STALL names a folder: as long as there is a file "stalled" in it, write() to any file
 * below it waits, as for a server that has gone.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
is_below (int fd, const char *folder)
{
  char link[64], path[PATH_MAX];
  size_t length = strlen (folder);
  ssize_t n;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  n = readlink (link, path, sizeof path - 1);
  path[n > 0 ? n : 0] = '\0';
  return strncmp (path, folder, length) == 0 && path[length] == '/';
}

ssize_t
write (int fd, const void *data, size_t length)
{
  static ssize_t (*real) (int, const void *, size_t);
  const char *folder = getenv ("GANTRY_STALL");
  char switch_path[PATH_MAX];

  if (real == NULL)
    *(void **)&real = dlsym (RTLD_NEXT, "write");
  if (folder == NULL || !is_below (fd, folder))
    return real (fd, data, length);
  snprintf (switch_path, sizeof switch_path, "%s/stalled", folder);
  while (access (switch_path, F_OK) == 0)
    usleep (10000);
  return real (fd, data, length);
}
