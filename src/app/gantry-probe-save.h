/* gantry-probe-save.h - what a node accepts, into the file that was chosen for it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Main thread.
 */
#pragma once

#include <gtk/gtk.h>

#include "gantry-probe-grid.h"

G_BEGIN_DECLS

/**
 * gantry_probe_save_async:
 * @widget: whose font and direction of text a picture has
 * @grid: with a probe
 * @path: whose name says what is written: .png for what the grid shows, .json or else CSV for all
 *   that the node answered
 *
 * It is the grid and the probe as they are now, whatever is shown when the file is written.
 */
void gantry_probe_save_async (GtkWidget *widget,
                              GantryProbeGrid *grid,
                              const char *path,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/* Returns: the name of the file, as it is shown; %NULL with %GANTRY_ERROR_STORAGE, and nothing is
 * written */
char *gantry_probe_save_finish (GtkWidget *widget, GAsyncResult *result, GError **error);

G_END_DECLS
