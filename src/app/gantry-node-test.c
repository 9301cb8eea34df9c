/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-test.h"

#include <glib/gi18n-lib.h>

#include "gantry-echo-view.h"
#include "gantry-node-facts.h"
#include "gantry-node-item.h"

struct _GantryNodeTest
{
  AdwBin parent_instance;

  GtkButton *button;
  GtkWidget *answer;
  GantryEchoView *view;
  GantryNodeFacts *facts;

  GantryNodeItem *item; /* what was asked last; NULL: nothing is shown */
};

G_DEFINE_FINAL_TYPE (GantryNodeTest, gantry_node_test, ADW_TYPE_BIN)

/* One button, so that the focus stays where it is. */
static void
label_button (GantryNodeTest *self)
{
  gboolean running = gantry_node_test_is_running (self);

  gtk_button_set_label (self->button, running ? _ ("_Stop") : _ ("_Test"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  running ? _ ("Stop testing") : _ ("Test"), -1);
}

static void
update (GantryNodeTest *self)
{
  GantryNode *node = gantry_node_item_get_node (self->item);
  gboolean running = gantry_node_item_get_running (self->item);

  label_button (self);
  gantry_echo_view_show (self->view, self->item, FALSE);
  gantry_node_facts_show (self->facts, node,
                          running ? NULL : gantry_node_item_get_echo (self->item));
  gtk_widget_set_visible (self->answer, running || gantry_node_item_get_echo (self->item) != NULL);
}

static void
drop_item (GantryNodeTest *self)
{
  if (self->item == NULL)
    return;
  g_signal_handlers_disconnect_by_func (self->item, update, self);
  gantry_node_item_cancel (self->item);
  g_clear_object (&self->item);
}

static void
gantry_node_test_dispose (GObject *object)
{
  drop_item (GANTRY_NODE_TEST (object));
  G_OBJECT_CLASS (gantry_node_test_parent_class)->dispose (object);
}

static void
gantry_node_test_class_init (GantryNodeTestClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_node_test_dispose;

  g_type_ensure (GANTRY_TYPE_ECHO_VIEW);
  g_type_ensure (GANTRY_TYPE_NODE_FACTS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-node-test.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryNodeTest, button);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeTest, answer);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeTest, view);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeTest, facts);
}

static void
gantry_node_test_init (GantryNodeTest *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  label_button (self);
}

void
gantry_node_test_start (GantryNodeTest *self, GantryEngine *engine, GantryNode *node)
{
  g_return_if_fail (GANTRY_IS_NODE_TEST (self));
  g_return_if_fail (node->id == 0);

  drop_item (self);
  self->item = gantry_node_item_new (node);
  g_signal_connect_swapped (self->item, "changed", G_CALLBACK (update), self);
  gantry_node_item_echo (self->item, engine);
}

gboolean
gantry_node_test_is_running (GantryNodeTest *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_TEST (self), FALSE);

  return self->item != NULL && gantry_node_item_get_running (self->item);
}

void
gantry_node_test_cancel (GantryNodeTest *self)
{
  g_return_if_fail (GANTRY_IS_NODE_TEST (self));

  if (self->item != NULL)
    gantry_node_item_cancel (self->item);
}

void
gantry_node_test_forget (GantryNodeTest *self)
{
  g_return_if_fail (GANTRY_IS_NODE_TEST (self));

  drop_item (self);
  label_button (self);
  gtk_widget_set_visible (self->answer, FALSE);
}
