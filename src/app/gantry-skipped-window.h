/* gantry-skipped-window.h - the files that are not going to be sent, and why
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_SKIPPED_WINDOW (gantry_skipped_window_get_type ())
G_DECLARE_FINAL_TYPE (GantrySkippedWindow, gantry_skipped_window, GANTRY, SKIPPED_WINDOW, AdwWindow)

/* Opens a window over that of @widget. */
void gantry_skipped_window_present (GtkWidget *widget, GantryEngine *engine);

G_END_DECLS
