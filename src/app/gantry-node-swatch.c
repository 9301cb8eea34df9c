/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-swatch.h"

#include <glib/gi18n-lib.h>

struct _GantryNodeSwatch
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (GantryNodeSwatch, gantry_node_swatch, ADW_TYPE_BIN)

static const char *const names[GANTRY_N_NODE_COLORS] = {
  /* Translators: no colour */
  [GANTRY_NODE_COLOR_NONE] = NC_ ("colour", "None"),
  [GANTRY_NODE_COLOR_BLUE] = NC_ ("colour", "Blue"),
  [GANTRY_NODE_COLOR_TEAL] = NC_ ("colour", "Teal"),
  [GANTRY_NODE_COLOR_GREEN] = NC_ ("colour", "Green"),
  [GANTRY_NODE_COLOR_YELLOW] = NC_ ("colour", "Yellow"),
  [GANTRY_NODE_COLOR_ORANGE] = NC_ ("colour", "Orange"),
  [GANTRY_NODE_COLOR_RED] = NC_ ("colour", "Red"),
  [GANTRY_NODE_COLOR_PURPLE] = NC_ ("colour", "Purple"),
  [GANTRY_NODE_COLOR_GRAY] = NC_ ("colour", "Grey"),
};

const char *
gantry_node_swatch_get_name (GantryNodeColor color)
{
  g_return_val_if_fail ((guint)color < GANTRY_N_NODE_COLORS, "");

  return g_dpgettext2 (NULL, "colour", names[color]);
}

static void
gantry_node_swatch_class_init (GantryNodeSwatchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_css_name (widget_class, "swatch");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
gantry_node_swatch_init (GantryNodeSwatch *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
gantry_node_swatch_new (void)
{
  return g_object_new (GANTRY_TYPE_NODE_SWATCH, NULL);
}

void
gantry_node_swatch_set_color (GantryNodeSwatch *self, GantryNodeColor color)
{
  const char *classes[] = { gantry_node_color_to_nick (color), NULL };
  const char *name = gantry_node_swatch_get_name (color);

  g_return_if_fail (GANTRY_IS_NODE_SWATCH (self));

  gtk_widget_set_css_classes (GTK_WIDGET (self), classes);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), color != GANTRY_NODE_COLOR_NONE);
}

/* ---- Choosing one --------------------------------------------------------------------------- */

static void
setup_choice (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);

  gtk_box_append (GTK_BOX (box), gantry_node_swatch_new ());
  gtk_box_append (GTK_BOX (box), gtk_label_new (NULL));
  gtk_list_item_set_child (item, box);
}

static void
bind_choice (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *item)
{
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *swatch = gtk_widget_get_first_child (box);
  const char *name = gtk_string_object_get_string (gtk_list_item_get_item (item));

  for (GantryNodeColor color = 0; color < GANTRY_N_NODE_COLORS; color++)
    if (g_str_equal (gantry_node_swatch_get_name (color), name))
      gantry_node_swatch_set_color (GANTRY_NODE_SWATCH (swatch), color);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (swatch)), name);
}

/* In the list a mark follows the name, visible beside the chosen one; so does AdwComboRow's own. */
static void
setup_listed (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  setup_choice (factory, item);
  gtk_box_append (GTK_BOX (gtk_list_item_get_child (item)),
                  gtk_image_new_from_icon_name ("object-select-symbolic"));
}

static void
show_mark (AdwComboRow *row, GParamSpec *pspec G_GNUC_UNUSED, GtkListItem *item)
{
  gboolean chosen = adw_combo_row_get_selected_item (row) == gtk_list_item_get_item (item);

  gtk_widget_set_opacity (gtk_widget_get_last_child (gtk_list_item_get_child (item)), chosen);
}

static void
bind_listed (GtkSignalListItemFactory *factory, GtkListItem *item, AdwComboRow *row)
{
  bind_choice (factory, item);
  g_signal_connect (row, "notify::selected-item", G_CALLBACK (show_mark), item);
  show_mark (row, NULL, item);
}

static void
unbind_listed (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *item, AdwComboRow *row)
{
  g_signal_handlers_disconnect_by_func (row, show_mark, item);
}

void
gantry_node_swatch_fill_row (AdwComboRow *row)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkListItemFactory) listed = gtk_signal_list_item_factory_new ();

  for (GantryNodeColor color = 0; color < GANTRY_N_NODE_COLORS; color++)
    gtk_string_list_append (list, gantry_node_swatch_get_name (color));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_choice), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_choice), NULL);
  g_signal_connect (listed, "setup", G_CALLBACK (setup_listed), NULL);
  g_signal_connect (listed, "bind", G_CALLBACK (bind_listed), row);
  g_signal_connect (listed, "unbind", G_CALLBACK (unbind_listed), row);
  adw_combo_row_set_factory (row, factory);
  adw_combo_row_set_list_factory (row, listed);
  adw_combo_row_set_model (row, G_LIST_MODEL (list));
}
