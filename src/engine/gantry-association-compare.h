/* gantry-association-compare.h - what a caller does differently from the last time
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/**
 * gantry_association_compare:
 * @now: with its contexts
 * @before: an earlier association of the same caller, with its contexts
 *
 * Compares what was proposed and accepted, SOP class by SOP class whatever the numbers of the
 * contexts are, and what the caller says of itself. Any thread.
 *
 * Returns: (transfer full): a sentence for each difference; empty when there is none
 */
char **gantry_association_compare (const GantryAssociationRecord *now,
                                   const GantryAssociationRecord *before);

G_END_DECLS
