/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-import-window.h"

#include <glib/gi18n-lib.h>

#include "gantry-peer.h"

typedef struct
{
  GantryNode *node;
  GtkWidget *row; /* AdwActionRow */
  GtkCheckButton *check;
} Found;

struct _GantryNodeImportWindow
{
  AdwWindow parent_instance;

  GtkLabel *source;
  GtkListBox *list;
  GtkButton *add_button;

  GantryEngine *engine;
  GPtrArray *found; /* Found */
  guint next;       /* the one that is being saved, while saving */
  guint added;
  gboolean failed;
  GCancellable *saving; /* NULL: not */
};

G_DEFINE_FINAL_TYPE (GantryNodeImportWindow, gantry_node_import_window, ADW_TYPE_WINDOW)

static guint added_signal;

static void
found_free (gpointer data)
{
  Found *found = data;

  gantry_record_unref (found->node);
  g_free (found);
}

static void
update_button (GantryNodeImportWindow *self)
{
  guint n = 0;
  g_autofree char *label = NULL;

  for (guint i = 0; i < self->found->len; i++)
    n += gtk_check_button_get_active (((Found *)self->found->pdata[i])->check);
  label = g_strdup_printf (ngettext ("_Add %u Node", "_Add %u Nodes", n), n);
  gtk_button_set_label (self->add_button, label);
  gtk_widget_set_sensitive (GTK_WIDGET (self->add_button), n > 0 && self->saving == NULL);
}

/* ---- Saving, one after the other ------------------------------------------------------------ */

static void save_next (GantryNodeImportWindow *self);

static void
on_saved (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryNodeImportWindow) self = data;
  g_autoptr (GError) error = NULL;
  gint64 id = gantry_engine_save_node_finish (GANTRY_ENGINE (object), result, &error);
  Found *found = self->found->pdata[self->next];

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (id >= 0)
    {
      self->added++;
      gtk_widget_set_sensitive (found->row, FALSE);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (found->row), _ ("Added"));
    }
  else
    {
      self->failed = TRUE;
      gtk_widget_add_css_class (found->row, "error");
      adw_action_row_set_subtitle (ADW_ACTION_ROW (found->row), error->message);
    }
  gtk_check_button_set_active (found->check, FALSE);
  self->next++;
  save_next (self);
}

static void
save_next (GantryNodeImportWindow *self)
{
  const Found *found;

  while (self->next < self->found->len
         && !gtk_check_button_get_active (((Found *)self->found->pdata[self->next])->check))
    self->next++;
  if (self->next < self->found->len)
    {
      found = self->found->pdata[self->next];
      gantry_engine_save_node_async (self->engine, found->node, self->saving, on_saved,
                                     g_object_ref (self));
      return;
    }

  g_clear_object (&self->saving);
  update_button (self);
  if (self->added > 0)
    g_signal_emit (self, added_signal, 0, self->added);
  self->added = 0;
  if (!self->failed)
    gtk_window_close (GTK_WINDOW (self));
}

static void
add_clicked (GantryNodeImportWindow *self)
{
  self->saving = g_cancellable_new ();
  self->next = 0;
  self->failed = FALSE;
  update_button (self);
  save_next (self);
}

static gboolean
gantry_node_import_window_close_request (GtkWindow *window)
{
  g_cancellable_cancel (GANTRY_NODE_IMPORT_WINDOW (window)->saving);
  return GTK_WINDOW_CLASS (gantry_node_import_window_parent_class)->close_request (window);
}

/* ---- The class ------------------------------------------------------------------------------ */

static void
gantry_node_import_window_dispose (GObject *object)
{
  GantryNodeImportWindow *self = GANTRY_NODE_IMPORT_WINDOW (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->saving);
  /* An answer under way may hold it for longer than its parent lives. */
  gtk_window_set_transient_for (GTK_WINDOW (object), NULL);
  G_OBJECT_CLASS (gantry_node_import_window_parent_class)->dispose (object);
}

static void
gantry_node_import_window_finalize (GObject *object)
{
  g_ptr_array_unref (GANTRY_NODE_IMPORT_WINDOW (object)->found);
  G_OBJECT_CLASS (gantry_node_import_window_parent_class)->finalize (object);
}

static void
gantry_node_import_window_class_init (GantryNodeImportWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_node_import_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = gantry_node_import_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = gantry_node_import_window_close_request;

  added_signal = g_signal_new ("added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-node-import-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryNodeImportWindow, source);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeImportWindow, list);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeImportWindow, add_button);
  gtk_widget_class_bind_template_callback (widget_class, add_clicked);
}

static void
gantry_node_import_window_init (GantryNodeImportWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->found = g_ptr_array_new_with_free_func (found_free);
}

static void
add_row (GantryNodeImportWindow *self, GantryNode *node)
{
  g_autofree char *address = gantry_peer_format (node->ae_title, node->host, node->port);
  Found *found = g_new0 (Found, 1);

  found->node = gantry_record_ref (node);
  found->check = GTK_CHECK_BUTTON (gtk_check_button_new ());
  gtk_check_button_set_active (found->check, TRUE);
  gtk_widget_set_valign (GTK_WIDGET (found->check), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (found->check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  node->name, -1);
  found->row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (found->row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (found->row), node->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (found->row), address);
  adw_action_row_add_prefix (ADW_ACTION_ROW (found->row), GTK_WIDGET (found->check));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (found->row), GTK_WIDGET (found->check));
  gtk_list_box_append (self->list, found->row);
  g_ptr_array_add (self->found, found);
  g_signal_connect_object (found->check, "toggled", G_CALLBACK (update_button), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
gantry_node_import_window_new (GtkWindow *parent,
                               GantryEngine *engine,
                               GPtrArray *nodes,
                               const char *source)
{
  GantryNodeImportWindow *self
      = g_object_new (GANTRY_TYPE_NODE_IMPORT_WINDOW, "transient-for", parent, NULL);

  self->engine = g_object_ref (engine);
  gtk_label_set_text (self->source, source);
  for (guint i = 0; i < nodes->len; i++)
    add_row (self, nodes->pdata[i]);
  update_button (self);
  return GTK_WIDGET (self);
}
