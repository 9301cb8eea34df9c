/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-catalog.h"

#include <gio/gio.h>
#include <string.h>

#include "gantry-registry.h"
#include "gantry-text-match.h"

static gint64
add_study (GantryDatabase *db, gint64 owner, const GantryInstance *i, gint64 now, GError **error)
{
  gint64 id = gantry_database_get_int (
      db, -1, "SELECT id FROM studies WHERE owner = ? AND study_uid = ? AND patient_id = ?", "iss",
      owner, i->study_uid, i->patient_id);

  if (id >= 0)
    return gantry_database_run (db, error, "UPDATE studies SET changed = ? WHERE id = ?", "ii", now,
                                id)
               ? id
               : -1;

  if (!gantry_database_run (
          db, error,
          "INSERT INTO studies (owner, study_uid, patient_name, patient_id, birth_date, "
          "accession, description, study_date, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          "isssssssi", owner, i->study_uid, i->patient_name, i->patient_id, i->birth_date,
          i->accession, i->study_description, i->study_date, now))
    return -1;
  return gantry_database_last_id (db);
}

/* The id of a series that is there already, which gets the object's modality if it is another; 0:
 * it is not there, -1: the database refuses. */
static gint64
find_series (GantryDatabase *db, gint64 study, const GantryInstance *i, GError **error)
{
  g_autofree char *modalities = NULL;
  gint64 id = 0;
  GantryRows *rows = gantry_database_query (
      db, "SELECT id, modality FROM series WHERE study_id = ? AND series_uid = ?", "is", study,
      i->series_uid);

  if (gantry_rows_next (rows))
    {
      id = gantry_rows_int (rows, 0);
      if (*i->modality != '\0' && !gantry_modalities_have (gantry_rows_text (rows, 1), i->modality))
        modalities = gantry_modalities_add (gantry_rows_text (rows, 1), i->modality);
    }
  if (!gantry_rows_end (rows, error))
    return -1;
  if (modalities != NULL
      && !gantry_database_run (db, error, "UPDATE series SET modality = ? WHERE id = ?", "si",
                               modalities, id))
    return -1;
  return id;
}

gint64
gantry_catalog_add (
    GantryDatabase *db, gint64 owner, const GantryInstance *i, gint64 now, GError **error)
{
  gint64 study = add_study (db, owner, i, now, error);
  gint64 id = study >= 0 ? find_series (db, study, i, error) : -1;

  if (id != 0)
    return id;
  if (!gantry_database_run (
          db, error,
          "INSERT INTO series (study_id, series_uid, number, description, modality, "
          "sop_class_uid) VALUES (?, ?, ?, ?, ?, ?)",
          "isssss", study, i->series_uid, i->series_number, i->series_description, i->modality,
          i->sop_class_uid))
    return -1;
  return gantry_database_last_id (db);
}

/* The middle image stands for the series; it is a file of the draft or job, or a received one. */
static gboolean
find_sample (GantryDatabase *db, GantrySeries *series, gboolean received, GError **error)
{
  GantryRows *rows;

  if (series->images == 0)
    return TRUE;

  if (received)
    rows = gantry_database_query (
        db, "SELECT path FROM received WHERE series_id = ? AND image ORDER BY id LIMIT 1 OFFSET ?",
        "ii", series->id, (gint64)(series->images / 2));
  else
    /* Half way between the first and the last id: counting to the middle of a long series takes
     * time, and this is done for each series of the draft while it grows. */
    rows = gantry_database_query (
        db,
        "SELECT path FROM instances WHERE series_id = ?1 AND image = 1 AND id >= "
        "((SELECT min (id) FROM instances WHERE series_id = ?1 AND image = 1) + "
        "(SELECT max (id) FROM instances WHERE series_id = ?1 AND image = 1) + 1) / 2 "
        "ORDER BY id LIMIT 1",
        "i", series->id);
  if (gantry_rows_next (rows))
    {
      g_free (series->sample_path);
      series->sample_path = g_strdup (gantry_rows_text (rows, 0));
    }
  return gantry_rows_end (rows, error);
}

/* "CT, PR, SR": what was acquired first, then what was made of it, each by name. */
static int
compare_modality (gconstpointer a, gconstpointer b)
{
  const GantrySeries *one = *(GantrySeries *const *)a;
  const GantrySeries *other = *(GantrySeries *const *)b;

  if ((one->images > 0) != (other->images > 0))
    return one->images > 0 ? -1 : 1;
  return strcmp (one->modality, other->modality);
}

/* Those of one series stay together: see gantry_modalities_add(). */
static char *
join_modalities (GPtrArray *series)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_copy (series, NULL, NULL);
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_set_free_func (sorted, NULL);
  g_ptr_array_sort (sorted, compare_modality);
  for (guint i = 0; i < sorted->len; i++)
    {
      g_auto (GStrv) codes = g_strsplit (((GantrySeries *)sorted->pdata[i])->modality, ", ", -1);

      for (char **code = codes; *code != NULL; code++)
        if (**code != '\0' && !g_ptr_array_find_with_equal_func (seen, *code, g_str_equal, NULL))
          g_ptr_array_add (seen, g_strdup (*code));
    }
  g_ptr_array_add (seen, NULL);
  return g_strjoinv (", ", (char **)seen->pdata);
}

static gboolean
fill_series (GantryDatabase *db, GantryStudy *study, gboolean received, GError **error)
{
  GantryRows *rows = gantry_database_query (
      db,
      "SELECT id, series_uid, number, description, modality, sop_class_uid, "
      "images, objects, bytes FROM series WHERE study_id = ? "
      "ORDER BY CAST (number AS INTEGER), id",
      "i", study->id);

  while (gantry_rows_next (rows))
    {
      GantrySeries *series = gantry_series_new ();

      series->id = gantry_rows_int (rows, 0);
      gantry_record_set (&series->series_uid, gantry_rows_text (rows, 1));
      gantry_record_set (&series->number, gantry_rows_text (rows, 2));
      gantry_record_set (&series->description, gantry_rows_text (rows, 3));
      gantry_record_set (&series->modality, gantry_rows_text (rows, 4));
      gantry_record_set (&series->sop_class_uid, gantry_rows_text (rows, 5));
      series->images = (guint64)gantry_rows_int (rows, 6);
      series->objects = (guint64)gantry_rows_int (rows, 7);
      series->bytes = (guint64)gantry_rows_int (rows, 8);
      study->images += series->images;
      study->objects += series->objects;
      study->bytes += series->bytes;
      g_ptr_array_add (study->series, series);
    }
  if (!gantry_rows_end (rows, error))
    return FALSE;
  for (guint i = 0; i < study->series->len; i++)
    if (!find_sample (db, study->series->pdata[i], received, error))
      return FALSE;
  g_free (study->modalities);
  study->modalities = join_modalities (study->series);
  return TRUE;
}

static GantryStudy *
read_study (GantryRows *rows)
{
  GantryStudy *study = gantry_study_new ();
  char **const members[]
      = { &study->study_uid, &study->patient_name, &study->patient_id, &study->birth_date,
          &study->accession, &study->description,  &study->study_date };

  study->id = gantry_rows_int (rows, 0);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    gantry_record_set (members[i], gantry_rows_text (rows, (int)i + 1));
  study->changed = gantry_rows_int (rows, 8);
  return study;
}

#define SELECT_STUDIES                                                                             \
  "SELECT id, study_uid, patient_name, patient_id, birth_date, accession, description, "           \
  "study_date, changed "                                                                           \
  "FROM studies WHERE owner = ? "

/* Of a list like ",3,7,". */
#define BUT_NOT "AND instr (?, ',' || id || ',') = 0 "

GPtrArray *
gantry_catalog_list (GantryDatabase *db,
                     gint64 owner,
                     GantryCatalogOrder order,
                     const char *except,
                     guint offset,
                     guint limit,
                     guint *total,
                     GError **error)
{
  g_autoptr (GPtrArray) studies = gantry_record_array_new ();
  GantryRows *rows;

  except = except != NULL ? except : "";
  if (order == GANTRY_CATALOG_OLDEST_FIRST)
    rows = gantry_database_query (db, SELECT_STUDIES BUT_NOT "ORDER BY id LIMIT ? OFFSET ?", "isii",
                                  owner, except, (gint64)limit, (gint64)offset);
  else
    rows = gantry_database_query (
        db, SELECT_STUDIES BUT_NOT "ORDER BY changed DESC, id DESC LIMIT ? OFFSET ?", "isii", owner,
        except, (gint64)limit, (gint64)offset);
  while (gantry_rows_next (rows))
    g_ptr_array_add (studies, read_study (rows));
  if (!gantry_rows_end (rows, error))
    return NULL;

  for (guint i = 0; i < studies->len; i++)
    if (!fill_series (db, studies->pdata[i], owner == GANTRY_OWNER_RECEIVED, error))
      return NULL;

  *total = (guint)gantry_database_get_int (
      db, 0, "SELECT count(*) FROM studies WHERE owner = ? " BUT_NOT, "is", owner, except);
  return g_steal_pointer (&studies);
}

/* ---- Searching ------------------------------------------------------------------------------ */

static gboolean
study_matches (const GantryTextMatch *match, GantryRows *rows)
{
  static const int columns[] = { 1, 2, 3, 4, 5, 6, 7, 9, 10 };

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (gantry_text_match_is_in (match, gantry_rows_text (rows, columns[i])))
      return TRUE;
  return FALSE;
}

GPtrArray *
gantry_catalog_search (GantryDatabase *db,
                       gint64 owner,
                       const char *text,
                       const char *except,
                       guint offset,
                       guint limit,
                       guint *total,
                       GError **error)
{
  g_autoptr (GPtrArray) studies = gantry_record_array_new ();
  g_autoptr (GantryTextMatch) match = gantry_text_match_new (text);
  GantryRows *rows = gantry_database_query (
      db,
      "SELECT id, study_uid, patient_name, patient_id, birth_date, accession, description, "
      "study_date, changed, "
      "(SELECT group_concat (modality, ', ') FROM series WHERE study_id = studies.id), "
      "(SELECT group_concat (description, char (10)) FROM series WHERE study_id = studies.id) "
      "FROM studies WHERE owner = ? " BUT_NOT "ORDER BY changed DESC, id DESC",
      "is", owner, except != NULL ? except : "");

  *total = 0;
  while (gantry_rows_next (rows))
    if (study_matches (match, rows))
      {
        if (*total >= offset && *total - offset < limit)
          g_ptr_array_add (studies, read_study (rows));
        (*total)++;
      }
  if (!gantry_rows_end (rows, error))
    return NULL;
  for (guint i = 0; i < studies->len; i++)
    if (!fill_series (db, studies->pdata[i], owner == GANTRY_OWNER_RECEIVED, error))
      return NULL;
  return g_steal_pointer (&studies);
}

GantryStudy *
gantry_catalog_get_study (GantryDatabase *db, gint64 id, GError **error)
{
  g_autoptr (GantryStudy) study = NULL;
  GantryRows *rows = gantry_database_query (
      db,
      "SELECT id, study_uid, patient_name, patient_id, birth_date, accession, description, "
      "study_date, changed FROM studies WHERE id = ?",
      "i", id);

  if (gantry_rows_next (rows))
    study = read_study (rows);
  if (!gantry_rows_end (rows, error))
    return NULL;
  if (study == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such study");
      return NULL;
    }
  if (!fill_series (db, study, FALSE, error))
    return NULL;
  g_ptr_array_set_size (study->series, 0);
  return g_steal_pointer (&study);
}

gboolean
gantry_catalog_prune (GantryDatabase *db, gint64 owner, GError **error)
{
  return gantry_database_run (db, error,
                              "DELETE FROM series WHERE objects <= 0 AND study_id IN "
                              "(SELECT id FROM studies WHERE owner = ?)",
                              "i", owner)
         && gantry_database_run (db, error,
                                 "DELETE FROM studies WHERE owner = ? AND NOT EXISTS "
                                 "(SELECT 1 FROM series WHERE study_id = studies.id)",
                                 "i", owner);
}
