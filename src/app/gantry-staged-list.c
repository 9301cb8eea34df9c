/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-staged-list.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-item.h"
#include "gantry-list-card.h"
#include "gantry-quick-look.h"
#include "gantry-row-menu.h"
#include "gantry-series-row.h"
#include "gantry-study-row.h"
#include "gantry-study-words.h"

struct _GantryStagedList
{
  AdwBin parent_instance;

  GtkLabel *summary;
  GtkListView *list;
  GMenuModel *menu;

  GListStore *studies; /* GantryItem */
  GtkTreeListModel *tree;
  GtkMultiSelection *selection;

  GantryEngine *engine;
  GCancellable *cancellable;
  gboolean loading, load_again;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_SEND,
  SIGNAL_MESSAGE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GantryStagedList, gantry_staged_list, ADW_TYPE_BIN)

static gint64
study_id (gconstpointer record)
{
  return ((const GantryStudy *)record)->id;
}

static gint64
series_id (gconstpointer record)
{
  return ((const GantrySeries *)record)->id;
}

/* ---- The model ------------------------------------------------------------------------------ */

static GListModel *
create_children (gpointer data, gpointer user_data)
{
  GantryStagedList *self = user_data;
  GantryItem *item = data;

  /* Only studies are in the outer store. */
  if (gantry_item_store_find (self->studies, gantry_item_get_id (item), NULL) != item)
    return NULL;
  return g_object_ref (G_LIST_MODEL (gantry_item_get_children (item)));
}

static void
show_summary (GantryStagedList *self, GPtrArray *studies)
{
  g_autofree char *count = gantry_format_count (studies->len);
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;
  guint64 bytes = 0;

  for (guint i = 0; i < studies->len; i++)
    bytes += ((GantryStudy *)studies->pdata[i])->bytes;
  size = gantry_format_size (bytes);
  /* Translators: the first %s is a number, the second a size */
  text = g_strdup_printf (ngettext ("%s study · %s", "%s studies · %s", studies->len), count, size);
  gtk_label_set_text (self->summary, text);
}

static void
staged_listed (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  GantryStagedList *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) studies
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, &error);
  gboolean first;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->loading = FALSE;
  if (studies == NULL)
    {
      g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, error->message);
      if (self->load_again)
        gantry_staged_list_reload (self);
      return;
    }

  first = g_list_model_get_n_items (G_LIST_MODEL (self->studies)) == 0;
  gantry_item_store_sync (self->studies, studies, study_id);
  for (guint i = 0; i < studies->len; i++)
    {
      g_autoptr (GantryItem) item = g_list_model_get_item (G_LIST_MODEL (self->studies), i);

      gantry_item_store_sync (gantry_item_get_children (item),
                              ((GantryStudy *)studies->pdata[i])->series, series_id);
    }
  show_summary (self, studies);

  /* A single study is what people drop most; they want to see what is in it. */
  if (first && studies->len == 1)
    {
      g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (self->tree, 0);

      gtk_tree_list_row_set_expanded (row, TRUE);
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (self->load_again)
    gantry_staged_list_reload (self);
}

/* ---- Rows ----------------------------------------------------------------------------------- */

static void
show_record (GantryItem *item, GParamSpec *pspec G_GNUC_UNUSED, GtkListItem *list_item)
{
  GantryStagedList *self = g_object_get_data (G_OBJECT (list_item), "gantry-list");
  GtkWidget *expander = gtk_list_item_get_child (list_item);
  GtkWidget *row = gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander));
  g_autofree char *spoken = NULL;

  if (GANTRY_IS_STUDY_ROW (row))
    {
      gantry_study_row_show (GANTRY_STUDY_ROW (row), gantry_item_get_record (item));
      spoken = gantry_study_describe (gantry_item_get_record (item));
    }
  else
    {
      gantry_series_row_show (GANTRY_SERIES_ROW (row), self->engine, gantry_item_get_record (item));
      spoken = gantry_series_describe (gantry_item_get_record (item));
    }
  gantry_row_set_spoken (expander, spoken);
}

static void
setup_row (GtkSignalListItemFactory *factory G_GNUC_UNUSED,
           GtkListItem *list_item,
           GantryStagedList *self)
{
  g_object_set_data (G_OBJECT (list_item), "gantry-list", self);
  gtk_list_item_set_child (list_item, gtk_tree_expander_new ());
}

static void
bind_row (GtkSignalListItemFactory *factory G_GNUC_UNUSED,
          GtkListItem *list_item,
          GantryStagedList *self G_GNUC_UNUSED)
{
  GtkTreeListRow *row = gtk_list_item_get_item (list_item);
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (list_item));
  g_autoptr (GantryItem) item = gtk_tree_list_row_get_item (row);
  GtkWidget *child = gtk_tree_expander_get_child (expander);
  gboolean is_study = gtk_tree_list_row_get_depth (row) == 0;

  gtk_tree_expander_set_list_row (expander, row);
  if (child == NULL || is_study != GANTRY_IS_STUDY_ROW (child))
    gtk_tree_expander_set_child (expander,
                                 is_study ? gantry_study_row_new () : gantry_series_row_new ());
  g_signal_connect (item, "notify::record", G_CALLBACK (show_record), list_item);
  show_record (item, NULL, list_item);
  /* A tree row that has left the model no longer knows its item when it is unbound. */
  g_object_set_data_full (G_OBJECT (list_item), "item", g_steal_pointer (&item), g_object_unref);
}

static void
unbind_row (GtkSignalListItemFactory *factory G_GNUC_UNUSED,
            GtkListItem *list_item,
            GantryStagedList *self G_GNUC_UNUSED)
{
  g_autoptr (GantryItem) item = g_object_steal_data (G_OBJECT (list_item), "item");

  g_signal_handlers_disconnect_by_func (item, show_record, list_item);
  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (gtk_list_item_get_child (list_item)), NULL);
}

static void
row_activated (GtkListView *list G_GNUC_UNUSED, guint position, GantryStagedList *self)
{
  g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (self->tree, position);

  if (gtk_tree_list_row_get_depth (row) == 0)
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "staged.quick-look", NULL);
}

/* ---- What can be done with them ---------------------------------------------------------------
 */

typedef void (*RowFunc) (GantryStagedList *self, GtkTreeListRow *row, gpointer data);

static guint
foreach_selected (GantryStagedList *self, RowFunc func, gpointer data)
{
  g_autoptr (GtkBitset) selected
      = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  guint n = (guint)gtk_bitset_get_size (selected);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkTreeListRow) row
          = gtk_tree_list_model_get_row (self->tree, gtk_bitset_get_nth (selected, i));

      if (row != NULL)
        func (self, row, data);
    }
  return n;
}

static gint64
row_study_id (GtkTreeListRow *row)
{
  g_autoptr (GtkTreeListRow) parent = gtk_tree_list_row_get_parent (row);
  g_autoptr (GantryItem) item = gtk_tree_list_row_get_item (parent != NULL ? parent : row);

  return gantry_item_get_id (item);
}

static void
unstage_row (GantryStagedList *self, GtkTreeListRow *row, gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryItem) item = gtk_tree_list_row_get_item (row);

  gantry_engine_unstage (self->engine, row_study_id (row),
                         gtk_tree_list_row_get_depth (row) > 0 ? gantry_item_get_id (item) : 0);
}

static void
remove_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryStagedList *self = GANTRY_STAGED_LIST (widget);

  if (foreach_selected (self, unstage_row, NULL) > 0)
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0,
                   _ ("Removed from the list. The files stay where they are."));
}

static void
clear_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryStagedList *self = GANTRY_STAGED_LIST (widget);

  gantry_engine_unstage (self->engine, 0, 0);
  g_signal_emit (self, signals[SIGNAL_MESSAGE], 0,
                 _ ("The list is empty. The files stay where they are."));
}

static void
collect_study (GantryStagedList *self G_GNUC_UNUSED, GtkTreeListRow *row, gpointer data)
{
  GArray *ids = data;
  gint64 id = row_study_id (row);

  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return;
  g_array_append_val (ids, id);
}

static void
send_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryStagedList *self = GANTRY_STAGED_LIST (widget);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  foreach_selected (self, collect_study, ids);
  if (ids->len > 0)
    g_signal_emit (self, signals[SIGNAL_SEND], 0, ids);
}

static void
pick_series (GantryStagedList *self G_GNUC_UNUSED, GtkTreeListRow *row, gpointer data)
{
  GantryItem **picked = data;

  if (*picked != NULL)
    return;
  if (gtk_tree_list_row_get_depth (row) > 0)
    *picked = gtk_tree_list_row_get_item (row);
  else
    {
      g_autoptr (GantryItem) study = gtk_tree_list_row_get_item (row);

      *picked = g_list_model_get_item (G_LIST_MODEL (gantry_item_get_children (study)), 0);
    }
}

static void
quick_look_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryStagedList *self = GANTRY_STAGED_LIST (widget);
  g_autoptr (GantryItem) item = NULL;

  foreach_selected (self, pick_series, &item);
  if (item != NULL)
    gantry_quick_look_present (widget, self->engine, gantry_item_get_record (item));
}

static void
list_pressed (GtkGestureClick *gesture, int n G_GNUC_UNUSED, double x, double y, gpointer data)
{
  GantryStagedList *self = data;

  if (!gantry_row_menu_select_at (GTK_WIDGET (self->list), GTK_SELECTION_MODEL (self->selection), x,
                                  y))
    return;
  gantry_row_menu_popup_at (GTK_WIDGET (self->list), self->menu, x, y);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
menu_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryStagedList *self = GANTRY_STAGED_LIST (widget);

  gantry_row_menu_popup_at_focus (GTK_WIDGET (self->list), self->menu);
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_staged_list_dispose (GObject *object)
{
  GantryStagedList *self = GANTRY_STAGED_LIST (object);

  g_cancellable_cancel (self->cancellable);
  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_staged_list_parent_class)->dispose (object);
}

static void
gantry_staged_list_finalize (GObject *object)
{
  GantryStagedList *self = GANTRY_STAGED_LIST (object);

  g_clear_object (&self->studies);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (gantry_staged_list_parent_class)->finalize (object);
}

static void
gantry_staged_list_class_init (GantryStagedListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = gantry_staged_list_dispose;
  object_class->finalize = gantry_staged_list_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", GANTRY_TYPE_STAGED_LIST, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SEND] = g_signal_new ("send", GANTRY_TYPE_STAGED_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ARRAY);
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", GANTRY_TYPE_STAGED_LIST, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (GANTRY_TYPE_LIST_CARD);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-staged-list.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryStagedList, summary);
  gtk_widget_class_bind_template_child (widget_class, GantryStagedList, list);
  gtk_widget_class_bind_template_child (widget_class, GantryStagedList, menu);
  gtk_widget_class_bind_template_callback (widget_class, list_pressed);
  gtk_widget_class_install_action (widget_class, "staged.remove", NULL, remove_activated);
  gtk_widget_class_install_action (widget_class, "staged.clear", NULL, clear_activated);
  gtk_widget_class_install_action (widget_class, "staged.send-selected", NULL, send_activated);
  gtk_widget_class_install_action (widget_class, "staged.quick-look", NULL, quick_look_activated);
  gtk_widget_class_install_action (widget_class, "staged.menu", NULL, menu_activated);
}

static void
gantry_staged_list_init (GantryStagedList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));

  self->cancellable = g_cancellable_new ();
  self->studies = g_list_store_new (GANTRY_TYPE_ITEM);
  self->tree = gtk_tree_list_model_new (g_object_ref (G_LIST_MODEL (self->studies)), FALSE, FALSE,
                                        create_children, self, NULL);
  self->selection = gtk_multi_selection_new (G_LIST_MODEL (self->tree));

  g_signal_connect (factory, "setup", G_CALLBACK (setup_row), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row), self);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect (self->list, "activate", G_CALLBACK (row_activated), self);
}

void
gantry_staged_list_set_engine (GantryStagedList *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_STAGED_LIST (self));

  if (g_set_object (&self->engine, engine))
    gantry_staged_list_reload (self);
}

void
gantry_staged_list_reload (GantryStagedList *self)
{
  g_return_if_fail (GANTRY_IS_STAGED_LIST (self));

  self->load_again = self->loading;
  if (self->loading)
    return;
  self->loading = TRUE;
  gantry_engine_list_staged_async (self->engine, self->cancellable, staged_listed, self);
}

guint
gantry_staged_list_get_n_studies (GantryStagedList *self)
{
  g_return_val_if_fail (GANTRY_IS_STAGED_LIST (self), 0);

  return g_list_model_get_n_items (G_LIST_MODEL (self->studies));
}

GListModel *
gantry_staged_list_get_model (GantryStagedList *self)
{
  g_return_val_if_fail (GANTRY_IS_STAGED_LIST (self), NULL);

  return G_LIST_MODEL (self->tree);
}
