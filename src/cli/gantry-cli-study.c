/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "gantry-cli.h"
#include "gantry-instance.h"
#include "gantry-registry.h"

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
print_text (const GantryStudy *study, gboolean numbered)
{
  g_autofree char *birth = gantry_date_format (study->birth_date);
  g_autofree char *date = gantry_date_format (study->study_date);
  g_autofree char *size = g_format_size (study->bytes);
  g_autofree char *counts = count_text (study->images, study->objects);

  if (numbered)
    g_print ("%" PRId64 " · %s\n", study->id, study->study_uid);
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
print_json (const GantryStudy *study, gboolean numbered)
{
  JsonBuilder *json = gantry_cli_json_begin ("study");

  if (numbered)
    gantry_cli_json_int (json, "id", study->id);
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

void
gantry_cli_print_study (GantryCli *cli, const GantryStudy *study, gboolean numbered)
{
  if (cli->json)
    print_json (study, numbered);
  else
    print_text (study, numbered);
}
