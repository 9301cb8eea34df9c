/* gantry-bulk-selection.h - a multiple selection in a list that may have a million rows
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A #GtkMultiSelection holds each selected item, which is right for what a person picks one by one:
 * a row stays selected wherever it moves. To hold all of a long list that way, or a long part of
 * it, would read it into memory. What is more than a few pages is therefore a set of positions
 * here, which moves with the rows before it; all of a long list is one flag. Whoever acts on such a
 * selection asks the list's source instead of its rows. Picking any row after everything starts
 * anew.
 */
#pragma once

#include <gtk/gtk.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_BULK_SELECTION (gantry_bulk_selection_get_type ())
G_DECLARE_FINAL_TYPE (GantryBulkSelection, gantry_bulk_selection, GANTRY, BULK_SELECTION, GObject)

/* Rows up to which they are held one by one. */
#define GANTRY_BULK_SELECTION_HELD 256

GantryBulkSelection *gantry_bulk_selection_new (void);

/* @model: (nullable): another list; nothing of it is selected */
void gantry_bulk_selection_set_model (GantryBulkSelection *self, GListModel *model);

/* All rows are selected, as a flag: also those that come in later. */
gboolean gantry_bulk_selection_get_everything (GantryBulkSelection *self);
/* The selected rows are held one by one, so that each is in the list's memory. */
gboolean gantry_bulk_selection_is_held (GantryBulkSelection *self);

/* Returns: how many rows are selected */
guint64 gantry_bulk_selection_get_n_selected (GantryBulkSelection *self);
/* Returns: (transfer full) (element-type GantryRun): where the selected rows are, in order */
GArray *gantry_bulk_selection_get_runs (GantryBulkSelection *self);

G_END_DECLS
