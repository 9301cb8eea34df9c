/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-scenario-table.h"

GPtrArray *
gantry_scenario_table_list (GantryDatabase *db, GError **error)
{
  g_autoptr (GPtrArray) list = gantry_record_array_new ();
  GantryRows *rows = gantry_database_query (
      db, "SELECT name, words FROM scenarios ORDER BY name COLLATE NOCASE, name", "");

  while (gantry_rows_next (rows))
    g_ptr_array_add (
        list, gantry_named_scenario_new (gantry_rows_text (rows, 0), gantry_rows_text (rows, 1)));
  if (!gantry_rows_end (rows, error))
    return NULL;
  return g_steal_pointer (&list);
}

gboolean
gantry_scenario_table_put (GantryDatabase *db, const GantryNamedScenario *scenario, GError **error)
{
  return gantry_database_run (db, error,
                              "INSERT OR REPLACE INTO scenarios (name, words) VALUES (?, ?)", "ss",
                              scenario->name, scenario->words);
}

gboolean
gantry_scenario_table_remove (GantryDatabase *db, const char *name, GError **error)
{
  return gantry_database_run (db, error, "DELETE FROM scenarios WHERE name = ?", "s", name);
}
