/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-skipped-window.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-plain-list.h"

/* A wrong folder can hold millions of files; nobody reads more than this. */
#define LIMIT 5000

struct _GantrySkippedWindow
{
  AdwWindow parent_instance;

  GtkStack *stack;
  GtkWidget *scrolled;
  AdwStatusPage *failure;
  GtkListView *list;
  GtkLabel *more;

  GListStore *store; /* GantryItem over GantrySkipped */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (GantrySkippedWindow, gantry_skipped_window, ADW_TYPE_WINDOW)

static void
show_more (GantrySkippedWindow *self, guint shown, guint total)
{
  g_autofree char *number = gantry_format_count (total - MIN (shown, total));
  g_autofree char *text = g_strdup_printf (
      ngettext ("%s more file was skipped.", "%s more files were skipped.", total - shown), number);

  gtk_label_set_text (self->more, text);
  gtk_widget_set_visible (GTK_WIDGET (self->more), total > shown);
}

static void
skipped_listed (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  GantrySkippedWindow *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *escaped = NULL;
  guint total = 0;
  g_autoptr (GPtrArray) skipped
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, &total, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (skipped == NULL)
    {
      escaped = g_markup_escape_text (error->message, -1);
      adw_status_page_set_description (self->failure, escaped);
      gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->failure));
      return;
    }

  gantry_plain_list_show (self->store, skipped);
  show_more (self, skipped->len, total);
  gtk_stack_set_visible_child (self->stack, self->scrolled);
}

static GtkWidget *
create_label (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  return label;
}

static GtkWidget *
create_row (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *path = create_label ();
  GtkWidget *reason = create_label ();

  /* The end of a path tells more than its beginning. */
  gtk_label_set_ellipsize (GTK_LABEL (path), PANGO_ELLIPSIZE_START);
  gtk_label_set_wrap (GTK_LABEL (reason), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (reason), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (reason, "dim-label");
  gtk_widget_add_css_class (reason, "caption");
  gtk_box_append (GTK_BOX (box), path);
  gtk_box_append (GTK_BOX (box), reason);
  return box;
}

static char *
show_skipped (GtkWidget *box, gconstpointer record)
{
  const GantrySkipped *skipped = record;
  GtkWidget *path = gtk_widget_get_first_child (box);
  g_autofree char *shown = g_filename_display_name (skipped->path);

  gtk_label_set_text (GTK_LABEL (path), shown);
  gtk_widget_set_tooltip_text (path, shown);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (path)), skipped->reason);
  /* Translators: read aloud: a file, and why it was skipped */
  return g_strdup_printf (_ ("%s: %s"), shown, skipped->reason);
}

static const GantryPlainRow row = { create_row, show_skipped };

static void
gantry_skipped_window_dispose (GObject *object)
{
  GantrySkippedWindow *self = GANTRY_SKIPPED_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (gantry_skipped_window_parent_class)->dispose (object);
}

static void
gantry_skipped_window_class_init (GantrySkippedWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_skipped_window_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-skipped-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GantrySkippedWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, GantrySkippedWindow, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantrySkippedWindow, failure);
  gtk_widget_class_bind_template_child (widget_class, GantrySkippedWindow, list);
  gtk_widget_class_bind_template_child (widget_class, GantrySkippedWindow, more);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
gantry_skipped_window_init (GantrySkippedWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->cancellable = g_cancellable_new ();
  self->store = gantry_plain_list_new (self->list, &row);
}

void
gantry_skipped_window_present (GtkWidget *widget, GantryEngine *engine)
{
  GantrySkippedWindow *self = g_object_new (GANTRY_TYPE_SKIPPED_WINDOW, NULL);

  gtk_window_set_transient_for (GTK_WINDOW (self), GTK_WINDOW (gtk_widget_get_root (widget)));
  gantry_engine_list_skipped_async (engine, GANTRY_SKIPPED_HARMLESS, LIMIT, self->cancellable,
                                    skipped_listed, self);
  gtk_window_present (GTK_WINDOW (self));
}
