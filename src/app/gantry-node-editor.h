/* gantry-node-editor.h - the dialog that makes or changes a node
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODE_EDITOR (gantry_node_editor_get_type ())
G_DECLARE_FINAL_TYPE (GantryNodeEditor, gantry_node_editor, GANTRY, NODE_EDITOR, AdwWindow)

/**
 * gantry_node_editor_new:
 * @parent: (nullable): the window that it belongs to
 * @engine: saves the node
 * @node: (nullable): what to start from; with the id 0 and %NULL a new node is made
 * @nodes: all nodes, #GantryNodeItem, whose names are taken
 *
 * Signal "saved" (gint64 id): the engine has it; the dialog closes itself.
 */
GtkWidget *gantry_node_editor_new (GtkWindow *parent,
                                   GantryEngine *engine,
                                   GantryNode *node,
                                   GListModel *nodes);

typedef enum
{
  GANTRY_NODE_FIELD_NAME,
  GANTRY_NODE_FIELD_AE_TITLE,
  GANTRY_NODE_FIELD_HOST,
  GANTRY_NODE_FIELD_PORT,
  GANTRY_NODE_FIELD_CALLING,
  GANTRY_N_NODE_FIELDS
} GantryNodeField;

/* For tests and whoever fills in the dialog from elsewhere. */
GtkEditable *gantry_node_editor_get_field (GantryNodeEditor *self, GantryNodeField field);
/* Returns: (transfer none) (nullable): the sentence below the field that the user sees now */
const char *gantry_node_editor_get_error (GantryNodeEditor *self, GantryNodeField field);
gboolean gantry_node_editor_get_valid (GantryNodeEditor *self);

G_END_DECLS
