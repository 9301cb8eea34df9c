/* gantry-node-facts.h - what a node said of itself in its last answer, and the user's notes on it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODE_FACTS (gantry_node_facts_get_type ())
G_DECLARE_FINAL_TYPE (GantryNodeFacts, gantry_node_facts, GANTRY, NODE_FACTS, AdwBin)

/* Hides when there is nothing to say. @echo: (nullable): the last answer */
void gantry_node_facts_show (GantryNodeFacts *self, const GantryNode *node, const GantryEcho *echo);

G_END_DECLS
