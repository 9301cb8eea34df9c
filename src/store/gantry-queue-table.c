/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-queue-table.h"

#include <glib/gi18n-lib.h>

#include "gantry-catalog.h"
#include "gantry-error.h"
#include "gantry-queue-change.h"

#define SELECT_JOBS                                                                                \
  "SELECT id, state, title, waiting, sending, stored, warning, refused, not_accepted, failed, "    \
  "cancelled, "                                                                                    \
  "bytes_total, bytes_done, created, started, finished, message, node_id, node_name, ae_title, "   \
  "host, port, "                                                                                   \
  "calling, is_self, priority, tries, retry_at, retryable, changed, tls, path_figures, "           \
  "overrides, wish, "                                                                              \
  "EXISTS (SELECT 1 FROM changes WHERE job_id = jobs.id), "                                        \
  "(SELECT color FROM nodes WHERE nodes.id = node_id AND nodes.name = node_name) FROM jobs "

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
  job->priority = (GantryPriority)gantry_rows_int (rows, 24);
  job->tries = (guint)gantry_rows_int (rows, 25);
  job->retry_at = gantry_rows_int (rows, 26);
  job->retryable = (guint64)gantry_rows_int (rows, 27);
  job->changed = (guint64)gantry_rows_int (rows, 28);
  job->node->options.tls = (gint)gantry_rows_int (rows, 29);
  gantry_path_figures_from_text (&job->path, gantry_rows_text (rows, 30));
  gantry_record_set (&job->overrides, gantry_rows_text (rows, 31));
  job->wish = (GantryJobWish)gantry_rows_int (rows, 32);
  job->changing = gantry_rows_int (rows, 33) != 0;
  job->node->color = gantry_node_color_from_nick (gantry_rows_text (rows, 34));
  return job;
}

static GPtrArray *
read_jobs (GantryRows *rows, GError **error)
{
  g_autoptr (GPtrArray) jobs = gantry_record_array_new ();

  while (gantry_rows_next (rows))
    g_ptr_array_add (jobs, read_job (rows));
  return gantry_rows_end (rows, error) ? g_steal_pointer (&jobs) : NULL;
}

GPtrArray *
gantry_queue_table_list_jobs (GantryDatabase *db, GError **error)
{
  return read_jobs (
      gantry_database_query (db, SELECT_JOBS "WHERE state <> ? ORDER BY position DESC, id DESC",
                             "i", (gint64)GANTRY_JOB_DRAFT),
      error);
}

GPtrArray *
gantry_queue_table_list_waiting (GantryDatabase *db, GError **error)
{
  return read_jobs (
      gantry_database_query (
          db,
          SELECT_JOBS
          "WHERE state = ?1 ORDER BY CASE priority WHEN ?2 THEN 0 WHEN ?3 THEN 2 ELSE 1 "
          "END, position, id",
          "iii", (gint64)GANTRY_JOB_WAITING, (gint64)GANTRY_PRIORITY_HIGH,
          (gint64)GANTRY_PRIORITY_LOW),
      error);
}

GantryJob *
gantry_queue_table_get_job (GantryDatabase *db, gint64 id, GError **error)
{
  GantryRows *rows = gantry_database_query (db, SELECT_JOBS "WHERE id = ?", "i", id);
  GantryJob *job = NULL;

  if (gantry_rows_next (rows))
    job = read_job (rows);
  if (gantry_rows_end (rows, error) && job == NULL)
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
                         _ ("The job is not in the queue any more."));
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

  return gantry_database_run (
      db, error,
      "UPDATE jobs SET state = ?, wish = 0, message = ?, finished = ?, "
      "retry_at = 0, started = CASE WHEN ? THEN ? ELSE started END WHERE id = ?",
      "isiiii", (gint64)state, message, over ? now : (gint64)0,
      (gint64)(state == GANTRY_JOB_RUNNING), now, job);
}

gboolean
gantry_queue_table_set_retry (GantryDatabase *db,
                              gint64 job,
                              guint tries,
                              gint64 retry_at,
                              const char *message,
                              GError **error)
{
  return gantry_database_run (
      db, error,
      "UPDATE jobs SET state = ?, wish = 0, tries = ?, retry_at = ?, message = ?, finished = 0 "
      "WHERE id = ?",
      "iiisi", (gint64)GANTRY_JOB_WAITING, (gint64)tries, retry_at, message, job);
}

gboolean
gantry_queue_table_get_retryable_message (GantryDatabase *db,
                                          gint64 job,
                                          char **message,
                                          GError **error)
{
  GantryRows *rows = gantry_database_query (
      db, "SELECT message FROM instances WHERE job_id = ? AND outcome >= ? AND retryable LIMIT 1",
      "ii", job, (gint64)GANTRY_OUTCOME_REFUSED);

  *message = g_strdup (gantry_rows_next (rows) ? gantry_rows_text (rows, 0) : "");
  return gantry_rows_end (rows, error);
}

gboolean
gantry_queue_table_reset_tries (GantryDatabase *db, gint64 job, GError **error)
{
  return gantry_database_run (db, error, "UPDATE jobs SET tries = 0 WHERE id = ?", "i", job);
}

gboolean
gantry_queue_table_set_wish (GantryDatabase *db, gint64 job, GantryJobWish wish, GError **error)
{
  return gantry_database_run (db, error, "UPDATE jobs SET wish = ? WHERE id = ?", "ii",
                              (gint64)wish, job);
}

gboolean
gantry_queue_table_set_path (GantryDatabase *db,
                             gint64 job,
                             const GantryPathFigures *figures,
                             GError **error)
{
  g_autofree char *text = gantry_path_figures_to_text (figures);

  return gantry_database_run (db, error, "UPDATE jobs SET path_figures = ? WHERE id = ?", "si",
                              text, job);
}

gboolean
gantry_queue_table_set_priority (GantryDatabase *db,
                                 gint64 job,
                                 GantryPriority priority,
                                 GError **error)
{
  return gantry_database_run (db, error, "UPDATE jobs SET priority = ? WHERE id = ?", "ii",
                              (gint64)priority, job);
}

gboolean
gantry_queue_table_set_overrides (GantryDatabase *db,
                                  gint64 job,
                                  const char *overrides,
                                  GError **error)
{
  return gantry_database_run (db, error, "UPDATE jobs SET overrides = ? WHERE id = ?", "si",
                              overrides, job);
}

gboolean
gantry_queue_table_move (GantryDatabase *db, gint64 job, gint64 before, GError **error)
{
  gint64 place
      = gantry_database_get_int (db, 0,
                                 before != 0 ? "SELECT position FROM jobs WHERE id = ?"
                                             : "SELECT 1 + max (position) FROM jobs WHERE id <> ?",
                                 "i", before);

  if (job == before || (before != 0 && place == 0))
    return TRUE;
  return gantry_database_run (
             db, error, "UPDATE jobs SET position = position + 1 WHERE position >= ?", "i", place)
         && gantry_database_run (db, error, "UPDATE jobs SET position = ? WHERE id = ?", "ii",
                                 place, job);
}

gboolean
gantry_queue_table_remove_job (GantryDatabase *db, gint64 job, GError **error)
{
  return gantry_database_run (db, error, "DELETE FROM jobs WHERE id = ?", "i", job)
         && gantry_database_run (db, error, "DELETE FROM studies WHERE owner = ?", "i", job);
}

/* A draft without a name is nobody's. */
gboolean
gantry_queue_table_discard_job (GantryDatabase *db, gint64 job, GError **error)
{
  return gantry_queue_change_forget (db, job, error)
         && gantry_database_run (db, error, "UPDATE jobs SET state = ?, draft = NULL WHERE id = ?",
                                 "ii", (gint64)GANTRY_JOB_DRAFT, job);
}

gboolean
gantry_queue_table_sweep (GantryDatabase *db, guint rows, gboolean *more, GError **error)
{
  gint64 job = gantry_database_get_int (
      db, 0,
      "SELECT id FROM jobs WHERE state = ? AND draft IS NULL AND NOT EXISTS (SELECT 1 FROM changes "
      "WHERE source = jobs.id) AND NOT EXISTS (SELECT 1 FROM changes WHERE job_id = jobs.id) "
      "LIMIT 1",
      "i", (gint64)GANTRY_JOB_DRAFT);

  *more = job != 0;
  if (job == 0)
    return TRUE;
  if (!gantry_database_run (db, error,
                            "DELETE FROM instances WHERE id IN "
                            "(SELECT id FROM instances WHERE job_id = ? LIMIT ?)",
                            "ii", job, (gint64)rows))
    return FALSE;
  return gantry_database_changes (db) == rows || gantry_queue_table_remove_job (db, job, error);
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

/* By name as well: SQLite gives the id of a node that was deleted to the next one, which is another
 * archive. */
#define FOLLOW(more)                                                                               \
  "UPDATE jobs SET ae_title = nodes.ae_title, host = nodes.host, port = nodes.port, " more         \
  " FROM nodes WHERE jobs.id = ? AND nodes.id = node_id AND nodes.name = node_name"

gboolean
gantry_queue_table_follow_node (GantryDatabase *db, gint64 job, GError **error)
{
  return gantry_database_run (db, error, FOLLOW ("calling = nodes.calling, tls = nodes.tls"), "i",
                              job);
}

gboolean
gantry_queue_table_follow_address (GantryDatabase *db, gint64 job, GError **error)
{
  return gantry_database_run (db, error, FOLLOW ("tls = max (jobs.tls, nodes.tls)"), "i", job);
}

/* Of one study its description and patient, else how many there are. */
gboolean
gantry_queue_table_name (GantryDatabase *db, gint64 job, GError **error)
{
  g_autofree char *title = NULL;
  guint total = 0;
  g_autoptr (GPtrArray) studies
      = gantry_catalog_list (db, job, GANTRY_CATALOG_OLDEST_FIRST, NULL, 0, 1, &total, error);

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

gboolean
gantry_queue_table_enqueue (
    GantryDatabase *db, gint64 job, const GantryNode *node, gint64 now, GError **error)
{
  return gantry_queue_table_name (db, job, error)
         && gantry_database_run (
             db, error,
             "UPDATE jobs SET state = ?, draft = NULL, node_id = ?, node_name = ?, ae_title = ?, "
             "host = ?, port = ?, calling = ?, is_self = ?, tls = ?, created = ?, "
             "position = 1 + (SELECT max (position) FROM jobs) WHERE id = ?",
             "iisssisiiii", (gint64)GANTRY_JOB_WAITING, node->id, node->name, node->ae_title,
             node->host, (gint64)node->port, node->calling_ae_title, (gint64)node->is_self,
             (gint64)node->options.tls, now, job);
}

gboolean
gantry_queue_table_uses_folder (GantryDatabase *db, const char *folder)
{
  /* Job by job, because paths are in order within a job: no row has to be looked at. */
  return gantry_database_get_int (
             db, 1,
             "SELECT EXISTS (SELECT 1 FROM jobs CROSS JOIN instances ON job_id = jobs.id "
             "WHERE path >= ? || '/' AND path < ? || '0')",
             "ss", folder, folder)
         != 0;
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

#define SELECT_ITEMS                                                                               \
  "SELECT id, losses, size, modified, status_changed, device, inode, data_offset, path, "          \
  "sop_class_uid, sop_instance_uid, transfer_syntax, modality FROM instances "                     \
  "WHERE job_id = ? AND outcome = 0 "

static gboolean
add_items (GPtrArray *items, GantryRows *rows, GError **error)
{
  while (gantry_rows_next (rows))
    {
      GantryQueueItem *item = g_new0 (GantryQueueItem, 1);

      item->id = gantry_rows_int (rows, 0);
      item->losses = gantry_rows_int (rows, 1);
      item->mark = (GantryFileMark){ .size = (guint64)gantry_rows_int (rows, 2),
                                     .modified = gantry_rows_int (rows, 3),
                                     .status_changed = gantry_rows_int (rows, 4),
                                     .device = gantry_rows_int (rows, 5),
                                     .inode = gantry_rows_int (rows, 6) };
      item->data_offset = (guint64)gantry_rows_int (rows, 7);
      item->path = g_strdup (gantry_rows_text (rows, 8));
      item->sop_class_uid = g_strdup (gantry_rows_text (rows, 9));
      item->sop_instance_uid = g_strdup (gantry_rows_text (rows, 10));
      item->transfer_syntax = g_strdup (gantry_rows_text (rows, 11));
      item->modality = g_strdup (gantry_rows_text (rows, 12));
      g_ptr_array_add (items, item);
    }
  return gantry_rows_end (rows, error);
}

GPtrArray *
gantry_queue_table_next (
    GantryDatabase *db, gint64 job, GantryQueuePlace after, guint limit, GError **error)
{
  g_autoptr (GPtrArray) items
      = g_ptr_array_new_with_free_func ((GDestroyNotify)gantry_queue_item_free);

  if (after.losses == 0
      && !add_items (
          items,
          gantry_database_query (db, SELECT_ITEMS "AND losses = 0 AND id > ? ORDER BY id LIMIT ?",
                                 "iii", job, after.id, (gint64)limit),
          error))
    return NULL;
  if (items->len == limit)
    return g_steal_pointer (&items);
  if (after.losses == 0)
    after.id = G_MAXINT64;
  if (!add_items (items,
                  gantry_database_query (db,
                                         SELECT_ITEMS "AND losses > 0 AND (losses, id) > (?, ?) "
                                                      "ORDER BY losses, id LIMIT ?",
                                         "iiii", job, after.losses, after.id,
                                         (gint64)(limit - items->len)),
                  error))
    return NULL;
  return g_steal_pointer (&items);
}

gboolean
gantry_queue_table_answer (GantryDatabase *db,
                           gint64 instance,
                           GantryOutcome outcome,
                           gint32 status,
                           const char *message,
                           gboolean retryable,
                           gint64 now,
                           gint64 elapsed,
                           GError **error)
{
  return gantry_database_run (
      db, error,
      "UPDATE instances SET outcome = ?, status = ?, message = ?, retryable = ?, finished = ?, "
      "elapsed = ? WHERE id = ?",
      "iisiiii", (gint64)outcome, (gint64)status, message, (gint64)(retryable != FALSE), now,
      elapsed, instance);
}

gboolean
gantry_queue_table_add_loss (GantryDatabase *db, gint64 instance, GError **error)
{
  return gantry_database_run (db, error, "UPDATE instances SET losses = losses + 1 WHERE id = ?",
                              "i", instance);
}

gboolean
gantry_queue_table_set_sent (GantryDatabase *db,
                             gint64 instance,
                             const char *sop_class_uid,
                             const char *transfer_syntax,
                             GError **error)
{
  return gantry_database_run (
      db, error, "UPDATE instances SET sent_class_uid = ?, sent_syntax = ? WHERE id = ?", "ssi",
      sop_class_uid, transfer_syntax, instance);
}

#define SELECT_KINDS                                                                               \
  "SELECT sop_class_uid, transfer_syntax, count (*), sum (size) FROM instances "                   \
  "WHERE job_id = ? AND outcome = 0 "
#define GROUP_KINDS "GROUP BY 1, 2 ORDER BY min (id)"

GPtrArray *
gantry_queue_table_list_kinds (
    GantryDatabase *db, gint64 job, const gint64 *study_ids, gsize n_studies, GError **error)
{
  g_autoptr (GPtrArray) kinds = gantry_record_array_new ();
  g_autofree char *ids = gantry_database_list_ids (study_ids, n_studies);
  GantryRows *rows
      = n_studies == 0
            ? gantry_database_query (db, SELECT_KINDS GROUP_KINDS, "i", job)
            : gantry_database_query (db,
                                     SELECT_KINDS
                                     "AND series_id IN (SELECT id FROM series WHERE "
                                     "study_id IN (SELECT value FROM json_each (?))) " GROUP_KINDS,
                                     "is", job, ids);

  while (gantry_rows_next (rows))
    {
      GantryForecast *kind = gantry_forecast_new ();

      gantry_record_set (&kind->sop_class_uid, gantry_rows_text (rows, 0));
      gantry_record_set (&kind->transfer_syntax, gantry_rows_text (rows, 1));
      kind->instances = (guint64)gantry_rows_int (rows, 2);
      kind->bytes = (guint64)gantry_rows_int (rows, 3);
      g_ptr_array_add (kinds, kind);
    }
  if (!gantry_rows_end (rows, error))
    return NULL;
  return g_steal_pointer (&kinds);
}
