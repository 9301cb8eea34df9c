/* gantry-user-items.h - the user information of an A-ASSOCIATE PDU in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/**
 * gantry_user_items_describe:
 * @pdu: (nullable): an A-ASSOCIATE-RQ or -AC as on the wire; lengths that lie end the list
 *
 * One for each item of the user information (50H) in its order, also those that Gantry does not
 * use (PS3.7 D.3.3). Never the secret of a user identity. Any thread.
 *
 * Returns: (transfer full) (element-type GantryUserItem)
 */
GPtrArray *gantry_user_items_describe (GBytes *pdu);

G_END_DECLS
