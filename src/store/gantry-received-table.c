/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-received-table.h"

#include <glib/gi18n-lib.h>

#include "gantry-catalog.h"
#include "gantry-registry.h"

/* studies.pending: 0: nothing is to be done */
#define PENDING_END 1     /* something came */
#define PENDING_COMMAND 2 /* it is complete, and its command has not ended */

/* ---- What came ------------------------------------------------------------------------------ */

static gboolean
insert_arrival (GantryDatabase *db, const GantryReceived *r, GError **error)
{
  return gantry_database_run (
      db, error,
      "INSERT INTO received (association_id, path, sop_class_uid, sop_instance_uid, "
      "transfer_syntax, modality, image, size, received, status, remark) "
      "VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
      "isssssiiis", r->association_id, r->path, r->sop_class_uid, r->sop_instance_uid,
      r->transfer_syntax, r->modality, (gint64)r->size, r->received, (gint64)r->status, r->remark);
}

static gboolean
insert_object (GantryDatabase *db,
               const GantryReceived *r,
               const GantryInstance *instance,
               GError **error)
{
  gint64 series = gantry_catalog_add (db, GANTRY_OWNER_RECEIVED, instance, r->received, error);
  const char *remark = r->remark;

  if (series < 0)
    return FALSE;
  if (*remark == '\0'
      && gantry_database_get_int (db, 0,
                                  "SELECT 1 FROM received INDEXED BY received_files_by_uid WHERE "
                                  "sop_instance_uid = ? AND series_id "
                                  "IS NOT NULL AND path <> ?",
                                  "ss", r->sop_instance_uid, r->path)
             != 0)
    remark = _ ("An object with the same SOP Instance UID is kept in another place, too.");
  if (r->association_id != 0
      && !gantry_database_run (db, error,
                               "UPDATE studies SET pending = ?1 WHERE pending <> ?1 AND id = "
                               "(SELECT study_id FROM series WHERE id = ?2)",
                               "ii", (gint64)PENDING_END, series))
    return FALSE;
  return gantry_database_run (
      db, error,
      "INSERT INTO received (association_id, series_id, path, sop_class_uid, "
      "sop_instance_uid, transfer_syntax, modality, image, size, received, status, remark) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "iisssssiiiis", r->association_id, series, r->path, r->sop_class_uid, r->sop_instance_uid,
      r->transfer_syntax, r->modality,
      (gint64)gantry_sop_class_counts_as_image (r->sop_class_uid, r->modality), (gint64)r->size,
      r->received, (gint64)r->status, remark);
}

gboolean
gantry_received_table_add (GantryDatabase *db,
                           const GantryReceived *r,
                           const GantryInstance *instance,
                           gboolean again,
                           gboolean *counted,
                           GError **error)
{
  *counted = FALSE;
  if (instance == NULL)
    return insert_arrival (db, r, error);

  if (again)
    {
      if (!gantry_database_run (db, error,
                                "UPDATE received INDEXED BY received_files SET received = ? WHERE "
                                "path = ? AND series_id IS NOT NULL",
                                "is", r->received, r->path))
        return FALSE;
      if (gantry_database_changes (db) > 0)
        return insert_arrival (db, r, error);
    }
  /* Somebody removed the file behind our back: the row of then tells of another one. */
  else if (!gantry_database_run (db, error,
                                 "UPDATE received INDEXED BY received_files SET series_id = NULL "
                                 "WHERE path = ? AND series_id IS NOT NULL",
                                 "s", r->path))
    {
      return FALSE;
    }
  *counted = TRUE;
  return insert_object (db, r, instance, error);
}

gboolean
gantry_received_table_knows_path (GantryDatabase *db, const char *path)
{
  return gantry_database_get_int (
             db, 0,
             "SELECT 1 FROM received INDEXED BY received_files WHERE path = ? AND series_id IS NOT "
             "NULL",
             "s", path)
         != 0;
}

gint64
gantry_received_table_last_id (GantryDatabase *db)
{
  return gantry_database_get_int (db, G_MAXINT64, "SELECT max (id) FROM received", "");
}

GPtrArray *
gantry_received_table_list (GantryDatabase *db,
                            gint64 association_id,
                            guint offset,
                            guint limit,
                            guint *total,
                            GError **error)
{
  g_autoptr (GPtrArray) objects = gantry_record_array_new ();
  GantryRows *rows
      = gantry_database_query (db,
                               "SELECT id, path, sop_class_uid, sop_instance_uid, transfer_syntax, "
                               "modality, size, received, status, remark FROM received "
                               "WHERE association_id = ? ORDER BY id LIMIT ? OFFSET ?",
                               "iii", association_id, (gint64)limit, (gint64)offset);

  while (gantry_rows_next (rows))
    {
      GantryReceived *object = gantry_received_new ();

      object->id = gantry_rows_int (rows, 0);
      object->association_id = association_id;
      gantry_record_set (&object->path, gantry_rows_text (rows, 1));
      gantry_record_set (&object->sop_class_uid, gantry_rows_text (rows, 2));
      gantry_record_set (&object->sop_instance_uid, gantry_rows_text (rows, 3));
      gantry_record_set (&object->transfer_syntax, gantry_rows_text (rows, 4));
      gantry_record_set (&object->modality, gantry_rows_text (rows, 5));
      object->size = (guint64)gantry_rows_int (rows, 6);
      object->received = gantry_rows_int (rows, 7);
      object->status = (gint32)gantry_rows_int (rows, 8);
      gantry_record_set (&object->remark, gantry_rows_text (rows, 9));
      g_ptr_array_add (objects, object);
    }
  if (!gantry_rows_end (rows, error))
    return NULL;
  *total = (guint)gantry_database_get_int (
      db, 0, "SELECT count(*) FROM received WHERE association_id = ?", "i", association_id);
  return g_steal_pointer (&objects);
}

/* ---- Studies -------------------------------------------------------------------------------- */

#define OF_STUDY                                                                                   \
  "FROM received WHERE series_id IN (SELECT id FROM series WHERE study_id = ?1 AND (?2 = 0 OR "    \
  "id = ?2)) "

guint64
gantry_received_table_sum_study (GantryDatabase *db, gint64 study_id, gint64 series_id)
{
  return (guint64)gantry_database_get_int (db, 0, "SELECT coalesce (sum (size), 0) " OF_STUDY, "ii",
                                           study_id, series_id);
}

GPtrArray *
gantry_received_table_list_study (GantryDatabase *db,
                                  gint64 study_id,
                                  gint64 series_id,
                                  gint64 after,
                                  guint offset,
                                  guint limit,
                                  guint *total,
                                  GError **error)
{
  g_autoptr (GPtrArray) objects = gantry_record_array_new ();
  GantryRows *rows = gantry_database_query (
      db,
      "SELECT id, association_id, path, sop_class_uid, sop_instance_uid, transfer_syntax, "
      "modality, size, received, status, remark " OF_STUDY
      "AND id > ?3 ORDER BY id LIMIT ?4 OFFSET ?5",
      "iiiii", study_id, series_id, after, (gint64)limit, (gint64)offset);

  while (gantry_rows_next (rows))
    {
      GantryReceived *object = gantry_received_new ();

      object->id = gantry_rows_int (rows, 0);
      object->association_id = gantry_rows_int (rows, 1);
      g_free (object->path); /* as it is: it names a file */
      object->path = g_strdup (gantry_rows_text (rows, 2));
      gantry_record_set (&object->sop_class_uid, gantry_rows_text (rows, 3));
      gantry_record_set (&object->sop_instance_uid, gantry_rows_text (rows, 4));
      gantry_record_set (&object->transfer_syntax, gantry_rows_text (rows, 5));
      gantry_record_set (&object->modality, gantry_rows_text (rows, 6));
      object->size = (guint64)gantry_rows_int (rows, 7);
      object->received = gantry_rows_int (rows, 8);
      object->status = (gint32)gantry_rows_int (rows, 9);
      gantry_record_set (&object->remark, gantry_rows_text (rows, 10));
      g_ptr_array_add (objects, object);
    }
  if (!gantry_rows_end (rows, error))
    return NULL;
  if (total != NULL)
    *total = (guint)gantry_database_get_int (db, 0, "SELECT count(*) " OF_STUDY, "ii", study_id,
                                             series_id);
  return g_steal_pointer (&objects);
}

gboolean
gantry_received_table_list_pending (GantryDatabase *db, GArray *studies, GError **error)
{
  GantryRows *rows = gantry_database_query (db, "SELECT id, changed FROM studies WHERE pending = ?",
                                            "i", (gint64)PENDING_END);

  while (gantry_rows_next (rows))
    {
      GantryPendingStudy study = { gantry_rows_int (rows, 0), gantry_rows_int (rows, 1) };

      g_array_append_val (studies, study);
    }
  return gantry_rows_end (rows, error);
}

gboolean
gantry_received_table_set_complete (GantryDatabase *db,
                                    gint64 study_id,
                                    gboolean command,
                                    GError **error)
{
  return gantry_database_run (
      db, error, "UPDATE studies SET pending = ?1 WHERE pending = ?2 AND (?3 = 0 OR id = ?3)",
      "iii", (gint64)(command ? PENDING_COMMAND : 0), (gint64)PENDING_END, study_id);
}

gboolean
gantry_received_table_list_commands (GantryDatabase *db, GArray *ids, GError **error)
{
  GantryRows *rows
      = gantry_database_query (db, "SELECT id FROM studies WHERE pending = ? ORDER BY changed, id",
                               "i", (gint64)PENDING_COMMAND);

  while (gantry_rows_next (rows))
    {
      gint64 id = gantry_rows_int (rows, 0);

      g_array_append_val (ids, id);
    }
  return gantry_rows_end (rows, error);
}

gboolean
gantry_received_table_set_commanded (GantryDatabase *db, gint64 study_id, GError **error)
{
  return gantry_database_run (
      db, error, "UPDATE studies SET pending = 0 WHERE pending = ?1 AND (?2 = 0 OR id = ?2)", "ii",
      (gint64)PENDING_COMMAND, study_id);
}

/* ---- What goes ------------------------------------------------------------------------------ */

/* The character behind “/” is “0”: what is between the two is below the folder. */
#define BELOW_FOLDER "path > ? || '/' AND path < ? || '0'"

guint64
gantry_received_table_sum (GantryDatabase *db, const char *folder)
{
  return (guint64)gantry_database_get_int (
      db, 0,
      "SELECT coalesce (sum (size), 0) FROM received WHERE series_id IS NOT NULL AND " BELOW_FOLDER,
      "ss", folder, folder);
}

GPtrArray *
gantry_received_table_list_oldest (GantryDatabase *db,
                                   const char *folder,
                                   gboolean only_complete,
                                   const GantryReceived *after,
                                   guint limit,
                                   GError **error)
{
  g_autoptr (GPtrArray) objects = gantry_record_array_new ();
  /* The unary plus keeps the index by arrival in use, and the jobs, which are few, come before
   * their instances. */
  GantryRows *rows = gantry_database_query (
      db,
      "SELECT id, path, size, received FROM received AS r WHERE series_id IS NOT NULL "
      "AND (received, id) > (?, ?) AND +path > ? || '/' AND +path < ? || '0' "
      "AND NOT EXISTS (SELECT 1 FROM jobs CROSS JOIN instances AS i "
      "  ON i.job_id = jobs.id AND i.sop_instance_uid = r.sop_instance_uid "
      "  WHERE jobs.state NOT IN (?, ?) OR i.outcome IN (?, ?, ?)) "
      "AND NOT EXISTS (SELECT 1 FROM series AS s JOIN studies ON studies.id = s.study_id "
      "  WHERE s.id = r.series_id AND pending IN (?, ?)) "
      "ORDER BY received, id LIMIT ?",
      "iissiiiiiiii", after != NULL ? after->received : G_MININT64, after != NULL ? after->id : 0,
      folder, folder, (gint64)GANTRY_JOB_FINISHED, (gint64)GANTRY_JOB_CANCELLED,
      (gint64)GANTRY_OUTCOME_REFUSED, (gint64)GANTRY_OUTCOME_NOT_ACCEPTED,
      (gint64)GANTRY_OUTCOME_FAILED, (gint64)PENDING_COMMAND,
      (gint64)(only_complete ? PENDING_END : PENDING_COMMAND), (gint64)limit);

  while (gantry_rows_next (rows))
    {
      GantryReceived *object = gantry_received_new ();

      object->id = gantry_rows_int (rows, 0);
      g_free (object->path); /* as it is: it is not for reading, it names a file */
      object->path = g_strdup (gantry_rows_text (rows, 1));
      object->size = (guint64)gantry_rows_int (rows, 2);
      object->received = gantry_rows_int (rows, 3);
      g_ptr_array_add (objects, object);
    }
  if (!gantry_rows_end (rows, error))
    return NULL;
  return g_steal_pointer (&objects);
}

/* Objects whose association was cleared from the log have nobody left who asks for them. */
gboolean
gantry_received_table_forget (GantryDatabase *db,
                              const GantryReceived *object,
                              const char *remark,
                              GError **error)
{
  if (gantry_database_get_int (
          db, 0, "SELECT 1 FROM received WHERE id = ? AND path = ? AND series_id IS NOT NULL", "is",
          object->id, object->path)
      == 0)
    return TRUE;
  return gantry_database_run (db, error,
                              "DELETE FROM received WHERE path = ? AND NOT EXISTS (SELECT 1 FROM "
                              "associations AS a WHERE a.id = association_id AND NOT a.cleared)",
                              "s", object->path)
         && gantry_database_run (db, error,
                                 "UPDATE received SET series_id = NULL, path = '', remark = ? "
                                 "WHERE path = ?",
                                 "ss", remark, object->path);
}
