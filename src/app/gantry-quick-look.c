/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-quick-look.h"

#include <glib/gi18n-lib.h>

#include "gantry-study-words.h"

struct _GantryQuickLook
{
  AdwWindow parent_instance;

  GtkStack *stack;
  GtkPicture *picture;
  AdwStatusPage *no_picture;
  GtkLabel *caption;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (GantryQuickLook, gantry_quick_look, ADW_TYPE_WINDOW)

static void
show_reason (GantryQuickLook *self, const char *reason)
{
  g_autofree char *escaped = g_markup_escape_text (reason, -1);

  adw_status_page_set_description (self->no_picture, escaped);
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->no_picture));
}

static void
picture_loaded (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  GantryQuickLook *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *file
      = gantry_engine_load_picture_finish (GANTRY_ENGINE (engine), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (file != NULL)
    texture = gdk_texture_new_from_filename (file, &error);
  if (texture == NULL)
    {
      show_reason (self, error->message);
      return;
    }
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->picture));
}

static void
gantry_quick_look_dispose (GObject *object)
{
  GantryQuickLook *self = GANTRY_QUICK_LOOK (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (gantry_quick_look_parent_class)->dispose (object);
}

static void
gantry_quick_look_class_init (GantryQuickLookClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_quick_look_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-quick-look.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryQuickLook, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryQuickLook, picture);
  gtk_widget_class_bind_template_child (widget_class, GantryQuickLook, no_picture);
  gtk_widget_class_bind_template_child (widget_class, GantryQuickLook, caption);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_space, 0, "window.close", NULL);
}

static void
gantry_quick_look_init (GantryQuickLook *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

void
gantry_quick_look_present (GtkWidget *widget, GantryEngine *engine, GantrySeries *series)
{
  GantryQuickLook *self = g_object_new (GANTRY_TYPE_QUICK_LOOK, NULL);
  g_autofree char *title = gantry_series_get_title (series);

  gtk_window_set_transient_for (GTK_WINDOW (self), GTK_WINDOW (gtk_widget_get_root (widget)));
  gtk_label_set_text (self->caption, title);
  if (*series->sample_path != '\0')
    gantry_engine_load_picture_async (engine, series->sample_path, self->cancellable,
                                      picture_loaded, self);
  else
    show_reason (self, _ ("There is no image in this series."));
  gtk_window_present (GTK_WINDOW (self));
}
