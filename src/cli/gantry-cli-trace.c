/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-cli.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

void
gantry_cli_add_trace (GOptionContext *context, GantryCli *cli)
{
  const GOptionEntry entries[] = {
    { "debug", 0, 0, G_OPTION_ARG_NONE, &cli->debug,
      N_ ("Print what the network library says of the association"), NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

/* As DCMTK's programs do, with the association before it: more than one may go on at a time. */
static void
print_line (const GantryMessage *message, gint64 id)
{
  static const char letters[] = { 'D', 'I', 'W', 'E' };

  g_printerr ("[%" PRId64 "] %c: %s\n", id, letters[message->level], message->text);
}

static void
print_json (const GantryMessage *message, gint64 id)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (message->started / G_USEC_PER_SEC);
  g_autofree char *when = g_date_time_format_iso8601 (time);
  JsonBuilder *json = gantry_cli_json_begin ("trace");

  gantry_cli_json_int (json, "id", id);
  gantry_cli_json_text (json, "level", gantry_trace_level_to_nick (message->level));
  gantry_cli_json_text (json, "time", when);
  gantry_cli_json_text (json, "message", message->text);
  gantry_cli_json_end (json);
}

gboolean
gantry_cli_tell_trace (GantryCli *cli, const GantryEvent *event)
{
  const GantryMessage *message = event->message;

  if (event->type != GANTRY_EVENT_TRACE)
    return FALSE;
  cli->traced = MAX (cli->traced, event->id);
  if (message == NULL)
    cli->untraced++;
  else if (cli->json)
    print_json (message, event->id != 0 ? event->id : message->association_id);
  else
    print_line (message, event->id != 0 ? event->id : message->association_id);
  return TRUE;
}

void
gantry_cli_on_trace (GantryEvent *event, gpointer cli)
{
  gantry_cli_tell_trace (cli, event);
}

void
gantry_cli_settle_trace (GantryCli *cli, gint64 n)
{
  while (cli->debug && !cli->interrupted && cli->untraced < MAX (cli->traced, n))
    g_main_context_iteration (NULL, TRUE);
}
