/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-table.h"

#include <glib/gi18n-lib.h>

#include "gantry-error.h"

#define COLUMNS                                                                                    \
  "id, name, ae_title, host, port, calling, is_self, max_pdu, associations, connect_seconds, "     \
  "acse_seconds, dimse_seconds, idle_seconds, transcoding, fall_back, notes, tls, color"

static GantryNode *
read_node (GantryRows *rows)
{
  GantryNode *node = gantry_node_new (gantry_rows_int (rows, 0), gantry_rows_text (rows, 1),
                                      gantry_rows_text (rows, 2), gantry_rows_text (rows, 3),
                                      (guint16)gantry_rows_int (rows, 4),
                                      gantry_rows_text (rows, 5), gantry_rows_int (rows, 6) != 0);

  node->options = (GantryNodeOptions){
    .max_pdu = (guint32)gantry_rows_int (rows, 7),
    .associations = (guint)gantry_rows_int (rows, 8),
    .connect_seconds = (guint)gantry_rows_int (rows, 9),
    .acse_seconds = (guint)gantry_rows_int (rows, 10),
    .dimse_seconds = (guint)gantry_rows_int (rows, 11),
    .idle_seconds = (guint)gantry_rows_int (rows, 12),
    .transcoding = (gint)gantry_rows_int (rows, 13),
    .fall_back = (gint)gantry_rows_int (rows, 14),
    .tls = (gint)gantry_rows_int (rows, 16),
  };
  gantry_record_set (&node->notes, gantry_rows_text (rows, 15));
  node->color = gantry_node_color_from_nick (gantry_rows_text (rows, 17));
  return node;
}

GPtrArray *
gantry_node_table_list (GantryDatabase *db, GError **error)
{
  g_autoptr (GPtrArray) nodes = gantry_record_array_new ();
  GantryRows *rows = gantry_database_query (
      db, "SELECT " COLUMNS " FROM nodes ORDER BY is_self DESC, name COLLATE NOCASE", "");

  while (gantry_rows_next (rows))
    g_ptr_array_add (nodes, read_node (rows));
  if (!gantry_rows_end (rows, error))
    return NULL;
  return g_steal_pointer (&nodes);
}

GantryNode *
gantry_node_table_find (GantryDatabase *db, const char *name, GError **error)
{
  GantryRows *rows
      = gantry_database_query (db, "SELECT " COLUMNS " FROM nodes WHERE name = ?", "s", name);
  GantryNode *node = NULL;

  if (gantry_rows_next (rows))
    node = read_node (rows);
  if (gantry_rows_end (rows, error) && node == NULL)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                 _ ("“%s” is neither AET@host:port nor the name of a saved node."), name);
  return node;
}

gint64
gantry_node_table_save (GantryDatabase *db, const GantryNode *node, GError **error)
{
  const GantryNodeOptions *o = &node->options;
  gint64 others = 0;

  if (!gantry_database_read_int (db, &others, error,
                                 "SELECT count(*) FROM nodes WHERE name = ? AND id <> ?", "si",
                                 node->name, node->id))
    return -1;
  if (others > 0)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_BUSY,
                   _ ("There is already a node called “%s”. Choose another name."), node->name);
      return -1;
    }

  if (!gantry_database_run (
          db, error,
          "INSERT INTO nodes (" COLUMNS ") "
          "VALUES (nullif (?, 0), ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (id) DO UPDATE SET name = excluded.name, ae_title = excluded.ae_title, "
          "host = excluded.host, port = excluded.port, calling = excluded.calling, "
          "max_pdu = excluded.max_pdu, associations = excluded.associations, "
          "connect_seconds = excluded.connect_seconds, acse_seconds = excluded.acse_seconds, "
          "dimse_seconds = excluded.dimse_seconds, idle_seconds = excluded.idle_seconds, "
          "transcoding = excluded.transcoding, fall_back = excluded.fall_back, "
          "notes = excluded.notes, tls = excluded.tls, color = excluded.color WHERE NOT is_self",
          "isssisiiiiiiiisis", node->id, node->name, node->ae_title, node->host, (gint64)node->port,
          node->calling_ae_title, (gint64)o->max_pdu, (gint64)o->associations,
          (gint64)o->connect_seconds, (gint64)o->acse_seconds, (gint64)o->dimse_seconds,
          (gint64)o->idle_seconds, (gint64)o->transcoding, (gint64)o->fall_back, node->notes,
          (gint64)o->tls, gantry_node_color_to_nick (node->color)))
    return -1;
  return node->id != 0 ? node->id : gantry_database_last_id (db);
}

gboolean
gantry_node_table_remove (GantryDatabase *db, gint64 id, GError **error)
{
  return gantry_database_run (db, error, "DELETE FROM nodes WHERE id = ? AND NOT is_self", "i", id);
}

gboolean
gantry_node_table_set_self (GantryDatabase *db,
                            const char *name,
                            const char *ae_title,
                            guint16 port,
                            gboolean tls,
                            gboolean *changed,
                            GError **error)
{
  gint64 known = 0;

  if (!gantry_database_read_int (db, &known, error, "SELECT count(*) FROM nodes WHERE is_self", ""))
    return FALSE;
  if (known == 0)
    {
      *changed = TRUE;
      return gantry_database_run (db, error,
                                  "INSERT INTO nodes (name, ae_title, host, port, is_self, tls) "
                                  "VALUES (?, ?, 'localhost', ?, 1, ?)",
                                  "ssii", name, ae_title, (gint64)port, (gint64)tls);
    }

  if (!gantry_database_run (db, error,
                            "UPDATE nodes SET ae_title = ?, port = ?, tls = ? "
                            "WHERE is_self AND (ae_title <> ? OR port <> ? OR tls <> ?)",
                            "siisii", ae_title, (gint64)port, (gint64)tls, ae_title, (gint64)port,
                            (gint64)tls))
    return FALSE;
  *changed = gantry_database_changes (db) > 0;
  return TRUE;
}
