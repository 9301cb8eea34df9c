/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-forecast-window.h"

#include <glib/gi18n-lib.h>

#include "gantry-forecast-row.h"
#include "gantry-format.h"
#include "gantry-peer.h"
#include "gantry-plain-list.h"

struct _GantryForecastWindow
{
  AdwWindow parent_instance;

  AdwWindowTitle *title;
  GtkButton *send;
  GtkStack *stack;
  GtkWidget *waiting, *answer;
  GtkLabel *waiting_text;
  AdwStatusPage *failure;
  GtkImage *summary_icon;
  GtkLabel *summary_text;
  GtkListView *list;

  GListStore *store; /* GantryItem over GantryForecast */
  GantryEngine *engine;
  GantryNode *node;
  GCancellable *cancellable;
};

enum
{
  SIGNAL_SEND,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GantryForecastWindow, gantry_forecast_window, ADW_TYPE_WINDOW)

/* ---- The answer -------------------------------------------------------------------------------
 */

static void
allow_sending (GantryForecastWindow *self, gboolean anyway)
{
  gtk_button_set_label (self->send, anyway ? _ ("_Send Anyway") : _ ("_Send"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->send), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  anyway ? _ ("Send anyway") : _ ("Send"), -1);
  gtk_widget_set_sensitive (GTK_WIDGET (self->send), TRUE);
}

/* What needs somebody's attention comes first. */
static int
compare_kinds (gconstpointer a, gconstpointer b)
{
  return (int)(*(GantryForecast *const *)b)->kind - (int)(*(GantryForecast *const *)a)->kind;
}

static void
show_summary (GantryForecastWindow *self, GPtrArray *forecasts)
{
  g_autofree char *text = gantry_forecast_summarize (forecasts);
  const char *icon = "object-select-symbolic", *style = "success";

  if (gantry_forecast_count (forecasts, GANTRY_FORECAST_REFUSED) > 0)
    {
      icon = "dialog-error-symbolic";
      style = "error";
    }
  else if (gantry_forecast_count (forecasts, GANTRY_FORECAST_CHANGED) > 0)
    {
      icon = "emblem-synchronizing-symbolic";
      style = "warning";
    }
  gtk_image_set_from_icon_name (self->summary_icon, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->summary_icon), (const char *[]){ style, NULL });
  gtk_label_set_text (self->summary_text, text);
}

static void
show_forecasts (GantryForecastWindow *self, GPtrArray *forecasts)
{
  g_ptr_array_sort (forecasts, compare_kinds);
  gantry_plain_list_show (self->store, forecasts);
  show_summary (self, forecasts);
  gtk_stack_set_visible_child (self->stack, self->answer);
  allow_sending (self, gantry_forecast_count (forecasts, GANTRY_FORECAST_REFUSED) > 0);
  gtk_widget_grab_focus (GTK_WIDGET (self->send));
}

static void
forecast_known (GObject *engine, GAsyncResult *result, gpointer data)
{
  GantryForecastWindow *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) forecasts
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, &error);
  g_autofree char *escaped = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (forecasts != NULL)
    {
      show_forecasts (self, forecasts);
      return;
    }
  escaped = g_markup_escape_text (error->message, -1);
  adw_status_page_set_description (self->failure, escaped);
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->failure));
  allow_sending (self, TRUE);
}

static void
ask (GantryForecastWindow *self)
{
  gtk_stack_set_visible_child (self->stack, self->waiting);
  gtk_widget_set_sensitive (GTK_WIDGET (self->send), FALSE);
  gantry_engine_forecast_async (self->engine, self->node, NULL, 0, self->cancellable,
                                forecast_known, self);
}

static void
send_pressed (GantryForecastWindow *self)
{
  g_signal_emit (self, signals[SIGNAL_SEND], 0);
  gtk_window_close (GTK_WINDOW (self));
}

/* ---- Rows -------------------------------------------------------------------------------------
 */

static char *
show_forecast (GtkWidget *row, gconstpointer forecast)
{
  gantry_forecast_row_show (GANTRY_FORECAST_ROW (row), forecast);
  return gantry_forecast_describe (forecast);
}

static const GantryPlainRow row = { gantry_forecast_row_new, show_forecast };

/* ---- The class --------------------------------------------------------------------------------
 */

static gboolean
gantry_forecast_window_close_request (GtkWindow *window)
{
  g_cancellable_cancel (GANTRY_FORECAST_WINDOW (window)->cancellable);
  return GTK_WINDOW_CLASS (gantry_forecast_window_parent_class)->close_request (window);
}

static void
gantry_forecast_window_dispose (GObject *object)
{
  GantryForecastWindow *self = GANTRY_FORECAST_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->engine);
  g_clear_object (&self->store);
  g_clear_pointer (&self->node, gantry_record_unref);
  G_OBJECT_CLASS (gantry_forecast_window_parent_class)->dispose (object);
}

static void
gantry_forecast_window_class_init (GantryForecastWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_forecast_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = gantry_forecast_window_close_request;

  signals[SIGNAL_SEND] = g_signal_new ("send", GANTRY_TYPE_FORECAST_WINDOW, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-forecast-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryForecastWindow, title);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastWindow, send);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastWindow, waiting);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastWindow, waiting_text);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastWindow, answer);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastWindow, failure);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastWindow, summary_icon);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastWindow, summary_text);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastWindow, list);
  gtk_widget_class_bind_template_callback (widget_class, ask);
  gtk_widget_class_bind_template_callback (widget_class, send_pressed);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
gantry_forecast_window_init (GantryForecastWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->cancellable = g_cancellable_new ();
  self->store = gantry_plain_list_new (self->list, &row);
}

GantryForecastWindow *
gantry_forecast_window_present (GtkWidget *widget, GantryEngine *engine, GantryNode *node)
{
  GantryForecastWindow *self = g_object_new (GANTRY_TYPE_FORECAST_WINDOW, "transient-for",
                                             gtk_widget_get_root (widget), NULL);
  g_autofree char *name = gantry_format_text (node->name, 0);
  g_autofree char *address = gantry_peer_format (node->ae_title, node->host, node->port);
  /* Translators: a node's name and its address */
  g_autofree char *subtitle = g_strdup_printf (_ ("%s · %s"), name, address);
  /* Translators: %s is the name of a node */
  g_autofree char *text = g_strdup_printf (_ ("Asking %s what it takes…"), name);

  self->engine = g_object_ref (engine);
  self->node = gantry_record_ref (node);
  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_label_set_text (self->waiting_text, text);
  ask (self);
  gtk_window_present (GTK_WINDOW (self));
  return self;
}
