/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-table.h"

#include <glib/gi18n-lib.h>

#include "gantry-error.h"

#define COLUMNS "id, name, ae_title, host, port, calling, is_self"

static GantryNode *
read_node (GantryRows *rows)
{
  return gantry_node_new (gantry_rows_int (rows, 0), gantry_rows_text (rows, 1),
                          gantry_rows_text (rows, 2), gantry_rows_text (rows, 3),
                          (guint16)gantry_rows_int (rows, 4), gantry_rows_text (rows, 5),
                          gantry_rows_int (rows, 6) != 0);
}

GPtrArray *
gantry_node_table_list (GantryDatabase *db, GError **error)
{
  g_autoptr (GPtrArray) nodes = gantry_record_array_new ();
  GantryRows *rows = gantry_database_query (
      db, error, "SELECT " COLUMNS " FROM nodes ORDER BY is_self DESC, name COLLATE NOCASE", "");

  if (rows == NULL)
    return NULL;
  while (gantry_rows_next (rows))
    g_ptr_array_add (nodes, read_node (rows));
  return g_steal_pointer (&nodes);
}

GantryNode *
gantry_node_table_find (GantryDatabase *db, const char *name, GError **error)
{
  GantryRows *rows = gantry_database_query (
      db, error, "SELECT " COLUMNS " FROM nodes WHERE name = ?", "s", name);
  GantryNode *node = NULL;

  if (rows == NULL)
    return NULL;
  if (gantry_rows_next (rows))
    {
      node = read_node (rows);
      gantry_rows_end (rows);
    }
  else
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                 _ ("“%s” is neither AET@host:port nor the name of a saved node."), name);
  return node;
}

gint64
gantry_node_table_save (GantryDatabase *db, const GantryNode *node, GError **error)
{
  if (gantry_database_get_int (db, 0, "SELECT count(*) FROM nodes WHERE name = ? AND id <> ?", "si",
                               node->name, node->id)
      > 0)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_BUSY,
                   _ ("There is already a node called “%s”. Choose another name."), node->name);
      return -1;
    }

  if (node->id != 0)
    return gantry_database_run (
               db, error,
               "UPDATE nodes SET name = ?, ae_title = ?, host = ?, port = ?, calling = ? "
               "WHERE id = ? AND NOT is_self",
               "sssisi", node->name, node->ae_title, node->host, (gint64)node->port,
               node->calling_ae_title, node->id)
               ? node->id
               : -1;

  if (!gantry_database_run (
          db, error,
          "INSERT INTO nodes (name, ae_title, host, port, calling) VALUES (?, ?, ?, ?, ?)", "sssis",
          node->name, node->ae_title, node->host, (gint64)node->port, node->calling_ae_title))
    return -1;
  return gantry_database_last_id (db);
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
                            gboolean *changed,
                            GError **error)
{
  if (gantry_database_get_int (db, 0, "SELECT count(*) FROM nodes WHERE is_self", "") == 0)
    {
      *changed = TRUE;
      return gantry_database_run (db, error,
                                  "INSERT INTO nodes (name, ae_title, host, port, is_self) "
                                  "VALUES (?, ?, 'localhost', ?, 1)",
                                  "ssi", name, ae_title, (gint64)port);
    }

  if (!gantry_database_run (db, error,
                            "UPDATE nodes SET ae_title = ?, port = ? "
                            "WHERE is_self AND (ae_title <> ? OR port <> ?)",
                            "sisi", ae_title, (gint64)port, ae_title, (gint64)port))
    return FALSE;
  *changed = gantry_database_changes (db) > 0;
  return TRUE;
}
