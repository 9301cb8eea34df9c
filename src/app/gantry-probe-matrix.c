/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-matrix.h"

#include "gantry-probe-painter.h"

struct _GantryProbeMatrix
{
  GtkWidget parent_instance;

  GantryProbeGrid *grid;       /* NULL: nothing to show */
  GantryProbePainter *painter; /* NULL: to be made for the style as it is now */
  int row, column;             /* current; -1: none */
  GtkAdjustment *adjustments[2];
  GtkScrollablePolicy policies[2];
};

enum
{
  PROP_HADJUSTMENT = 1,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

G_DEFINE_FINAL_TYPE_WITH_CODE (GantryProbeMatrix,
                               gantry_probe_matrix,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static guint moved_signal;

/* ---- Scrolling ------------------------------------------------------------------------------ */

static gboolean
is_mirrored (GantryProbeMatrix *self, GtkOrientation orientation)
{
  return orientation == GTK_ORIENTATION_HORIZONTAL
         && gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

/* How far it is from where the lines begin, which is the end of a scroll bar where that is at the
 * right. */
static double
get_offset (GantryProbeMatrix *self, GtkOrientation orientation)
{
  GtkAdjustment *adjustment = self->adjustments[orientation];

  if (adjustment == NULL)
    return 0;
  if (is_mirrored (self, orientation))
    return gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment)
           - gtk_adjustment_get_value (adjustment);
  return gtk_adjustment_get_value (adjustment);
}

static GantryProbePainter *
get_painter (GantryProbeMatrix *self)
{
  if (self->painter == NULL)
    {
      self->painter = gantry_probe_painter_new (GTK_WIDGET (self));
      gantry_probe_painter_set_size (self->painter, self->grid,
                                     gtk_widget_get_width (GTK_WIDGET (self)),
                                     gtk_widget_get_height (GTK_WIDGET (self)));
    }
  return self->painter;
}

static void
configure (GantryProbeMatrix *self, GtkOrientation orientation, int size, int header, double total)
{
  GtkAdjustment *adjustment = self->adjustments[orientation];
  double page = MAX (1, size - header);
  int step = orientation == GTK_ORIENTATION_HORIZONTAL ? GANTRY_PROBE_COLUMN : GANTRY_PROBE_ROW;

  double upper = MAX (page, total);
  double offset = get_offset (self, orientation);

  if (adjustment != NULL)
    gtk_adjustment_configure (adjustment,
                              is_mirrored (self, orientation) ? upper - page - offset : offset, 0,
                              upper, step, page * 0.9, page);
}

static void
gantry_probe_matrix_size_allocate (GtkWidget *widget,
                                   int width,
                                   int height,
                                   int baseline G_GNUC_UNUSED)
{
  GantryProbeMatrix *self = GANTRY_PROBE_MATRIX (widget);
  GantryProbePainter *painter;

  if (self->grid == NULL)
    return;
  painter = get_painter (self);
  gantry_probe_painter_set_size (painter, self->grid, width, height);
  configure (self, GTK_ORIENTATION_HORIZONTAL, width, gantry_probe_painter_get_row_header (painter),
             gantry_probe_grid_get_n_columns (self->grid) * GANTRY_PROBE_COLUMN);
  configure (self, GTK_ORIENTATION_VERTICAL, height,
             gantry_probe_painter_get_column_header (painter),
             gantry_probe_grid_get_n_rows (self->grid) * GANTRY_PROBE_ROW);
}

static void
set_adjustment (GantryProbeMatrix *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  GtkAdjustment **member = &self->adjustments[orientation];

  if (*member != NULL)
    g_signal_handlers_disconnect_by_func (*member, gtk_widget_queue_draw, self);
  g_set_object (member, adjustment);
  if (adjustment != NULL)
    g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (gtk_widget_queue_draw),
                              self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
clamp_page (GantryProbeMatrix *self, GtkOrientation orientation, int place, int step)
{
  GtkAdjustment *adjustment = self->adjustments[orientation];
  double lower = place * step;

  if (adjustment == NULL)
    return;
  if (is_mirrored (self, orientation))
    lower = gtk_adjustment_get_upper (adjustment) - lower - step;
  gtk_adjustment_clamp_page (adjustment, lower, lower + step);
}

/* ---- The current cell ----------------------------------------------------------------------- */

static void
describe_current (GantryProbeMatrix *self)
{
  g_autofree char *text
      = self->row >= 0
            ? gantry_probe_grid_describe_cell (self->grid, (guint)self->row, (guint)self->column)
            : g_strdup ("");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, moved_signal, 0);
}

void
gantry_probe_matrix_set_current (GantryProbeMatrix *self, int row, int column)
{
  int rows, columns;

  g_return_if_fail (GANTRY_IS_PROBE_MATRIX (self));

  rows = self->grid != NULL ? (int)gantry_probe_grid_get_n_rows (self->grid) : 0;
  columns = self->grid != NULL ? (int)gantry_probe_grid_get_n_columns (self->grid) : 0;
  if (rows == 0 || columns == 0)
    row = column = -1;
  else
    {
      row = CLAMP (row, 0, rows - 1);
      column = CLAMP (column, 0, columns - 1);
      clamp_page (self, GTK_ORIENTATION_VERTICAL, row, GANTRY_PROBE_ROW);
      clamp_page (self, GTK_ORIENTATION_HORIZONTAL, column, GANTRY_PROBE_COLUMN);
    }
  self->row = row;
  self->column = column;
  describe_current (self);
}

void
gantry_probe_matrix_get_current (GantryProbeMatrix *self, int *row, int *column)
{
  g_return_if_fail (GANTRY_IS_PROBE_MATRIX (self));

  *row = self->row;
  *column = self->column;
}

static gboolean
move (GtkWidget *widget, GVariant *arguments, gpointer data G_GNUC_UNUSED)
{
  GantryProbeMatrix *self = GANTRY_PROBE_MATRIX (widget);
  int rows, columns;

  g_variant_get (arguments, "(ii)", &rows, &columns);
  /* Home and End are of the line, the arrows of the screen. */
  if (is_mirrored (self, GTK_ORIENTATION_HORIZONTAL) && ABS (columns) == 1)
    columns = -columns;
  /* The first key only shows where one is. */
  if (self->row < 0)
    rows = columns = 0;
  /* Up to G_MAXINT either way: to an end. */
  gantry_probe_matrix_set_current (self, (int)CLAMP ((gint64)self->row + rows, 0, G_MAXINT),
                                   (int)CLAMP ((gint64)self->column + columns, 0, G_MAXINT));
  return TRUE;
}

static gboolean
move_page (GtkWidget *widget, GVariant *arguments, gpointer data G_GNUC_UNUSED)
{
  GantryProbeMatrix *self = GANTRY_PROBE_MATRIX (widget);
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  int page = adjustment != NULL
                 ? (int)(gtk_adjustment_get_page_size (adjustment) / GANTRY_PROBE_ROW) - 1
                 : 1;

  gantry_probe_matrix_set_current (
      self, MAX (0, self->row + g_variant_get_int32 (arguments) * MAX (1, page)), self->column);
  return TRUE;
}

/* Whether a place in the widget is in a cell; either may also be over a title, then the other is
 * -1. */
static void
find_place (GantryProbeMatrix *self, double x, double y, int *row, int *column)
{
  GantryProbePainter *painter = get_painter (self);
  double start = is_mirrored (self, GTK_ORIENTATION_HORIZONTAL)
                     ? gtk_widget_get_width (GTK_WIDGET (self)) - x
                     : x;
  double right = start - gantry_probe_painter_get_row_header (painter);
  double down = y - gantry_probe_painter_get_column_header (painter);

  *column
      = right < 0
            ? -1
            : (int)((right + get_offset (self, GTK_ORIENTATION_HORIZONTAL)) / GANTRY_PROBE_COLUMN);
  *row = down < 0 ? -1
                  : (int)((down + get_offset (self, GTK_ORIENTATION_VERTICAL)) / GANTRY_PROBE_ROW);
  if (*column >= (int)gantry_probe_grid_get_n_columns (self->grid))
    *column = -1;
  if (*row >= (int)gantry_probe_grid_get_n_rows (self->grid))
    *row = -1;
}

static void
on_pressed (GtkGestureClick *gesture G_GNUC_UNUSED,
            int n G_GNUC_UNUSED,
            double x,
            double y,
            GantryProbeMatrix *self)
{
  int row, column;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->grid == NULL)
    return;
  find_place (self, x, y, &row, &column);
  if (row >= 0 && column >= 0)
    gantry_probe_matrix_set_current (self, row, column);
}

static gboolean
gantry_probe_matrix_query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  GantryProbeMatrix *self = GANTRY_PROBE_MATRIX (widget);
  g_autofree char *text = NULL;
  int row = self->row, column = self->column;

  if (self->grid == NULL)
    return FALSE;
  if (!keyboard)
    find_place (self, x, y, &row, &column);
  if (row >= 0 && column >= 0)
    text = gantry_probe_grid_describe_cell (self->grid, (guint)row, (guint)column);
  else if (row >= 0)
    text = g_strdup_printf ("%s\n%s", gantry_probe_grid_get_class_name (self->grid, (guint)row),
                            gantry_probe_grid_get_class_uid (self->grid, (guint)row));
  else if (column >= 0)
    text = g_strdup_printf ("%s\n%s", gantry_probe_grid_get_syntax_name (self->grid, (guint)column),
                            gantry_probe_grid_get_syntax_uid (self->grid, (guint)column));
  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

/* ---- The class ------------------------------------------------------------------------------ */

static void
gantry_probe_matrix_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GantryProbeMatrix *self = GANTRY_PROBE_MATRIX (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  cairo_t *cairo;

  if (self->grid == NULL)
    return;
  cairo = gtk_snapshot_append_cairo (snapshot,
                                     &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  gantry_probe_painter_draw (
      get_painter (self), cairo, self->grid, get_offset (self, GTK_ORIENTATION_HORIZONTAL),
      get_offset (self, GTK_ORIENTATION_VERTICAL), width, height, self->row, self->column);
  cairo_destroy (cairo);
}

static void
gantry_probe_matrix_measure (GtkWidget *widget G_GNUC_UNUSED,
                             GtkOrientation orientation,
                             int for_size G_GNUC_UNUSED,
                             int *minimum,
                             int *natural,
                             int *minimum_baseline,
                             int *natural_baseline)
{
  gboolean across = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = across ? 220 : 160;
  *natural = across ? 900 : 600;
  *minimum_baseline = *natural_baseline = -1;
}

static void
drop_painter (GantryProbeMatrix *self)
{
  g_clear_pointer (&self->painter, gantry_probe_painter_free);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
gantry_probe_matrix_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (gantry_probe_matrix_parent_class)->css_changed (widget, change);
  drop_painter (GANTRY_PROBE_MATRIX (widget));
}

static void
gantry_probe_matrix_direction_changed (GtkWidget *widget, GtkTextDirection before)
{
  GTK_WIDGET_CLASS (gantry_probe_matrix_parent_class)->direction_changed (widget, before);
  drop_painter (GANTRY_PROBE_MATRIX (widget));
}

static void
gantry_probe_matrix_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GantryProbeMatrix *self = GANTRY_PROBE_MATRIX (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[id - PROP_HADJUSTMENT]);
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, self->policies[id - PROP_HSCROLL_POLICY]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gantry_probe_matrix_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GantryProbeMatrix *self = GANTRY_PROBE_MATRIX (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      set_adjustment (self, id - PROP_HADJUSTMENT, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      self->policies[id - PROP_HSCROLL_POLICY] = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gantry_probe_matrix_dispose (GObject *object)
{
  GantryProbeMatrix *self = GANTRY_PROBE_MATRIX (object);

  set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, NULL);
  set_adjustment (self, GTK_ORIENTATION_VERTICAL, NULL);
  gantry_probe_matrix_set_grid (self, NULL);
  G_OBJECT_CLASS (gantry_probe_matrix_parent_class)->dispose (object);
}

static void
add_keys (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key, keypad;
    GdkModifierType state;
    int rows, columns;
  } moves[] = {
    { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1, 0 },
    { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1, 0 },
    { GDK_KEY_Left, GDK_KEY_KP_Left, 0, 0, -1 },
    { GDK_KEY_Right, GDK_KEY_KP_Right, 0, 0, 1 },
    { GDK_KEY_Home, GDK_KEY_KP_Home, 0, 0, -G_MAXINT },
    { GDK_KEY_End, GDK_KEY_KP_End, 0, 0, G_MAXINT },
    { GDK_KEY_Home, GDK_KEY_KP_Home, GDK_CONTROL_MASK, -G_MAXINT, -G_MAXINT },
    { GDK_KEY_End, GDK_KEY_KP_End, GDK_CONTROL_MASK, G_MAXINT, G_MAXINT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      gtk_widget_class_add_binding (widget_class, moves[i].key, moves[i].state, move, "(ii)",
                                    moves[i].rows, moves[i].columns);
      gtk_widget_class_add_binding (widget_class, moves[i].keypad, moves[i].state, move, "(ii)",
                                    moves[i].rows, moves[i].columns);
    }
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Page_Up, 0, move_page, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Page_Down, 0, move_page, "i", 1);
}

static void
gantry_probe_matrix_class_init (GantryProbeMatrixClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = gantry_probe_matrix_get_property;
  object_class->set_property = gantry_probe_matrix_set_property;
  object_class->dispose = gantry_probe_matrix_dispose;
  widget_class->snapshot = gantry_probe_matrix_snapshot;
  widget_class->measure = gantry_probe_matrix_measure;
  widget_class->size_allocate = gantry_probe_matrix_size_allocate;
  widget_class->query_tooltip = gantry_probe_matrix_query_tooltip;
  widget_class->css_changed = gantry_probe_matrix_css_changed;
  widget_class->direction_changed = gantry_probe_matrix_direction_changed;

  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");

  moved_signal = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
  add_keys (widget_class);
  gtk_widget_class_set_css_name (widget_class, "probematrix");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
}

static void
gantry_probe_matrix_init (GantryProbeMatrix *self)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  self->row = self->column = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (gesture, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));
}

/* Rows and columns are others now: the place stays, as far as there is one. */
static void
grid_changed (GantryProbeMatrix *self)
{
  drop_painter (self);
  if (self->row >= 0)
    gantry_probe_matrix_set_current (self, self->row, self->column);
}

void
gantry_probe_matrix_set_grid (GantryProbeMatrix *self, GantryProbeGrid *grid)
{
  g_return_if_fail (GANTRY_IS_PROBE_MATRIX (self));

  if (self->grid == grid)
    return;
  if (self->grid != NULL)
    g_signal_handlers_disconnect_by_func (self->grid, grid_changed, self);
  self->row = self->column = -1;
  g_set_object (&self->grid, grid);
  g_clear_pointer (&self->painter, gantry_probe_painter_free);
  if (grid == NULL)
    return;
  g_signal_connect_swapped (grid, "changed", G_CALLBACK (grid_changed), self);
  drop_painter (self);
}
