/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-file-setting-row.h"

#include <glib/gi18n-lib.h>

#include "gantry-settings.h"

struct _GantryFileSettingRow
{
  AdwActionRow parent_instance;

  GtkWidget *clear_button, *choose_button;
  GtkNativeDialog *chooser; /* NULL: not open */
  char *key, *none;
};

G_DEFINE_FINAL_TYPE (GantryFileSettingRow, gantry_file_setting_row, ADW_TYPE_ACTION_ROW)

static void
update (GantryFileSettingRow *self)
{
  g_autofree char *path = g_settings_get_string (gantry_settings_get (), self->key);
  g_autofree char *shown = g_filename_display_name (path);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), *path != '\0' ? shown : self->none);
  gtk_widget_set_visible (self->clear_button, *path != '\0');
}

static void
chooser_answered (GtkNativeDialog *chooser, int response, GantryFileSettingRow *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser))
                               : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL && g_utf8_validate (path, -1, NULL))
    g_settings_set_string (gantry_settings_get (), self->key, path);
  g_clear_object (&self->chooser);
}

static void
choose (GantryFileSettingRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));

  if (self->chooser != NULL)
    return;
  self->chooser = GTK_NATIVE_DIALOG (gtk_file_chooser_native_new (
      title, GTK_WINDOW (root), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"), _ ("_Cancel")));
  gtk_native_dialog_set_modal (self->chooser, TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chooser_answered), self, 0);
  gtk_native_dialog_show (self->chooser);
}

static void
clear (GantryFileSettingRow *self)
{
  g_settings_reset (gantry_settings_get (), self->key);
  gtk_widget_grab_focus (self->choose_button);
}

static GtkWidget *
make_button (GantryFileSettingRow *self, const char *icon, const char *tooltip, GCallback pressed)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_swapped (button, "clicked", pressed, self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), button);
  return button;
}

static void
gantry_file_setting_row_dispose (GObject *object)
{
  GantryFileSettingRow *self = GANTRY_FILE_SETTING_ROW (object);

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (self->chooser);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (gantry_file_setting_row_parent_class)->dispose (object);
}

static void
gantry_file_setting_row_finalize (GObject *object)
{
  GantryFileSettingRow *self = GANTRY_FILE_SETTING_ROW (object);

  g_free (self->key);
  g_free (self->none);
  G_OBJECT_CLASS (gantry_file_setting_row_parent_class)->finalize (object);
}

static void
gantry_file_setting_row_class_init (GantryFileSettingRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gantry_file_setting_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = gantry_file_setting_row_finalize;
}

static void
gantry_file_setting_row_init (GantryFileSettingRow *self)
{
  /* Paths are not ours, and may be long. */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 2);
}

GtkWidget *
gantry_file_setting_row_new (const char *key, const char *title, const char *none)
{
  GantryFileSettingRow *self = g_object_new (GANTRY_TYPE_FILE_SETTING_ROW, "title", title, NULL);
  g_autofree char *changed = g_strconcat ("changed::", key, NULL);
  /* Translators: the name of a button beside “Certificate”, “Key” and the like */
  g_autofree char *remove = g_strdup_printf (_ ("Remove: %s"), title);
  g_autofree char *open = g_strdup_printf (_ ("Choose a File: %s"), title);

  self->key = g_strdup (key);
  self->none = g_strdup (none);
  self->clear_button = make_button (self, "edit-clear-symbolic", remove, G_CALLBACK (clear));
  self->choose_button = make_button (self, "document-open-symbolic", open, G_CALLBACK (choose));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), self->choose_button);
  g_signal_connect_object (gantry_settings_get (), changed, G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
