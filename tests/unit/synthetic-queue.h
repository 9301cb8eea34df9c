/* synthetic-queue.h - a job of any length in an empty database, for tests and benchmarks
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Instance i of a job is in study i / 1000 and series i / 500, is an MR image when i % 4 is 0 and
 * else a CT image, and has the outcome of synthetic_outcome(). None of the files exists.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-queue-table.h"
#include "gantry-records.h"

#define SYNTHETIC_CT "1.2.840.10008.5.1.4.1.1.2"
#define SYNTHETIC_MR "1.2.840.10008.5.1.4.1.1.4"
#define SYNTHETIC_REFUSED "Refused: out of resources (A700): the receiver is full or busy."

static inline GantryOutcome
synthetic_outcome (guint i)
{
  switch (i % 10)
    {
    case 3:
      return GANTRY_OUTCOME_REFUSED;
    case 5:
      return GANTRY_OUTCOME_WARNING;
    case 9:
      return GANTRY_OUTCOME_WAITING;
    default:
      return GANTRY_OUTCOME_STORED;
    }
}

/* A paused job to @node with the ids that are next; none of it is answered. */
static inline gint64
synthetic_job_new (GantryDatabase *db, guint n, GError **error)
{
  gint64 job = -1, series;

  if (!gantry_database_begin (db, error)
      || !gantry_database_run (db, error,
                               "INSERT INTO jobs (state, title, node_name, ae_title, host, port, "
                               "created) VALUES (?, 'Synthetic', 'PACS', 'ARCHIVE', '127.0.0.1', "
                               "104, 1)",
                               "i", (gint64)GANTRY_JOB_PAUSED))
    return -1;
  job = gantry_database_last_id (db);
  series = gantry_database_get_int (db, 0, "SELECT max (id) FROM series", "") + 1;
  if (!gantry_database_run (
          db, error,
          "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) "
          "INSERT INTO studies (owner, study_uid, patient_name, patient_id, birth_date, accession, "
          "description, study_date, changed) SELECT ?1, '1.2.826.1.' || i, 'Doe, John', 'P' || i, "
          "'', '', 'Chest', '20260101', 0 FROM n",
          "ii", job, (gint64)((n - 1) / 1000))
      || !gantry_database_run (
          db, error,
          "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) "
          "INSERT INTO series (id, study_id, series_uid, number, description, modality, "
          "sop_class_uid) SELECT ?3 + i, (SELECT id FROM studies WHERE owner = ?1 AND study_uid = "
          "'1.2.826.1.' || (i / 2)), '1.2.826.2.' || i, i % 2, '', 'CT', '' FROM n",
          "iii", job, (gint64)((n - 1) / 500), series)
      || !gantry_database_run (
          db, error,
          "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2) "
          "INSERT INTO instances (job_id, series_id, path, size, modified, data_offset, "
          "sop_class_uid, sop_instance_uid, transfer_syntax, modality, image) SELECT ?1, ?3 + i / "
          "500, printf ('/srv/archive/patient-%05d/Image%07d.dcm', i / 1000, i), 524288, 1, 300, "
          "CASE WHEN i % 4 = 0 THEN '" SYNTHETIC_MR "' ELSE '" SYNTHETIC_CT "' END, "
          "'1.2.826.3.' || i, '1.2.840.10008.1.2.1', 'CT', 1 FROM n",
          "iii", job, (gint64)n, series)
      || !gantry_database_commit (db, error))
    {
      gantry_database_rollback (db);
      return -1;
    }
  return job;
}

/* Gives the instances of a job whose ids are in a row their outcomes. */
static inline gboolean
synthetic_job_answer (GantryDatabase *db, gint64 job, GError **error)
{
  gint64 first = gantry_database_get_int (db, 0, "SELECT min (id) FROM instances WHERE job_id = ?",
                                          "i", job);
  gboolean ok = gantry_database_begin (db, error);

  for (guint digit = 0; ok && digit < 10; digit++)
    {
      GantryOutcome outcome = synthetic_outcome (digit);

      if (outcome != GANTRY_OUTCOME_WAITING)
        ok = gantry_database_run (
            db, error,
            "UPDATE instances SET outcome = ?, status = ?, message = ?, finished = 1000000 + id, "
            "elapsed = 1500 WHERE job_id = ? AND (id - ?) % 10 = ?",
            "iisiii", (gint64)outcome,
            (gint64)(outcome == GANTRY_OUTCOME_REFUSED   ? 0xA700
                     : outcome == GANTRY_OUTCOME_WARNING ? 0xB000
                                                         : 0),
            outcome == GANTRY_OUTCOME_REFUSED ? SYNTHETIC_REFUSED : "Stored.", job, first,
            (gint64)digit);
    }
  return ok && gantry_database_commit (db, error);
}
