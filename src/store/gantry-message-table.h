/* gantry-message-table.h - the messages of incoming associations, in their order
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On the core thread, inside its transactions; _list on any connection.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-records.h"

G_BEGIN_DECLS

gboolean
gantry_message_table_add (GantryDatabase *db, const GantryMessage *message, GError **error);
GPtrArray *gantry_message_table_list (GantryDatabase *db,
                                      gint64 association_id,
                                      guint offset,
                                      guint limit,
                                      guint *total,
                                      GError **error);
/* Keeps the newest @max. */
gboolean gantry_message_table_prune (GantryDatabase *db, guint64 max, GError **error);

G_END_DECLS
