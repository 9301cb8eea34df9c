/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-studies-view.h"

#include <glib/gi18n-lib.h>

#include "gantry-details-split.h"
#include "gantry-error.h"
#include "gantry-format.h"
#include "gantry-header-window.h"
#include "gantry-paged-model.h"
#include "gantry-record-column.h"
#include "gantry-registry.h"
#include "gantry-study-words.h"

struct _GantryStudiesView
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkWidget *nothing_yet;
  GtkWidget *empty_page, *none_match;
  GtkEditable *entry;
  GantryDetailsSplit *split;
  GtkScrolledWindow *scrolled;
  GtkColumnView *view;
  GtkScrolledWindow *series_scrolled;
  GtkColumnView *series_view;

  GantryEngine *engine;
  char *directory;               /* of all received objects; "" */
  struct _StudiesSource *source; /* the model's */
  GantryPagedModel *model;
  GtkSingleSelection *selection;
  GListStore *series; /* GantryPagedItem */
};

G_DEFINE_FINAL_TYPE (GantryStudiesView, gantry_studies_view, ADW_TYPE_BIN)

/* ---- Columns of studies ------------------------------------------------------------------- */

static void
fill_name (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((const GantryStudy *)data)->patient_name, 0));
}

static void
fill_patient_id (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((const GantryStudy *)data)->patient_id, 0));
}

static void
fill_birth_date (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_date (((const GantryStudy *)data)->birth_date));
}

static void
fill_accession (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((const GantryStudy *)data)->accession, 0));
}

static void
fill_description (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((const GantryStudy *)data)->description, 0));
}

static void
fill_modalities (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_set_tags (cell, ((const GantryStudy *)data)->modalities);
}

static void
fill_study_date (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_date (((const GantryStudy *)data)->study_date));
}

static void
fill_images (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_count (((const GantryStudy *)data)->images));
  gantry_cell_take_tooltip (cell, gantry_study_explain_counts (data));
}

static void
fill_objects (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_count (((const GantryStudy *)data)->objects));
  gantry_cell_take_tooltip (cell, gantry_study_explain_counts (data));
}

static char *
describe_study (gconstpointer data)
{
  return gantry_study_describe (data);
}

static const GantryRecordColumn columns[] = {
  { N_ ("Patient Name"), GANTRY_CELL_TEXT, 17, TRUE, 0, fill_name },
  { N_ ("ID"), GANTRY_CELL_TEXT, 11, FALSE, 4, fill_patient_id },
  { N_ ("Birth Date"), GANTRY_CELL_TEXT, 10, FALSE, 8, fill_birth_date },
  { N_ ("Accession"), GANTRY_CELL_TEXT, 11, FALSE, 7, fill_accession },
  { N_ ("Description"), GANTRY_CELL_TEXT, 17, TRUE, 5, fill_description },
  { N_ ("Modalities"), GANTRY_CELL_TAGS, 12, FALSE, 0, fill_modalities },
  { N_ ("Study Date"), GANTRY_CELL_TEXT, 10, FALSE, 3, fill_study_date },
  { N_ ("Images"), GANTRY_CELL_NUMBER, 7, FALSE, 2, fill_images },
  { N_ ("Objects"), GANTRY_CELL_NUMBER, 7, FALSE, 6, fill_objects },
};

/* ---- Columns of series -------------------------------------------------------------------- */

static void
fill_series_number (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((const GantrySeries *)data)->number, 0));
}

static void
fill_series_description (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((const GantrySeries *)data)->description, 0));
}

static void
fill_series_modality (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_set_tags (cell, ((const GantrySeries *)data)->modality);
}

static void
fill_series_class (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_series_get_sop_class (data));
  gantry_cell_take_tooltip (cell, gantry_series_explain_sop_class (data));
}

static void
fill_series_images (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_count (((const GantrySeries *)data)->images));
  gantry_cell_take_tooltip (cell, gantry_series_explain_counts (data));
}

static void
fill_series_objects (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_count (((const GantrySeries *)data)->objects));
  gantry_cell_take_tooltip (cell, gantry_series_explain_counts (data));
}

static void
fill_series_size (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_size (((const GantrySeries *)data)->bytes));
}

static char *
describe_series (gconstpointer data)
{
  return gantry_series_describe (data);
}

static const GantryRecordColumn series_columns[] = {
  { N_ ("Series"), GANTRY_CELL_NUMBER, 6, FALSE, 0, fill_series_number },
  { N_ ("Modality"), GANTRY_CELL_TAGS, 9, FALSE, 0, fill_series_modality },
  { N_ ("Description"), GANTRY_CELL_TEXT, 14, TRUE, 0, fill_series_description },
  { N_ ("SOP Class"), GANTRY_CELL_TEXT, 22, TRUE, 4, fill_series_class },
  { N_ ("Images"), GANTRY_CELL_NUMBER, 7, FALSE, 1, fill_series_images },
  { N_ ("Objects"), GANTRY_CELL_NUMBER, 7, FALSE, 2, fill_series_objects },
  { N_ ("Size"), GANTRY_CELL_NUMBER, 9, FALSE, 3, fill_series_size },
};

/* ---- The source --------------------------------------------------------------------------- */

/* What the model asks: it may outlive the view by one answer. */
typedef struct _StudiesSource
{
  GantryEngine *engine;
  char *text; /* the filter; NULL: none */
} StudiesSource;

static void
studies_source_free (gpointer data)
{
  StudiesSource *source = data;

  g_object_unref (source->engine);
  g_free (source->text);
  g_free (source);
}

static void
studies_fetch (guint offset,
               guint limit,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer callback_data,
               gpointer data)
{
  StudiesSource *source = data;

  gantry_engine_list_received_studies_async (source->engine, source->text, offset, limit,
                                             cancellable, callback, callback_data);
}

static GPtrArray *
studies_finish (GAsyncResult *result, guint *total, GError **error, gpointer data)
{
  return gantry_engine_list_finish (((StudiesSource *)data)->engine, result, total, error);
}

static gint64
study_key (gconstpointer record)
{
  return ((const GantryStudy *)record)->id;
}

static const GantryPagedSource studies_funcs = { studies_fetch, studies_finish, study_key };

static const char *const study_actions[]
    = { "studies.open-folder", "studies.header", "studies.send-on", "studies.remove" };

/* ---- Details ------------------------------------------------------------------------------ */

static void
show_series (GantryStudiesView *self, const GantryStudy *study)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->series));

  for (guint i = 0; study != NULL && i < study->series->len; i++)
    {
      GantryPagedItem *item = gantry_paged_item_new (i, NULL, NULL);

      gantry_paged_item_set_record (item, g_ptr_array_index (study->series, i));
      g_ptr_array_add (items, item);
    }

  /* A series that got one more object keeps its row. */
  for (guint i = 0; i < n && n == items->len; i++)
    {
      g_autoptr (GantryPagedItem) row = g_list_model_get_item (G_LIST_MODEL (self->series), i);

      gantry_paged_item_set_record (row, gantry_paged_item_get_record (items->pdata[i]));
    }
  if (n != items->len)
    g_list_store_splice (self->series, 0, n, items->pdata, items->len);
}

static void
show_details (GantryStudiesView *self)
{
  GantryStudy *study = gantry_details_split_get_record (self->split);

  show_series (self, study);
  if (study != NULL)
    {
      g_autofree char *name = gantry_format_text (study->patient_name, 0);
      g_autofree char *title = gantry_format_text (
          *study->description != '\0' ? study->description : study->study_uid, 0);
      g_autofree char *size = gantry_format_size (study->bytes);
      g_autofree char *subtitle = g_strjoin (" · ", name, size, NULL);

      gantry_details_split_set_header (self->split, title, subtitle);
    }
  for (guint i = 0; i < G_N_ELEMENTS (study_actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), study_actions[i], study != NULL);
}

static void
update_stack (GantryStudiesView *self)
{
  GtkWidget *child = GTK_WIDGET (self->split);

  if (!gantry_paged_model_get_loaded (self->model))
    child = self->nothing_yet;
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0)
    child = self->source->text != NULL ? self->none_match : self->empty_page;
  /* Nothing to search in, nothing to search with. */
  gtk_widget_set_visible (GTK_WIDGET (self->entry), child != self->empty_page);
  gtk_stack_set_visible_child (self->stack, child);
}

static void
on_failed (GantryStudiesView *self, GError *error)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

/* ---- Folders ------------------------------------------------------------------------------ */

/* received/StudyUID/SeriesUID/object.dcm; without an image the series cannot tell. */
static char *
find_folder (GantryStudiesView *self, const GantryStudy *study)
{
  for (guint i = 0; study != NULL && i < study->series->len; i++)
    {
      const GantrySeries *series = g_ptr_array_index (study->series, i);

      if (*series->sample_path != '\0')
        {
          g_autofree char *folder = g_path_get_dirname (series->sample_path);
          return g_path_get_dirname (folder);
        }
    }
  if (study != NULL && *self->directory != '\0' && gantry_uid_is_valid (study->study_uid))
    {
      g_autofree char *folder = g_build_filename (self->directory, study->study_uid, NULL);
      if (g_file_test (folder, G_FILE_TEST_IS_DIR))
        return g_steal_pointer (&folder);
    }
  return *self->directory != '\0' ? g_strdup (self->directory) : NULL;
}

static void
on_shown (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryStudiesView) self = data;
  g_autoptr (GError) error = NULL;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (object), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_autofree char *text = g_strdup_printf (
          _ ("The folder cannot be shown, because no file manager opens it: %s"), error->message);
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", text);
    }
}

void
gantry_studies_view_open_folder (GantryStudiesView *self)
{
  g_autofree char *folder = NULL;
  g_autofree char *uri = NULL;

  g_return_if_fail (GANTRY_IS_STUDIES_VIEW (self));

  folder = find_folder (self, gantry_details_split_get_record (self->split));
  if (folder == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                  _ ("Switch the receiver on to see where it keeps objects."));
      return;
    }
  uri = g_filename_to_uri (folder, NULL, NULL);
  gtk_show_uri_full (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), uri, GDK_CURRENT_TIME,
                     NULL, on_shown, g_object_ref (self));
}

static void
open_folder_activated (GtkWidget *widget,
                       const char *name G_GNUC_UNUSED,
                       GVariant *value G_GNUC_UNUSED)
{
  gantry_studies_view_open_folder (GANTRY_STUDIES_VIEW (widget));
}

/* ---- Commands ----------------------------------------------------------------------------- */

static void
filter_changed (GantryStudiesView *self)
{
  const char *text = gtk_editable_get_text (self->entry);

  if (self->source == NULL)
    return;
  g_free (self->source->text);
  self->source->text = *text != '\0' ? g_strdup (text) : NULL;
  gantry_paged_model_refresh (self->model);
  update_stack (self);
}

static void
filter_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  gtk_widget_grab_focus (GTK_WIDGET (GANTRY_STUDIES_VIEW (widget)->entry));
}

static void
header_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryStudiesView *self = GANTRY_STUDIES_VIEW (widget);
  GantryStudy *study = gantry_details_split_get_record (self->split);

  if (study != NULL)
    gantry_header_window_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->engine,
                                  study->id);
}

/* The destination is chosen where everything is sent from. */
static void
send_on_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryStudiesView *self = GANTRY_STUDIES_VIEW (widget);
  GantryStudy *study = gantry_details_split_get_record (self->split);

  if (study == NULL)
    return;
  gantry_engine_stage_received (self->engine, study->id, 0);
  gtk_widget_activate_action (widget, "win.page", "s", "send");
}

/* ---- Removing ------------------------------------------------------------------------------ */

typedef struct
{
  GantryStudiesView *self;
  gint64 study_id;
  gboolean for_good;
} Removal;

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->self);
  g_free (removal);
}

static void ask_to_remove (GantryStudiesView *self, gint64 study_id, gboolean for_good);

static void
on_removed (GObject *object, GAsyncResult *result, gpointer data)
{
  Removal *removal = data;
  GtkWidget *widget = GTK_WIDGET (removal->self);
  g_autoptr (GError) error = NULL;

  if (gantry_engine_remove_received_finish (GANTRY_ENGINE (object), result, &error))
    gtk_widget_activate_action (widget, "win.toast", "s",
                                removal->for_good ? _ ("The study is deleted.")
                                                  : _ ("The study is in the trash."));
  else if (g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_NO_TRASH)
           && gtk_widget_get_root (widget) != NULL)
    ask_to_remove (removal->self, removal->study_id, TRUE);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_activate_action (widget, "win.toast", "s", error->message);
  removal_free (removal);
}

static void
on_remove_response (Removal *removal, const char *response)
{
  Removal *asked;

  if (!g_str_equal (response, "remove"))
    return;
  asked = g_memdup2 (removal, sizeof *removal);
  g_object_ref (asked->self);
  gantry_engine_remove_received_async (asked->self->engine, asked->study_id, 0, asked->for_good,
                                       NULL, on_removed, asked);
}

static void
free_removal_closure (gpointer data, GClosure *closure G_GNUC_UNUSED)
{
  removal_free (data);
}

static void
ask_to_remove (GantryStudiesView *self, gint64 study_id, gboolean for_good)
{
  Removal *removal = g_new0 (Removal, 1);
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
      for_good ? _ ("Delete for Good?") : _ ("Move the Study to the Trash?"),
      for_good ? _ ("This disk has no trash. The files of the study would be deleted at once, and "
                    "nobody could bring them back.")
               : _ ("Its files leave the folder of received objects, and the study leaves this "
                    "list. The files can be restored from the trash."));

  removal->self = g_object_ref (self);
  removal->study_id = study_id;
  removal->for_good = for_good;
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "remove",
                                    for_good ? _ ("_Delete") : _ ("_Move to Trash"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_remove_response), removal,
                         free_removal_closure, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
remove_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryStudiesView *self = GANTRY_STUDIES_VIEW (widget);
  GantryStudy *study = gantry_details_split_get_record (self->split);

  if (study != NULL)
    ask_to_remove (self, study->id, FALSE);
}

/* ---- The class ---------------------------------------------------------------------------- */

static void
gantry_studies_view_dispose (GObject *object)
{
  GantryStudiesView *self = GANTRY_STUDIES_VIEW (object);

  self->source = NULL;
  g_clear_object (&self->selection);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  g_clear_object (&self->series);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_studies_view_parent_class)->dispose (object);
}

static void
gantry_studies_view_finalize (GObject *object)
{
  g_free (GANTRY_STUDIES_VIEW (object)->directory);
  G_OBJECT_CLASS (gantry_studies_view_parent_class)->finalize (object);
}

static void
gantry_studies_view_class_init (GantryStudiesViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = gantry_studies_view_dispose;
  object_class->finalize = gantry_studies_view_finalize;

  g_type_ensure (GANTRY_TYPE_DETAILS_SPLIT);
  gtk_widget_class_install_action (widget_class, "studies.open-folder", NULL,
                                   open_folder_activated);
  gtk_widget_class_install_action (widget_class, "studies.header", NULL, header_activated);
  gtk_widget_class_install_action (widget_class, "studies.send-on", NULL, send_on_activated);
  gtk_widget_class_install_action (widget_class, "studies.remove", NULL, remove_activated);
  gtk_widget_class_install_action (widget_class, "studies.filter", NULL, filter_activated);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "studies.filter",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "studies.remove", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-studies-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryStudiesView, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryStudiesView, nothing_yet);
  gtk_widget_class_bind_template_child (widget_class, GantryStudiesView, empty_page);
  gtk_widget_class_bind_template_child (widget_class, GantryStudiesView, none_match);
  gtk_widget_class_bind_template_child (widget_class, GantryStudiesView, entry);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed);
  gtk_widget_class_bind_template_child (widget_class, GantryStudiesView, split);
  gtk_widget_class_bind_template_child (widget_class, GantryStudiesView, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryStudiesView, view);
  gtk_widget_class_bind_template_child (widget_class, GantryStudiesView, series_scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryStudiesView, series_view);
}

static void
gantry_studies_view_init (GantryStudiesView *self)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  self->directory = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  self->series = g_list_store_new (GANTRY_TYPE_PAGED_ITEM);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->series)));
  gtk_column_view_set_model (self->series_view, GTK_SELECTION_MODEL (selection));
  gantry_record_columns_add (self->series_scrolled, self->series_view, series_columns,
                             G_N_ELEMENTS (series_columns), describe_series);
  gantry_record_columns_add (self->scrolled, self->view, columns, G_N_ELEMENTS (columns),
                             describe_study);
  g_signal_connect_swapped (self->split, "show-details", G_CALLBACK (show_details), self);
  for (guint i = 0; i < G_N_ELEMENTS (study_actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), study_actions[i], FALSE);
}

void
gantry_studies_view_set_engine (GantryStudiesView *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_STUDIES_VIEW (self));
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  self->source = g_new0 (StudiesSource, 1);
  self->source->engine = g_object_ref (engine);
  self->model = gantry_paged_model_new (&studies_funcs, self->source, studies_source_free);
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
gantry_studies_view_refresh (GantryStudiesView *self)
{
  g_return_if_fail (GANTRY_IS_STUDIES_VIEW (self));

  if (self->model != NULL)
    gantry_paged_model_refresh (self->model);
}

void
gantry_studies_view_set_directory (GantryStudiesView *self, const char *directory)
{
  g_return_if_fail (GANTRY_IS_STUDIES_VIEW (self));

  gantry_record_set (&self->directory, directory);
}
