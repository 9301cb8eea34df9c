/* gantry-node-details.h - one node: its address, its last answer, what can be done with it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-node-item.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODE_DETAILS (gantry_node_details_get_type ())
G_DECLARE_FINAL_TYPE (GantryNodeDetails, gantry_node_details, GANTRY, NODE_DETAILS, AdwBin)

/* Its buttons use the actions node.echo, node.cancel, node.probe, node.copy, node.edit,
 * node.duplicate, node.delete and node.listen of whoever holds it. @item: (nullable) */
void gantry_node_details_set_item (GantryNodeDetails *self, GantryNodeItem *item);
/* Whether the receiver of this workstation is on: its own node cannot answer otherwise. */
void gantry_node_details_set_listening (GantryNodeDetails *self, gboolean listening);

G_END_DECLS
