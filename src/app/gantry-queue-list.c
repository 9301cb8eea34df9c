/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-queue-list.h"

#include <glib/gi18n-lib.h>

#include "gantry-item.h"
#include "gantry-job-menu.h"
#include "gantry-job-model.h"
#include "gantry-job-row.h"
#include "gantry-job-window.h"
#include "gantry-job-words.h"
#include "gantry-list-card.h"
#include "gantry-report-export.h"
#include "gantry-row-menu.h"
#include "gantry-send-again.h"

struct _GantryQueueList
{
  AdwBin parent_instance;

  GtkListView *list;

  GantryJobModel *model;
  GListStore *jobs; /* GantryItem; the model's */
  GtkSingleSelection *selection;

  GantryEngine *engine;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_MESSAGE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GantryQueueList, gantry_queue_list, ADW_TYPE_BIN)

/* Whether there is something to clear; and tells the page that the list is or is not empty. */
static void
update (GantryQueueList *self)
{
  gboolean any = FALSE;

  for (guint i = 0; !any && i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i++)
    {
      g_autoptr (GantryItem) item = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

      any = gantry_job_is_over (gantry_item_get_record (item));
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "queue.clear", any);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* The list keeps what it shows in its place, so a job just made would be out of sight. */
static void
scroll_to_made (GantryQueueList *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", 0);
}

static void
reading_failed (GantryQueueList *self, const char *message)
{
  g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
}

/* ---- Rows -------------------------------------------------------------------------------------
 */

static void
show_record (GantryItem *item, GParamSpec *pspec G_GNUC_UNUSED, GtkListItem *list_item)
{
  GtkWidget *row = gtk_list_item_get_child (list_item);
  g_autofree char *spoken = gantry_job_describe (gantry_item_get_record (item));

  gantry_job_row_show (GANTRY_JOB_ROW (row), gantry_item_get_record (item));
  gantry_row_set_spoken (row, spoken);
}

static void
setup_row (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item)
{
  gtk_list_item_set_child (list_item, gantry_job_row_new ());
}

static void
bind_row (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item)
{
  GantryItem *item = gtk_list_item_get_item (list_item);

  g_signal_connect (item, "notify::record", G_CALLBACK (show_record), list_item);
  show_record (item, NULL, list_item);
}

static void
unbind_row (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), show_record, list_item);
}

static void
row_activated (GtkListView *list G_GNUC_UNUSED, guint position, GantryQueueList *self)
{
  g_autoptr (GantryItem) item = g_list_model_get_item (G_LIST_MODEL (self->jobs), position);

  gtk_widget_activate_action (GTK_WIDGET (self), "queue.details", "x", gantry_item_get_id (item));
}

/* ---- What can be done with them -----------------------------------------------------------------
 */

static GantryItem *
find_job (GantryQueueList *self, GVariant *id)
{
  return gantry_item_store_find (self->jobs, g_variant_get_int64 (id), NULL);
}

static void
cancel_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  gantry_engine_cancel_job (GANTRY_QUEUE_LIST (widget)->engine, g_variant_get_int64 (id));
}

static void
pause_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  gantry_engine_pause_job (GANTRY_QUEUE_LIST (widget)->engine, g_variant_get_int64 (id));
}

static void
resume_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  gantry_engine_resume_job (GANTRY_QUEUE_LIST (widget)->engine, g_variant_get_int64 (id));
}

static void
retry_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  gantry_engine_retry_job (GANTRY_QUEUE_LIST (widget)->engine, g_variant_get_int64 (id));
}

typedef struct
{
  GantryQueueList *self;
  GArray *ids; /* gint64 */
} Removal;

static void
remove_all (GantryQueueList *self, GArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    gantry_engine_remove_job (self->engine, g_array_index (ids, gint64, i));
}

static void
removal_answered (AdwMessageDialog *dialog G_GNUC_UNUSED, const char *response, Removal *removal)
{
  if (g_str_equal (response, "remove"))
    remove_all (removal->self, removal->ids);
}

static void
removal_free (gpointer data, GClosure *closure G_GNUC_UNUSED)
{
  Removal *removal = data;

  g_object_unref (removal->self);
  g_array_unref (removal->ids);
  g_free (removal);
}

/* What was not stored would be forgotten with the jobs, so that is asked; the rest is not. A job
 * that ends meanwhile is not among them: nobody was asked about it. */
static void
remove_or_ask (GantryQueueList *self, GArray *ids, guint64 unsent)
{
  Removal *removal;
  GtkWidget *dialog;

  if (unsent == 0)
    {
      remove_all (self, ids);
      return;
    }

  removal = g_new (Removal, 1);
  *removal = (Removal){ g_object_ref (self), g_array_ref (ids) };
  dialog = adw_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _ ("Remove From Queue?"),
      ngettext ("An object in it is not stored at its destination. Gantry will forget about it.",
                "Some objects in it are not stored at their destination. Gantry will forget about "
                "them.",
                (gulong)unsent));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "remove",
                                    _ ("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (removal_answered), removal, removal_free,
                         0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
add_if_over (GArray *ids, GantryItem *item)
{
  gint64 id = gantry_item_get_id (item);

  if (!gantry_job_is_over (gantry_item_get_record (item)))
    return FALSE;
  g_array_append_val (ids, id);
  return TRUE;
}

static void
remove_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  GantryQueueList *self = GANTRY_QUEUE_LIST (widget);
  GantryItem *item = find_job (self, id);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (item == NULL)
    return;
  if (add_if_over (ids, item))
    remove_or_ask (self, ids, gantry_job_count_unsent (gantry_item_get_record (item)));
  else
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0,
                   _ ("The job is not over yet. Cancel it before removing it."));
}

static void
remove_selected_activated (GtkWidget *widget,
                           const char *name G_GNUC_UNUSED,
                           GVariant *parameter G_GNUC_UNUSED)
{
  GantryQueueList *self = GANTRY_QUEUE_LIST (widget);
  GantryItem *item = gtk_single_selection_get_selected_item (self->selection);

  if (item != NULL)
    gtk_widget_activate_action (widget, "queue.remove", "x", gantry_item_get_id (item));
}

static void
clear_activated (GtkWidget *widget,
                 const char *name G_GNUC_UNUSED,
                 GVariant *parameter G_GNUC_UNUSED)
{
  GantryQueueList *self = GANTRY_QUEUE_LIST (widget);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint64 unsent = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i++)
    {
      g_autoptr (GantryItem) item = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

      if (add_if_over (ids, item))
        unsent += gantry_job_count_unsent (gantry_item_get_record (item));
    }
  remove_or_ask (self, ids, unsent);
}

static void
details_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  GantryQueueList *self = GANTRY_QUEUE_LIST (widget);
  GantryItem *item = find_job (self, id);

  if (item != NULL)
    gantry_job_window_present (widget, self->jobs, self->engine, item);
}

static void
send_again_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  GantryQueueList *self = GANTRY_QUEUE_LIST (widget);
  GantryItem *item = find_job (self, id);
  const GantrySelection selection = { .job_id = g_variant_get_int64 (id) };
  const GantryJob *job;

  if (item == NULL)
    return;
  job = gantry_item_get_record (item);
  gantry_send_again_present (widget, self->engine, &selection, job, job->instances);
}

static void
export_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  gantry_report_export_present (widget, GANTRY_QUEUE_LIST (widget)->engine,
                                g_variant_get_int64 (id));
}

/* ---- Order ------------------------------------------------------------------------------------
 */

static void
priority_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter)
{
  gint64 id;
  gint32 priority;

  g_variant_get (parameter, "(xi)", &id, &priority);
  gantry_engine_set_priority (GANTRY_QUEUE_LIST (widget)->engine, id, (GantryPriority)priority);
}

/* Whether it makes a difference which of the two comes first. */
static gboolean
compete (const GantryJob *job, const GantryJob *other)
{
  return !gantry_job_is_over (other) && other->state != GANTRY_JOB_RUNNING
         && other->priority == job->priority && gantry_node_shares_address (other->node, job->node);
}

/* The last of the queue is at the top. @step: 1 for the one before it, which is below it; -1 for
 * the one behind it */
static const GantryJob *
find_neighbour (GantryQueueList *self, guint position, int step)
{
  g_autoptr (GantryItem) item = g_list_model_get_item (G_LIST_MODEL (self->jobs), position);
  const GantryJob *job = gantry_item_get_record (item);

  for (guint i = position + step; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs));
       i += step)
    {
      g_autoptr (GantryItem) other = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

      if (compete (job, gantry_item_get_record (other)))
        return gantry_item_get_record (other); /* the store holds it */
    }
  return NULL;
}

static void
sooner_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  GantryQueueList *self = GANTRY_QUEUE_LIST (widget);
  gint64 job = g_variant_get_int64 (id);
  guint position;
  const GantryJob *before;

  if (gantry_item_store_find (self->jobs, job, &position) == NULL)
    return;
  before = find_neighbour (self, position, 1);
  if (before != NULL)
    gantry_engine_move_job (self->engine, job, before->id);
  else
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0,
                   _ ("No other job for this node waits before it."));
}

static void
later_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *id)
{
  GantryQueueList *self = GANTRY_QUEUE_LIST (widget);
  gint64 job = g_variant_get_int64 (id);
  guint position;
  const GantryJob *behind;

  if (gantry_item_store_find (self->jobs, job, &position) == NULL)
    return;
  behind = find_neighbour (self, position, -1);
  if (behind != NULL)
    gantry_engine_move_job (self->engine, behind->id, job);
  else
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0,
                   _ ("No other job for this node waits behind it."));
}

/* ---- Menu ---------------------------------------------------------------------------------------
 */

/* The selected job's; the entries depend on its state. */
static GMenuModel *
create_menu (GantryQueueList *self)
{
  GantryItem *item = gtk_single_selection_get_selected_item (self->selection);

  if (item == NULL)
    return G_MENU_MODEL (g_menu_new ());
  return gantry_job_menu_create (GTK_WIDGET (self), gantry_item_get_record (item), FALSE);
}

static void
list_pressed (GtkGestureClick *gesture, int n G_GNUC_UNUSED, double x, double y, gpointer data)
{
  GantryQueueList *self = data;
  g_autoptr (GMenuModel) menu = NULL;

  if (!gantry_row_menu_select_at (GTK_WIDGET (self->list), GTK_SELECTION_MODEL (self->selection), x,
                                  y))
    return;
  menu = create_menu (self);
  gantry_row_menu_popup_at (GTK_WIDGET (self->list), menu, x, y);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
menu_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryQueueList *self = GANTRY_QUEUE_LIST (widget);
  g_autoptr (GMenuModel) menu = create_menu (self);

  gantry_row_menu_popup_at_focus (GTK_WIDGET (self->list), menu);
}

/* ---- The class ----------------------------------------------------------------------------------
 */

static void
gantry_queue_list_dispose (GObject *object)
{
  GantryQueueList *self = GANTRY_QUEUE_LIST (object);

  g_signal_handlers_disconnect_by_data (self->model, self);
  gantry_job_model_close (self->model);
  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_queue_list_parent_class)->dispose (object);
}

static void
gantry_queue_list_finalize (GObject *object)
{
  GantryQueueList *self = GANTRY_QUEUE_LIST (object);

  g_object_unref (self->model);
  G_OBJECT_CLASS (gantry_queue_list_parent_class)->finalize (object);
}

static void
gantry_queue_list_class_init (GantryQueueListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = gantry_queue_list_dispose;
  object_class->finalize = gantry_queue_list_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", GANTRY_TYPE_QUEUE_LIST, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", GANTRY_TYPE_QUEUE_LIST, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (GANTRY_TYPE_LIST_CARD);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-queue-list.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryQueueList, list);
  gtk_widget_class_bind_template_callback (widget_class, list_pressed);
  gtk_widget_class_install_action (widget_class, "queue.cancel", "x", cancel_activated);
  gtk_widget_class_install_action (widget_class, "queue.pause", "x", pause_activated);
  gtk_widget_class_install_action (widget_class, "queue.resume", "x", resume_activated);
  gtk_widget_class_install_action (widget_class, "queue.retry", "x", retry_activated);
  gtk_widget_class_install_action (widget_class, "queue.remove", "x", remove_activated);
  gtk_widget_class_install_action (widget_class, "queue.details", "x", details_activated);
  gtk_widget_class_install_action (widget_class, "queue.send-again", "x", send_again_activated);
  gtk_widget_class_install_action (widget_class, "queue.export", "x", export_activated);
  gtk_widget_class_install_action (widget_class, "queue.priority", "(xi)", priority_activated);
  gtk_widget_class_install_action (widget_class, "queue.sooner", "x", sooner_activated);
  gtk_widget_class_install_action (widget_class, "queue.later", "x", later_activated);
  gtk_widget_class_install_action (widget_class, "queue.clear", NULL, clear_activated);
  gtk_widget_class_install_action (widget_class, "queue.remove-selected", NULL,
                                   remove_selected_activated);
  gtk_widget_class_install_action (widget_class, "queue.menu", NULL, menu_activated);
}

static void
gantry_queue_list_init (GantryQueueList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gantry_job_menu_install (GTK_WIDGET (self));

  self->model = gantry_job_model_new ();
  self->jobs = gantry_job_model_get_list (self->model);
  g_signal_connect_swapped (self->model, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->model, "made", G_CALLBACK (scroll_to_made), self);
  g_signal_connect_swapped (self->model, "failed", G_CALLBACK (reading_failed), self);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->jobs)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);

  g_signal_connect (factory, "setup", G_CALLBACK (setup_row), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row), NULL);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect (self->list, "activate", G_CALLBACK (row_activated), self);
}

void
gantry_queue_list_set_engine (GantryQueueList *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_QUEUE_LIST (self));

  if (g_set_object (&self->engine, engine))
    gantry_job_model_set_engine (self->model, engine);
}

void
gantry_queue_list_handle_event (GantryQueueList *self, GantryEvent *event)
{
  g_return_if_fail (GANTRY_IS_QUEUE_LIST (self));

  gantry_job_model_handle_event (self->model, event);
}

guint
gantry_queue_list_get_n_jobs (GantryQueueList *self)
{
  g_return_val_if_fail (GANTRY_IS_QUEUE_LIST (self), 0);

  return g_list_model_get_n_items (G_LIST_MODEL (self->jobs));
}

GListModel *
gantry_queue_list_get_model (GantryQueueList *self)
{
  g_return_val_if_fail (GANTRY_IS_QUEUE_LIST (self), NULL);

  return G_LIST_MODEL (self->jobs);
}
