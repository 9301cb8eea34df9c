/* gantry-node-swatch.h - the colour of a node, as a mark beside its name
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colour's name is its tooltip and what is read aloud. Without a colour it takes no room.
 */
#pragma once

#include <adwaita.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODE_SWATCH (gantry_node_swatch_get_type ())
G_DECLARE_FINAL_TYPE (GantryNodeSwatch, gantry_node_swatch, GANTRY, NODE_SWATCH, AdwBin)

GtkWidget *gantry_node_swatch_new (void);
void gantry_node_swatch_set_color (GantryNodeSwatch *self, GantryNodeColor color);

/* "Blue", "None", translated. */
const char *gantry_node_swatch_get_name (GantryNodeColor color);

/* Has @row, of the type AdwComboRow, choose among all the colours, each with its name; the position
 * is the colour. */
void gantry_node_swatch_fill_row (AdwComboRow *row);

G_END_DECLS
