/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "gantry-cli.h"

#define PAGE 500

typedef struct
{
  GantryCli *cli;
  GCancellable *cancellable;
  GPtrArray *records;
  guint total;
  GError *error;
  gboolean over;
} Log;

static void
on_records (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Log *self = user_data;

  self->records
      = gantry_engine_list_finish (GANTRY_ENGINE (source), result, &self->total, &self->error);
  self->over = TRUE;
  g_main_loop_quit (self->cli->loop);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Log *self = user_data;

  gantry_engine_export_associations_finish (GANTRY_ENGINE (source), result, &self->error);
  self->over = TRUE;
  g_main_loop_quit (self->cli->loop);
}

static void
print_record (GantryCli *cli, const GantryAssociationRecord *record)
{
  JsonBuilder *json;

  if (!cli->json)
    {
      g_autoptr (GDateTime) time
          = g_date_time_new_from_unix_local (record->started / G_USEC_PER_SEC);
      g_autofree char *started = g_date_time_format (time, "%Y-%m-%d %H:%M:%S");

      g_print ("%s  %-9s  %-16s %s  %s\n", started,
               gantry_association_state_to_nick (record->state), record->calling, record->peer,
               record->result);
      return;
    }
  json = gantry_cli_json_begin ("association");
  gantry_cli_json_int (json, "id", record->id);
  gantry_cli_json_text (json, "state", gantry_association_state_to_nick (record->state));
  gantry_cli_json_text (json, "ended_by", gantry_ended_by_to_nick (record->ended_by));
  gantry_cli_json_text (json, "calling", record->calling);
  gantry_cli_json_text (json, "called", record->called);
  gantry_cli_json_text (json, "peer", record->peer);
  gantry_cli_json_int (json, "objects", (gint64)record->objects);
  gantry_cli_json_int (json, "stored", (gint64)(record->stored + record->warnings));
  gantry_cli_json_int (json, "refused", (gint64)record->refused);
  gantry_cli_json_int (json, "not_kept", (gint64)record->not_kept);
  gantry_cli_json_int (json, "not_served", (gint64)record->not_served);
  gantry_cli_json_int (json, "contexts", record->proposed);
  gantry_cli_json_int (json, "contexts_accepted", record->accepted);
  gantry_cli_json_int (json, "bytes", (gint64)record->bytes);
  gantry_cli_json_text (json, "message", record->result);
  gantry_cli_json_end (json);
}

static void
print_all (Log *self, const GantryAssociationFilter *filter)
{
  guint offset = 0;

  do
    {
      g_clear_pointer (&self->records, g_ptr_array_unref);
      self->over = FALSE;
      gantry_engine_list_associations_async (self->cli->engine, filter, offset, PAGE,
                                             self->cancellable, on_records, self);
      gantry_cli_wait (self->cli, &self->over, self->cancellable);
      for (guint i = 0; self->records != NULL && i < self->records->len; i++)
        print_record (self->cli, self->records->pdata[i]);
      offset += PAGE;
    }
  while (self->error == NULL && offset < self->total);
}

GantryExit
gantry_cli_log (GantryCli *cli, int argc, char **argv)
{
  g_autofree char *text = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Log self = { .cli = cli, .cancellable = cancellable };
  const GOptionEntry entries[] = {
    { "filter", 0, 0, G_OPTION_ARG_STRING, &text,
      N_ ("Only with this in an AE title, address, SOP class, UID or result"), "TEXT" },
    { "export", 0, 0, G_OPTION_ARG_FILENAME, &path, N_ ("Write them there instead"), "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("One JSON object a line"), NULL },
    { NULL },
  };
  GantryEngineOptions options = { .draft = "gantryctl" };
  GantryAssociationFilter filter = GANTRY_ASSOCIATION_FILTER_ANY;

  if (!gantry_cli_parse (&argc, &argv, entries, NULL))
    return GANTRY_EXIT_USAGE;
  if (argc != 1)
    return gantry_cli_complain (_ ("log takes options only."));
  if (path != NULL && !gantry_cli_check_report (path))
    return GANTRY_EXIT_USAGE;
  if (!gantry_cli_open (cli, &options))
    return cli->exit;

  filter.text = text;
  if (path != NULL)
    {
      g_autofree char *lower = g_ascii_strdown (path, -1);

      gantry_engine_export_associations_async (
          cli->engine, &filter, path,
          g_str_has_suffix (lower, ".csv") ? GANTRY_REPORT_CSV : GANTRY_REPORT_JSON, cancellable,
          on_exported, &self);
      gantry_cli_wait (cli, &self.over, cancellable);
    }
  else
    print_all (&self, &filter);
  g_clear_pointer (&self.records, g_ptr_array_unref);
  return self.error == NULL ? GANTRY_EXIT_OK : gantry_cli_fail (self.error);
}
