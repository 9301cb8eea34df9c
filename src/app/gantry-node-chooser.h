/* gantry-node-chooser.h - asks for a node
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signal "chosen" (GantryNode *): once at most, then it closes.
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODE_CHOOSER (gantry_node_chooser_get_type ())
G_DECLARE_FINAL_TYPE (GantryNodeChooser, gantry_node_chooser, GANTRY, NODE_CHOOSER, AdwWindow)

/**
 * gantry_node_chooser_present:
 * @widget: in whose window's front it is
 * @explanation: what is going to happen, a sentence
 * @not_first: a node that is not meant, most likely; it can still be chosen
 *
 * Returns: (transfer none): the dialog, for the signal
 */
GantryNodeChooser *gantry_node_chooser_present (GtkWidget *widget,
                                                GantryEngine *engine,
                                                const char *explanation,
                                                gint64 not_first);

G_END_DECLS
