/* gantry-association-tally.h - what came over an association of the receiver, in numbers and words
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/* Counts a message that has been answered, or never will be. @received: (nullable): what became of
 * its object; without a path it was not kept */
void gantry_association_tally (GantryAssociationRecord *record,
                               const GantryMessage *message,
                               const GantryReceived *received);

/* "2 stored", "12 stored, 1 of them with a warning, 3 refused", "Echo answered". */
char *gantry_association_summarise (const GantryAssociationRecord *record);
/* Whether that says more than why the association ended. */
gboolean gantry_association_has_summary (const GantryAssociationRecord *record);

G_END_DECLS
