/* gantry-log-search.h - which associations of the log match a filter
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On any connection, one thread.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* TRUE: nobody waits for it any more. Asked often. */
typedef gboolean (*GantryLogStop) (gpointer user_data);

/* A filter that lets everything through. */
gboolean gantry_association_filter_is_empty (const GantryAssociationFilter *filter);

/**
 * gantry_log_search:
 * @totals: (nullable): filled in
 * @error: also %G_IO_ERROR_CANCELLED
 *
 * Returns: (element-type gint64): the ids, newest first
 */
GArray *gantry_log_search (GantryDatabase *db,
                           const GantryAssociationFilter *filter,
                           GantryAssociationTotals *totals,
                           GantryLogStop stop,
                           gpointer user_data,
                           GError **error);

#define GANTRY_LOG_NAMES_MAX 2000 /* of each kind */

/* What there is to search for in the log as it is. Looks at every row. */
GantryLogNames *gantry_log_list_names (GantryDatabase *db, GError **error);

G_END_DECLS
