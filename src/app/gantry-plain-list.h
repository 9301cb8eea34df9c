/* gantry-plain-list.h - a list of records to be read: nothing in it is selected or activated
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Main thread only.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  /* Returns: (transfer full): a row without a record */
  GtkWidget *(*create) (void);
  /* Puts @record into @row. Returns: (transfer full): the row as it is read aloud */
  char *(*show) (GtkWidget *row, gconstpointer record);
} GantryPlainRow;

/**
 * gantry_plain_list_new:
 * @view: shows the list from now on
 * @row: not copied
 *
 * Returns: (transfer full): an empty list
 */
GListStore *gantry_plain_list_new (GtkListView *view, const GantryPlainRow *row);

/* @records: (element-type records): in the place of those that were there */
void gantry_plain_list_show (GListStore *list, GPtrArray *records);

G_END_DECLS
