/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-queue-table.h"

#include <glib/gi18n-lib.h>

#include "gantry-catalog.h"
#include "gantry-registry.h"

/* ---- Drafts --------------------------------------------------------------------------------- */

gint64
gantry_queue_table_find_draft (GantryDatabase *db, const char *name)
{
  return gantry_database_get_int (db, 0, "SELECT id FROM jobs WHERE draft = ?", "s", name);
}

gint64
gantry_queue_table_open_draft (GantryDatabase *db, const char *name, GError **error)
{
  gint64 id = gantry_queue_table_find_draft (db, name);

  if (id > 0)
    return id;
  if (!gantry_database_run (db, error, "INSERT INTO jobs (state, draft) VALUES (?, ?)", "is",
                            (gint64)GANTRY_JOB_DRAFT, name))
    return -1;
  return gantry_database_last_id (db);
}

gboolean
gantry_queue_table_add (
    GantryDatabase *db, gint64 draft, const GantryInstance *i, gboolean *added, GError **error)
{
  gint64 series;

  *added = FALSE;
  if (gantry_database_get_int (db, 0, "SELECT 1 FROM instances WHERE job_id = ? AND path = ?", "is",
                               draft, i->path))
    return TRUE;

  series = gantry_catalog_add (db, draft, i, g_get_real_time (), error);
  if (series < 0)
    return FALSE;
  *added = gantry_database_run (
      db, error,
      "INSERT INTO instances (job_id, series_id, path, size, modified, data_offset, "
      "sop_class_uid, sop_instance_uid, transfer_syntax, modality, image) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "iisiiissssi", draft, series, i->path, (gint64)i->size, i->modified, (gint64)i->data_offset,
      i->sop_class_uid, i->sop_instance_uid, i->transfer_syntax, i->modality,
      (gint64)gantry_sop_class_counts_as_image (i->sop_class_uid, i->modality));
  return *added;
}

gboolean
gantry_queue_table_add_skipped (
    GantryDatabase *db, gint64 draft, const char *path, const char *reason, GError **error)
{
  return gantry_database_run (
      db, error, "INSERT OR REPLACE INTO skipped (job_id, path, reason) VALUES (?, ?, ?)", "iss",
      draft, path, reason);
}

gboolean
gantry_queue_table_forget_skipped (GantryDatabase *db, gint64 draft, GError **error)
{
  return gantry_database_run (db, error, "DELETE FROM skipped WHERE job_id = ?", "i", draft);
}

GPtrArray *
gantry_queue_table_list_skipped (
    GantryDatabase *db, gint64 draft, guint limit, guint *total, GError **error)
{
  g_autoptr (GPtrArray) skipped = gantry_record_array_new ();
  GantryRows *rows = gantry_database_query (
      db, error, "SELECT path, reason FROM skipped WHERE job_id = ? ORDER BY id LIMIT ?", "ii",
      draft, (gint64)limit);

  if (rows == NULL)
    return NULL;
  while (gantry_rows_next (rows))
    g_ptr_array_add (skipped,
                     gantry_skipped_new (gantry_rows_text (rows, 0), gantry_rows_text (rows, 1)));
  *total = (guint)gantry_database_get_int (db, 0, "SELECT count(*) FROM skipped WHERE job_id = ?",
                                           "i", draft);
  return g_steal_pointer (&skipped);
}

gboolean
gantry_queue_table_unstage (
    GantryDatabase *db, gint64 draft, gint64 study_id, gint64 series_id, GError **error)
{
  gboolean done;

  if (series_id != 0)
    done = gantry_database_run (db, error,
                                "DELETE FROM series WHERE id = ? AND study_id IN "
                                "(SELECT id FROM studies WHERE owner = ?)",
                                "ii", series_id, draft);
  else if (study_id != 0)
    done = gantry_database_run (db, error, "DELETE FROM studies WHERE id = ? AND owner = ?", "ii",
                                study_id, draft);
  else
    done = gantry_database_run (db, error, "DELETE FROM studies WHERE owner = ?", "i", draft);
  return done && gantry_catalog_prune (db, draft, error);
}

/* The title of a job: of one study its description and patient, else how many there are. */
static gboolean
write_title (GantryDatabase *db, gint64 job, GError **error)
{
  g_autofree char *title = NULL;
  guint total = 0;
  g_autoptr (GPtrArray) studies
      = gantry_catalog_list (db, job, GANTRY_CATALOG_OLDEST_FIRST, 0, 1, &total, error);

  if (studies == NULL)
    return FALSE;
  if (total == 1)
    {
      const GantryStudy *study = studies->pdata[0];
      const char *what = *study->description != '\0' ? study->description : study->modalities;
      const char *whom = *study->patient_name != '\0' ? study->patient_name : study->patient_id;

      title = *what != '\0' && *whom != '\0' ? g_strdup_printf ("%s · %s", what, whom)
                                             : g_strconcat (what, whom, NULL);
    }
  if (title == NULL || *title == '\0')
    {
      g_free (title);
      title = g_strdup_printf (ngettext ("%u study", "%u studies", total), total);
    }
  return gantry_database_run (db, error, "UPDATE jobs SET title = ? WHERE id = ?", "si", title,
                              job);
}

static gint64
move_studies (
    GantryDatabase *db, gint64 draft, const gint64 *study_ids, gsize n_studies, GError **error)
{
  gint64 job;

  if (!gantry_database_run (db, error, "INSERT INTO jobs (state) VALUES (?)", "i",
                            (gint64)GANTRY_JOB_WAITING))
    return -1;
  job = gantry_database_last_id (db);

  for (gsize i = 0; i < n_studies; i++)
    if (!gantry_database_run (db, error, "UPDATE studies SET owner = ? WHERE id = ? AND owner = ?",
                              "iii", job, study_ids[i], draft))
      return -1;
  if (!gantry_database_run (
          db, error,
          "UPDATE instances SET job_id = ? WHERE job_id = ? AND series_id IN (SELECT series.id "
          "FROM series JOIN studies ON studies.id = study_id WHERE owner = ?)",
          "iii", job, draft, job))
    return -1;
  return job;
}

gint64
gantry_queue_table_submit (GantryDatabase *db,
                           gint64 draft,
                           const GantryNode *node,
                           const gint64 *study_ids,
                           gsize n_studies,
                           gint64 now,
                           GError **error)
{
  /* The whole draft becomes the job as it is, without touching a row of a million instances. */
  gint64 job = n_studies == 0 ? draft : move_studies (db, draft, study_ids, n_studies, error);

  if (job < 0)
    return -1;
  if (gantry_database_get_int (db, 0, "SELECT waiting FROM jobs WHERE id = ?", "i", job) == 0)
    {
      if (job != draft && !gantry_queue_table_remove_job (db, job, error))
        return -1;
      return 0;
    }

  if (!write_title (db, job, error) || !gantry_queue_table_forget_skipped (db, job, error)
      || !gantry_database_run (
          db, error,
          "UPDATE jobs SET state = ?, draft = NULL, node_id = ?, node_name = ?, ae_title = ?, "
          "host = ?, port = ?, calling = ?, is_self = ?, created = ? WHERE id = ?",
          "iisssisiii", (gint64)GANTRY_JOB_WAITING, node->id, node->name, node->ae_title,
          node->host, (gint64)node->port, node->calling_ae_title, (gint64)node->is_self, now, job))
    return -1;
  return job;
}

gboolean
gantry_queue_table_uses_folder (GantryDatabase *db, const char *folder)
{
  return gantry_database_get_int (
             db, 0, "SELECT 1 FROM instances WHERE path >= ? || '/' AND path < ? || '0' LIMIT 1",
             "ss", folder, folder)
         != 0;
}

/* ---- Jobs ----------------------------------------------------------------------------------- */

#define SELECT_JOBS                                                                                \
  "SELECT id, state, title, waiting, sending, stored, warning, refused, not_accepted, failed, "    \
  "cancelled, "                                                                                    \
  "bytes_total, bytes_done, created, started, finished, message, node_id, node_name, ae_title, "   \
  "host, port, "                                                                                   \
  "calling, is_self FROM jobs "

static GantryJob *
read_job (GantryRows *rows)
{
  GantryJob *job = gantry_job_new ();

  job->id = gantry_rows_int (rows, 0);
  job->state = (GantryJobState)gantry_rows_int (rows, 1);
  gantry_record_set (&job->title, gantry_rows_text (rows, 2));
  for (int i = 0; i < GANTRY_N_OUTCOMES; i++)
    {
      job->counts[i] = (guint64)gantry_rows_int (rows, 3 + i);
      job->instances += job->counts[i];
    }
  job->bytes_total = (guint64)gantry_rows_int (rows, 11);
  job->bytes_done = (guint64)gantry_rows_int (rows, 12);
  job->created = gantry_rows_int (rows, 13);
  job->started = gantry_rows_int (rows, 14);
  job->finished = gantry_rows_int (rows, 15);
  gantry_record_set (&job->message, gantry_rows_text (rows, 16));
  job->node = gantry_node_new (gantry_rows_int (rows, 17), gantry_rows_text (rows, 18),
                               gantry_rows_text (rows, 19), gantry_rows_text (rows, 20),
                               (guint16)gantry_rows_int (rows, 21), gantry_rows_text (rows, 22),
                               gantry_rows_int (rows, 23) != 0);
  return job;
}

GPtrArray *
gantry_queue_table_list_jobs (GantryDatabase *db, GError **error)
{
  g_autoptr (GPtrArray) jobs = gantry_record_array_new ();
  GantryRows *rows = gantry_database_query (
      db, error, SELECT_JOBS "WHERE state <> ? ORDER BY created DESC, id DESC", "i",
      (gint64)GANTRY_JOB_DRAFT);

  if (rows == NULL)
    return NULL;
  while (gantry_rows_next (rows))
    g_ptr_array_add (jobs, read_job (rows));
  return g_steal_pointer (&jobs);
}

GantryJob *
gantry_queue_table_get_job (GantryDatabase *db, gint64 id, GError **error)
{
  GantryRows *rows = gantry_database_query (db, error, SELECT_JOBS "WHERE id = ?", "i", id);
  GantryJob *job = NULL;

  if (rows != NULL && gantry_rows_next (rows))
    {
      job = read_job (rows);
      gantry_rows_end (rows);
    }
  return job;
}

gboolean
gantry_queue_table_set_state (GantryDatabase *db,
                              gint64 job,
                              GantryJobState state,
                              const char *message,
                              gint64 now,
                              GError **error)
{
  gboolean over = state == GANTRY_JOB_FINISHED || state == GANTRY_JOB_CANCELLED;

  return gantry_database_run (db, error,
                              "UPDATE jobs SET state = ?, message = ?, finished = ?, "
                              "started = CASE WHEN ? THEN ? ELSE started END WHERE id = ?",
                              "isiiii", (gint64)state, message, over ? now : (gint64)0,
                              (gint64)(state == GANTRY_JOB_RUNNING), now, job);
}

gboolean
gantry_queue_table_remove_job (GantryDatabase *db, gint64 job, GError **error)
{
  return gantry_database_run (db, error, "DELETE FROM jobs WHERE id = ?", "i", job)
         && gantry_database_run (db, error, "DELETE FROM studies WHERE owner = ?", "i", job);
}

gboolean
gantry_queue_table_recover (GantryDatabase *db, GError **error)
{
  return gantry_database_run (db, error,
                              "UPDATE instances SET outcome = 0 WHERE outcome = 1 AND job_id IN "
                              "(SELECT id FROM jobs WHERE sending > 0)",
                              "")
         && gantry_database_run (db, error, "UPDATE jobs SET state = ? WHERE state = ?", "ii",
                                 (gint64)GANTRY_JOB_WAITING, (gint64)GANTRY_JOB_RUNNING);
}

gboolean
gantry_queue_table_retry (GantryDatabase *db, gint64 job, GError **error)
{
  /* By name as well: SQLite gives the id of a node that was deleted to the next one, which is
   * another archive. */
  if (!gantry_database_run (
          db, error,
          "UPDATE jobs SET ae_title = nodes.ae_title, host = nodes.host, port = nodes.port, "
          "calling = nodes.calling FROM nodes "
          "WHERE jobs.id = ? AND nodes.id = node_id AND nodes.name = node_name",
          "i", job))
    return FALSE;
  return gantry_database_run (
      db, error,
      "UPDATE instances SET outcome = 0, status = -1, message = '', finished = 0, elapsed = 0 "
      "WHERE job_id = ? AND outcome >= ?",
      "ii", job, (gint64)GANTRY_OUTCOME_REFUSED);
}

gboolean
gantry_queue_table_settle (GantryDatabase *db,
                           gint64 job,
                           GantryOutcome outcome,
                           const char *message,
                           gint64 now,
                           GError **error)
{
  return gantry_database_run (db, error,
                              "UPDATE instances SET outcome = ?, message = ?, finished = ? "
                              "WHERE job_id = ? AND outcome IN (0, 1)",
                              "isii", (gint64)outcome, message, now, job);
}

/* ---- For the sender ------------------------------------------------------------------------- */

void
gantry_queue_item_free (GantryQueueItem *item)
{
  g_free (item->path);
  g_free (item->sop_class_uid);
  g_free (item->sop_instance_uid);
  g_free (item->transfer_syntax);
  g_free (item->modality);
  g_free (item);
}

GPtrArray *
gantry_queue_table_next (GantryDatabase *db, gint64 job, gint64 after, guint limit, GError **error)
{
  g_autoptr (GPtrArray) items
      = g_ptr_array_new_with_free_func ((GDestroyNotify)gantry_queue_item_free);
  GantryRows *rows
      = gantry_database_query (db, error,
                               "SELECT id, modified, size, data_offset, path, sop_class_uid, "
                               "sop_instance_uid, transfer_syntax, modality FROM instances "
                               "WHERE job_id = ? AND outcome = 0 AND id > ? ORDER BY id LIMIT ?",
                               "iii", job, after, (gint64)limit);

  if (rows == NULL)
    return NULL;
  while (gantry_rows_next (rows))
    {
      GantryQueueItem *item = g_new0 (GantryQueueItem, 1);

      item->id = gantry_rows_int (rows, 0);
      item->modified = gantry_rows_int (rows, 1);
      item->size = (guint64)gantry_rows_int (rows, 2);
      item->data_offset = (guint64)gantry_rows_int (rows, 3);
      item->path = g_strdup (gantry_rows_text (rows, 4));
      item->sop_class_uid = g_strdup (gantry_rows_text (rows, 5));
      item->sop_instance_uid = g_strdup (gantry_rows_text (rows, 6));
      item->transfer_syntax = g_strdup (gantry_rows_text (rows, 7));
      item->modality = g_strdup (gantry_rows_text (rows, 8));
      g_ptr_array_add (items, item);
    }
  return g_steal_pointer (&items);
}

GPtrArray *
gantry_queue_table_list_contexts (GantryDatabase *db, gint64 job, GError **error)
{
  g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
  GantryRows *rows
      = gantry_database_query (db, error,
                               "SELECT sop_class_uid, transfer_syntax FROM instances "
                               "WHERE job_id = ? AND outcome = 0 GROUP BY 1, 2 ORDER BY min (id)",
                               "i", job);

  if (rows == NULL)
    return NULL;
  while (gantry_rows_next (rows))
    {
      const char *proposed[] = { gantry_rows_text (rows, 1), NULL };

      g_ptr_array_add (contexts,
                       gantry_context_new (0, gantry_rows_text (rows, 0), proposed, "", 0));
    }
  return g_steal_pointer (&contexts);
}

gboolean
gantry_queue_table_answer (GantryDatabase *db,
                           gint64 instance,
                           GantryOutcome outcome,
                           gint32 status,
                           const char *message,
                           gint64 now,
                           gint64 elapsed,
                           GError **error)
{
  return gantry_database_run (
      db, error,
      "UPDATE instances SET outcome = ?, status = ?, message = ?, finished = ?, elapsed = ? "
      "WHERE id = ?",
      "iisiii", (gint64)outcome, (gint64)status, message, now, elapsed, instance);
}
