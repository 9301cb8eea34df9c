/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-study-columns.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-records.h"
#include "gantry-study-words.h"

/* ---- Columns of studies ------------------------------------------------------------------- */

static void
fill_name (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((const GantryStudy *)data)->patient_name, 0));
}

static void
fill_patient_id (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((const GantryStudy *)data)->patient_id, 0));
}

static void
fill_birth_date (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_date (((const GantryStudy *)data)->birth_date));
}

static void
fill_accession (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((const GantryStudy *)data)->accession, 0));
}

static void
fill_description (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((const GantryStudy *)data)->description, 0));
}

static void
fill_modalities (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_set_tags (cell, ((const GantryStudy *)data)->modalities);
}

static void
fill_study_date (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_date (((const GantryStudy *)data)->study_date));
}

static void
fill_images (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_count (((const GantryStudy *)data)->images));
  gantry_cell_take_tooltip (cell, gantry_study_explain_counts (data));
}

static void
fill_objects (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_count (((const GantryStudy *)data)->objects));
  gantry_cell_take_tooltip (cell, gantry_study_explain_counts (data));
}

static char *
describe_study (gconstpointer data)
{
  return gantry_study_describe (data);
}

static const GantryRecordColumn columns[] = {
  { N_ ("Patient Name"), GANTRY_CELL_TEXT, 17, TRUE, 0, fill_name },
  { N_ ("ID"), GANTRY_CELL_TEXT, 11, FALSE, 4, fill_patient_id },
  { N_ ("Birth Date"), GANTRY_CELL_TEXT, 10, FALSE, 8, fill_birth_date },
  { N_ ("Accession"), GANTRY_CELL_TEXT, 11, FALSE, 7, fill_accession },
  { N_ ("Description"), GANTRY_CELL_TEXT, 17, TRUE, 5, fill_description },
  { N_ ("Modalities"), GANTRY_CELL_TAGS, 12, FALSE, 0, fill_modalities },
  { N_ ("Study Date"), GANTRY_CELL_TEXT, 10, FALSE, 3, fill_study_date },
  { N_ ("Images"), GANTRY_CELL_NUMBER, 7, FALSE, 2, fill_images },
  { N_ ("Objects"), GANTRY_CELL_NUMBER, 7, FALSE, 6, fill_objects },
};

/* ---- Columns of series -------------------------------------------------------------------- */

static void
fill_series_number (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((const GantrySeries *)data)->number, 0));
}

static void
fill_series_description (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((const GantrySeries *)data)->description, 0));
}

static void
fill_series_modality (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_set_tags (cell, ((const GantrySeries *)data)->modality);
}

static void
fill_series_class (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_series_get_sop_class (data));
  gantry_cell_take_tooltip (cell, gantry_series_explain_sop_class (data));
}

static void
fill_series_images (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_count (((const GantrySeries *)data)->images));
  gantry_cell_take_tooltip (cell, gantry_series_explain_counts (data));
}

static void
fill_series_objects (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_count (((const GantrySeries *)data)->objects));
  gantry_cell_take_tooltip (cell, gantry_series_explain_counts (data));
}

static void
fill_series_size (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_size (((const GantrySeries *)data)->bytes));
}

static char *
describe_series (gconstpointer data)
{
  return gantry_series_describe (data);
}

static const GantryRecordColumn series_columns[] = {
  { N_ ("Series"), GANTRY_CELL_NUMBER, 6, FALSE, 0, fill_series_number },
  { N_ ("Modality"), GANTRY_CELL_TAGS, 9, FALSE, 0, fill_series_modality },
  { N_ ("Description"), GANTRY_CELL_TEXT, 14, TRUE, 0, fill_series_description },
  { N_ ("SOP Class"), GANTRY_CELL_TEXT, 22, TRUE, 4, fill_series_class },
  { N_ ("Images"), GANTRY_CELL_NUMBER, 7, FALSE, 1, fill_series_images },
  { N_ ("Objects"), GANTRY_CELL_NUMBER, 7, FALSE, 2, fill_series_objects },
  { N_ ("Size"), GANTRY_CELL_NUMBER, 9, FALSE, 3, fill_series_size },
};

void
gantry_study_columns_add (GtkScrolledWindow *scrolled, GtkColumnView *view)
{
  gantry_record_columns_add (scrolled, view, columns, G_N_ELEMENTS (columns), describe_study);
}

void
gantry_series_columns_add (GtkScrolledWindow *scrolled, GtkColumnView *view)
{
  gantry_record_columns_add (scrolled, view, series_columns, G_N_ELEMENTS (series_columns),
                             describe_series);
}
