/* gantry-watch-bar.h - the switch that has all nodes asked again and again, and how often
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_WATCH_BAR (gantry_watch_bar_get_type ())
G_DECLARE_FINAL_TYPE (GantryWatchBar, gantry_watch_bar, GANTRY, WATCH_BAR, AdwBin)

/* From now on the engine watches as the settings say, also when they change. Keeps a reference. */
void gantry_watch_bar_set_engine (GantryWatchBar *self, GantryEngine *engine);

G_END_DECLS
