/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "gantry-cli.h"
#include "gantry-words.h"

typedef struct
{
  GantryCli *cli;
  GCancellable *cancellable;
  GantryEcho *echo; /* the last answer; NULL: cancelled */
  gboolean over;
  guint told; /* steps that are printed, each as soon as it is passed */
} Echo;

/* Of several echoes, in milliseconds. */
typedef struct
{
  guint asked, sent, answered;
  double least, most, sum;
} Statistics;

/* ---- The ladder ------------------------------------------------------------------------------ */

static void
print_step (GantryStep step, const char *mark, gint64 elapsed)
{
  const char *name = gantry_step_get_name (step);
  int pad = MAX (0, 14 - (int)g_utf8_strlen (name, -1));

  if (elapsed >= 0)
    g_print ("  %s %s%*s %8.2f ms\n", mark, name, pad, "", (double)elapsed / 1000);
  else
    g_print ("  %s %s\n", mark, name);
}

static void
on_passed (GantryStep step, gint64 elapsed, gpointer user_data)
{
  print_step (step, "✓", elapsed);
  ((Echo *)user_data)->told = step + 1;
}

/* What was not said while it went on. */
static void
print_rest (guint told, const GantryEcho *echo)
{
  for (GantryStep step = told; step < GANTRY_N_STEPS; step++)
    if (!echo->ok && step == echo->failed_step)
      print_step (step, "✗", echo->elapsed[step]);
    else if (echo->elapsed[step] >= 0)
      print_step (step, "✓", echo->elapsed[step]);
    else if (step != GANTRY_STEP_TLS || echo->encrypted)
      print_step (step, "–", -1);
}

static void
on_echo (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Echo *self = user_data;

  self->echo = gantry_engine_echo_finish (GANTRY_ENGINE (source), result, NULL);
  self->over = TRUE;
  g_main_loop_quit (self->cli->loop);
}

/* How long each step took, in milliseconds, as far as it came; and where it broke. */
static void
print_steps (JsonBuilder *json, const GantryEcho *echo)
{
  json_builder_set_member_name (json, "steps");
  json_builder_begin_object (json);
  for (guint i = 0; i < GANTRY_N_STEPS; i++)
    if (echo->elapsed[i] >= 0)
      gantry_cli_json_double (json, gantry_step_to_nick (i), (double)echo->elapsed[i] / 1000);
  json_builder_end_object (json);
  if (!echo->ok)
    gantry_cli_json_text (json, "failed_step", gantry_step_to_nick (echo->failed_step));
  if (echo->encrypted)
    gantry_cli_json_text (json, "tls", echo->tls);
}

static void
print_answer (const GantryEcho *echo, const char *peer)
{
  if (!echo->ok)
    g_print ("%s: %s\n", peer, echo->message);
  else if (echo->peer_max_pdu == 0)
    g_print (_ ("%s: answered in %.2f ms (%s)\n"), peer,
             (double)echo->elapsed[GANTRY_STEP_MESSAGE] / 1000, echo->implementation);
  else
    /* Translators: a peer, how long it took, what it calls itself and how much it takes at once */
    g_print (_ ("%s: answered in %.2f ms (%s, PDU %u)\n"), peer,
             (double)echo->elapsed[GANTRY_STEP_MESSAGE] / 1000, echo->implementation,
             echo->peer_max_pdu);
  if (*echo->answered_as != '\0')
    g_print (_ ("%s: it answered as %s, which is another AE title.\n"), peer, echo->answered_as);
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
      print_answer (echo, peer);
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
  if (ms >= 0)
    gantry_cli_json_double (json, "milliseconds", ms);
  print_steps (json, echo);
  gantry_cli_json_text (json, "implementation", echo->implementation);
  /* As the peer says it: 0 is any size (PS3.8 D.1.1). */
  if (*echo->implementation != '\0')
    gantry_cli_json_int (json, "max_pdu", echo->peer_max_pdu);
  if (*echo->answered_as != '\0')
    gantry_cli_json_text (json, "answered_as", echo->answered_as);
  gantry_cli_json_text (json, "message", echo->message);
  gantry_cli_json_end (json);
}

/* ---- Several echoes ------------------------------------------------------------------------- */

static void
count_echo (Statistics *statistics, const GantryEcho *echo)
{
  double ms = (double)echo->elapsed[GANTRY_STEP_MESSAGE] / 1000;

  statistics->sent++;
  if (!echo->ok)
    return;
  statistics->least = statistics->answered == 0 ? ms : MIN (statistics->least, ms);
  statistics->most = MAX (statistics->most, ms);
  statistics->sum += ms;
  statistics->answered++;
}

static void
print_statistics (GantryCli *cli, const Statistics *n, const char *peer)
{
  double mean = n->answered > 0 ? n->sum / n->answered : 0;
  guint lost = n->sent - n->answered;
  JsonBuilder *json;

  if (cli->json)
    {
      json = gantry_cli_json_begin ("statistics");
      gantry_cli_json_text (json, "peer", peer);
      gantry_cli_json_int (json, "echoes", n->sent);
      gantry_cli_json_int (json, "lost", lost);
      if (n->answered > 0)
        {
          gantry_cli_json_double (json, "min", n->least);
          gantry_cli_json_double (json, "mean", mean);
          gantry_cli_json_double (json, "max", n->most);
        }
      gantry_cli_json_end (json);
      return;
    }
  g_print (_ ("%s: %u echoes, %u answered, %u lost (%.0f %%)\n"), peer, n->sent, n->answered, lost,
           n->sent > 0 ? 100.0 * lost / n->sent : 0.0);
  if (n->answered > 0)
    g_print (_ ("Round trip: min %.2f ms, mean %.2f ms, max %.2f ms\n"), n->least, mean, n->most);
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

/* @ladder: with each step, as it is passed */
static GantryExit
echo_once (
    GantryCli *cli, GantryNode *node, const char *peer, gboolean ladder, Statistics *statistics)
{
  Echo self = { .cli = cli, .cancellable = g_cancellable_new () };
  GantryExit status;

  gantry_engine_echo_async (cli->engine, node, ladder ? on_passed : NULL, self.cancellable, on_echo,
                            &self);
  gantry_cli_wait (cli, &self.over, self.cancellable);

  gantry_cli_settle_trace (cli, ++statistics->asked);
  if (self.echo != NULL)
    {
      count_echo (statistics, self.echo);
      if (ladder)
        print_rest (self.told, self.echo);
      print_echo (cli, self.echo, peer);
    }
  status = exit_of (self.echo);
  gantry_record_unref (self.echo);
  g_object_unref (self.cancellable);
  return status;
}

typedef struct
{
  GMainLoop *loop;
  gboolean over;
} Pause;

static gboolean
end_pause (gpointer data)
{
  Pause *self = data;

  self->over = TRUE;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

/* From the beginning of one echo to the beginning of the next, as ping does. */
static void
pause_until (GantryCli *cli, gint64 when)
{
  gint64 left = when - g_get_monotonic_time ();
  Pause self = { .loop = cli->loop };
  guint source;

  if (left <= 0 || cli->interrupted)
    return;
  source = g_timeout_add ((guint)(left / 1000), end_pause, &self);
  g_main_loop_run (cli->loop);
  if (!self.over)
    g_source_remove (source);
}

static GantryExit
echo_often (GantryCli *cli, GantryNode *node, const char *peer, guint count, double interval)
{
  Statistics statistics = { 0 };
  GantryExit worst = GANTRY_EXIT_OK;

  /* Without a count it only talks, which ends when nobody can hear it. */
  for (guint i = 0; (i < count || (count == 0 && !ferror (stdout))) && !cli->interrupted; i++)
    {
      gint64 next = g_get_monotonic_time () + (gint64)(interval * G_USEC_PER_SEC);
      GantryExit status = echo_once (cli, node, peer, count == 1 && !cli->json,
                                     &statistics); /* MAX() evaluates twice */

      worst = MAX (worst, status);
      if (i + 1 != count)
        pause_until (cli, next);
    }
  if (count != 1)
    print_statistics (cli, &statistics, peer);
  /* Who echoes until he stops it has not been left without an answer by stopping it. */
  if (count == 0 && statistics.sent > 0)
    return statistics.answered == statistics.sent ? GANTRY_EXIT_OK : GANTRY_EXIT_NOT_ALL;
  return statistics.sent > 0 && statistics.sent >= count ? worst : MAX (worst, GANTRY_EXIT_NOT_ALL);
}

#define NO_INTERVAL (-G_MAXDOUBLE)

/* Not what is no number at all, which compares with nothing. */
static gboolean
is_interval (double interval)
{
  return interval == NO_INTERVAL || (interval >= 0 && interval <= 86400);
}

GantryExit
gantry_cli_echo (GantryCli *cli, int argc, char **argv)
{
  g_autofree char *from = NULL;
  int count = -1;
  double interval = NO_INTERVAL;
  g_auto (GantryTls) tls = { 0 };
  GantryCliTimeouts timeouts = { 0 };
  GantryNodeOptions checked = GANTRY_NODE_OPTIONS_DEFAULT;
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, N_ ("Our AE title"), "AET" },
    { "count", 'n', 0, G_OPTION_ARG_INT, &count, N_ ("How many echoes; 0: until it is stopped"),
      "N" },
    { "interval", 'i', 0, G_OPTION_ARG_DOUBLE, &interval,
      N_ ("From one echo to the next; without --count, until it is stopped"), "SECONDS" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("One JSON object a line"), NULL },
    { NULL },
  };
  GantryEngineOptions options = { .draft = "gantryctl",
                                  .per_instance_events = TRUE,
                                  .event_func = gantry_cli_on_trace,
                                  .user_data = cli };
  GantrySendSettings settings = GANTRY_SEND_SETTINGS_DEFAULT;
  g_autoptr (GantryNode) node = NULL;
  GOptionContext *context = gantry_cli_options_new (entries, "PEER");

  gantry_cli_add_tls_caller (context, &tls);
  gantry_cli_add_timeouts (context, &timeouts);
  gantry_cli_add_trace (context, cli);
  if (!gantry_cli_options_parse (context, &argc, &argv))
    return GANTRY_EXIT_USAGE;
  if (argc != 2 || count < -1 || !is_interval (interval))
    return gantry_cli_complain (
        _ ("echo needs one PEER; the count is 0 or more, the interval at most a day."));
  if (count < 0)
    count = interval != NO_INTERVAL ? 0 : 1;
  if (!gantry_cli_check_title (from) || !gantry_cli_check_tls (&tls)
      || !gantry_cli_use_timeouts (&timeouts, &checked))
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
  gantry_cli_use_timeouts (&timeouts, &node->options);
  return echo_often (cli, node, argv[1], (guint)count, MAX (interval, 0));
}
