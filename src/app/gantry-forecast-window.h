/* gantry-forecast-window.h - what a node would take of what is staged, before it is sent
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signal "send": the user has seen it and sends; the window closes by itself.
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_FORECAST_WINDOW (gantry_forecast_window_get_type ())
G_DECLARE_FINAL_TYPE (
    GantryForecastWindow, gantry_forecast_window, GANTRY, FORECAST_WINDOW, AdwWindow)

/* Asks @node about everything that is staged. Closing the window ends the question.
 * Returns: (transfer none): for the signal */
GantryForecastWindow *
gantry_forecast_window_present (GtkWidget *widget, GantryEngine *engine, GantryNode *node);

G_END_DECLS
