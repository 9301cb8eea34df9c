/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-painter.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-format.h"
#include "gantry-registry.h"

#define GROUP_HEIGHT 24
#define TAG_WIDTH 66
#define WIDE_FROM 520 /* total width from which there is room for modalities and whole names */
#define PAD 6
#define HEADER_MIN 60
#define HEADER_MAX 190
#define NAMES_MIN 120
#define NAMES_MAX 340

typedef struct
{
  GdkRGBA bg, fg;
} Pair;

struct _GantryProbePainter
{
  PangoContext *pango;
  GHashTable *layouts; /* of headers, by their text */
  GdkRGBA text, background, accepted, accent;
  Pair tags[GANTRY_FAMILY_RADIOTHERAPY + 1];
  int names, tag, header; /* widths, and the height of the column titles */
  gboolean rtl;           /* titles of the rows at the right, columns from there to the left */
};

static const char *const family_names[] = {
  [GANTRY_FAMILY_OTHER] = "other",
  [GANTRY_FAMILY_XRAY] = "xray",
  [GANTRY_FAMILY_MR] = "mr",
  [GANTRY_FAMILY_US] = "us",
  [GANTRY_FAMILY_NUCLEAR] = "nuclear",
  [GANTRY_FAMILY_LIGHT] = "light",
  [GANTRY_FAMILY_WAVEFORM] = "waveform",
  [GANTRY_FAMILY_DOCUMENT] = "report",
  [GANTRY_FAMILY_RADIOTHERAPY] = "radiotherapy",
};

/* ---- Colours and text ----------------------------------------------------------------------- */

static void
look_up (GtkStyleContext *style, const char *name, GdkRGBA *color, const GdkRGBA *otherwise)
{
  if (!gtk_style_context_lookup_color (style, name, color))
    *color = *otherwise;
}

GantryProbePainter *
gantry_probe_painter_new (GtkWidget *widget)
{
  GantryProbePainter *self = g_new0 (GantryProbePainter, 1);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);

  self->pango = g_object_ref (gtk_widget_get_pango_context (widget));
  self->layouts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  gtk_style_context_get_color (style, &self->text);
  look_up (style, "view_bg_color", &self->background, &(GdkRGBA){ 1, 1, 1, 1 });
  look_up (style, "success_color", &self->accepted, &self->text);
  look_up (style, "accent_color", &self->accent, &self->text);
  for (guint i = 0; i < G_N_ELEMENTS (self->tags); i++)
    {
      g_autofree char *bg = g_strdup_printf ("tag_%s_bg", family_names[i]);
      g_autofree char *fg = g_strdup_printf ("tag_%s_fg", family_names[i]);

      look_up (style, bg, &self->tags[i].bg, &self->background);
      look_up (style, fg, &self->tags[i].fg, &self->text);
    }
  self->rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  self->names = NAMES_MIN;
  self->header = HEADER_MIN;
  return self;
}

void
gantry_probe_painter_free (GantryProbePainter *self)
{
  g_object_unref (self->pango);
  g_hash_table_unref (self->layouts);
  g_free (self);
}

static void
set_color (cairo_t *cairo, const GdkRGBA *color, double alpha)
{
  cairo_set_source_rgba (cairo, color->red, color->green, color->blue, color->alpha * alpha);
}

/* @width: in pixels, more is cut; -1: any. Kept, so that scrolling sets no text. */
static PangoLayout *
get_layout (GantryProbePainter *self, const char *text, int width)
{
  PangoLayout *layout = g_hash_table_lookup (self->layouts, text);

  if (layout != NULL)
    return layout;
  layout = pango_layout_new (self->pango);
  pango_layout_set_text (layout, text, -1);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  if (width >= 0)
    {
      pango_layout_set_width (layout, width * PANGO_SCALE);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
    }
  g_hash_table_insert (self->layouts, g_strdup (text), layout);
  return layout;
}

/* @x: of where the text itself begins at the left, whichever way it is written */
static void
show_text (cairo_t *cairo, PangoLayout *layout, double x, double middle)
{
  PangoRectangle logical;

  pango_layout_get_pixel_extents (layout, NULL, &logical);
  cairo_move_to (cairo, x - logical.x, middle - logical.height / 2.0);
  pango_cairo_show_layout (cairo, layout);
}

/* Where something of @width lies whose distance from the start of the line is @x: to the left of
 * the origin where lines begin at the right. */
static double
from_start (GantryProbePainter *self, double x, double width)
{
  return self->rtl ? -(x + width) : x;
}

static void
show_text_from_start (
    GantryProbePainter *self, cairo_t *cairo, PangoLayout *layout, double x, double middle)
{
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  show_text (cairo, layout, from_start (self, x, width), middle);
}

static double
column_x (GantryProbePainter *self, int column)
{
  return from_start (self, column * GANTRY_PROBE_COLUMN, GANTRY_PROBE_COLUMN);
}

/* ---- Geometry ------------------------------------------------------------------------------- */

void
gantry_probe_painter_set_size (GantryProbePainter *self,
                               GantryProbeGrid *grid,
                               int width,
                               int height)
{
  gboolean wide = width >= WIDE_FROM;
  int longest = HEADER_MIN;

  g_hash_table_remove_all (self->layouts);
  self->tag = wide ? TAG_WIDTH : 0;
  self->names = CLAMP (width * (wide ? 38 : 50) / 100, NAMES_MIN, NAMES_MAX);
  for (guint i = 0; i < gantry_probe_grid_get_n_columns (grid); i++)
    {
      int size;
      PangoLayout *layout = get_layout (self, gantry_probe_grid_get_syntax_name (grid, i), -1);

      pango_layout_get_pixel_size (layout, &size, NULL);
      longest = MAX (longest, size);
    }
  self->header = MIN (longest + 2 * PAD, HEADER_MAX);
  /* More than the half is for what is below the titles. */
  self->header = MAX (HEADER_MIN, MIN (self->header, height * 2 / 5 - GROUP_HEIGHT));
  g_hash_table_remove_all (self->layouts);
}

int
gantry_probe_painter_get_row_header (GantryProbePainter *self)
{
  return self->names + self->tag;
}

int
gantry_probe_painter_get_column_header (GantryProbePainter *self)
{
  return self->header + GROUP_HEIGHT;
}

/* What is in sight: from first to before end. */
typedef struct
{
  int first_row, end_row, first_column, end_column;
} Sight;

static Sight
find_sight (
    GantryProbePainter *self, GantryProbeGrid *grid, double x, double y, int width, int height)
{
  int n_rows = (int)gantry_probe_grid_get_n_rows (grid);
  int n_columns = (int)gantry_probe_grid_get_n_columns (grid);
  double right = x + width - gantry_probe_painter_get_row_header (self);
  double bottom = y + height - gantry_probe_painter_get_column_header (self);

  return (Sight){
    .first_row = CLAMP ((int)(y / GANTRY_PROBE_ROW), 0, n_rows),
    .end_row = CLAMP ((int)(bottom / GANTRY_PROBE_ROW) + 1, 0, n_rows),
    .first_column = CLAMP ((int)(x / GANTRY_PROBE_COLUMN), 0, n_columns),
    .end_column = CLAMP ((int)(right / GANTRY_PROBE_COLUMN) + 1, 0, n_columns),
  };
}

/* ---- Cells ---------------------------------------------------------------------------------- */

static void
add_mark (cairo_t *cairo, GantryCell cell, double x, double y)
{
  double cx = x + GANTRY_PROBE_COLUMN / 2.0;
  double cy = y + GANTRY_PROBE_ROW / 2.0;

  switch (cell)
    {
    case GANTRY_CELL_ACCEPTED:
      cairo_move_to (cairo, cx - 5, cy);
      cairo_line_to (cairo, cx - 1.5, cy + 4);
      cairo_line_to (cairo, cx + 5, cy - 4.5);
      break;
    case GANTRY_CELL_SYNTAX_REFUSED:
      cairo_move_to (cairo, cx - 4, cy);
      cairo_line_to (cairo, cx + 4, cy);
      break;
    case GANTRY_CELL_CLASS_REFUSED:
      cairo_move_to (cairo, cx - 3.5, cy - 3.5);
      cairo_line_to (cairo, cx + 3.5, cy + 3.5);
      cairo_move_to (cairo, cx + 3.5, cy - 3.5);
      cairo_line_to (cairo, cx - 3.5, cy + 3.5);
      break;
    default:
      cairo_move_to (cairo, cx, cy);
      cairo_line_to (cairo, cx + 0.1, cy);
      break;
    }
}

/* Adds a rectangle for each cell in sight that is accepted. */
static void
tint_accepted (GantryProbePainter *self, cairo_t *cairo, GantryProbeGrid *grid, const Sight *sight)
{
  for (int row = sight->first_row; row < sight->end_row; row++)
    for (int column = sight->first_column; column < sight->end_column; column++)
      if (gantry_probe_grid_get_cell (grid, (guint)row, (guint)column) == GANTRY_CELL_ACCEPTED)
        cairo_rectangle (cairo, column_x (self, column) + 1, row * GANTRY_PROBE_ROW + 1,
                         GANTRY_PROBE_COLUMN - 2, GANTRY_PROBE_ROW - 2);
  set_color (cairo, &self->accepted, 0.16);
  cairo_fill (cairo);
}

static void
draw_marks (GantryProbePainter *self,
            cairo_t *cairo,
            GantryProbeGrid *grid,
            const Sight *sight,
            GantryCell kind)
{
  for (int row = sight->first_row; row < sight->end_row; row++)
    for (int column = sight->first_column; column < sight->end_column; column++)
      if (gantry_probe_grid_get_cell (grid, (guint)row, (guint)column) == kind)
        add_mark (cairo, kind, column_x (self, column), row * GANTRY_PROBE_ROW);
  cairo_set_line_width (cairo, kind == GANTRY_CELL_ACCEPTED ? 2 : 1.5);
  if (kind == GANTRY_CELL_ACCEPTED)
    set_color (cairo, &self->accepted, 1);
  else
    set_color (cairo, &self->text, kind == GANTRY_CELL_NOT_ASKED ? 0.3 : 0.45);
  cairo_stroke (cairo);
}

/* A frame and a corner: what has changed is not told by a colour alone. */
static void
draw_changes (GantryProbePainter *self, cairo_t *cairo, GantryProbeGrid *grid, const Sight *sight)
{
  set_color (cairo, &self->accent, 1);
  for (int row = sight->first_row; row < sight->end_row; row++)
    for (int column = sight->first_column; column < sight->end_column; column++)
      {
        double x = column_x (self, column) + 2;
        double y = row * GANTRY_PROBE_ROW + 2;

        if (!gantry_probe_grid_is_changed (grid, (guint)row, (guint)column))
          continue;
        cairo_rectangle (cairo, x, y, GANTRY_PROBE_COLUMN - 4, GANTRY_PROBE_ROW - 4);
        cairo_set_line_width (cairo, 1.5);
        cairo_stroke (cairo);
        cairo_move_to (cairo, x, y);
        cairo_line_to (cairo, x + 8, y);
        cairo_line_to (cairo, x, y + 8);
        cairo_fill (cairo);
      }
}

/* Rows and groups are told apart by thin lines; the marked cell by a frame, with bands that lead to
 * its titles. */
static void
draw_lines (GantryProbePainter *self,
            cairo_t *cairo,
            GantryProbeGrid *grid,
            const Sight *sight,
            double right,
            double bottom)
{
  for (int row = sight->first_row; row < sight->end_row; row++)
    cairo_rectangle (cairo, from_start (self, 0, right), (row + 1) * GANTRY_PROBE_ROW - 1, right,
                     1);
  set_color (cairo, &self->text, 0.08);
  cairo_fill (cairo);
  for (int column = MAX (1, sight->first_column); column < sight->end_column; column++)
    if (gantry_probe_grid_get_group (grid, (guint)column)
        != gantry_probe_grid_get_group (grid, (guint)column - 1))
      cairo_rectangle (cairo, from_start (self, column * GANTRY_PROBE_COLUMN, 1), 0, 1, bottom);
  set_color (cairo, &self->text, 0.25);
  cairo_fill (cairo);
}

static void
draw_current (GantryProbePainter *self, cairo_t *cairo, int row, int column, double w, double h)
{
  double x = column_x (self, column);
  double y = row * GANTRY_PROBE_ROW;

  cairo_rectangle (cairo, from_start (self, 0, w), y, w, GANTRY_PROBE_ROW);
  cairo_rectangle (cairo, x, 0, GANTRY_PROBE_COLUMN, h);
  set_color (cairo, &self->accent, 0.1);
  cairo_fill (cairo);
  cairo_rectangle (cairo, x + 1, y + 1, GANTRY_PROBE_COLUMN - 2, GANTRY_PROBE_ROW - 2);
  cairo_set_line_width (cairo, 2);
  set_color (cairo, &self->accent, 0.8);
  cairo_stroke (cairo);
}

/* ---- Titles --------------------------------------------------------------------------------- */

static void
draw_tag (GantryProbePainter *self, cairo_t *cairo, const char *modality, double middle)
{
  const Pair *colors = &self->tags[gantry_modality_get_family (modality)];
  PangoLayout *layout = get_layout (self, modality, TAG_WIDTH - 3 * PAD);
  int width;

  if (*modality == '\0')
    return;
  pango_layout_get_pixel_size (layout, &width, NULL);
  cairo_rectangle (cairo, from_start (self, PAD, width + 2 * PAD), middle - 9, width + 2 * PAD, 18);
  set_color (cairo, &colors->bg, 1);
  cairo_fill (cairo);
  set_color (cairo, &colors->fg, 1);
  show_text_from_start (self, cairo, layout, 2 * PAD, middle);
}

/* Where there is little room, what nearly all of them are called is left out: "Enhanced CT". */
static PangoLayout *
get_name_layout (GantryProbePainter *self, const char *name)
{
  static const char *const words[]
      = { " Image Storage SOP Class", " Storage SOP Class", " Image Storage", " Storage" };
  const char *found = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; self->tag == 0 && found == NULL && i < G_N_ELEMENTS (words); i++)
    {
      found = g_strrstr (name, words[i]);
      if (found != NULL && found > name)
        text = g_strdup_printf ("%.*s%s", (int)(found - name), name, found + strlen (words[i]));
    }
  return get_layout (self, text != NULL ? text : name, self->names - 2 * PAD);
}

static void
draw_row_titles (GantryProbePainter *self,
                 cairo_t *cairo,
                 GantryProbeGrid *grid,
                 const Sight *sight,
                 int current)
{
  int width = gantry_probe_painter_get_row_header (self);

  for (int row = sight->first_row; row < sight->end_row; row++)
    {
      const char *name = gantry_probe_grid_get_class_name (grid, (guint)row);
      double middle = (row + 0.5) * GANTRY_PROBE_ROW;

      if (row == current)
        {
          set_color (cairo, &self->accent, 0.1);
          cairo_rectangle (cairo, from_start (self, 0, width), row * GANTRY_PROBE_ROW, width,
                           GANTRY_PROBE_ROW);
          cairo_fill (cairo);
        }
      if (self->tag > 0)
        draw_tag (self, cairo, gantry_probe_grid_get_modality (grid, (guint)row), middle);
      set_color (cairo, &self->text, 1);
      show_text_from_start (self, cairo, get_name_layout (self, name), self->tag + PAD, middle);
    }
}

static void
draw_groups (GantryProbePainter *self, cairo_t *cairo, GantryProbeGrid *grid)
{
  int n = (int)gantry_probe_grid_get_n_columns (grid);
  int first = 0;

  for (int i = 1; i <= n; i++)
    {
      GantrySyntaxGroup group = gantry_probe_grid_get_group (grid, (guint)first);
      g_autoptr (PangoLayout) layout = NULL;
      int width;

      if (i < n && gantry_probe_grid_get_group (grid, (guint)i) == group)
        continue;
      layout = pango_layout_new (self->pango);
      pango_layout_set_text (layout, gantry_syntax_group_get_name (group), -1);
      pango_layout_get_pixel_size (layout, &width, NULL);
      set_color (cairo, &self->text, 0.65);
      /* What does not fit says nothing: the titles below say it all. */
      if (width <= (i - first) * GANTRY_PROBE_COLUMN - PAD)
        show_text_from_start (self, cairo, layout, first * GANTRY_PROBE_COLUMN + PAD,
                              GROUP_HEIGHT / 2.0);
      if (first > 0)
        {
          set_color (cairo, &self->text, 0.25);
          cairo_rectangle (cairo, from_start (self, first * GANTRY_PROBE_COLUMN, 1), 0, 1,
                           GROUP_HEIGHT + self->header);
          cairo_fill (cairo);
        }
      first = i;
    }
}

static void
draw_column_titles (GantryProbePainter *self,
                    cairo_t *cairo,
                    GantryProbeGrid *grid,
                    const Sight *sight,
                    int current)
{
  for (int column = sight->first_column; column < sight->end_column; column++)
    {
      const char *name = gantry_probe_grid_get_syntax_name (grid, (guint)column);

      if (column == current)
        {
          set_color (cairo, &self->accent, 0.1);
          cairo_rectangle (cairo, column_x (self, column), GROUP_HEIGHT, GANTRY_PROBE_COLUMN,
                           self->header);
          cairo_fill (cairo);
        }
      cairo_save (cairo);
      cairo_translate (cairo, column_x (self, column) + 0.5 * GANTRY_PROBE_COLUMN,
                       GROUP_HEIGHT + self->header - PAD);
      cairo_rotate (cairo, -G_PI / 2);
      set_color (cairo, &self->text, 1);
      show_text (cairo, get_layout (self, name, self->header - 2 * PAD), 0, 0);
      cairo_restore (cairo);
    }
}

/* ---- All of it ------------------------------------------------------------------------------ */

static void
clip (cairo_t *cairo, double x, double y, double width, double height)
{
  cairo_save (cairo);
  cairo_rectangle (cairo, x, y, MAX (0, width), MAX (0, height));
  cairo_clip (cairo);
}

void
gantry_probe_painter_draw (GantryProbePainter *self,
                           cairo_t *cairo,
                           GantryProbeGrid *grid,
                           double x,
                           double y,
                           int width,
                           int height,
                           int row,
                           int column)
{
  Sight sight = find_sight (self, grid, x, y, width, height);
  int left = gantry_probe_painter_get_row_header (self);
  int top = gantry_probe_painter_get_column_header (self);
  double right = gantry_probe_grid_get_n_columns (grid) * GANTRY_PROBE_COLUMN;
  double bottom = gantry_probe_grid_get_n_rows (grid) * GANTRY_PROBE_ROW;
  double cells = self->rtl ? 0 : left;
  double origin = self->rtl ? width - left + x : left - x;
  double all;

  clip (cairo, cells, top, width - left, height - top);
  cairo_translate (cairo, origin, top - y);
  draw_lines (self, cairo, grid, &sight, right, bottom);
  tint_accepted (self, cairo, grid, &sight);
  for (GantryCell kind = 0; kind < GANTRY_N_CELLS; kind++)
    draw_marks (self, cairo, grid, &sight, kind);
  draw_changes (self, cairo, grid, &sight);
  if (row >= 0 && column >= 0)
    draw_current (self, cairo, row, column, right, bottom);
  cairo_restore (cairo);

  clip (cairo, self->rtl ? width - left : 0, top, left, height - top);
  cairo_translate (cairo, self->rtl ? width : 0, top - y);
  draw_row_titles (self, cairo, grid, &sight, row);
  cairo_restore (cairo);

  clip (cairo, cells, 0, width - left, top);
  cairo_translate (cairo, origin, 0);
  draw_groups (self, cairo, grid);
  draw_column_titles (self, cairo, grid, &sight, column);
  cairo_restore (cairo);

  cairo_save (cairo);
  cairo_translate (cairo, self->rtl ? width : 0, 0);
  set_color (cairo, &self->text, 0.25);
  all = MIN (width, left + right);
  cairo_rectangle (cairo, from_start (self, 0, all), top - 1, all, 1);
  cairo_rectangle (cairo, from_start (self, left - 1, 1), 0, 1, MIN (height, top + bottom));
  cairo_fill (cairo);
  cairo_restore (cairo);
}

/* ---- On paper ------------------------------------------------------------------------------- */

void
gantry_probe_painter_use_paper (GantryProbePainter *self)
{
  self->background = (GdkRGBA){ 1, 1, 1, 1 };
  self->text = (GdkRGBA){ 0.1f, 0.1f, 0.1f, 1 };
  self->accepted = (GdkRGBA){ 0.07f, 0.42f, 0.2f, 1 };
  self->accent = (GdkRGBA){ 0.1f, 0.37f, 0.71f, 1 };
}

void
gantry_probe_painter_draw_line (GantryProbePainter *self,
                                cairo_t *cairo,
                                const char *text,
                                double alpha,
                                int width,
                                double middle)
{
  cairo_save (cairo);
  cairo_translate (cairo, self->rtl ? width : 0, 0);
  set_color (cairo, &self->text, alpha);
  show_text_from_start (self, cairo, get_layout (self, text, width - 4 * PAD), 2 * PAD, middle);
  cairo_restore (cairo);
}
