/* gantry-adaptive-box.h - children side by side where there is room, above each other where not
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Properties: "threshold", the width in pixels from which on the children are in one line;
 * "spacing" between columns; "row-spacing" between rows; "homogeneous": columns of one width. Its
 * own minimum width is that of the column, so a window can always be made narrow. For templates.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_ADAPTIVE_BOX (gantry_adaptive_box_get_type ())
G_DECLARE_FINAL_TYPE (GantryAdaptiveBox, gantry_adaptive_box, GANTRY, ADAPTIVE_BOX, GtkWidget)

G_END_DECLS
