/* gantry-node-import-window.h - nodes that were found in a file or pasted, before they are saved
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODE_IMPORT_WINDOW (gantry_node_import_window_get_type ())
G_DECLARE_FINAL_TYPE (
    GantryNodeImportWindow, gantry_node_import_window, GANTRY, NODE_IMPORT_WINDOW, AdwWindow)

/**
 * gantry_node_import_window_new:
 * @parent: (nullable): the window that it belongs to
 * @nodes: (element-type GantryNode): all are chosen at first
 * @source: where they come from, as a sentence
 *
 * Saves the chosen ones and closes. One that cannot be saved stays, with the reason beside it.
 * Signal "added" (guint n): before it closes, so many were saved.
 */
GtkWidget *gantry_node_import_window_new (GtkWindow *parent,
                                          GantryEngine *engine,
                                          GPtrArray *nodes,
                                          const char *source);

G_END_DECLS
