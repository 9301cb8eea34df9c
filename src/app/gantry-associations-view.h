/* gantry-associations-view.h - the table of incoming associations, newest first, and their details
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_ASSOCIATIONS_VIEW (gantry_associations_view_get_type ())
G_DECLARE_FINAL_TYPE (
    GantryAssociationsView, gantry_associations_view, GANTRY, ASSOCIATIONS_VIEW, AdwBin)

void gantry_associations_view_set_engine (GantryAssociationsView *self, GantryEngine *engine);
/* An association is new or changed. */
void gantry_associations_view_update (GantryAssociationsView *self,
                                      GantryAssociationRecord *record);
/* The receiver changed, or its log was cleared. What the empty table advises depends on it. */
void gantry_associations_view_set_listening (GantryAssociationsView *self, gboolean listening);
/* Asks whether to forget the associations that are over, and does. */
void gantry_associations_view_clear (GantryAssociationsView *self);
/* Writes what the filter leaves; a toast says how it went. */
void gantry_associations_view_export (GantryAssociationsView *self,
                                      const char *path,
                                      GantryReportFormat format);

/* What is typed next narrows the list. */
void gantry_associations_view_focus_filter (GantryAssociationsView *self);

G_END_DECLS
