/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-nodes-page.h"

#include <glib/gi18n-lib.h>

#include "gantry-node-details.h"
#include "gantry-node-editor.h"
#include "gantry-node-exchange.h"
#include "gantry-node-item.h"
#include "gantry-node-model.h"
#include "gantry-node-notifier.h"
#include "gantry-node-paste.h"
#include "gantry-node-row.h"
#include "gantry-probe-window.h"
#include "gantry-row-menu.h"
#include "gantry-settings.h"
#include "gantry-watch-bar.h"

struct _GantryNodesPage
{
  AdwBin parent_instance;

  AdwToastOverlay *toasts;
  AdwLeaflet *leaflet;
  GtkWidget *sidebar;
  GtkWidget *content;
  GtkListBox *list;
  GtkWidget *back_button;
  GtkStack *details_stack;
  GtkWidget *nothing_page;
  GantryNodeDetails *details;
  GantryWatchBar *watch_bar;
  GMenuModel *row_menu;

  GantryEngine *engine;
  GantryNodeModel *model;
  GListModel *nodes; /* the model's: of GantryNodeItem */
  gint64 selected;   /* the node that was selected last */
  gint64 wanted;     /* the node to select when it comes; 0: none */
};

G_DEFINE_FINAL_TYPE (GantryNodesPage, gantry_nodes_page, ADW_TYPE_BIN)

/* ---- Selection ---------------------------------------------------------------------------- */

static GantryNodeItem *
get_selected (GantryNodesPage *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  return row != NULL ? gantry_node_row_get_item (GANTRY_NODE_ROW (row)) : NULL;
}

static void
update_actions (GantryNodesPage *self)
{
  GantryNodeItem *item = get_selected (self);
  gboolean mine = item != NULL && !gantry_node_item_get_node (item)->is_self;
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_action_set_enabled (widget, "node.echo", item != NULL);
  gtk_widget_action_set_enabled (widget, "node.cancel", item != NULL);
  gtk_widget_action_set_enabled (widget, "node.probe", item != NULL);
  gtk_widget_action_set_enabled (widget, "node.copy", item != NULL);
  gtk_widget_action_set_enabled (widget, "node.edit", mine);
  gtk_widget_action_set_enabled (widget, "node.duplicate", mine);
  gtk_widget_action_set_enabled (widget, "node.delete", mine);
}

/* What needs the engine, but no node. */
static void
enable_page_actions (GantryNodesPage *self, gboolean enabled)
{
  static const char *const names[]
      = { "node.add", "node.echo-all", "node.paste", "node.import", "node.export" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), names[i], enabled);
}

static void
on_row_selected (GantryNodesPage *self, GtkListBoxRow *row G_GNUC_UNUSED)
{
  GantryNodeItem *item = get_selected (self);

  if (item != NULL)
    self->selected = gantry_node_item_get_node (item)->id;
  gantry_node_details_set_item (self->details, item);
  gtk_stack_set_visible_child (self->details_stack,
                               item != NULL ? GTK_WIDGET (self->details) : self->nothing_page);
  update_actions (self);
}

/* The leaflet takes the focus along, which is for where only one of both is in sight. */
static void
on_row_activated (GantryNodesPage *self, GtkListBoxRow *row G_GNUC_UNUSED)
{
  if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_set_visible_child (self->leaflet, self->content);
}

static void
go_back (GantryNodesPage *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->sidebar);
}

static void
update_back (GantryNodesPage *self)
{
  gtk_widget_set_visible (self->back_button, adw_leaflet_get_folded (self->leaflet));
}

static void
select_node (GantryNodesPage *self, gint64 id)
{
  guint position;
  g_autoptr (GantryNodeItem) item = gantry_node_model_find (self->model, id, &position);

  if (item != NULL)
    gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, (int)position));
}

/* ---- The list ----------------------------------------------------------------------------- */

static GtkWidget *
make_row (gpointer item, gpointer data G_GNUC_UNUSED)
{
  return gantry_node_row_new (item);
}

static void
add_toast (GantryNodesPage *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/* What is wanted is selected, else what was selected, else the first. */
static void
on_listed (GantryNodesPage *self)
{
  select_node (self, self->wanted != 0 ? self->wanted : self->selected);
  self->wanted = 0;
  if (get_selected (self) == NULL)
    gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
  update_actions (self);
}

static GApplication *
get_application (GantryNodesPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? G_APPLICATION (gtk_window_get_application (GTK_WINDOW (root)))
                              : NULL;
}

/* This workstation's own node goes with the receiver's switch: whoever moved it knows. */
static void
tell_news (GantryNodesPage *self, const GantryNode *node, const GantryHealth *health)
{
  GApplication *application = get_application (self);

  if (application != NULL && !node->is_self && gantry_node_notifier_is_news (health)
      && g_settings_get_boolean (gantry_settings_get (), GANTRY_KEY_WATCH_NODES))
    gantry_node_notifier_tell (application, node, health);
}

/* ---- Actions ------------------------------------------------------------------------------ */

static void
echo_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryNodesPage *self = GANTRY_NODES_PAGE (widget);
  GantryNodeItem *item = get_selected (self);

  if (item != NULL)
    gantry_node_item_echo (item, self->engine);
}

static void
cancel_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryNodeItem *item = get_selected (GANTRY_NODES_PAGE (widget));

  if (item != NULL)
    gantry_node_item_cancel (item);
}

static void
echo_all_activated (GtkWidget *widget,
                    const char *name G_GNUC_UNUSED,
                    GVariant *value G_GNUC_UNUSED)
{
  gantry_node_model_echo_all (GANTRY_NODES_PAGE (widget)->model);
}

static void
on_saved (GantryNodesPage *self, gint64 id)
{
  self->wanted = id;
  gantry_node_model_refresh (self->model);
}

static void
edit (GantryNodesPage *self, GantryNode *node)
{
  GtkWidget *editor = gantry_node_editor_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                              self->engine, node, self->nodes);

  g_signal_connect_object (editor, "saved", G_CALLBACK (on_saved), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (editor));
}

static void
add_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  edit (GANTRY_NODES_PAGE (widget), NULL);
}

static void
edit_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryNodesPage *self = GANTRY_NODES_PAGE (widget);

  edit (self, gantry_node_item_get_node (get_selected (self)));
}

static void
duplicate_activated (GtkWidget *widget,
                     const char *name G_GNUC_UNUSED,
                     GVariant *value G_GNUC_UNUSED)
{
  GantryNodesPage *self = GANTRY_NODES_PAGE (widget);
  const GantryNode *node = gantry_node_item_get_node (get_selected (self));
  /* Translators: the name of a node that was duplicated */
  g_autofree char *copy_name = g_strdup_printf (_ ("%s (copy)"), node->name);
  g_autoptr (GantryNode) copy = gantry_node_copy (node, 0, copy_name);

  edit (self, copy);
}

static void
on_restored (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryNodesPage) self = data;
  g_autoptr (GError) error = NULL;
  gint64 id = gantry_engine_save_node_finish (GANTRY_ENGINE (object), result, &error);

  if (error != NULL)
    add_toast (self, error->message);
  else
    on_saved (self, id);
}

static void
on_undo_delete (AdwToast *toast, GantryNodesPage *self)
{
  /* Its id is gone. */
  g_autoptr (GantryNode) node
      = gantry_node_copy (g_object_get_data (G_OBJECT (toast), "gantry-node"), 0, NULL);

  gantry_engine_save_node_async (self->engine, node, NULL, on_restored, g_object_ref (self));
}

static void
delete_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryNodesPage *self = GANTRY_NODES_PAGE (widget);
  GantryNodeItem *item = get_selected (self);
  GantryNode *node = gantry_node_item_get_node (item);
  g_autofree char *name_text = g_markup_escape_text (node->name, -1);
  g_autofree char *text = g_strdup_printf (_ ("“%s” removed"), name_text);
  AdwToast *toast = adw_toast_new (text);

  gantry_node_item_cancel (item);
  gantry_engine_remove_node (self->engine, node->id);

  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_object_set_data_full (G_OBJECT (toast), "gantry-node", gantry_record_ref (node),
                          gantry_record_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_undo_delete), self, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
  go_back (self);
}

static void
listen_activated (GtkWidget *widget G_GNUC_UNUSED,
                  const char *name G_GNUC_UNUSED,
                  GVariant *value G_GNUC_UNUSED)
{
  g_settings_set_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_ON, TRUE);
}

static void
probe_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryNodesPage *self = GANTRY_NODES_PAGE (widget);
  GtkWindow *parent = GTK_WINDOW (gtk_widget_get_root (widget));

  gtk_window_present (GTK_WINDOW (gantry_probe_window_new (
      parent, self->engine, gantry_node_item_get_node (get_selected (self)))));
}

static void
copy_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryNodesPage *self = GANTRY_NODES_PAGE (widget);
  g_autofree char *address
      = gantry_node_paste_format (gantry_node_item_get_node (get_selected (self)));
  g_autofree char *text = g_strdup_printf (_ ("“%s” copied"), address);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), address);
  add_toast (self, text);
}

static void
on_pasted (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryNodesPage) self = data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (object), result, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) nodes = NULL;
  g_autofree char *source = NULL;

  if (self->engine == NULL || gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  nodes = gantry_node_paste_parse (text != NULL ? text : "", self->nodes, &error);
  if (nodes == NULL)
    {
      add_toast (self, error->message);
      return;
    }
  if (nodes->len == 1)
    {
      edit (self, nodes->pdata[0]);
      return;
    }
  source = g_strdup_printf (ngettext ("%u node was pasted. Nothing is saved yet.",
                                      "%u nodes were pasted. Nothing is saved yet.", nodes->len),
                            nodes->len);
  gantry_node_exchange_ask (GTK_WIDGET (self), self->engine, nodes, source);
}

static void
paste_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (widget), NULL, on_pasted,
                                 g_object_ref (widget));
}

static void
import_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  gantry_node_exchange_import (widget, GANTRY_NODES_PAGE (widget)->engine);
}

static void
export_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  gantry_node_exchange_export (widget, GANTRY_NODES_PAGE (widget)->engine);
}

/* ---- Row menu, keys ----------------------------------------------------------------------- */

static void
on_pressed (GtkGestureClick *gesture G_GNUC_UNUSED,
            int n G_GNUC_UNUSED,
            double x,
            double y,
            GantryNodesPage *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->list, (int)y);

  if (row == NULL)
    return;
  gtk_list_box_select_row (self->list, row);
  gtk_widget_grab_focus (GTK_WIDGET (row));
  gantry_row_menu_popup_at (GTK_WIDGET (self->list), self->row_menu, x, y);
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *value G_GNUC_UNUSED, gpointer data)
{
  gantry_row_menu_popup_at_focus (widget, ((GantryNodesPage *)data)->row_menu);
  return TRUE;
}

/* A key that works wherever the focus is, as long as this page is the visible one. */
static gboolean
on_page_key (GtkWidget *widget, GVariant *value, gpointer data G_GNUC_UNUSED)
{
  return gtk_widget_get_mapped (widget)
         && gtk_widget_activate_action_variant (widget, g_variant_get_string (value, NULL), NULL);
}

static void
add_page_key (GtkEventController *controller, const char *trigger, const char *action)
{
  GtkShortcut *shortcut = gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger),
                                            gtk_callback_action_new (on_page_key, NULL, NULL));

  gtk_shortcut_set_arguments (shortcut, g_variant_new_string (action));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
}

static void
add_keys (GantryNodesPage *self)
{
  GtkEventController *page = gtk_shortcut_controller_new ();
  GtkEventController *list = gtk_shortcut_controller_new ();
  GtkGesture *gesture = gtk_gesture_click_new ();

  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (page), GTK_SHORTCUT_SCOPE_GLOBAL);
  add_page_key (page, "F5", "node.echo");
  add_page_key (page, "<Shift>F5", "node.echo-all");
  add_page_key (page, "<Control>n", "node.add");
  add_page_key (page, "<Control>v", "node.paste");
  add_page_key (page, "<Control>p", "node.probe");
  gtk_widget_add_controller (GTK_WIDGET (self), page);

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (list),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Delete"),
                        gtk_named_action_new ("node.delete")));
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (list),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("<Shift>F10|Menu"),
                        gtk_callback_action_new (on_menu_key, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self->list), list);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect (gesture, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (gesture));
}

/* ---- The class ---------------------------------------------------------------------------- */

static void
gantry_nodes_page_dispose (GObject *object)
{
  GantryNodesPage *self = GANTRY_NODES_PAGE (object);

  if (self->model != NULL)
    gantry_node_model_close (self->model);
  g_clear_object (&self->model);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_nodes_page_parent_class)->dispose (object);
}

static void
gantry_nodes_page_class_init (GantryNodesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_nodes_page_dispose;

  gtk_widget_class_install_action (widget_class, "node.echo", NULL, echo_activated);
  gtk_widget_class_install_action (widget_class, "node.cancel", NULL, cancel_activated);
  gtk_widget_class_install_action (widget_class, "node.echo-all", NULL, echo_all_activated);
  gtk_widget_class_install_action (widget_class, "node.add", NULL, add_activated);
  gtk_widget_class_install_action (widget_class, "node.edit", NULL, edit_activated);
  gtk_widget_class_install_action (widget_class, "node.duplicate", NULL, duplicate_activated);
  gtk_widget_class_install_action (widget_class, "node.delete", NULL, delete_activated);
  gtk_widget_class_install_action (widget_class, "node.listen", NULL, listen_activated);
  gtk_widget_class_install_action (widget_class, "node.probe", NULL, probe_activated);
  gtk_widget_class_install_action (widget_class, "node.copy", NULL, copy_activated);
  gtk_widget_class_install_action (widget_class, "node.paste", NULL, paste_activated);
  gtk_widget_class_install_action (widget_class, "node.import", NULL, import_activated);
  gtk_widget_class_install_action (widget_class, "node.export", NULL, export_activated);

  g_type_ensure (GANTRY_TYPE_NODE_DETAILS);
  g_type_ensure (GANTRY_TYPE_WATCH_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-nodes-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryNodesPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, GantryNodesPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, GantryNodesPage, sidebar);
  gtk_widget_class_bind_template_child (widget_class, GantryNodesPage, content);
  gtk_widget_class_bind_template_child (widget_class, GantryNodesPage, list);
  gtk_widget_class_bind_template_child (widget_class, GantryNodesPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, GantryNodesPage, details_stack);
  gtk_widget_class_bind_template_child (widget_class, GantryNodesPage, nothing_page);
  gtk_widget_class_bind_template_child (widget_class, GantryNodesPage, details);
  gtk_widget_class_bind_template_child (widget_class, GantryNodesPage, row_menu);
  gtk_widget_class_bind_template_child (widget_class, GantryNodesPage, watch_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, go_back);
  gtk_widget_class_bind_template_callback (widget_class, update_back);
}

static void
gantry_nodes_page_init (GantryNodesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->model = gantry_node_model_new ();
  self->nodes = gantry_node_model_get_list (self->model);
  g_signal_connect_object (self->model, "listed", G_CALLBACK (on_listed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "failed", G_CALLBACK (add_toast), self, G_CONNECT_SWAPPED);
  gtk_list_box_bind_model (self->list, self->nodes, make_row, NULL, NULL);
  add_keys (self);
  update_actions (self);
  enable_page_actions (self, FALSE);
}

void
gantry_nodes_page_set_engine (GantryNodesPage *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_NODES_PAGE (self));
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  enable_page_actions (self, TRUE);
  gantry_watch_bar_set_engine (self->watch_bar, engine);
  gantry_node_model_set_engine (self->model, engine);
}

static void
tell_probe_windows (GantryEvent *event)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (GANTRY_IS_PROBE_WINDOW (l->data))
      gantry_probe_window_handle_event (l->data, event);
}

void
gantry_nodes_page_handle_event (GantryNodesPage *self, GantryEvent *event)
{
  g_return_if_fail (GANTRY_IS_NODES_PAGE (self));

  tell_probe_windows (event);
  if (event->type == GANTRY_EVENT_NODES_CHANGED)
    gantry_node_model_refresh (self->model);
  else if (event->type == GANTRY_EVENT_LISTENER)
    gantry_node_details_set_listening (self->details, event->listener.on);
  else if (event->type == GANTRY_EVENT_HEALTH)
    {
      g_autoptr (GantryNodeItem) item = gantry_node_model_take_health (self->model, event->health);

      if (item != NULL)
        tell_news (self, gantry_node_item_get_node (item), event->health);
    }
}

void
gantry_nodes_page_select (GantryNodesPage *self, gint64 id)
{
  g_return_if_fail (GANTRY_IS_NODES_PAGE (self));

  self->wanted = id;
  if (g_list_model_get_n_items (self->nodes) > 0)
    {
      self->wanted = 0;
      select_node (self, id);
      adw_leaflet_set_visible_child (self->leaflet, self->content);
    }
}
