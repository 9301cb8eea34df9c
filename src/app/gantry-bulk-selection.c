/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-bulk-selection.h"

struct _GantryBulkSelection
{
  GObject parent_instance;

  GtkMultiSelection *rows;
  gboolean everything; /* then nothing is selected in rows */
};

static void list_model_init (GListModelInterface *iface);
static void selection_model_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GantryBulkSelection,
                               gantry_bulk_selection,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                                   G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                                                          selection_model_init))

/* ---- The list ---------------------------------------------------------------------------------
 */

static GType
get_item_type (GListModel *list)
{
  return g_list_model_get_item_type (G_LIST_MODEL (GANTRY_BULK_SELECTION (list)->rows));
}

static guint
get_n_items (GListModel *list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (GANTRY_BULK_SELECTION (list)->rows));
}

static gpointer
get_item (GListModel *list, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (GANTRY_BULK_SELECTION (list)->rows), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
rows_changed (GantryBulkSelection *self, guint position, guint removed, guint added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

/* ---- The selection ----------------------------------------------------------------------------
 */

static gboolean
is_selected (GtkSelectionModel *model, guint position)
{
  GantryBulkSelection *self = GANTRY_BULK_SELECTION (model);

  return self->everything
         || gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->rows), position);
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model, guint position, guint n)
{
  GantryBulkSelection *self = GANTRY_BULK_SELECTION (model);

  if (self->everything)
    return gtk_bitset_new_range (0, get_n_items (G_LIST_MODEL (self)));
  return gtk_selection_model_get_selection_in_range (GTK_SELECTION_MODEL (self->rows), position, n);
}

static void
forget_everything (GantryBulkSelection *self)
{
  guint n = get_n_items (G_LIST_MODEL (self));

  if (!self->everything)
    return;
  self->everything = FALSE;
  if (n > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, n);
}

static gboolean
set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  GantryBulkSelection *self = GANTRY_BULK_SELECTION (model);

  forget_everything (self);
  return gtk_selection_model_set_selection (GTK_SELECTION_MODEL (self->rows), selected, mask);
}

static gboolean
select_all (GtkSelectionModel *model)
{
  GantryBulkSelection *self = GANTRY_BULK_SELECTION (model);
  guint n = get_n_items (G_LIST_MODEL (self));

  if (n <= GANTRY_BULK_SELECTION_HELD)
    return gtk_selection_model_select_all (GTK_SELECTION_MODEL (self->rows));
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->rows));
  self->everything = TRUE;
  gtk_selection_model_selection_changed (model, 0, n);
  return TRUE;
}

static gboolean
unselect_all (GtkSelectionModel *model)
{
  GantryBulkSelection *self = GANTRY_BULK_SELECTION (model);

  forget_everything (self);
  return gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->rows));
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->set_selection = set_selection;
  iface->select_all = select_all;
  iface->unselect_all = unselect_all;
}

static void
rows_selected (GantryBulkSelection *self, guint position, guint n)
{
  gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), position, n);
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_bulk_selection_finalize (GObject *object)
{
  GantryBulkSelection *self = GANTRY_BULK_SELECTION (object);

  g_signal_handlers_disconnect_by_data (self->rows, self);
  g_object_unref (self->rows);
  G_OBJECT_CLASS (gantry_bulk_selection_parent_class)->finalize (object);
}

static void
gantry_bulk_selection_class_init (GantryBulkSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gantry_bulk_selection_finalize;
}

static void
gantry_bulk_selection_init (GantryBulkSelection *self)
{
  self->rows = gtk_multi_selection_new (NULL);
  g_signal_connect_swapped (self->rows, "items-changed", G_CALLBACK (rows_changed), self);
  g_signal_connect_swapped (self->rows, "selection-changed", G_CALLBACK (rows_selected), self);
}

GantryBulkSelection *
gantry_bulk_selection_new (void)
{
  return g_object_new (GANTRY_TYPE_BULK_SELECTION, NULL);
}

void
gantry_bulk_selection_set_model (GantryBulkSelection *self, GListModel *model)
{
  g_return_if_fail (GANTRY_IS_BULK_SELECTION (self));

  forget_everything (self);
  gtk_multi_selection_set_model (self->rows, model);
}

gboolean
gantry_bulk_selection_get_everything (GantryBulkSelection *self)
{
  g_return_val_if_fail (GANTRY_IS_BULK_SELECTION (self), FALSE);

  return self->everything;
}

guint64
gantry_bulk_selection_get_n_selected (GantryBulkSelection *self)
{
  g_autoptr (GtkBitset) selected = NULL;

  g_return_val_if_fail (GANTRY_IS_BULK_SELECTION (self), 0);

  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self));
  return gtk_bitset_get_size (selected);
}
