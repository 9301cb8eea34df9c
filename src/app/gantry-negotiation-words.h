/* gantry-negotiation-words.h - what both sides said when an association was negotiated, in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-facts-view.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* One item of extended negotiation (PS3.4 B.3.1, PS3.7 D.3.3.6) as a sentence. */
char *gantry_extended_describe (const GantryExtended *extended);

/* A maximum length of PS3.8 D.1: "16,384 bytes", or "no limit" for 0. Returns: (transfer full) */
char *gantry_pdu_size_describe (guint32 size);

/* Fills @view with PDU sizes, user information and extended negotiation of @record. */
void gantry_negotiation_show (GantryFactsView *view, const GantryAssociationRecord *record);

G_END_DECLS
