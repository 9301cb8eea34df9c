/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-details-split.h"

#include "gantry-paged-item.h"

/* Below this width a table and its details do not fit one above the other in a useful way: such a
 * window is a telephone, or half of a small screen. Pixels. */
#define NARROW 600

struct _GantryDetailsSplit
{
  GtkWidget parent_instance;

  GtkWidget *paned;
  AdwBin *content_bin;
  GtkWidget *details_box;
  GtkBox *header;
  GtkBox *title_row;
  GtkWidget *back_button;
  GtkWidget *close_button;
  GtkLabel *title_label;
  GtkLabel *subtitle_label;
  AdwBin *tools_bin;
  AdwBin *details_bin;

  gboolean open;
  gboolean narrow;
  gboolean placed; /* the divider has been put somewhere */
  guint idle_id;

  GtkColumnView *followed; /* the table, which is a child */
  GtkSelectionModel *selection;
  GantryPagedItem *shown; /* whose details are open */
};

enum
{
  SIGNAL_SHOW,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

enum
{
  PROP_CONTENT = 1,
  PROP_DETAILS,
  PROP_TOOLS,
  PROP_NARROW,
  PROP_OPEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GantryDetailsSplit, gantry_details_split, GTK_TYPE_WIDGET)

/* Beside the title when there is room for both, else below it. */
static void
place_tools (GantryDetailsSplit *self)
{
  GtkWidget *tools = GTK_WIDGET (self->tools_bin);
  GtkBox *place = self->narrow ? self->header : self->title_row;
  GtkWidget *parent = gtk_widget_get_parent (tools);

  if (parent == GTK_WIDGET (place))
    return;
  g_object_ref (tools);
  gtk_box_remove (GTK_BOX (parent), tools);
  gtk_box_append (place, tools);
  if (!self->narrow)
    gtk_box_reorder_child_after (place, self->close_button, tools);
  g_object_unref (tools);
}

/* GtkPaned of GTK 4.8 takes the pointer where its handle has been, also when it is not shown: a row
 * there could not be clicked. */
static void
set_handle_takes_pointer (GantryDetailsSplit *self, gboolean takes)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (self->paned);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_DRAG (controller))
        gtk_event_controller_set_propagation_phase (controller,
                                                    takes ? GTK_PHASE_CAPTURE : GTK_PHASE_NONE);
    }
}

static void
update_children (GantryDetailsSplit *self)
{
  place_tools (self);
  gtk_widget_set_visible (GTK_WIDGET (self->content_bin), !self->open || !self->narrow);
  gtk_widget_set_visible (self->details_box, self->open);
  gtk_widget_set_visible (self->back_button, self->narrow);
  gtk_widget_set_visible (self->close_button, !self->narrow);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "details.close", self->open);
  set_handle_takes_pointer (self, self->open && !self->narrow);
  /* In a line with the page; a round button has its own room around it. */
  gtk_widget_set_margin_end (GTK_WIDGET (self->header), self->narrow ? 12 : 6);

  if (self->open && !self->narrow && !self->placed)
    {
      gtk_paned_set_position (GTK_PANED (self->paned),
                              gtk_widget_get_height (GTK_WIDGET (self)) / 2);
      self->placed = TRUE;
    }
}

static gboolean
on_width_changed (gpointer data)
{
  GantryDetailsSplit *self = data;
  gboolean narrow = gtk_widget_get_width (GTK_WIDGET (self)) < NARROW;

  self->idle_id = 0;
  if (narrow != self->narrow)
    {
      self->narrow = narrow;
      update_children (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
    }
  return G_SOURCE_REMOVE;
}

static void
close_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryDetailsSplit *self = GANTRY_DETAILS_SPLIT (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  gboolean inside = focus != NULL && gtk_widget_is_ancestor (focus, self->details_box);

  gantry_details_split_set_open (self, FALSE);
  if (inside)
    gtk_widget_grab_focus (adw_bin_get_child (self->content_bin));
}

static void
gantry_details_split_measure (GtkWidget *widget,
                              GtkOrientation orientation,
                              int for_size,
                              int *minimum,
                              int *natural,
                              int *minimum_baseline,
                              int *natural_baseline)
{
  gtk_widget_measure (GANTRY_DETAILS_SPLIT (widget)->paned, orientation, for_size, minimum, natural,
                      minimum_baseline, natural_baseline);
}

static void
gantry_details_split_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GantryDetailsSplit *self = GANTRY_DETAILS_SPLIT (widget);

  gtk_widget_allocate (self->paned, width, height, baseline, NULL);
  /* What is shown must not change while it is being allocated. */
  if ((width < NARROW) != self->narrow && self->idle_id == 0)
    self->idle_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_width_changed, self, NULL);
}

static void
gantry_details_split_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GantryDetailsSplit *self = GANTRY_DETAILS_SPLIT (object);

  switch (id)
    {
    case PROP_CONTENT:
      g_value_set_object (value, adw_bin_get_child (self->content_bin));
      break;
    case PROP_DETAILS:
      g_value_set_object (value, adw_bin_get_child (self->details_bin));
      break;
    case PROP_TOOLS:
      g_value_set_object (value, adw_bin_get_child (self->tools_bin));
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->narrow);
      break;
    case PROP_OPEN:
      g_value_set_boolean (value, self->open);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gantry_details_split_set_property (GObject *object,
                                   guint id,
                                   const GValue *value,
                                   GParamSpec *pspec)
{
  GantryDetailsSplit *self = GANTRY_DETAILS_SPLIT (object);

  switch (id)
    {
    case PROP_CONTENT:
      adw_bin_set_child (self->content_bin, g_value_get_object (value));
      break;
    case PROP_DETAILS:
      adw_bin_set_child (self->details_bin, g_value_get_object (value));
      break;
    case PROP_TOOLS:
      adw_bin_set_child (self->tools_bin, g_value_get_object (value));
      break;
    case PROP_OPEN:
      gantry_details_split_set_open (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* ---- Following a table ---------------------------------------------------------------------- */

static void
show (GantryDetailsSplit *self)
{
  g_signal_emit (self, signals[SIGNAL_SHOW], 0);
}

static void
set_shown (GantryDetailsSplit *self, GantryPagedItem *item)
{
  if (self->shown != NULL)
    g_signal_handlers_disconnect_by_func (self->shown, show, self);
  g_set_object (&self->shown, item);
  if (item != NULL)
    g_signal_connect_swapped (item, "notify::record", G_CALLBACK (show), self);
}

/* @n: how many rows are selected. Returns: (transfer full) (nullable): the one that is, alone */
static GantryPagedItem *
get_selected (GantryDetailsSplit *self, guint64 *n)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (self->selection);

  *n = gtk_bitset_get_size (selected);
  if (*n != 1)
    return NULL;
  return g_list_model_get_item (G_LIST_MODEL (self->selection), gtk_bitset_get_minimum (selected));
}

static void
follow_selection (GantryDetailsSplit *self)
{
  guint64 n;
  g_autoptr (GantryPagedItem) selected = get_selected (self, &n);
  GantryPagedItem *item = self->open ? selected : NULL;

  /* How many there are is news too. */
  if (item == self->shown && n <= 1)
    return;
  set_shown (self, item);
  show (self);
}

static void
on_selected (GantryDetailsSplit *self)
{
  guint64 n;
  g_autoptr (GantryPagedItem) selected = get_selected (self, &n);

  if (n == 0)
    gantry_details_split_set_open (self, FALSE);
  else if (selected != NULL && !self->narrow)
    gantry_details_split_set_open (self, TRUE);
  follow_selection (self);
}

static void
on_activate (GantryDetailsSplit *self, guint position)
{
  gtk_selection_model_select_item (self->selection, position, TRUE);
  gantry_details_split_set_open (self, TRUE);
}

static void
on_open_changed (GantryDetailsSplit *self)
{
  /* A single selection has no way to unselect all. */
  if (!self->open && GTK_IS_SINGLE_SELECTION (self->selection))
    gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (self->selection),
                                       GTK_INVALID_LIST_POSITION);
  else if (!self->open)
    gtk_selection_model_unselect_all (self->selection);
  follow_selection (self);
}

/* A finger has no double click. */
static void
on_narrow_changed (GantryDetailsSplit *self)
{
  gtk_column_view_set_single_click_activate (self->followed, self->narrow);
}

void
gantry_details_split_follow (GantryDetailsSplit *self,
                             GtkColumnView *view,
                             GtkSelectionModel *selection)
{
  g_return_if_fail (GANTRY_IS_DETAILS_SPLIT (self));
  g_return_if_fail (self->selection == NULL);

  self->followed = view;
  self->selection = g_object_ref (selection);
  g_signal_connect_object (view, "activate", G_CALLBACK (on_activate), self, G_CONNECT_SWAPPED);
  if (GTK_IS_SINGLE_SELECTION (selection))
    {
      g_signal_connect_swapped (selection, "notify::selected-item", G_CALLBACK (on_selected), self);
    }
  else
    {
      g_signal_connect_swapped (selection, "selection-changed", G_CALLBACK (on_selected), self);
      /* A selected row that leaves the list is no change of the selection. */
      g_signal_connect_swapped (selection, "items-changed", G_CALLBACK (on_selected), self);
    }
  g_signal_connect (self, "notify::open", G_CALLBACK (on_open_changed), NULL);
  g_signal_connect (self, "notify::narrow", G_CALLBACK (on_narrow_changed), NULL);
  on_narrow_changed (self);
}

gpointer
gantry_details_split_get_record (GantryDetailsSplit *self)
{
  g_return_val_if_fail (GANTRY_IS_DETAILS_SPLIT (self), NULL);

  return self->shown != NULL ? gantry_paged_item_get_record (self->shown) : NULL;
}

static void
gantry_details_split_dispose (GObject *object)
{
  GantryDetailsSplit *self = GANTRY_DETAILS_SPLIT (object);

  set_shown (self, NULL);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->selection);
  g_clear_handle_id (&self->idle_id, g_source_remove);
  g_clear_pointer (&self->paned, gtk_widget_unparent);
  G_OBJECT_CLASS (gantry_details_split_parent_class)->dispose (object);
}

static void
gantry_details_split_class_init (GantryDetailsSplitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = gantry_details_split_get_property;
  object_class->set_property = gantry_details_split_set_property;
  object_class->dispose = gantry_details_split_dispose;
  widget_class->measure = gantry_details_split_measure;
  widget_class->size_allocate = gantry_details_split_size_allocate;

  properties[PROP_CONTENT]
      = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_READWRITE | flags);
  properties[PROP_DETAILS]
      = g_param_spec_object ("details", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_READWRITE | flags);
  properties[PROP_TOOLS]
      = g_param_spec_object ("tools", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_READWRITE | flags);
  properties[PROP_NARROW]
      = g_param_spec_boolean ("narrow", NULL, NULL, FALSE, G_PARAM_READABLE | flags);
  properties[PROP_OPEN]
      = g_param_spec_boolean ("open", NULL, NULL, FALSE, G_PARAM_READWRITE | flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_action (widget_class, "details.close", NULL, close_activated);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "details.close", NULL);

  signals[SIGNAL_SHOW] = g_signal_new ("show-details", GANTRY_TYPE_DETAILS_SPLIT, G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-details-split.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryDetailsSplit, paned);
  gtk_widget_class_bind_template_child (widget_class, GantryDetailsSplit, content_bin);
  gtk_widget_class_bind_template_child (widget_class, GantryDetailsSplit, details_box);
  gtk_widget_class_bind_template_child (widget_class, GantryDetailsSplit, header);
  gtk_widget_class_bind_template_child (widget_class, GantryDetailsSplit, title_row);
  gtk_widget_class_bind_template_child (widget_class, GantryDetailsSplit, back_button);
  gtk_widget_class_bind_template_child (widget_class, GantryDetailsSplit, close_button);
  gtk_widget_class_bind_template_child (widget_class, GantryDetailsSplit, title_label);
  gtk_widget_class_bind_template_child (widget_class, GantryDetailsSplit, subtitle_label);
  gtk_widget_class_bind_template_child (widget_class, GantryDetailsSplit, tools_bin);
  gtk_widget_class_bind_template_child (widget_class, GantryDetailsSplit, details_bin);
}

static void
gantry_details_split_init (GantryDetailsSplit *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update_children (self);
}

void
gantry_details_split_set_open (GantryDetailsSplit *self, gboolean open)
{
  g_return_if_fail (GANTRY_IS_DETAILS_SPLIT (self));

  if (self->open == open)
    return;
  self->open = open;
  update_children (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPEN]);
}

gboolean
gantry_details_split_get_open (GantryDetailsSplit *self)
{
  g_return_val_if_fail (GANTRY_IS_DETAILS_SPLIT (self), FALSE);

  return self->open;
}

gboolean
gantry_details_split_get_narrow (GantryDetailsSplit *self)
{
  g_return_val_if_fail (GANTRY_IS_DETAILS_SPLIT (self), FALSE);

  return self->narrow;
}

void
gantry_details_split_set_header (GantryDetailsSplit *self, const char *title, const char *subtitle)
{
  g_return_if_fail (GANTRY_IS_DETAILS_SPLIT (self));

  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->subtitle_label, subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle_label), *subtitle != '\0');
}
