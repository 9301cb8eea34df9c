/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-instance-table.h"

#include <gio/gio.h>

#include "gantry-registry.h"
#include "gantry-text-match.h"

#define ROWS_BETWEEN_STOPS 512

#define COLUMNS                                                                                    \
  "instances.id, instances.job_id, path, size, instances.sop_class_uid, sop_instance_uid, "        \
  "transfer_syntax, instances.modality, outcome, status, message, finished, elapsed, "             \
  "sent_class_uid, sent_syntax, retryable AND (SELECT state NOT IN (3, 4) FROM jobs "              \
  "WHERE jobs.id = instances.job_id) "
#define N_COLUMNS 16

static GantryJobInstance *
read_instance (GantryRows *rows)
{
  GantryJobInstance *instance = gantry_job_instance_new ();

  instance->id = gantry_rows_int (rows, 0);
  instance->job_id = gantry_rows_int (rows, 1);
  g_free (instance->path); /* a file name, in whatever encoding it is */
  instance->path = g_strdup (gantry_rows_text (rows, 2));
  instance->size = (guint64)gantry_rows_int (rows, 3);
  gantry_record_set (&instance->sop_class_uid, gantry_rows_text (rows, 4));
  gantry_record_set (&instance->sop_instance_uid, gantry_rows_text (rows, 5));
  gantry_record_set (&instance->transfer_syntax, gantry_rows_text (rows, 6));
  gantry_record_set (&instance->modality, gantry_rows_text (rows, 7));
  instance->outcome = (GantryOutcome)gantry_rows_int (rows, 8);
  instance->status = (gint32)gantry_rows_int (rows, 9);
  gantry_record_set (&instance->message, gantry_rows_text (rows, 10));
  instance->finished = gantry_rows_int (rows, 11);
  instance->elapsed = gantry_rows_int (rows, 12);
  gantry_record_set (&instance->sent_class_uid, gantry_rows_text (rows, 13));
  gantry_record_set (&instance->sent_syntax, gantry_rows_text (rows, 14));
  instance->tried_again = gantry_rows_int (rows, 15) != 0;
  return instance;
}

/* The id of the instance at @offset. Those of a job are mostly in a row, because they were staged
 * together; else they are counted, but in the index alone. */
static gint64
find_offset (GantryDatabase *db, gint64 job, guint offset, guint total)
{
  gint64 first = gantry_database_get_int (db, 0,
                                          "SELECT min (id) FROM instances INDEXED BY "
                                          "instances_by_job WHERE job_id = ?",
                                          "i", job);
  gint64 last = gantry_database_get_int (db, 0,
                                         "SELECT max (id) FROM instances INDEXED BY "
                                         "instances_by_job WHERE job_id = ?",
                                         "i", job);

  if (last - first + 1 == total)
    return first + offset;
  return gantry_database_get_int (db, G_MAXINT64,
                                  "SELECT id FROM instances INDEXED BY instances_by_job "
                                  "WHERE job_id = ? ORDER BY id LIMIT 1 OFFSET ?",
                                  "ii", job, (gint64)offset);
}

static guint
count (GantryDatabase *db, gint64 job)
{
  return (guint)gantry_database_get_int (
      db, 0,
      "SELECT waiting + sending + stored + warning + refused + not_accepted + "
      "failed + cancelled FROM jobs WHERE id = ?",
      "i", job);
}

gint64
gantry_instance_table_get_id (GantryDatabase *db, gint64 job, guint offset)
{
  guint total = count (db, job);

  return offset < total ? find_offset (db, job, offset, total) : G_MAXINT64;
}

GPtrArray *
gantry_instance_table_list (
    GantryDatabase *db, gint64 job, guint offset, guint limit, guint *total, GError **error)
{
  g_autoptr (GPtrArray) instances = gantry_record_array_new ();
  GantryRows *rows;

  *total = count (db, job);
  if (offset >= *total)
    return g_steal_pointer (&instances);

  rows = gantry_database_query (db,
                                "SELECT " COLUMNS "FROM instances INDEXED BY instances_by_job "
                                "WHERE job_id = ? AND id >= ? ORDER BY id LIMIT ?",
                                "iii", job, find_offset (db, job, offset, *total), (gint64)limit);
  while (gantry_rows_next (rows))
    g_ptr_array_add (instances, read_instance (rows));
  if (!gantry_rows_end (rows, error))
    return NULL;
  return g_steal_pointer (&instances);
}

GPtrArray *
gantry_instance_table_get (GantryDatabase *db, const gint64 *ids, gsize n_ids, GError **error)
{
  g_autoptr (GPtrArray) instances = gantry_record_array_new ();

  for (gsize i = 0; i < n_ids; i++)
    {
      GantryRows *rows = gantry_database_query (db, "SELECT " COLUMNS "FROM instances WHERE id = ?",
                                                "i", ids[i]);

      while (gantry_rows_next (rows))
        g_ptr_array_add (instances, read_instance (rows));
      if (!gantry_rows_end (rows, error))
        return NULL;
    }
  return g_steal_pointer (&instances);
}

/* ---- Searching ------------------------------------------------------------------------------ */

typedef struct
{
  GantryDatabase *db;
  gint64 job;
  const GantryInstanceFilter *filter;
  GantryInstanceStop stop;
  gpointer user_data;
  GantryTextMatch *text;
  GHashTable *classes; /* SOP class UID -> whether its UID or name matches; few in any job */
  GHashTable *series;  /* ids (gint64 *) of the series whose UID or study's UID matches */
  GArray *found;
  guint rows;
} Search;

static gboolean
class_matches (Search *self, const char *uid)
{
  gpointer known;
  g_autofree char *name = NULL;
  gboolean matches;

  if (g_hash_table_lookup_extended (self->classes, uid, NULL, &known))
    return GPOINTER_TO_INT (known);
  name = gantry_uid_describe (uid);
  matches = gantry_text_match_is_in (self->text, uid) || gantry_text_match_is_in (self->text, name);
  g_hash_table_insert (self->classes, g_strdup (uid), GINT_TO_POINTER (matches));
  return matches;
}

static gboolean
series_matches (Search *self, gint64 series)
{
  return g_hash_table_contains (self->series, &series);
}

static gboolean
row_matches (Search *self, GantryRows *rows)
{
  return gantry_text_match_is_empty (self->text)
         || gantry_text_match_is_in (self->text, gantry_rows_text (rows, 2))
         || gantry_text_match_is_in (self->text, gantry_rows_text (rows, 3))
         || gantry_text_match_is_in (self->text, gantry_rows_text (rows, 4))
         || class_matches (self, gantry_rows_text (rows, 5))
         || series_matches (self, gantry_rows_int (rows, 1));
}

static gboolean
find_series (Search *self, GError **error)
{
  GantryRows *rows
      = gantry_database_query (self->db,
                               "SELECT series.id, series_uid, study_uid FROM studies JOIN series "
                               "ON study_id = studies.id WHERE owner = ?",
                               "i", self->job);

  while (gantry_rows_next (rows))
    if (gantry_text_match_is_in (self->text, gantry_rows_text (rows, 1))
        || gantry_text_match_is_in (self->text, gantry_rows_text (rows, 2)))
      {
        gint64 id = gantry_rows_int (rows, 0);

        g_hash_table_add (self->series, g_memdup2 (&id, sizeof id));
      }
  return gantry_rows_end (rows, error);
}

/* The rows of one outcome, in order. Ids alone come from an index; text needs the rows. */
static GantryRows *
query (Search *self, gint64 outcome)
{
#define TEXTS "series_id, path, message, sop_instance_uid, sop_class_uid "
  if (self->filter->study_id != 0)
    /* A study is small beside a job, so its series are the way in. */
    return gantry_database_query (
        self->db,
        "SELECT id, " TEXTS "FROM instances INDEXED BY instances_by_series WHERE series_id IN "
        "(SELECT id FROM series WHERE study_id = ?) AND job_id = ? AND outcome = ?",
        "iii", self->filter->study_id, self->job, outcome);
  if (gantry_text_match_is_empty (self->text))
    return gantry_database_query (self->db,
                                  "SELECT id FROM instances INDEXED BY instances_by_outcome "
                                  "WHERE job_id = ? AND outcome = ? ORDER BY id",
                                  "ii", self->job, outcome);
  return gantry_database_query (self->db,
                                "SELECT id, " TEXTS
                                "FROM instances INDEXED BY instances_by_outcome "
                                "WHERE job_id = ? AND outcome = ? ORDER BY id",
                                "ii", self->job, outcome);
#undef TEXTS
}

static gboolean
find_outcome (Search *self, gint64 outcome, GError **error)
{
  GantryRows *rows = query (self, outcome);
  gboolean stopped = FALSE;

  while (!stopped && gantry_rows_next (rows))
    {
      gint64 id = gantry_rows_int (rows, 0);

      stopped = ++self->rows % ROWS_BETWEEN_STOPS == 0 && self->stop != NULL
                && self->stop (self->user_data);
      if (!stopped && row_matches (self, rows))
        g_array_append_val (self->found, id);
    }
  if (!gantry_rows_end (rows, error))
    return FALSE;
  if (stopped)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  return !stopped;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a, other = *(const gint64 *)b;

  return (one > other) - (one < other);
}

static gboolean
find_all (Search *self, GError **error)
{
  if (!gantry_text_match_is_empty (self->text) && !find_series (self, error))
    return FALSE;
  for (guint outcome = 0; outcome < GANTRY_N_OUTCOMES; outcome++)
    if ((self->filter->outcomes == 0 || self->filter->outcomes & 1u << outcome)
        && !find_outcome (self, outcome, error))
      return FALSE;
  g_array_sort (self->found, compare_ids);
  return TRUE;
}

GArray *
gantry_instance_table_find (GantryDatabase *db,
                            gint64 job,
                            const GantryInstanceFilter *filter,
                            GantryInstanceStop stop,
                            gpointer user_data,
                            GError **error)
{
  Search self = { .db = db, .job = job, .filter = filter, .stop = stop, .user_data = user_data };
  /* One state of the job, however long it takes: an instance is in one outcome, not in two. */
  gboolean ok = gantry_database_begin_read (db, error);

  self.text = gantry_text_match_new (filter->text);
  self.classes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.series = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self.found = g_array_new (FALSE, FALSE, sizeof (gint64));
  ok = ok && find_all (&self, error);
  gantry_database_rollback (db);

  gantry_text_match_free (self.text);
  g_hash_table_unref (self.classes);
  g_hash_table_unref (self.series);
  if (!ok)
    g_clear_pointer (&self.found, g_array_unref);
  return self.found;
}

gboolean
gantry_instance_table_has (GantryDatabase *db,
                           gint64 job,
                           GantryOutcome outcome,
                           gint64 first,
                           gint64 last,
                           const gint64 *ids,
                           gsize n_ids,
                           gboolean *has,
                           GError **error)
{
  GantryRows *rows = gantry_database_query (
      db,
      outcome == GANTRY_N_OUTCOMES ? "SELECT id FROM instances INDEXED BY instances_by_outcome "
                                     "WHERE job_id = ? AND ? AND outcome IN (4, 5, 6, 7) AND id "
                                     "BETWEEN ? AND ? AND retryable"
                                   : "SELECT id FROM instances INDEXED BY instances_by_outcome "
                                     "WHERE job_id = ? AND outcome = ? AND id BETWEEN ? AND ?",
      "iiii", job, (gint64)outcome, first, last);

  *has = FALSE;
  while (!*has && gantry_rows_next (rows))
    {
      gint64 id = gantry_rows_int (rows, 0);

      *has = ids == NULL || bsearch (&id, ids, n_ids, sizeof *ids, compare_ids) != NULL;
    }
  return gantry_rows_end (rows, error);
}

/* ---- For the report ------------------------------------------------------------------------- */

static void
row_free (gpointer data)
{
  GantryInstanceRow *row = data;

  gantry_record_unref (row->instance);
  g_free (row->study_uid);
  g_free (row->series_uid);
  g_free (row);
}

GPtrArray *
gantry_instance_table_next (
    GantryDatabase *db, gint64 job, gint64 after, guint limit, GError **error)
{
  g_autoptr (GPtrArray) result = g_ptr_array_new_with_free_func (row_free);
  GantryRows *rows = gantry_database_query (
      db,
      "SELECT " COLUMNS ", modified, series_uid, study_uid "
      "FROM instances INDEXED BY instances_by_job "
      "JOIN series ON series.id = series_id JOIN studies ON studies.id = study_id "
      "WHERE job_id = ? AND instances.id > ? ORDER BY instances.id LIMIT ?",
      "iii", job, after, (gint64)limit);

  while (gantry_rows_next (rows))
    {
      GantryInstanceRow *row = g_new0 (GantryInstanceRow, 1);

      row->instance = read_instance (rows);
      row->modified = gantry_rows_int (rows, N_COLUMNS);
      gantry_record_set (&row->series_uid, gantry_rows_text (rows, N_COLUMNS + 1));
      gantry_record_set (&row->study_uid, gantry_rows_text (rows, N_COLUMNS + 2));
      g_ptr_array_add (result, row);
    }
  if (!gantry_rows_end (rows, error))
    return NULL;
  return g_steal_pointer (&result);
}
