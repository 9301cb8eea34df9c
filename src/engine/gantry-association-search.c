/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-association-search.h"

#include "gantry-log-search.h"
#include "gantry-log-table.h"

/* While objects come the log changes many times a second, and each change might be another list.
 * What was found is then used for so many times as long as it took to find. */
#define TIMES_AS_LONG 4

struct _GantryAssociationSearch
{
  GantryAssociationFilter *filter; /* NULL: nothing is remembered */
  GArray *ids;
  GantryAssociationTotals totals;
  gint64 version; /* of the database */
  gint64 found;   /* when, and how long it took: microseconds of the monotonic clock */
  gint64 took;
};

GantryAssociationFilter *
gantry_association_filter_copy (const GantryAssociationFilter *filter)
{
  GantryAssociationFilter *copy;

  if (filter == NULL)
    return g_new0 (GantryAssociationFilter, 1);
  copy = g_memdup2 (filter, sizeof *filter);
  copy->ae_title = g_strdup (filter->ae_title);
  copy->peer = g_strdup (filter->peer);
  copy->sop_class_uid = g_strdup (filter->sop_class_uid);
  copy->modality = g_strdup (filter->modality);
  copy->text = g_strdup (filter->text);
  return copy;
}

void
gantry_association_filter_free (gpointer data)
{
  GantryAssociationFilter *filter = data;

  g_free ((char *)filter->ae_title);
  g_free ((char *)filter->peer);
  g_free ((char *)filter->sop_class_uid);
  g_free ((char *)filter->modality);
  g_free ((char *)filter->text);
  g_free (filter);
}

GantryAssociationSearch *
gantry_association_search_new (void)
{
  return g_new0 (GantryAssociationSearch, 1);
}

void
gantry_association_search_free (GantryAssociationSearch *self)
{
  g_clear_pointer (&self->filter, gantry_association_filter_free);
  g_clear_pointer (&self->ids, g_array_unref);
  g_free (self);
}

static gboolean
is_same (const GantryAssociationFilter *one, const GantryAssociationFilter *other)
{
  return one != NULL && g_strcmp0 (one->ae_title, other->ae_title) == 0
         && g_strcmp0 (one->peer, other->peer) == 0 && one->whole == other->whole
         && g_strcmp0 (one->sop_class_uid, other->sop_class_uid) == 0
         && g_strcmp0 (one->modality, other->modality) == 0 && one->outcomes == other->outcomes
         && one->from == other->from && one->until == other->until
         && g_strcmp0 (one->text, other->text) == 0;
}

/* While nothing is open the log is always listed as it is: nothing would ask again. */
static gboolean
is_good_enough (const GantryAssociationSearch *self, GantryDatabase *db, gint64 version)
{
  return self->version == version
         || (g_get_monotonic_time () - self->found < TIMES_AS_LONG * self->took
             && gantry_database_get_int (db, 0,
                                         "SELECT 1 FROM associations WHERE state < 3 LIMIT 1", "")
                    != 0);
}

static gboolean
is_over (gpointer question)
{
  return gantry_question_is_over (question);
}

static gboolean
find (GantryAssociationSearch *self,
      GantryDatabase *db,
      const GantryQuestion *question,
      GError **error)
{
  const GantryAssociationFilter *filter = question->data;
  gint64 version = gantry_database_get_version (db); /* before it is read, so never too new */
  gint64 started = g_get_monotonic_time ();
  GantryAssociationTotals totals = { 0 };
  GArray *ids;

  if (is_same (self->filter, filter) && is_good_enough (self, db, version))
    return TRUE;
  ids = gantry_log_search (db, filter, &totals, is_over, (gpointer)question, error);
  if (ids == NULL)
    return FALSE;
  g_clear_pointer (&self->ids, g_array_unref);
  g_clear_pointer (&self->filter, gantry_association_filter_free);
  self->ids = ids;
  self->totals = totals;
  self->filter = gantry_association_filter_copy (filter);
  self->version = version;
  self->found = g_get_monotonic_time ();
  self->took = self->found - started;
  return TRUE;
}

GPtrArray *
gantry_association_search_list (GantryDatabase *db,
                                const GantryQuestion *question,
                                guint *total,
                                GError **error)
{
  GantryAssociationSearch *self = question->memory;
  guint offset, n;

  if (gantry_association_filter_is_empty (question->data))
    return gantry_log_table_list_associations (db, question->offset, question->limit, total, error);
  if (!find (self, db, question, error))
    return NULL;
  *total = self->ids->len;
  offset = MIN (question->offset, self->ids->len);
  n = MIN (question->limit, self->ids->len - offset);
  return gantry_log_table_get_associations (db, &g_array_index (self->ids, gint64, offset), n,
                                            error);
}

GPtrArray *
gantry_association_search_sum (GantryDatabase *db,
                               const GantryQuestion *question,
                               guint *total,
                               GError **error)
{
  GantryAssociationSearch *self = question->memory;
  g_autoptr (GPtrArray) rows = gantry_record_array_new ();
  GantryAssociationTotals *totals = gantry_association_totals_new ();

  g_ptr_array_add (rows, totals);
  *total = 1;
  if (gantry_association_filter_is_empty (question->data))
    return gantry_log_table_sum (db, totals, error) ? g_steal_pointer (&rows) : NULL;
  if (!find (self, db, question, error))
    return NULL;
  *totals = self->totals;
  return g_steal_pointer (&rows);
}
