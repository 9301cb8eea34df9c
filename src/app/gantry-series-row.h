/* gantry-series-row.h - a series in the staged list, with its picture
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_SERIES_ROW (gantry_series_row_get_type ())
G_DECLARE_FINAL_TYPE (GantrySeriesRow, gantry_series_row, GANTRY, SERIES_ROW, AdwBin)

GtkWidget *gantry_series_row_new (void);
/* Asks @engine for the picture unless it is the one that is shown already. */
void
gantry_series_row_show (GantrySeriesRow *self, GantryEngine *engine, const GantrySeries *series);

G_END_DECLS
