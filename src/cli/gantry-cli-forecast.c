/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "gantry-cli.h"
#include "gantry-error.h"
#include "gantry-registry.h"

typedef struct
{
  GantryCli *cli;
  const GantryCliStaging *staging;
  gboolean over;
  GPtrArray *rows; /* GantryForecast */
  GError *error;
} Check;

static const char *const nicks[] = {
  [GANTRY_FORECAST_AS_IS] = "as-is",
  [GANTRY_FORECAST_CHANGED] = "changed",
  [GANTRY_FORECAST_REFUSED] = "refused",
};

static void
on_forecast (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Check *self = user_data;

  self->rows = gantry_engine_list_finish (GANTRY_ENGINE (source), result, NULL, &self->error);
  self->over = TRUE;
  g_main_loop_quit (self->cli->loop);
}

static void
print_json (const GantryForecast *row)
{
  g_autofree char *sop_class = gantry_uid_describe (row->sop_class_uid);
  JsonBuilder *json = gantry_cli_json_begin ("forecast");

  gantry_cli_json_text (json, "kind", nicks[row->kind]);
  gantry_cli_json_text (json, "sop_class_uid", row->sop_class_uid);
  gantry_cli_json_text (json, "sop_class", sop_class);
  gantry_cli_json_text (json, "transfer_syntax", row->transfer_syntax);
  gantry_cli_json_int (json, "instances", (gint64)row->instances);
  gantry_cli_json_int (json, "bytes", (gint64)row->bytes);
  if (*row->sent_class_uid != '\0')
    gantry_cli_json_text (json, "sent_sop_class_uid", row->sent_class_uid);
  if (*row->sent_syntax != '\0')
    gantry_cli_json_text (json, "sent_transfer_syntax", row->sent_syntax);
  gantry_cli_json_text (json, "message", row->message);
  gantry_cli_json_end (json);
}

static void
print_row (const GantryForecast *row)
{
  g_autofree char *sop_class = gantry_uid_describe (row->sop_class_uid);
  g_autofree char *syntax = gantry_transfer_syntax_describe (row->transfer_syntax);
  g_autofree char *size = g_format_size (row->bytes);

  g_print ("%-8s %6" PRIu64 "  %9s  %s, %s\n         %s\n", nicks[row->kind], row->instances, size,
           sop_class, syntax, row->message);
}

static void
print_total (Check *self, const guint64 *counts, guint64 bytes)
{
  guint64 total = counts[GANTRY_FORECAST_AS_IS] + counts[GANTRY_FORECAST_CHANGED]
                  + counts[GANTRY_FORECAST_REFUSED];
  JsonBuilder *json;

  if (!self->cli->json)
    {
      g_print (_ ("%" PRIu64 " instances: %" PRIu64 " would go as they are, %" PRIu64
                  " changed, %" PRIu64 " not at all; %" PRIu64 " skipped, %" PRIu64
                  " lost. Nothing was sent.\n"),
               total, counts[GANTRY_FORECAST_AS_IS], counts[GANTRY_FORECAST_CHANGED],
               counts[GANTRY_FORECAST_REFUSED], self->staging->harmless, self->staging->lost);
      return;
    }
  json = gantry_cli_json_begin ("summary");
  gantry_cli_json_int (json, "instances", (gint64)total);
  gantry_cli_json_int (json, "as_is", (gint64)counts[GANTRY_FORECAST_AS_IS]);
  gantry_cli_json_int (json, "changed", (gint64)counts[GANTRY_FORECAST_CHANGED]);
  gantry_cli_json_int (json, "refused", (gint64)counts[GANTRY_FORECAST_REFUSED]);
  gantry_cli_json_int (json, "bytes", (gint64)bytes);
  gantry_cli_json_int (json, "skipped", (gint64)self->staging->harmless);
  gantry_cli_json_int (json, "lost", (gint64)self->staging->lost);
  gantry_cli_json_end (json);
}

static GantryExit
print (Check *self)
{
  guint64 counts[G_N_ELEMENTS (nicks)] = { 0 };
  guint64 bytes = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      const GantryForecast *row = self->rows->pdata[i];

      counts[row->kind] += row->instances;
      bytes += row->bytes;
      if (self->cli->json)
        print_json (row);
      else
        print_row (row);
    }
  print_total (self, counts, bytes);
  if (self->rows->len > 0)
    return counts[GANTRY_FORECAST_REFUSED] > 0 ? GANTRY_EXIT_NOT_ALL : GANTRY_EXIT_OK;
  gantry_cli_complain ("%s", _ ("There is nothing to send."));
  return GANTRY_EXIT_NOT_ALL;
}

static GantryExit
complain (Check *self)
{
  if (g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return GANTRY_EXIT_NOT_ALL;
  gantry_cli_complain ("%s", self->error->message);
  return g_error_matches (self->error, GANTRY_ERROR, GANTRY_ERROR_STORAGE)
             ? GANTRY_EXIT_NOT_ALL
             : GANTRY_EXIT_NO_ASSOCIATION;
}

GantryExit
gantry_cli_forecast (GantryCli *cli, GantryNode *node, const GantryCliStaging *staging)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Check self = { .cli = cli, .staging = staging };
  GantryExit status;

  gantry_engine_forecast_async (cli->engine, node, NULL, 0, cancellable, on_forecast, &self);
  gantry_cli_wait (cli, &self.over, cancellable);
  /* Nobody was asked where the database could not say what there is. */
  gantry_cli_settle_trace (
      cli, g_error_matches (self.error, GANTRY_ERROR, GANTRY_ERROR_STORAGE) ? 0 : 1);
  status = self.rows != NULL ? print (&self) : complain (&self);
  /* What was looked at is not what the next run sends. */
  gantry_engine_unstage (cli->engine, 0, 0);
  g_clear_pointer (&self.rows, g_ptr_array_unref);
  g_clear_error (&self.error);
  return status;
}
