/* gantry-pdu-table.h - A-ASSOCIATE PDUs of the log, each different one once
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On the core thread, inside its transactions; _get_ on any connection.
 */
#pragma once

#include "gantry-database.h"

G_BEGIN_DECLS

#define GANTRY_PDUS_MAX (64u << 20) /* octets of all of them */

/* Returns: the id, 0 for no @pdu, or -1 with @error */
gint64 gantry_pdu_table_add (GantryDatabase *db, GBytes *pdu, GError **error);
/* @pdu: (out) (transfer full); NULL when it is not there (any more) */
gboolean gantry_pdu_table_get (GantryDatabase *db, gint64 id, GBytes **pdu, GError **error);
/* Drops those that no association names, and the oldest above GANTRY_PDUS_MAX. Reads the table. */
gboolean gantry_pdu_table_prune (GantryDatabase *db, guint64 max, GError **error);

G_END_DECLS
