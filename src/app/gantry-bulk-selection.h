/* gantry-bulk-selection.h - a multiple selection in a list that may have a million rows
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A #GtkMultiSelection holds each selected item, which is right for what a person picks: a row
 * stays selected wherever it moves. To select all of a long list that way would read all of it into
 * memory. Here it is one flag, and whoever acts on the selection asks the list's source instead of
 * its rows. Picking any row afterwards starts anew.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_BULK_SELECTION (gantry_bulk_selection_get_type ())
G_DECLARE_FINAL_TYPE (GantryBulkSelection, gantry_bulk_selection, GANTRY, BULK_SELECTION, GObject)

/* Rows up to which all of them are held one by one. */
#define GANTRY_BULK_SELECTION_HELD 256

GantryBulkSelection *gantry_bulk_selection_new (void);

/* @model: (nullable): another list; nothing of it is selected */
void gantry_bulk_selection_set_model (GantryBulkSelection *self, GListModel *model);

/* All rows are selected, as a flag: also those that come in later. */
gboolean gantry_bulk_selection_get_everything (GantryBulkSelection *self);

/* Returns: how many rows are selected */
guint64 gantry_bulk_selection_get_n_selected (GantryBulkSelection *self);

G_END_DECLS
