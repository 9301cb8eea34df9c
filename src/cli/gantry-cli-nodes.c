/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-cli.h"
#include "gantry-peer.h"

/* One question at a time: its answer, or why there is none. */
typedef struct
{
  GMainLoop *loop;
  gboolean over;
  GPtrArray *records;
  GError *error;
} Question;

static void
answered (Question *question)
{
  question->over = TRUE;
  g_main_loop_quit (question->loop);
}

static void
on_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;

  question->records
      = gantry_engine_list_finish (GANTRY_ENGINE (source), result, NULL, &question->error);
  answered (question);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;

  gantry_engine_save_node_finish (GANTRY_ENGINE (source), result, &question->error);
  answered (question);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;

  gantry_engine_export_nodes_finish (GANTRY_ENGINE (source), result, &question->error);
  answered (question);
}

/* ---- Listing -------------------------------------------------------------------------------- */

static const GantryHealth *
find_health (GPtrArray *list, gint64 node)
{
  for (guint i = 0; list != NULL && i < list->len; i++)
    if (((GantryHealth *)list->pdata[i])->node_id == node)
      return list->pdata[i];
  return NULL;
}

static void
print_node (GantryCli *cli, const GantryNode *node, const GantryHealth *health)
{
  g_autofree char *address = gantry_peer_format (node->ae_title, node->host, node->port);
  const char *state = health == NULL ? "unknown" : health->last->ok ? "up" : "down";
  JsonBuilder *json;

  if (!cli->json)
    {
      g_print ("%-8s %-24s %s%s%s\n", state, node->name, address,
               health != NULL && !health->last->ok ? ": " : "",
               health != NULL && !health->last->ok ? health->last->message : "");
      return;
    }
  json = gantry_cli_json_begin ("node");
  gantry_cli_json_text (json, "name", node->name);
  gantry_cli_json_text (json, "peer", address);
  gantry_cli_json_text (json, "calling", node->calling_ae_title);
  gantry_cli_json_text (json, "notes", node->notes);
  gantry_cli_json_text (json, "color", gantry_node_color_to_nick (node->color));
  gantry_cli_json_text (json, "state", state);
  if (health != NULL)
    {
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (health->since / G_USEC_PER_SEC);
      g_autofree char *since = g_date_time_format_iso8601 (time);

      gantry_cli_json_text (json, "since", since);
      gantry_cli_json_int (json, "echoes", health->n_round_trips);
      gantry_cli_json_text (json, "message", health->last->message);
    }
  gantry_cli_json_end (json);
}

static GantryExit
list_nodes (GantryCli *cli)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Question nodes = { .loop = cli->loop };
  Question health = { .loop = cli->loop };

  gantry_engine_list_nodes_async (cli->engine, cancellable, on_list, &nodes);
  gantry_cli_wait (cli, &nodes.over, cancellable);
  if (nodes.error != NULL)
    return gantry_cli_fail (nodes.error);
  gantry_engine_list_health_async (cli->engine, cancellable, on_list, &health);
  gantry_cli_wait (cli, &health.over, cancellable);
  g_clear_error (&health.error);

  for (guint i = 0; i < nodes.records->len && !cli->interrupted; i++)
    {
      const GantryNode *node = nodes.records->pdata[i];

      print_node (cli, node, find_health (health.records, node->id));
    }
  g_ptr_array_unref (nodes.records);
  g_clear_pointer (&health.records, g_ptr_array_unref);
  return cli->interrupted ? GANTRY_EXIT_NOT_ALL : GANTRY_EXIT_OK;
}

/* ---- Changing ------------------------------------------------------------------------------- */

static GantryExit
save_node (GantryCli *cli, GantryNode *node)
{
  Question question = { .loop = cli->loop };

  gantry_engine_save_node_async (cli->engine, node, NULL, on_saved, &question);
  gantry_cli_wait (cli, &question.over, NULL); /* it is saved, whatever comes */
  return question.error != NULL ? gantry_cli_fail (question.error) : GANTRY_EXIT_OK;
}

static GantryExit
add_node (GantryCli *cli, const char *text)
{
  const char *equals = strchr (text, '=');
  g_autofree char *name = equals != NULL ? g_strndup (text, (gsize)(equals - text)) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryPeer) peer = NULL;
  g_autoptr (GantryNode) node = NULL;

  if (name == NULL || *name == '\0')
    return gantry_cli_complain (_ ("--add takes NAME=AET@host:port."));
  peer = gantry_peer_parse (equals + 1, &error);
  if (peer == NULL)
    return gantry_cli_complain ("%s", error->message);
  node = gantry_node_new (0, name, gantry_peer_get_ae_title (peer), gantry_peer_get_host (peer),
                          gantry_peer_get_port (peer), "", FALSE);
  return save_node (cli, node);
}

static GantryExit
import_nodes (GantryCli *cli, const char *path)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Question question = { .loop = cli->loop };
  GantryExit status = GANTRY_EXIT_OK;

  gantry_engine_read_nodes_async (cli->engine, path, cancellable, on_list, &question);
  gantry_cli_wait (cli, &question.over, cancellable);
  if (question.error != NULL)
    return gantry_cli_fail (question.error);
  for (guint i = 0; i < question.records->len && status == GANTRY_EXIT_OK; i++)
    status = cli->interrupted ? GANTRY_EXIT_NOT_ALL : save_node (cli, question.records->pdata[i]);
  g_ptr_array_unref (question.records);
  return status;
}

static GantryExit
export_nodes (GantryCli *cli, const char *path)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Question question = { .loop = cli->loop };

  gantry_engine_export_nodes_async (
      cli->engine, path, g_str_has_suffix (path, ".json") ? GANTRY_REPORT_JSON : GANTRY_REPORT_CSV,
      cancellable, on_exported, &question);
  gantry_cli_wait (cli, &question.over, cancellable);
  return question.error != NULL ? gantry_cli_fail (question.error) : GANTRY_EXIT_OK;
}

static GantryExit
remove_node (GantryCli *cli, const char *name)
{
  g_autoptr (GantryNode) node = gantry_cli_find_node (cli, name);

  if (node == NULL)
    return GANTRY_EXIT_USAGE;
  if (cli->interrupted)
    return GANTRY_EXIT_NOT_ALL;
  if (node->id == 0 || node->is_self)
    return gantry_cli_complain (_ ("“%s” is no saved node that could be removed."), name);
  gantry_engine_remove_node (cli->engine, node->id);
  return GANTRY_EXIT_OK;
}

GantryExit
gantry_cli_nodes (GantryCli *cli, int argc, char **argv)
{
  g_autofree char *add = NULL;
  g_autofree char *removed = NULL;
  g_autofree char *import = NULL;
  g_autofree char *export = NULL;
  const GOptionEntry entries[] = {
    { "add", 0, 0, G_OPTION_ARG_STRING, &add, N_ ("Save a node"), "NAME=AET@host:port" },
    { "remove", 0, 0, G_OPTION_ARG_STRING, &removed, N_ ("Remove a saved node"), "NAME" },
    { "import", 0, 0, G_OPTION_ARG_FILENAME, &import,
      N_ ("Save the nodes of a CSV or JSON file, an Orthanc configuration or a dcmqrscp.cfg"),
      "FILE" },
    { "export", 0, 0, G_OPTION_ARG_FILENAME, &export, N_ ("Write the saved nodes to a file"),
      "FILE.csv|FILE.json" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("One JSON object a line"), NULL },
    { NULL },
  };
  GantryEngineOptions options = { .draft = "gantryctl" };
  GantryExit status = GANTRY_EXIT_OK;

  if (!gantry_cli_parse (&argc, &argv, entries, ""))
    return GANTRY_EXIT_USAGE;
  if (argc != 1)
    return gantry_cli_complain (_ ("nodes takes options only."));
  if (!gantry_cli_open (cli, &options))
    return cli->exit;

  if (add != NULL)
    status = add_node (cli, add);
  if (status == GANTRY_EXIT_OK && removed != NULL)
    status = remove_node (cli, removed);
  if (status == GANTRY_EXIT_OK && import != NULL)
    status = import_nodes (cli, import);
  if (status == GANTRY_EXIT_OK && export != NULL)
    status = export_nodes (cli, export);
  if (add == NULL && removed == NULL && import == NULL && export == NULL)
    status = list_nodes (cli);
  return status;
}
