/* gantry-node-item.h - a node in the window: what is saved, and how its last echo went
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODE_ITEM (gantry_node_item_get_type ())
G_DECLARE_FINAL_TYPE (GantryNodeItem, gantry_node_item, GANTRY, NODE_ITEM, GObject)

/* Signal "changed": node, echo, health or running changed. */
GantryNodeItem *gantry_node_item_new (GantryNode *node);

GantryNode *gantry_node_item_get_node (GantryNodeItem *self);
/* Another address makes the last echo a thing of the past. */
void gantry_node_item_set_node (GantryNodeItem *self, GantryNode *node);

/* Returns: (transfer none) (nullable): the last answer */
GantryEcho *gantry_node_item_get_echo (GantryNodeItem *self);
void gantry_node_item_set_echo (GantryNodeItem *self, GantryEcho *echo);
/* (transfer none) (nullable): the steps of the echo that is running, as far as they are passed */
GantryEcho *gantry_node_item_get_progress (GantryNodeItem *self);
gboolean gantry_node_item_get_running (GantryNodeItem *self);
/* Returns: (transfer none) (nullable): how it has answered lately, as the engine wrote it down */
GantryHealth *gantry_node_item_get_health (GantryNodeItem *self);
void gantry_node_item_set_health (GantryNodeItem *self, GantryHealth *health);
/* When it began to answer as it does now, or not to; 0: it was never asked. */
gint64 gantry_node_item_get_since (GantryNodeItem *self);

/* Does nothing while one is running. */
void gantry_node_item_echo (GantryNodeItem *self, GantryEngine *engine);
void gantry_node_item_cancel (GantryNodeItem *self);

G_END_DECLS
