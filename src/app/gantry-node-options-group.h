/* gantry-node-options-group.h - what is done differently for one node, and notes about it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODE_OPTIONS_GROUP (gantry_node_options_group_get_type ())
G_DECLARE_FINAL_TYPE (
    GantryNodeOptionsGroup, gantry_node_options_group, GANTRY, NODE_OPTIONS_GROUP, AdwBin)

/* Opens the part with the options when one of them is not as in the preferences. */
void gantry_node_options_group_set (GantryNodeOptionsGroup *self,
                                    const GantryNodeOptions *options,
                                    const char *notes);
GantryNodeOptions gantry_node_options_group_get (GantryNodeOptionsGroup *self);
/* Returns: (transfer full) */
char *gantry_node_options_group_get_notes (GantryNodeOptionsGroup *self);

G_END_DECLS
