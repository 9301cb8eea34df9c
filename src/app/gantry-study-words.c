/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-study-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-format.h"
#include "gantry-reference.h"

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

/* ---- Kinds ------------------------------------------------------------------------------------
 */

char *
gantry_sop_class_shorten (const char *uid)
{
  static const char word[] = " Storage";
  char *name = gantry_uid_describe (uid);
  char *at = gantry_sop_class_lookup (uid) != NULL ? strstr (name, word) : NULL;
  const char *rest = at != NULL ? at + strlen (word) : NULL;

  /* " - For Presentation" and " - Trial" stay; "Storage SOP Class" is a name of its own. */
  if (rest != NULL && (*rest == '\0' || g_str_has_prefix (rest, " - ")))
    memmove (at, rest, strlen (rest) + 1);
  return name;
}

/* What a series is, going by its SOP class, else by its modality. */
static GantryKind
series_kind (const GantrySeries *series)
{
  const GantrySopClass *sop_class = gantry_sop_class_lookup (series->sop_class_uid);

  if (sop_class != NULL)
    return sop_class->kind;
  if (series->images > 0)
    return GANTRY_KIND_IMAGE;
  switch (gantry_modality_get_family (series->modality))
    {
    case GANTRY_FAMILY_WAVEFORM:
      return GANTRY_KIND_WAVEFORM;
    case GANTRY_FAMILY_RADIOTHERAPY:
      return GANTRY_KIND_RADIOTHERAPY;
    case GANTRY_FAMILY_DOCUMENT:
      return GANTRY_KIND_STRUCTURED_REPORT;
    case GANTRY_FAMILY_OTHER:
    case GANTRY_FAMILY_XRAY:
    case GANTRY_FAMILY_MR:
    case GANTRY_FAMILY_US:
    case GANTRY_FAMILY_NUCLEAR:
    case GANTRY_FAMILY_LIGHT:
    default:
      return GANTRY_KIND_OTHER;
    }
}

const char *
gantry_series_get_icon (const GantrySeries *series)
{
  if (series->images > 0)
    return "image-x-generic-symbolic";
  switch (series_kind (series))
    {
    case GANTRY_KIND_PRESENTATION_STATE:
      return "x-office-drawing-symbolic";
    case GANTRY_KIND_STRUCTURED_REPORT:
      return "x-office-document-symbolic";
    case GANTRY_KIND_KEY_OBJECT:
      return "starred-symbolic";
    case GANTRY_KIND_WAVEFORM:
      return "waveform-symbolic";
    case GANTRY_KIND_ENCAPSULATED:
      return "mail-attachment-symbolic";
    case GANTRY_KIND_RADIOTHERAPY:
      return "find-location-symbolic";
    case GANTRY_KIND_IMAGE:
      return "image-x-generic-symbolic";
    case GANTRY_KIND_OTHER:
    default:
      return "package-x-generic-symbolic";
    }
}

/* ---- Counts -----------------------------------------------------------------------------------
 */

/* The kind of what is in a series and no image; nothing when that cannot be told in one name. */
static char *
name_others (const GantrySeries *series)
{
  if (series->objects <= series->images)
    return NULL;
  if (*series->sop_class_uid != '\0')
    return gantry_sop_class_shorten (series->sop_class_uid);
  return g_strdup (_ ("several SOP classes"));
}

/* @names: (nullable): NULL-terminated, without what they are called twice */
static char *
explain (guint64 images, guint64 objects, char **names)
{
  g_autofree char *n_images = gantry_format_count (images);
  g_autofree char *n_others = gantry_format_count (objects - images);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  /* Translators: between the names of a list */
  g_autofree char *kinds = g_strjoinv (_ (", "), names);

  if (images == 0)
    {
      second = g_strdup_printf (ngettext ("%s object", "%s objects", (gulong)objects), n_others);
      /* Translators: “1 object”, and what it is: “Comprehensive SR” */
      return g_strdup_printf (_ ("No images, but %s: %s."), second, kinds);
    }

  first = g_strdup_printf (ngettext ("%s image", "%s images", (gulong)images), n_images);
  second = g_strdup_printf (
      ngettext ("%s other object", "%s other objects", (gulong)(objects - images)), n_others);
  /* Translators: “2 images”, “1 other object”, and what that is: “X-Ray Radiation Dose SR” */
  return g_strdup_printf (_ ("%s and %s: %s. Some viewers count both together."), first, second,
                          kinds);
}

char *
gantry_study_explain_counts (const GantryStudy *study)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (study->images >= study->objects)
    return NULL;

  for (guint i = 0; i < study->series->len; i++)
    {
      g_autofree char *name = name_others (study->series->pdata[i]);

      if (name != NULL && !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  if (names->len == 0)
    return NULL;
  g_ptr_array_add (names, NULL);
  return explain (study->images, study->objects, (char **)names->pdata);
}

char *
gantry_series_explain_counts (const GantrySeries *series)
{
  g_autofree char *name = name_others (series);
  char *names[] = { name, NULL };

  return name != NULL ? explain (series->images, series->objects, names) : NULL;
}

/* ---- Studies ----------------------------------------------------------------------------------
 */

char *
gantry_study_get_title (const GantryStudy *study)
{
  if (*study->patient_name == '\0')
    return g_strdup (_ ("No name"));
  return gantry_format_text (study->patient_name, 0);
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
  return gantry_format_parts (" · ", id, born, NULL);
}

char *
gantry_study_get_description (const GantryStudy *study)
{
  if (*study->description == '\0')
    return g_strdup (_ ("No description"));
  return gantry_format_text (study->description, 0);
}

char *
gantry_study_describe_briefly (const GantryStudy *study)
{
  g_autofree char *title = gantry_study_get_title (study);
  g_autofree char *description = gantry_study_get_description (study);
  g_autofree char *date = gantry_format_date (study->study_date);
  g_autofree char *what = gantry_format_parts (" · ", description, title, NULL);

  return gantry_format_parts (" · ", what, date, NULL);
}

char *
gantry_study_describe (const GantryStudy *study)
{
  g_autofree char *title = gantry_study_get_title (study);
  g_autofree char *description = gantry_study_get_description (study);
  g_autofree char *date = gantry_format_date (study->study_date);
  g_autofree char *counts = gantry_format_images_and_objects (study->images, study->objects);
  g_autofree char *modalities = gantry_format_text (study->modalities, 0);

  return gantry_format_parts (_ (", "), description, title, date, modalities, counts, NULL);
}

char *
gantry_series_get_title (const GantrySeries *series)
{
  g_autofree char *number = gantry_format_text (series->number, 16);
  g_autofree char *description = gantry_format_text (series->description, 0);
  /* Translators: %s is a series number */
  g_autofree char *numbered
      = *number != '\0' ? g_strdup_printf (_ ("Series %s"), number) : g_strdup (_ ("Series"));

  return gantry_format_parts (" · ", numbered, description, NULL);
}

char *
gantry_series_get_sop_class (const GantrySeries *series)
{
  if (*series->sop_class_uid == '\0')
    return g_strdup (_ ("Several SOP classes"));
  if (series->images > 0)
    return gantry_uid_describe (series->sop_class_uid);
  return gantry_sop_class_shorten (series->sop_class_uid);
}

char *
gantry_series_explain_sop_class (const GantrySeries *series)
{
  const GantrySopClass *sop_class = gantry_sop_class_lookup (series->sop_class_uid);

  if (sop_class == NULL)
    return gantry_series_get_sop_class (series);
  if (sop_class->kind == GANTRY_KIND_OTHER)
    /* Translators: a SOP class and its UID */
    return g_strdup_printf (_ ("%s (%s)"), sop_class->name, sop_class->uid);
  /* Translators: “Structured report”, a SOP class and its UID */
  return g_strdup_printf (_ ("%s: %s (%s)"), gantry_kind_get_name (sop_class->kind),
                          sop_class->name, sop_class->uid);
}

char *
gantry_series_describe (const GantrySeries *series)
{
  g_autofree char *title = gantry_series_get_title (series);
  g_autofree char *sop_class = gantry_series_get_sop_class (series);
  g_autofree char *modality = gantry_format_text (series->modality, 0);
  g_autofree char *counts = gantry_format_images_and_objects (series->images, series->objects);

  return gantry_format_parts (_ (", "), title, modality, sop_class, counts, NULL);
}
