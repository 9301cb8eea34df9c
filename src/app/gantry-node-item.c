/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-node-item.h"

struct _GantryNodeItem
{
  GObject parent_instance;

  GantryNode *node;
  GantryEcho *echo;      /* NULL: never, or not at this address */
  GCancellable *running; /* NULL: nothing is */
  gint64 failing_since;
};

G_DEFINE_FINAL_TYPE (GantryNodeItem, gantry_node_item, G_TYPE_OBJECT)

static guint changed_signal;

static void
on_echo (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryNodeItem) self = data;
  g_autoptr (GantryEcho) echo = gantry_engine_echo_finish (GANTRY_ENGINE (object), result, NULL);

  g_clear_object (&self->running);
  if (echo != NULL)
    gantry_node_item_set_echo (self, echo);
  else
    g_signal_emit (self, changed_signal, 0);
}

static void
gantry_node_item_finalize (GObject *object)
{
  GantryNodeItem *self = GANTRY_NODE_ITEM (object);

  g_clear_object (&self->running);
  g_clear_pointer (&self->node, gantry_record_unref);
  g_clear_pointer (&self->echo, gantry_record_unref);
  G_OBJECT_CLASS (gantry_node_item_parent_class)->finalize (object);
}

static void
gantry_node_item_class_init (GantryNodeItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gantry_node_item_finalize;

  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
gantry_node_item_init (GantryNodeItem *self G_GNUC_UNUSED)
{
}

GantryNodeItem *
gantry_node_item_new (GantryNode *node)
{
  GantryNodeItem *self = g_object_new (GANTRY_TYPE_NODE_ITEM, NULL);

  self->node = gantry_record_ref (node);
  return self;
}

GantryNode *
gantry_node_item_get_node (GantryNodeItem *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_ITEM (self), NULL);

  return self->node;
}

static gboolean
same_address (const GantryNode *a, const GantryNode *b)
{
  return g_str_equal (a->ae_title, b->ae_title) && g_str_equal (a->host, b->host)
         && a->port == b->port && a->options.tls == b->options.tls
         && g_str_equal (a->calling_ae_title, b->calling_ae_title);
}

void
gantry_node_item_set_node (GantryNodeItem *self, GantryNode *node)
{
  g_return_if_fail (GANTRY_IS_NODE_ITEM (self));

  if (!same_address (self->node, node))
    {
      gantry_node_item_cancel (self);
      g_clear_pointer (&self->echo, gantry_record_unref);
      self->failing_since = 0;
    }
  gantry_record_ref (node);
  gantry_record_unref (self->node);
  self->node = node;
  g_signal_emit (self, changed_signal, 0);
}

GantryEcho *
gantry_node_item_get_echo (GantryNodeItem *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_ITEM (self), NULL);

  return self->echo;
}

void
gantry_node_item_set_echo (GantryNodeItem *self, GantryEcho *echo)
{
  g_return_if_fail (GANTRY_IS_NODE_ITEM (self));

  gantry_record_ref (echo);
  g_clear_pointer (&self->echo, gantry_record_unref);
  self->echo = echo;
  if (echo->ok)
    self->failing_since = 0;
  else if (self->failing_since == 0)
    self->failing_since = echo->started;
  g_signal_emit (self, changed_signal, 0);
}

gboolean
gantry_node_item_get_running (GantryNodeItem *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_ITEM (self), FALSE);

  return self->running != NULL;
}

gint64
gantry_node_item_get_failing_since (GantryNodeItem *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_ITEM (self), 0);

  return self->failing_since;
}

void
gantry_node_item_echo (GantryNodeItem *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_NODE_ITEM (self));

  if (self->running != NULL)
    return;
  self->running = g_cancellable_new ();
  g_signal_emit (self, changed_signal, 0);
  gantry_engine_echo_async (engine, self->node, NULL, self->running, on_echo, g_object_ref (self));
}

void
gantry_node_item_cancel (GantryNodeItem *self)
{
  g_return_if_fail (GANTRY_IS_NODE_ITEM (self));

  g_cancellable_cancel (self->running);
}
