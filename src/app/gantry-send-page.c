/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-send-page.h"

#include <glib/gi18n-lib.h>

#include "gantry-adaptive-box.h"
#include "gantry-destination-bar.h"
#include "gantry-forecast-window.h"
#include "gantry-format.h"
#include "gantry-queue-list.h"
#include "gantry-skipped-window.h"
#include "gantry-staged-list.h"

struct _GantrySendPage
{
  AdwBin parent_instance;

  GtkDropTarget *drop_target;
  GtkRevealer *drop_hint;
  GtkStack *stack;
  GtkWidget *empty, *work, *invitation, *scan, *trouble, *lost, *skipped;
  GtkWidget *skipped_dismiss; /* while nothing is lost: both lists are one, and go together */
  GtkSpinner *scan_spinner;
  GtkLabel *scan_text, *trouble_text, *lost_text, *skipped_text;
  GantryStagedList *staged;
  GantryDestinationBar *destination;
  GantryQueueList *queue;

  GantryEngine *engine;
  GCancellable *cancellable;
  GtkNativeDialog *chooser; /* open now, or NULL */
  gboolean scanning;
  gboolean sending; /* between Send and its answer: a second press would find nothing to send */
  guint n_lost, n_skipped; /* the lost are among the skipped */
  GCancellable *counting;  /* them, now; or NULL */
};

G_DEFINE_FINAL_TYPE (GantrySendPage, gantry_send_page, ADW_TYPE_BIN)

static void
show_message (GantrySendPage *self, const char *text)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", text);
}

static void
update (GantrySendPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean staged = gantry_staged_list_get_n_studies (self->staged) > 0;
  gboolean queued = gantry_queue_list_get_n_jobs (self->queue) > 0;
  gboolean trouble = *gtk_label_get_text (self->trouble_text) != '\0';
  gboolean anything = staged || queued || self->scanning || self->n_skipped > 0;

  gtk_widget_set_visible (GTK_WIDGET (self->staged), staged);
  gantry_destination_bar_set_staged (self->destination, staged);
  gtk_widget_set_visible (self->invitation, !staged && !self->scanning);
  gtk_widget_set_visible (GTK_WIDGET (self->queue), queued);
  gtk_widget_set_visible (self->scan, self->scanning);
  gtk_spinner_set_spinning (self->scan_spinner, self->scanning);
  gtk_widget_set_visible (self->trouble, trouble);
  gtk_widget_set_visible (self->lost, self->n_lost > 0);
  gtk_widget_set_visible (self->skipped, self->n_skipped > self->n_lost);
  gtk_widget_set_visible (self->skipped_dismiss, self->n_lost == 0);
  gtk_stack_set_visible_child (self->stack, anything ? self->work : self->empty);

  gtk_widget_action_set_enabled (widget, "send.start",
                                 staged && !self->scanning && !self->sending
                                     && gantry_destination_bar_get_node (self->destination)
                                            != NULL);
  gtk_widget_action_set_enabled (widget, "send.cancel-scan", self->scanning);
}

/* ---- Sending ----------------------------------------------------------------------------------
 */

static void
sent (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  GantrySendPage *self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 job = gantry_engine_send_finish (GANTRY_ENGINE (engine), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->sending = FALSE;
  update (self);
  if (error != NULL)
    show_message (self, error->message);
  else
    show_message (self, job >= 0 ? _ ("Added to the queue") : _ ("There is nothing to send."));
}

static void
start_sending (GantrySendPage *self, const gint64 *study_ids, gsize n_studies)
{
  GantryNode *node = gantry_destination_bar_get_node (self->destination);

  if (self->sending)
    return;
  if (self->scanning) /* a part of a study would be sent as if it were the whole */
    {
      show_message (self, _ ("What was added is still being looked through. Send when that is "
                             "done."));
      return;
    }
  if (node == NULL)
    {
      show_message (self, _ ("Choose a destination first."));
      return;
    }
  self->sending = TRUE;
  update (self);
  gantry_engine_send_async (self->engine, node, study_ids, n_studies, self->cancellable, sent,
                            self);
}

static void
send_some (GantrySendPage *self, GArray *study_ids)
{
  start_sending (self, (const gint64 *)study_ids->data, study_ids->len);
}

static void
start_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  start_sending (GANTRY_SEND_PAGE (widget), NULL, 0);
}

/* What is staged may have changed meanwhile, and so may the destination: what is sent is what the
 * page shows then. */
static void
send_anyway (GantrySendPage *self)
{
  start_sending (self, NULL, 0);
}

static void
forecast (GantrySendPage *self, GantryNode *node)
{
  GantryForecastWindow *window
      = gantry_forecast_window_present (GTK_WIDGET (self), self->engine, node);

  g_signal_connect_object (window, "send", G_CALLBACK (send_anyway), self, G_CONNECT_SWAPPED);
}

/* ---- Adding -------------------------------------------------------------------------------------
 */

static void
chooser_answered (GtkNativeDialog *chooser, int response, GantrySendPage *self)
{
  g_autoptr (GListModel) files = NULL;
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func (g_object_unref);

  if (response == GTK_RESPONSE_ACCEPT)
    {
      files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
      for (guint i = 0; i < g_list_model_get_n_items (files); i++)
        g_ptr_array_add (chosen, g_list_model_get_item (files, i));
      gantry_send_page_stage (self, (GFile **)chosen->pdata, chosen->len);
    }
  g_clear_object (&self->chooser);
}

static void
choose_files (GantrySendPage *self, GtkFileChooserAction action, const char *title)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser != NULL)
    return;
  self->chooser = GTK_NATIVE_DIALOG (
      gtk_file_chooser_native_new (title, GTK_WINDOW (root), action, _ ("_Add"), _ ("_Cancel")));
  gtk_native_dialog_set_modal (self->chooser, TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chooser_answered), self, 0);
  gtk_native_dialog_show (self->chooser);
}

static void
open_files_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  choose_files (GANTRY_SEND_PAGE (widget), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Add Files"));
}

static void
open_folder_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  choose_files (GANTRY_SEND_PAGE (widget), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
                _ ("Add Folders"));
}

static void
sample_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  gantry_engine_stage_sample (GANTRY_SEND_PAGE (widget)->engine);
}

static GdkDragAction
drag_entered (GtkDropTarget *target G_GNUC_UNUSED,
              double x G_GNUC_UNUSED,
              double y G_GNUC_UNUSED,
              gpointer user_data)
{
  gtk_revealer_set_reveal_child (GANTRY_SEND_PAGE (user_data)->drop_hint, TRUE);
  return GDK_ACTION_COPY;
}

static void
drag_left (GtkDropTarget *target G_GNUC_UNUSED, gpointer user_data)
{
  gtk_revealer_set_reveal_child (GANTRY_SEND_PAGE (user_data)->drop_hint, FALSE);
}

static gboolean
dropped (GtkDropTarget *target G_GNUC_UNUSED,
         const GValue *value,
         double x G_GNUC_UNUSED,
         double y G_GNUC_UNUSED,
         gpointer user_data)
{
  GantrySendPage *self = user_data;
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  g_autoptr (GSList) list = NULL;

  gtk_revealer_set_reveal_child (self->drop_hint, FALSE);
  if (self->engine == NULL)
    return FALSE;
  list = gdk_file_list_get_files (g_value_get_boxed (value));
  for (GSList *l = list; l != NULL; l = l->next)
    g_ptr_array_add (files, l->data);
  gantry_send_page_stage (self, (GFile **)files->pdata, files->len);
  return TRUE;
}

/* ---- The scan, and what it could not use
 * ---------------------------------------------------------- */

/* FALSE: there is no answer */
static gboolean
take_total (GObject *engine, GAsyncResult *result, guint *total)
{
  g_autoptr (GPtrArray) rows
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, total, NULL);

  return rows != NULL;
}

static void
skipped_counted (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  GantrySendPage *self = user_data;
  g_autofree char *lost = NULL;
  g_autofree char *harmless = NULL;
  g_autofree char *lost_text = NULL;
  g_autofree char *text = NULL;
  guint n, total = 0;

  if (!take_total (engine, result, &total))
    return;
  self->n_skipped = MAX (total, self->n_lost);
  n = self->n_skipped - self->n_lost;
  lost = gantry_format_count (self->n_lost);
  harmless = gantry_format_count (n);
  lost_text = g_strdup_printf (
      ngettext ("%s file cannot be sent", "%s files cannot be sent", self->n_lost), lost);
  text = g_strdup_printf (ngettext ("%s file was skipped", "%s files were skipped", n), harmless);
  gtk_label_set_text (self->lost_text, lost_text);
  gtk_label_set_text (self->skipped_text, text);
  update (self);
}

static void
lost_counted (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  GantrySendPage *self = user_data;
  guint total = 0;

  if (!take_total (engine, result, &total))
    return;
  self->n_lost = total;
  gantry_engine_list_skipped_async (self->engine, GANTRY_SKIPPED_HARMLESS, 1, self->counting,
                                    skipped_counted, self);
}

/* What was counted before is no longer true. */
static void
stop_counting (GantrySendPage *self)
{
  g_cancellable_cancel (self->counting);
  g_clear_object (&self->counting);
}

static void
count_skipped (GantrySendPage *self)
{
  stop_counting (self);
  self->counting = g_cancellable_new ();
  gantry_engine_list_skipped_async (self->engine, GANTRY_SKIPPED_LOST, 1, self->counting,
                                    lost_counted, self);
}

static void
show_scan (GantrySendPage *self, const GantryScan *scan)
{
  g_autofree char *files = gantry_format_count (scan->files);
  g_autofree char *instances = gantry_format_count (scan->instances);
  g_autofree char *size = gantry_format_size (scan->bytes);
  /* Translators: %s are two numbers and a size */
  g_autofree char *text
      = g_strdup_printf (_ ("Looking through %s files: %s objects, %s"), files, instances, size);

  gtk_label_set_text (self->scan_text, text);
}

static void
end_scan (GantrySendPage *self, const GantryScan *scan)
{
  g_autofree char *number = gantry_format_count (scan->instances);
  g_autofree char *text = NULL;

  if (scan->error != NULL)
    {
      gtk_label_set_text (self->trouble_text, scan->error);
      return;
    }
  if (scan->cancelled)
    text = g_strdup (_ ("Cancelled. What was found until then is in the list."));
  else if (scan->instances == 0)
    text = g_strdup (_ ("Nothing that can be sent was found."));
  else
    text = g_strdup_printf (
        ngettext ("%s object added", "%s objects added", (gulong)scan->instances), number);
  show_message (self, text);
}

static void
handle_scan (GantrySendPage *self, const GantryScan *scan)
{
  gboolean ended = self->scanning && !scan->running;

  self->scanning = scan->running;
  if (scan->running)
    show_scan (self, scan);
  else
    count_skipped (self);
  if (ended)
    {
      end_scan (self, scan);
      gantry_staged_list_reload (self->staged);
    }
  update (self);
}

static void
cancel_scan_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  gantry_engine_cancel_scan (GANTRY_SEND_PAGE (widget)->engine);
}

static void
show_skipped_activated (GtkWidget *widget,
                        const char *name G_GNUC_UNUSED,
                        GVariant *p G_GNUC_UNUSED)
{
  gantry_skipped_window_present (widget, GANTRY_SEND_PAGE (widget)->engine);
}

static void
forget_skipped_activated (GtkWidget *widget,
                          const char *name G_GNUC_UNUSED,
                          GVariant *p G_GNUC_UNUSED)
{
  GantrySendPage *self = GANTRY_SEND_PAGE (widget);

  gantry_engine_forget_skipped (self->engine);
  stop_counting (self);
  self->n_lost = self->n_skipped = 0;
  update (self);
}

static void
forget_trouble_activated (GtkWidget *widget,
                          const char *name G_GNUC_UNUSED,
                          GVariant *p G_GNUC_UNUSED)
{
  GantrySendPage *self = GANTRY_SEND_PAGE (widget);

  gtk_label_set_text (self->trouble_text, "");
  update (self);
}

/* ---- The class
 * ------------------------------------------------------------------------------------ */

static void
gantry_send_page_dispose (GObject *object)
{
  GantrySendPage *self = GANTRY_SEND_PAGE (object);

  stop_counting (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->chooser);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_send_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-send-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, drop_target);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, drop_hint);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, stack);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, empty);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, work);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, invitation);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, scan);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, scan_spinner);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, scan_text);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, trouble_text);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, lost);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, lost_text);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, skipped);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, skipped_dismiss);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, skipped_text);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, staged);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, destination);
  gtk_widget_class_bind_template_child (widget_class, GantrySendPage, queue);
  gtk_widget_class_bind_template_callback (widget_class, drag_entered);
  gtk_widget_class_bind_template_callback (widget_class, drag_left);
  gtk_widget_class_bind_template_callback (widget_class, dropped);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, send_some);
  gtk_widget_class_bind_template_callback (widget_class, forecast);
  gtk_widget_class_bind_template_callback (widget_class, show_message);
}

static void
gantry_send_page_class_init (GantrySendPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_send_page_dispose;

  g_type_ensure (GANTRY_TYPE_ADAPTIVE_BOX);
  g_type_ensure (GANTRY_TYPE_STAGED_LIST);
  g_type_ensure (GANTRY_TYPE_DESTINATION_BAR);
  g_type_ensure (GANTRY_TYPE_QUEUE_LIST);
  bind_template (widget_class);

  gtk_widget_class_install_action (widget_class, "send.open-files", NULL, open_files_activated);
  gtk_widget_class_install_action (widget_class, "send.open-folder", NULL, open_folder_activated);
  gtk_widget_class_install_action (widget_class, "send.sample", NULL, sample_activated);
  gtk_widget_class_install_action (widget_class, "send.start", NULL, start_activated);
  gtk_widget_class_install_action (widget_class, "send.cancel-scan", NULL, cancel_scan_activated);
  gtk_widget_class_install_action (widget_class, "send.show-skipped", NULL, show_skipped_activated);
  gtk_widget_class_install_action (widget_class, "send.forget-skipped", NULL,
                                   forget_skipped_activated);
  gtk_widget_class_install_action (widget_class, "send.forget-trouble", NULL,
                                   forget_trouble_activated);
}

static void
gantry_send_page_init (GantrySendPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->cancellable = g_cancellable_new ();
  gtk_drop_target_set_gtypes (self->drop_target, (GType[]){ GDK_TYPE_FILE_LIST }, 1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "send.start", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "send.cancel-scan", FALSE);
}

void
gantry_send_page_set_engine (GantrySendPage *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_SEND_PAGE (self));

  if (!g_set_object (&self->engine, engine))
    return;
  gantry_staged_list_set_engine (self->staged, engine);
  gantry_destination_bar_set_engine (self->destination, engine);
  gantry_queue_list_set_engine (self->queue, engine);
  count_skipped (self);
}

void
gantry_send_page_handle_event (GantrySendPage *self, GantryEvent *event)
{
  g_return_if_fail (GANTRY_IS_SEND_PAGE (self));

  if (event->type == GANTRY_EVENT_SCAN)
    handle_scan (self, &event->scan);
  else if (event->type == GANTRY_EVENT_DRAFT_CHANGED)
    {
      gantry_staged_list_reload (self->staged);
      if (!self->scanning)
        count_skipped (self);
    }
  gantry_destination_bar_handle_event (self->destination, event);
  gantry_queue_list_handle_event (self->queue, event);
}

void
gantry_send_page_stage (GantrySendPage *self, GFile *const *files, gsize n_files)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) paths = NULL;
  gboolean elsewhere = FALSE;

  g_return_if_fail (GANTRY_IS_SEND_PAGE (self));

  for (gsize i = 0; i < n_files; i++)
    {
      g_autofree char *path = g_file_get_path (files[i]);

      if (path != NULL)
        g_strv_builder_add (builder, path);
      elsewhere |= path == NULL;
    }
  paths = g_strv_builder_end (builder);
  if (elsewhere)
    show_message (self,
                  _ ("Files that are not on this computer cannot be added. Copy them first."));
  if (*paths != NULL)
    gantry_engine_stage (self->engine, (const char *const *)paths);
}

void
gantry_send_page_choose_destination (GantrySendPage *self, gint64 node_id)
{
  g_return_if_fail (GANTRY_IS_SEND_PAGE (self));

  gantry_destination_bar_choose (self->destination, node_id);
}

void
gantry_send_page_activate (GantrySendPage *self, const char *action, GVariant *parameter)
{
  GtkWidget *part;

  g_return_if_fail (GANTRY_IS_SEND_PAGE (self));

  if (g_str_has_prefix (action, "destination."))
    part = GTK_WIDGET (self->destination);
  else if (g_str_has_prefix (action, "queue."))
    part = GTK_WIDGET (self->queue);
  else if (g_str_has_prefix (action, "staged."))
    part = GTK_WIDGET (self->staged);
  else
    part = GTK_WIDGET (self);
  if (!gtk_widget_activate_action_variant (part, action, parameter))
    g_debug ("%s does not apply now", action);
}
