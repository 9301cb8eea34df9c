/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-model.h"

struct _GantryNodeModel
{
  GObject parent_instance;

  GantryEngine *engine;  /* NULL: none yet */
  GListStore *items;     /* GantryNodeItem */
  GCancellable *closing; /* of every question */
  gboolean asking;
  gboolean ask_again; /* nodes changed while they were being asked for */
};

G_DEFINE_FINAL_TYPE (GantryNodeModel, gantry_node_model, G_TYPE_OBJECT)

enum
{
  SIGNAL_LISTED,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ---- Health --------------------------------------------------------------------------------- */

/* The answer to a question. Returns: (transfer full) (nullable): the records, or %NULL after a
 * failure that was told. */
static GPtrArray *
take_answer (GantryNodeModel *self, GObject *engine, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *records = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, &error);

  if (records == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
  return records;
}

static void
on_health (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryNodeModel) self = data;
  g_autoptr (GPtrArray) list = take_answer (self, object, result);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      GantryHealth *health = list->pdata[i];
      g_autoptr (GantryNodeItem) item = gantry_node_model_find (self, health->node_id, NULL);

      /* News that came meanwhile are newer. */
      if (item != NULL && gantry_node_item_get_health (item) == NULL)
        gantry_node_item_set_health (item, health);
    }
}

/* ---- Nodes ---------------------------------------------------------------------------------- */

static void
show_nodes (GantryNodeModel *self, GPtrArray *nodes)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  gboolean moved = n != nodes->len;

  for (guint i = 0; i < nodes->len; i++)
    {
      GantryNode *node = g_ptr_array_index (nodes, i);
      guint position = 0;
      GantryNodeItem *item = gantry_node_model_find (self, node->id, &position);

      if (item != NULL)
        gantry_node_item_set_node (item, node);
      else
        item = gantry_node_item_new (node);
      moved |= position != i;
      g_ptr_array_add (items, item);
    }
  if (moved)
    g_list_store_splice (self->items, 0, n, items->pdata, items->len);
  g_signal_emit (self, signals[SIGNAL_LISTED], 0);
}

static void
on_nodes (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryNodeModel) self = data;
  g_autoptr (GPtrArray) nodes = take_answer (self, object, result);

  self->asking = FALSE;
  if (nodes != NULL && self->engine != NULL)
    {
      show_nodes (self, nodes);
      gantry_engine_list_health_async (self->engine, self->closing, on_health, g_object_ref (self));
    }
  if (self->ask_again)
    gantry_node_model_refresh (self);
}

/* ---- The class ------------------------------------------------------------------------------ */

static void
gantry_node_model_finalize (GObject *object)
{
  GantryNodeModel *self = GANTRY_NODE_MODEL (object);

  g_object_unref (self->closing);
  g_object_unref (self->items);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_node_model_parent_class)->finalize (object);
}

static void
gantry_node_model_class_init (GantryNodeModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gantry_node_model_finalize;

  signals[SIGNAL_LISTED] = g_signal_new ("listed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gantry_node_model_init (GantryNodeModel *self)
{
  self->items = g_list_store_new (GANTRY_TYPE_NODE_ITEM);
  self->closing = g_cancellable_new ();
}

GantryNodeModel *
gantry_node_model_new (void)
{
  return g_object_new (GANTRY_TYPE_NODE_MODEL, NULL);
}

void
gantry_node_model_set_engine (GantryNodeModel *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_NODE_MODEL (self));
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  gantry_node_model_refresh (self);
}

void
gantry_node_model_close (GantryNodeModel *self)
{
  g_return_if_fail (GANTRY_IS_NODE_MODEL (self));

  g_cancellable_cancel (self->closing);
  g_clear_object (&self->engine);
}

GListModel *
gantry_node_model_get_list (GantryNodeModel *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_MODEL (self), NULL);

  return G_LIST_MODEL (self->items);
}

void
gantry_node_model_refresh (GantryNodeModel *self)
{
  g_return_if_fail (GANTRY_IS_NODE_MODEL (self));

  self->ask_again = self->asking;
  if (self->asking || self->engine == NULL)
    return;
  self->asking = TRUE;
  gantry_engine_list_nodes_async (self->engine, self->closing, on_nodes, g_object_ref (self));
}

GantryNodeItem *
gantry_node_model_find (GantryNodeModel *self, gint64 id, guint *position)
{
  g_return_val_if_fail (GANTRY_IS_NODE_MODEL (self), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++)
    {
      g_autoptr (GantryNodeItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      if (gantry_node_item_get_node (item)->id != id)
        continue;
      if (position != NULL)
        *position = i;
      return g_steal_pointer (&item);
    }
  return NULL;
}

GantryNodeItem *
gantry_node_model_take_health (GantryNodeModel *self, GantryHealth *health)
{
  GantryNodeItem *item;

  g_return_val_if_fail (GANTRY_IS_NODE_MODEL (self), NULL);

  item = gantry_node_model_find (self, health->node_id, NULL);
  if (item != NULL)
    gantry_node_item_set_health (item, health);
  return item;
}

void
gantry_node_model_echo_all (GantryNodeModel *self)
{
  g_return_if_fail (GANTRY_IS_NODE_MODEL (self));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++)
    {
      g_autoptr (GantryNodeItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      gantry_node_item_echo (item, self->engine);
    }
}
