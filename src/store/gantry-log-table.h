/* gantry-log-table.h - incoming associations, their contexts and PDUs; small facts
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-database.h"
#include "gantry-instance.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* The id that the next association may take; -1 with @error. */
gint64 gantry_log_table_next_association (GantryDatabase *db, GError **error);
/* With its contexts and PDUs. */
gboolean gantry_log_table_add_association (GantryDatabase *db,
                                           const GantryAssociationRecord *record,
                                           GError **error);
/* What changes while it is open, and at its end. */
gboolean gantry_log_table_update_association (GantryDatabase *db,
                                              const GantryAssociationRecord *record,
                                              GError **error);
/* Associations that were open when the program ended in a hurry. */
gboolean
gantry_log_table_recover (GantryDatabase *db, const char *result, gint64 now, GError **error);

/* Those that are over are no longer listed; their rows go with gantry_log_table_sweep(). */
gboolean gantry_log_table_clear (GantryDatabase *db, GError **error);
/* Keeps the newest of them, and of what came without being kept among the newest @messages that
 * came; of these a number at a time. */
gboolean
gantry_log_table_limit (GantryDatabase *db, guint64 associations, guint64 messages, GError **error);

/* Where a sweep is; all 0 to begin with. */
typedef struct
{
  gint64 association; /* the one that is being removed */
  gint64 after;       /* what it has brought was looked at as far as this row */
} GantryLogSweep;

/* Removes about @rows of what is no longer listed, with what only tells that something came;
 * @more: (out): there is more of it */
gboolean gantry_log_table_sweep (
    GantryDatabase *db, guint rows, GantryLogSweep *at, gboolean *more, GError **error);
/* Of an association that stays. */
gboolean
gantry_log_table_forget_contexts (GantryDatabase *db, gint64 association_id, GError **error);

/* Newest first, without contexts. */
GPtrArray *gantry_log_table_list_associations (
    GantryDatabase *db, guint offset, guint limit, guint *total, GError **error);
/* (element-type GantryAssociationRecord): those of @ids that are there, in that order */
GPtrArray *gantry_log_table_get_associations (GantryDatabase *db,
                                              const gint64 *ids,
                                              gsize n_ids,
                                              GError **error);
/* Of everything that is listed. */
gboolean gantry_log_table_sum (GantryDatabase *db, GantryAssociationTotals *totals, GError **error);
/* With its contexts and PDUs. @error: also %G_IO_ERROR_NOT_FOUND */
GantryAssociationRecord *
gantry_log_table_get_association (GantryDatabase *db, gint64 id, GError **error);
/* The last good one of the same caller (AE title and host) before: released in order, with contexts
 * accepted and everything done that was asked; something stored, but for one that was for an echo
 * only, as @record then has to be. One in which no class of @record's was refused goes before the
 * others. 0: none */
gint64 gantry_log_table_find_before (GantryDatabase *db, const GantryAssociationRecord *record);

/* Small facts about the profile. @value: (out) (transfer full) (nullable) */
gboolean
gantry_log_table_get_fact (GantryDatabase *db, const char *name, char **value, GError **error);
gboolean
gantry_log_table_set_fact (GantryDatabase *db, const char *name, const char *value, GError **error);

G_END_DECLS
