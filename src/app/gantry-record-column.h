/* gantry-record-column.h - columns of a GtkColumnView over GantryPagedItem
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table describes its columns once; cells follow their record while it changes, keep their
 * width whatever comes in, and the least important columns go when the window is narrow.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  GANTRY_CELL_TEXT,   /* a label; its whole text in a tooltip when it is cut */
  GANTRY_CELL_NUMBER, /* right aligned, tabular figures */
  GANTRY_CELL_STATE,  /* icon and word */
  GANTRY_CELL_TAGS,   /* modality tags */
} GantryCellKind;

typedef struct
{
  const char *title; /* untranslated, marked with N_() */
  GantryCellKind kind;
  guint chars;     /* width, in average characters */
  gboolean expand; /* takes what is left over */
  guint drop;      /* 0: always there; else the column with the highest number goes first */
  /* Puts @record into @cell, with one of the setters below; @record is never NULL. */
  void (*fill) (GtkWidget *cell, gconstpointer record);
} GantryRecordColumn;

/**
 * gantry_record_columns_add:
 * @scrolled: shows @view; its width decides which columns there is room for
 * @columns: (array length=n): not copied
 * @describe: (nullable): a row as it is read aloud; (transfer full) text
 */
void gantry_record_columns_add (GtkScrolledWindow *scrolled,
                                GtkColumnView *view,
                                const GantryRecordColumn *columns,
                                gsize n,
                                char *(*describe) (gconstpointer record));

/* Fills the cells again, in their place, of each row whose record @concerns says; for what they
 * show that is not in the record. @what: what @concerns is about. */
void gantry_record_columns_refill (GtkColumnView *view,
                                   gboolean (*concerns) (gconstpointer record, gconstpointer what),
                                   gconstpointer what);

/* Newer rows come in at the top: a list that nobody scrolled shows them, one that was scrolled
 * stays where it is. For the models of @view's rows, after gtk_column_view_set_model(). */
void gantry_record_columns_follow_top (GtkScrolledWindow *scrolled, GListModel *model);

/* For TEXT and NUMBER. The second frees @text. */
void gantry_cell_set_text (GtkWidget *cell, const char *text);
void gantry_cell_take_text (GtkWidget *cell, char *text);

/* For all but TAGS: what the pointer is told instead of the text that does not fit. Frees @text,
 * %NULL for none; the next record starts with none. */
void gantry_cell_take_tooltip (GtkWidget *cell, char *text);
/* Returns: (nullable) */
const char *gantry_cell_get_tooltip (GtkWidget *cell);

/* For STATE. @icon: (nullable): none; @style: (nullable): "success", "warning", "error" */
void gantry_cell_set_state (GtkWidget *cell, const char *icon, const char *word, const char *style);

/* For TAGS: "CT, PR, SR" */
void gantry_cell_set_tags (GtkWidget *cell, const char *modalities);

G_END_DECLS
