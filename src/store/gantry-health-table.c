/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-health-table.h"

#include <string.h>

/* ---- The steps of an echo as text, by name: a later version may know more of them ------------ */

static char *
steps_to_text (const GantryEcho *echo)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < GANTRY_N_STEPS; i++)
    if (echo->elapsed[i] >= 0)
      g_string_append_printf (text, "%s%s=%" G_GINT64_FORMAT, text->len > 0 ? " " : "",
                              gantry_step_to_nick (i), echo->elapsed[i]);
  return g_string_free (text, FALSE);
}

static void
read_step (GantryEcho *echo, const char *text)
{
  const char *value = strchr (text, '=');
  g_autofree char *nick = value != NULL ? g_strndup (text, (gsize)(value - text)) : NULL;
  GantryStep step;

  if (nick != NULL && gantry_step_from_nick (nick, &step))
    echo->elapsed[step] = g_ascii_strtoll (value + 1, NULL, 10);
}

static void
read_steps (GantryEcho *echo, const char *text)
{
  g_auto (GStrv) steps = g_strsplit (text, " ", -1);

  for (guint i = 0; steps[i] != NULL; i++)
    read_step (echo, steps[i]);
}

/* ---- Writing -------------------------------------------------------------------------------- */

static gboolean
write_last (GantryDatabase *db, gint64 node, const GantryEcho *echo, GError **error)
{
  g_autofree char *steps = steps_to_text (echo);

  return gantry_database_run (
      db, error,
      "INSERT INTO health (node_id, up, since, started, steps, failed_step, status, message, "
      "implementation, answered_as, peer_max_pdu, encrypted, tls) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (node_id) DO UPDATE SET "
      "since = CASE WHEN up = excluded.up THEN since ELSE excluded.since END, up = excluded.up, "
      "started = excluded.started, steps = excluded.steps, failed_step = excluded.failed_step, "
      "status = excluded.status, message = excluded.message, "
      "implementation = excluded.implementation, answered_as = excluded.answered_as, "
      "peer_max_pdu = excluded.peer_max_pdu, encrypted = excluded.encrypted, tls = excluded.tls",
      "iiiississsiis", node, (gint64)echo->ok, echo->started, echo->started, steps,
      echo->ok ? "" : gantry_step_to_nick (echo->failed_step), (gint64)echo->status, echo->message,
      echo->implementation, echo->answered_as, (gint64)echo->peer_max_pdu, (gint64)echo->encrypted,
      echo->tls);
}

static gboolean
write_round_trip (GantryDatabase *db, gint64 node, const GantryEcho *echo, GError **error)
{
  return gantry_database_run (db, error, "INSERT INTO round_trips (node_id, elapsed) VALUES (?, ?)",
                              "ii", node,
                              echo->ok ? echo->elapsed[GANTRY_STEP_MESSAGE] : (gint64)-1)
         && gantry_database_run (
             db, error,
             "DELETE FROM round_trips WHERE node_id = ? AND id <= (SELECT id FROM round_trips "
             "WHERE node_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
             "iii", node, node, (gint64)GANTRY_HEALTH_ECHOES);
}

gboolean
gantry_health_table_add (GantryDatabase *db,
                         const GantryNode *node,
                         const GantryEcho *echo,
                         gboolean *noted,
                         GError **error)
{
  gint64 known = 0;

  *noted = FALSE;
  if (!gantry_database_read_int (
          db, &known, error,
          "SELECT 1 FROM nodes WHERE id = ? AND ae_title = ? AND host = ? AND port = ? "
          "AND calling = ? AND tls = ?",
          "issisi", node->id, node->ae_title, node->host, (gint64)node->port,
          node->calling_ae_title, (gint64)node->options.tls))
    return FALSE;
  *noted = known != 0;
  if (!*noted)
    return TRUE;
  if (!gantry_database_begin (db, error))
    return FALSE;
  if (write_last (db, node->id, echo, error) && write_round_trip (db, node->id, echo, error)
      && gantry_database_commit (db, error))
    return TRUE;
  gantry_database_rollback (db);
  return FALSE;
}

/* ---- Reading -------------------------------------------------------------------------------- */

#define SELECT_HEALTH                                                                              \
  "SELECT node_id, up, since, started, steps, failed_step, status, message, implementation, "      \
  "answered_as, peer_max_pdu, encrypted, tls FROM health "

static GantryHealth *
read_health (GantryRows *rows)
{
  GantryHealth *health = gantry_health_new (gantry_rows_int (rows, 0));
  GantryEcho *echo = gantry_echo_new ();

  health->since = gantry_rows_int (rows, 2);
  health->last = echo;
  echo->ok = gantry_rows_int (rows, 1) != 0;
  echo->started = gantry_rows_int (rows, 3);
  read_steps (echo, gantry_rows_text (rows, 4));
  gantry_step_from_nick (gantry_rows_text (rows, 5), &echo->failed_step);
  echo->status = (gint32)gantry_rows_int (rows, 6);
  gantry_record_set (&echo->message, gantry_rows_text (rows, 7));
  gantry_record_set (&echo->implementation, gantry_rows_text (rows, 8));
  gantry_record_set (&echo->answered_as, gantry_rows_text (rows, 9));
  echo->peer_max_pdu = (guint32)gantry_rows_int (rows, 10);
  echo->encrypted = gantry_rows_int (rows, 11) != 0;
  gantry_record_set (&echo->tls, gantry_rows_text (rows, 12));
  return health;
}

static gboolean
read_round_trips (GantryDatabase *db, GantryHealth *health, GError **error)
{
  GantryRows *rows = gantry_database_query (
      db, "SELECT elapsed FROM round_trips WHERE node_id = ? ORDER BY id", "i", health->node_id);

  while (gantry_rows_next (rows))
    if (health->n_round_trips < GANTRY_HEALTH_ECHOES)
      health->round_trips[health->n_round_trips++] = gantry_rows_int (rows, 0);
  return gantry_rows_end (rows, error);
}

GantryHealth *
gantry_health_table_get (GantryDatabase *db, gint64 node_id, GError **error)
{
  GantryRows *rows = gantry_database_query (db, SELECT_HEALTH "WHERE node_id = ?", "i", node_id);
  g_autoptr (GantryHealth) health = NULL;

  if (gantry_rows_next (rows))
    health = read_health (rows);
  if (!gantry_rows_end (rows, error) || health == NULL)
    return NULL;
  return read_round_trips (db, health, error) ? g_steal_pointer (&health) : NULL;
}

GPtrArray *
gantry_health_table_list (GantryDatabase *db, GError **error)
{
  g_autoptr (GPtrArray) list = gantry_record_array_new ();
  GantryRows *rows = gantry_database_query (db, SELECT_HEALTH "ORDER BY node_id", "");

  while (gantry_rows_next (rows))
    g_ptr_array_add (list, read_health (rows));
  if (!gantry_rows_end (rows, error))
    return NULL;
  for (guint i = 0; i < list->len; i++)
    if (!read_round_trips (db, list->pdata[i], error))
      return NULL;
  return g_steal_pointer (&list);
}
