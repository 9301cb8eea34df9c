/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-study-words.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-registry.h"

char *
gantry_format_images_and_objects (guint64 images, guint64 objects)
{
  g_autofree char *n_images = gantry_format_count (images);
  g_autofree char *n_objects = gantry_format_count (objects);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  /* Translators: %s is a number */
  first = g_strdup_printf (ngettext ("%s image", "%s images", (gulong)images), n_images);
  second = g_strdup_printf (ngettext ("%s object", "%s objects", (gulong)objects), n_objects);
  if (images == 0)
    return g_steal_pointer (&second);
  if (images == objects)
    return g_steal_pointer (&first);
  return g_strdup_printf ("%s · %s", first, second);
}

char *
gantry_explain_images_and_objects (guint64 images, guint64 objects)
{
  g_autofree char *others = NULL;

  if (images == 0 || images >= objects)
    return NULL;

  others = gantry_format_count (objects - images);
  return g_strdup_printf (ngettext ("%s object is not an image: a report, a presentation state or "
                                    "other data. It is sent, too.",
                                    "%s objects are not images: reports, presentation states or "
                                    "other data. They are sent, too.",
                                    (gulong)(objects - images)),
                          others);
}

char *
gantry_study_get_title (const GantryStudy *study)
{
  if (*study->patient_name == '\0')
    return g_strdup (_ ("No name"));
  return gantry_format_text (study->patient_name, 0);
}

/* Puts those of the two parts that are not empty beside each other. */
static char *
join (const char *first, const char *second)
{
  if (*first == '\0' || *second == '\0')
    return g_strconcat (first, second, NULL);
  return g_strdup_printf ("%s · %s", first, second);
}

char *
gantry_study_get_identity (const GantryStudy *study)
{
  g_autofree char *id = NULL;
  g_autofree char *date = NULL;
  g_autofree char *born = NULL;

  id = *study->patient_id != '\0' ? gantry_format_text (study->patient_id, 0)
                                  : g_strdup (_ ("No ID"));
  date = gantry_format_date (study->birth_date);
  /* Translators: %s is a date of birth; the asterisk is the genealogical sign for “born” */
  born = *date != '\0' ? g_strdup_printf (_ ("*%s"), date) : g_strdup ("");
  return join (id, born);
}

char *
gantry_study_get_description (const GantryStudy *study)
{
  if (*study->description == '\0')
    return g_strdup (_ ("No description"));
  return gantry_format_text (study->description, 0);
}

char *
gantry_study_describe (const GantryStudy *study)
{
  g_autofree char *title = gantry_study_get_title (study);
  g_autofree char *description = gantry_study_get_description (study);
  g_autofree char *date = gantry_format_date (study->study_date);
  g_autofree char *counts = gantry_format_images_and_objects (study->images, study->objects);
  g_autofree char *modalities = gantry_format_text (study->modalities, 0);

  /* Translators: read aloud: study description, patient, date, modalities, “412 images” */
  return g_strdup_printf (_ ("%s, %s, %s, %s, %s"), description, title, date, modalities, counts);
}

char *
gantry_series_get_title (const GantrySeries *series)
{
  g_autofree char *number = gantry_format_text (series->number, 16);
  g_autofree char *description = gantry_format_text (series->description, 0);
  /* Translators: %s is a series number */
  g_autofree char *numbered
      = *number != '\0' ? g_strdup_printf (_ ("Series %s"), number) : g_strdup (_ ("Series"));

  return join (numbered, description);
}

char *
gantry_series_get_sop_class (const GantrySeries *series)
{
  if (*series->sop_class_uid == '\0')
    return g_strdup (_ ("Several SOP classes"));
  return gantry_uid_describe (series->sop_class_uid);
}

char *
gantry_series_describe (const GantrySeries *series)
{
  g_autofree char *title = gantry_series_get_title (series);
  g_autofree char *sop_class = gantry_series_get_sop_class (series);
  g_autofree char *modality = gantry_format_text (series->modality, 16);
  g_autofree char *counts = gantry_format_images_and_objects (series->images, series->objects);

  /* Translators: read aloud: “Series 2 · Lung”, modality, SOP class, “300 images” */
  return g_strdup_printf (_ ("%s, %s, %s, %s"), title, modality, sop_class, counts);
}
