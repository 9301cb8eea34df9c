/* gantry-extended.h - SOP Class Extended Negotiation for storage, as it is put on the wire
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 56H (PS3.7 D.3.3.5, PS3.4 B.3.1) says how well either side keeps what it is sent, 57H (PS3.7
 * D.3.3.6) that a SOP class is one of storage, and which more general ones its objects also fit.
 * dcmnet cannot write the latter, so both are put into its PDU on the way out. Reading them is
 * gantry-pdu.h's. Any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gantry_extended_propose:
 * @contexts: (element-type GantryContext): what is going to be proposed
 *
 * One 56H and one 57H for each SOP class of storage: those that the standard names as such, and
 * those that it does not name, which nobody would propose here but to send objects of them.
 *
 * Returns: (transfer full): the items one after the other; empty when there are none
 */
GBytes *gantry_extended_propose (GPtrArray *contexts);

/**
 * gantry_extended_answer:
 * @contexts: (element-type GantryContext): the accepted ones
 * @proposed: (element-type GantryExtended): of the A-ASSOCIATE-RQ
 *
 * Returns: (transfer full): a 56H for each accepted SOP class of storage of which the requestor
 *   sent one
 */
GBytes *gantry_extended_answer (GPtrArray *contexts, GPtrArray *proposed);

/**
 * gantry_extended_add_items:
 * @pdu: an A-ASSOCIATE-RQ or -AC that is all right
 * @items: for the end of its user information
 *
 * Items for which that has no room (its length has 16 bits) are left out: an association without
 * them is better than none.
 *
 * Returns: (transfer full): the PDU with the items, and with both lengths mended
 */
GBytes *gantry_extended_add_items (const guint8 *pdu, gsize length, GBytes *items);

G_END_DECLS
