/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-queue-change.h"

#include "gantry-catalog.h"
#include "gantry-queue-copy.h"
#include "gantry-queue-table.h"

/* Parameters 1 to 4 of every statement here are the selection, 5 and 6 the ids between which it
 * works, 7 to 10 the answer. Each has three forms, so that a few instances, or a study, are found
 * without looking at a job of a million: that of the whole job is the one that can be cut into
 * steps, by the ids that are the last column of the index.
 */
#define PARAMETERS "iiisiiisii"

typedef enum
{
  OF_JOB,
  OF_SERIES,
  BY_ID,
  N_FORMS
} Form;

#define SERIES                                                                                     \
  "series_id IN (SELECT id FROM series WHERE id = ?3 AND ?2 IN (0, study_id) "                     \
  "UNION SELECT id FROM series WHERE study_id = ?2 AND ?3 = 0) "
#define ALL_ARE_USED "AND ?4 IS ?4 AND ?5 < ?6 AND ?10 >= 0 "

#define FORMS(set, which)                                                                          \
  {                                                                                                \
    [OF_JOB] = "UPDATE instances INDEXED BY instances_by_outcome SET " set                         \
               "WHERE job_id = ?1 AND id > ?5 AND id <= ?6 AND (?2 = 0 AND ?3 = 0 OR " SERIES      \
               ") " ALL_ARE_USED which,                                                            \
    [OF_SERIES] = "UPDATE instances INDEXED BY instances_by_series SET " set "WHERE " SERIES       \
                  "AND job_id = ?1 " ALL_ARE_USED which,                                           \
    [BY_ID] = "UPDATE instances SET " set "WHERE id IN (SELECT value FROM json_each (?4)) "        \
              "AND job_id = ?1 " ALL_ARE_USED which,                                               \
  }

#define ANSWER "outcome = ?7, message = ?8, retryable = ?9, finished = ?10 "
#define WAIT_AGAIN                                                                                 \
  "outcome = 0, status = -1, message = '', finished = 0, elapsed = 0, retryable = 0, "             \
  "sent_class_uid = '', sent_syntax = '' "
#define UNSUCCESSFUL "AND outcome IN (4, 5, 6, 7) "

static const char *const statements[GANTRY_N_QUEUE_CHANGES][N_FORMS] = {
  [GANTRY_QUEUE_CHANGE_SETTLE] = FORMS (ANSWER, "AND outcome IN (0, 1)"),
  [GANTRY_QUEUE_CHANGE_CANCEL] = FORMS (ANSWER, "AND outcome = 0"),
  [GANTRY_QUEUE_CHANGE_RETRY] = FORMS (WAIT_AGAIN, UNSUCCESSFUL),
  [GANTRY_QUEUE_CHANGE_RETRY_RETRYABLE] = FORMS (WAIT_AGAIN, UNSUCCESSFUL "AND retryable"),
  [GANTRY_QUEUE_CHANGE_GIVE_UP] = FORMS ("retryable = 0 ", UNSUCCESSFUL "AND retryable"),
};

static gboolean
is_about_unanswered (GantryQueueChangeKind kind)
{
  return kind == GANTRY_QUEUE_CHANGE_SETTLE || kind == GANTRY_QUEUE_CHANGE_CANCEL;
}

static gboolean
takes_from_source (GantryQueueChangeKind kind)
{
  return kind == GANTRY_QUEUE_CHANGE_COPY || kind == GANTRY_QUEUE_CHANGE_MOVE;
}

/* A copy is written to each index. */
static guint
get_rows (GantryQueueChangeKind kind)
{
  return takes_from_source (kind) ? GANTRY_QUEUE_COPY_ROWS : GANTRY_QUEUE_CHANGE_ROWS;
}

static gboolean
list_answered (
    GantryDatabase *db, gint64 job, gint64 after, gint64 last, GArray *ids, GError **error)
{
  GantryRows *rows = gantry_database_query (
      db,
      "SELECT id FROM instances INDEXED BY instances_by_outcome WHERE job_id = ? "
      "AND outcome IN (0, 1) AND id > ? AND id <= ? ORDER BY id",
      "iii", job, after, last);

  while (gantry_rows_next (rows))
    {
      gint64 id = gantry_rows_int (rows, 0);

      g_array_append_val (ids, id);
    }
  return gantry_rows_end (rows, error);
}

static gboolean
copy (GantryDatabase *db,
      const GantryQueueChange *change,
      Form form,
      const char *ids,
      gint64 after,
      gint64 last,
      GError **error)
{
  const GantrySelection *to = &change->selection;

  if (change->kind == GANTRY_QUEUE_CHANGE_MOVE)
    return gantry_queue_copy_move (db, change->source, to->job_id, after, last, error);
  if (form == BY_ID)
    return gantry_queue_copy_ids (db, change->source, to->job_id, ids, error);
  if (form == OF_SERIES)
    return gantry_queue_copy_series (db, change->source, to->job_id, to->study_id, to->series_id,
                                     error);
  return gantry_queue_copy_some (db, change->source, to->job_id, to->study_id, to->series_id, after,
                                 last, error);
}

/* @ids: (nullable): the instances as a JSON array */
static gboolean
run (GantryDatabase *db,
     const GantryQueueChange *change,
     Form form,
     const char *ids,
     gint64 after,
     gint64 last,
     GArray *answered,
     GError **error)
{
  const GantrySelection *selection = &change->selection;

  if (takes_from_source (change->kind))
    return copy (db, change, form, ids, after, last, error);
  return (answered == NULL || change->kind != GANTRY_QUEUE_CHANGE_SETTLE
          || list_answered (db, selection->job_id, after, last, answered, error))
         && gantry_database_run (db, error, statements[change->kind][form], PARAMETERS,
                                 selection->job_id, selection->study_id, selection->series_id, ids,
                                 after, last, (gint64)change->outcome, change->message,
                                 (gint64)(change->retryable != FALSE), change->now);
}

/* ---- At once, or noted ----------------------------------------------------------------------- */

/* The job is a row with counts, and so is each of its series: nothing is counted for this. What
 * cannot be read is taken for much, so that it is noted. */
static gint64
count_in_job (GantryDatabase *db, const GantryQueueChange *change)
{
  gint64 job = change->selection.job_id;

  /* Of the studies that it was given, which say how many there are. */
  if (change->kind == GANTRY_QUEUE_CHANGE_MOVE)
    return gantry_database_get_int (db, 0,
                                    "SELECT sum (objects) FROM series JOIN studies ON studies.id = "
                                    "study_id WHERE owner = ?",
                                    "i", job);
  if (change->kind == GANTRY_QUEUE_CHANGE_COPY)
    return gantry_database_get_int (
        db, 0,
        "SELECT waiting + sending + stored + warning + refused + not_accepted + failed + cancelled "
        "FROM jobs WHERE id = ?",
        "i", change->source);
  /* Else those are looked at that trying again does not help, too. */
  if ((change->kind == GANTRY_QUEUE_CHANGE_RETRY_RETRYABLE
       || change->kind == GANTRY_QUEUE_CHANGE_GIVE_UP)
      && gantry_database_get_int (db, 1, "SELECT retryable FROM jobs WHERE id = ?", "i", job) == 0)
    return 0;
  return gantry_database_get_int (
      db, G_MAXINT64,
      "SELECT CASE WHEN ? THEN waiting + sending ELSE refused + not_accepted + failed + cancelled "
      "END FROM jobs WHERE id = ?",
      "ii", (gint64)is_about_unanswered (change->kind), job);
}

static gint64
count_in_series (GantryDatabase *db, const GantrySelection *selection)
{
  return gantry_database_get_int (
      db, 0,
      selection->series_id != 0 ? "SELECT objects FROM series WHERE id = ?"
                                : "SELECT sum (objects) FROM series WHERE study_id = ?",
      "i", selection->series_id != 0 ? selection->series_id : selection->study_id);
}

/* Some of the ids in one row, as many as a step may have. */
static gboolean
note_ids (GantryDatabase *db, const GantryQueueChange *change, gsize first, gsize n, GError **error)
{
  const GantrySelection *selection = &change->selection;
  g_autofree char *ids
      = n > 0 ? gantry_database_list_ids (selection->instance_ids + first, n) : NULL;

  return gantry_database_run (
      db, error,
      "INSERT INTO changes (job_id, kind, study_id, series_id, ids, outcome, message, retryable, "
      "now, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "iiiisisiii", selection->job_id, (gint64)change->kind, selection->study_id,
      selection->series_id, ids, (gint64)change->outcome,
      change->message != NULL ? change->message : "", (gint64)(change->retryable != FALSE),
      change->now, change->source);
}

static gboolean
note (GantryDatabase *db, const GantryQueueChange *change, GError **error)
{
  gsize n = change->selection.n_instances, first = 0;

  do
    {
      gsize some = MIN (n - first, get_rows (change->kind));

      if (!note_ids (db, change, first, some, error))
        return FALSE;
      first += some;
    }
  while (first < n);
  return TRUE;
}

gboolean
gantry_queue_change_write (
    GantryDatabase *db, const GantryQueueChange *change, guint *n, GArray *answered, GError **error)
{
  const GantrySelection *selection = &change->selection;
  g_autofree char *ids = NULL;
  Form form = OF_JOB;
  gint64 count = count_in_job (db, change);
  gboolean good;

  if (n != NULL)
    *n = 0;
  if (selection->n_instances > 0)
    form = BY_ID;
  else if ((selection->study_id != 0 || selection->series_id != 0)
           && count_in_series (db, selection) <= GANTRY_QUEUE_CHANGE_ROWS)
    form = OF_SERIES;

  if (gantry_queue_change_is_noted (db, selection->job_id)
      || (count > 0 && selection->n_instances > GANTRY_QUEUE_CHANGE_ROWS)
      || (form == OF_JOB && count > GANTRY_QUEUE_CHANGE_ROWS))
    {
      if (n != NULL)
        *n = G_MAXUINT;
      return note (db, change, error);
    }
  if (count == 0)
    return TRUE;
  if (form == BY_ID)
    ids = gantry_database_list_ids (selection->instance_ids, selection->n_instances);
  good = run (db, change, form, ids, -1, G_MAXINT64, answered, error);
  if (n != NULL && good)
    *n = gantry_database_changes (db);
  return good;
}

/* ---- Step by step ---------------------------------------------------------------------------- */

gboolean
gantry_queue_change_get_next (GantryDatabase *db, gint64 *job, GError **error)
{
  *job = 0;
  return gantry_database_read_int (db, job, error, "SELECT job_id FROM changes ORDER BY id LIMIT 1",
                                   "");
}

gboolean
gantry_queue_change_is_noted (GantryDatabase *db, gint64 job)
{
  return gantry_database_get_int (
             db, 1, "SELECT count (*) FROM (SELECT 1 FROM changes WHERE job_id = ? LIMIT 1)", "i",
             job)
         != 0;
}

gboolean
gantry_queue_change_forget (GantryDatabase *db, gint64 job, GError **error)
{
  return gantry_database_run (db, error, "DELETE FROM changes WHERE job_id = ? AND kind <> ?", "ii",
                              job, (gint64)GANTRY_QUEUE_CHANGE_MOVE);
}

/* What was noted, with texts of its own. */
typedef struct
{
  gint64 id, after; /* the last instance of the step before */
  char *ids, *message;
  GantryQueueChange change;
} Noted;

static void
noted_clear (Noted *noted)
{
  g_free (noted->ids);
  g_free (noted->message);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Noted, noted_clear)

/* @noted: nothing in it when there is none */
static gboolean
read_next (GantryDatabase *db, Noted *noted, GError **error)
{
  GantryRows *rows = gantry_database_query (
      db,
      "SELECT id, job_id, kind, study_id, series_id, ids, outcome, message, retryable, now, after, "
      "source FROM changes ORDER BY id LIMIT 1",
      "");

  if (!gantry_rows_next (rows))
    return gantry_rows_end (rows, error);
  noted->id = gantry_rows_int (rows, 0);
  noted->ids = g_strdup (gantry_rows_text (rows, 5));
  noted->message = g_strdup (gantry_rows_text (rows, 7));
  noted->after = gantry_rows_int (rows, 10);
  noted->change = (GantryQueueChange){
    .kind = (GantryQueueChangeKind)gantry_rows_int (rows, 2),
    .selection.job_id = gantry_rows_int (rows, 1),
    .selection.study_id = gantry_rows_int (rows, 3),
    .selection.series_id = gantry_rows_int (rows, 4),
    .outcome = (GantryOutcome)gantry_rows_int (rows, 6),
    .message = noted->message,
    .retryable = gantry_rows_int (rows, 8) != 0,
    .now = gantry_rows_int (rows, 9),
    .source = gantry_rows_int (rows, 11),
  };
  return gantry_rows_end (rows, error);
}

/* In the index alone, and no more of it than that: an IN would sort what there is of all. */
#define FIRST_OF(outcome)                                                                          \
  "SELECT * FROM (SELECT id FROM instances INDEXED BY instances_by_outcome WHERE job_id = ?1 "     \
  "AND outcome = " outcome " AND id > ?2 ORDER BY id LIMIT ?3) "

/* @last: the id up to which the next step goes; it is the last step when there are less rows. */
static gboolean
find_last (GantryDatabase *db, const Noted *noted, gint64 *last, guint *n, GError **error)
{
  GantryRows *rows;

  if (takes_from_source (noted->change.kind))
    return gantry_queue_copy_find_last (db, noted->change.source, noted->after,
                                        GANTRY_QUEUE_COPY_ROWS, last, n, error);
  rows = gantry_database_query (
      db,
      is_about_unanswered (noted->change.kind)
          ? "SELECT count (*), max (id) FROM (" FIRST_OF ("0") "UNION ALL " FIRST_OF (
              "1") "ORDER BY id LIMIT ?3)"
          : "SELECT count (*), max (id) FROM (" FIRST_OF ("4") "UNION ALL " FIRST_OF (
              "5") "UNION ALL " FIRST_OF ("6") "UNION ALL " FIRST_OF ("7") "ORDER BY id LIMIT ?3)",
      "iii", noted->change.selection.job_id, noted->after, (gint64)GANTRY_QUEUE_CHANGE_ROWS);

  *n = 0;
  *last = 0;
  if (gantry_rows_next (rows))
    {
      *n = (guint)gantry_rows_int (rows, 0);
      *last = gantry_rows_int (rows, 1);
    }
  return gantry_rows_end (rows, error);
}

static gboolean
remove_noted (GantryDatabase *db, const Noted *noted, GError **error)
{
  gint64 job = noted->change.selection.job_id;

  if (!gantry_database_run (db, error, "DELETE FROM changes WHERE id = ?", "i", noted->id))
    return FALSE;
  if (noted->change.kind != GANTRY_QUEUE_CHANGE_COPY
      || gantry_database_get_int (db, 0,
                                  "SELECT count (*) FROM changes WHERE job_id = ? AND kind = ?",
                                  "ii", job, (gint64)GANTRY_QUEUE_CHANGE_COPY)
             > 0)
    return TRUE;
  return gantry_catalog_prune (db, job, error) && gantry_queue_table_name (db, job, error);
}

static gboolean
run_next (GantryDatabase *db, const Noted *noted, GArray *answered, GError **error)
{
  gint64 last;
  guint n;

  if (*noted->ids != '\0')
    return run (db, &noted->change, BY_ID, noted->ids, -1, G_MAXINT64, NULL, error)
           && remove_noted (db, noted, error);

  if (!find_last (db, noted, &last, &n, error))
    return FALSE;
  if (n == 0)
    return remove_noted (db, noted, error);
  if (!run (db, &noted->change, OF_JOB, NULL, noted->after, last, answered, error))
    return FALSE;
  if (n < get_rows (noted->change.kind))
    return remove_noted (db, noted, error);
  return gantry_database_run (db, error, "UPDATE changes SET after = ? WHERE id = ?", "ii", last,
                              noted->id);
}

gboolean
gantry_queue_change_step (GantryDatabase *db, GArray *answered, GError **error)
{
  g_auto (Noted) noted = { 0 };

  return read_next (db, &noted, error) && (noted.id == 0 || run_next (db, &noted, answered, error));
}

gboolean
gantry_queue_change_is_moving (GantryDatabase *db, gint64 draft)
{
  return gantry_database_get_int (
             db, 1, "SELECT EXISTS (SELECT 1 FROM changes WHERE source = ? AND source <> 0)", "i",
             draft)
         != 0;
}

gboolean
gantry_queue_change_move_at_once (GantryDatabase *db,
                                  gint64 draft,
                                  const char *path,
                                  const char *sop_instance_uid,
                                  GError **error)
{
  return !gantry_queue_change_is_moving (db, draft)
         || gantry_database_run (
             db, error,
             "UPDATE instances SET job_id = (SELECT owner FROM series JOIN studies ON studies.id = "
             "study_id WHERE series.id = series_id) "
             "WHERE job_id = ?1 AND (path = ?2 OR sop_instance_uid = ?3)",
             "iss", draft, path, sop_instance_uid);
}
