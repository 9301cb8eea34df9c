/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-cli-send-options.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
parse_policy (gboolean no_transcode,
              const char *transcode,
              gboolean fall_back,
              GantryNodeOptions *overrides)
{
  static const char *const nicks[] = { [GANTRY_TRANSCODING_NEVER] = "never",
                                       [GANTRY_TRANSCODING_LOSSLESS] = "lossless",
                                       [GANTRY_TRANSCODING_ANY] = "any" };
  const char *nick = transcode != NULL ? transcode : no_transcode ? "never" : NULL;
  gint i = 0;

  /* Files as they are: not under another class either. */
  if (fall_back || no_transcode)
    overrides->fall_back = fall_back;
  if (nick == NULL)
    return TRUE;
  while (i < GANTRY_N_TRANSCODINGS && strcmp (nick, nicks[i]) != 0)
    i++;
  overrides->transcoding = i;
  return i < GANTRY_N_TRANSCODINGS && (!no_transcode || i == GANTRY_TRANSCODING_NEVER);
}

static gboolean
parse_priority (const char *text, gint *priority)
{
  static const struct
  {
    const char *name;
    GantryPriority priority;
  } names[] = { { "high", GANTRY_PRIORITY_HIGH },
                { "medium", GANTRY_PRIORITY_MEDIUM },
                { "low", GANTRY_PRIORITY_LOW } };

  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (names); i++)
    if (strcmp (text, names[i].name) == 0)
      {
        *priority = (gint)names[i].priority;
        return TRUE;
      }
  return text == NULL;
}

void
gantry_cli_send_options_clear (GantryCliSendOptions *options)
{
  g_free (options->from);
  g_free (options->report);
  g_free (options->transcode);
  g_free (options->priority);
  gantry_tls_clear (&options->tls);
}

/* Whether they make sense together; complains if not. */
static gboolean
check_options (const GantryCliSendOptions *o, int argc)
{
  const char *mistake = NULL;

  if (o->resume ? argc != 1 : argc < 3)
    mistake = _ ("send needs a PEER and at least one PATH, or --resume alone.");
  else if (o->resume && o->report != NULL)
    mistake = _ ("--resume may go on with several jobs, and --report is about "
                 "one. Use the command report afterwards.");
  else if (o->paused && !o->resume)
    mistake = _ ("--paused goes with --resume only.");
  else if (o->dry_run && (o->resume || o->report != NULL))
    mistake = _ ("--dry-run sends nothing: it goes neither with --resume nor with "
                 "--report.");
  if (mistake != NULL)
    gantry_cli_complain ("%s", mistake);
  return mistake == NULL && gantry_cli_check_title (o->from) && gantry_cli_check_tls (&o->tls)
         && (o->report == NULL || gantry_cli_check_report (o->report));
}

gboolean
gantry_cli_send_options_parse (GantryCliSendOptions *o, GantryCli *cli, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &o->from, N_ ("Our AE title"), "AET" },
    { "associations", 0, 0, G_OPTION_ARG_INT, &o->associations,
      N_ ("Associations side by side, 1 to 8"), "N" },
    { "max-pdu", 0, 0, G_OPTION_ARG_INT, &o->max_pdu, N_ ("Largest PDU to receive, 4096 to 131072"),
      "BYTES" },
    { "no-transcode", 0, 0, G_OPTION_ARG_NONE, &o->no_transcode,
      N_ ("Only ever send files as they are"), NULL },
    { "transcode", 0, 0, G_OPTION_ARG_STRING, &o->transcode,
      N_ ("What the peer refuses is converted: never, lossless (the default), or any"), "WHAT" },
    { "fall-back", 0, 0, G_OPTION_ARG_NONE, &o->fall_back,
      N_ ("Send under a related general SOP class where the peer refuses the object's own"), NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &o->dry_run,
      N_ ("Only ask the peer what it would take, and send nothing"), NULL },
    { "retries", 0, 0, G_OPTION_ARG_INT, &o->retries,
      N_ ("Tries again by itself, where that can help (0)"), "N" },
    { "retry-pause", 0, 0, G_OPTION_ARG_INT, &o->retry_pause,
      N_ ("Before the first of them; each is twice as long as the one before (30)"), "SECONDS" },
    { "priority", 0, 0, G_OPTION_ARG_STRING, &o->priority,
      N_ ("In the C-STORE-RQ, and before other jobs"), "high|medium|low" },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &o->resume, N_ ("Go on with what an earlier run left"),
      NULL },
    { "paused", 0, 0, G_OPTION_ARG_NONE, &o->paused, N_ ("With --resume: also with what is paused"),
      NULL },
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &o->report,
      N_ ("Write the delivery report at the end, as CSV or JSON by the name's ending"), "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("One JSON object a line"), NULL },
    { NULL },
  };
  GOptionContext *context = gantry_cli_options_new (entries, "PEER PATH…");

  *o = (GantryCliSendOptions){ .associations = GANTRY_CLI_UNSAID,
                               .max_pdu = GANTRY_CLI_UNSAID,
                               .retries = GANTRY_CLI_UNSAID,
                               .retry_pause = GANTRY_CLI_UNSAID };
  gantry_cli_add_tls_caller (context, &o->tls);
  gantry_cli_add_timeouts (context, &o->timeouts);
  gantry_cli_add_trace (context, cli);
  return gantry_cli_options_parse (context, argc, argv) && check_options (o, *argc);
}

/* Another run may go on from another folder. */
static char *
make_absolute (const char *path)
{
  return path != NULL ? g_canonicalize_filename (path, NULL) : NULL;
}

gboolean
gantry_cli_send_options_use (const GantryCliSendOptions *o, GantrySendOverrides *overrides)
{
  if (!parse_policy (o->no_transcode, o->transcode, o->fall_back, &overrides->node))
    {
      gantry_cli_complain (_ ("--transcode takes never, lossless or any; --no-transcode means "
                              "never, and takes no other."));
      return FALSE;
    }
  if ((o->retries != GANTRY_CLI_UNSAID && o->retries < 0)
      || (o->retry_pause != GANTRY_CLI_UNSAID
          && (o->retry_pause < 0 || o->retry_pause > GANTRY_RETRY_PAUSE_MAX))
      || !parse_priority (o->priority, &overrides->priority))
    {
      gantry_cli_complain (_ ("--retries takes 0 or more, --retry-pause 0 to 3600, --priority "
                              "high, medium or low."));
      return FALSE;
    }
  overrides->calling_ae_title = g_strdup (o->from);
  overrides->retry_limit = MAX (o->retries, -1);
  overrides->retry_seconds = MAX (o->retry_pause, -1);
  overrides->tls = o->tls;
  overrides->tls.authorities = make_absolute (o->tls.authorities);
  overrides->tls.certificate = make_absolute (o->tls.certificate);
  overrides->tls.key = make_absolute (o->tls.key);
  return gantry_cli_use_number (o->associations, 1, 8, "--associations",
                                &overrides->node.associations)
         && gantry_cli_use_number (o->max_pdu, 4096, 131072, "--max-pdu", &overrides->node.max_pdu)
         && gantry_cli_use_timeouts (&o->timeouts, &overrides->node);
}
