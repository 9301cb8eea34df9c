/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-picture.h"

#include <glib/gi18n-lib.h>

#include "gantry-error.h"
#include "gantry-format.h"
#include "gantry-peer.h"
#include "gantry-probe-painter.h"

/* A picture that programs still open; a surface of cairo ends at 32767. */
#define PICTURE_MAX 30000
#define PICTURE_WIDTH 1100 /* of which the row headers take their part */
#define PICTURE_MIN 640
#define HEADING 76
#define MARGIN 6

static void
draw_heading (GantryProbePainter *painter, cairo_t *cairo, GantryProbeGrid *grid, int width)
{
  const GantryProbe *probe = gantry_probe_grid_get_probe (grid);
  const GantryNode *node = probe->node;
  g_autofree char *address = gantry_peer_format (node->ae_title, node->host, node->port);
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (probe->started / G_USEC_PER_SEC);
  g_autofree char *time = g_date_time_format (then, "%Y-%m-%d %H:%M");
  g_autofree char *name = gantry_format_text (node->name, 0);
  /* Translators: name and address of a node, when it was asked */
  g_autofree char *title = g_strdup_printf (_ ("What %s (%s) accepts, %s"), name, address, time);
  g_autofree char *summary = gantry_probe_grid_summarize (grid);
  g_autofree char *legend = gantry_probe_grid_describe_marks (grid);

  gantry_probe_painter_draw_line (painter, cairo, title, 1, width, 18);
  gantry_probe_painter_draw_line (painter, cairo, summary, 1, width, 40);
  gantry_probe_painter_draw_line (painter, cairo, legend, 0.7, width, 62);
}

gboolean
gantry_probe_picture_write (GtkWidget *widget,
                            GantryProbeGrid *grid,
                            const char *path,
                            GError **error)
{
  g_autoptr (GantryProbePainter) painter = gantry_probe_painter_new (widget);
  int rows = (int)gantry_probe_grid_get_n_rows (grid) * GANTRY_PROBE_ROW;
  int columns = (int)gantry_probe_grid_get_n_columns (grid) * GANTRY_PROBE_COLUMN;
  g_autofree char *shown = g_filename_display_name (path);
  cairo_surface_t *surface;
  cairo_status_t status;
  cairo_t *cairo;
  int width, height;

  gantry_probe_painter_use_paper (painter);
  gantry_probe_painter_set_size (painter, grid, PICTURE_WIDTH, PICTURE_MAX);
  width = gantry_probe_painter_get_row_header (painter) + columns + MARGIN;
  width = CLAMP (width, PICTURE_MIN, PICTURE_MAX);
  height = HEADING + gantry_probe_painter_get_column_header (painter) + rows + 2 * MARGIN;
  height = MIN (height, PICTURE_MAX);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo = cairo_create (surface);
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  draw_heading (painter, cairo, grid, width);
  cairo_translate (cairo, 0, HEADING);
  gantry_probe_painter_draw (painter, cairo, grid, 0, 0, width, height - HEADING, -1, -1);
  status = cairo_status (cairo);
  cairo_destroy (cairo);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png (surface, path);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
               _ ("The picture cannot be written to “%s”: %s. Choose another place."), shown,
               cairo_status_to_string (status));
  return FALSE;
}
