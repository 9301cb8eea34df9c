/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-header-window.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-paged-item.h"
#include "gantry-record-column.h"
#include "gantry-registry.h"
#include "gantry-study-copy.h"

struct _GantryHeaderWindow
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  GtkEditable *entry;
  GtkStack *stack;
  GtkWidget *nothing_yet;
  AdwStatusPage *message;
  GtkScrolledWindow *scrolled;
  GtkColumnView *view;

  GantryEngine *engine;
  gint64 study_id;
  guint position, total;  /* of the object that is shown */
  guint wanted;           /* the position that is asked for; none: position */
  gint64 object_id;       /* of what is shown */
  char *path;             /* NULL: not known yet */
  GListStore *elements;   /* GantryPagedItem */
  GCancellable *question; /* for them */
  GCancellable *object_question;
};

G_DEFINE_FINAL_TYPE (GantryHeaderWindow, gantry_header_window, ADW_TYPE_WINDOW)

/* ---- Columns ----------------------------------------------------------------------------------
 */

typedef const GantryHeaderElement Element;

static void
fill_tag (GtkWidget *cell, gconstpointer data)
{
  Element *element = data;

  gantry_cell_take_text (
      cell, g_strdup_printf ("(%04X,%04X)", element->tag >> 16, element->tag & 0xFFFF));
}

static void
fill_vr (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_set_text (cell, ((Element *)data)->vr);
}

/* What is in an item stands further in. */
static void
fill_name (GtkWidget *cell, gconstpointer data)
{
  Element *element = data;
  g_autofree char *indent = g_strnfill (3 * element->depth, ' ');

  gantry_cell_take_text (
      cell, g_strconcat (indent, *element->name != '\0' ? element->name : _ ("Unknown"), NULL));
}

static void
fill_value (GtkWidget *cell, gconstpointer data)
{
  Element *element = data;
  g_autofree char *text = gantry_format_text (element->value, 0);

  gantry_cell_take_text (cell, g_strconcat (text, element->cut ? "…" : "", NULL));
}

static void
fill_length (GtkWidget *cell, gconstpointer data)
{
  guint64 length = ((Element *)data)->length;

  gantry_cell_take_text (cell, length == G_MAXUINT32 ? g_strdup (_ ("undefined"))
                                                     : gantry_format_count (length));
}

static char *
describe_element (gconstpointer data)
{
  Element *element = data;

  return g_strdup_printf ("%s: %s", element->name, element->value);
}

static const GantryRecordColumn columns[] = {
  { N_ ("Tag"), GANTRY_CELL_TEXT, 12, FALSE, 0, fill_tag },
  { N_ ("VR"), GANTRY_CELL_TEXT, 3, FALSE, 2, fill_vr },
  { N_ ("Name"), GANTRY_CELL_TEXT, 20, TRUE, 0, fill_name },
  { N_ ("Value"), GANTRY_CELL_TEXT, 24, TRUE, 0, fill_value },
  { N_ ("Length"), GANTRY_CELL_NUMBER, 9, FALSE, 1, fill_length },
};

/* ---- Asking -----------------------------------------------------------------------------------
 */

static GCancellable *
begin_question (GCancellable **question)
{
  g_cancellable_cancel (*question);
  g_clear_object (question);
  *question = g_cancellable_new ();
  return *question;
}

static void
show_message (GantryHeaderWindow *self, const char *title, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_status_page_set_title (self->message, title);
  adw_status_page_set_description (self->message, escaped);
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->message));
}

static void
on_elements (GObject *object, GAsyncResult *result, gpointer data)
{
  GantryHeaderWindow *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) elements
      = gantry_engine_list_finish (GANTRY_ENGINE (object), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (elements == NULL)
    {
      show_message (self, _ ("The Object Cannot Be Read"), error->message);
      return;
    }
  for (guint i = 0; i < elements->len; i++)
    {
      GantryPagedItem *item = gantry_paged_item_new (i, NULL, NULL);

      gantry_paged_item_set_record (item, g_ptr_array_index (elements, i));
      g_ptr_array_add (items, item);
    }
  g_list_store_splice (self->elements, 0, g_list_model_get_n_items (G_LIST_MODEL (self->elements)),
                       items->pdata, items->len);
  if (items->len > 0)
    gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->scrolled));
  else
    show_message (self, _ ("No Element Matches"), _ ("Search for something else."));
}

static void
ask (GantryHeaderWindow *self)
{
  const char *text = gtk_editable_get_text (self->entry);

  if (self->path != NULL)
    gantry_engine_list_elements_async (self->engine, self->path, *text != '\0' ? text : NULL,
                                       begin_question (&self->question), on_elements, self);
}

static void
update_actions (GantryHeaderWindow *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "header.previous", self->wanted > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "header.next", self->wanted + 1 < self->total);
}

static void ask_object (GantryHeaderWindow *self, guint position);

static void
show_object (GantryHeaderWindow *self, const GantryReceived *object)
{
  g_autofree char *name = gantry_uid_describe (object->sop_class_uid);
  g_autofree char *number = gantry_format_count (self->position + 1);
  g_autofree char *total = gantry_format_count (self->total);
  g_autofree char *subtitle = g_strdup_printf (_ ("%s, object %s of %s"), name, number, total);

  g_free (self->path);
  self->path = g_strdup (object->path);
  self->object_id = object->id;
  /* Of the kind only: a window's title is seen by everybody. */
  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "header.copy", TRUE);
  ask (self);
}

static void
on_object (GObject *engine, GAsyncResult *result, gpointer data)
{
  GantryHeaderWindow *self = data;
  g_autoptr (GError) error = NULL;
  guint total = 0;
  g_autoptr (GPtrArray) objects
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, &total, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (objects != NULL)
    self->total = total;
  if (objects != NULL && objects->len > 0)
    {
      self->position = self->wanted;
      show_object (self, g_ptr_array_index (objects, 0));
    }
  else if (objects != NULL && total > 0 && total <= self->wanted)
    {
      ask_object (self, total - 1); /* there are fewer than there were */
      return;
    }
  else
    {
      self->wanted = self->position;
      g_cancellable_cancel (self->question); /* its answer would cover what is said now */
      show_message (self, _ ("There Is No Object"),
                    error != NULL ? error->message : _ ("The study has been removed."));
    }
  update_actions (self);
}

static void
ask_object (GantryHeaderWindow *self, guint position)
{
  self->wanted = position;
  update_actions (self);
  gantry_engine_list_study_objects_async (self->engine, self->study_id, 0, position, 1,
                                          begin_question (&self->object_question), on_object, self);
}

static void
next_activated (GtkWidget *widget, const char *name, GVariant *value G_GNUC_UNUSED)
{
  GantryHeaderWindow *self = GANTRY_HEADER_WINDOW (widget);

  ask_object (self, g_str_equal (name, "header.next") ? self->wanted + 1 : self->wanted - 1);
}

/* ---- Copying ----------------------------------------------------------------------------------
 */

static void
copy_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryHeaderWindow *self = GANTRY_HEADER_WINDOW (widget);
  const GantryReceivedChoice choice = { self->study_id, 0, self->object_id };

  gantry_study_copy_present (widget, self->engine, &choice, 1);
}

/* The main window's toasts are behind this one. */
static void
toast_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *text)
{
  g_autofree char *escaped = g_markup_escape_text (g_variant_get_string (text, NULL), -1);

  adw_toast_overlay_add_toast (GANTRY_HEADER_WINDOW (widget)->toasts, adw_toast_new (escaped));
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_header_window_dispose (GObject *object)
{
  GantryHeaderWindow *self = GANTRY_HEADER_WINDOW (object);

  g_cancellable_cancel (self->question);
  g_clear_object (&self->question);
  g_cancellable_cancel (self->object_question);
  g_clear_object (&self->object_question);
  g_clear_object (&self->elements);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (gantry_header_window_parent_class)->dispose (object);
}

static void
gantry_header_window_class_init (GantryHeaderWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_header_window_dispose;

  gtk_widget_class_install_action (widget_class, "header.previous", NULL, next_activated);
  gtk_widget_class_install_action (widget_class, "header.next", NULL, next_activated);
  gtk_widget_class_install_action (widget_class, "header.copy", NULL, copy_activated);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_activated);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-header-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryHeaderWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, GantryHeaderWindow, title);
  gtk_widget_class_bind_template_child (widget_class, GantryHeaderWindow, entry);
  gtk_widget_class_bind_template_child (widget_class, GantryHeaderWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryHeaderWindow, nothing_yet);
  gtk_widget_class_bind_template_child (widget_class, GantryHeaderWindow, message);
  gtk_widget_class_bind_template_child (widget_class, GantryHeaderWindow, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryHeaderWindow, view);
  gtk_widget_class_bind_template_callback (widget_class, ask);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
gantry_header_window_init (GantryHeaderWindow *self)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->elements = g_list_store_new (GANTRY_TYPE_PAGED_ITEM);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->elements)));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  gantry_record_columns_add (self->scrolled, self->view, columns, G_N_ELEMENTS (columns),
                             describe_element);
  update_actions (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "header.copy", FALSE);
}

void
gantry_header_window_present (GtkWindow *parent, GantryEngine *engine, gint64 study_id)
{
  GantryHeaderWindow *self
      = g_object_new (GANTRY_TYPE_HEADER_WINDOW, "transient-for", parent, NULL);

  self->engine = g_object_ref (engine);
  self->study_id = study_id;
  ask_object (self, 0);
  gtk_window_present (GTK_WINDOW (self));
}
