/* gantry-scenario-list.h - the ways to misbehave that are kept by name
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_SCENARIO_LIST (gantry_scenario_list_get_type ())
/* Signal "chosen" (const char *name, const char *words): a row was activated. */
G_DECLARE_FINAL_TYPE (GantryScenarioList, gantry_scenario_list, GANTRY, SCENARIO_LIST, AdwBin)

/* Lists what @engine keeps; once. */
void gantry_scenario_list_set_engine (GantryScenarioList *self, GantryEngine *engine);

/* Keeps the words under a name, in place of what had it. What is wrong is said above the list. */
void gantry_scenario_list_save (GantryScenarioList *self, const char *name, const char *words);

/* Says something above the list. @message: (nullable): nothing any more */
void gantry_scenario_list_tell (GantryScenarioList *self, const char *message);

G_END_DECLS
