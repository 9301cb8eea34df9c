/* gantry-node-table.h - the saved remote nodes
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-database.h"
#include "gantry-records.h"

G_BEGIN_DECLS

GPtrArray *gantry_node_table_list (GantryDatabase *db, GError **error);

/* The node with that name (any case); NULL with @error %GANTRY_ERROR_ADDRESS when there is none. */
GantryNode *gantry_node_table_find (GantryDatabase *db, const char *name, GError **error);

/* Adds (id 0) or changes. Returns the id, or -1: %GANTRY_ERROR_BUSY when another node has the name.
 */
gint64 gantry_node_table_save (GantryDatabase *db, const GantryNode *node, GError **error);
gboolean gantry_node_table_remove (GantryDatabase *db, gint64 id, GError **error);

/* Makes or updates the entry of this workstation, which follows the receiver. @changed: whether
 * anything was written. */
gboolean gantry_node_table_set_self (GantryDatabase *db,
                                     const char *name,
                                     const char *ae_title,
                                     guint16 port,
                                     gboolean tls,
                                     gboolean *changed,
                                     GError **error);

G_END_DECLS
