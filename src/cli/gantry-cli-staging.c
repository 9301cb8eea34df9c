/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-cli.h"

typedef struct
{
  GantryCli *cli;
  GantryCliStaging *staging;
  GError *error;
  gboolean over;
} Listing;

gboolean
gantry_cli_stage_event (GantryCli *cli, GantryCliStaging *staging, const GantryEvent *event)
{
  if (event->type != GANTRY_EVENT_SCAN)
    return FALSE;
  if (!event->scan.running && !staging->scanned)
    {
      staging->scanned = TRUE;
      staging->error = g_strdup (event->scan.error);
      g_main_loop_quit (cli->loop);
    }
  return TRUE;
}

static void
on_skipped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Listing *self = user_data;

  self->staging->skipped
      = gantry_engine_list_finish (GANTRY_ENGINE (source), result, NULL, &self->error);
  self->over = TRUE;
  g_main_loop_quit (self->cli->loop);
}

static void
count (GantryCliStaging *staging)
{
  for (guint i = 0; staging->skipped != NULL && i < staging->skipped->len; i++)
    if (((GantrySkipped *)staging->skipped->pdata[i])->kind == GANTRY_SKIPPED_HARMLESS)
      staging->harmless++;
    else
      staging->lost++;
}

gboolean
gantry_cli_stage (GantryCli *cli, GantryCliStaging *staging, const char *const *paths)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Listing listing = { .cli = cli, .staging = staging };

  /* What an interrupted scan of an earlier run left is not what the user named now. */
  gantry_engine_unstage (cli->engine, 0, 0);
  gantry_engine_forget_skipped (cli->engine);
  gantry_engine_stage (cli->engine, paths);
  if (!cli->interrupted)
    g_main_loop_run (cli->loop);
  if (cli->interrupted)
    return FALSE;

  if (staging->error != NULL)
    {
      gantry_cli_complain ("%s", staging->error);
      return FALSE;
    }
  gantry_engine_list_skipped_async (cli->engine, GANTRY_SKIPPED_HARMLESS, G_MAXINT, cancellable,
                                    on_skipped, &listing);
  gantry_cli_wait (cli, &listing.over, cancellable);
  count (staging);
  if (listing.error != NULL)
    gantry_cli_fail (listing.error);
  return staging->skipped != NULL && !cli->interrupted;
}

void
gantry_cli_staging_clear (GantryCliStaging *staging)
{
  g_clear_pointer (&staging->skipped, g_ptr_array_unref);
  g_clear_pointer (&staging->error, g_free);
}

void
gantry_cli_print_skipped_json (const GantrySkipped *file)
{
  JsonBuilder *json = gantry_cli_json_begin ("skipped");

  gantry_cli_json_path (json, "path", file->path);
  gantry_cli_json_text (json, "message", file->reason);
  json_builder_set_member_name (json, "lost");
  json_builder_add_boolean_value (json, file->kind != GANTRY_SKIPPED_HARMLESS);
  gantry_cli_json_end (json);
}
