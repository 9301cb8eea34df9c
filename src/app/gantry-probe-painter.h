/* gantry-probe-painter.h - draws what a node accepts as a matrix, on the screen and as a picture
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thousands of cells: what is not in sight costs nothing, and the marks of one kind are one path.
 */
#pragma once

#include <gtk/gtk.h>

#include "gantry-probe-grid.h"

G_BEGIN_DECLS

#define GANTRY_PROBE_ROW 26 /* height and width of a cell */
#define GANTRY_PROBE_COLUMN 28

typedef struct _GantryProbePainter GantryProbePainter;

/* Looks up colours and font of @widget: make a new one when its style changes. */
GantryProbePainter *gantry_probe_painter_new (GtkWidget *widget);
void gantry_probe_painter_free (GantryProbePainter *self);

/* What stays in its place while the cells move: the headers of the rows and those of the columns.
 */
void gantry_probe_painter_set_size (GantryProbePainter *self,
                                    GantryProbeGrid *grid,
                                    int width,
                                    int height);
int gantry_probe_painter_get_row_header (GantryProbePainter *self);
int gantry_probe_painter_get_column_header (GantryProbePainter *self);

/**
 * gantry_probe_painter_draw:
 * @x, @y: how far the cells are scrolled
 * @row, @column: the cell to mark, or -1
 */
void gantry_probe_painter_draw (GantryProbePainter *self,
                                cairo_t *cairo,
                                GantryProbeGrid *grid,
                                double x,
                                double y,
                                int width,
                                int height,
                                int row,
                                int column);

/* Dark on light from now on, whatever the theme is. */
void gantry_probe_painter_use_paper (GantryProbePainter *self);
/* One line of plain text over the whole @width, its middle at @middle. */
void gantry_probe_painter_draw_line (GantryProbePainter *self,
                                     cairo_t *cairo,
                                     const char *text,
                                     double alpha,
                                     int width,
                                     double middle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryProbePainter, gantry_probe_painter_free)

G_END_DECLS
