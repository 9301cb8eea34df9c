/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-adaptive-box.h"

struct _GantryAdaptiveBox
{
  GtkWidget parent_instance;

  int threshold;
  /* Neither is the widget's layout manager: both are asked as the width demands. */
  GtkLayoutManager *line, *column;
};

enum
{
  PROP_THRESHOLD = 1,
  PROP_SPACING,
  PROP_ROW_SPACING,
  PROP_HOMOGENEOUS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GantryAdaptiveBox, gantry_adaptive_box, GTK_TYPE_WIDGET)

static GtkLayoutManager *
choose_layout (GantryAdaptiveBox *self, int width)
{
  int minimum;

  if (width < self->threshold)
    return self->column;
  gtk_layout_manager_measure (self->line, GTK_WIDGET (self), GTK_ORIENTATION_HORIZONTAL, -1,
                              &minimum, NULL, NULL, NULL);
  return width >= minimum ? self->line : self->column;
}

static GtkSizeRequestMode
gantry_adaptive_box_get_request_mode (GtkWidget *widget G_GNUC_UNUSED)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
gantry_adaptive_box_measure (GtkWidget *widget,
                             GtkOrientation orientation,
                             int for_size,
                             int *minimum,
                             int *natural,
                             int *minimum_baseline,
                             int *natural_baseline)
{
  GantryAdaptiveBox *self = GANTRY_ADAPTIVE_BOX (widget);

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_layout_manager_measure (self->line, widget, orientation, -1, NULL, natural, NULL, NULL);
      gtk_layout_manager_measure (self->column, widget, orientation, -1, minimum, NULL, NULL, NULL);
      *natural = MAX (*natural, *minimum);
    }
  else
    gtk_layout_manager_measure (for_size < 0 ? self->line : choose_layout (self, for_size), widget,
                                orientation, for_size, minimum, natural, NULL, NULL);
}

static void
gantry_adaptive_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_layout_manager_allocate (choose_layout (GANTRY_ADAPTIVE_BOX (widget), width), widget, width,
                               height, baseline);
}

static void
gantry_adaptive_box_compute_expand (GtkWidget *widget, gboolean *hexpand, gboolean *vexpand)
{
  *hexpand = *vexpand = FALSE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      *hexpand |= gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL);
      *vexpand |= gtk_widget_compute_expand (child, GTK_ORIENTATION_VERTICAL);
    }
}

static void
gantry_adaptive_box_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GantryAdaptiveBox *self = GANTRY_ADAPTIVE_BOX (object);

  switch (id)
    {
    case PROP_THRESHOLD:
      g_value_set_int (value, self->threshold);
      break;
    case PROP_SPACING:
      g_value_set_uint (value, gtk_box_layout_get_spacing (GTK_BOX_LAYOUT (self->line)));
      break;
    case PROP_ROW_SPACING:
      g_value_set_uint (value, gtk_box_layout_get_spacing (GTK_BOX_LAYOUT (self->column)));
      break;
    case PROP_HOMOGENEOUS:
      g_value_set_boolean (value, gtk_box_layout_get_homogeneous (GTK_BOX_LAYOUT (self->line)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gantry_adaptive_box_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GantryAdaptiveBox *self = GANTRY_ADAPTIVE_BOX (object);

  switch (id)
    {
    case PROP_THRESHOLD:
      self->threshold = g_value_get_int (value);
      break;
    case PROP_SPACING:
      gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (self->line), g_value_get_uint (value));
      break;
    case PROP_ROW_SPACING:
      gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (self->column), g_value_get_uint (value));
      break;
    case PROP_HOMOGENEOUS:
      gtk_box_layout_set_homogeneous (GTK_BOX_LAYOUT (self->line), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
gantry_adaptive_box_dispose (GObject *object)
{
  GantryAdaptiveBox *self = GANTRY_ADAPTIVE_BOX (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->line);
  g_clear_object (&self->column);
  G_OBJECT_CLASS (gantry_adaptive_box_parent_class)->dispose (object);
}

static void
gantry_adaptive_box_class_init (GantryAdaptiveBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = gantry_adaptive_box_get_property;
  object_class->set_property = gantry_adaptive_box_set_property;
  object_class->dispose = gantry_adaptive_box_dispose;
  widget_class->get_request_mode = gantry_adaptive_box_get_request_mode;
  widget_class->measure = gantry_adaptive_box_measure;
  widget_class->size_allocate = gantry_adaptive_box_size_allocate;
  widget_class->compute_expand = gantry_adaptive_box_compute_expand;

  properties[PROP_THRESHOLD] = g_param_spec_int ("threshold", NULL, NULL, 0, G_MAXINT, 600, flags);
  properties[PROP_SPACING] = g_param_spec_uint ("spacing", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_ROW_SPACING]
      = g_param_spec_uint ("row-spacing", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_HOMOGENEOUS] = g_param_spec_boolean ("homogeneous", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "adaptivebox");
}

static void
gantry_adaptive_box_init (GantryAdaptiveBox *self)
{
  self->threshold = 600;
  self->line = gtk_box_layout_new (GTK_ORIENTATION_HORIZONTAL);
  self->column = gtk_box_layout_new (GTK_ORIENTATION_VERTICAL);
}
