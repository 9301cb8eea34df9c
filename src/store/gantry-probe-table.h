/* gantry-probe-table.h - what nodes accepted when everything was proposed to them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Written on the core thread; the _list and _get functions on any connection.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_PROBES_KEPT 20 /* of one node: the oldest goes */

/* In a transaction of its own. Returns the id, -1 with @error, 0 when the node is not there any
 * more. */
gint64 gantry_probe_table_add (GantryDatabase *db, const GantryProbe *probe, GError **error);

/* (element-type GantryProbe), newest first, without contexts; @node_id 0: of every node */
GPtrArray *gantry_probe_table_list (GantryDatabase *db, gint64 node_id, GError **error);
/* (transfer full): whole; NULL when there is none */
GantryProbe *gantry_probe_table_get (GantryDatabase *db, gint64 id, GError **error);

G_END_DECLS
