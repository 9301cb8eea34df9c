/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-queue-selection.h"

#include "gantry-catalog.h"
#include "gantry-queue-change.h"
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

/* The studies and series of a job's owner, once more for another. Those that nothing is copied to
 * are pruned afterwards. */
static gboolean
copy_catalog (GantryDatabase *db, gint64 from, gint64 to, GError **error)
{
  return gantry_database_run (
             db, error,
             "INSERT INTO studies (owner, study_uid, patient_name, patient_id, birth_date, "
             "accession, description, study_date, changed) "
             "SELECT ?, study_uid, patient_name, patient_id, birth_date, accession, description, "
             "study_date, changed FROM studies WHERE owner = ? ORDER BY id",
             "ii", to, from)
         && gantry_database_run (
             db, error,
             "INSERT INTO series (study_id, series_uid, number, description, modality, "
             "sop_class_uid) "
             "SELECT copy.id, series_uid, number, series.description, modality, sop_class_uid "
             "FROM series JOIN studies AS original ON original.id = study_id "
             "JOIN studies AS copy ON copy.study_uid = original.study_uid "
             "AND copy.patient_id = original.patient_id "
             "WHERE original.owner = ? AND copy.owner = ? ORDER BY series.id",
             "ii", from, to);
}

/* Parameters 1 to 4 are the selection: job, study, series, and the ids of the instances as a JSON
 * array or NULL. Two conditions, so that a few instances are found by their ids in a job of a
 * million.
 */
#define SELECTION "iiis"
#define IN_PLACE                                                                                   \
  "job_id = ?1 AND ?4 IS NULL AND (?3 = 0 OR series_id = ?3) "                                     \
  "AND (?2 = 0 OR series_id IN (SELECT id FROM series WHERE study_id = ?2)) "
#define BY_ID                                                                                      \
  "id IN (SELECT value FROM json_each (?4)) AND job_id = ?1 AND ?2 IS NOT NULL AND ?3 IS NOT "     \
  "NULL "

#define COPY_INSTANCES                                                                             \
  "INSERT INTO instances (job_id, series_id, path, size, modified, status_changed, device, "       \
  "inode, "                                                                                        \
  "data_offset, sop_class_uid, sop_instance_uid, transfer_syntax, modality, image) "               \
  "SELECT ?5, new_series.id, path, size, modified, status_changed, device, inode, "                \
  "data_offset, i.sop_class_uid, sop_instance_uid, transfer_syntax, i.modality, image "            \
  "FROM instances AS i JOIN series AS old_series ON old_series.id = i.series_id "                  \
  "JOIN studies AS old_study ON old_study.id = old_series.study_id "                               \
  "JOIN studies AS new_study ON new_study.owner = ?5 "                                             \
  "AND new_study.study_uid = old_study.study_uid "                                                 \
  "AND new_study.patient_id = old_study.patient_id "                                               \
  "JOIN series AS new_series ON new_series.study_id = new_study.id "                               \
  "AND new_series.series_uid = old_series.series_uid "                                             \
  "WHERE i.id IN (SELECT id FROM instances WHERE "

gint64
gantry_queue_selection_copy (GantryDatabase *db,
                             const GantrySelection *selection,
                             const GantryNode *node,
                             gint64 now,
                             GError **error)
{
  g_autofree char *ids
      = selection->n_instances > 0
            ? gantry_database_list_ids (selection->instance_ids, selection->n_instances)
            : NULL;
  gint64 job;

  if (!gantry_database_run (db, error, "INSERT INTO jobs (state) VALUES (?)", "i",
                            (gint64)GANTRY_JOB_WAITING))
    return -1;
  job = gantry_database_last_id (db);
  if (!copy_catalog (db, selection->job_id, job, error)
      || !gantry_database_run (db, error,
                               ids != NULL ? COPY_INSTANCES BY_ID ") ORDER BY i.id"
                                           : COPY_INSTANCES IN_PLACE ") ORDER BY i.id",
                               SELECTION "i", selection->job_id, selection->study_id,
                               selection->series_id, ids, job)
      || !gantry_catalog_prune (db, job, error))
    return -1;

  if (gantry_database_get_int (db, 0, "SELECT waiting FROM jobs WHERE id = ?", "i", job) == 0)
    return gantry_queue_table_remove_job (db, job, error) ? 0 : -1;
  return gantry_queue_table_enqueue (db, job, node, now, error) ? job : -1;
}
