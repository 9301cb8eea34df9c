/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-cli.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-peer.h"

GOptionContext *
gantry_cli_options_new (const GOptionEntry *entries, const char *usage)
{
  GOptionContext *context = g_option_context_new (usage);

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return context;
}

gboolean
gantry_cli_options_parse (GOptionContext *context, int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;
  gboolean good = g_option_context_parse (context, argc, argv, &error);

  g_option_context_free (context);
  if (!good)
    gantry_cli_complain ("%s", error->message);
  return good;
}

gboolean
gantry_cli_parse (int *argc, char ***argv, const GOptionEntry *entries, const char *usage)
{
  return gantry_cli_options_parse (gantry_cli_options_new (entries, usage), argc, argv);
}

void
gantry_cli_add_tls (GOptionContext *context, GantryTls *tls)
{
  const GOptionEntry entries[] = {
    { "tls-ca", 0, 0, G_OPTION_ARG_FILENAME, (char **)&tls->authorities,
      N_ ("Certificates to trust, instead of the system's"), "FILE" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, (char **)&tls->certificate,
      N_ ("Our certificate (PEM)"), "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, (char **)&tls->key,
      N_ ("Its key (PEM); without, it is in the certificate's file"), "FILE" },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

void
gantry_cli_add_tls_caller (GOptionContext *context, GantryTls *tls)
{
  const GOptionEntry entries[] = {
    { "tls", 0, 0, G_OPTION_ARG_NONE, &tls->enabled, N_ ("Encrypt the connection"), NULL },
    { "tls-no-verify", 0, 0, G_OPTION_ARG_NONE, &tls->no_verify,
      N_ ("Take any certificate: encrypted, but to whom is not known"), NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  gantry_cli_add_tls (context, tls);
}

void
gantry_cli_add_timeouts (GOptionContext *context, GantryCliTimeouts *timeouts)
{
  const GOptionEntry entries[] = {
    { "connect-timeout", 0, 0, G_OPTION_ARG_INT, &timeouts->connect,
      N_ ("Until the peer takes the connection"), "SECONDS" },
    { "acse-timeout", 0, 0, G_OPTION_ARG_INT, &timeouts->acse,
      N_ ("Until the association is answered, and its end confirmed"), "SECONDS" },
    { "dimse-timeout", 0, 0, G_OPTION_ARG_INT, &timeouts->dimse, N_ ("Until a message is answered"),
      "SECONDS" },
    { "idle-timeout", 0, 0, G_OPTION_ARG_INT, &timeouts->idle,
      N_ ("Until the rest of a message that has begun is here"), "SECONDS" },
    { NULL },
  };

  timeouts->connect = timeouts->acse = timeouts->dimse = timeouts->idle = GANTRY_CLI_UNSAID;
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

GantryExit
gantry_cli_complain (const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = gantry_text_escape (text);
  g_printerr ("gantryctl: %s\n", line);
  return GANTRY_EXIT_USAGE;
}

static gboolean
on_signal (gpointer user_data)
{
  GantryCli *cli = user_data;

  cli->interrupted = TRUE;
  g_main_loop_quit (cli->loop);
  return G_SOURCE_CONTINUE;
}

gboolean
gantry_cli_open (GantryCli *cli, GantryEngineOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryProfile) profile = gantry_profile_open (cli->profile, &error);

  options->profile = profile;
  options->trace.outgoing = cli->debug;
  if (profile != NULL)
    cli->engine = gantry_engine_new (options, &error);
  if (cli->engine == NULL)
    {
      gantry_cli_complain ("%s", error->message);
      cli->exit = GANTRY_EXIT_NOT_ALL;
      return FALSE;
    }
  cli->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, on_signal, cli);
  g_unix_signal_add (SIGTERM, on_signal, cli);
  return TRUE;
}

void
gantry_cli_close (GantryCli *cli)
{
  if (cli->engine != NULL)
    gantry_engine_close (cli->engine);
  g_clear_object (&cli->engine);
  g_clear_pointer (&cli->loop, g_main_loop_unref);
  gantry_cli_end_stream ();
}

void
gantry_cli_wait (GantryCli *cli, const gboolean *over, GCancellable *cancellable)
{
  while (!*over)
    {
      if (cli->interrupted)
        g_cancellable_cancel (cancellable);
      g_main_loop_run (cli->loop);
    }
}

GantryExit
gantry_cli_fail (GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gantry_cli_complain ("%s", error->message);
  g_error_free (error);
  return GANTRY_EXIT_NOT_ALL;
}

typedef struct
{
  GantryCli *cli;
  gboolean over;
  GPtrArray *nodes; /* NULL: error */
  GError *error;
} NodeQuery;

static void
on_nodes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  NodeQuery *query = user_data;

  query->nodes = gantry_engine_list_finish (GANTRY_ENGINE (source), result, NULL, &query->error);
  query->over = TRUE;
  g_main_loop_quit (query->cli->loop);
}

/* @found: (out) (nullable): %NULL when there is none. FALSE: @error says why nobody knows. */
static gboolean
find_saved (GantryCli *cli, const char *name, GantryNode **found, GError **error)
{
  NodeQuery query = { .cli = cli };

  *found = NULL;
  gantry_engine_list_nodes_async (cli->engine, NULL, on_nodes, &query);
  gantry_cli_wait (cli, &query.over, NULL);
  if (query.nodes == NULL)
    {
      g_propagate_error (error, query.error);
      return FALSE;
    }
  for (guint i = 0; *found == NULL && i < query.nodes->len; i++)
    {
      GantryNode *node = query.nodes->pdata[i];

      if (g_ascii_strcasecmp (node->name, name) == 0)
        *found = gantry_record_ref (node);
    }
  g_ptr_array_unref (query.nodes);
  return TRUE;
}

GantryNode *
gantry_cli_find_node (GantryCli *cli, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryPeer) peer = NULL;
  GantryNode *node;

  /* Not to be taken for an address: the node of that name may have other settings. */
  if (!find_saved (cli, text, &node, &error))
    {
      gantry_cli_complain ("%s", error->message);
      return NULL;
    }
  if (node != NULL)
    return node;
  peer = gantry_peer_parse (text, &error);
  if (peer != NULL)
    return gantry_node_new (0, text, gantry_peer_get_ae_title (peer), gantry_peer_get_host (peer),
                            gantry_peer_get_port (peer), "", FALSE);

  if (strchr (text, '@') != NULL)
    gantry_cli_complain ("%s", error->message);
  else
    gantry_cli_complain (_ ("“%s” is neither AET@host:port nor the name of a saved node."), text);
  return NULL;
}

gboolean
gantry_cli_check_title (const char *title)
{
  g_autoptr (GError) error = NULL;

  if (title == NULL || gantry_ae_title_check (title, &error))
    return TRUE;
  gantry_cli_complain ("%s", error->message);
  return FALSE;
}

gboolean
gantry_cli_check_tls (const GantryTls *tls)
{
  if (tls->key != NULL && tls->certificate == NULL)
    gantry_cli_complain (_ ("--tls-key needs --tls-cert: the certificate that the key is for."));
  else if (tls->no_verify && tls->authorities != NULL)
    gantry_cli_complain (
        _ ("--tls-no-verify and --tls-ca contradict each other: who checks nobody trusts all."));
  else
    return TRUE;
  return FALSE;
}

gboolean
gantry_cli_use_number (int number, int least, int most, const char *name, guint *setting)
{
  if (number == GANTRY_CLI_UNSAID)
    return TRUE;
  if (number < least || number > most)
    {
      gantry_cli_complain (_ ("%s takes %d to %d."), name, least, most);
      return FALSE;
    }
  *setting = (guint)number;
  return TRUE;
}

gboolean
gantry_cli_parse_size (const char *text, guint64 *size)
{
  static const char units[] = "KMGT";
  char *end = NULL;
  double number = g_ascii_strtod (text, &end);
  const char *unit = *end != '\0' ? strchr (units, g_ascii_toupper (*end)) : NULL;

  if (end == text || !(number >= 0))
    return FALSE;
  if (unit != NULL)
    {
      for (long i = 0; i <= unit - units; i++)
        number *= 1024;
      end += end[1] == 'B' || end[1] == 'b' ? 2 : 1;
    }
  if (*end != '\0' || number >= 0x1p62)
    return FALSE;
  *size = (guint64)number;
  return TRUE;
}

gboolean
gantry_cli_parse_layout (const char *name, GantryLayout *layout)
{
  static const char *const names[] = { "uids", "patient", "flat" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      {
        *layout = (GantryLayout)i;
        return TRUE;
      }
  return FALSE;
}

gboolean
gantry_cli_use_timeouts (const GantryCliTimeouts *timeouts, GantryNodeOptions *options)
{
  return gantry_cli_use_number (timeouts->connect, 1, 3600, "--connect-timeout",
                                &options->connect_seconds)
         && gantry_cli_use_number (timeouts->acse, 1, 3600, "--acse-timeout",
                                   &options->acse_seconds)
         && gantry_cli_use_number (timeouts->dimse, 1, 3600, "--dimse-timeout",
                                   &options->dimse_seconds)
         && gantry_cli_use_number (timeouts->idle, 1, 86400, "--idle-timeout",
                                   &options->idle_seconds);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

JsonBuilder *
gantry_cli_json_begin (const char *event)
{
  JsonBuilder *builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  gantry_cli_json_text (builder, "event", event);
  return builder;
}

void
gantry_cli_json_text (JsonBuilder *builder, const char *name, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, valid);
}

void
gantry_cli_json_path (JsonBuilder *builder, const char *name, const char *path)
{
  g_autofree char *escaped = gantry_path_escape (path);

  gantry_cli_json_text (builder, name, escaped);
}

void
gantry_cli_json_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
gantry_cli_json_double (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

void
gantry_cli_json_end (JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  line = json_generator_to_data (generator, NULL);
  g_object_unref (builder);

  gantry_cli_put_line (line);
}
