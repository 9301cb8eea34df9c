/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-window.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-job-row.h"
#include "gantry-job-words.h"
#include "gantry-modality-tag.h"
#include "gantry-paged-model.h"
#include "gantry-registry.h"

struct _GantryJobWindow
{
  AdwWindow parent_instance;

  GantryJobRow *job_row;
  GtkColumnView *instances;

  GtkWidget *queue; /* not owned; NULL once it is gone */
  GantryItem *job;
  GantryPagedModel *model;
  guint columns_idle; /* source id */
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

typedef struct
{
  const char *title;
  GtkWidget *(*create) (void);
  void (*show) (GtkWidget *cell, const GantryJobInstance *instance);
  int width;        /* pixels; -1: what is left */
  int window_width; /* shown from this width of the window on */
} Column;

static GtkWidget *
create_text (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  return label;
}

static GtkWidget *
create_number (void)
{
  GtkWidget *label = create_text ();

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "numeric");
  return label;
}

static void
show_text (GtkWidget *cell, const char *text)
{
  gtk_label_set_text (GTK_LABEL (cell), text);
  gtk_widget_set_tooltip_text (cell, *text != '\0' ? text : NULL);
}

static void
show_file (GtkWidget *cell, const GantryJobInstance *instance)
{
  g_autofree char *name = g_path_get_basename (instance->path);
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *path = g_filename_display_name (instance->path);

  gtk_label_set_text (GTK_LABEL (cell), shown);
  gtk_widget_set_tooltip_text (cell, path);
}

static GtkWidget *
create_tag (void)
{
  GtkWidget *tag = gantry_modality_tag_new ("");

  gtk_widget_set_halign (tag, GTK_ALIGN_START);
  return tag;
}

static void
show_modality (GtkWidget *cell, const GantryJobInstance *instance)
{
  gantry_modality_tag_set_modality (GANTRY_MODALITY_TAG (cell), instance->modality);
}

static void
show_sop_class (GtkWidget *cell, const GantryJobInstance *instance)
{
  g_autofree char *text = gantry_uid_describe (instance->sop_class_uid);

  show_text (cell, text);
}

static void
show_transfer_syntax (GtkWidget *cell, const GantryJobInstance *instance)
{
  g_autofree char *text = gantry_transfer_syntax_describe (instance->transfer_syntax);

  show_text (cell, text);
}

static GtkWidget *
create_outcome (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon
      = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), create_text ());
  return box;
}

static void
show_outcome (GtkWidget *cell, const GantryJobInstance *instance)
{
  GantryLook look = gantry_outcome_get_look (instance->outcome);
  GtkWidget *icon = gtk_widget_get_first_child (cell);

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), look.icon);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (icon)), look.word);
  gtk_widget_set_css_classes (cell, (const char *[]){ look.css_class, NULL });
}

static void
show_status (GtkWidget *cell, const GantryJobInstance *instance)
{
  g_autofree char *text
      = instance->status >= 0 ? g_strdup_printf ("%04X", (guint)instance->status) : g_strdup ("");

  gtk_label_set_text (GTK_LABEL (cell), text);
}

static void
show_meaning (GtkWidget *cell, const GantryJobInstance *instance)
{
  g_autofree char *text = gantry_format_text (instance->message, 0);

  show_text (cell, text);
}

static void
show_elapsed (GtkWidget *cell, const GantryJobInstance *instance)
{
  g_autofree char *text
      = instance->finished != 0 ? gantry_format_latency (instance->elapsed) : g_strdup ("");

  gtk_label_set_text (GTK_LABEL (cell), text);
}

/* The last to go when the window gets narrow: which file, and what became of it. */
static const Column columns[] = {
  { N_ ("File"), create_text, show_file, 130, 0 },
  { N_ ("Modality"), create_tag, show_modality, 90, 520 },
  { N_ ("SOP class"), create_text, show_sop_class, 210, 960 },
  { N_ ("Transfer syntax"), create_text, show_transfer_syntax, 150, 1180 },
  { N_ ("Outcome"), create_outcome, show_outcome, 150, 0 },
  { N_ ("Status"), create_text, show_status, 72, 620 },
  { N_ ("Meaning"), create_text, show_meaning, -1, 480 },
  { N_ ("Time"), create_number, show_elapsed, 84, 740 },
};

static void
show_record (GantryPagedItem *item, GParamSpec *pspec G_GNUC_UNUSED, GtkListItem *list_item)
{
  const Column *column = g_object_get_data (G_OBJECT (list_item), "gantry-column");
  const GantryJobInstance *instance = gantry_paged_item_get_record (item);
  GtkWidget *cell = gtk_list_item_get_child (list_item);

  gtk_widget_set_visible (cell, instance != NULL);
  if (instance != NULL)
    column->show (cell, instance);
}

static void
setup_cell (GtkSignalListItemFactory *factory G_GNUC_UNUSED,
            GtkListItem *list_item,
            const Column *column)
{
  g_object_set_data (G_OBJECT (list_item), "gantry-column", (gpointer)column);
  gtk_list_item_set_child (list_item, column->create ());
}

static void
bind_cell (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item)
{
  GantryPagedItem *item = gtk_list_item_get_item (list_item);

  g_signal_connect (item, "notify::record", G_CALLBACK (show_record), list_item);
  show_record (item, NULL, list_item);
}

static void
unbind_cell (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), show_record, list_item);
}

static void
append_columns (GantryJobWindow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = NULL;

      g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), (gpointer)&columns[i]);
      g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), NULL);
      g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cell), NULL);
      column = gtk_column_view_column_new (_ (columns[i].title), factory);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_fixed_width (column, columns[i].width);
      gtk_column_view_column_set_expand (column, columns[i].width < 0);
      gtk_column_view_append_column (self->instances, column);
    }
}

static gboolean
show_columns (gpointer data)
{
  GantryJobWindow *self = data;
  GListModel *shown = gtk_column_view_get_columns (self->instances);
  int width = gtk_widget_get_width (GTK_WIDGET (self));

  self->columns_idle = 0;
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (shown, i);

      gtk_column_view_column_set_visible (column, width >= columns[i].window_width);
    }
  return G_SOURCE_REMOVE;
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
gantry_job_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GantryJobWindow *self = GANTRY_JOB_WINDOW (widget);

  GTK_WIDGET_CLASS (gantry_job_window_parent_class)
      ->size_allocate (widget, width, height, baseline);
  /* Columns cannot come and go while they are being placed. */
  if (self->columns_idle == 0)
    self->columns_idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, show_columns, self, NULL);
}

static void
gantry_job_window_dispose (GObject *object)
{
  GantryJobWindow *self = GANTRY_JOB_WINDOW (object);

  g_clear_handle_id (&self->columns_idle, g_source_remove);
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
  widget_class->size_allocate = gantry_job_window_size_allocate;

  g_type_ensure (GANTRY_TYPE_JOB_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-job-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryJobWindow, job_row);
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
  append_columns (self);
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
