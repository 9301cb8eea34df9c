/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "queue-side.h"

#include "gantry-database.h"

void
set_retries (Side *side, guint limit, guint seconds)
{
  GantrySendSettings settings = GANTRY_SEND_SETTINGS_DEFAULT;

  settings.calling_ae_title = "SENDER";
  settings.associations = 1;
  settings.retry_limit = limit;
  settings.retry_seconds = seconds;
  gantry_engine_set_send_settings (side->engine, &settings);
}

NetScp *
open_scp (guint16 answer, gint answers)
{
  NetScp *scp = net_scp_new (NULL);

  net_scp_set (scp, &scp->answer, answer);
  net_scp_set (scp, &scp->answers, answers);
  return scp;
}

guint
count_objects (NetScp *scp)
{
  guint n;

  g_mutex_lock (&scp->lock);
  n = scp->numbers->len;
  g_mutex_unlock (&scp->lock);
  return n;
}

guint
get_number (NetScp *scp, guint i)
{
  guint number;

  g_mutex_lock (&scp->lock);
  g_assert_cmpuint (i, <, scp->numbers->len);
  number = g_array_index (scp->numbers, guint, i);
  g_mutex_unlock (&scp->lock);
  return number;
}

static GantryNode *
make_node (gint64 id, guint16 port)
{
  return gantry_node_new (id, "test", "RECEIVER", "127.0.0.1", port, "", FALSE);
}

gint64
send_port (Side *side, guint16 port)
{
  g_autoptr (GantryNode) node = make_node (0, port);

  return send_node (side, node);
}

gint64
send_objects_to (Fixture *f, guint first, guint n, GantryNode *node)
{
  g_autofree char *name = g_strdup_printf ("study-%u", first);
  g_autofree char *folder = make_objects (f, name, first, n, NULL);

  stage (&f->sender, folder);
  return send_node (&f->sender, node);
}

gint64
send_objects (Fixture *f, guint first, guint n, guint16 port)
{
  g_autoptr (GantryNode) node = make_node (0, port);

  return send_objects_to (f, first, n, node);
}

GantryNode *
save_node (Side *side, gint64 id, guint16 port)
{
  g_autoptr (GantryNode) node = make_node (id, port);
  g_autoptr (GAsyncResult) saved = NULL;
  g_autoptr (GError) error = NULL;

  gantry_engine_save_node_async (side->engine, node, NULL, on_ready, &saved);
  WAIT_FOR (saved != NULL);
  id = gantry_engine_save_node_finish (side->engine, saved, &error);
  g_assert_no_error (error);
  return make_node (id, port);
}

void
change_database (Fixture *f, const char *sql)
{
  g_autofree char *folder = g_build_filename (f->folder, "sender", NULL);
  g_autoptr (GantryProfile) profile = gantry_profile_open (folder, NULL);
  g_autoptr (GantryDatabase) db
      = gantry_database_open (gantry_profile_get_database (profile), TRUE, NULL);

  g_assert_true (gantry_database_run (db, NULL, sql, ""));
}

gint64
get_id (Side *side, gint64 job, guint i)
{
  g_autoptr (GPtrArray) instances = get_instances (side, job);

  return ((GantryJobInstance *)instances->pdata[i])->id;
}

void
limit_files (rlim_t bytes)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}
