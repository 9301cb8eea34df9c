/* gantry-record-list.h - a table of records that load as they are looked at, with its details
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the pages with such a table have in common: which page of a stack is seen, the selection,
 * the menu of a row. Main thread.
 */
#pragma once

#include "gantry-details-split.h"
#include "gantry-paged-model.h"

G_BEGIN_DECLS

typedef struct _GantryRecordList GantryRecordList;

/* Children of one template; they live as long as the list. */
typedef struct
{
  GtkStack *stack; /* shows one of the next four */
  GtkWidget *nothing_yet, *none_match, *empty;
  GantryDetailsSplit *split;
  GtkWidget *filter; /* there as long as there is something to search in */
  GtkScrolledWindow *scrolled;
  GtkColumnView *view;
  GMenuModel *menu; /* of a row */
  /* (nullable): what is listed is as the source has just answered; with @data */
  void (*refreshed) (gpointer data);
  gpointer data;
} GantryRecordListParts;

/**
 * gantry_record_list_new:
 * @multiple: any number of rows can be selected
 * @source: as for gantry_paged_model_new()
 *
 * Fills the view, whose columns are there, and asks for the first page. What goes wrong is told by
 * the action win.toast.
 */
GantryRecordList *gantry_record_list_new (const GantryRecordListParts *parts,
                                          gboolean multiple,
                                          const GantryPagedSource *funcs,
                                          gpointer source,
                                          GDestroyNotify source_free);
void gantry_record_list_free (GantryRecordList *self);

/* Asks again. @filtered: whether the source leaves records out because of what the user wants */
void gantry_record_list_set_filtered (GantryRecordList *self, gboolean filtered);
void gantry_record_list_refresh (GantryRecordList *self);
/* One record has changed, or is new. */
void gantry_record_list_update (GantryRecordList *self, gpointer record);

/* Returns: (transfer none): what is selected, of #GantryPagedItem */
GtkSelectionModel *gantry_record_list_get_selection (GantryRecordList *self);

/* Returns: how many rows are selected, loaded or not */
guint64 gantry_record_selection_count (GtkSelectionModel *selection);
/* Returns: (transfer full) (nullable) (element-type record): those that are selected; %NULL while
 * one of them is still being read */
GPtrArray *gantry_record_selection_read (GtkSelectionModel *selection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryRecordList, gantry_record_list_free)

G_END_DECLS
