/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-window.h"

#include <glib/gi18n-lib.h>

#include "gantry-nodes-page.h"
#include "gantry-notifier.h"
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
  GtkWidget *add, *add_label, *switcher_bar;
  AdwViewSwitcherTitle *switcher_title;

  GantryEngine *engine;
  GHashTable *running; /* (element-type gint64): jobs whose end is news */
  GArray *told;        /* gint64: jobs whose end was told while the window was not in front */
  AdwToast *toast;     /* weak: the last one */
};

G_DEFINE_FINAL_TYPE (GantryWindow, gantry_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- Actions ----------------------------------------------------------------------------------
 */

/* What the window calls an action, and what the part of the Send page that has it does. */
static const struct
{
  const char *name, *page_action;
} forwarded[] = {
  { "open-files", "send.open-files" },
  { "open-folder", "send.open-folder" },
  { "sample", "send.sample" },
  { "cancel-scan", "send.cancel-scan" },
  { "show-skipped", "send.show-skipped" },
  { "send", "send.start" },
  { "clear-staged", "staged.clear" },
  { "check", "destination.check" },
  { "cancel-job", "queue.cancel" },
  { "pause-job", "queue.pause" },
  { "resume-job", "queue.resume" },
  { "retry-job", "queue.retry" },
  { "remove-job", "queue.remove" },
  { "show-job", "queue.details" },
  { "clear-queue", "queue.clear" },
};

static void
forward (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GantryWindow *self = user_data;
  const char *name = g_action_get_name (G_ACTION (action));

  if (self->engine == NULL)
    return;
  adw_view_stack_set_visible_child_name (self->pages, "send");
  for (guint i = 0; i < G_N_ELEMENTS (forwarded); i++)
    if (g_str_equal (name, forwarded[i].name))
      gantry_send_page_activate (self->send_page, forwarded[i].page_action, parameter);
}

static void
page_activated (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter, gpointer user_data)
{
  const char *name = g_variant_get_string (parameter, NULL);
  GantryWindow *self = user_data;

  if (adw_view_stack_get_child_by_name (self->pages, name) != NULL)
    adw_view_stack_set_visible_child_name (self->pages, name);
}

/* The page that has a filter. */
static void
filter_activated (GSimpleAction *action G_GNUC_UNUSED,
                  GVariant *parameter G_GNUC_UNUSED,
                  gpointer user_data)
{
  GantryWindow *self = user_data;

  if (adw_view_stack_get_visible_child (self->pages) == GTK_WIDGET (self->receive_page))
    gantry_receive_page_focus_filter (self->receive_page);
}

static void
toast_activated (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter, gpointer user_data)
{
  gantry_window_add_toast (user_data, g_variant_get_string (parameter, NULL));
}

static void
destination_activated (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter, gpointer user_data)
{
  gantry_send_page_choose_destination (GANTRY_WINDOW (user_data)->send_page,
                                       g_variant_get_int64 (parameter));
}

static void
show_node_activated (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter, gpointer user_data)
{
  GantryWindow *self = user_data;

  if (self->engine == NULL)
    return;
  adw_view_stack_set_visible_child_name (self->pages, "nodes");
  gantry_nodes_page_select (self->nodes_page, g_variant_get_int64 (parameter));
}

static const GActionEntry actions[] = {
  { .name = "page", .activate = page_activated, .parameter_type = "s" },
  { .name = "filter", .activate = filter_activated },
  { .name = "toast", .activate = toast_activated, .parameter_type = "s" },
  { .name = "destination", .activate = destination_activated, .parameter_type = "x" },
  { .name = "show-node", .activate = show_node_activated, .parameter_type = "x" },
  { .name = "open-files", .activate = forward },
  { .name = "open-folder", .activate = forward },
  { .name = "sample", .activate = forward },
  { .name = "cancel-scan", .activate = forward },
  { .name = "show-skipped", .activate = forward },
  { .name = "send", .activate = forward },
  { .name = "clear-staged", .activate = forward },
  { .name = "check", .activate = forward },
  { .name = "cancel-job", .activate = forward, .parameter_type = "x" },
  { .name = "pause-job", .activate = forward, .parameter_type = "x" },
  { .name = "resume-job", .activate = forward, .parameter_type = "x" },
  { .name = "retry-job", .activate = forward, .parameter_type = "x" },
  { .name = "remove-job", .activate = forward, .parameter_type = "x" },
  { .name = "show-job", .activate = forward, .parameter_type = "x" },
  { .name = "clear-queue", .activate = forward },
};

/* ---- News -------------------------------------------------------------------------------------
 */

/* Whether the user looks at this window, or at one of those over it. */
static gboolean
is_looked_at (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (gtk_window_is_active (window))
        return TRUE;
    }
  return FALSE;
}

/* No patient in the toast either: it may be in a screenshot. */
static void
tell_end (GantryWindow *self, const GantryJob *job)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
  g_autofree char *text = gantry_notifier_describe (job, FALSE);

  gantry_window_add_toast (self, text);
  if (application == NULL || is_looked_at ())
    return;
  gantry_notifier_tell_end (application, job);
  g_array_append_val (self->told, job->id);
}

/* Who looks at the window needs no notifications of what is in it. */
static void
activity_changed (GantryWindow *self)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));

  if (self->told == NULL || application == NULL || !gtk_window_is_active (GTK_WINDOW (self)))
    return;
  for (guint i = 0; i < self->told->len; i++)
    gantry_notifier_withdraw (application, g_array_index (self->told, gint64, i));
  g_array_set_size (self->told, 0);
}

static void
follow_job (GantryWindow *self, const GantryJob *job)
{
  if (job->state == GANTRY_JOB_RUNNING)
    g_hash_table_add (self->running, g_memdup2 (&job->id, sizeof job->id));
  else if (!job->changing && g_hash_table_remove (self->running, &job->id)
           && gantry_job_is_over (job))
    tell_end (self, job);
}

/* ---- Narrow and wide --------------------------------------------------------------------------
 */

static gboolean
adapt (gpointer data)
{
  GantryWindow *self = data;
  gboolean narrow = adw_view_switcher_title_get_title_visible (self->switcher_title);

  gtk_widget_set_visible (self->add_label, !narrow);
  gtk_widget_set_visible (self->switcher_bar, narrow && self->engine != NULL);
  return G_SOURCE_REMOVE;
}

/* Comes while the header bar is being placed, too late to make room for something. Revealing the
 * bar instead would slide it in from a height that libadwaita 1.2 warns about. */
static void
switcher_changed (GantryWindow *self)
{
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, adapt, g_object_ref (self), g_object_unref);
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_window_dispose (GObject *object)
{
  GantryWindow *self = GANTRY_WINDOW (object);

  g_clear_object (&self->engine);
  g_clear_pointer (&self->running, g_hash_table_unref);
  g_clear_pointer (&self->told, g_array_unref);
  g_clear_weak_pointer (&self->toast);
  G_OBJECT_CLASS (gantry_window_parent_class)->dispose (object);
}

static void
gantry_window_class_init (GantryWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_window_dispose;

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
  gtk_widget_class_bind_template_child (widget_class, GantryWindow, add);
  gtk_widget_class_bind_template_child (widget_class, GantryWindow, add_label);
  gtk_widget_class_bind_template_child (widget_class, GantryWindow, switcher_title);
  gtk_widget_class_bind_template_child (widget_class, GantryWindow, switcher_bar);
}

static void
gantry_window_init (GantryWindow *self)
{
  GSettings *settings = gantry_settings_get ();
  AdwViewStackPage *page;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->told = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_signal_connect (self, "notify::is-active", G_CALLBACK (activity_changed), NULL);
  self->running = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  page = adw_view_stack_get_page (self->pages, GTK_WIDGET (self->receive_page));
  g_object_bind_property (self->receive_page, "active", page, "badge-number",
                          G_BINDING_SYNC_CREATE);

  g_signal_connect_object (self->switcher_title, "notify::title-visible",
                           G_CALLBACK (switcher_changed), self, G_CONNECT_SWAPPED);

  if (settings == NULL)
    return;
  g_settings_bind (settings, GANTRY_KEY_WINDOW_WIDTH, self, "default-width",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, GANTRY_KEY_WINDOW_HEIGHT, self, "default-height",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, GANTRY_KEY_WINDOW_MAXIMIZED, self, "maximized",
                   G_SETTINGS_BIND_DEFAULT);
}

GantryWindow *
gantry_window_new (GtkApplication *application)
{
  return g_object_new (GANTRY_TYPE_WINDOW, "application", application, NULL);
}

/* Seen on every page, in the task list too. */
static void
show_test (GantryWindow *self)
{
  gboolean test = g_settings_get_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_TEST);
  const char *title = test ? _ ("Gantry – Test Behaviour Is On") : _ ("Gantry");

  gtk_window_set_title (GTK_WINDOW (self), title);
  adw_view_switcher_title_set_title (self->switcher_title, title);
  (test ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (GTK_WIDGET (self), "devel");
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
      switcher_changed (self);
      g_signal_connect_object (gantry_settings_get (), "changed::" GANTRY_KEY_RECEIVE_TEST,
                               G_CALLBACK (show_test), self, G_CONNECT_SWAPPED);
      show_test (self);
    }
}

void
gantry_window_handle_event (GantryWindow *self, GantryEvent *event)
{
  g_return_if_fail (GANTRY_IS_WINDOW (self));

  if (event->type == GANTRY_EVENT_JOB)
    follow_job (self, event->job);
  gantry_send_page_handle_event (self->send_page, event);
  gantry_receive_page_handle_event (self->receive_page, event);
  gantry_nodes_page_handle_event (self->nodes_page, event);
}

void
gantry_window_show_failure (GantryWindow *self, const char *title, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  g_return_if_fail (GANTRY_IS_WINDOW (self));

  adw_status_page_set_title (self->failure, title);
  adw_status_page_set_description (self->failure, escaped);
  gtk_stack_set_visible_child (self->content, GTK_WIDGET (self->failure));
  gtk_widget_set_visible (self->add, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->switcher_title), FALSE);
  gtk_widget_set_visible (self->switcher_bar, FALSE);
}

void
gantry_window_stage (GantryWindow *self, GFile *const *files, gsize n_files)
{
  g_return_if_fail (GANTRY_IS_WINDOW (self));

  if (self->engine == NULL)
    return;
  adw_view_stack_set_visible_child_name (self->pages, "send");
  gantry_send_page_stage (self->send_page, files, n_files);
}

void
gantry_window_tell (GtkWidget *widget, const char *text)
{
  GListModel *windows = gtk_window_get_toplevels ();

  if (widget != NULL)
    {
      gtk_widget_activate_action (widget, "win.toast", "s", text);
      return;
    }
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (GANTRY_IS_WINDOW (window))
        gantry_window_add_toast (GANTRY_WINDOW (window), text);
    }
}

void
gantry_window_add_toast (GantryWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast;

  g_return_if_fail (GANTRY_IS_WINDOW (self));

  /* They would queue up, five seconds each, and tell of a send that has long ended that it was
   * added to the queue. */
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  toast = adw_toast_new (escaped);
  g_set_weak_pointer (&self->toast, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* They have places on the screen of their own. */
static void
close_popovers (GtkWidget *widget)
{
  if (GTK_IS_POPOVER (widget) && gtk_widget_get_mapped (widget))
    gtk_popover_popdown (GTK_POPOVER (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    close_popovers (child);
}

void
gantry_window_leave_screen (GantryWindow *self)
{
  g_return_if_fail (GANTRY_IS_WINDOW (self));

  close_popovers (GTK_WIDGET (self));
  gdk_surface_hide (gtk_native_get_surface (GTK_NATIVE (self)));
}

void
gantry_window_come_back (GantryWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  g_return_if_fail (GANTRY_IS_WINDOW (self));

  if (gtk_widget_get_mapped (widget)
      && !gdk_surface_get_mapped (gtk_native_get_surface (GTK_NATIVE (self))))
    {
      gtk_widget_unmap (widget);
      gtk_widget_map (widget);
    }
  gtk_window_present (GTK_WINDOW (self));
}
