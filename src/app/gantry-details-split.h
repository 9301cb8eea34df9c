/* gantry-details-split.h - a table, and below it the details of what is selected in it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where there is no room for both (below 600 pixels) the details take the table's place, with a
 * button that goes back.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_DETAILS_SPLIT (gantry_details_split_get_type ())
G_DECLARE_FINAL_TYPE (GantryDetailsSplit, gantry_details_split, GANTRY, DETAILS_SPLIT, GtkWidget)

/* Properties, for templates: "content" (the table), "details", "tools" (at the end of the details'
 * header), "narrow" (readable), "open". The action details.close, Escape and the button in the
 * header close the details. */
void gantry_details_split_set_open (GantryDetailsSplit *self, gboolean open);
gboolean gantry_details_split_get_open (GantryDetailsSplit *self);
gboolean gantry_details_split_get_narrow (GantryDetailsSplit *self);

/* Plain text, the header of the details. */
void
gantry_details_split_set_header (GantryDetailsSplit *self, const char *title, const char *subtitle);

G_END_DECLS
