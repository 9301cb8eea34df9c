/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-studies-view.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-header-window.h"
#include "gantry-record-list.h"
#include "gantry-registry.h"
#include "gantry-row-menu.h"
#include "gantry-study-columns.h"
#include "gantry-study-copy.h"
#include "gantry-study-folder.h"
#include "gantry-study-removal.h"

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
  GMenuModel *study_menu, *series_menu;

  GantryEngine *engine;
  char *directory;               /* of all received objects; "" */
  struct _StudiesSource *source; /* the list's */
  GantryRecordList *list;        /* NULL: there is no engine yet */
  GantryStudyRemoval *removal;
  GListStore *series; /* GantryPagedItem */
  gint64 series_of;   /* the study whose they are; 0: none */
  GtkSelectionModel *series_selection;
};

G_DEFINE_FINAL_TYPE (GantryStudiesView, gantry_studies_view, ADW_TYPE_BIN)

/* ---- The source --------------------------------------------------------------------------- */

/* What the model asks: it may outlive the view by one answer. */
typedef struct _StudiesSource
{
  GantryEngine *engine;
  GantryStudyRemoval *removal;
  char *text; /* the filter; NULL: none */
} StudiesSource;

static void
studies_source_free (gpointer data)
{
  StudiesSource *source = data;

  g_object_unref (source->engine);
  g_object_unref (source->removal);
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
  gsize n;
  const gint64 *hidden = gantry_study_removal_get_hidden (source->removal, &n);

  gantry_engine_list_received_studies_async (source->engine, source->text, hidden, n, offset, limit,
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

/* ---- What is chosen ----------------------------------------------------------------------- */

static guint64
count_studies (GantryStudiesView *self)
{
  return self->list != NULL
             ? gantry_record_selection_count (gantry_record_list_get_selection (self->list))
             : 0;
}

/* Returns: (transfer full) (nullable): NULL: the user has been told why not */
static GPtrArray *
read_studies (GantryStudiesView *self)
{
  GPtrArray *studies
      = self->list != NULL
            ? gantry_record_selection_read (gantry_record_list_get_selection (self->list))
            : gantry_record_array_new ();

  if (studies == NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                _ ("The list is still being read. Try again in a moment."));
  return studies;
}

static void
update_actions (GantryStudiesView *self)
{
  guint64 n = count_studies (self);
  guint64 n_series = gantry_record_selection_count (self->series_selection);
  const struct
  {
    const char *name;
    gboolean enabled;
  } actions[] = {
    { "studies.open-folder", n == 1 },
    { "studies.header", n == 1 },
    { "studies.copy", n > 0 },
    { "studies.send-on", n > 0 },
    { "studies.remove", n > 0 },
    { "studies.copy-series", n == 1 && n_series > 0 },
    { "studies.send-series", n == 1 && n_series > 0 },
    { "studies.undo", self->removal != NULL && gantry_study_removal_can_undo (self->removal) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i].name, actions[i].enabled);
}

/* The selected series of the study that is shown, or the selected studies. */
static GArray *
list_choices (GantryStudiesView *self, gboolean of_series)
{
  GArray *choices = g_array_new (FALSE, TRUE, sizeof (GantryReceivedChoice));
  GantryStudy *study = gantry_details_split_get_record (self->split);
  g_autoptr (GPtrArray) records
      = of_series ? gantry_record_selection_read (self->series_selection) : read_studies (self);

  if (of_series && study == NULL)
    return choices;
  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      GantryReceivedChoice choice = { 0 };

      choice.study_id = of_series ? study->id : ((GantryStudy *)records->pdata[i])->id;
      choice.series_id = of_series ? ((GantrySeries *)records->pdata[i])->id : 0;
      g_array_append_val (choices, choice);
    }
  return choices;
}

/* ---- Details ------------------------------------------------------------------------------ */

static void
show_series (GantryStudiesView *self, const GantryStudy *study)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->series));
  gint64 id = study != NULL ? study->id : 0;

  if (id != self->series_of)
    gtk_selection_model_unselect_all (self->series_selection);
  self->series_of = id;
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
show_many (GantryStudiesView *self)
{
  guint64 n = count_studies (self);
  g_autofree char *count = gantry_format_count (n);
  g_autofree char *title = NULL;

  if (n < 2)
    return;
  title = g_strdup_printf (ngettext ("%s study", "%s studies", (gulong)n), count);
  gantry_details_split_set_header (self->split, title, "");
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
  else if (self->list != NULL)
    show_many (self);
  update_actions (self);
}

/* ---- Folders ------------------------------------------------------------------------------ */

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

static void
show_folder (GantryStudiesView *self, const char *folder)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *uri = g_filename_to_uri (folder, NULL, NULL);

  if (root != NULL)
    gtk_show_uri_full (GTK_WINDOW (root), uri, GDK_CURRENT_TIME, NULL, on_shown,
                       g_object_ref (self));
}

/* Whether there is a folder of that study; else what it would be in is shown. */
static void
on_own_folder (GObject *file, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryStudiesView) self = data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (file), result, NULL);
  g_autofree char *own = g_file_get_path (G_FILE (file));
  g_autofree char *above = g_path_get_dirname (own);

  show_folder (self, info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY
                         ? own
                         : above);
}

void
gantry_studies_view_open_folder (GantryStudiesView *self)
{
  g_autoptr (GPtrArray) studies = NULL;
  const GantryStudy *study = NULL;
  g_autofree char *folder = NULL;

  g_return_if_fail (GANTRY_IS_STUDIES_VIEW (self));

  if (count_studies (self) == 1)
    {
      studies = read_studies (self);
      if (studies == NULL)
        return;
      study = studies->pdata[0];
      folder = gantry_study_find_folder (study);
    }
  if (folder != NULL)
    show_folder (self, folder);
  else if (*self->directory == '\0')
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                _ ("Switch the receiver on to see where it keeps objects."));
  else if (study != NULL && gantry_uid_is_valid (study->study_uid))
    {
      g_autoptr (GFile) own = g_file_new_build_filename (self->directory, study->study_uid, NULL);

      g_file_query_info_async (own, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                               G_PRIORITY_DEFAULT, NULL, on_own_folder, g_object_ref (self));
    }
  else
    show_folder (self, self->directory);
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
  gantry_record_list_set_filtered (self->list, self->source->text != NULL);
}

static void
header_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryStudiesView *self = GANTRY_STUDIES_VIEW (widget);
  g_autoptr (GPtrArray) studies = read_studies (self);

  if (studies != NULL && studies->len == 1)
    gantry_header_window_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->engine,
                                  ((GantryStudy *)studies->pdata[0])->id);
}

/* The destination is chosen where everything is sent from. */
static void
send_on_activated (GtkWidget *widget, const char *name, GVariant *value G_GNUC_UNUSED)
{
  GantryStudiesView *self = GANTRY_STUDIES_VIEW (widget);
  g_autoptr (GArray) choices = list_choices (self, g_str_equal (name, "studies.send-series"));

  for (guint i = 0; i < choices->len; i++)
    {
      const GantryReceivedChoice *choice = &g_array_index (choices, GantryReceivedChoice, i);

      gantry_engine_stage_received (self->engine, choice->study_id, choice->series_id);
    }
  if (choices->len > 0)
    gtk_widget_activate_action (widget, "win.page", "s", "send");
}

static void
copy_activated (GtkWidget *widget, const char *name, GVariant *value G_GNUC_UNUSED)
{
  GantryStudiesView *self = GANTRY_STUDIES_VIEW (widget);
  g_autoptr (GArray) choices = list_choices (self, g_str_equal (name, "studies.copy-series"));

  if (choices->len > 0)
    gantry_study_copy_present (widget, self->engine,
                               (const GantryReceivedChoice *)(gpointer)choices->data, choices->len);
}

static void
remove_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryStudiesView *self = GANTRY_STUDIES_VIEW (widget);
  g_autoptr (GPtrArray) studies = read_studies (self);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *path = NULL;

  if (studies == NULL || studies->len == 0)
    return;
  /* A disk is asked by what is on it: above the folder there may be another one. */
  path = g_strdup (gantry_study_get_sample (studies->pdata[0]));
  if (path == NULL && *self->directory != '\0')
    path = g_build_filename (self->directory, ((GantryStudy *)studies->pdata[0])->study_uid, NULL);
  for (guint i = 0; i < studies->len; i++)
    g_array_append_val (ids, ((GantryStudy *)studies->pdata[i])->id);
  gantry_study_removal_begin (self->removal, (const gint64 *)(gpointer)ids->data, ids->len, path);
}

static void
undo_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  gantry_study_removal_undo (GANTRY_STUDIES_VIEW (widget)->removal);
}

/* What is hidden, and whether it can be brought back. */
static void
removal_changed (GantryStudiesView *self)
{
  gantry_record_list_refresh (self->list);
  update_actions (self);
}

/* ---- The class ---------------------------------------------------------------------------- */

/* The window is closed; the engine will be soon. */
static void
gantry_studies_view_unrealize (GtkWidget *widget)
{
  GantryStudiesView *self = GANTRY_STUDIES_VIEW (widget);

  if (self->removal != NULL)
    gantry_study_removal_close (self->removal);
  GTK_WIDGET_CLASS (gantry_studies_view_parent_class)->unrealize (widget);
}

static void
gantry_studies_view_dispose (GObject *object)
{
  GantryStudiesView *self = GANTRY_STUDIES_VIEW (object);

  self->source = NULL;
  if (self->removal != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->removal, self);
      gantry_study_removal_close (self->removal);
    }
  g_clear_object (&self->removal);
  g_clear_pointer (&self->list, gantry_record_list_free);
  if (self->series_selection != NULL)
    g_signal_handlers_disconnect_by_data (self->series_selection, self);
  g_clear_object (&self->series_selection);
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
  widget_class->unrealize = gantry_studies_view_unrealize;

  g_type_ensure (GANTRY_TYPE_DETAILS_SPLIT);
  gtk_widget_class_install_action (widget_class, "studies.open-folder", NULL,
                                   open_folder_activated);
  gtk_widget_class_install_action (widget_class, "studies.header", NULL, header_activated);
  gtk_widget_class_install_action (widget_class, "studies.send-on", NULL, send_on_activated);
  gtk_widget_class_install_action (widget_class, "studies.send-series", NULL, send_on_activated);
  gtk_widget_class_install_action (widget_class, "studies.copy", NULL, copy_activated);
  gtk_widget_class_install_action (widget_class, "studies.copy-series", NULL, copy_activated);
  gtk_widget_class_install_action (widget_class, "studies.remove", NULL, remove_activated);
  gtk_widget_class_install_action (widget_class, "studies.undo", NULL, undo_activated);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "studies.undo",
                                       NULL);
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
  gtk_widget_class_bind_template_child (widget_class, GantryStudiesView, study_menu);
  gtk_widget_class_bind_template_child (widget_class, GantryStudiesView, series_menu);
}

/* Not in the table of series: there it would take more away than what is selected. */
static void
add_keys (GantryStudiesView *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Delete"),
                        gtk_named_action_new ("studies.remove")));
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
}

static void
gantry_studies_view_init (GantryStudiesView *self)
{
  self->directory = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  self->series = g_list_store_new (GANTRY_TYPE_PAGED_ITEM);
  self->series_selection
      = GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (self->series))));
  g_signal_connect_swapped (self->series_selection, "selection-changed",
                            G_CALLBACK (update_actions), self);
  gtk_column_view_set_model (self->series_view, self->series_selection);
  gantry_series_columns_add (self->series_scrolled, self->series_view);
  gantry_row_menu_follow_table (self->series_view, self->series_menu);
  gantry_study_columns_add (self->scrolled, self->view);
  add_keys (self);
  g_signal_connect_swapped (self->split, "show-details", G_CALLBACK (show_details), self);
  update_actions (self);
}

void
gantry_studies_view_set_engine (GantryStudiesView *self, GantryEngine *engine)
{
  GtkSelectionModel *selection;

  g_return_if_fail (GANTRY_IS_STUDIES_VIEW (self));
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  self->removal = gantry_study_removal_new (GTK_WIDGET (self), engine);
  g_signal_connect_swapped (self->removal, "changed", G_CALLBACK (removal_changed), self);
  self->source = g_new0 (StudiesSource, 1);
  self->source->engine = g_object_ref (engine);
  self->source->removal = g_object_ref (self->removal);
  self->list = gantry_record_list_new (&(GantryRecordListParts){ .stack = self->stack,
                                                                 .nothing_yet = self->nothing_yet,
                                                                 .none_match = self->none_match,
                                                                 .empty = self->empty_page,
                                                                 .filter = GTK_WIDGET (self->entry),
                                                                 .split = self->split,
                                                                 .scrolled = self->scrolled,
                                                                 .view = self->view,
                                                                 .menu = self->study_menu },
                                       TRUE, &studies_funcs, self->source, studies_source_free);
  selection = gantry_record_list_get_selection (self->list);
  /* Not with the details: in a narrow window they stay closed. */
  g_signal_connect_object (selection, "selection-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (selection, "items-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
}

void
gantry_studies_view_refresh (GantryStudiesView *self)
{
  g_return_if_fail (GANTRY_IS_STUDIES_VIEW (self));

  if (self->list != NULL)
    gantry_record_list_refresh (self->list);
}

void
gantry_studies_view_set_directory (GantryStudiesView *self, const char *directory)
{
  g_return_if_fail (GANTRY_IS_STUDIES_VIEW (self));

  gantry_record_set (&self->directory, directory);
}

void
gantry_studies_view_focus_filter (GantryStudiesView *self)
{
  g_return_if_fail (GANTRY_IS_STUDIES_VIEW (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}
