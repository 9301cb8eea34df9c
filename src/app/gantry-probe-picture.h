/* gantry-probe-picture.h - what a node accepts, as a file to print or to send on
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In two steps, as the second one takes most of a second.
 */
#pragma once

#include <gtk/gtk.h>

#include "gantry-probe-grid.h"

G_BEGIN_DECLS

/**
 * gantry_probe_picture_draw:
 * @widget: whose font and direction of text it has
 * @grid: the whole of what it shows is in it, with a heading
 *
 * Dark on light, whatever the theme is. Main thread.
 *
 * Returns: (transfer full): the drawing, not yet in pixels
 */
cairo_surface_t *gantry_probe_picture_draw (GtkWidget *widget, GantryProbeGrid *grid);

/**
 * gantry_probe_picture_write:
 * @drawing: what was drawn
 * @path: a PNG file, whole or not at all; one that is there is replaced
 * @error: %GANTRY_ERROR_STORAGE
 *
 * Blocks, any thread.
 */
gboolean gantry_probe_picture_write (cairo_surface_t *drawing, const char *path, GError **error);

G_END_DECLS
