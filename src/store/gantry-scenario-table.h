/* gantry-scenario-table.h - ways in which the receiver misbehaves on purpose, kept by name
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Written on the core thread; the _list function on any connection.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* (element-type GantryNamedScenario), by name */
GPtrArray *gantry_scenario_table_list (GantryDatabase *db, GError **error);

/* Adds it, or takes the place of what has its name. */
gboolean
gantry_scenario_table_put (GantryDatabase *db, const GantryNamedScenario *scenario, GError **error);
/* Also of one that is not there. */
gboolean gantry_scenario_table_remove (GantryDatabase *db, const char *name, GError **error);

G_END_DECLS
