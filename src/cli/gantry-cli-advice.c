/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "gantry-cli.h"

typedef struct
{
  GantryCli *cli;
  GPtrArray *findings; /* NULL: there is no answer */
  gboolean over;
} Question;

static void
add_figure (const char *name, gint64 value, gpointer builder)
{
  gantry_cli_json_int (builder, name, value);
}

static void
print_json (gint64 job, const GantryAdvice *advice)
{
  JsonBuilder *json = gantry_cli_json_begin ("advice");

  gantry_cli_json_int (json, "job", job);
  gantry_cli_json_text (json, "kind", advice->kind);
  gantry_cli_json_text (json, "side", advice->side);
  gantry_cli_json_text (json, "message", advice->message);
  json_builder_set_member_name (json, "figures");
  json_builder_begin_object (json);
  gantry_path_figures_foreach (&advice->figures, add_figure, json);
  json_builder_set_member_name (json, "waits");
  json_builder_begin_array (json);
  for (guint i = 0; i < GANTRY_PATH_WAITS; i++)
    json_builder_add_int_value (json, advice->figures.waits[i]);
  json_builder_end_array (json);
  json_builder_end_object (json);
  gantry_cli_json_end (json);
}

static void
on_diagnosis (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *self = user_data;

  self->findings = gantry_engine_list_finish (GANTRY_ENGINE (source), result, NULL, NULL);
  self->over = TRUE;
  g_main_loop_quit (self->cli->loop);
}

void
gantry_cli_advise (GantryCli *cli, gint64 job)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Question self = { .cli = cli };

  gantry_engine_diagnose_job_async (cli->engine, job, cancellable, on_diagnosis, &self);
  gantry_cli_wait (cli, &self.over, cancellable);
  for (guint i = 0; self.findings != NULL && i < self.findings->len; i++)
    if (cli->json)
      print_json (job, self.findings->pdata[i]);
    else
      g_print (_ ("Advice: %s\n"), ((GantryAdvice *)self.findings->pdata[i])->message);
  g_clear_pointer (&self.findings, g_ptr_array_unref);
}
