/* gantry-association-details.h - what was negotiated in one association, and what came
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_ASSOCIATION_DETAILS (gantry_association_details_get_type ())
G_DECLARE_FINAL_TYPE (
    GantryAssociationDetails, gantry_association_details, GANTRY, ASSOCIATION_DETAILS, AdwBin)

void gantry_association_details_set_engine (GantryAssociationDetails *self, GantryEngine *engine);

/* Shows @record, and asks the engine for its contexts and objects; again for the same association:
 * looks what is new. %NULL: nothing, and asks nothing more. */
void gantry_association_details_show (GantryAssociationDetails *self,
                                      const GantryAssociationRecord *record);

/* What stands in the header: "OLDBOX from old.example (10.0.0.77:51234)", "OFFIS_DCMTK_367 · PDU
 * 16,384" */
char *gantry_association_details_format_title (const GantryAssociationRecord *record);
char *gantry_association_details_format_subtitle (const GantryAssociationRecord *record);

/* The stack with the contexts and the objects, for a switcher. */
GtkStack *gantry_association_details_get_stack (GantryAssociationDetails *self);

G_END_DECLS
