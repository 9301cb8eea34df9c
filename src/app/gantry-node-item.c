/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-node-item.h"

#include <string.h>

struct _GantryNodeItem
{
  GObject parent_instance;

  GantryNode *node;
  GantryEcho *echo;      /* NULL: never, or not at this address */
  GantryHealth *health;  /* the same; may be one echo behind */
  GCancellable *running; /* NULL: nothing is */
  GantryEcho *progress;  /* how far that has come; NULL: nothing is */
};

G_DEFINE_FINAL_TYPE (GantryNodeItem, gantry_node_item, G_TYPE_OBJECT)

static guint changed_signal;

static void
on_echo (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryNodeItem) self = data;
  g_autoptr (GantryEcho) echo = gantry_engine_echo_finish (GANTRY_ENGINE (object), result, NULL);

  g_clear_object (&self->running);
  g_clear_pointer (&self->progress, gantry_record_unref);
  if (echo != NULL)
    gantry_node_item_set_echo (self, echo);
  else
    g_signal_emit (self, changed_signal, 0);
}

/* Whoever is looking at the record of the step before may keep it. */
static void
on_passed (GantryStep step, gint64 elapsed, gpointer data)
{
  GantryNodeItem *self = data;
  GantryEcho *progress = gantry_echo_new ();

  progress->running = TRUE;
  memcpy (progress->elapsed, self->progress->elapsed, sizeof progress->elapsed);
  progress->elapsed[step] = elapsed;
  progress->encrypted = self->progress->encrypted || step == GANTRY_STEP_TLS;
  gantry_record_unref (self->progress);
  self->progress = progress;
  g_signal_emit (self, changed_signal, 0);
}

static void
gantry_node_item_finalize (GObject *object)
{
  GantryNodeItem *self = GANTRY_NODE_ITEM (object);

  g_clear_object (&self->running);
  g_clear_pointer (&self->progress, gantry_record_unref);
  g_clear_pointer (&self->node, gantry_record_unref);
  g_clear_pointer (&self->echo, gantry_record_unref);
  g_clear_pointer (&self->health, gantry_record_unref);
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
      g_clear_pointer (&self->health, gantry_record_unref);
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
  g_signal_emit (self, changed_signal, 0);
}

gboolean
gantry_node_item_get_running (GantryNodeItem *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_ITEM (self), FALSE);

  return self->running != NULL;
}

GantryEcho *
gantry_node_item_get_progress (GantryNodeItem *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_ITEM (self), NULL);

  return self->progress;
}

GantryHealth *
gantry_node_item_get_health (GantryNodeItem *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_ITEM (self), NULL);

  return self->health;
}

void
gantry_node_item_set_health (GantryNodeItem *self, GantryHealth *health)
{
  g_return_if_fail (GANTRY_IS_NODE_ITEM (self));
  g_return_if_fail (health->node_id == self->node->id);

  gantry_record_ref (health);
  gantry_record_unref (self->health);
  self->health = health;
  /* An answer that the window got itself is as good, and may be newer than what is written down. */
  if (health->last != NULL && (self->echo == NULL || health->last->started > self->echo->started))
    gantry_node_item_set_echo (self, health->last);
  else
    g_signal_emit (self, changed_signal, 0);
}

gint64
gantry_node_item_get_since (GantryNodeItem *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_ITEM (self), 0);

  if (self->echo == NULL)
    return 0;
  if (self->health != NULL && self->health->last != NULL
      && self->health->last->ok == self->echo->ok)
    return self->health->since;
  return self->echo->started;
}

void
gantry_node_item_echo (GantryNodeItem *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_NODE_ITEM (self));

  if (self->running != NULL)
    return;
  self->running = g_cancellable_new ();
  self->progress = gantry_echo_new ();
  self->progress->running = TRUE;
  g_signal_emit (self, changed_signal, 0);
  gantry_engine_echo_async (engine, self->node, on_passed, self->running, on_echo,
                            g_object_ref (self));
}

void
gantry_node_item_cancel (GantryNodeItem *self)
{
  g_return_if_fail (GANTRY_IS_NODE_ITEM (self));

  g_cancellable_cancel (self->running);
}
