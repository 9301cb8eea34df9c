/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-window.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-details-split.h"
#include "gantry-facts-view.h"
#include "gantry-format.h"
#include "gantry-job-row.h"
#include "gantry-job-words.h"
#include "gantry-paged-model.h"
#include "gantry-record-column.h"
#include "gantry-registry.h"
#include "gantry-words.h"

struct _GantryJobWindow
{
  AdwWindow parent_instance;

  GantryJobRow *job_row;
  GantryDetailsSplit *split;
  GtkScrolledWindow *scrolled;
  GtkColumnView *instances;
  GantryFactsView *facts;

  GtkWidget *queue; /* not owned; NULL once it is gone */
  GantryItem *job;
  GantryPagedModel *model;
  GtkSingleSelection *selection;
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

  gantry_engine_list_instances_async (source->engine, source->job_id, NULL, offset, limit,
                                      cancellable, callback, callback_data);
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

/* ---- The facts of one instance
 * -------------------------------------------------------------------
 */

/* A name with the UID that it stands for. */
static void
add_uid (GantryFactsView *facts, const char *label, const char *uid, char *name)
{
  g_autofree char *text
      = strstr (name, uid) != NULL ? g_strdup (name) : g_strdup_printf ("%s\n%s", name, uid);

  gantry_facts_view_add (facts, label, *uid != '\0' ? text : "");
  g_free (name);
}

static char *
describe_code (const GantryJobInstance *instance)
{
  if (instance->status < 0)
    return g_strdup (instance->finished != 0 ? _ ("None: there was no answer") : "");
  /* Translators: a status code, and what the standard calls it */
  return g_strdup_printf (_ ("%04X: %s"), (guint)instance->status,
                          _ (gantry_status_lookup ((guint16)instance->status)->meaning));
}

static void
show_facts (GantryJobWindow *self)
{
  const GantryJobInstance *instance = gantry_details_split_get_record (self->split);
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;
  g_autofree char *path = NULL;
  g_autofree char *message = NULL;
  g_autofree char *code = NULL;
  g_autofree char *size = NULL;
  g_autofree char *time = NULL;
  g_autofree char *elapsed = NULL;
  const char *outcome;

  if (instance == NULL)
    return;

  name = g_path_get_basename (instance->path);
  title = g_filename_display_name (name);
  path = g_filename_display_name (instance->path);
  message = gantry_format_text (instance->message, 0);
  code = describe_code (instance);
  size = gantry_format_size (instance->size);
  time = gantry_format_time (instance->finished);
  elapsed = instance->elapsed > 0 ? gantry_format_latency (instance->elapsed) : g_strdup ("");
  outcome = gantry_outcome_get_look (instance->outcome).word;

  gantry_details_split_set_header (self->split, title, outcome);
  gantry_facts_view_begin (self->facts, instance->modality, title, outcome);
  gantry_facts_view_set_code (self->facts, instance->sop_instance_uid, "");
  gantry_facts_view_add (self->facts, _ ("What happened"), message);
  gantry_facts_view_add (self->facts, _ ("Status"), code);
  add_uid (self->facts, _ ("SOP class"), instance->sop_class_uid,
           gantry_uid_describe (instance->sop_class_uid));
  add_uid (self->facts, _ ("Transfer syntax of the file"), instance->transfer_syntax,
           gantry_transfer_syntax_describe (instance->transfer_syntax));
  gantry_facts_view_add (self->facts, _ ("SOP Instance UID"), instance->sop_instance_uid);
  gantry_facts_view_add (self->facts, _ ("File"), path);
  gantry_facts_view_add (self->facts, _ ("Size"), size);
  gantry_facts_view_add (self->facts, _ ("Ended at"), time);
  gantry_facts_view_add (self->facts, _ ("From the first octet to the answer"), elapsed);
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
  gtk_single_selection_set_model (self->selection, NULL);
  g_clear_object (&self->job);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (gantry_job_window_parent_class)->dispose (object);
}

static void
gantry_job_window_finalize (GObject *object)
{
  g_object_unref (GANTRY_JOB_WINDOW (object)->selection);
  G_OBJECT_CLASS (gantry_job_window_parent_class)->finalize (object);
}

static void
gantry_job_window_class_init (GantryJobWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_job_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = gantry_job_window_finalize;

  g_type_ensure (GANTRY_TYPE_DETAILS_SPLIT);
  g_type_ensure (GANTRY_TYPE_FACTS_VIEW);
  g_type_ensure (GANTRY_TYPE_JOB_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-job-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, job_row);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, split);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, instances);
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, facts);
  gtk_widget_class_bind_template_callback (widget_class, copy_uid);
  gtk_widget_class_bind_template_callback (widget_class, copy_all);
  gtk_widget_class_install_action (widget_class, "queue.cancel", "x", forward_to_queue);
  gtk_widget_class_install_action (widget_class, "queue.pause", "x", forward_to_queue);
  gtk_widget_class_install_action (widget_class, "queue.resume", "x", forward_to_queue);
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
  gantry_facts_view_hide_heading (self->facts);

  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_column_view_set_model (self->instances, GTK_SELECTION_MODEL (self->selection));
  gantry_details_split_follow (self->split, self->instances, self->selection);
  g_signal_connect_swapped (self->split, "show-details", G_CALLBACK (show_facts), self);
}

GantryJobWindow *
gantry_job_window_present (GtkWidget *queue, GantryEngine *engine, GantryItem *job)
{
  GantryJobWindow *self = g_object_new (GANTRY_TYPE_JOB_WINDOW, NULL);
  Source *source = g_new (Source, 1);

  *source = (Source){ g_object_ref (engine), gantry_item_get_id (job) };
  self->model = gantry_paged_model_new (&source_funcs, source, source_free);
  self->job = g_object_ref (job);
  g_set_weak_pointer (&self->queue, queue);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->model));

  g_signal_connect (job, "notify::record", G_CALLBACK (job_changed), self);
  job_changed (job, NULL, self);
  gtk_window_set_transient_for (GTK_WINDOW (self), GTK_WINDOW (gtk_widget_get_root (queue)));
  gtk_window_present (GTK_WINDOW (self));
  return self;
}
