/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-work-dialog.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

/* Work that is faster than this has no window, ms. */
#define PATIENCE 300

struct _GantryWorkDialog
{
  GtkWidget *widget; /* weak: its window may be closed meanwhile */
  gboolean modal;
  char *title, *text, *name;

  GtkWidget *dialog; /* weak; NULL: not shown yet, or closed */
  GtkProgressBar *bar;
  double fraction;
  guint show_id;
  GCancellable *cancellable;
};

static void
stop_pressed (GantryWorkDialog *self)
{
  g_cancellable_cancel (self->cancellable);
}

static gboolean
show (gpointer data)
{
  GantryWorkDialog *self = data;
  GtkRoot *root = self->widget != NULL ? gtk_widget_get_root (self->widget) : NULL;
  GtkWidget *dialog;

  self->show_id = 0;
  if (root == NULL)
    return G_SOURCE_REMOVE;
  dialog = adw_message_dialog_new (GTK_WINDOW (root), self->title, self->text);
  g_set_weak_pointer (&self->dialog, dialog);
  gtk_window_set_modal (GTK_WINDOW (dialog), self->modal);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  self->bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_progress_bar_set_fraction (self->bar, self->fraction);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->name, -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), GTK_WIDGET (self->bar));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "stop", _ ("_Stop"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "stop");
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (stop_pressed), self);
  gtk_window_present (GTK_WINDOW (dialog));
  return G_SOURCE_REMOVE;
}

GantryWorkDialog *
gantry_work_dialog_new (
    GtkWidget *widget, gboolean modal, const char *title, const char *text, const char *bar)
{
  GantryWorkDialog *self = g_new0 (GantryWorkDialog, 1);

  g_set_weak_pointer (&self->widget, widget);
  self->modal = modal;
  self->title = g_strdup (title);
  self->text = g_strdup (text);
  self->name = g_strdup (bar);
  self->cancellable = g_cancellable_new ();
  self->show_id = g_timeout_add (PATIENCE, show, self);
  return self;
}

void
gantry_work_dialog_free (GantryWorkDialog *self)
{
  GtkWidget *dialog = self->dialog;

  g_clear_handle_id (&self->show_id, g_source_remove);
  if (dialog != NULL)
    {
      g_signal_handlers_disconnect_by_data (dialog, self);
      g_clear_weak_pointer (&self->dialog);
      gtk_window_destroy (GTK_WINDOW (dialog));
    }
  g_object_unref (self->cancellable);
  g_clear_weak_pointer (&self->widget);
  g_free (self->title);
  g_free (self->text);
  g_free (self->name);
  g_free (self);
}

GCancellable *
gantry_work_dialog_get_cancellable (GantryWorkDialog *self)
{
  return self->cancellable;
}

void
gantry_work_dialog_set_progress (GantryWorkDialog *self, guint64 done, guint64 total)
{
  self->fraction = total > 0 ? (double)done / (double)total : 0;
  if (self->dialog != NULL)
    gtk_progress_bar_set_fraction (self->bar, self->fraction);
}
