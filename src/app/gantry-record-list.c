/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-record-list.h"

#include "gantry-record-column.h"
#include "gantry-records.h"
#include "gantry-row-menu.h"

struct _GantryRecordList
{
  GantryRecordListParts parts;
  GantryPagedModel *model;
  GtkSelectionModel *selection;
  gboolean filtered;
  gboolean listed_filtered; /* what is listed is the answer to a filter */
};

static void
update_stack (GantryRecordList *self)
{
  const GantryRecordListParts *parts = &self->parts;
  GtkWidget *child = GTK_WIDGET (parts->split);

  if (!gantry_paged_model_get_loaded (self->model))
    child = parts->nothing_yet;
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0)
    /* A filter that has just been cleared: nobody knows yet that there is nothing. */
    child = self->filtered || self->listed_filtered ? parts->none_match : parts->empty;
  /* Nothing to search in, nothing to search with. */
  gtk_widget_set_visible (parts->filter, child != parts->empty);
  gtk_stack_set_visible_child (parts->stack, child);
}

static void
on_refreshed (GantryRecordList *self)
{
  self->listed_filtered = self->filtered;
  update_stack (self);
  if (self->parts.refreshed != NULL)
    self->parts.refreshed (self->parts.data);
}

static void
on_failed (GantryRecordList *self, GError *error)
{
  gtk_widget_activate_action (GTK_WIDGET (self->parts.stack), "win.toast", "s", error->message);
}

static GtkSelectionModel *
create_selection (GListModel *model, gboolean multiple)
{
  GtkSingleSelection *single;

  if (multiple)
    return GTK_SELECTION_MODEL (gtk_multi_selection_new (g_object_ref (model)));
  single = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (single, FALSE);
  gtk_single_selection_set_can_unselect (single, TRUE);
  gtk_single_selection_set_model (single, model);
  return GTK_SELECTION_MODEL (single);
}

GantryRecordList *
gantry_record_list_new (const GantryRecordListParts *parts,
                        gboolean multiple,
                        const GantryPagedSource *funcs,
                        gpointer source,
                        GDestroyNotify source_free)
{
  GantryRecordList *self = g_new0 (GantryRecordList, 1);

  self->parts = *parts;
  self->model = gantry_paged_model_new (funcs, source, source_free);
  g_signal_connect_swapped (self->model, "items-changed", G_CALLBACK (update_stack), self);
  g_signal_connect_swapped (self->model, "notify::loaded", G_CALLBACK (update_stack), self);
  g_signal_connect_swapped (self->model, "refreshed", G_CALLBACK (on_refreshed), self);
  g_signal_connect_swapped (self->model, "failed", G_CALLBACK (on_failed), self);

  self->selection = create_selection (G_LIST_MODEL (self->model), multiple);
  gantry_details_split_follow (parts->split, parts->view, self->selection);
  gtk_column_view_set_model (parts->view, self->selection);
  gantry_record_columns_follow_top (parts->scrolled, G_LIST_MODEL (self->selection));
  gantry_row_menu_follow_table (parts->view, parts->menu);
  gantry_paged_model_refresh (self->model);
  return self;
}

void
gantry_record_list_free (GantryRecordList *self)
{
  g_signal_handlers_disconnect_by_data (self->model, self);
  g_object_unref (self->selection);
  g_object_unref (self->model);
  g_free (self);
}

void
gantry_record_list_set_filtered (GantryRecordList *self, gboolean filtered)
{
  self->filtered = filtered;
  gantry_paged_model_refresh (self->model);
  update_stack (self);
}

void
gantry_record_list_refresh (GantryRecordList *self)
{
  gantry_paged_model_refresh (self->model);
}

void
gantry_record_list_update (GantryRecordList *self, gpointer record)
{
  /* Where there is a filter, whether it is listed at all may have changed. */
  if (!gantry_paged_model_update (self->model, record) || self->filtered)
    gantry_paged_model_refresh (self->model);
}

GtkSelectionModel *
gantry_record_list_get_selection (GantryRecordList *self)
{
  return self->selection;
}

guint64
gantry_record_selection_count (GtkSelectionModel *selection)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (selection);

  return gtk_bitset_get_size (selected);
}

GPtrArray *
gantry_record_selection_read (GtkSelectionModel *selection)
{
  g_autoptr (GPtrArray) records = gantry_record_array_new ();
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (selection);
  GtkBitsetIter iter;
  guint position;

  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    {
      g_autoptr (GantryPagedItem) item = g_list_model_get_item (G_LIST_MODEL (selection), position);
      gpointer record = gantry_paged_item_get_record (item);

      if (record == NULL)
        return NULL;
      g_ptr_array_add (records, gantry_record_ref (record));
    }
  return g_steal_pointer (&records);
}
