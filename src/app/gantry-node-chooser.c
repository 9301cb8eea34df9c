/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-chooser.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-node-swatch.h"
#include "gantry-peer.h"

#define NODE "gantry-node"

struct _GantryNodeChooser
{
  AdwWindow parent_instance;

  GtkWidget *send;
  GtkLabel *explanation;
  GtkListBox *list;
  GtkLabel *nothing;

  gint64 not_first;
  GCancellable *cancellable;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GantryNodeChooser, gantry_node_chooser, ADW_TYPE_WINDOW)

static void
choose (GantryNodeChooser *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (row == NULL)
    return;
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, g_object_get_data (G_OBJECT (row), NODE));
  gtk_window_close (GTK_WINDOW (self));
}

static void
row_selected (GantryNodeChooser *self, GtkListBoxRow *row)
{
  gtk_widget_set_sensitive (self->send, row != NULL);
}

static GtkWidget *
create_row (GantryNodeChooser *self, GantryNode *node)
{
  g_autofree char *name = gantry_format_text (node->name, 0);
  g_autofree char *address = gantry_peer_format (node->ae_title, node->host, node->port);
  g_autofree char *subtitle = NULL;
  GtkWidget *swatch = gantry_node_swatch_new ();
  GtkWidget *row;

  if (node->id == self->not_first)
    /* Translators: %s is a node's address */
    subtitle = g_strdup_printf (_ ("%s · where they were sent before"), address);
  else
    subtitle = g_strdup (address);
  row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", name, "subtitle", subtitle,
                      "activatable", TRUE, NULL);
  gantry_node_swatch_set_color (GANTRY_NODE_SWATCH (swatch), node->color);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), swatch);
  g_object_set_data_full (G_OBJECT (row), NODE, gantry_record_ref (node), gantry_record_unref);
  return row;
}

static void
nodes_listed (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GantryNodeChooser) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) nodes
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, &error);
  GtkWidget *first = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  for (guint i = 0; nodes != NULL && i < nodes->len; i++)
    {
      GantryNode *node = nodes->pdata[i];
      GtkWidget *row = create_row (self, node);

      gtk_list_box_append (self->list, row);
      if (first == NULL && node->id != self->not_first && !node->is_self)
        first = row;
    }
  gtk_label_set_text (self->nothing,
                      error != NULL ? error->message : _ ("Add a node on the Nodes page first."));
  gtk_widget_set_visible (GTK_WIDGET (self->nothing), nodes == NULL || nodes->len == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->list), nodes != NULL && nodes->len > 0);
  if (first != NULL)
    {
      gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (first));
      gtk_widget_grab_focus (first);
    }
}

static void
gantry_node_chooser_dispose (GObject *object)
{
  GantryNodeChooser *self = GANTRY_NODE_CHOOSER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  /* Its rows go, and with them the selection, when the button is gone already. */
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  G_OBJECT_CLASS (gantry_node_chooser_parent_class)->dispose (object);
}

static void
gantry_node_chooser_class_init (GantryNodeChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_node_chooser_dispose;

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", GANTRY_TYPE_NODE_CHOOSER, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-node-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryNodeChooser, send);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeChooser, explanation);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeChooser, list);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeChooser, nothing);
  gtk_widget_class_bind_template_callback (widget_class, choose);
  gtk_widget_class_bind_template_callback (widget_class, row_selected);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
gantry_node_chooser_init (GantryNodeChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

GantryNodeChooser *
gantry_node_chooser_present (GtkWidget *widget,
                             GantryEngine *engine,
                             const char *explanation,
                             gint64 not_first)
{
  GantryNodeChooser *self = g_object_new (GANTRY_TYPE_NODE_CHOOSER, "transient-for",
                                          gtk_widget_get_root (widget), NULL);

  self->not_first = not_first;
  gtk_label_set_text (self->explanation, explanation);
  gantry_engine_list_nodes_async (engine, self->cancellable, nodes_listed, g_object_ref (self));
  gtk_window_present (GTK_WINDOW (self));
  return self;
}
