/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-window.h"

#include <glib/gi18n-lib.h>

#include "gantry-bulk-selection.h"
#include "gantry-details-split.h"
#include "gantry-format.h"
#include "gantry-instance-columns.h"
#include "gantry-instance-filter-bar.h"
#include "gantry-instance-source.h"
#include "gantry-job-row.h"
#include "gantry-job-words.h"
#include "gantry-report-export.h"
#include "gantry-row-menu.h"
#include "gantry-send-again.h"

/* Selected rows that are looked at to know what can be done with them; they are looked at each time
 * that the job has moved on. */
#define MAX_LOOKED_AT 500

struct _GantryJobWindow
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  GantryJobRow *job_row;
  GtkWidget *advice_row;
  GtkLabel *advice;
  gint64 diagnosed; /* how many stores the advice that is shown is about */
  GantryInstanceFilterBar *filter;
  GtkStack *stack;
  GtkWidget *table, *nothing;
  GantryDetailsSplit *split;
  GtkScrolledWindow *scrolled;
  GtkColumnView *instances;
  GantryFactsView *facts;
  GtkWidget *tools;
  GtkLabel *summary;

  GtkWidget *queue; /* not owned; NULL once it is gone */
  GantryEngine *engine;
  GantryItem *job;
  GantryPagedModel *model;
  GantryPagedModel *pending; /* of a newer filter, not answered yet; NULL: none */
  GantryBulkSelection *selection;
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

/* ---- What is selected -------------------------------------------------------------------------
 */

/* The records of the selected rows, as far as they are in memory. */
static GPtrArray *
get_selected (GantryJobWindow *self, guint limit)
{
  GPtrArray *records = gantry_record_array_new ();
  g_autoptr (GtkBitset) selected
      = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  GtkBitsetIter iter;
  guint position;

  if (gantry_bulk_selection_get_everything (self->selection))
    return records;
  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position);
       more && records->len < limit; more = gtk_bitset_iter_next (&iter, &position))
    {
      g_autoptr (GantryPagedItem) item
          = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
      gpointer record = gantry_paged_item_get_record (item);

      if (record != NULL)
        g_ptr_array_add (records, gantry_record_ref (record));
    }
  return records;
}

static gboolean
is_waiting (const GantryJobInstance *instance)
{
  return instance->outcome == GANTRY_OUTCOME_WAITING || instance->outcome == GANTRY_OUTCOME_SENDING;
}

static gboolean
is_stored (const GantryJobInstance *instance)
{
  return instance->outcome == GANTRY_OUTCOME_STORED || instance->outcome == GANTRY_OUTCOME_WARNING;
}

static void
update_summary (GantryJobWindow *self, guint64 selected)
{
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  g_autofree char *number = gantry_format_count (shown);
  g_autofree char *of = gantry_format_count (get_job (self)->instances);
  g_autofree char *chosen = gantry_format_count (selected);
  g_autofree char *text = NULL;

  if (selected > 0)
    /* Translators: two numbers */
    text = g_strdup_printf (_ ("%s of %s selected"), chosen, number);
  else if (gantry_instance_filter_bar_is_filtering (self->filter))
    /* Translators: two numbers */
    text = g_strdup_printf (_ ("%s of %s shown"), number, of);
  else
    text = g_strdup_printf (ngettext ("%s object", "%s objects", shown), number);
  gtk_label_set_text (self->summary, text);
}

/* What can be done with what is selected; called whenever one of the two may have changed. */
static void
update_actions (GantryJobWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  guint64 n = gantry_bulk_selection_get_n_selected (self->selection);
  gboolean everything = gantry_bulk_selection_get_everything (self->selection);
  gboolean failed = everything && gantry_job_count_failed (get_job (self)) > 0;
  gboolean waiting = everything && !gantry_job_is_over (get_job (self));
  g_autoptr (GPtrArray) records = get_selected (self, MAX_LOOKED_AT);

  for (guint i = 0; i < records->len; i++)
    {
      failed |= !is_stored (records->pdata[i]) && !is_waiting (records->pdata[i]);
      waiting |= is_waiting (records->pdata[i]);
    }
  gtk_widget_action_set_enabled (widget, "instances.retry", failed);
  gtk_widget_action_set_enabled (widget, "instances.cancel", waiting);
  gtk_widget_action_set_enabled (widget, "instances.send-again", n > 0);
  gtk_widget_action_set_enabled (widget, "instances.copy", n > 0);
  update_summary (self, n);
}

/* What to do with the selection once it is known. */
typedef void (*SelectionFunc) (GantryJobWindow *self, const GantrySelection *selection, guint64 n);

typedef struct
{
  GantryJobWindow *self;
  SelectionFunc func;
} Wait;

static void
run_on_ids (GantryJobWindow *self, SelectionFunc func, GArray *ids)
{
  const GantrySelection selection = { .job_id = gantry_item_get_id (self->job),
                                      .instance_ids = (const gint64 *)ids->data,
                                      .n_instances = ids->len };

  if (ids->len > 0)
    func (self, &selection, ids->len);
}

static void
ids_known (GObject *engine G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;
  g_autoptr (GantryJobWindow) self = wait->self;
  SelectionFunc func = wait->func;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = gantry_instance_ids_finish (result, &error);

  g_free (wait);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (ids == NULL)
    show_toast (self, error->message);
  else
    run_on_ids (self, func, ids);
}

static void
run_on_everything (GantryJobWindow *self, SelectionFunc func)
{
  GantryInstanceFilter filter;
  Wait *wait;

  gantry_instance_filter_bar_get_filter (self->filter, &filter);
  if (filter.outcomes == 0 && filter.text == NULL)
    {
      const GantrySelection selection
          = { .job_id = gantry_item_get_id (self->job), .study_id = filter.study_id };

      func (self, &selection, gantry_bulk_selection_get_n_selected (self->selection));
      return;
    }
  wait = g_new (Wait, 1);
  *wait = (Wait){ g_object_ref (self), func };
  gantry_instance_ids_async (self->engine, gantry_item_get_id (self->job), &filter,
                             self->cancellable, ids_known, wait);
}

static void
run_on_selection (GantryJobWindow *self, SelectionFunc func)
{
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (gantry_bulk_selection_get_everything (self->selection))
    {
      run_on_everything (self, func);
      return;
    }
  records = get_selected (self, G_MAXUINT);
  if (records->len < gantry_bulk_selection_get_n_selected (self->selection))
    {
      show_toast (self, _ ("The list is still being read. Try again in a moment."));
      return;
    }
  for (guint i = 0; i < records->len; i++)
    g_array_append_val (ids, ((GantryJobInstance *)records->pdata[i])->id);
  run_on_ids (self, func, ids);
}

/* ---- What can be done with it -----------------------------------------------------------------
 */

static void
retry (GantryJobWindow *self, const GantrySelection *selection, guint64 n G_GNUC_UNUSED)
{
  gantry_engine_retry_instances (self->engine, selection);
}

static void
cancel (GantryJobWindow *self, const GantrySelection *selection, guint64 n G_GNUC_UNUSED)
{
  gantry_engine_cancel_instances (self->engine, selection);
}

static void
send_again (GantryJobWindow *self, const GantrySelection *selection, guint64 n)
{
  gantry_send_again_present (GTK_WIDGET (self), self->engine, selection, get_job (self), n);
}

static void
retry_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  run_on_selection (GANTRY_JOB_WINDOW (widget), retry);
}

static void
cancel_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  run_on_selection (GANTRY_JOB_WINDOW (widget), cancel);
}

static void
send_again_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  run_on_selection (GANTRY_JOB_WINDOW (widget), send_again);
}

static void
copy_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryJobWindow *self = GANTRY_JOB_WINDOW (widget);
  g_autoptr (GPtrArray) records = get_selected (self, G_MAXUINT);
  g_autoptr (GString) text = g_string_new (NULL);

  if (gantry_bulk_selection_get_everything (self->selection))
    {
      show_toast (self, _ ("That is too much to copy. Export the delivery report instead."));
      return;
    }
  for (guint i = 0; i < records->len; i++)
    {
      g_autofree char *line = gantry_instance_describe (records->pdata[i]);

      g_string_append (text, line);
      g_string_append_c (text, '\n');
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
  show_toast (self, _ ("Copied"));
}

static void
search_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  gantry_instance_filter_bar_focus (GANTRY_JOB_WINDOW (widget)->filter);
}

static void
show_all_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  gantry_instance_filter_bar_reset (GANTRY_JOB_WINDOW (widget)->filter);
}

/* ---- Menu -------------------------------------------------------------------------------------
 */

static GMenuModel *
create_menu (void)
{
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, _ ("_Retry"), "instances.retry");
  g_menu_append (menu, _ ("_Cancel"), "instances.cancel");
  g_menu_append (menu, _ ("Send _Again to Another Node…"), "instances.send-again");
  g_menu_append (menu, _ ("C_opy Details"), "instances.copy");
  return G_MENU_MODEL (menu);
}

/* The part of the table with the rows. */
static GtkWidget *
get_rows (GantryJobWindow *self)
{
  return gtk_widget_get_last_child (GTK_WIDGET (self->instances));
}

static void
table_pressed (GtkGestureClick *gesture, int n G_GNUC_UNUSED, double x, double y, gpointer data)
{
  GantryJobWindow *self = data;
  GtkWidget *rows = get_rows (self);
  g_autoptr (GMenuModel) menu = NULL;
  double rows_x, rows_y;

  gtk_widget_translate_coordinates (GTK_WIDGET (self->instances), rows, x, y, &rows_x, &rows_y);
  if (!gantry_row_menu_select_at (rows, GTK_SELECTION_MODEL (self->selection), rows_x, rows_y))
    return;
  menu = create_menu ();
  gantry_row_menu_popup_at (rows, menu, rows_x, rows_y);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
menu_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryJobWindow *self = GANTRY_JOB_WINDOW (widget);
  GtkWidget *rows = get_rows (self);
  GtkWidget *row = gtk_widget_get_focus_child (rows);
  g_autoptr (GMenuModel) menu = create_menu ();

  if (row != NULL && gantry_bulk_selection_get_n_selected (self->selection) == 0)
    gtk_widget_activate_action (row, "listitem.select", "(bb)", FALSE, FALSE);
  gantry_row_menu_popup_at_focus (rows, menu);
}

/* ---- Details ----------------------------------------------------------------------------------
 */

static void
show_facts (GantryJobWindow *self)
{
  const GantryJobInstance *instance = gantry_details_split_get_record (self->split);
  guint64 n = gantry_bulk_selection_get_n_selected (self->selection);
  g_autofree char *title = NULL;

  gtk_widget_set_visible (self->tools, instance != NULL);
  if (instance != NULL)
    {
      title = gantry_instance_get_title (instance);
      gantry_details_split_set_header (self->split, title,
                                       gantry_outcome_get_look (instance->outcome).word);
      gantry_instance_fill_facts (self->facts, instance);
    }
  else if (n > 1)
    {
      g_autofree char *number = gantry_format_count (n);

      title = g_strdup_printf (ngettext ("%s object selected", "%s objects selected", (gulong)n),
                               number);
      gantry_details_split_set_header (self->split, title, "");
      gantry_facts_view_begin (self->facts, "", "", "");
    }
}

static void
copy_uid (GantryJobWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->facts), "facts.copy-code", NULL);
}

static void
copy_all (GantryJobWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->facts), "facts.copy-text", NULL);
}

/* ---- The list ---------------------------------------------------------------------------------
 */

static void
update_stack (GantryJobWindow *self)
{
  gboolean nothing = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0
                     && self->model != NULL && gantry_paged_model_get_loaded (self->model)
                     && gantry_instance_filter_bar_is_filtering (self->filter);

  gtk_stack_set_visible_child (self->stack, nothing ? self->nothing : self->table);
  update_actions (self);
}

static void
list_failed (GantryJobWindow *self, GError *error)
{
  show_toast (self, error->message);
}

/* The rows of the old filter stay until those of the new one are known, so nothing blinks. */
static void
pending_loaded (GantryJobWindow *self)
{
  g_set_object (&self->model, self->pending);
  g_clear_object (&self->pending);
  gantry_bulk_selection_set_model (self->selection, G_LIST_MODEL (self->model));
  update_stack (self);
}

static void
filter_changed (GantryJobWindow *self)
{
  GantryInstanceFilter filter;

  if (self->engine == NULL)
    return;
  gantry_instance_filter_bar_get_filter (self->filter, &filter);
  if (self->pending != NULL)
    g_signal_handlers_disconnect_by_data (self->pending, self);
  g_clear_object (&self->pending);
  self->pending = gantry_instance_model_new (self->engine, gantry_item_get_id (self->job), &filter);
  g_signal_connect_object (self->pending, "notify::loaded", G_CALLBACK (pending_loaded), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pending, "failed", G_CALLBACK (list_failed), self,
                           G_CONNECT_SWAPPED);
  gantry_paged_model_refresh (self->pending);
}

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
  gantry_instance_filter_bar_set_job (self->filter, record);
  if (self->model != NULL)
    gantry_paged_model_refresh (self->model);
  update_actions (self);
}

static void
studies_listed (GObject *engine, GAsyncResult *result, gpointer data)
{
  GantryJobWindow *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) studies
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, &error);

  if (studies != NULL)
    gantry_instance_filter_bar_set_studies (self->filter, studies);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_toast (self, error->message);
}

/* Both ask in front of this window, not of the queue's. */
static void
send_job_again_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  GantryJobWindow *self = GANTRY_JOB_WINDOW (widget);
  const GantrySelection selection = { .job_id = g_variant_get_int64 (id) };

  send_again (self, &selection, get_job (self)->instances);
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
  if (g_str_equal (name, "queue.remove"))
    gtk_window_close (GTK_WINDOW (self));
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
  if (self->selection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      gantry_bulk_selection_set_model (self->selection, NULL);
    }
  g_clear_object (&self->job);
  g_clear_object (&self->model);
  g_clear_object (&self->pending);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_job_window_parent_class)->dispose (object);
}

static void
gantry_job_window_finalize (GObject *object)
{
  GantryJobWindow *self = GANTRY_JOB_WINDOW (object);

  g_object_unref (self->selection);
  g_object_unref (self->cancellable);
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
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, filter);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, table);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, nothing);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, split);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, instances);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, facts);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, tools);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, summary);
  gtk_widget_class_bind_template_callback (widget_class, copy_uid);
  gtk_widget_class_bind_template_callback (widget_class, copy_all);
  gtk_widget_class_bind_template_callback (widget_class, table_pressed);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed);
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

  g_type_ensure (GANTRY_TYPE_DETAILS_SPLIT);
  g_type_ensure (GANTRY_TYPE_FACTS_VIEW);
  g_type_ensure (GANTRY_TYPE_INSTANCE_FILTER_BAR);
  g_type_ensure (GANTRY_TYPE_JOB_ROW);
  bind_template (widget_class);

  for (guint i = 0; i < G_N_ELEMENTS (queue_actions); i++)
    gtk_widget_class_install_action (widget_class, queue_actions[i], "x", forward_to_queue);
  gtk_widget_class_install_action (widget_class, "queue.priority", "(xi)", forward_to_queue);
  gtk_widget_class_install_action (widget_class, "queue.send-again", "x", send_job_again_activated);
  gtk_widget_class_install_action (widget_class, "queue.export", "x", export_activated);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_activated);
  gtk_widget_class_install_action (widget_class, "instances.retry", NULL, retry_activated);
  gtk_widget_class_install_action (widget_class, "instances.cancel", NULL, cancel_activated);
  gtk_widget_class_install_action (widget_class, "instances.send-again", NULL,
                                   send_again_activated);
  gtk_widget_class_install_action (widget_class, "instances.copy", NULL, copy_activated);
  gtk_widget_class_install_action (widget_class, "instances.menu", NULL, menu_activated);
  gtk_widget_class_install_action (widget_class, "instances.search", NULL, search_activated);
  gtk_widget_class_install_action (widget_class, "instances.show-all", NULL, show_all_activated);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK,
                                       "instances.search", NULL);
}

static void
gantry_job_window_init (GantryJobWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gantry_instance_columns_add (self->scrolled, self->instances);
  gantry_job_row_set_in_window (self->job_row);
  gantry_facts_view_hide_heading (self->facts);

  self->cancellable = g_cancellable_new ();
  self->selection = gantry_bulk_selection_new ();
  gtk_column_view_set_model (self->instances, GTK_SELECTION_MODEL (self->selection));
  gantry_details_split_follow (self->split, self->instances, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_swapped (self->split, "show-details", G_CALLBACK (show_facts), self);
}

GantryJobWindow *
gantry_job_window_present (GtkWidget *queue, GantryEngine *engine, GantryItem *job)
{
  GantryJobWindow *self = g_object_new (GANTRY_TYPE_JOB_WINDOW, NULL);

  self->engine = g_object_ref (engine);
  self->job = g_object_ref (job);
  g_set_weak_pointer (&self->queue, queue);

  g_signal_connect (job, "notify::record", G_CALLBACK (job_changed), self);
  g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (update_actions),
                            self);
  g_signal_connect_swapped (self->selection, "items-changed", G_CALLBACK (update_stack), self);
  filter_changed (self);
  job_changed (job, NULL, self);
  gantry_engine_list_job_studies_async (engine, gantry_item_get_id (job), self->cancellable,
                                        studies_listed, self);
  gtk_window_set_transient_for (GTK_WINDOW (self), GTK_WINDOW (gtk_widget_get_root (queue)));
  gtk_window_present (GTK_WINDOW (self));
  return self;
}
