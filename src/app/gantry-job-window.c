/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-window.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-job-row.h"
#include "gantry-job-words.h"
#include "gantry-paged-model.h"
#include "gantry-record-column.h"
#include "gantry-registry.h"

struct _GantryJobWindow
{
  AdwWindow parent_instance;

  GantryJobRow *job_row;
  GtkScrolledWindow *scrolled;
  GtkColumnView *instances;

  GtkWidget *queue; /* not owned; NULL once it is gone */
  GantryItem *job;
  GantryPagedModel *model;
};

G_DEFINE_FINAL_TYPE (GantryJobWindow, gantry_job_window, ADW_TYPE_WINDOW)

/* ---- The instances, a page at a time ----------------------------------------------------------
 */

typedef struct
{
  GantryEngine *engine;
  gint64 job_id;
} Source;

static void
source_fetch (guint offset,
              guint limit,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer callback_data,
              gpointer data)
{
  Source *source = data;

  gantry_engine_list_instances_async (source->engine, source->job_id, offset, limit, cancellable,
                                      callback, callback_data);
}

static GPtrArray *
source_finish (GAsyncResult *result, guint *total, GError **error, gpointer data)
{
  return gantry_engine_list_finish (((Source *)data)->engine, result, total, error);
}

static gint64
source_key (gconstpointer record)
{
  return ((const GantryJobInstance *)record)->id;
}

static void
source_free (gpointer data)
{
  Source *source = data;

  g_object_unref (source->engine);
  g_free (source);
}

static const GantryPagedSource source_funcs = { source_fetch, source_finish, source_key };

/* ---- Columns ----------------------------------------------------------------------------------
 */

static void
fill_file (GtkWidget *cell, gconstpointer record)
{
  g_autofree char *name = g_path_get_basename (((const GantryJobInstance *)record)->path);

  gantry_cell_take_text (cell, g_filename_display_name (name));
}

static void
fill_modality (GtkWidget *cell, gconstpointer record)
{
  gantry_cell_set_tags (cell, ((const GantryJobInstance *)record)->modality);
}

static void
fill_sop_class (GtkWidget *cell, gconstpointer record)
{
  gantry_cell_take_text (cell,
                         gantry_uid_describe (((const GantryJobInstance *)record)->sop_class_uid));
}

static void
fill_transfer_syntax (GtkWidget *cell, gconstpointer record)
{
  const GantryJobInstance *instance = record;

  gantry_cell_take_text (cell, gantry_transfer_syntax_describe (instance->transfer_syntax));
}

static void
fill_outcome (GtkWidget *cell, gconstpointer record)
{
  GantryLook look = gantry_outcome_get_look (((const GantryJobInstance *)record)->outcome);

  gantry_cell_set_state (cell, look.icon, look.word, look.css_class);
}

static void
fill_status (GtkWidget *cell, gconstpointer record)
{
  const GantryJobInstance *instance = record;

  gantry_cell_take_text (cell, instance->status >= 0
                                   ? g_strdup_printf ("%04X", (guint)instance->status)
                                   : g_strdup (""));
}

static void
fill_meaning (GtkWidget *cell, gconstpointer record)
{
  gantry_cell_take_text (cell,
                         gantry_format_text (((const GantryJobInstance *)record)->message, 0));
}

static void
fill_elapsed (GtkWidget *cell, gconstpointer record)
{
  const GantryJobInstance *instance = record;

  gantry_cell_take_text (cell, instance->finished != 0 ? gantry_format_latency (instance->elapsed)
                                                       : g_strdup (""));
}

static char *
describe_instance (gconstpointer record)
{
  const GantryJobInstance *instance = record;
  g_autofree char *name = g_path_get_basename (instance->path);
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *sop_class = gantry_uid_describe (instance->sop_class_uid);
  g_autofree char *message = gantry_format_text (instance->message, 0);

  /* Translators: read aloud: file, SOP class, outcome, what it means */
  return g_strdup_printf (_ ("%s, %s, %s. %s"), shown, sop_class,
                          gantry_outcome_get_look (instance->outcome).word, message);
}

/* The last to go when the window gets narrow: which file, and what became of it. */
static const GantryRecordColumn columns[] = {
  { N_ ("File"), GANTRY_CELL_TEXT, 13, FALSE, 0, fill_file },
  { N_ ("Modality"), GANTRY_CELL_TAGS, 8, FALSE, 2, fill_modality },
  { N_ ("SOP class"), GANTRY_CELL_TEXT, 22, FALSE, 4, fill_sop_class },
  { N_ ("Transfer syntax"), GANTRY_CELL_TEXT, 15, FALSE, 6, fill_transfer_syntax },
  { N_ ("Outcome"), GANTRY_CELL_STATE, 15, FALSE, 0, fill_outcome },
  { N_ ("Status"), GANTRY_CELL_TEXT, 6, FALSE, 3, fill_status },
  { N_ ("Meaning"), GANTRY_CELL_TEXT, 22, TRUE, 1, fill_meaning },
  { N_ ("Time"), GANTRY_CELL_NUMBER, 8, FALSE, 5, fill_elapsed },
};

/* ---- The window -------------------------------------------------------------------------------
 */

static void
job_changed (GantryItem *job, GParamSpec *pspec G_GNUC_UNUSED, GantryJobWindow *self)
{
  gantry_job_row_show (self->job_row, gantry_item_get_record (job));
  gantry_paged_model_refresh (self->model);
}

/* The buttons of the row name actions of the queue, which is in another window. */
static void
forward_to_queue (GtkWidget *widget, const char *name, GVariant *id)
{
  GantryJobWindow *self = GANTRY_JOB_WINDOW (widget);

  if (self->queue != NULL)
    gtk_widget_activate_action_variant (self->queue, name, id);
  if (g_str_equal (name, "queue.remove"))
    gtk_window_close (GTK_WINDOW (self));
}

static void
gantry_job_window_dispose (GObject *object)
{
  GantryJobWindow *self = GANTRY_JOB_WINDOW (object);

  g_clear_weak_pointer (&self->queue);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_func (self->job, job_changed, self);
  if (self->instances != NULL)
    gtk_column_view_set_model (self->instances, NULL);
  g_clear_object (&self->job);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (gantry_job_window_parent_class)->dispose (object);
}

static void
gantry_job_window_class_init (GantryJobWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_job_window_dispose;

  g_type_ensure (GANTRY_TYPE_JOB_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-job-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, job_row);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, instances);
  gtk_widget_class_install_action (widget_class, "queue.cancel", "x", forward_to_queue);
  gtk_widget_class_install_action (widget_class, "queue.retry", "x", forward_to_queue);
  gtk_widget_class_install_action (widget_class, "queue.remove", "x", forward_to_queue);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
gantry_job_window_init (GantryJobWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gantry_record_columns_add (self->scrolled, self->instances, columns, G_N_ELEMENTS (columns),
                             describe_instance);
  gantry_job_row_set_in_window (self->job_row);
}

GantryJobWindow *
gantry_job_window_present (GtkWidget *queue, GantryEngine *engine, GantryItem *job)
{
  GantryJobWindow *self = g_object_new (GANTRY_TYPE_JOB_WINDOW, NULL);
  g_autoptr (GtkNoSelection) selection = NULL;
  Source *source = g_new (Source, 1);

  *source = (Source){ g_object_ref (engine), gantry_item_get_id (job) };
  self->model = gantry_paged_model_new (&source_funcs, source, source_free);
  self->job = g_object_ref (job);
  g_set_weak_pointer (&self->queue, queue);
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->model)));
  gtk_column_view_set_model (self->instances, GTK_SELECTION_MODEL (selection));

  g_signal_connect (job, "notify::record", G_CALLBACK (job_changed), self);
  job_changed (job, NULL, self);
  gtk_window_set_transient_for (GTK_WINDOW (self), GTK_WINDOW (gtk_widget_get_root (queue)));
  gtk_window_present (GTK_WINDOW (self));
  return self;
}
