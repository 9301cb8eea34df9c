/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-window.h"

#include "gantry-instances-view.h"
#include "gantry-job-row.h"
#include "gantry-job-words.h"
#include "gantry-report-export.h"
#include "gantry-send-again.h"

struct _GantryJobWindow
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  GantryJobRow *job_row;
  GtkWidget *advice_row;
  GtkLabel *advice;
  gint64 diagnosed; /* how many stores the advice that is shown is about */
  GantryInstancesView *instances;

  GtkWidget *queue; /* not owned; NULL once it is gone */
  GantryEngine *engine;
  GantryItem *job;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (GantryJobWindow, gantry_job_window, ADW_TYPE_WINDOW)

static void
show_toast (GantryJobWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
toast_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *text)
{
  show_toast (GANTRY_JOB_WINDOW (widget), g_variant_get_string (text, NULL));
}

static const GantryJob *
get_job (GantryJobWindow *self)
{
  return gantry_item_get_record (self->job);
}

/* ---- The job ----------------------------------------------------------------------------------
 */

/* Of what is asked when the window opens: @data holds no reference, as one would keep a closed
 * window for longer than its parent lives, of which GTK tells nobody who is destroyed. Without an
 * answer the window may be gone. */
static void
diagnosed (GObject *engine, GAsyncResult *result, gpointer data)
{
  GantryJobWindow *self = data;
  g_autoptr (GPtrArray) findings
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  if (findings == NULL)
    return;
  for (guint i = 0; i < findings->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "",
                            ((GantryAdvice *)findings->pdata[i])->message);
  gtk_label_set_text (self->advice, text->str);
}

/* The job brings the first finding; there may be others. */
static void
show_advice (GantryJobWindow *self, const GantryJob *job)
{
  gboolean found = *job->advice != '\0';

  gtk_widget_set_visible (self->advice_row, found);
  if (!found || self->diagnosed == job->path.stores)
    return;
  self->diagnosed = job->path.stores;
  gtk_label_set_text (self->advice, job->advice);
  gantry_engine_diagnose_job_async (self->engine, job->id, self->cancellable, diagnosed, self);
}

static void
job_changed (GantryItem *job, GParamSpec *pspec G_GNUC_UNUSED, GantryJobWindow *self)
{
  GantryJob *record = gantry_item_get_record (job);

  gantry_job_row_show (self->job_row, record);
  show_advice (self, record);
}

/* Both ask in front of this window, not of the queue's. */
static void
send_job_again_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  GantryJobWindow *self = GANTRY_JOB_WINDOW (widget);
  const GantrySelection selection = { .job_id = g_variant_get_int64 (id) };

  gantry_send_again_present (widget, self->engine, &selection, get_job (self),
                             get_job (self)->instances);
}

static void
export_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  gantry_report_export_present (widget, GANTRY_JOB_WINDOW (widget)->engine,
                                g_variant_get_int64 (id));
}

/* The buttons of the row name actions of the queue, which is in another window. */
static void
forward_to_queue (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GantryJobWindow *self = GANTRY_JOB_WINDOW (widget);

  if (self->queue != NULL)
    gtk_widget_activate_action_variant (self->queue, name, parameter);
}

/* A job that was removed, here or elsewhere, has no window. */
static void
jobs_changed (GListModel *jobs,
              guint position G_GNUC_UNUSED,
              guint removed,
              guint added G_GNUC_UNUSED,
              GantryJobWindow *self)
{
  if (removed > 0
      && gantry_item_store_find (G_LIST_STORE (jobs), gantry_item_get_id (self->job), NULL) == NULL)
    gtk_window_close (GTK_WINDOW (self));
}

static gboolean
search_pressed (GtkWidget *widget, GVariant *arguments G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  gantry_instances_view_search (GANTRY_JOB_WINDOW (widget)->instances);
  return TRUE;
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_job_window_dispose (GObject *object)
{
  GantryJobWindow *self = GANTRY_JOB_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_weak_pointer (&self->queue);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_func (self->job, job_changed, self);
  g_clear_object (&self->job);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_job_window_parent_class)->dispose (object);
}

static void
gantry_job_window_finalize (GObject *object)
{
  g_object_unref (GANTRY_JOB_WINDOW (object)->cancellable);
  G_OBJECT_CLASS (gantry_job_window_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-job-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, job_row);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, advice_row);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, advice);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, instances);
}

static void
gantry_job_window_class_init (GantryJobWindowClass *klass)
{
  static const char *const queue_actions[]
      = { "queue.cancel", "queue.pause",  "queue.resume", "queue.retry",
          "queue.remove", "queue.sooner", "queue.later" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_job_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = gantry_job_window_finalize;

  g_type_ensure (GANTRY_TYPE_INSTANCES_VIEW);
  g_type_ensure (GANTRY_TYPE_JOB_ROW);
  bind_template (widget_class);

  for (guint i = 0; i < G_N_ELEMENTS (queue_actions); i++)
    gtk_widget_class_install_action (widget_class, queue_actions[i], "x", forward_to_queue);
  gtk_widget_class_install_action (widget_class, "queue.priority", "(xi)", forward_to_queue);
  gtk_widget_class_install_action (widget_class, "queue.send-again", "x", send_job_again_activated);
  gtk_widget_class_install_action (widget_class, "queue.export", "x", export_activated);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_activated);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, search_pressed, NULL);
}

static void
gantry_job_window_init (GantryJobWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gantry_job_row_set_in_window (self->job_row);
  self->cancellable = g_cancellable_new ();
}

GantryJobWindow *
gantry_job_window_present (GtkWidget *queue,
                           GListStore *jobs,
                           GantryEngine *engine,
                           GantryItem *job)
{
  GantryJobWindow *self = g_object_new (GANTRY_TYPE_JOB_WINDOW, NULL);

  self->engine = g_object_ref (engine);
  self->job = g_object_ref (job);
  g_set_weak_pointer (&self->queue, queue);
  g_signal_connect_object (jobs, "items-changed", G_CALLBACK (jobs_changed), self, 0);

  g_signal_connect (job, "notify::record", G_CALLBACK (job_changed), self);
  job_changed (job, NULL, self);
  gantry_instances_view_set_job (self->instances, engine, job);
  gtk_window_set_transient_for (GTK_WINDOW (self), GTK_WINDOW (gtk_widget_get_root (queue)));
  gtk_window_present (GTK_WINDOW (self));
  return self;
}
