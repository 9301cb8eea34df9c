/* gantry-quick-look.h - the picture of a series, large
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_QUICK_LOOK (gantry_quick_look_get_type ())
G_DECLARE_FINAL_TYPE (GantryQuickLook, gantry_quick_look, GANTRY, QUICK_LOOK, AdwWindow)

/* Opens a window over that of @widget; Space and Escape close it. */
void gantry_quick_look_present (GtkWidget *widget, GantryEngine *engine, GantrySeries *series);

G_END_DECLS
