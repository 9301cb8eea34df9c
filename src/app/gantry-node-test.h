/* gantry-node-test.h - asks a node that is not saved, and shows where it broke
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Its button is for the action node.test of whatever it is in.
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODE_TEST (gantry_node_test_get_type ())
G_DECLARE_FINAL_TYPE (GantryNodeTest, gantry_node_test, GANTRY, NODE_TEST, AdwBin)

/* Asks @node, whose id is 0 so that nothing is remembered of the answer. Ends what still runs. */
void gantry_node_test_start (GantryNodeTest *self, GantryEngine *engine, GantryNode *node);
gboolean gantry_node_test_is_running (GantryNodeTest *self);

/* Ends what runs; what was found out stays in sight. */
void gantry_node_test_cancel (GantryNodeTest *self);

/* The same, and what is shown goes: it is of another address. */
void gantry_node_test_forget (GantryNodeTest *self);

G_END_DECLS
