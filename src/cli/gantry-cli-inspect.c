/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "gantry-cli.h"
#include "gantry-files.h"

/* Staging is what knows how files become studies, so inspect stages into a profile of its own that
 * is gone afterwards.
 */
typedef struct
{
  GantryCli *cli;
  gboolean over;
  GPtrArray *studies;
  GantryCliStaging staging;
} Inspect;

static void
on_event (GantryEvent *event, gpointer user_data)
{
  Inspect *self = user_data;

  gantry_cli_stage_event (self->cli, &self->staging, event);
}

static void
on_studies (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Inspect *self = user_data;

  self->studies = gantry_engine_list_finish (GANTRY_ENGINE (source), result, NULL, NULL);
  self->over = TRUE;
  g_main_loop_quit (self->cli->loop);
}

static void
print_all (Inspect *self)
{
  for (guint i = 0; self->studies != NULL && i < self->studies->len; i++)
    gantry_cli_print_study (self->cli, self->studies->pdata[i], FALSE);

  for (guint i = 0; i < self->staging.skipped->len; i++)
    {
      const GantrySkipped *file = self->staging.skipped->pdata[i];
      g_autofree char *path = gantry_path_escape (file->path);
      g_autofree char *reason = gantry_text_escape (file->reason);

      if (self->cli->json)
        gantry_cli_print_skipped_json (file);
      else
        g_print ("%s: %s\n", path, reason);
    }
}

static void
run (Inspect *self, const char *const *paths)
{
  GantryCli *cli = self->cli;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  if (!gantry_cli_stage (cli, &self->staging, paths))
    return;
  gantry_engine_list_staged_async (cli->engine, cancellable, on_studies, self);
  gantry_cli_wait (cli, &self->over, cancellable);
  print_all (self);
}

GantryExit
gantry_cli_inspect (GantryCli *cli, int argc, char **argv)
{
  Inspect self = { .cli = cli };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("One JSON object a line"), NULL },
    { NULL },
  };
  GantryEngineOptions options = { .draft = "inspect", .event_func = on_event, .user_data = &self };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  GantryExit status = GANTRY_EXIT_NOT_ALL;

  if (!gantry_cli_parse (&argc, &argv, entries, "PATH…"))
    return GANTRY_EXIT_USAGE;
  if (argc < 2)
    return gantry_cli_complain (_ ("inspect needs at least one PATH."));
  folder = g_dir_make_tmp ("gantry-inspect-XXXXXX", &error);
  if (folder == NULL)
    return gantry_cli_complain ("%s", error->message);

  g_free (cli->profile);
  cli->profile = g_strdup (folder);
  if (gantry_cli_open (cli, &options))
    {
      run (&self, (const char *const *)argv + 1);
      status = self.studies != NULL && self.studies->len > 0 ? GANTRY_EXIT_OK : GANTRY_EXIT_NOT_ALL;
      gantry_cli_close (cli);
    }
  gantry_remove_tree (folder);
  g_clear_pointer (&self.studies, g_ptr_array_unref);
  gantry_cli_staging_clear (&self.staging);
  return status;
}
