/* gantry-health-table.h - how the saved nodes have answered lately
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Written on the core thread; the _list and _get functions on any connection.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* Writes down what an echo of @node found out, in a transaction of its own. @noted is %FALSE, and
 * nothing was written, when the node was removed or is asked in another way meanwhile: at another
 * address, under another name of ours, encrypted or not. */
gboolean gantry_health_table_add (GantryDatabase *db,
                                  const GantryNode *node,
                                  const GantryEcho *echo,
                                  gboolean *noted,
                                  GError **error);

/* (transfer full): of a node that was asked, else NULL */
GantryHealth *gantry_health_table_get (GantryDatabase *db, gint64 node_id, GError **error);
/* (element-type GantryHealth) */
GPtrArray *gantry_health_table_list (GantryDatabase *db, GError **error);

G_END_DECLS
