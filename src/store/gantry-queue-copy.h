/* gantry-queue-copy.h - the instances of a job once more for another one, some at a time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On the core thread, inside its transactions.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* The studies and series of the job @from, without instances. Those that nothing is copied to are
 * for gantry_catalog_prune() afterwards. */
gboolean gantry_queue_copy_catalog (GantryDatabase *db, gint64 from, gint64 to, GError **error);

/* The next @limit instances of the job @from behind @after end with @last; @n: (out): how many
 * there are of them */
gboolean gantry_queue_copy_find_last (GantryDatabase *db,
                                      gint64 from,
                                      gint64 after,
                                      guint limit,
                                      gint64 *last,
                                      guint *n,
                                      GError **error);

/* Of these those that are selected. They wait, whatever became of them. */
gboolean gantry_queue_copy_some (GantryDatabase *db,
                                 gint64 from,
                                 gint64 to,
                                 gint64 study_id,
                                 gint64 series_id,
                                 gint64 after,
                                 gint64 last,
                                 GError **error);
/* All instances of a study or series, without looking at others. */
gboolean gantry_queue_copy_series (
    GantryDatabase *db, gint64 from, gint64 to, gint64 study_id, gint64 series_id, GError **error);
/* What is of the studies of @to leaves the draft @from for it: all, with @last %G_MAXINT64, or what
 * is between the two. */
gboolean gantry_queue_copy_move (
    GantryDatabase *db, gint64 from, gint64 to, gint64 after, gint64 last, GError **error);
/* @ids: a JSON array */
gboolean
gantry_queue_copy_ids (GantryDatabase *db, gint64 from, gint64 to, const char *ids, GError **error);

G_END_DECLS
