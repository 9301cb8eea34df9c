/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-picture.h"

#include <glib/gi18n-lib.h>

#include "gantry-error.h"
#include "gantry-format.h"
#include "gantry-peer.h"
#include "gantry-probe-painter.h"
#include "gantry-whole-file.h"

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

cairo_surface_t *
gantry_probe_picture_draw (GtkWidget *widget, GantryProbeGrid *grid)
{
  g_autoptr (GantryProbePainter) painter = gantry_probe_painter_new (widget);
  int rows = (int)gantry_probe_grid_get_n_rows (grid) * GANTRY_PROBE_ROW;
  int columns = (int)gantry_probe_grid_get_n_columns (grid) * GANTRY_PROBE_COLUMN;
  cairo_rectangle_t extents = { 0 };
  cairo_surface_t *drawing;
  cairo_t *cairo;
  int width, height;

  gantry_probe_painter_use_paper (painter);
  gantry_probe_painter_set_size (painter, grid, PICTURE_WIDTH, PICTURE_MAX);
  width = gantry_probe_painter_get_row_header (painter) + columns + MARGIN;
  width = CLAMP (width, PICTURE_MIN, PICTURE_MAX);
  height = HEADING + gantry_probe_painter_get_column_header (painter) + rows + 2 * MARGIN;
  height = MIN (height, PICTURE_MAX);
  extents.width = width;
  extents.height = height;
  drawing = cairo_recording_surface_create (CAIRO_CONTENT_COLOR, &extents);
  cairo = cairo_create (drawing);
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  draw_heading (painter, cairo, grid, width);
  cairo_translate (cairo, 0, HEADING);
  gantry_probe_painter_draw (painter, cairo, grid, 0, 0, width, height - HEADING, -1, -1);
  cairo_destroy (cairo);
  return drawing;
}

static cairo_status_t
write_octets (void *file, const unsigned char *data, unsigned int length)
{
  return fwrite (data, length, 1, file) == 1 ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* Without an error when it is the file that cannot be written. */
static gboolean
write_png (FILE *file, gpointer drawing, GError **error)
{
  cairo_rectangle_t extents = { 0 };
  cairo_surface_t *picture;
  cairo_status_t status;
  cairo_t *cairo;

  cairo_recording_surface_get_extents (drawing, &extents);
  picture
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)extents.width, (int)extents.height);
  cairo = cairo_create (picture);
  cairo_set_source_surface (cairo, drawing, 0, 0);
  cairo_paint (cairo);
  status = cairo_status (cairo);
  cairo_destroy (cairo);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (picture, write_octets, file);
  cairo_surface_destroy (picture);
  if (status != CAIRO_STATUS_SUCCESS && status != CAIRO_STATUS_WRITE_ERROR)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
                 _ ("The picture cannot be made: %s. Export fewer rows, or a table."),
                 cairo_status_to_string (status));
  return status == CAIRO_STATUS_SUCCESS;
}

gboolean
gantry_probe_picture_write (cairo_surface_t *drawing, const char *path, GError **error)
{
  return gantry_whole_file_write (path, write_png, drawing, error);
}
