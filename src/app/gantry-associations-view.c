/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-associations-view.h"

#include <glib/gi18n-lib.h>

#include "gantry-association-details.h"
#include "gantry-association-filter-bar.h"
#include "gantry-details-split.h"
#include "gantry-format.h"
#include "gantry-paged-model.h"
#include "gantry-record-column.h"
#include "gantry-words.h"

struct _GantryAssociationsView
{
  AdwBin parent_instance;

  GtkStack *stack;
  GantryAssociationFilterBar *filter_bar;
  GtkWidget *nothing_yet, *none_match;
  AdwStatusPage *empty_page;
  GantryDetailsSplit *split;
  GtkScrolledWindow *scrolled;
  GtkColumnView *view;
  GtkDropDown *switcher;
  GantryAssociationDetails *details;

  GantryEngine *engine;
  GantryPagedModel *model;
  GtkSingleSelection *selection;
  struct _AssociationsSource *source; /* the model's */
  GCancellable *sum;                  /* NULL: not asked */
  GtkNativeDialog *chooser;           /* NULL: not open */
  GantryReportFormat format;          /* of what it is asked for */
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
fill_rate (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_rate (((Record *)data)->objects_per_second));
  gantry_cell_take_tooltip (cell, gantry_format_byte_rate (((Record *)data)->bytes_per_second));
}

static void
fill_status (GtkWidget *cell, gconstpointer data)
{
  gint32 status = ((Record *)data)->last_status;

  gantry_cell_take_text (cell, status < 0 ? g_strdup ("–") : g_strdup_printf ("%04X", status));
  gantry_cell_take_tooltip (cell,
                            status < 0 ? NULL : gantry_status_describe ((guint16)status, NULL));
}

static void
fill_implementation (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;

  gantry_cell_take_text (cell, gantry_format_text (*record->implementation_version != '\0'
                                                       ? record->implementation_version
                                                       : record->implementation_class_uid,
                                                   0));
  gantry_cell_take_tooltip (cell, g_strdup (record->implementation_class_uid));
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
  { N_ ("Rate"), GANTRY_CELL_NUMBER, 7, FALSE, 10, fill_rate },
  { N_ ("Duration"), GANTRY_CELL_NUMBER, 8, FALSE, 9, fill_duration },
  { N_ ("Status"), GANTRY_CELL_TEXT, 6, FALSE, 11, fill_status },
  { N_ ("Implementation"), GANTRY_CELL_TEXT, 15, FALSE, 12, fill_implementation },
  { N_ ("Result"), GANTRY_CELL_STATE, 20, TRUE, 5, fill_result },
};

/* ---- The source --------------------------------------------------------------------------- */

/* What the model asks: it may outlive the view by one answer. */
typedef struct _AssociationsSource
{
  GantryEngine *engine;
  GantryAssociationFilter filter;
  char *text;        /* owns what filter points to */
  gboolean filtered; /* whether filter says anything */
} AssociationsSource;

static void
associations_source_free (gpointer data)
{
  AssociationsSource *source = data;

  g_object_unref (source->engine);
  g_free (source->text);
  g_free (source);
}

static void
associations_fetch (guint offset,
                    guint limit,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer callback_data,
                    gpointer data)
{
  AssociationsSource *source = data;

  gantry_engine_list_associations_async (source->engine, source->filtered ? &source->filter : NULL,
                                         offset, limit, cancellable, callback, callback_data);
}

static GPtrArray *
associations_finish (GAsyncResult *result, guint *total, GError **error, gpointer data)
{
  return gantry_engine_list_finish (((AssociationsSource *)data)->engine, result, total, error);
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
    child = self->source->filtered ? self->none_match : GTK_WIDGET (self->empty_page);
  /* Nothing to search in, nothing to search with. */
  gtk_widget_set_visible (GTK_WIDGET (self->filter_bar), child != GTK_WIDGET (self->empty_page));
  gtk_stack_set_visible_child (self->stack, child);
}

static void
on_failed (GantryAssociationsView *self, GError *error)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

/* ---- The filter --------------------------------------------------------------------------- */

static void
on_sum (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) totals
      = gantry_engine_list_finish (GANTRY_ENGINE (object), result, NULL, &error);
  GantryAssociationsView *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->sum);
  if (totals != NULL && totals->len > 0)
    gantry_association_filter_bar_set_totals (self->filter_bar, g_ptr_array_index (totals, 0));
}

static void
ask_sum (GantryAssociationsView *self)
{
  if (self->sum != NULL)
    g_cancellable_cancel (self->sum);
  g_clear_object (&self->sum);
  if (!self->source->filtered)
    return;
  self->sum = g_cancellable_new ();
  gantry_engine_sum_associations_async (self->engine, &self->source->filter, self->sum, on_sum,
                                        self);
}

static void
filter_changed (GantryAssociationsView *self)
{
  AssociationsSource *source = self->source;

  if (source == NULL)
    return;
  source->filtered = gantry_association_filter_bar_read (self->filter_bar, &source->filter);
  g_free (source->text);
  source->filter.text = source->text = g_strdup (source->filter.text);
  gantry_paged_model_refresh (self->model);
  update_stack (self);
  ask_sum (self);
}

static void
filter_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  gantry_association_filter_bar_focus (GANTRY_ASSOCIATIONS_VIEW (widget)->filter_bar);
}

/* ---- Export ------------------------------------------------------------------------------- */

static void
on_exported (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryAssociationsView) self = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = gantry_engine_export_associations_finish (GANTRY_ENGINE (object), result, &error);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                              ok ? _ ("The associations are exported.") : error->message);
}

static void
export_answered (GtkNativeDialog *chooser, int response, GantryAssociationsView *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser))
                               : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    gantry_associations_view_export (self, path, self->format);
  g_clear_object (&self->chooser);
}

static void
export_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value)
{
  GantryAssociationsView *self = GANTRY_ASSOCIATIONS_VIEW (widget);
  gboolean csv = g_str_equal (g_variant_get_string (value, NULL), "csv");

  if (self->chooser != NULL || self->engine == NULL)
    return;
  self->format = csv ? GANTRY_REPORT_CSV : GANTRY_REPORT_JSON;
  self->chooser = GTK_NATIVE_DIALOG (gtk_file_chooser_native_new (
      _ ("Export Associations"), GTK_WINDOW (gtk_widget_get_root (widget)),
      GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), _ ("_Cancel")));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser),
                                     csv ? _ ("Associations.csv") : _ ("Associations.json"));
  gtk_native_dialog_set_modal (self->chooser, TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (export_answered), self, 0);
  gtk_native_dialog_show (self->chooser);
}

void
gantry_associations_view_export (GantryAssociationsView *self,
                                 const char *path,
                                 GantryReportFormat format)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATIONS_VIEW (self));

  gantry_engine_export_associations_async (self->engine,
                                           self->source->filtered ? &self->source->filter : NULL,
                                           path, format, NULL, on_exported, g_object_ref (self));
}

static void
on_clear_response (GantryAssociationsView *self, const char *response)
{
  if (g_str_equal (response, "clear") && self->engine != NULL)
    gantry_engine_clear_associations (self->engine);
}

/* ---- Pages of the details ------------------------------------------------------------------ */

/* Too many for a row of buttons in half a window: a list to choose from. */
static const struct
{
  const char *name, *title;
} detail_pages[] = {
  { "contexts", N_ ("Contexts") }, { "negotiation", N_ ("Negotiation") },
  { "messages", N_ ("Messages") }, { "objects", N_ ("Objects") },
  { "data", N_ ("Data") },         { "changes", N_ ("What Changed") },
};

static void
page_chosen (GantryAssociationsView *self)
{
  guint chosen = gtk_drop_down_get_selected (self->switcher);

  if (chosen < G_N_ELEMENTS (detail_pages))
    gtk_stack_set_visible_child_name (gantry_association_details_get_stack (self->details),
                                      detail_pages[chosen].name);
}

static void
follow_pages (GantryAssociationsView *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (detail_pages); i++)
    gtk_string_list_append (titles, _ (detail_pages[i].title));
  gtk_drop_down_set_model (self->switcher, G_LIST_MODEL (titles));
  g_signal_connect_swapped (self->switcher, "notify::selected", G_CALLBACK (page_chosen), self);
}

/* ---- The class ---------------------------------------------------------------------------- */

static void
gantry_associations_view_dispose (GObject *object)
{
  GantryAssociationsView *self = GANTRY_ASSOCIATIONS_VIEW (object);

  if (self->sum != NULL)
    g_cancellable_cancel (self->sum);
  g_clear_object (&self->sum);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (self->chooser);
  g_clear_object (&self->chooser);
  self->source = NULL;
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
  g_type_ensure (GANTRY_TYPE_ASSOCIATION_FILTER_BAR);
  gtk_widget_class_install_action (widget_class, "associations.export", "s", export_activated);
  gtk_widget_class_install_action (widget_class, "associations.filter", NULL, filter_activated);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK,
                                       "associations.filter", NULL);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-associations-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, nothing_yet);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, filter_bar);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, none_match);
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
  follow_pages (self);
  g_signal_connect_swapped (self->split, "show-details", G_CALLBACK (show_details), self);
  gantry_record_columns_add (self->scrolled, self->view, columns, G_N_ELEMENTS (columns),
                             describe_association);
  gantry_association_filter_bar_follow (self->filter_bar, self->scrolled);
  g_signal_connect_swapped (self->filter_bar, "changed", G_CALLBACK (filter_changed), self);
  gantry_associations_view_set_listening (self, FALSE);
}

void
gantry_associations_view_set_engine (GantryAssociationsView *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATIONS_VIEW (self));
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  gantry_association_details_set_engine (self->details, engine);
  self->source = g_new0 (AssociationsSource, 1);
  self->source->engine = g_object_ref (engine);
  self->model
      = gantry_paged_model_new (&associations_funcs, self->source, associations_source_free);
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
  /* What it adds up to changes, and whether it is shown at all. */
  if (self->source != NULL && self->source->filtered
      && gantry_association_state_is_over (record->state))
    {
      gantry_paged_model_refresh (self->model);
      ask_sum (self);
    }
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
