/* gantry-node-row.h - a node in the list: whether it answers and since when, its name, its last
 * echoes SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-node-item.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODE_ROW (gantry_node_row_get_type ())
G_DECLARE_FINAL_TYPE (GantryNodeRow, gantry_node_row, GANTRY, NODE_ROW, GtkListBoxRow)

GtkWidget *gantry_node_row_new (GantryNodeItem *item);
GantryNodeItem *gantry_node_row_get_item (GantryNodeRow *self);

G_END_DECLS
