/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-pdu-table.h"

gint64
gantry_pdu_table_add (GantryDatabase *db, GBytes *pdu, GError **error)
{
  g_autofree char *digest = NULL;
  gint64 id;

  if (pdu == NULL)
    return 0;
  digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, pdu);
  id = gantry_database_get_int (db, 0, "SELECT id FROM pdus WHERE digest = ?", "s", digest);
  if (id != 0)
    return id;
  if (!gantry_database_run (db, error, "INSERT INTO pdus (digest, octets) VALUES (?, ?)", "sb",
                            digest, pdu))
    return -1;
  return gantry_database_last_id (db);
}

GBytes *
gantry_pdu_table_get (GantryDatabase *db, gint64 id)
{
  GantryRows *rows
      = gantry_database_query (db, NULL, "SELECT octets FROM pdus WHERE id = ?", "i", id);
  GBytes *pdu = NULL;

  if (rows != NULL && gantry_rows_next (rows))
    {
      pdu = gantry_rows_bytes (rows, 0);
      gantry_rows_end (rows);
    }
  return pdu;
}

/* The first id that may stay, counted from the newest. */
static gint64
find_oldest_to_keep (GantryDatabase *db, guint64 max)
{
  GantryRows *rows = gantry_database_query (
      db, NULL, "SELECT id, length (octets) FROM pdus ORDER BY id DESC", "");
  guint64 octets = 0;
  gint64 oldest = 0;

  while (rows != NULL && gantry_rows_next (rows))
    {
      octets += (guint64)gantry_rows_int (rows, 1);
      if (octets > max)
        {
          gantry_rows_end (rows);
          break;
        }
      oldest = gantry_rows_int (rows, 0);
    }
  return oldest;
}

gboolean
gantry_pdu_table_prune (GantryDatabase *db, guint64 max, GError **error)
{
  return gantry_database_run (db, error,
                              "DELETE FROM pdus WHERE id NOT IN "
                              "(SELECT request_pdu FROM associations WHERE request_pdu IS NOT NULL "
                              "UNION SELECT answer_pdu FROM associations WHERE answer_pdu IS NOT "
                              "NULL)",
                              "")
         && gantry_database_run (db, error, "DELETE FROM pdus WHERE id < ?", "i",
                                 find_oldest_to_keep (db, max));
}
