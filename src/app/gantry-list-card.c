/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-list-card.h"

struct _GantryListCard
{
  GtkWidget parent_instance;

  int floor; /* pixels */
};

enum
{
  PROP_FLOOR = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GantryListCard, gantry_list_card, GTK_TYPE_WIDGET)

static GtkSizeRequestMode
gantry_list_card_get_request_mode (GtkWidget *widget G_GNUC_UNUSED)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* Scrolled windows and lists of GTK 4.8 measure for no width in particular, but rows wrap. Rows out
 * of sight have no widget; there are so many of the others then that it does not matter. */
static int
measure_rows (GtkWidget *list, int width)
{
  int sum = 0;

  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      int height;

      gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
      sum += height;
    }
  return sum;
}

static void
gantry_list_card_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (child == NULL)
    return;

  gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;

  if (GTK_IS_SCROLLED_WINDOW (child))
    *natural = measure_rows (gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (child)), for_size);
  *natural = MAX (*natural, *minimum);
  *minimum = MAX (*minimum, MIN (*natural, GANTRY_LIST_CARD (widget)->floor));
}

static void
gantry_list_card_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  if (child == NULL)
    return;
  gtk_widget_allocate (child, width, height, baseline, NULL);

  /* A context menu is a child, too, but has a place of its own. */
  while ((child = gtk_widget_get_next_sibling (child)) != NULL)
    if (GTK_IS_POPOVER (child))
      gtk_popover_present (GTK_POPOVER (child));
}

static void
gantry_list_card_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_FLOOR:
      g_value_set_int (value, GANTRY_LIST_CARD (object)->floor);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gantry_list_card_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_FLOOR:
      GANTRY_LIST_CARD (object)->floor = g_value_get_int (value);
      gtk_widget_queue_resize (GTK_WIDGET (object));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gantry_list_card_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (gantry_list_card_parent_class)->dispose (object);
}

static void
gantry_list_card_class_init (GantryListCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = gantry_list_card_get_property;
  object_class->set_property = gantry_list_card_set_property;
  object_class->dispose = gantry_list_card_dispose;
  widget_class->get_request_mode = gantry_list_card_get_request_mode;
  widget_class->measure = gantry_list_card_measure;
  widget_class->size_allocate = gantry_list_card_size_allocate;

  properties[PROP_FLOOR] = g_param_spec_int ("floor", NULL, NULL, 0, G_MAXINT, 160,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "listcard");
}

static void
gantry_list_card_init (GantryListCard *self)
{
  self->floor = 160;
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
