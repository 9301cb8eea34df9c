/* gantry-probe-window.h - "What Does This Node Accept?": asks it, shows the matrix, compares
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"
#include "gantry-probe-grid.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_PROBE_WINDOW (gantry_probe_window_get_type ())
G_DECLARE_FINAL_TYPE (GantryProbeWindow, gantry_probe_window, GANTRY, PROBE_WINDOW, AdwWindow)

/* Shows the newest probe of @node that is kept; where there is none, it is asked at once.
 * @parent: (nullable) */
GtkWidget *gantry_probe_window_new (GtkWindow *parent, GantryEngine *engine, GantryNode *node);

/* Gets every event of the engine. */
void gantry_probe_window_handle_event (GantryProbeWindow *self, GantryEvent *event);

/* What is shown; for tests. */
GantryProbeGrid *gantry_probe_window_get_grid (GantryProbeWindow *self);
/* Writes what is shown to @path as its name ends: .csv, .json or .png. */
void gantry_probe_window_export_to (GantryProbeWindow *self, const char *path);

G_END_DECLS
