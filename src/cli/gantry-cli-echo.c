/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "gantry-cli.h"

typedef struct
{
  GantryCli *cli;
  GCancellable *cancellable;
  GantryEcho *echo; /* the last answer; NULL: cancelled */
} Echo;

static void
on_echo (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Echo *self = user_data;

  self->echo = gantry_engine_echo_finish (GANTRY_ENGINE (source), result, NULL);
  g_main_loop_quit (self->cli->loop);
}

/* How long each step took, in milliseconds, as far as it came; and where it broke. */
static void
print_steps (JsonBuilder *json, const GantryEcho *echo)
{
  static const char *const names[GANTRY_N_STEPS] = {
    [GANTRY_STEP_NAME] = "name",       [GANTRY_STEP_CONNECTION] = "connection",
    [GANTRY_STEP_TLS] = "tls",         [GANTRY_STEP_ASSOCIATION] = "association",
    [GANTRY_STEP_MESSAGE] = "message", [GANTRY_STEP_RELEASE] = "release",
  };

  json_builder_set_member_name (json, "steps");
  json_builder_begin_object (json);
  for (guint i = 0; i < GANTRY_N_STEPS; i++)
    if (echo->elapsed[i] >= 0)
      gantry_cli_json_double (json, names[i], (double)echo->elapsed[i] / 1000);
  json_builder_end_object (json);
  if (!echo->ok)
    gantry_cli_json_text (json, "failed_step", names[echo->failed_step]);
  if (echo->encrypted)
    gantry_cli_json_text (json, "tls", echo->tls);
}

/* The round trip is the C-ECHO alone; what comes before it is shown apart. */
static void
print_echo (GantryCli *cli, const GantryEcho *echo, const char *peer)
{
  double ms = echo->elapsed[GANTRY_STEP_MESSAGE] < 0
                  ? -1
                  : (double)echo->elapsed[GANTRY_STEP_MESSAGE] / 1000;
  JsonBuilder *json;

  if (!cli->json)
    {
      if (echo->ok)
        g_print (_ ("%s: answered in %.2f ms (%s)\n"), peer, ms, echo->implementation);
      else
        g_print ("%s: %s\n", peer, echo->message);
      return;
    }

  json = gantry_cli_json_begin ("echo");
  gantry_cli_json_text (json, "peer", peer);
  gantry_cli_json_text (json, "outcome", echo->ok ? "ok" : "failed");
  if (echo->status >= 0)
    {
      g_autofree char *status = g_strdup_printf ("%04X", (guint)echo->status);

      gantry_cli_json_text (json, "status", status);
    }
  gantry_cli_json_double (json, "milliseconds", ms);
  print_steps (json, echo);
  gantry_cli_json_text (json, "implementation", echo->implementation);
  gantry_cli_json_text (json, "message", echo->message);
  gantry_cli_json_end (json);
}

static GantryExit
exit_of (const GantryEcho *echo)
{
  if (echo == NULL)
    return GANTRY_EXIT_NOT_ALL;
  if (echo->ok)
    return GANTRY_EXIT_OK;
  return echo->failed_step <= GANTRY_STEP_ASSOCIATION ? GANTRY_EXIT_NO_ASSOCIATION
                                                      : GANTRY_EXIT_NOT_ALL;
}

static GantryExit
echo_once (GantryCli *cli, GantryNode *node, const char *peer)
{
  Echo self = { .cli = cli, .cancellable = g_cancellable_new () };
  GantryExit status;

  gantry_engine_echo_async (cli->engine, node, self.cancellable, on_echo, &self);
  g_main_loop_run (cli->loop);
  if (cli->interrupted)
    {
      g_cancellable_cancel (self.cancellable);
      g_main_loop_run (cli->loop);
    }

  if (self.echo != NULL)
    print_echo (cli, self.echo, peer);
  status = exit_of (self.echo);
  gantry_record_unref (self.echo);
  g_object_unref (self.cancellable);
  return status;
}

GantryExit
gantry_cli_echo (GantryCli *cli, int argc, char **argv)
{
  g_autofree char *from = NULL;
  int count = 1;
  g_auto (GantryTls) tls = { 0 };
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, N_ ("Our AE title"), "AET" },
    { "count", 'n', 0, G_OPTION_ARG_INT, &count, N_ ("How many echoes"), "N" },
    GANTRY_CLI_TLS_CALLER_ENTRIES (tls),
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("One JSON object a line"), NULL },
    { NULL },
  };
  GantryEngineOptions options = { .draft = "gantryctl" };
  GantrySendSettings settings = GANTRY_SEND_SETTINGS_DEFAULT;
  g_autoptr (GantryNode) node = NULL;
  GantryExit worst = GANTRY_EXIT_OK;

  if (!gantry_cli_parse (&argc, &argv, entries, "PEER"))
    return GANTRY_EXIT_USAGE;
  if (argc != 2 || count < 1)
    return gantry_cli_complain (_ ("echo needs one PEER, and a count of at least 1."));
  if (!gantry_cli_check_title (from) || !gantry_cli_check_tls (&tls))
    return GANTRY_EXIT_USAGE;
  if (from != NULL)
    settings.calling_ae_title = from;
  settings.tls = tls;
  options.send = &settings;
  if (!gantry_cli_open (cli, &options))
    return cli->exit;
  node = gantry_cli_find_node (cli, argv[1]);
  if (node == NULL)
    return GANTRY_EXIT_USAGE;
  if (tls.enabled)
    node->options.tls = TRUE;

  for (int i = 0; i < count && !cli->interrupted; i++)
    {
      GantryExit status = echo_once (cli, node, argv[1]); /* MAX() evaluates twice */

      worst = MAX (worst, status);
    }
  return worst;
}
