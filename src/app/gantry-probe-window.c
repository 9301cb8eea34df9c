/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-window.h"

#include <glib/gi18n-lib.h>

#include "gantry-adaptive-box.h"
#include "gantry-format.h"
#include "gantry-node-exchange.h"
#include "gantry-probe-compare.h"
#include "gantry-probe-extended.h"
#include "gantry-probe-list.h"
#include "gantry-probe-matrix.h"
#include "gantry-probe-save.h"

struct _GantryProbeWindow
{
  AdwWindow parent_instance;

  AdwWindowTitle *title;
  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkWidget *running_page, *failure_page, *matrix_page;
  GtkProgressBar *progress;
  GtkLabel *summary, *cell, *nothing;
  GtkEditable *search;
  GtkDropDown *columns;
  GantryProbeCompare *compare;
  GtkCheckButton *accepted_only, *staged_only, *listed_only, *differences_only;
  GantryProbeMatrix *matrix;
  GantryProbeExtended *extended;
  GtkMenuButton *extended_button;

  GantryEngine *engine;
  GantryNode *node;
  GantryProbeGrid *grid;
  GCancellable *closing; /* of every question */
  GCancellable *kept;    /* of those for the newest probe that is kept */
  GCancellable *probing; /* NULL: not */
};

G_DEFINE_FINAL_TYPE (GantryProbeWindow, gantry_probe_window, ADW_TYPE_WINDOW)

static void
add_toast (GantryProbeWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/* ---- Filter --------------------------------------------------------------------------------- */

/* All of them, those that are accepted, then the groups. */
static int
get_columns (GantryProbeWindow *self)
{
  guint selected = gtk_drop_down_get_selected (self->columns);

  if (selected == 0 || selected == GTK_INVALID_LIST_POSITION)
    return GANTRY_COLUMNS_ACCEPTED;
  return selected == 1 ? GANTRY_COLUMNS_ALL : (int)selected - 2;
}

static void
filter_changed (GantryProbeWindow *self)
{
  const GantryGridFilter filter = {
    .text = gtk_editable_get_text (self->search),
    .accepted_only = gtk_check_button_get_active (self->accepted_only),
    .only = { [GANTRY_GRID_STAGED] = gtk_check_button_get_active (self->staged_only),
              [GANTRY_GRID_LISTED] = gtk_check_button_get_active (self->listed_only) },
    .differences_only = gtk_check_button_get_active (self->differences_only)
                        && gantry_probe_grid_get_other (self->grid) != NULL,
    .columns = get_columns (self),
  };

  /* While the template is being filled, there is nothing yet. */
  if (self->grid != NULL)
    gantry_probe_grid_set_filter (self->grid, &filter);
}

static void
update_cell (GantryProbeWindow *self)
{
  int row, column;
  g_autofree char *text = NULL;

  gantry_probe_matrix_get_current (self->matrix, &row, &column);
  if (row >= 0)
    text = gantry_probe_grid_describe_cell (self->grid, (guint)row, (guint)column);
  else
    text = gantry_probe_grid_describe_marks (self->grid);
  gtk_label_set_text (self->cell, text);
}

static void
grid_changed (GantryProbeWindow *self)
{
  g_autofree char *summary = gantry_probe_grid_summarize (self->grid);
  gboolean empty = gantry_probe_grid_get_n_rows (self->grid) == 0
                   || gantry_probe_grid_get_n_columns (self->grid) == 0;

  gtk_label_set_text (self->summary, summary);
  gtk_widget_set_visible (GTK_WIDGET (self->nothing), empty);
  gtk_widget_set_sensitive (GTK_WIDGET (self->differences_only),
                            gantry_probe_grid_get_other (self->grid) != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "probe.keep-list", !empty);
  update_cell (self);
}

static void
on_staged (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) studies
      = gantry_engine_list_finish (GANTRY_ENGINE (object), result, NULL, &error);
  GantryProbeWindow *self = data;
  g_auto (GStrv) uids = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (studies == NULL)
    {
      add_toast (self, error->message);
      return;
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->staged_only), studies->len > 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->staged_only),
                               studies->len > 0 ? NULL : _ ("Nothing is staged on the Send page"));
  uids = gantry_probe_list_from_studies (studies);
  gantry_probe_grid_set_wanted (self->grid, GANTRY_GRID_STAGED, (const char *const *)uids);
}

static void
load_list (GantryProbeWindow *self)
{
  g_auto (GStrv) uids = gantry_probe_list_load ();

  gtk_widget_set_sensitive (GTK_WIDGET (self->listed_only), *uids != NULL);
  gantry_probe_grid_set_wanted (self->grid, GANTRY_GRID_LISTED, (const char *const *)uids);
}

static void
keep_list_activated (GtkWidget *widget,
                     const char *name G_GNUC_UNUSED,
                     GVariant *value G_GNUC_UNUSED)
{
  GantryProbeWindow *self = GANTRY_PROBE_WINDOW (widget);
  guint n = gantry_probe_list_keep (self->grid);
  g_autofree char *text = g_strdup_printf (
      ngettext ("%u SOP class is in your list", "%u SOP classes are in your list", n), n);

  load_list (self);
  add_toast (self, text);
}

static void
other_changed (GantryProbeWindow *self)
{
  gantry_probe_grid_set_other (self->grid, gantry_probe_compare_get_other (self->compare));
  filter_changed (self);
}

/* ---- Asking --------------------------------------------------------------------------------- */

static void
show_probe (GantryProbeWindow *self, GantryProbe *probe)
{
  g_autofree char *time = gantry_format_time (probe->started);
  g_autofree char *subtitle = g_strdup_printf (_ ("Asked at %s"), time);
  guint n = gantry_probe_extended_show (self->extended, probe->extended);
  g_autofree char *label
      = g_strdup_printf (ngettext ("%u extended answer", "%u extended answers", n), n);

  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_menu_button_set_label (self->extended_button, label);
  gtk_widget_set_visible (GTK_WIDGET (self->extended_button), n > 0);
  gantry_probe_grid_set_probe (self->grid, probe);
  gtk_stack_set_visible_child (self->stack, self->matrix_page);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "probe.export", TRUE);
  gantry_probe_compare_set_probe (self->compare, self->engine, probe);
}

static void
show_failure (GantryProbeWindow *self, const char *title, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  adw_status_page_set_title (ADW_STATUS_PAGE (self->failure_page), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (self->failure_page), escaped);
  gtk_stack_set_visible_child (self->stack, self->failure_page);
}

static void
set_probing (GantryProbeWindow *self, gboolean on)
{
  g_clear_object (&self->probing);
  if (on)
    self->probing = g_cancellable_new ();
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "probe.start", !on);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "probe.cancel", on);
}

static void
on_progress (guint done, guint total, gpointer data)
{
  GantryProbeWindow *self = data;
  g_autofree char *done_text = gantry_format_count (done);
  g_autofree char *total_text = gantry_format_count (total);
  g_autofree char *text
      = g_strdup_printf (_ ("%s of %s proposals answered"), done_text, total_text);

  gtk_progress_bar_set_fraction (self->progress, total > 0 ? (double)done / total : 0);
  gtk_progress_bar_set_text (self->progress, text);
}

static void
on_probed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryProbeWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryProbe) probe
      = gantry_engine_probe_finish (GANTRY_ENGINE (object), result, &error);
  gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  if (self->engine == NULL) /* the window is gone */
    return;
  set_probing (self, FALSE);
  if (probe != NULL)
    show_probe (self, probe);
  else if (cancelled && gantry_probe_grid_get_probe (self->grid) != NULL)
    gtk_stack_set_visible_child (self->stack, self->matrix_page);
  else if (cancelled)
    show_failure (self, _ ("Cancelled"), _ ("The node was not asked to the end."));
  else
    show_failure (self, _ ("The Node Cannot Be Asked"), error->message);
}

static void
start_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryProbeWindow *self = GANTRY_PROBE_WINDOW (widget);

  if (self->probing != NULL)
    return;
  g_cancellable_cancel (self->kept); /* it would cover the new one */
  set_probing (self, TRUE);
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_progress_bar_set_text (self->progress, _ ("Connecting…"));
  gtk_stack_set_visible_child (self->stack, self->running_page);
  gantry_engine_probe_async (self->engine, self->node, NULL, NULL, on_progress, self->probing,
                             on_probed, g_object_ref (self));
}

static void
cancel_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  g_cancellable_cancel (GANTRY_PROBE_WINDOW (widget)->probing);
}

/* What was asked for may be there or not; without it the node is asked. */
static void
take_first (GObject *object,
            GAsyncResult *result,
            GantryProbeWindow *self,
            void (*use) (GantryProbeWindow *self, GantryProbe *probe))
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) probes
      = gantry_engine_list_finish (GANTRY_ENGINE (object), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (probes != NULL && probes->len > 0)
    use (self, probes->pdata[0]);
  else
    start_activated (GTK_WIDGET (self), NULL, NULL);
}

static void
on_newest (GObject *object, GAsyncResult *result, gpointer data)
{
  take_first (object, result, data, show_probe);
}

/* The list is without what was answered. */
static void
read_probe (GantryProbeWindow *self, GantryProbe *probe)
{
  gantry_engine_get_probe_async (self->engine, probe->id, self->kept, on_newest, self);
}

static void
on_kept (GObject *object, GAsyncResult *result, gpointer data)
{
  take_first (object, result, data, read_probe);
}

/* ---- The node ------------------------------------------------------------------------------- */

static void
set_node (GantryProbeWindow *self, GantryNode *node)
{
  g_autofree char *name
      = node->is_self ? g_strdup (_ ("This Workstation")) : gantry_format_text (node->name, 0);
  g_autofree char *title = g_strdup_printf (_ ("What Does %s Accept?"), name);

  gantry_record_ref (node);
  gantry_record_unref (self->node);
  self->node = node;
  adw_window_title_set_title (self->title, title);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->matrix), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title, -1);
}

/* One that is gone, or could not be read, stays as it was. */
static void
on_nodes (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) nodes
      = gantry_engine_list_finish (GANTRY_ENGINE (object), result, NULL, &error);
  GantryProbeWindow *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  for (guint i = 0; nodes != NULL && i < nodes->len; i++)
    if (((GantryNode *)nodes->pdata[i])->id == self->node->id)
      {
        set_node (self, nodes->pdata[i]);
        return;
      }
}

/* ---- Export --------------------------------------------------------------------------------- */

static void
on_saved (GObject *matrix, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryProbeWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = gantry_probe_save_finish (GTK_WIDGET (matrix), result, &error);
  g_autofree char *text = NULL;

  if (self->engine == NULL) /* the window is gone */
    return;
  if (name == NULL)
    {
      gantry_node_exchange_complain (GTK_WIDGET (self), _ ("Nothing Was Exported"), error->message);
      return;
    }
  text = g_strdup_printf (_ ("Written to “%s”"), name);
  add_toast (self, text);
}

void
gantry_probe_window_export_to (GantryProbeWindow *self, const char *path)
{
  gantry_probe_save_async (GTK_WIDGET (self->matrix), self->grid, path, on_saved,
                           g_object_ref (self));
}

static void
file_chosen (GtkNativeDialog *chooser, int response, gpointer data)
{
  g_autoptr (GantryProbeWindow) self = data;
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  path = file != NULL ? g_file_get_path (file) : NULL;
  if (path != NULL)
    gantry_probe_window_export_to (self, path);
  else if (file != NULL)
    add_toast (self, _ ("Choose a folder on this computer."));
  g_object_unref (chooser);
}

/* @value: how the name is to end */
static void
export_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value)
{
  GantryProbeWindow *self = GANTRY_PROBE_WINDOW (widget);
  const GantryProbe *probe = gantry_probe_grid_get_probe (self->grid);
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (probe->started / G_USEC_PER_SEC);
  g_autofree char *date = g_date_time_format (then, "%Y-%m-%d");
  g_autofree char *stem = g_strdelimit (g_strdup (self->node->name), G_DIR_SEPARATOR_S " .", '-');
  g_autofree char *file
      = g_strdup_printf ("probe-%s-%s.%s", stem, date, g_variant_get_string (value, NULL));
  GtkFileChooserNative *chooser
      = gtk_file_chooser_native_new (_ ("Export Probe"), GTK_WINDOW (self),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), file);
  g_signal_connect (chooser, "response", G_CALLBACK (file_chosen), g_object_ref (self));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* ---- The class ------------------------------------------------------------------------------ */

static void
gantry_probe_window_dispose (GObject *object)
{
  GantryProbeWindow *self = GANTRY_PROBE_WINDOW (object);

  g_cancellable_cancel (self->closing);
  g_cancellable_cancel (self->kept);
  g_cancellable_cancel (self->probing);
  g_clear_object (&self->probing);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->node, gantry_record_unref);
  /* An answer under way may hold it for longer than its parent lives. */
  gtk_window_set_transient_for (GTK_WINDOW (object), NULL);
  G_OBJECT_CLASS (gantry_probe_window_parent_class)->dispose (object);
}

static void
gantry_probe_window_finalize (GObject *object)
{
  GantryProbeWindow *self = GANTRY_PROBE_WINDOW (object);

  g_object_unref (self->closing);
  g_object_unref (self->kept);
  g_object_unref (self->grid);
  G_OBJECT_CLASS (gantry_probe_window_parent_class)->finalize (object);
}

/* The probe that runs holds a reference: closing ends it. */
static gboolean
gantry_probe_window_close_request (GtkWindow *window)
{
  g_cancellable_cancel (GANTRY_PROBE_WINDOW (window)->probing);
  return GTK_WINDOW_CLASS (gantry_probe_window_parent_class)->close_request (window);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-probe-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, title);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, running_page);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, failure_page);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, matrix_page);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, summary);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, cell);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, nothing);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, search);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, columns);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, compare);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, accepted_only);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, staged_only);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, listed_only);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, differences_only);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, matrix);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, extended);
  gtk_widget_class_bind_template_child (widget_class, GantryProbeWindow, extended_button);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, other_changed);
  gtk_widget_class_bind_template_callback (widget_class, update_cell);
  gtk_widget_class_bind_template_callback (widget_class, add_toast);
}

static gboolean
go_to_search (GtkWidget *widget, GVariant *arguments G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  return gtk_widget_grab_focus (GTK_WIDGET (GANTRY_PROBE_WINDOW (widget)->search));
}

static void
gantry_probe_window_class_init (GantryProbeWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_probe_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = gantry_probe_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = gantry_probe_window_close_request;

  g_type_ensure (GANTRY_TYPE_ADAPTIVE_BOX);
  g_type_ensure (GANTRY_TYPE_PROBE_COMPARE);
  g_type_ensure (GANTRY_TYPE_PROBE_EXTENDED);
  g_type_ensure (GANTRY_TYPE_PROBE_MATRIX);
  gtk_widget_class_install_action (widget_class, "probe.start", NULL, start_activated);
  gtk_widget_class_install_action (widget_class, "probe.cancel", NULL, cancel_activated);
  gtk_widget_class_install_action (widget_class, "probe.keep-list", NULL, keep_list_activated);
  gtk_widget_class_install_action (widget_class, "probe.export", "s", export_activated);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, go_to_search, NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "probe.start", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  bind_template (widget_class);
}

static void
gantry_probe_window_init (GantryProbeWindow *self)
{
  g_autoptr (GtkStringList) texts = gtk_string_list_new (NULL);

  self->closing = g_cancellable_new ();
  self->kept = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_string_list_append (texts, _ ("Accepted Ones"));
  gtk_string_list_append (texts, _ ("All"));
  for (GantrySyntaxGroup group = 0; group < GANTRY_N_SYNTAX_GROUPS; group++)
    gtk_string_list_append (texts, gantry_syntax_group_get_name (group));
  gtk_drop_down_set_model (self->columns, G_LIST_MODEL (texts));

  self->grid = gantry_probe_grid_new ();
  gantry_probe_matrix_set_grid (self->matrix, self->grid);
  g_signal_connect_object (self->grid, "changed", G_CALLBACK (grid_changed), self,
                           G_CONNECT_SWAPPED);
  load_list (self);
  filter_changed (self);
  set_probing (self, FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "probe.export", FALSE);
}

GtkWidget *
gantry_probe_window_new (GtkWindow *parent, GantryEngine *engine, GantryNode *node)
{
  GantryProbeWindow *self = g_object_new (GANTRY_TYPE_PROBE_WINDOW, "transient-for", parent, NULL);

  self->engine = g_object_ref (engine);
  set_node (self, node);
  gantry_engine_list_staged_async (engine, self->closing, on_staged, self);
  gantry_engine_list_probes_async (engine, node->id, self->kept, on_kept, self);
  return GTK_WIDGET (self);
}

void
gantry_probe_window_handle_event (GantryProbeWindow *self, GantryEvent *event)
{
  g_return_if_fail (GANTRY_IS_PROBE_WINDOW (self));

  /* The window is not modal: what it could not reach may just have been mended. */
  if (event->type == GANTRY_EVENT_NODES_CHANGED)
    gantry_engine_list_nodes_async (self->engine, self->closing, on_nodes, self);
  gantry_probe_compare_handle_event (self->compare, event);
}

GantryProbeGrid *
gantry_probe_window_get_grid (GantryProbeWindow *self)
{
  g_return_val_if_fail (GANTRY_IS_PROBE_WINDOW (self), NULL);

  return self->grid;
}
