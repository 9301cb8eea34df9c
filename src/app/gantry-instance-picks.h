/* gantry-instance-picks.h - what is selected in the list of a job's instances, for who acts on it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A few rows are looked at where they are; of many the engine is asked, which knows them by where
 * they are in the list. Main thread only.
 */
#pragma once

#include "gantry-bulk-selection.h"
#include "gantry-engine.h"

G_BEGIN_DECLS

/* Where the list comes from; nothing of it is kept longer than the call. */
typedef struct
{
  GantryEngine *engine;
  gint64 job_id;
  GantryInstanceFilter filter;
  GantryBulkSelection *selection; /* of #GantryPagedItem over #GantryJobInstance */
} GantryInstancePicks;

/* Returns: (transfer full) (nullable): the records of the selected rows; %NULL when they are not
 * all in memory */
GPtrArray *gantry_instance_picks_get_records (GantryBulkSelection *selection);

/* Which of @outcomes (1 << GantryOutcome, or'ed) there are among them; finish with
 * gantry_engine_find_outcomes_finish(). */
void gantry_instance_picks_find_outcomes_async (const GantryInstancePicks *picks,
                                                guint outcomes,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data);

/* What is selected now as what a command takes. Fails when a long selection is not
 * all of a list that has changed by then. */
void gantry_instance_picks_resolve_async (const GantryInstancePicks *picks,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
/**
 * gantry_instance_picks_resolve_finish:
 * @selection: (out): its ids live as long as @result
 * @n: (out): how many instances that are
 */
gboolean gantry_instance_picks_resolve_finish (GAsyncResult *result,
                                               GantrySelection *selection,
                                               guint64 *n,
                                               GError **error);

G_END_DECLS
