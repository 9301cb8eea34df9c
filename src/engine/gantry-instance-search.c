/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-instance-search.h"

#include "gantry-instance-table.h"

/* While a job runs its answers change many times a second, and each change might be another list.
 * What was found is then used for so many times as long as it took to find. */
#define TIMES_AS_LONG 4

struct _GantryInstanceSearch
{
  gint64 job; /* 0: nothing is remembered */
  GantryInstanceFilter filter;
  char *text;
  GArray *ids;
  gint64 version; /* of the database */
  gint64 found;   /* when, and how long it took: microseconds of the monotonic clock */
  gint64 took;
};

GantryInstanceSearch *
gantry_instance_search_new (void)
{
  return g_new0 (GantryInstanceSearch, 1);
}

void
gantry_instance_search_free (GantryInstanceSearch *self)
{
  g_free (self->text);
  g_clear_pointer (&self->ids, g_array_unref);
  g_free (self);
}

static gboolean
is_same_question (const GantryInstanceSearch *self, const GantryQuestion *question)
{
  return self->job == question->id && self->filter.outcomes == question->outcomes
         && self->filter.study_id == question->study_id
         && g_strcmp0 (self->text, question->text) == 0;
}

static gboolean
is_running (GantryDatabase *db, gint64 job)
{
  return gantry_database_get_int (db, 0, "SELECT state FROM jobs WHERE id = ?", "i", job)
         == GANTRY_JOB_RUNNING;
}

/* A job that does not run is always listed as it is: nothing would ask again. */
static gboolean
is_good_enough (const GantryInstanceSearch *self, GantryDatabase *db, gint64 version)
{
  return self->version == version
         || (g_get_monotonic_time () - self->found < TIMES_AS_LONG * self->took
             && is_running (db, self->job));
}

static gboolean
is_over (gpointer question)
{
  return gantry_question_is_over (question);
}

static gboolean
find (GantryInstanceSearch *self,
      GantryDatabase *db,
      const GantryQuestion *question,
      gint64 version,
      GError **error)
{
  const GantryInstanceFilter filter
      = { .outcomes = question->outcomes, .text = question->text, .study_id = question->study_id };
  gint64 started = g_get_monotonic_time ();
  GArray *ids
      = gantry_instance_table_find (db, question->id, &filter, is_over, (gpointer)question, error);

  if (ids == NULL)
    return FALSE;
  g_clear_pointer (&self->ids, g_array_unref);
  g_free (self->text);
  self->ids = ids;
  self->job = question->id;
  self->filter = filter;
  self->filter.text = NULL;
  self->text = g_strdup (question->text);
  self->version = version;
  self->found = g_get_monotonic_time ();
  self->took = self->found - started;
  return TRUE;
}

/* @self knows what matches then. */
static gboolean
prepare (GantryInstanceSearch *self,
         GantryDatabase *db,
         const GantryQuestion *question,
         GError **error)
{
  gint64 version = gantry_database_get_version (db); /* before it is read, so never too new */

  return (is_same_question (self, question) && is_good_enough (self, db, version))
         || find (self, db, question, version, error);
}

GPtrArray *
gantry_instance_search_answer (GantryDatabase *db,
                               const GantryQuestion *question,
                               guint *total,
                               GError **error)
{
  GantryInstanceSearch *self = question->memory;
  guint offset, n;

  if (!prepare (self, db, question, error))
    return NULL;

  *total = self->ids->len;
  offset = MIN (question->offset, self->ids->len);
  n = MIN (question->limit, self->ids->len - offset);
  return gantry_instance_table_get (db, &g_array_index (self->ids, gint64, offset), n, error);
}

/* ---- What there is among some rows ----------------------------------------------------------- */

/* The ids of a run of rows. */
typedef struct
{
  gint64 first, last;
  const gint64 *ids; /* NULL: all between them */
  gsize n;
} Span;

/* %FALSE: there are no such rows, any more */
static gboolean
get_span (GantryDatabase *db, const GantryQuestion *question, const GantryRun *run, Span *span)
{
  GantryInstanceSearch *self = question->memory;

  if (run->n == 0)
    return FALSE;
  if (self == NULL)
    {
      guint end = run->n > G_MAXUINT - run->offset ? G_MAXUINT : run->offset + run->n;

      *span = (Span){ .first = gantry_instance_table_get_id (db, question->id, run->offset),
                      .last = gantry_instance_table_get_id (db, question->id, end - 1) };
      return TRUE;
    }
  if (run->offset >= self->ids->len)
    return FALSE;
  span->ids = &g_array_index (self->ids, gint64, run->offset);
  span->n = MIN (run->n, self->ids->len - run->offset);
  span->first = span->ids[0];
  span->last = span->ids[span->n - 1];
  return TRUE;
}

GPtrArray *
gantry_instance_search_look (GantryDatabase *db,
                             const GantryQuestion *question,
                             guint *total,
                             GError **error)
{
  const GantryInstanceLook *look = question->data;
  guint missing = look->outcomes;

  if (question->memory != NULL && !prepare (question->memory, db, question, error))
    return NULL;
  for (gsize i = 0; i < look->n_runs && missing != 0; i++)
    {
      Span span;

      if (!get_span (db, question, &look->runs[i], &span))
        continue;
      for (guint outcome = 0; outcome <= GANTRY_N_OUTCOMES; outcome++)
        {
          gboolean has = FALSE;

          if ((missing & 1u << outcome) != 0
              && !gantry_instance_table_has (db, question->id, outcome, span.first, span.last,
                                             span.ids, span.n, &has, error))
            return NULL;
          if (has)
            missing &= ~(1u << outcome);
        }
    }
  *total = look->outcomes & ~missing;
  return gantry_record_array_new ();
}

GPtrArray *
gantry_instance_search_pick (GantryDatabase *db,
                             const GantryQuestion *question,
                             guint *total,
                             GError **error)
{
  GantryInstanceSearch *self = question->memory;
  const GantryInstanceLook *look = question->data;
  GPtrArray *answer;
  GArray *ids;

  /* All is all that there is by now; rows are those of the list as people see it. */
  if (look->n_runs == 0 ? !find (self, db, question, gantry_database_get_version (db), error)
                        : !prepare (self, db, question, error))
    return NULL;
  *total = self->ids->len;
  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (look->n_runs == 0 && self->ids->len > 0)
    g_array_append_vals (ids, self->ids->data, self->ids->len);
  for (gsize i = 0; i < look->n_runs; i++)
    {
      Span span;

      if (get_span (db, question, &look->runs[i], &span))
        g_array_append_vals (ids, span.ids, (guint)span.n);
    }
  answer = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  g_ptr_array_add (answer, ids);
  return answer;
}
