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

gboolean
gantry_pdu_table_get (GantryDatabase *db, gint64 id, GBytes **pdu, GError **error)
{
  GantryRows *rows = gantry_database_query (db, "SELECT octets FROM pdus WHERE id = ?", "i", id);

  *pdu = gantry_rows_next (rows) ? gantry_rows_bytes (rows, 0) : NULL;
  return gantry_rows_end (rows, error);
}

/* The first id that may stay, counted from the newest. */
static gboolean
find_oldest_to_keep (GantryDatabase *db, guint64 max, gint64 *oldest, GError **error)
{
  GantryRows *rows
      = gantry_database_query (db, "SELECT id, length (octets) FROM pdus ORDER BY id DESC", "");
  guint64 octets = 0;

  *oldest = 0;
  while (gantry_rows_next (rows))
    {
      octets += (guint64)gantry_rows_int (rows, 1);
      if (octets > max)
        break;
      *oldest = gantry_rows_int (rows, 0);
    }
  return gantry_rows_end (rows, error);
}

gboolean
gantry_pdu_table_prune (GantryDatabase *db, guint64 max, GError **error)
{
  gint64 oldest;

  return gantry_database_run (db, error,
                              "DELETE FROM pdus WHERE id NOT IN "
                              "(SELECT request_pdu FROM associations WHERE request_pdu IS NOT NULL "
                              "UNION SELECT answer_pdu FROM associations WHERE answer_pdu IS NOT "
                              "NULL)",
                              "")
         && find_oldest_to_keep (db, max, &oldest, error)
         && gantry_database_run (db, error, "DELETE FROM pdus WHERE id < ?", "i", oldest);
}
