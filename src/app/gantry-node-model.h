/* gantry-node-model.h - the saved nodes as the engine has them, and how they answer
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nodes that stay keep their item, and with it the answer to their last echo.
 */
#pragma once

#include "gantry-engine.h"
#include "gantry-node-item.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODE_MODEL (gantry_node_model_get_type ())
G_DECLARE_FINAL_TYPE (GantryNodeModel, gantry_node_model, GANTRY, NODE_MODEL, GObject)

/* Signals: "listed": the items are those of the nodes as they were just now; "failed" (sentence):
 * they could not be read. */
GantryNodeModel *gantry_node_model_new (void);

/* Once; asks for the nodes. */
void gantry_node_model_set_engine (GantryNodeModel *self, GantryEngine *engine);

/* Ends every question; nothing is told after it. */
void gantry_node_model_close (GantryNodeModel *self);

/* Returns: (transfer none): of GantryNodeItem, in the order in which they are shown */
GListModel *gantry_node_model_get_list (GantryNodeModel *self);

/* Asks anew, once more if it is being asked already. Nothing without an engine. */
void gantry_node_model_refresh (GantryNodeModel *self);

/* Returns: (transfer full) (nullable): the node's item. @position: (optional) */
GantryNodeItem *gantry_node_model_find (GantryNodeModel *self, gint64 id, guint *position);

/* News of a node. Returns: (transfer full) (nullable): its item */
GantryNodeItem *gantry_node_model_take_health (GantryNodeModel *self, GantryHealth *health);

void gantry_node_model_echo_all (GantryNodeModel *self);

G_END_DECLS
