/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-draft-table.h"

#include "gantry-catalog.h"
#include "gantry-queue-change.h"
#include "gantry-queue-table.h"
#include "gantry-registry.h"

gint64
gantry_draft_table_find (GantryDatabase *db, const char *name)
{
  return gantry_database_get_int (db, 0, "SELECT id FROM jobs WHERE draft = ?", "s", name);
}

gint64
gantry_draft_table_open (GantryDatabase *db, const char *name, GError **error)
{
  gint64 id = gantry_draft_table_find (db, name);

  if (id > 0)
    return id;
  if (!gantry_database_run (db, error, "INSERT INTO jobs (state, draft) VALUES (?, ?)", "is",
                            (gint64)GANTRY_JOB_DRAFT, name))
    return -1;
  return gantry_database_last_id (db);
}

/* @twin: the file that is in the draft under that SOP Instance UID; NULL: none is. */
static gboolean
find_twin (
    GantryDatabase *db, gint64 draft, const char *sop_instance_uid, char **twin, GError **error)
{
  GantryRows *rows = gantry_database_query (
      db, "SELECT path FROM instances WHERE job_id = ? AND sop_instance_uid = ? LIMIT 1", "is",
      draft, sop_instance_uid);

  *twin = gantry_rows_next (rows) ? g_strdup (gantry_rows_text (rows, 0)) : NULL;
  return gantry_rows_end (rows, error);
}

/* A file that was added again is sent as it is now. */
static gboolean
forget_older (GantryDatabase *db, gint64 draft, const char *path, GError **error)
{
  return gantry_database_run (db, error, "DELETE FROM instances WHERE job_id = ? AND path = ?",
                              "is", draft, path)
         && (gantry_database_changes (db) == 0 || gantry_catalog_prune (db, draft, error));
}

gboolean
gantry_draft_table_add (GantryDatabase *db,
                        gint64 draft,
                        const GantryInstance *i,
                        gboolean *added,
                        char **twin,
                        GError **error)
{
  gint64 series;

  *added = FALSE;
  *twin = NULL;
  /* A file of what was just sent may be added again. */
  if (!gantry_queue_change_move_at_once (db, draft, i->path, i->sop_instance_uid, error))
    return FALSE;
  if (gantry_database_get_int (
          db, 0,
          "SELECT 1 FROM instances WHERE job_id = ? AND path = ? AND size = ? AND modified = ? "
          "AND status_changed = ? AND device = ? AND inode = ?",
          "isiiiii", draft, i->path, (gint64)i->size, i->modified, i->status_changed, i->device,
          i->inode))
    return TRUE;
  if (!forget_older (db, draft, i->path, error)
      || !find_twin (db, draft, i->sop_instance_uid, twin, error))
    return FALSE;
  if (*twin != NULL)
    return TRUE;

  series = gantry_catalog_add (db, draft, i, g_get_real_time (), error);
  if (series < 0)
    return FALSE;
  *added = gantry_database_run (
      db, error,
      "INSERT INTO instances (job_id, series_id, path, size, modified, status_changed, device, "
      "inode, data_offset, sop_class_uid, sop_instance_uid, transfer_syntax, modality, image) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "iisiiiiiissssi", draft, series, i->path, (gint64)i->size, i->modified, i->status_changed,
      i->device, i->inode, (gint64)i->data_offset, i->sop_class_uid, i->sop_instance_uid,
      i->transfer_syntax, i->modality,
      (gint64)gantry_sop_class_counts_as_image (i->sop_class_uid, i->modality));
  return *added;
}

gboolean
gantry_draft_table_add_skipped (GantryDatabase *db,
                                gint64 draft,
                                const char *path,
                                GantrySkippedKind kind,
                                const char *reason,
                                GError **error)
{
  return gantry_database_run (
      db, error, "INSERT OR REPLACE INTO skipped (job_id, path, kind, reason) VALUES (?, ?, ?, ?)",
      "isis", draft, path, (gint64)kind, reason);
}

gboolean
gantry_draft_table_forget_skipped_at (GantryDatabase *db,
                                      gint64 draft,
                                      const char *path,
                                      GError **error)
{
  /* All that begins with the path and “/”, whose next character is “0”. */
  return gantry_database_run (db, error,
                              "DELETE FROM skipped WHERE job_id = ? AND (path = ? "
                              "OR (path >= rtrim(?, '/') || '/' AND path < rtrim(?, '/') || '0'))",
                              "isss", draft, path, path, path);
}

gboolean
gantry_draft_table_forget_skipped (GantryDatabase *db, gint64 draft, GError **error)
{
  return gantry_database_run (db, error, "DELETE FROM skipped WHERE job_id = ?", "i", draft);
}

GPtrArray *
gantry_draft_table_list_skipped (GantryDatabase *db,
                                 gint64 draft,
                                 GantrySkippedKind least,
                                 guint limit,
                                 guint *total,
                                 GError **error)
{
  g_autoptr (GPtrArray) skipped = gantry_record_array_new ();
  GantryRows *rows
      = gantry_database_query (db,
                               "SELECT path, kind, reason FROM skipped WHERE job_id = ? AND "
                               "kind >= ? ORDER BY kind DESC, id LIMIT ?",
                               "iii", draft, (gint64)least, (gint64)limit);

  while (gantry_rows_next (rows))
    g_ptr_array_add (skipped, gantry_skipped_new (gantry_rows_text (rows, 0),
                                                  (GantrySkippedKind)gantry_rows_int (rows, 1),
                                                  gantry_rows_text (rows, 2)));
  if (!gantry_rows_end (rows, error))
    return NULL;
  *total = (guint)gantry_database_get_int (
      db, 0, "SELECT count(*) FROM skipped WHERE job_id = ? AND kind >= ?", "ii", draft,
      (gint64)least);
  return g_steal_pointer (&skipped);
}

gboolean
gantry_draft_table_unstage (
    GantryDatabase *db, gint64 draft, gint64 study_id, gint64 series_id, GError **error)
{
  gboolean done;

  g_return_val_if_fail (draft > 0, FALSE); /* 0 owns what was received */
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

/* @n_studies: 0: all that are left in the draft
 * @n: (out): how many instances are moved; %G_MAXUINT: step by step, as the job says */
static gint64
move_studies (GantryDatabase *db,
              gint64 draft,
              const gint64 *study_ids,
              gsize n_studies,
              guint *n,
              GError **error)
{
  GantryQueueChange change = { .kind = GANTRY_QUEUE_CHANGE_MOVE, .source = draft };
  gint64 job;

  if (!gantry_database_run (db, error, "INSERT INTO jobs (state) VALUES (?)", "i",
                            (gint64)GANTRY_JOB_WAITING))
    return -1;
  job = gantry_database_last_id (db);

  if (n_studies == 0
      && !gantry_database_run (db, error, "UPDATE studies SET owner = ? WHERE owner = ?", "ii", job,
                               draft))
    return -1;
  for (gsize i = 0; i < n_studies; i++)
    if (!gantry_database_run (db, error, "UPDATE studies SET owner = ? WHERE id = ? AND owner = ?",
                              "iii", job, study_ids[i], draft))
      return -1;
  change.selection.job_id = job;
  return gantry_queue_change_write (db, &change, n, NULL, error) ? job : -1;
}

/* What the user has to know of stays with the draft that comes after the one of which all was sent,
 * or with that if it is still called @name. */
static gboolean
keep_lost (GantryDatabase *db, gint64 sent, const char *name, GError **error)
{
  gint64 draft;

  if (gantry_database_get_int (db, 0, "SELECT 1 FROM skipped WHERE job_id = ? AND kind = ?", "ii",
                               sent, (gint64)GANTRY_SKIPPED_LOST)
      != 0)
    {
      draft = gantry_draft_table_open (db, name, error);
      if (draft < 0
          || !gantry_database_run (db, error,
                                   "UPDATE skipped SET job_id = ? WHERE job_id = ? AND kind = ?",
                                   "iii", draft, sent, (gint64)GANTRY_SKIPPED_LOST))
        return FALSE;
    }
  return gantry_database_run (db, error, "DELETE FROM skipped WHERE job_id = ? AND kind <> ?", "ii",
                              sent, (gint64)GANTRY_SKIPPED_LOST);
}

/* Returns: (transfer full) (nullable): what a draft is called; @error only when it cannot be read
 */
static char *
get_name (GantryDatabase *db, gint64 draft, GError **error)
{
  GantryRows *rows = gantry_database_query (db, "SELECT draft FROM jobs WHERE id = ?", "i", draft);
  g_autofree char *name = gantry_rows_next (rows) ? g_strdup (gantry_rows_text (rows, 0)) : NULL;

  return gantry_rows_end (rows, error) ? g_steal_pointer (&name) : NULL;
}

gint64
gantry_draft_table_submit (GantryDatabase *db,
                           gint64 draft,
                           const GantryNode *node,
                           const gint64 *study_ids,
                           gsize n_studies,
                           gint64 now,
                           GError **error)
{
  g_autofree char *name = NULL;
  guint n = 0;
  gint64 job = draft;

  if ((name = get_name (db, draft, error)) == NULL)
    return -1;
  /* The whole draft becomes the job as it is, without touching a row of a million instances; unless
   * there are some in it that another job is still to get. */
  if (n_studies > 0 || gantry_queue_change_is_moving (db, draft))
    job = move_studies (db, draft, study_ids, n_studies, &n, error);
  if (job < 0)
    return -1;
  if (n == 0
      && gantry_database_get_int (db, 0, "SELECT waiting FROM jobs WHERE id = ?", "i", job) == 0)
    {
      if (job != draft && !gantry_queue_table_remove_job (db, job, error))
        return -1;
      return 0;
    }

  if (!gantry_queue_table_enqueue (db, job, node, now, error)
      || (n_studies == 0 && !keep_lost (db, draft, name, error)))
    return -1;
  return job;
}
