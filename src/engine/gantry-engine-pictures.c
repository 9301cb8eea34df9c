/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "gantry-error.h"
#include "gantry-picture.h"

#define PICTURE_EDGE 192 /* pixels: twice the size of a row's picture, for dense screens */

/* ---- Pictures ------------------------------------------------------------------------------- */

/* The same file at the same place has the same picture; a changed one gets a new name. */
static char *
picture_path (const char *folder, const char *path)
{
  GStatBuf st;
  g_autofree char *key = NULL;
  g_autofree char *hash = NULL;

  if (g_stat (path, &st) != 0)
    return NULL;
  key = g_strdup_printf ("%s\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT, path, (gint64)st.st_size,
                         (gint64)st.st_mtime);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA1, key, -1);
  return g_strdup_printf ("%s/%s.png", folder, hash);
}

void
gantry_engine_render_picture (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  g_autoptr (GTask) task = data;
  GantryEngine *self = g_task_get_source_object (task);
  const char *path = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *png = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (g_cancellable_set_error_if_cancelled (self->closing, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  png = picture_path (self->pictures_folder, path);
  if (png == NULL)
    g_task_return_new_error (task, GANTRY_ERROR, GANTRY_ERROR_FILE,
                             _ ("The file cannot be read any more."));
  else if (g_file_test (png, G_FILE_TEST_EXISTS)
           || gantry_picture_render (path, png, PICTURE_EDGE, &error))
    g_task_return_pointer (task, g_steal_pointer (&png), g_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
gantry_engine_load_picture_async (GantryEngine *self,
                                  const char *path,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_thread_pool_push (self->pictures, task, NULL);
}

char *
gantry_engine_load_picture_finish (GantryEngine *self G_GNUC_UNUSED,
                                   GAsyncResult *result,
                                   GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
