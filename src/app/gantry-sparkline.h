/* gantry-sparkline.h - the last round trips of a node as bars; those that were lost hang below
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_SPARKLINE (gantry_sparkline_get_type ())
G_DECLARE_FINAL_TYPE (GantrySparkline, gantry_sparkline, GANTRY, SPARKLINE, GtkWidget)

/* @health: (nullable). The newest is at the end of the line, whose places stay where they are. */
void gantry_sparkline_set_health (GantrySparkline *self, GantryHealth *health);

/* Returns: (transfer full): "60 echoes, 2 lost, 12 ms on average"; "" when there were none */
char *gantry_sparkline_describe (const GantryHealth *health);

G_END_DECLS
