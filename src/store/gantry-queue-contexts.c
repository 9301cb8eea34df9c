/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-queue-contexts.h"

#include "gantry-records.h"

struct _GantryQueueContexts
{
  gint64 job;
  gint64 after; /* the last instance of the step before */
  gboolean complete;
  GPtrArray *pairs;
  GHashTable *known; /* "class syntax" of each of them */
};

GantryQueueContexts *
gantry_queue_contexts_new (gint64 job)
{
  GantryQueueContexts *self = g_new0 (GantryQueueContexts, 1);

  self->job = job;
  self->pairs = gantry_record_array_new ();
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
gantry_queue_contexts_free (GantryQueueContexts *self)
{
  g_ptr_array_unref (self->pairs);
  g_hash_table_unref (self->known);
  g_free (self);
}

static void
add (GantryQueueContexts *self, const char *sop_class, const char *syntax)
{
  const char *proposed[] = { syntax, NULL };

  if (g_hash_table_add (self->known, g_strjoin (" ", sop_class, syntax, NULL)))
    g_ptr_array_add (self->pairs, gantry_context_new (0, sop_class, proposed, "", 0));
}

gboolean
gantry_queue_contexts_step (GantryQueueContexts *self, GantryDatabase *db, GError **error)
{
  GantryRows *rows;
  gint64 n = 0;

  if (self->complete)
    return TRUE;
  rows = gantry_database_query (
      db,
      "SELECT sop_class_uid, transfer_syntax, count (*), max (id) FROM (SELECT id, sop_class_uid, "
      "transfer_syntax FROM instances INDEXED BY instances_by_outcome WHERE job_id = ? AND outcome "
      "= 0 AND id > ? ORDER BY id LIMIT ?) GROUP BY 1, 2 ORDER BY min (id)",
      "iii", self->job, self->after, (gint64)GANTRY_QUEUE_CONTEXTS_ROWS);
  while (gantry_rows_next (rows))
    {
      add (self, gantry_rows_text (rows, 0), gantry_rows_text (rows, 1));
      n += gantry_rows_int (rows, 2);
      self->after = MAX (self->after, gantry_rows_int (rows, 3));
    }
  if (!gantry_rows_end (rows, error))
    return FALSE;
  self->complete = n < GANTRY_QUEUE_CONTEXTS_ROWS;
  return TRUE;
}

gboolean
gantry_queue_contexts_is_complete (GantryQueueContexts *self)
{
  return self->complete;
}

GPtrArray *
gantry_queue_contexts_get (GantryQueueContexts *self)
{
  return self->pairs;
}
