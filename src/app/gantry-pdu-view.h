/* gantry-pdu-view.h - the PDUs of a negotiation, octet by octet
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_PDU_VIEW (gantry_pdu_view_get_type ())
G_DECLARE_FINAL_TYPE (GantryPduView, gantry_pdu_view, GANTRY, PDU_VIEW, AdwBin)

/* @record: (nullable) */
void gantry_pdu_view_show (GantryPduView *self, const GantryAssociationRecord *record);

/* Sixteen octets a line with their offset and, where they are ASCII, as text. Pure. */
char *gantry_hex_format (GBytes *bytes);

G_END_DECLS
