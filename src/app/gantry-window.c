/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-window.h"

#include <glib/gi18n-lib.h>

#include "gantry-nodes-page.h"
#include "gantry-receive-page.h"
#include "gantry-send-page.h"
#include "gantry-settings.h"

struct _GantryWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *content;
  AdwStatusPage *failure;
  AdwViewStack *pages;
  GantrySendPage *send_page;
  GantryReceivePage *receive_page;
  GantryNodesPage *nodes_page;

  GantryEngine *engine;
};

G_DEFINE_FINAL_TYPE (GantryWindow, gantry_window, ADW_TYPE_APPLICATION_WINDOW)

static void
toast_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter)
{
  gantry_window_add_toast (GANTRY_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
gantry_window_dispose (GObject *object)
{
  GantryWindow *self = GANTRY_WINDOW (object);

  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_window_parent_class)->dispose (object);
}

static void
gantry_window_class_init (GantryWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = gantry_window_dispose;

  g_type_ensure (GANTRY_TYPE_SEND_PAGE);
  g_type_ensure (GANTRY_TYPE_RECEIVE_PAGE);
  g_type_ensure (GANTRY_TYPE_NODES_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, GantryWindow, content);
  gtk_widget_class_bind_template_child (widget_class, GantryWindow, failure);
  gtk_widget_class_bind_template_child (widget_class, GantryWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, GantryWindow, send_page);
  gtk_widget_class_bind_template_child (widget_class, GantryWindow, receive_page);
  gtk_widget_class_bind_template_child (widget_class, GantryWindow, nodes_page);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_activated);
}

static void
gantry_window_init (GantryWindow *self)
{
  AdwViewStackPage *page;

  gtk_widget_init_template (GTK_WIDGET (self));

  page = adw_view_stack_get_page (self->pages, GTK_WIDGET (self->receive_page));
  g_object_bind_property (self->receive_page, "active", page, "badge-number",
                          G_BINDING_SYNC_CREATE);
}

GantryWindow *
gantry_window_new (GtkApplication *application)
{
  return g_object_new (GANTRY_TYPE_WINDOW, "application", application, NULL);
}

void
gantry_window_set_engine (GantryWindow *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_WINDOW (self));

  if (g_set_object (&self->engine, engine))
    {
      gantry_send_page_set_engine (self->send_page, engine);
      gantry_receive_page_set_engine (self->receive_page, engine);
      gantry_nodes_page_set_engine (self->nodes_page, engine);
    }
}

void
gantry_window_handle_event (GantryWindow *self, GantryEvent *event)
{
  gantry_send_page_handle_event (self->send_page, event);
  gantry_receive_page_handle_event (self->receive_page, event);
  gantry_nodes_page_handle_event (self->nodes_page, event);
}

void
gantry_window_show_failure (GantryWindow *self, const char *title, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  adw_status_page_set_title (self->failure, title);
  adw_status_page_set_description (self->failure, escaped);
  gtk_stack_set_visible_child (self->content, GTK_WIDGET (self->failure));
}

void
gantry_window_add_toast (GantryWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}
