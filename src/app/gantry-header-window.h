/* gantry-header-window.h - what the objects of a received study say in their elements
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_HEADER_WINDOW (gantry_header_window_get_type ())
G_DECLARE_FINAL_TYPE (GantryHeaderWindow, gantry_header_window, GANTRY, HEADER_WINDOW, AdwWindow)

/* Shows the first object of the study; the others are a button away. @parent: (nullable) */
void gantry_header_window_present (GtkWindow *parent, GantryEngine *engine, gint64 study_id);

G_END_DECLS
