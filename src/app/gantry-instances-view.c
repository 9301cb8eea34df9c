/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-instances-view.h"

#include <glib/gi18n-lib.h>

#include "gantry-bulk-selection.h"
#include "gantry-details-split.h"
#include "gantry-format.h"
#include "gantry-instance-columns.h"
#include "gantry-instance-filter-bar.h"
#include "gantry-instance-picks.h"
#include "gantry-instance-source.h"
#include "gantry-job-words.h"
#include "gantry-row-menu.h"
#include "gantry-send-again.h"
#include "gantry-window.h"

#define BIT(outcome) (1u << GANTRY_OUTCOME_##outcome)
/* What gantry_engine_retry_instances() and gantry_engine_cancel_instances() do something to. */
#define CAN_RETRY (BIT (REFUSED) | BIT (NOT_ACCEPTED) | BIT (FAILED) | BIT (CANCELLED))
#define TRIED_AGAIN (1u << GANTRY_N_OUTCOMES)
#define CAN_CANCEL (BIT (WAITING) | TRIED_AGAIN)

struct _GantryInstancesView
{
  AdwBin parent_instance;

  GantryInstanceFilterBar *filter;
  GtkStack *stack;
  GtkWidget *table, *nothing;
  GantryDetailsSplit *split;
  GtkScrolledWindow *scrolled;
  GtkColumnView *rows;
  GantryFactsView *facts;
  GtkWidget *tools;
  GtkLabel *summary;

  GantryEngine *engine;
  GantryItem *job;
  GantryPagedModel *model;
  GantryPagedModel *pending; /* of a newer filter, not answered yet; NULL: none */
  GantryBulkSelection *selection;
  GCancellable *cancellable;
  gboolean looking;    /* the engine is asked what is selected */
  gboolean look_again; /* something else is by now */
};

G_DEFINE_FINAL_TYPE (GantryInstancesView, gantry_instances_view, ADW_TYPE_BIN)

static void
show_toast (GantryInstancesView *self, const char *text)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", text);
}

static const GantryJob *
get_job (GantryInstancesView *self)
{
  return gantry_item_get_record (self->job);
}

/* ---- What is selected -------------------------------------------------------------------------
 */

static void
update_summary (GantryInstancesView *self, guint64 selected)
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

static void
allow_for (GantryInstancesView *self, guint outcomes)
{
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_action_set_enabled (widget, "instances.retry", (outcomes & CAN_RETRY) != 0);
  gtk_widget_action_set_enabled (widget, "instances.cancel", (outcomes & CAN_CANCEL) != 0);
}

static void update_actions (GantryInstancesView *self);

static void
looked (GObject *engine, GAsyncResult *result, gpointer data)
{
  GantryInstancesView *self = data;
  g_autoptr (GError) error = NULL;
  guint found = 0;

  gantry_engine_find_outcomes_finish (GANTRY_ENGINE (engine), result, &found, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->looking = FALSE;
  allow_for (self, found);
  if (self->look_again)
    update_actions (self);
}

/* Something is selected, so there is a list; the filter bar may be ahead of it. */
static GantryInstancePicks
get_picks (GantryInstancesView *self)
{
  return (GantryInstancePicks){ .engine = self->engine,
                                .job_id = gantry_item_get_id (self->job),
                                .filter = *gantry_instance_model_get_filter (self->model),
                                .selection = self->selection };
}

/* One question at a time, however often the job moves on. */
static void
look (GantryInstancesView *self)
{
  /* When the job is over nothing is tried again by itself. */
  guint wanted = CAN_RETRY | CAN_CANCEL;
  GantryInstancePicks picks;

  self->look_again = self->looking;
  if (self->looking)
    return;
  if (gantry_job_is_over (get_job (self)))
    wanted &= ~TRIED_AGAIN;
  picks = get_picks (self);
  self->looking = TRUE;
  gantry_instance_picks_find_outcomes_async (&picks, wanted, self->cancellable, looked, self);
}

static guint
get_outcomes (const GantryJobInstance *instance)
{
  return 1u << instance->outcome | (instance->tried_again ? TRIED_AGAIN : 0);
}

/* What can be done with what is selected; called whenever one of the two may have changed. */
static void
update_actions (GantryInstancesView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  guint64 n = gantry_bulk_selection_get_n_selected (self->selection);
  g_autoptr (GPtrArray) records = gantry_instance_picks_get_records (self->selection);
  guint outcomes = 0;

  if (records == NULL)
    {
      look (self);
    }
  else
    {
      self->look_again = self->looking;
      for (guint i = 0; i < records->len; i++)
        outcomes |= get_outcomes (records->pdata[i]);
      allow_for (self, outcomes);
    }
  gtk_widget_action_set_enabled (widget, "instances.send-again", n > 0);
  gtk_widget_action_set_enabled (widget, "instances.copy", n > 0);
  update_summary (self, n);
}

/* ---- What can be done with it -----------------------------------------------------------------
 */

typedef void (*CommandFunc) (GtkWidget *view,
                             GantryEngine *engine,
                             const GantrySelection *selection,
                             guint64 n);

typedef struct
{
  GtkWidget *view; /* weak; NULL: it has been closed */
  CommandFunc func;
} Command;

static void
retry (GtkWidget *view G_GNUC_UNUSED,
       GantryEngine *engine,
       const GantrySelection *selection,
       guint64 n G_GNUC_UNUSED)
{
  gantry_engine_retry_instances (engine, selection);
}

static void
cancel (GtkWidget *view G_GNUC_UNUSED,
        GantryEngine *engine,
        const GantrySelection *selection,
        guint64 n G_GNUC_UNUSED)
{
  gantry_engine_cancel_instances (engine, selection);
}

static void
send_again (GtkWidget *view, GantryEngine *engine, const GantrySelection *selection, guint64 n)
{
  if (view != NULL)
    gantry_send_again_present (view, engine, selection, get_job (GANTRY_INSTANCES_VIEW (view)), n);
}

static void
resolved (GObject *engine, GAsyncResult *result, gpointer data)
{
  g_autofree Command *command = data;
  GantrySelection selection;
  guint64 n;
  g_autoptr (GError) error = NULL;

  if (gantry_instance_picks_resolve_finish (result, &selection, &n, &error))
    command->func (command->view, GANTRY_ENGINE (engine), &selection, n);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gantry_window_tell (command->view, error->message);
  g_clear_weak_pointer (&command->view);
}

/* What was asked for is done also when the window is closed before all of it is known. */
static void
run_on_selection (GtkWidget *widget, CommandFunc func)
{
  GantryInstancesView *self = GANTRY_INSTANCES_VIEW (widget);
  GantryInstancePicks picks;
  Command *command;

  if (gantry_bulk_selection_get_n_selected (self->selection) == 0)
    return;
  picks = get_picks (self);
  command = g_new0 (Command, 1);
  command->func = func;
  g_set_weak_pointer (&command->view, widget);
  gantry_instance_picks_resolve_async (&picks, NULL, resolved, command);
}

static void
retry_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  run_on_selection (widget, retry);
}

static void
cancel_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  run_on_selection (widget, cancel);
}

static void
send_again_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  run_on_selection (widget, send_again);
}

static void
copy_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryInstancesView *self = GANTRY_INSTANCES_VIEW (widget);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (!gantry_bulk_selection_is_held (self->selection))
    {
      show_toast (self, _ ("That is too much to copy. Export the delivery report instead."));
      return;
    }
  records = gantry_instance_picks_get_records (self->selection);
  if (records == NULL)
    {
      show_toast (self, _ ("The list is still being read. Try again in a moment."));
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
  gantry_instance_filter_bar_focus (GANTRY_INSTANCES_VIEW (widget)->filter);
}

static void
show_all_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  gantry_instance_filter_bar_reset (GANTRY_INSTANCES_VIEW (widget)->filter);
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

/* ---- Details ----------------------------------------------------------------------------------
 */

static void
show_facts (GantryInstancesView *self)
{
  const GantryJobInstance *instance = gantry_details_split_get_record (self->split);
  guint64 n = gantry_bulk_selection_get_n_selected (self->selection);
  g_autofree char *title = NULL;

  gtk_widget_set_visible (self->tools, instance != NULL);
  if (instance != NULL)
    {
      title = gantry_instance_get_title (instance);
      gantry_details_split_set_header (self->split, title, gantry_instance_get_outcome (instance));
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
copy_uid (GantryInstancesView *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->facts), "facts.copy-code", NULL);
}

static void
copy_all (GantryInstancesView *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->facts), "facts.copy-text", NULL);
}

/* ---- The list ---------------------------------------------------------------------------------
 */

static void
update_stack (GantryInstancesView *self)
{
  gboolean nothing = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0
                     && self->model != NULL && gantry_paged_model_get_loaded (self->model)
                     && gantry_instance_filter_bar_is_filtering (self->filter);

  gtk_stack_set_visible_child (self->stack, nothing ? self->nothing : self->table);
  update_actions (self);
}

static void
list_failed (GantryInstancesView *self, GError *error)
{
  show_toast (self, error->message);
}

/* The rows of the old filter stay until those of the new one are known, so nothing blinks. */
static void
pending_loaded (GantryInstancesView *self)
{
  g_set_object (&self->model, self->pending);
  g_clear_object (&self->pending);
  gantry_bulk_selection_set_model (self->selection, G_LIST_MODEL (self->model));
  /* What is selected may have another outcome than when the job was told to have changed. */
  g_signal_connect_object (self->model, "refreshed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  update_stack (self);
}

static void
filter_changed (GantryInstancesView *self)
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

static void
studies_listed (GObject *engine, GAsyncResult *result, gpointer data)
{
  GantryInstancesView *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) studies
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, &error);

  if (studies != NULL)
    gantry_instance_filter_bar_set_studies (self->filter, studies);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_toast (self, error->message);
}

static void
job_changed (GantryInstancesView *self)
{
  gantry_instance_filter_bar_set_job (self->filter, get_job (self));
  if (self->model != NULL)
    gantry_paged_model_refresh (self->model);
  if (self->pending != NULL) /* it may have failed */
    gantry_paged_model_refresh (self->pending);
  update_actions (self);
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_instances_view_dispose (GObject *object)
{
  GantryInstancesView *self = GANTRY_INSTANCES_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->selection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      gantry_bulk_selection_set_model (self->selection, NULL);
    }
  g_clear_object (&self->job);
  g_clear_object (&self->model);
  g_clear_object (&self->pending);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_instances_view_parent_class)->dispose (object);
}

static void
gantry_instances_view_finalize (GObject *object)
{
  GantryInstancesView *self = GANTRY_INSTANCES_VIEW (object);

  g_object_unref (self->selection);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (gantry_instances_view_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-instances-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryInstancesView, filter);
  gtk_widget_class_bind_template_child (widget_class, GantryInstancesView, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryInstancesView, table);
  gtk_widget_class_bind_template_child (widget_class, GantryInstancesView, nothing);
  gtk_widget_class_bind_template_child (widget_class, GantryInstancesView, split);
  gtk_widget_class_bind_template_child (widget_class, GantryInstancesView, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryInstancesView, rows);
  gtk_widget_class_bind_template_child (widget_class, GantryInstancesView, facts);
  gtk_widget_class_bind_template_child (widget_class, GantryInstancesView, tools);
  gtk_widget_class_bind_template_child (widget_class, GantryInstancesView, summary);
  gtk_widget_class_bind_template_callback (widget_class, copy_uid);
  gtk_widget_class_bind_template_callback (widget_class, copy_all);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed);
}

static void
gantry_instances_view_class_init (GantryInstancesViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_instances_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = gantry_instances_view_finalize;

  g_type_ensure (GANTRY_TYPE_DETAILS_SPLIT);
  g_type_ensure (GANTRY_TYPE_FACTS_VIEW);
  g_type_ensure (GANTRY_TYPE_INSTANCE_FILTER_BAR);
  bind_template (widget_class);

  gtk_widget_class_install_action (widget_class, "instances.retry", NULL, retry_activated);
  gtk_widget_class_install_action (widget_class, "instances.cancel", NULL, cancel_activated);
  gtk_widget_class_install_action (widget_class, "instances.send-again", NULL,
                                   send_again_activated);
  gtk_widget_class_install_action (widget_class, "instances.copy", NULL, copy_activated);
  gtk_widget_class_install_action (widget_class, "instances.search", NULL, search_activated);
  gtk_widget_class_install_action (widget_class, "instances.show-all", NULL, show_all_activated);
}

static void
gantry_instances_view_init (GantryInstancesView *self)
{
  g_autoptr (GMenuModel) menu = create_menu ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gantry_instance_columns_add (self->scrolled, self->rows);
  gantry_facts_view_hide_heading (self->facts);

  self->cancellable = g_cancellable_new ();
  self->selection = gantry_bulk_selection_new ();
  gtk_column_view_set_model (self->rows, GTK_SELECTION_MODEL (self->selection));
  gantry_row_menu_follow_table (self->rows, menu);
  gantry_details_split_follow (self->split, self->rows, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_swapped (self->split, "show-details", G_CALLBACK (show_facts), self);
}

void
gantry_instances_view_set_job (GantryInstancesView *self, GantryEngine *engine, GantryItem *job)
{
  g_return_if_fail (GANTRY_IS_INSTANCES_VIEW (self));
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  self->job = g_object_ref (job);
  g_signal_connect_object (job, "notify::record", G_CALLBACK (job_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (update_actions),
                            self);
  g_signal_connect_swapped (self->selection, "items-changed", G_CALLBACK (update_stack), self);
  filter_changed (self);
  job_changed (self);
  gantry_engine_list_job_studies_async (engine, gantry_item_get_id (job), self->cancellable,
                                        studies_listed, self);
}

void
gantry_instances_view_search (GantryInstancesView *self)
{
  g_return_if_fail (GANTRY_IS_INSTANCES_VIEW (self));

  gantry_instance_filter_bar_focus (self->filter);
}
