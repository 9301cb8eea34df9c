/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-associations-view.h"

#include <glib/gi18n-lib.h>

#include "gantry-association-details.h"
#include "gantry-details-split.h"
#include "gantry-format.h"
#include "gantry-paged-model.h"
#include "gantry-record-column.h"

struct _GantryAssociationsView
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkWidget *nothing_yet;
  AdwStatusPage *empty_page;
  GantryDetailsSplit *split;
  GtkScrolledWindow *scrolled;
  GtkColumnView *view;
  GtkStackSwitcher *switcher;
  GantryAssociationDetails *details;

  GantryEngine *engine;
  GantryPagedModel *model;
  GtkSingleSelection *selection;
};

G_DEFINE_FINAL_TYPE (GantryAssociationsView, gantry_associations_view, ADW_TYPE_BIN)

/* ---- Columns ------------------------------------------------------------------------------ */

typedef const GantryAssociationRecord Record;

static void
fill_time (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_time (((Record *)data)->started));
}

static void
fill_calling (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((Record *)data)->calling, 0));
}

static void
fill_called (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((Record *)data)->called, 0));
}

/* The port of the other side is in the details; here it would hide what matters. */
static void
fill_from (GtkWidget *cell, gconstpointer data)
{
  const char *peer = ((Record *)data)->peer;
  const char *colon = strrchr (peer, ':');

  gantry_cell_take_text (cell,
                         colon != NULL ? g_strndup (peer, (gsize)(colon - peer)) : g_strdup (peer));
}

static const struct
{
  const char *icon, *word, *style;
} states[] = {
  [GANTRY_ASSOCIATION_NEGOTIATING] = { "content-loading-symbolic", N_ ("negotiating"), NULL },
  [GANTRY_ASSOCIATION_OPEN] = { "network-transmit-receive-symbolic", N_ ("open"), NULL },
  [GANTRY_ASSOCIATION_RECEIVING] = { "network-receive-symbolic", N_ ("receiving"), NULL },
  [GANTRY_ASSOCIATION_RELEASED] = { "object-select-symbolic", N_ ("released"), "success" },
  [GANTRY_ASSOCIATION_REJECTED] = { "action-unavailable-symbolic", N_ ("rejected"), "error" },
  [GANTRY_ASSOCIATION_ABORTED] = { "dialog-error-symbolic", N_ ("aborted"), "error" },
  [GANTRY_ASSOCIATION_TIMED_OUT] = { "alarm-symbolic", N_ ("timed out"), "error" },
};

static void
fill_state (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;
  GantryAssociationState state = record->state;

  /* Where the result has no room this is all that is seen: ended in order is not yet good. */
  if (state == GANTRY_ASSOCIATION_RELEASED && record->refused > 0)
    gantry_cell_set_state (cell, "dialog-error-symbolic", _ (states[state].word), "error");
  else if (state == GANTRY_ASSOCIATION_RELEASED && record->warnings > 0)
    gantry_cell_set_state (cell, "dialog-warning-symbolic", _ (states[state].word), "warning");
  else
    gantry_cell_set_state (cell, states[state].icon, _ (states[state].word), states[state].style);
}

static void
fill_objects (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;

  gantry_cell_take_text (cell, record->objects > 0 ? gantry_format_count (record->objects)
                                                   : g_strdup ("–"));
}

static void
fill_size (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;

  gantry_cell_take_text (cell,
                         record->bytes > 0 ? gantry_format_size (record->bytes) : g_strdup ("–"));
}

static void
show_duration (GtkWidget *cell, gint64 started, gint64 ended)
{
  gantry_cell_take_text (cell, gantry_format_duration ((double)(ended - started) / G_USEC_PER_SEC));
}

static gboolean
on_second (gpointer data)
{
  gint64 *started = g_object_get_data (data, "gantry-started");

  show_duration (data, *started, g_get_real_time ());
  return G_SOURCE_CONTINUE;
}

static void
remove_source (gpointer data)
{
  g_source_remove (GPOINTER_TO_UINT (data));
}

static void
on_unmap (GtkWidget *cell, gpointer data G_GNUC_UNUSED)
{
  g_object_set_data (G_OBJECT (cell), "gantry-timer", NULL);
}

/* The time of an association that is not over goes on, also when nothing else changes. */
static void
fill_duration (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;
  gboolean over = gantry_association_state_is_over (record->state);

  g_object_set_data_full (G_OBJECT (cell), "gantry-timer", NULL, NULL);
  show_duration (cell, record->started, over ? record->ended : g_get_real_time ());
  if (over)
    return;
  g_object_set_data_full (G_OBJECT (cell), "gantry-started",
                          g_memdup2 (&record->started, sizeof record->started), g_free);
  g_object_set_data_full (G_OBJECT (cell), "gantry-timer",
                          GUINT_TO_POINTER (g_timeout_add_seconds (1, on_second, cell)),
                          remove_source);
  g_signal_handlers_disconnect_by_func (cell, on_unmap, NULL);
  g_signal_connect (cell, "unmap", G_CALLBACK (on_unmap), NULL);
}

static void
fill_result (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;
  const char *icon = NULL, *style = NULL;

  if (*record->result != '\0' && record->refused > 0)
    {
      icon = "dialog-error-symbolic";
      style = "error";
    }
  else if (*record->result != '\0' && record->warnings > 0)
    {
      icon = "dialog-warning-symbolic";
      style = "warning";
    }
  gantry_cell_set_state (cell, icon, record->result, style);
}

static char *
describe_association (gconstpointer data)
{
  Record *record = data;
  g_autofree char *calling = gantry_format_text (record->calling, 0);
  g_autofree char *objects = gantry_format_count (record->objects);

  /* Translators: a row read aloud: AE title, address, state, how many objects, result */
  return g_strdup_printf (
      ngettext ("%s from %s, %s, %s object. %s", "%s from %s, %s, %s objects. %s", record->objects),
      calling, record->peer, _ (states[record->state].word), objects, record->result);
}

static const GantryRecordColumn columns[] = {
  { N_ ("Time"), GANTRY_CELL_TEXT, 9, FALSE, 4, fill_time },
  { N_ ("Calling"), GANTRY_CELL_TEXT, 13, FALSE, 0, fill_calling },
  { N_ ("Called"), GANTRY_CELL_TEXT, 11, FALSE, 8, fill_called },
  { N_ ("From"), GANTRY_CELL_TEXT, 13, FALSE, 6, fill_from },
  { N_ ("State"), GANTRY_CELL_STATE, 12, FALSE, 0, fill_state },
  { N_ ("Objects"), GANTRY_CELL_NUMBER, 7, FALSE, 2, fill_objects },
  { N_ ("Size"), GANTRY_CELL_NUMBER, 9, FALSE, 7, fill_size },
  { N_ ("Duration"), GANTRY_CELL_NUMBER, 8, FALSE, 9, fill_duration },
  { N_ ("Result"), GANTRY_CELL_STATE, 20, TRUE, 5, fill_result },
};

/* ---- The source --------------------------------------------------------------------------- */

static void
associations_fetch (guint offset,
                    guint limit,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer callback_data,
                    gpointer engine)
{
  gantry_engine_list_associations_async (engine, NULL, offset, limit, cancellable, callback,
                                         callback_data);
}

static GPtrArray *
associations_finish (GAsyncResult *result, guint *total, GError **error, gpointer engine)
{
  return gantry_engine_list_finish (engine, result, total, error);
}

static gint64
association_key (gconstpointer record)
{
  return ((Record *)record)->id;
}

static const GantryPagedSource associations_funcs
    = { associations_fetch, associations_finish, association_key };

/* ---- Details ------------------------------------------------------------------------------ */

static void
show_details (GantryAssociationsView *self)
{
  GantryAssociationRecord *record = gantry_details_split_get_record (self->split);

  if (record != NULL)
    {
      g_autofree char *title = gantry_association_details_format_title (record);
      g_autofree char *subtitle = gantry_association_details_format_subtitle (record);

      gantry_details_split_set_header (self->split, title, subtitle);
    }
  gantry_association_details_show (self->details, record);
}

static void
update_stack (GantryAssociationsView *self)
{
  GtkWidget *child = GTK_WIDGET (self->split);

  if (!gantry_paged_model_get_loaded (self->model))
    child = self->nothing_yet;
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0)
    child = GTK_WIDGET (self->empty_page);
  gtk_stack_set_visible_child (self->stack, child);
}

static void
on_failed (GantryAssociationsView *self, GError *error)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

static void
on_clear_response (GantryAssociationsView *self, const char *response)
{
  if (g_str_equal (response, "clear") && self->engine != NULL)
    gantry_engine_clear_associations (self->engine);
}

/* ---- The class ---------------------------------------------------------------------------- */

static void
gantry_associations_view_dispose (GObject *object)
{
  GantryAssociationsView *self = GANTRY_ASSOCIATIONS_VIEW (object);

  g_clear_object (&self->selection);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_associations_view_parent_class)->dispose (object);
}

static void
gantry_associations_view_class_init (GantryAssociationsViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = gantry_associations_view_dispose;

  g_type_ensure (GANTRY_TYPE_DETAILS_SPLIT);
  g_type_ensure (GANTRY_TYPE_ASSOCIATION_DETAILS);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-associations-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, nothing_yet);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, empty_page);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, split);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, view);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, switcher);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, details);
}

static void
gantry_associations_view_init (GantryAssociationsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_stack_switcher_set_stack (self->switcher,
                                gantry_association_details_get_stack (self->details));
  g_signal_connect_swapped (self->split, "show-details", G_CALLBACK (show_details), self);
  gantry_record_columns_add (self->scrolled, self->view, columns, G_N_ELEMENTS (columns),
                             describe_association);
  gantry_associations_view_set_listening (self, FALSE);
}

void
gantry_associations_view_set_engine (GantryAssociationsView *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATIONS_VIEW (self));
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  gantry_association_details_set_engine (self->details, engine);
  self->model = gantry_paged_model_new (&associations_funcs, g_object_ref (engine), g_object_unref);
  g_signal_connect_swapped (self->model, "items-changed", G_CALLBACK (update_stack), self);
  g_signal_connect_swapped (self->model, "notify::loaded", G_CALLBACK (update_stack), self);
  g_signal_connect_swapped (self->model, "failed", G_CALLBACK (on_failed), self);

  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->model));
  gantry_details_split_follow (self->split, self->view, GTK_SELECTION_MODEL (self->selection));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  gantry_record_columns_follow_top (self->scrolled, G_LIST_MODEL (self->selection));
  gantry_paged_model_refresh (self->model);
}

void
gantry_associations_view_update (GantryAssociationsView *self, GantryAssociationRecord *record)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATIONS_VIEW (self));

  if (self->model != NULL && !gantry_paged_model_update (self->model, record))
    gantry_paged_model_refresh (self->model);
}

void
gantry_associations_view_set_listening (GantryAssociationsView *self, gboolean listening)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATIONS_VIEW (self));

  if (self->model != NULL)
    gantry_paged_model_refresh (self->model);
  adw_status_page_set_description (
      self->empty_page,
      listening
          ? _ ("Enter the AE title, address and port above in the modality or archive, and send "
               "something. Each association is shown here as soon as it is requested.")
          : _ ("Switch the receiver on, then give these details to the modality or archive. "
               "Each association is shown here as soon as it is requested."));
}

void
gantry_associations_view_clear (GantryAssociationsView *self)
{
  GtkWidget *dialog;

  g_return_if_fail (GANTRY_IS_ASSOCIATIONS_VIEW (self));

  dialog = adw_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _ ("Clear Associations?"),
      _ ("The log forgets all associations that are over. Received objects stay."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "clear",
                                    _ ("C_lear"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "clear",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_clear_response), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}
