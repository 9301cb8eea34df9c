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
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, N_ ("Our AE title"), "AET" },
    { "count", 'n', 0, G_OPTION_ARG_INT, &count, N_ ("How many echoes"), "N" },
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
  if (!gantry_cli_check_title (from))
    return GANTRY_EXIT_USAGE;
  if (from != NULL)
    settings.calling_ae_title = from;
  options.send = &settings;
  if (!gantry_cli_open (cli, &options))
    return cli->exit;
  node = gantry_cli_find_node (cli, argv[1]);
  if (node == NULL)
    return GANTRY_EXIT_USAGE;

  for (int i = 0; i < count && !cli->interrupted; i++)
    {
      GantryExit status = echo_once (cli, node, argv[1]); /* MAX() evaluates twice */

      worst = MAX (worst, status);
    }
  return worst;
}
