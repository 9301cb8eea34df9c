/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-queue-selection.h"

#include "gantry-catalog.h"
#include "gantry-queue-change.h"
#include "gantry-queue-copy.h"
#include "gantry-queue-table.h"

gboolean
gantry_queue_selection_settle (GantryDatabase *db,
                               gint64 job,
                               GantryOutcome outcome,
                               const char *message,
                               gboolean retryable,
                               gint64 now,
                               GArray *answered,
                               GError **error)
{
  const GantryQueueChange change = { .kind = GANTRY_QUEUE_CHANGE_SETTLE,
                                     .selection.job_id = job,
                                     .outcome = outcome,
                                     .message = message,
                                     .retryable = retryable,
                                     .now = now };

  return gantry_queue_change_write (db, &change, NULL, answered, error);
}

gboolean
gantry_queue_selection_cancel (GantryDatabase *db,
                               const GantrySelection *selection,
                               const char *message,
                               gint64 now,
                               GError **error)
{
  const GantryQueueChange cancel = { .kind = GANTRY_QUEUE_CHANGE_CANCEL,
                                     .selection = *selection,
                                     .outcome = GANTRY_OUTCOME_CANCELLED,
                                     .message = message,
                                     .now = now };
  const GantryQueueChange give_up
      = { .kind = GANTRY_QUEUE_CHANGE_GIVE_UP, .selection = *selection };

  return gantry_queue_change_write (db, &cancel, NULL, NULL, error)
         && gantry_queue_change_write (db, &give_up, NULL, NULL, error);
}

gboolean
gantry_queue_selection_retry (GantryDatabase *db,
                              const GantrySelection *selection,
                              guint *n,
                              GError **error)
{
  const GantryQueueChange change = { .kind = GANTRY_QUEUE_CHANGE_RETRY, .selection = *selection };

  return gantry_queue_change_write (db, &change, n, NULL, error);
}

gboolean
gantry_queue_selection_retry_retryable (GantryDatabase *db, gint64 job, GError **error)
{
  const GantryQueueChange change
      = { .kind = GANTRY_QUEUE_CHANGE_RETRY_RETRYABLE, .selection.job_id = job };

  return gantry_queue_change_write (db, &change, NULL, NULL, error);
}

/* ---- Copies --------------------------------------------------------------------------------- */

gint64
gantry_queue_selection_copy (GantryDatabase *db,
                             const GantrySelection *selection,
                             const GantryNode *node,
                             gint64 now,
                             GError **error)
{
  GantryQueueChange change = { .kind = GANTRY_QUEUE_CHANGE_COPY,
                               .selection = *selection,
                               .source = selection->job_id,
                               .now = now };
  gint64 job;
  guint n;

  if (!gantry_database_run (db, error, "INSERT INTO jobs (state) VALUES (?)", "i",
                            (gint64)GANTRY_JOB_WAITING))
    return -1;
  job = gantry_database_last_id (db);
  change.selection.job_id = job;
  if (!gantry_queue_copy_catalog (db, selection->job_id, job, error)
      || !gantry_queue_change_write (db, &change, &n, NULL, error))
    return -1;
  if (n == 0)
    return gantry_queue_table_remove_job (db, job, error) ? 0 : -1;
  /* What nothing is copied to is not known before all is there. */
  if (n != G_MAXUINT && !gantry_catalog_prune (db, job, error))
    return -1;
  return gantry_queue_table_enqueue (db, job, node, now, error) ? job : -1;
}
