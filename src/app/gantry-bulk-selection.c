/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-bulk-selection.h"

struct _GantryBulkSelection
{
  GObject parent_instance;

  /* One of the three; nothing is selected in the others. */
  GtkMultiSelection *rows;
  GtkBitset *positions; /* NULL: none */
  gboolean everything;
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
  if (self->positions != NULL)
    gtk_bitset_splice (self->positions, position, removed, added);
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

/* ---- The selection ----------------------------------------------------------------------------
 */

static gboolean
is_selected (GtkSelectionModel *model, guint position)
{
  GantryBulkSelection *self = GANTRY_BULK_SELECTION (model);

  if (self->positions != NULL)
    return gtk_bitset_contains (self->positions, position);
  return self->everything
         || gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->rows), position);
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model, guint position, guint n)
{
  GantryBulkSelection *self = GANTRY_BULK_SELECTION (model);

  if (self->everything)
    return gtk_bitset_new_range (0, get_n_items (G_LIST_MODEL (self)));
  if (self->positions != NULL)
    return gtk_bitset_copy (self->positions);
  return gtk_selection_model_get_selection_in_range (GTK_SELECTION_MODEL (self->rows), position, n);
}

/* Only rows may be selected then. */
static void
forget_many (GantryBulkSelection *self)
{
  guint n = get_n_items (G_LIST_MODEL (self));

  if (gantry_bulk_selection_is_held (self))
    return;
  self->everything = FALSE;
  g_clear_pointer (&self->positions, gtk_bitset_unref);
  if (n > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, n);
}

static void
take_positions (GantryBulkSelection *self, GtkBitset *positions)
{
  g_clear_pointer (&self->positions, gtk_bitset_unref);
  self->everything = FALSE;
  self->positions = positions;
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->rows));
  gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0,
                                         get_n_items (G_LIST_MODEL (self)));
}

static gboolean
set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  GantryBulkSelection *self = GANTRY_BULK_SELECTION (model);
  g_autoptr (GtkBitset) before = gtk_selection_model_get_selection (model);
  g_autoptr (GtkBitset) result
      = self->everything ? gtk_bitset_new_empty () : gtk_bitset_copy (before);
  g_autoptr (GtkBitset) picked = gtk_bitset_copy (selected);
  g_autoptr (GtkBitset) all = gtk_bitset_new_range (0, get_n_items (G_LIST_MODEL (self)));

  gtk_bitset_intersect (picked, mask);
  gtk_bitset_subtract (result, mask);
  gtk_bitset_union (result, picked);
  gtk_bitset_intersect (result, all);
  if (gtk_bitset_get_size (result) > GANTRY_BULK_SELECTION_HELD)
    {
      take_positions (self, g_steal_pointer (&result));
      return TRUE;
    }
  forget_many (self);
  return gtk_selection_model_set_selection (GTK_SELECTION_MODEL (self->rows), result, all);
}

static gboolean
select_all (GtkSelectionModel *model)
{
  GantryBulkSelection *self = GANTRY_BULK_SELECTION (model);
  guint n = get_n_items (G_LIST_MODEL (self));

  forget_many (self);
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

  forget_many (self);
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
  g_clear_pointer (&self->positions, gtk_bitset_unref);
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

  forget_many (self);
  gtk_multi_selection_set_model (self->rows, model);
}

gboolean
gantry_bulk_selection_get_everything (GantryBulkSelection *self)
{
  g_return_val_if_fail (GANTRY_IS_BULK_SELECTION (self), FALSE);

  return self->everything;
}

gboolean
gantry_bulk_selection_is_held (GantryBulkSelection *self)
{
  g_return_val_if_fail (GANTRY_IS_BULK_SELECTION (self), FALSE);

  return !self->everything && self->positions == NULL;
}

/* The last row of those that follow @first without a gap. GTK 4.8 can count a range of a bitset
 * quickly, but not walk its ranges. */
static guint
find_end (GtkBitset *selected, guint first)
{
  guint end = first, limit = gtk_bitset_get_maximum (selected);

  while (end < limit)
    {
      guint middle = end + (limit - end + 1) / 2;

      if (gtk_bitset_get_size_in_range (selected, first, middle) == middle - first + 1)
        end = middle;
      else
        limit = middle - 1;
    }
  return end;
}

GArray *
gantry_bulk_selection_get_runs (GantryBulkSelection *self)
{
  g_autoptr (GtkBitset) selected = NULL;
  GArray *runs;
  GtkBitsetIter iter;
  guint first;

  g_return_val_if_fail (GANTRY_IS_BULK_SELECTION (self), NULL);

  runs = g_array_new (FALSE, FALSE, sizeof (GantryRun));
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self));
  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &first); more;)
    {
      guint end = find_end (selected, first);
      GantryRun run = { first, end - first + 1 };

      g_array_append_val (runs, run);
      more = end < G_MAXUINT && gtk_bitset_iter_init_at (&iter, selected, end + 1, &first);
    }
  return runs;
}

guint64
gantry_bulk_selection_get_n_selected (GantryBulkSelection *self)
{
  g_autoptr (GtkBitset) selected = NULL;

  g_return_val_if_fail (GANTRY_IS_BULK_SELECTION (self), 0);

  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self));
  return gtk_bitset_get_size (selected);
}
