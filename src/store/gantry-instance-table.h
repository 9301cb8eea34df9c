/* gantry-instance-table.h - the instances of a job, as they are looked at
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any thread, on a connection of its own. The order is that of sending, which is that of the ids.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* (element-type GantryJobInstance); @total: of the job. As fast at the end of a million as at its
 * beginning, unless its ids have gaps: then an index is counted, which takes some 20 ms. */
GPtrArray *gantry_instance_table_list (
    GantryDatabase *db, gint64 job, guint offset, guint limit, guint *total, GError **error);

/* TRUE ends a search. */
typedef gboolean (*GantryInstanceStop) (gpointer user_data);

/**
 * gantry_instance_table_find:
 * @stop: (nullable): asked every few hundred rows
 *
 * Returns: (element-type gint64): the ids of the instances that match, in order. With text every
 *   row of the job is looked at. %NULL with @error; %G_IO_ERROR_CANCELLED after @stop
 */
GArray *gantry_instance_table_find (GantryDatabase *db,
                                    gint64 job,
                                    const GantryInstanceFilter *filter,
                                    GantryInstanceStop stop,
                                    gpointer user_data,
                                    GError **error);

/* (element-type GantryJobInstance): those of @ids that are still there */
GPtrArray *
gantry_instance_table_get (GantryDatabase *db, const gint64 *ids, gsize n_ids, GError **error);

/* The id of the instance at @offset; one behind all of them when there is none. */
gint64 gantry_instance_table_get_id (GantryDatabase *db, gint64 job, guint offset);

/**
 * gantry_instance_table_has:
 * @outcome: GANTRY_N_OUTCOMES: any for which trying again may help
 * @first, @last: ids, both included
 * @ids: (nullable): in order; only these count
 * @has: (out): whether there is an instance with that outcome
 */
gboolean gantry_instance_table_has (GantryDatabase *db,
                                    gint64 job,
                                    GantryOutcome outcome,
                                    gint64 first,
                                    gint64 last,
                                    const gint64 *ids,
                                    gsize n_ids,
                                    gboolean *has,
                                    GError **error);

/* An instance with what a report says of it besides. */
typedef struct
{
  GantryJobInstance *instance;
  char *study_uid, *series_uid;
  gint64 modified; /* the file's, when it was staged */
} GantryInstanceRow;

/* (element-type GantryInstanceRow): the next ones behind the id @after */
GPtrArray *gantry_instance_table_next (
    GantryDatabase *db, gint64 job, gint64 after, guint limit, GError **error);

G_END_DECLS
