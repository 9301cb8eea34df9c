/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-whole-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gantry-error.h"

static gboolean
fail (const char *path, GError **error)
{
  int code = errno;
  g_autofree char *name = g_filename_display_name (path);

  if (error == NULL || *error == NULL)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
                 _ ("The file %1$s cannot be written: %2$s. Choose another place for it."), name,
                 g_strerror (code));
  return FALSE;
}

static gboolean
write_to (FILE *file, GantryWholeFileFunc func, gpointer data, GError **error)
{
  return func (file, data, error) && !ferror (file) && fflush (file) == 0
         && fsync (fileno (file)) == 0;
}

gboolean
gantry_whole_file_write (const char *path, GantryWholeFileFunc func, gpointer data, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *temporary = g_build_filename (folder, ".gantry-XXXXXX", NULL);
  g_autoptr (GError) reason = NULL;
  GStatBuf info;
  FILE *file;
  gboolean good;
  int fd;

  if (g_stat (path, &info) == 0 && !S_ISREG (info.st_mode))
    {
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
                           _ ("The file cannot take the place of what is there already, which is "
                              "not a file. Choose another name for it."));
      return FALSE;
    }
  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0666); /* less what the umask says */
  file = fd >= 0 ? fdopen (fd, "w") : NULL;
  if (file == NULL)
    {
      fail (path, error);
      if (fd >= 0)
        {
          close (fd);
          g_unlink (temporary);
        }
      return FALSE;
    }
  good = write_to (file, func, data, &reason) || fail (path, &reason);
  if (fclose (file) != 0 && good)
    good = fail (path, &reason);
  if (good && g_rename (temporary, path) != 0)
    good = fail (path, &reason);
  if (good)
    return TRUE;
  g_unlink (temporary);
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}
