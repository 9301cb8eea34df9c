/* gantry-probe-matrix.h - what a node accepts: one widget for all the cells, with titles that stay
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For a #GtkScrolledWindow. The arrow keys, Home, End, Page Up and Page Down go from cell to cell;
 * the current one is what a screen reader is told. Signal "moved": another cell is current.
 */
#pragma once

#include <gtk/gtk.h>

#include "gantry-probe-grid.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_PROBE_MATRIX (gantry_probe_matrix_get_type ())
G_DECLARE_FINAL_TYPE (GantryProbeMatrix, gantry_probe_matrix, GANTRY, PROBE_MATRIX, GtkWidget)

/* Keeps a reference. */
void gantry_probe_matrix_set_grid (GantryProbeMatrix *self, GantryProbeGrid *grid);

/* Both -1 while there is none; counted as #GantryProbeGrid does. */
void gantry_probe_matrix_get_current (GantryProbeMatrix *self, int *row, int *column);
/* Brings it into sight; outside of the grid, the nearest cell. */
void gantry_probe_matrix_set_current (GantryProbeMatrix *self, int row, int column);

G_END_DECLS
