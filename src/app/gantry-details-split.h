/* gantry-details-split.h - a table, and below it the details of what is selected in it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where there is no room for both (below 600 pixels) the details take the table's place, with a
 * button that goes back.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_DETAILS_SPLIT (gantry_details_split_get_type ())
G_DECLARE_FINAL_TYPE (GantryDetailsSplit, gantry_details_split, GANTRY, DETAILS_SPLIT, GtkWidget)

/* Properties, for templates: "content" (the table), "details", "tools" (at the end of the details'
 * header), "narrow" (readable), "open". The action details.close, Escape and the button in the
 * header close the details. */
void gantry_details_split_set_open (GantryDetailsSplit *self, gboolean open);
gboolean gantry_details_split_get_open (GantryDetailsSplit *self);
gboolean gantry_details_split_get_narrow (GantryDetailsSplit *self);

/**
 * gantry_details_split_follow:
 * @view: the table in the content
 * @selection: its selection, of #GantryPagedItem; single or multiple
 *
 * The details open when a row is selected (when narrow: when it is activated) and close with the
 * selection; they are empty while more than one row is selected. The signal `show-details` says
 * that other details are to be shown, also because the record behind the selected row has changed.
 * Call it once.
 */
void gantry_details_split_follow (GantryDetailsSplit *self,
                                  GtkColumnView *view,
                                  GtkSelectionModel *selection);
/* Returns: (nullable): the record whose details are shown, of the selection's type; %NULL when they
 * are closed (asking for what nobody sees is work) or when several rows are selected */
gpointer gantry_details_split_get_record (GantryDetailsSplit *self);

/* Plain text, the header of the details. */
void
gantry_details_split_set_header (GantryDetailsSplit *self, const char *title, const char *subtitle);

G_END_DECLS
