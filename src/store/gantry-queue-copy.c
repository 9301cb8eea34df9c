/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-queue-copy.h"

gboolean
gantry_queue_copy_catalog (GantryDatabase *db, gint64 from, gint64 to, GError **error)
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

gboolean
gantry_queue_copy_find_last (GantryDatabase *db,
                             gint64 from,
                             gint64 after,
                             guint limit,
                             gint64 *last,
                             guint *n,
                             GError **error)
{
  GantryRows *rows = gantry_database_query (
      db,
      "SELECT count (*), max (id) FROM (SELECT id FROM instances INDEXED BY instances_by_job WHERE "
      "job_id = ? AND id > ? ORDER BY id LIMIT ?)",
      "iii", from, after, (gint64)limit);

  *n = 0;
  *last = 0;
  if (gantry_rows_next (rows))
    {
      *n = (guint)gantry_rows_int (rows, 0);
      *last = gantry_rows_int (rows, 1);
    }
  return gantry_rows_end (rows, error);
}

/* Parameters 1 and 2 are the jobs, 3 and 4 the study and the series. */
#define COPY_INSTANCES                                                                             \
  "INSERT INTO instances (job_id, series_id, path, size, modified, status_changed, device, "       \
  "inode, data_offset, sop_class_uid, "                                                            \
  "sop_instance_uid, transfer_syntax, modality, image) "                                           \
  "SELECT ?2, new_series.id, path, size, modified, status_changed, device, inode, data_offset, "   \
  "i.sop_class_uid, "                                                                              \
  "sop_instance_uid, transfer_syntax, i.modality, image "                                          \
  "FROM instances AS i JOIN series AS old_series ON old_series.id = i.series_id "                  \
  "JOIN studies AS old_study ON old_study.id = old_series.study_id "                               \
  "JOIN studies AS new_study ON new_study.owner = ?2 "                                             \
  "AND new_study.study_uid = old_study.study_uid "                                                 \
  "AND new_study.patient_id = old_study.patient_id "                                               \
  "JOIN series AS new_series ON new_series.study_id = new_study.id "                               \
  "AND new_series.series_uid = old_series.series_uid "                                             \
  "WHERE i.id IN (SELECT id FROM instances WHERE "

gboolean
gantry_queue_copy_some (GantryDatabase *db,
                        gint64 from,
                        gint64 to,
                        gint64 study_id,
                        gint64 series_id,
                        gint64 after,
                        gint64 last,
                        GError **error)
{
  return gantry_database_run (
      db, error,
      COPY_INSTANCES
      "job_id = ?1 AND id > ?5 AND id <= ?6 AND (?4 = 0 OR series_id = ?4) AND (?3 = "
      "0 OR series_id IN (SELECT id FROM series WHERE study_id = ?3))) ORDER BY i.id",
      "iiiiii", from, to, study_id, series_id, after, last);
}

gboolean
gantry_queue_copy_series (
    GantryDatabase *db, gint64 from, gint64 to, gint64 study_id, gint64 series_id, GError **error)
{
  return gantry_database_run (
      db, error,
      COPY_INSTANCES "series_id IN (SELECT id FROM series WHERE id = ?4 AND ?3 IN (0, study_id) "
                     "UNION SELECT id FROM series WHERE study_id = ?3 AND ?4 = 0) AND job_id = ?1) "
                     "ORDER BY i.id",
      "iiii", from, to, study_id, series_id);
}

#define MOVE "UPDATE instances SET job_id = ?2 WHERE "
#define OF_ITS_STUDIES                                                                             \
  "series_id IN (SELECT series.id FROM series JOIN studies ON studies.id = study_id WHERE owner "  \
  "= "                                                                                             \
  "?2) "

gboolean
gantry_queue_copy_move (
    GantryDatabase *db, gint64 from, gint64 to, gint64 after, gint64 last, GError **error)
{
  if (last == G_MAXINT64)
    return gantry_database_run (db, error, MOVE OF_ITS_STUDIES "AND job_id = ?1", "ii", from, to);
  return gantry_database_run (db, error,
                              MOVE
                              "id IN (SELECT id FROM instances INDEXED BY instances_by_job "
                              "WHERE job_id = ?1 AND id > ?3 AND id <= ?4) AND " OF_ITS_STUDIES,
                              "iiii", from, to, after, last);
}

gboolean
gantry_queue_copy_ids (GantryDatabase *db, gint64 from, gint64 to, const char *ids, GError **error)
{
  return gantry_database_run (db, error,
                              COPY_INSTANCES
                              "id IN (SELECT value FROM json_each (?3)) AND job_id = ?1) ORDER BY "
                              "i.id",
                              "iis", from, to, ids);
}
