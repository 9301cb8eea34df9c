/* gantry-probe-picture.h - what a node accepts, as a file to print or to send on
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Main thread.
 */
#pragma once

#include <gtk/gtk.h>

#include "gantry-probe-grid.h"

G_BEGIN_DECLS

/**
 * gantry_probe_picture_write:
 * @widget: whose font and direction of text it has
 * @grid: the whole of what it shows is in it, with a heading
 * @path: a PNG file; one that is there is replaced
 * @error: %GANTRY_ERROR_STORAGE
 *
 * Dark on light, whatever the theme is.
 */
gboolean gantry_probe_picture_write (GtkWidget *widget,
                                     GantryProbeGrid *grid,
                                     const char *path,
                                     GError **error);

G_END_DECLS
