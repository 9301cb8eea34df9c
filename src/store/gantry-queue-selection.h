/* gantry-queue-selection.h - what is done to some of a job's instances
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On the core thread, inside its transactions.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* These are written at once or step by step: see gantry-queue-change.h. */

/* What has no answer yet gets this one. @answered: (element-type gint64) (nullable): gets the ids
 */
gboolean gantry_queue_selection_settle (GantryDatabase *db,
                                        gint64 job,
                                        GantryOutcome outcome,
                                        const char *message,
                                        gboolean retryable,
                                        gint64 now,
                                        GArray *answered,
                                        GError **error);

/* What waits is cancelled. What has an answer keeps it, and is not tried again by itself. */
gboolean gantry_queue_selection_cancel (GantryDatabase *db,
                                        const GantrySelection *selection,
                                        const char *message,
                                        gint64 now,
                                        GError **error);

/* Everything that is neither stored, waiting nor being sent goes back to waiting. @n: (out): how
 * many do, %G_MAXUINT when that is not known yet */
gboolean gantry_queue_selection_retry (GantryDatabase *db,
                                       const GantrySelection *selection,
                                       guint *n,
                                       GError **error);

/* The same for what trying again can help, of the whole job. */
gboolean gantry_queue_selection_retry_retryable (GantryDatabase *db, gint64 job, GError **error);

/* A job for @node with copies of the instances, whatever became of them, written at once or step by
 * step. Returns its id, 0 when there are none, -1 with @error. */
gint64 gantry_queue_selection_copy (GantryDatabase *db,
                                    const GantrySelection *selection,
                                    const GantryNode *node,
                                    gint64 now,
                                    GError **error);

G_END_DECLS
