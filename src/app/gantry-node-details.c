/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-details.h"

#include <glib/gi18n-lib.h>

#include "gantry-adaptive-box.h"
#include "gantry-echo-view.h"
#include "gantry-node-facts.h"
#include "gantry-node-swatch.h"
#include "gantry-peer.h"
#include "gantry-sparkline.h"

struct _GantryNodeDetails
{
  AdwBin parent_instance;

  GantryNodeSwatch *swatch;
  GtkLabel *name_label;
  GtkLabel *address_label;
  GtkStack *button_stack;
  GtkWidget *echo_button;
  GtkWidget *cancel_button;
  GtkWidget *menu_button;
  GantryEchoView *view;
  GtkLabel *history_label;
  GantryNodeFacts *facts;

  GantryNodeItem *item;
  gboolean listening;
};

G_DEFINE_FINAL_TYPE (GantryNodeDetails, gantry_node_details, ADW_TYPE_BIN)

static void
show_history (GantryNodeDetails *self)
{
  g_autofree char *text = gantry_sparkline_describe (gantry_node_item_get_health (self->item));

  gtk_label_set_text (self->history_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->history_label), *text != '\0');
}

static void
update (GantryNodeDetails *self)
{
  const GantryNode *node = gantry_node_item_get_node (self->item);
  gboolean running = gantry_node_item_get_running (self->item);
  const GantryEcho *echo = running ? NULL : gantry_node_item_get_echo (self->item);
  g_autofree char *address = gantry_peer_format (node->ae_title, node->host, node->port);
  g_autofree char *line
      = *node->calling_ae_title != '\0'
            ? g_strdup_printf (_ ("%s, called as %s"), address, node->calling_ae_title)
            : g_strdup (address);

  gtk_label_set_text (self->name_label, node->is_self ? _ ("This workstation") : node->name);
  gantry_node_swatch_set_color (self->swatch, node->color);
  gtk_label_set_text (self->address_label, line);
  gtk_stack_set_visible_child (self->button_stack,
                               running ? self->cancel_button : self->echo_button);
  gantry_echo_view_show (self->view, self->item,
                         node->is_self && !self->listening && echo != NULL && !echo->ok);
  gantry_node_facts_show (self->facts, node, echo);
  show_history (self);
}

static void
gantry_node_details_dispose (GObject *object)
{
  GantryNodeDetails *self = GANTRY_NODE_DETAILS (object);

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, update, self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (gantry_node_details_parent_class)->dispose (object);
}

static void
gantry_node_details_class_init (GantryNodeDetailsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_node_details_dispose;

  g_type_ensure (GANTRY_TYPE_ADAPTIVE_BOX);
  g_type_ensure (GANTRY_TYPE_ECHO_VIEW);
  g_type_ensure (GANTRY_TYPE_NODE_FACTS);
  g_type_ensure (GANTRY_TYPE_NODE_SWATCH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-node-details.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, swatch);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, name_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, address_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, button_stack);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, echo_button);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, menu_button);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, view);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, history_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, facts);
}

static void
gantry_node_details_init (GantryNodeDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
gantry_node_details_set_item (GantryNodeDetails *self, GantryNodeItem *item)
{
  g_return_if_fail (GANTRY_IS_NODE_DETAILS (self));

  if (self->item == item)
    return;
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, update, self);
  g_set_object (&self->item, item);
  if (item != NULL)
    {
      g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
      update (self);
    }
}

void
gantry_node_details_set_listening (GantryNodeDetails *self, gboolean listening)
{
  g_return_if_fail (GANTRY_IS_NODE_DETAILS (self));

  self->listening = listening;
  if (self->item != NULL)
    update (self);
}
