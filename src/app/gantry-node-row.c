/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-row.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-peer.h"

struct _GantryNodeRow
{
  GtkListBoxRow parent_instance;

  GtkStack *mark_stack;
  GtkImage *mark;
  GtkSpinner *spinner;
  GtkLabel *name_label;
  GtkLabel *address_label;
  GtkLabel *time_label;

  GantryNodeItem *item;
};

G_DEFINE_FINAL_TYPE (GantryNodeRow, gantry_node_row, GTK_TYPE_LIST_BOX_ROW)

static void
set_mark (GantryNodeRow *self, const char *icon, const char *style)
{
  gtk_image_set_from_icon_name (self->mark, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->mark), (const char *[]){ style, NULL });
}

static char *
describe (const GantryNode *node, const GantryEcho *echo, gboolean running)
{
  g_autofree char *time = NULL;

  if (running)
    return g_strdup_printf (_ ("%s, %s on %s, being asked"), node->name, node->ae_title,
                            node->host);
  if (echo == NULL)
    return g_strdup_printf (_ ("%s, %s on %s, not asked yet"), node->name, node->ae_title,
                            node->host);
  if (!echo->ok)
    return g_strdup_printf (_ ("%s, %s on %s, does not answer"), node->name, node->ae_title,
                            node->host);
  time = gantry_format_latency (echo->elapsed[GANTRY_STEP_MESSAGE]);
  return g_strdup_printf (_ ("%s, %s on %s, answered in %s"), node->name, node->ae_title,
                          node->host, time);
}

static void
update (GantryNodeRow *self)
{
  const GantryNode *node = gantry_node_item_get_node (self->item);
  const GantryEcho *echo = gantry_node_item_get_echo (self->item);
  gboolean running = gantry_node_item_get_running (self->item);
  g_autofree char *address = gantry_peer_format (node->ae_title, node->host, node->port);
  g_autofree char *description = describe (node, echo, running);
  g_autofree char *time = NULL;

  gtk_label_set_text (self->name_label, node->is_self ? _ ("This workstation") : node->name);
  gtk_label_set_text (self->address_label, address);
  gtk_stack_set_visible_child (self->mark_stack,
                               running ? GTK_WIDGET (self->spinner) : GTK_WIDGET (self->mark));
  gtk_spinner_set_spinning (self->spinner, running);

  if (echo == NULL)
    set_mark (self, "content-loading-symbolic", "dim-label");
  else if (echo->ok)
    set_mark (self, "emblem-ok-symbolic", "success");
  else
    set_mark (self, "dialog-error-symbolic", "error");

  if (echo != NULL && echo->ok)
    time = gantry_format_latency (echo->elapsed[GANTRY_STEP_MESSAGE]);
  else if (echo != NULL)
    {
      g_autofree char *since = gantry_format_time (gantry_node_item_get_failing_since (self->item));
      time = g_strdup_printf (_ ("since %s"), since);
    }
  gtk_label_set_text (self->time_label, time != NULL ? time : "");
  gtk_widget_set_css_classes (GTK_WIDGET (self->time_label),
                              (const char *[]){ "numeric", "caption",
                                                echo == NULL || echo->ok ? "dim-label" : "error",
                                                NULL });
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, description,
                                  -1);
}

static void
gantry_node_row_dispose (GObject *object)
{
  GantryNodeRow *self = GANTRY_NODE_ROW (object);

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, update, self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (gantry_node_row_parent_class)->dispose (object);
}

static void
gantry_node_row_class_init (GantryNodeRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_node_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-node-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, mark_stack);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, mark);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, address_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, time_label);
}

static void
gantry_node_row_init (GantryNodeRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gantry_node_row_new (GantryNodeItem *item)
{
  GantryNodeRow *self = g_object_new (GANTRY_TYPE_NODE_ROW, NULL);

  self->item = g_object_ref (item);
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}

GantryNodeItem *
gantry_node_row_get_item (GantryNodeRow *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_ROW (self), NULL);

  return self->item;
}
