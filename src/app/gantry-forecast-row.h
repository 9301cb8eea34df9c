/* gantry-forecast-row.h - what a node would do with the objects of one SOP class and syntax
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_FORECAST_ROW (gantry_forecast_row_get_type ())
G_DECLARE_FINAL_TYPE (GantryForecastRow, gantry_forecast_row, GANTRY, FORECAST_ROW, AdwBin)

GtkWidget *gantry_forecast_row_new (void);
void gantry_forecast_row_show (GantryForecastRow *self, const GantryForecast *forecast);

/* Returns: (transfer full): the row read aloud */
char *gantry_forecast_describe (const GantryForecast *forecast);
/* Returns: (transfer full): (element-type GantryForecast) in a sentence: "412 of 415 objects will
 * be taken as they are, 2 converted, 1 refused." */
char *gantry_forecast_summarize (GPtrArray *forecasts);
/* Returns: how many objects that are of one kind */
guint64 gantry_forecast_count (GPtrArray *forecasts, GantryForecastKind kind);

G_END_DECLS
