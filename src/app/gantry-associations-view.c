/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-associations-view.h"

#include <glib/gi18n-lib.h>

#include "gantry-association-columns.h"
#include "gantry-association-details.h"
#include "gantry-association-filter-bar.h"
#include "gantry-peer-names.h"
#include "gantry-record-list.h"
#include "gantry-settings.h"

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
  GMenuModel *row_menu;

  GantryEngine *engine;
  GantryRecordList *list;             /* NULL: there is no engine yet */
  struct _AssociationsSource *source; /* the list's */
  GCancellable *sum;                  /* NULL: not asked */
  gboolean sum_again;                 /* something changed since it was asked */
  guint minute_id;                    /* 0: of any age */
  GtkNativeDialog *chooser;           /* NULL: not open */
  GantryReportFormat format;          /* of what it is asked for */
};

G_DEFINE_FINAL_TYPE (GantryAssociationsView, gantry_associations_view, ADW_TYPE_BIN)

/* ---- The source --------------------------------------------------------------------------- */

/* What the model asks: it may outlive the view by one answer. */
typedef struct _AssociationsSource
{
  GantryEngine *engine;
  GantryAssociationFilter filter;
  char *title, *peer, *class, *text; /* own what filter points to */
  guint minutes;                     /* how far back; 0: as filter says */
  gboolean filtered;                 /* whether there is anything to leave out */
} AssociationsSource;

/* Back from now. To the minute: the same search is carried out once.
 * Returns: (nullable): none; valid until the next call */
static const GantryAssociationFilter *
associations_source_get_filter (AssociationsSource *source)
{
  const gint64 minute = 60 * G_USEC_PER_SEC;

  if (source->minutes > 0)
    source->filter.from = (g_get_real_time () / minute - source->minutes) * minute;
  return source->filtered ? &source->filter : NULL;
}

static void
associations_source_set_filter (AssociationsSource *source, const GantryAssociationFilter *filter)
{
  source->filter = *filter;
  gantry_record_set (&source->title, filter->ae_title);
  gantry_record_set (&source->peer, filter->peer);
  gantry_record_set (&source->class, filter->sop_class_uid);
  gantry_record_set (&source->text, filter->text);
  source->filter.ae_title = source->title;
  source->filter.peer = source->peer;
  source->filter.sop_class_uid = source->class;
  source->filter.text = source->text;
}

static void
associations_source_free (gpointer data)
{
  AssociationsSource *source = data;

  g_object_unref (source->engine);
  g_free (source->title);
  g_free (source->peer);
  g_free (source->class);
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

  gantry_engine_list_associations_async (source->engine, associations_source_get_filter (source),
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
  return ((const GantryAssociationRecord *)record)->id;
}

static const GantryPagedSource associations_funcs
    = { associations_fetch, associations_finish, association_key };

/* ---- Details ------------------------------------------------------------------------------ */

static void
show_header (GantryAssociationsView *self, const GantryAssociationRecord *record)
{
  g_autofree char *title = gantry_association_details_format_title (record);
  g_autofree char *subtitle = gantry_association_details_format_subtitle (record);

  gantry_details_split_set_header (self->split, title, subtitle);
}

static void
show_details (GantryAssociationsView *self)
{
  GantryAssociationRecord *record = gantry_details_split_get_record (self->split);

  if (record != NULL)
    show_header (self, record);
  gantry_association_details_show (self->details, record);
}

/* ---- Names of peers ------------------------------------------------------------------------ */

static gboolean
is_at (gconstpointer record, gconstpointer address)
{
  return gantry_peer_names_is_at (((const GantryAssociationRecord *)record)->peer, address);
}

/* @address: (nullable): all of them */
static void
on_names_changed (GantryAssociationsView *self, const char *address)
{
  GantryAssociationRecord *record = gantry_details_split_get_record (self->split);

  gantry_record_columns_refill (self->view, is_at, address);
  if (record != NULL && is_at (record, address))
    show_header (self, record);
}

static void
follow_names (GantryAssociationsView *self)
{
  GantryPeerNames *names = gantry_peer_names_get_default ();

  g_settings_bind (gantry_settings_get (), GANTRY_KEY_SHOW_PEER_NAMES, names, "enabled",
                   G_SETTINGS_BIND_GET);
  g_signal_connect_object (names, "changed", G_CALLBACK (on_names_changed), self,
                           G_CONNECT_SWAPPED);
}

/* ---- The filter --------------------------------------------------------------------------- */

static void ask_sum (GantryAssociationsView *self);

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
  gantry_association_filter_bar_set_totals (
      self->filter_bar, totals != NULL && totals->len > 0 ? totals->pdata[0] : NULL);
  if (self->sum_again)
    ask_sum (self);
}

/* One at a time: while objects come something changes all the time. */
static void
ask_sum (GantryAssociationsView *self)
{
  self->sum_again = self->sum != NULL;
  if (self->sum != NULL || !self->source->filtered)
    return;
  self->sum = g_cancellable_new ();
  gantry_engine_sum_associations_async (self->engine, associations_source_get_filter (self->source),
                                        self->sum, on_sum, self);
}

static void
on_refreshed (gpointer view)
{
  ask_sum (view);
}

/* What is too old by now is not shown any more, also when nothing comes. */
static gboolean
on_minute (gpointer view)
{
  gantry_record_list_refresh (GANTRY_ASSOCIATIONS_VIEW (view)->list);
  return G_SOURCE_CONTINUE;
}

static void
filter_changed (GantryAssociationsView *self)
{
  AssociationsSource *source = self->source;
  GantryAssociationFilter filter;

  if (source == NULL)
    return;
  source->filtered
      = gantry_association_filter_bar_read (self->filter_bar, &filter, &source->minutes);
  associations_source_set_filter (source, &filter);
  g_clear_handle_id (&self->minute_id, g_source_remove);
  if (source->minutes > 0)
    self->minute_id = g_timeout_add_seconds (60, on_minute, self);
  gantry_record_list_set_filtered (self->list, source->filtered);
  if (self->sum != NULL)
    g_cancellable_cancel (self->sum);
  g_clear_object (&self->sum);
  ask_sum (self);
}

static void
only_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *what)
{
  GantryAssociationsView *self = GANTRY_ASSOCIATIONS_VIEW (widget);
  g_autoptr (GPtrArray) records
      = gantry_record_selection_read (gantry_record_list_get_selection (self->list));
  const GantryAssociationRecord *record
      = records != NULL && records->len == 1 ? records->pdata[0] : NULL;
  gboolean by_title = g_str_equal (g_variant_get_string (what, NULL), "ae-title");
  g_autofree char *peer = NULL;

  if (record == NULL)
    return;
  peer = gantry_association_columns_format_peer (record);
  gantry_association_filter_bar_choose (self->filter_bar, by_title ? record->calling : NULL,
                                        by_title ? NULL : peer);
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
                                           associations_source_get_filter (self->source), path,
                                           format, NULL, on_exported, g_object_ref (self));
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
show_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *page)
{
  GantryAssociationsView *self = GANTRY_ASSOCIATIONS_VIEW (widget);

  for (guint i = 0; i < G_N_ELEMENTS (detail_pages); i++)
    if (g_str_equal (detail_pages[i].name, g_variant_get_string (page, NULL)))
      gtk_drop_down_set_selected (self->switcher, i);
  gantry_details_split_set_open (self->split, TRUE);
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

  g_clear_handle_id (&self->minute_id, g_source_remove);
  if (self->sum != NULL)
    g_cancellable_cancel (self->sum);
  g_clear_object (&self->sum);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (self->chooser);
  g_clear_object (&self->chooser);
  self->source = NULL;
  g_clear_pointer (&self->list, gantry_record_list_free);
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
  gtk_widget_class_install_action (widget_class, "associations.show", "s", show_activated);
  gtk_widget_class_install_action (widget_class, "associations.only", "s", only_activated);
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
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationsView, row_menu);
}

static void
gantry_associations_view_init (GantryAssociationsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  follow_pages (self);
  g_signal_connect_swapped (self->split, "show-details", G_CALLBACK (show_details), self);
  gantry_association_columns_add (self->scrolled, self->view);
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
  gantry_association_filter_bar_set_engine (self->filter_bar, engine);
  follow_names (self);
  self->list
      = gantry_record_list_new (&(GantryRecordListParts){ .stack = self->stack,
                                                          .nothing_yet = self->nothing_yet,
                                                          .none_match = self->none_match,
                                                          .empty = GTK_WIDGET (self->empty_page),
                                                          .filter = GTK_WIDGET (self->filter_bar),
                                                          .split = self->split,
                                                          .scrolled = self->scrolled,
                                                          .view = self->view,
                                                          .menu = self->row_menu,
                                                          .refreshed = on_refreshed,
                                                          .data = self },
                                FALSE, &associations_funcs, self->source, associations_source_free);
}

void
gantry_associations_view_update (GantryAssociationsView *self, GantryAssociationRecord *record)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATIONS_VIEW (self));

  if (self->list == NULL)
    return;
  gantry_record_list_update (self->list, record);
  /* What it adds up to changes. */
  if (self->source->filtered && gantry_association_state_is_over (record->state))
    ask_sum (self);
}

void
gantry_associations_view_set_listening (GantryAssociationsView *self, gboolean listening)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATIONS_VIEW (self));

  if (self->list != NULL)
    gantry_record_list_refresh (self->list);
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

void
gantry_associations_view_focus_filter (GantryAssociationsView *self)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATIONS_VIEW (self));

  gantry_association_filter_bar_focus (self->filter_bar);
}
