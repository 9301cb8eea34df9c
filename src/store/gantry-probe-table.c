/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-table.h"

#include <string.h>

#include "gantry-registry.h"

/* ---- Writing -------------------------------------------------------------------------------- */

/* One row a SOP class and result, its transfer syntaxes in one text: a probe has some ten thousand
 * contexts and few different answers. */
static gboolean
write_answers (GantryDatabase *db, gint64 id, const GantryProbe *probe, GError **error)
{
  for (guint i = 0; i < probe->contexts->len; i++)
    {
      const GantryContext *context = probe->contexts->pdata[i];

      if (!gantry_database_run (
              db, error,
              "INSERT INTO probe_answers (probe_id, sop_class_uid, result, syntaxes) "
              "VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
              "syntaxes = syntaxes || ' ' || excluded.syntaxes",
              "isis", id, context->abstract_syntax, (gint64)context->result, context->proposed[0]))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_extended (GantryDatabase *db, gint64 id, const GantryProbe *probe, GError **error)
{
  for (guint i = 0; i < probe->extended->len; i++)
    {
      const GantryExtended *extended = probe->extended->pdata[i];

      if (!gantry_database_run (db, error,
                                "INSERT OR REPLACE INTO probe_extended (probe_id, sop_class_uid, "
                                "level, signature_level, coercion) VALUES (?, ?, ?, ?, ?)",
                                "isiii", id, extended->sop_class_uid, (gint64)extended->level,
                                (gint64)extended->signature_level, (gint64)extended->coercion))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_probe (GantryDatabase *db, const GantryProbe *probe, gint64 *id, GError **error)
{
  const GantryNode *node = probe->node;

  if (!gantry_database_run (
          db, error,
          "INSERT INTO probes (node_id, ae_title, host, port, calling, started, elapsed, complete, "
          "associations, implementation, peer_max_pdu, message) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          "issisiiiisis", node->id, node->ae_title, node->host, (gint64)node->port,
          node->calling_ae_title, probe->started, probe->elapsed, (gint64)probe->complete,
          (gint64)probe->associations, probe->implementation, (gint64)probe->peer_max_pdu,
          probe->message))
    return FALSE;
  *id = gantry_database_last_id (db);
  return write_answers (db, *id, probe, error) && write_extended (db, *id, probe, error)
         && gantry_database_run (
             db, error,
             "DELETE FROM probes WHERE node_id = ? AND id <= (SELECT id FROM probes "
             "WHERE node_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
             "iii", node->id, node->id, (gint64)GANTRY_PROBES_KEPT);
}

gint64
gantry_probe_table_add (GantryDatabase *db, const GantryProbe *probe, GError **error)
{
  gint64 id = 0, known = 0;

  if (!gantry_database_read_int (db, &known, error, "SELECT 1 FROM nodes WHERE id = ?", "i",
                                 probe->node->id))
    return -1;
  if (known == 0)
    return 0;
  if (!gantry_database_begin (db, error))
    return -1;
  if (write_probe (db, probe, &id, error) && gantry_database_commit (db, error))
    return id;
  gantry_database_rollback (db);
  return -1;
}

/* ---- Reading -------------------------------------------------------------------------------- */

#define SELECT_PROBES                                                                              \
  "SELECT probes.id, node_id, nodes.name, probes.ae_title, probes.host, probes.port, "             \
  "probes.calling, started, elapsed, complete, probes.associations, implementation, "              \
  "peer_max_pdu, message FROM probes JOIN nodes ON nodes.id = node_id "

static GantryProbe *
read_probe (GantryRows *rows)
{
  GantryProbe *probe = gantry_probe_new ();

  probe->id = gantry_rows_int (rows, 0);
  probe->node
      = gantry_node_new (gantry_rows_int (rows, 1), gantry_rows_text (rows, 2),
                         gantry_rows_text (rows, 3), gantry_rows_text (rows, 4),
                         (guint16)gantry_rows_int (rows, 5), gantry_rows_text (rows, 6), FALSE);
  probe->started = gantry_rows_int (rows, 7);
  probe->elapsed = gantry_rows_int (rows, 8);
  probe->complete = gantry_rows_int (rows, 9) != 0;
  probe->associations = (guint)gantry_rows_int (rows, 10);
  gantry_record_set (&probe->implementation, gantry_rows_text (rows, 11));
  probe->peer_max_pdu = (guint32)gantry_rows_int (rows, 12);
  gantry_record_set (&probe->message, gantry_rows_text (rows, 13));
  return probe;
}

GPtrArray *
gantry_probe_table_list (GantryDatabase *db, gint64 node_id, GError **error)
{
  g_autoptr (GPtrArray) list = gantry_record_array_new ();
  GantryRows *rows = gantry_database_query (
      db, SELECT_PROBES "WHERE ? IN (0, node_id) ORDER BY probes.id DESC", "i", node_id);

  while (gantry_rows_next (rows))
    g_ptr_array_add (list, read_probe (rows));
  if (!gantry_rows_end (rows, error))
    return NULL;
  return g_steal_pointer (&list);
}

static void
add_contexts (GPtrArray *contexts, const char *sop_class, guint8 result, const char *text)
{
  g_auto (GStrv) syntaxes = g_strsplit (text, " ", -1);

  for (guint i = 0; syntaxes[i] != NULL; i++)
    {
      const char *proposed[] = { syntaxes[i], NULL };

      g_ptr_array_add (contexts, gantry_context_new (0, sop_class, proposed,
                                                     result == 0 ? syntaxes[i] : "", result));
    }
}

/* In the order in which they were asked for. */
static gboolean
read_answers (GantryDatabase *db, GantryProbe *probe, GError **error)
{
  GPtrArray *retired = gantry_record_array_new ();
  GantryRows *rows
      = gantry_database_query (db,
                               "SELECT sop_class_uid, result, syntaxes FROM probe_answers "
                               "WHERE probe_id = ? ORDER BY sop_class_uid, result",
                               "i", probe->id);

  while (gantry_rows_next (rows))
    {
      g_autofree char *sop_class = g_strdup (gantry_rows_text (rows, 0));

      add_contexts (gantry_sop_class_is_retired (sop_class) ? retired : probe->contexts, sop_class,
                    (guint8)gantry_rows_int (rows, 1), gantry_rows_text (rows, 2));
    }
  g_ptr_array_extend_and_steal (probe->contexts, retired);
  if (!gantry_rows_end (rows, error))
    return FALSE;

  rows = gantry_database_query (db,
                                "SELECT sop_class_uid, level, signature_level, coercion "
                                "FROM probe_extended WHERE probe_id = ? ORDER BY sop_class_uid",
                                "i", probe->id);
  while (gantry_rows_next (rows))
    {
      GantryExtended *extended = gantry_extended_new (gantry_rows_text (rows, 0));

      extended->level = (gint)gantry_rows_int (rows, 1);
      extended->signature_level = (gint)gantry_rows_int (rows, 2);
      extended->coercion = (gint)gantry_rows_int (rows, 3);
      g_ptr_array_add (probe->extended, extended);
    }
  return gantry_rows_end (rows, error);
}

GantryProbe *
gantry_probe_table_get (GantryDatabase *db, gint64 id, GError **error)
{
  GantryRows *rows = gantry_database_query (db, SELECT_PROBES "WHERE probes.id = ?", "i", id);
  g_autoptr (GantryProbe) probe = NULL;

  if (gantry_rows_next (rows))
    probe = read_probe (rows);
  if (!gantry_rows_end (rows, error) || probe == NULL)
    return NULL;
  return read_answers (db, probe, error) ? g_steal_pointer (&probe) : NULL;
}
