/* gantry-node-item.h - a node in the window: what is saved, and how its last echo went
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODE_ITEM (gantry_node_item_get_type ())
G_DECLARE_FINAL_TYPE (GantryNodeItem, gantry_node_item, GANTRY, NODE_ITEM, GObject)

/* Signal "changed": node, echo or running changed. */
GantryNodeItem *gantry_node_item_new (GantryNode *node);

GantryNode *gantry_node_item_get_node (GantryNodeItem *self);
/* Another address makes the last echo a thing of the past. */
void gantry_node_item_set_node (GantryNodeItem *self, GantryNode *node);

/* Returns: (transfer none) (nullable): the last answer */
GantryEcho *gantry_node_item_get_echo (GantryNodeItem *self);
void gantry_node_item_set_echo (GantryNodeItem *self, GantryEcho *echo);
gboolean gantry_node_item_get_running (GantryNodeItem *self);
/* When the first of the failures that have not ended yet was, 0: the last echo was good. */
gint64 gantry_node_item_get_failing_since (GantryNodeItem *self);

/* Does nothing while one is running. */
void gantry_node_item_echo (GantryNodeItem *self, GantryEngine *engine);
void gantry_node_item_cancel (GantryNodeItem *self);

G_END_DECLS
