/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-plain-list.h"

#include "gantry-item.h"
#include "gantry-row-menu.h"

static void
setup_row (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item, gpointer data)
{
  const GantryPlainRow *row = data;

  gtk_list_item_set_child (list_item, row->create ());
  gtk_list_item_set_activatable (list_item, FALSE);
}

static void
bind_row (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item, gpointer data)
{
  const GantryPlainRow *row = data;
  GtkWidget *child = gtk_list_item_get_child (list_item);
  g_autofree char *spoken
      = row->show (child, gantry_item_get_record (gtk_list_item_get_item (list_item)));

  gantry_row_set_spoken (child, spoken);
}

GListStore *
gantry_plain_list_new (GtkListView *view, const GantryPlainRow *row)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = NULL;
  GListStore *list = g_list_store_new (GANTRY_TYPE_ITEM);

  g_signal_connect (factory, "setup", G_CALLBACK (setup_row), (gpointer)row);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), (gpointer)row);
  gtk_list_view_set_factory (view, factory);
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (list)));
  gtk_list_view_set_model (view, GTK_SELECTION_MODEL (selection));
  return list;
}

void
gantry_plain_list_show (GListStore *list, GPtrArray *records)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (items, gantry_item_new (i + 1, records->pdata[i]));
  g_list_store_splice (list, 0, g_list_model_get_n_items (G_LIST_MODEL (list)), items->pdata,
                       items->len);
}
