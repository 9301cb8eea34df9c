/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-cli-watching.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

void
gantry_cli_add_watching (GOptionContext *context, GantryCliWatching *self)
{
  const GOptionEntry entries[] = {
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &self->log, N_ ("Write a log there"), "FILE" },
    { "log-level", 0, 0, G_OPTION_ARG_STRING, &self->level,
      N_ ("What is in it: quiet, normal, verbose or debug"), "LEVEL" },
    { "log-size", 0, 0, G_OPTION_ARG_STRING, &self->log_size,
      N_ ("At this size another one is begun, and this one gets a number (5M)"), "SIZE" },
    { "log-files", 0, 0, G_OPTION_ARG_INT, &self->log_files,
      N_ ("So many are kept, the newest among them (5)"), "N" },
    { "debug", 0, 0, G_OPTION_ARG_NONE, &self->debug,
      N_ ("Print what the network library says of each association"), NULL },
    { "debug-caller", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->debug_callers,
      N_ ("Only of those of this caller; * and ? stand for others; may be repeated"), "AET" },
    { "debug-next", 0, 0, G_OPTION_ARG_NONE, &self->debug_next, N_ ("Only of the next of them"),
      NULL },
    { "complete-seconds", 0, 0, G_OPTION_ARG_INT, &self->complete_seconds,
      N_ ("A study to which nothing came for so long is complete; 0: nobody asks"), "N" },
    { "complete-command", 0, 0, G_OPTION_ARG_STRING, &self->command,
      N_ ("Run this program, without a shell, for each complete study"), "PROGRAM" },
    { "complete-arg", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->arguments,
      N_ ("With this argument, in which {path}, {study_uid}, {calling} … are replaced; may be "
          "repeated"),
      "TEXT" },
    { "complete-timeout", 0, 0, G_OPTION_ARG_INT, &self->command_seconds,
      N_ ("After so long the program is killed (600)"), "SECONDS" },
    { NULL },
  };

  self->log_files = self->command_seconds = GANTRY_CLI_UNSAID;
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static gboolean
use_level (const char *level, GantryLogSettings *log)
{
  static const char *const levels[] = { "quiet", "normal", "verbose", "debug" };

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (level != NULL && strcmp (level, levels[i]) == 0)
      {
        log->level = i;
        return TRUE;
      }
  return level == NULL;
}

static gboolean
use_log (const GantryCliWatching *self, GantryLogSettings *log)
{
  const char *mistake = NULL;

  log->path = self->log;
  if (!use_level (self->level, log))
    mistake = _ ("--log-level takes quiet, normal, verbose or debug.");
  else if (self->log_size != NULL
           && (!gantry_cli_parse_size (self->log_size, &log->max_bytes) || log->max_bytes < 1024))
    mistake = _ ("--log-size takes 1K or more.");
  else if (self->log == NULL
           && (self->level != NULL || self->log_size != NULL
               || self->log_files != GANTRY_CLI_UNSAID))
    mistake = _ ("--log-level, --log-size and --log-files need --log.");
  if (mistake != NULL)
    gantry_cli_complain ("%s", mistake);
  return mistake == NULL
         && gantry_cli_use_number (self->log_files, 1, 100, "--log-files", &log->files);
}

gboolean
gantry_cli_use_watching (GantryCliWatching *self,
                         GantryListenSettings *settings,
                         GantryLogSettings *log)
{
  if (!use_log (self, log))
    return FALSE;
  if (self->complete_seconds < -1
      || ((self->arguments != NULL || self->command_seconds != GANTRY_CLI_UNSAID)
          && self->command == NULL)
      || (self->command != NULL && self->complete_seconds == 0))
    {
      gantry_cli_complain (
          _ ("--complete-seconds takes 0 or more; --complete-arg and --complete-timeout need "
             "--complete-command, and that at least one second."));
      return FALSE;
    }
  if (!gantry_cli_use_number (self->command_seconds, 1, 86400, "--complete-timeout",
                              &settings->command_seconds))
    return FALSE;
  if (self->complete_seconds >= 0)
    settings->complete_seconds = (guint)self->complete_seconds;
  if (self->command == NULL)
    return TRUE;
  self->whole = g_ptr_array_new ();
  g_ptr_array_add (self->whole, self->command);
  for (char **argument = self->arguments; argument != NULL && *argument != NULL; argument++)
    g_ptr_array_add (self->whole, *argument);
  g_ptr_array_add (self->whole, NULL);
  settings->complete_command = (const char *const *)self->whole->pdata;
  return TRUE;
}

void
gantry_cli_watching_clear (GantryCliWatching *self)
{
  g_free (self->log);
  g_free (self->level);
  g_free (self->log_size);
  g_free (self->command);
  g_strfreev (self->debug_callers);
  g_strfreev (self->arguments);
  g_clear_pointer (&self->whole, g_ptr_array_unref);
}

void
gantry_cli_watching_trace (const GantryCliWatching *self, GantryCli *cli)
{
  static const char *const anybody[] = { "*", NULL };
  GantryTraceSettings settings = { .once = self->debug_next };

  if (self->debug || self->debug_next || self->debug_callers != NULL)
    settings.calling
        = self->debug_callers != NULL ? (const char *const *)self->debug_callers : anybody;
  gantry_engine_set_trace (cli->engine, &settings);
}

static void
tell_study (GantryCli *cli, const GantryStudy *study)
{
  JsonBuilder *json;

  if (!cli->json)
    {
      g_print (_ ("Complete: study %s, %" PRIu64 " objects\n"), study->study_uid, study->objects);
      return;
    }
  json = gantry_cli_json_begin ("complete");
  gantry_cli_json_int (json, "id", study->id);
  gantry_cli_json_text (json, "study_uid", study->study_uid);
  gantry_cli_json_text (json, "modalities", study->modalities);
  gantry_cli_json_int (json, "objects", (gint64)study->objects);
  gantry_cli_json_end (json);
}

static void
tell_command (GantryCli *cli, const GantryCommandResult *result)
{
  JsonBuilder *json;

  if (!cli->json)
    {
      g_print ("%s\n", result->message);
      return;
    }
  json = gantry_cli_json_begin ("command");
  gantry_cli_json_int (json, "id", result->study_id);
  gantry_cli_json_int (json, "exit_status", result->exit_status);
  gantry_cli_json_text (json, "message", result->message);
  gantry_cli_json_end (json);
}

void
gantry_cli_tell_watching (GantryCli *cli, const GantryEvent *event)
{
  if (event->type == GANTRY_EVENT_STUDY_COMPLETE)
    tell_study (cli, event->study);
  else if (event->type == GANTRY_EVENT_COMMAND)
    tell_command (cli, event->command);
  else if (event->type == GANTRY_EVENT_LOG && *event->log.message != '\0')
    gantry_cli_complain ("%s", event->log.message);
  else
    gantry_cli_tell_trace (cli, event);
}
