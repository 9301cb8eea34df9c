/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-save.h"

#include "gantry-probe-export.h"
#include "gantry-probe-picture.h"

typedef struct
{
  GantryProbe *probe;
  cairo_surface_t *drawing; /* NULL: a table is written */
  char *path;
} Save;

static void
save_free (gpointer data)
{
  Save *self = data;

  gantry_record_unref (self->probe);
  g_clear_pointer (&self->drawing, cairo_surface_destroy);
  g_free (self->path);
  g_free (self);
}

/* A thread of its own: a disk of the network may take its time. */
static void
save_thread (GTask *task,
             gpointer widget G_GNUC_UNUSED,
             gpointer data,
             GCancellable *cancellable G_GNUC_UNUSED)
{
  Save *self = data;
  g_autofree char *base = g_path_get_basename (self->path);
  g_autoptr (GError) error = NULL;
  gboolean written = self->drawing != NULL
                         ? gantry_probe_picture_write (self->drawing, self->path, &error)
                         : gantry_probe_write (self->probe, self->path, &error);

  if (written)
    g_task_return_pointer (task, g_filename_display_name (base), g_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
gantry_probe_save_async (GtkWidget *widget,
                         GantryProbeGrid *grid,
                         const char *path,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (widget, NULL, callback, user_data);
  g_autofree char *lower = g_utf8_strdown (path, -1);
  Save *save = g_new0 (Save, 1);

  save->probe = gantry_record_ref ((GantryProbe *)gantry_probe_grid_get_probe (grid));
  save->path = g_strdup (path);
  if (g_str_has_suffix (lower, ".png"))
    save->drawing = gantry_probe_picture_draw (widget, grid);
  g_task_set_task_data (task, save, save_free);
  g_task_run_in_thread (task, save_thread);
}

char *
gantry_probe_save_finish (GtkWidget *widget G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
