/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "gantry-cli.h"
#include "gantry-files.h"
#include "gantry-instance.h"
#include "gantry-registry.h"

/* Staging is what knows how files become studies, so inspect stages into a profile of its own that
 * is gone afterwards.
 */
typedef struct
{
  GantryCli *cli;
  GPtrArray *studies, *skipped;
} Inspect;

static void
on_event (GantryEvent *event, gpointer user_data)
{
  Inspect *self = user_data;

  if (event->type == GANTRY_EVENT_SCAN && !event->scan.running)
    g_main_loop_quit (self->cli->loop);
}

static void
on_studies (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Inspect *self = user_data;

  self->studies = gantry_engine_list_finish (GANTRY_ENGINE (source), result, NULL, NULL);
  g_main_loop_quit (self->cli->loop);
}

static void
on_skipped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Inspect *self = user_data;

  self->skipped = gantry_engine_list_finish (GANTRY_ENGINE (source), result, NULL, NULL);
  g_main_loop_quit (self->cli->loop);
}

/* "2 images, 3 objects", each in the number that the language has for it. */
static char *
count_text (guint64 images, guint64 objects)
{
  g_autofree char *image_text = g_strdup_printf (
      ngettext ("%" PRIu64 " image", "%" PRIu64 " images", (gulong)images), images);
  g_autofree char *object_text = g_strdup_printf (
      ngettext ("%" PRIu64 " object", "%" PRIu64 " objects", (gulong)objects), objects);

  /* Translators: a number of images, and a number of objects, images among them. */
  return g_strdup_printf (_ ("%1$s, %2$s"), image_text, object_text);
}

static void
print_series_text (const GantrySeries *series)
{
  g_autofree char *sop_class = gantry_uid_describe (series->sop_class_uid);
  g_autofree char *size = g_format_size (series->bytes);
  g_autofree char *counts = count_text (series->images, series->objects);

  g_print (_ ("    Series %s · %s · %s · %s · %s, %s\n"), series->number, series->description,
           series->modality, *series->sop_class_uid != '\0' ? sop_class : _ ("several SOP classes"),
           counts, size);
}

static void
print_study_text (const GantryStudy *study)
{
  g_autofree char *birth = gantry_date_format (study->birth_date);
  g_autofree char *date = gantry_date_format (study->study_date);
  g_autofree char *size = g_format_size (study->bytes);
  g_autofree char *counts = count_text (study->images, study->objects);

  g_print (_ ("%s · %s · %s\n"), study->patient_name, study->patient_id, birth);
  g_print (_ ("  %s · %s · %s · %s · %s, %s\n"), date, study->accession, study->description,
           study->modalities, counts, size);
  for (guint i = 0; i < study->series->len; i++)
    print_series_text (study->series->pdata[i]);
}

static void
add_series (JsonBuilder *json, const GantrySeries *series)
{
  g_autofree char *sop_class = gantry_uid_describe (series->sop_class_uid);

  json_builder_begin_object (json);
  gantry_cli_json_text (json, "series_uid", series->series_uid);
  gantry_cli_json_text (json, "number", series->number);
  gantry_cli_json_text (json, "description", series->description);
  gantry_cli_json_text (json, "modality", series->modality);
  gantry_cli_json_text (json, "sop_class_uid", series->sop_class_uid);
  gantry_cli_json_text (json, "sop_class", *series->sop_class_uid != '\0' ? sop_class : "");
  gantry_cli_json_int (json, "images", (gint64)series->images);
  gantry_cli_json_int (json, "objects", (gint64)series->objects);
  gantry_cli_json_int (json, "bytes", (gint64)series->bytes);
  json_builder_end_object (json);
}

static void
print_study_json (const GantryStudy *study)
{
  JsonBuilder *json = gantry_cli_json_begin ("study");

  gantry_cli_json_text (json, "patient_name", study->patient_name);
  gantry_cli_json_text (json, "patient_id", study->patient_id);
  gantry_cli_json_text (json, "birth_date", study->birth_date);
  gantry_cli_json_text (json, "study_uid", study->study_uid);
  gantry_cli_json_text (json, "accession", study->accession);
  gantry_cli_json_text (json, "description", study->description);
  gantry_cli_json_text (json, "study_date", study->study_date);
  gantry_cli_json_text (json, "modalities", study->modalities);
  gantry_cli_json_int (json, "images", (gint64)study->images);
  gantry_cli_json_int (json, "objects", (gint64)study->objects);
  gantry_cli_json_int (json, "bytes", (gint64)study->bytes);
  json_builder_set_member_name (json, "series");
  json_builder_begin_array (json);
  for (guint i = 0; i < study->series->len; i++)
    add_series (json, study->series->pdata[i]);
  json_builder_end_array (json);
  gantry_cli_json_end (json);
}

static void
print_all (Inspect *self)
{
  for (guint i = 0; self->studies != NULL && i < self->studies->len; i++)
    if (self->cli->json)
      print_study_json (self->studies->pdata[i]);
    else
      print_study_text (self->studies->pdata[i]);

  for (guint i = 0; self->skipped != NULL && i < self->skipped->len; i++)
    {
      const GantrySkipped *file = self->skipped->pdata[i];
      JsonBuilder *json;

      if (!self->cli->json)
        {
          g_print ("%s: %s\n", file->path, file->reason);
          continue;
        }
      json = gantry_cli_json_begin ("skipped");
      gantry_cli_json_text (json, "path", file->path);
      gantry_cli_json_text (json, "message", file->reason);
      gantry_cli_json_end (json);
    }
}

static void
run (Inspect *self, const char *const *paths)
{
  GantryCli *cli = self->cli;

  gantry_engine_stage (cli->engine, paths);
  g_main_loop_run (cli->loop);
  if (cli->interrupted)
    return;
  gantry_engine_list_staged_async (cli->engine, NULL, on_studies, self);
  g_main_loop_run (cli->loop);
  gantry_engine_list_skipped_async (cli->engine, G_MAXINT, NULL, on_skipped, self);
  g_main_loop_run (cli->loop);
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
  g_clear_pointer (&self.skipped, g_ptr_array_unref);
  return status;
}
