/* gantry-studies-view.h - the table of received studies, the newest first, and their series
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_STUDIES_VIEW (gantry_studies_view_get_type ())
G_DECLARE_FINAL_TYPE (GantryStudiesView, gantry_studies_view, GANTRY, STUDIES_VIEW, AdwBin)

void gantry_studies_view_set_engine (GantryStudiesView *self, GantryEngine *engine);
/* Received studies changed. */
void gantry_studies_view_refresh (GantryStudiesView *self);
/* Where received objects are kept; "" when that is not known. */
void gantry_studies_view_set_directory (GantryStudiesView *self, const char *directory);
/* Shows the folder of the selected study, or of all of them, in the file manager. */
void gantry_studies_view_open_folder (GantryStudiesView *self);

/* What is typed next narrows the list. */
void gantry_studies_view_focus_filter (GantryStudiesView *self);

G_END_DECLS
