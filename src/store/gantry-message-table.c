/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-message-table.h"

gboolean
gantry_message_table_add (GantryDatabase *db, const GantryMessage *m, GError **error)
{
  return gantry_database_run (
      db, error,
      "INSERT INTO messages (association_id, command, message_id, context_id, sop_class_uid, "
      "sop_instance_uid, size, status, started, elapsed, level, text) VALUES (?, ?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?, ?)",
      "iiiissiiiiis", m->association_id, (gint64)m->command, (gint64)m->message_id,
      (gint64)m->context_id, m->sop_class_uid, m->sop_instance_uid, (gint64)m->size,
      (gint64)m->status, m->started, m->elapsed, (gint64)m->level, m->text);
}

GPtrArray *
gantry_message_table_list (GantryDatabase *db,
                           gint64 association_id,
                           guint offset,
                           guint limit,
                           guint *total,
                           GError **error)
{
  g_autoptr (GPtrArray) messages = gantry_record_array_new ();
  /* The ids of a page come from the index alone, so that a page far down costs no rows. */
  GantryRows *rows = gantry_database_query (
      db,
      "SELECT id, command, message_id, context_id, sop_class_uid, sop_instance_uid, size, status, "
      "started, elapsed, level, text FROM messages WHERE id IN (SELECT id FROM messages WHERE "
      "association_id = "
      "? ORDER BY id LIMIT ? OFFSET ?) ORDER BY id",
      "iii", association_id, (gint64)limit, (gint64)offset);

  while (gantry_rows_next (rows))
    {
      GantryMessage *message = gantry_message_new ();

      message->id = gantry_rows_int (rows, 0);
      message->association_id = association_id;
      message->command = (guint16)gantry_rows_int (rows, 1);
      message->message_id = (guint16)gantry_rows_int (rows, 2);
      message->context_id = (guint8)gantry_rows_int (rows, 3);
      gantry_record_set (&message->sop_class_uid, gantry_rows_text (rows, 4));
      gantry_record_set (&message->sop_instance_uid, gantry_rows_text (rows, 5));
      message->size = (guint64)gantry_rows_int (rows, 6);
      message->status = (gint32)gantry_rows_int (rows, 7);
      message->started = gantry_rows_int (rows, 8);
      message->elapsed = gantry_rows_int (rows, 9);
      message->level = (GantryTraceLevel)CLAMP (gantry_rows_int (rows, 10), 0, GANTRY_TRACE_ERROR);
      gantry_record_set (&message->text, gantry_rows_text (rows, 11));
      g_ptr_array_add (messages, message);
    }
  if (!gantry_rows_end (rows, error))
    return NULL;
  *total = (guint)gantry_database_get_int (
      db, 0, "SELECT count(*) FROM messages WHERE association_id = ?", "i", association_id);
  return g_steal_pointer (&messages);
}

gboolean
gantry_message_table_prune (GantryDatabase *db, guint64 max, GError **error)
{
  /* Ids are given in order, so the oldest are the lowest, whichever of them are gone already. */
  return gantry_database_run (
      db, error, "DELETE FROM messages WHERE id <= (SELECT max (id) FROM messages) - ?", "i",
      (gint64)max);
}
