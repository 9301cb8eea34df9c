/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-log-table.h"

gint64
gantry_log_table_next_association (GantryDatabase *db)
{
  /* Ids are never used again, also not after the log was cleared: objects go on naming theirs. */
  return gantry_database_get_int (
      db, 1,
      "SELECT 1 + max (coalesce ((SELECT max (id) FROM associations), 0), "
      "coalesce ((SELECT max (association_id) FROM received), 0))",
      "");
}

static gboolean
save_contexts (GantryDatabase *db, const GantryAssociationRecord *r, GError **error)
{
  for (guint i = 0; i < r->contexts->len; i++)
    {
      const GantryContext *context = r->contexts->pdata[i];
      g_autofree char *proposed = g_strjoinv ("\\", context->proposed);

      if (!gantry_database_run (
              db, error,
              "INSERT OR REPLACE INTO contexts (association_id, context_id, abstract_syntax, "
              "proposed, accepted, result) VALUES (?, ?, ?, ?, ?, ?)",
              "iisssi", r->id, (gint64)context->id, context->abstract_syntax, proposed,
              context->accepted, (gint64)context->result))
        return FALSE;
    }
  return TRUE;
}

gboolean
gantry_log_table_save_association (GantryDatabase *db,
                                   const GantryAssociationRecord *r,
                                   gboolean with_contexts,
                                   GError **error)
{
  return gantry_database_run (
             db, error,
             "INSERT INTO associations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
             "ON CONFLICT (id) DO UPDATE SET state = excluded.state, ended = excluded.ended, "
             "calling = excluded.calling, called = excluded.called, "
             "implementation_class = excluded.implementation_class, "
             "implementation_version = excluded.implementation_version, "
             "peer_max_pdu = excluded.peer_max_pdu, objects = excluded.objects, "
             "stored = excluded.stored, warnings = excluded.warnings, refused = excluded.refused, "
             "bytes = excluded.bytes, echoes = excluded.echoes, result = excluded.result",
             "iiiisssssiiiiiiis", r->id, (gint64)r->state, r->started, r->ended, r->calling,
             r->called, r->peer, r->implementation_class_uid, r->implementation_version,
             (gint64)r->peer_max_pdu, (gint64)r->objects, (gint64)r->stored, (gint64)r->warnings,
             (gint64)r->refused, (gint64)r->bytes, (gint64)r->echoes, r->result)
         && (!with_contexts || save_contexts (db, r, error));
}

gboolean
gantry_log_table_recover (GantryDatabase *db, const char *result, gint64 now, GError **error)
{
  return gantry_database_run (
      db, error, "UPDATE associations SET state = ?, ended = ?, result = ? WHERE state < ?", "iisi",
      (gint64)GANTRY_ASSOCIATION_ABORTED, now, result, (gint64)GANTRY_ASSOCIATION_RELEASED);
}

gboolean
gantry_log_table_clear (GantryDatabase *db, GError **error)
{
  return gantry_database_run (db, error, "DELETE FROM associations WHERE state >= ?", "i",
                              (gint64)GANTRY_ASSOCIATION_RELEASED);
}

#define SELECT_ASSOCIATIONS                                                                        \
  "SELECT id, state, started, ended, calling, called, peer, implementation_class, "                \
  "implementation_version, "                                                                       \
  "peer_max_pdu, objects, stored, warnings, refused, bytes, echoes, result FROM associations "

static GantryAssociationRecord *
read_association (GantryRows *rows)
{
  GantryAssociationRecord *r = gantry_association_record_new ();

  r->id = gantry_rows_int (rows, 0);
  r->state = (GantryAssociationState)gantry_rows_int (rows, 1);
  r->started = gantry_rows_int (rows, 2);
  r->ended = gantry_rows_int (rows, 3);
  gantry_record_set (&r->calling, gantry_rows_text (rows, 4));
  gantry_record_set (&r->called, gantry_rows_text (rows, 5));
  gantry_record_set (&r->peer, gantry_rows_text (rows, 6));
  gantry_record_set (&r->implementation_class_uid, gantry_rows_text (rows, 7));
  gantry_record_set (&r->implementation_version, gantry_rows_text (rows, 8));
  r->peer_max_pdu = (guint32)gantry_rows_int (rows, 9);
  r->objects = (guint64)gantry_rows_int (rows, 10);
  r->stored = (guint64)gantry_rows_int (rows, 11);
  r->warnings = (guint64)gantry_rows_int (rows, 12);
  r->refused = (guint64)gantry_rows_int (rows, 13);
  r->bytes = (guint64)gantry_rows_int (rows, 14);
  r->echoes = (guint)gantry_rows_int (rows, 15);
  gantry_record_set (&r->result, gantry_rows_text (rows, 16));
  return r;
}

GPtrArray *
gantry_log_table_list_associations (
    GantryDatabase *db, guint offset, guint limit, guint *total, GError **error)
{
  g_autoptr (GPtrArray) records = gantry_record_array_new ();
  GantryRows *rows
      = gantry_database_query (db, error, SELECT_ASSOCIATIONS "ORDER BY id DESC LIMIT ? OFFSET ?",
                               "ii", (gint64)limit, (gint64)offset);

  if (rows == NULL)
    return NULL;
  while (gantry_rows_next (rows))
    g_ptr_array_add (records, read_association (rows));
  *total = (guint)gantry_database_get_int (db, 0, "SELECT count(*) FROM associations", "");
  return g_steal_pointer (&records);
}

static gboolean
read_contexts (GantryDatabase *db, GantryAssociationRecord *record, GError **error)
{
  GantryRows *rows
      = gantry_database_query (db, error,
                               "SELECT context_id, abstract_syntax, proposed, accepted, result "
                               "FROM contexts WHERE association_id = ? ORDER BY context_id",
                               "i", record->id);

  if (rows == NULL)
    return FALSE;
  while (gantry_rows_next (rows))
    {
      g_auto (GStrv) proposed = g_strsplit (gantry_rows_text (rows, 2), "\\", -1);

      g_ptr_array_add (record->contexts, gantry_context_new ((guint8)gantry_rows_int (rows, 0),
                                                             gantry_rows_text (rows, 1),
                                                             (const char *const *)proposed,
                                                             gantry_rows_text (rows, 3),
                                                             (guint8)gantry_rows_int (rows, 4)));
    }
  return TRUE;
}

GPtrArray *
gantry_log_table_get_association (GantryDatabase *db, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) records = gantry_record_array_new ();
  GantryRows *rows = gantry_database_query (db, error, SELECT_ASSOCIATIONS "WHERE id = ?", "i", id);

  if (rows == NULL)
    return NULL;
  while (gantry_rows_next (rows))
    g_ptr_array_add (records, read_association (rows));
  if (records->len > 0 && !read_contexts (db, records->pdata[0], error))
    return NULL;
  return g_steal_pointer (&records);
}

char *
gantry_log_table_get_fact (GantryDatabase *db, const char *name)
{
  GantryRows *rows
      = gantry_database_query (db, NULL, "SELECT value FROM facts WHERE name = ?", "s", name);
  char *value = NULL;

  if (rows != NULL && gantry_rows_next (rows))
    {
      value = g_strdup (gantry_rows_text (rows, 0));
      gantry_rows_end (rows);
    }
  return value;
}

gboolean
gantry_log_table_set_fact (GantryDatabase *db, const char *name, const char *value, GError **error)
{
  return gantry_database_run (db, error, "INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)",
                              "ss", name, value);
}
