/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-preferences.h"

#include "gantry-peer.h"
#include "gantry-settings.h"
#include "gantry-tls-page.h"

struct _GantryPreferences
{
  AdwPreferencesWindow parent_instance;

  GtkEditable *calling_ae_title, *receive_ae_title;
  GtkLabel *calling_error, *receive_error;
  GtkSpinButton *associations, *max_pdu, *connect_seconds, *acse_seconds, *dimse_seconds;
  GtkSpinButton *receive_port;
  GtkSwitch *check_called;
  AdwComboRow *color_scheme;
};

G_DEFINE_FINAL_TYPE (GantryPreferences, gantry_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static void
ae_title_typed (GtkEditable *row, const char *key, GtkLabel *message)
{
  g_autoptr (GError) error = NULL;
  const char *text = gtk_editable_get_text (row);

  if (gantry_ae_title_check (text, &error))
    {
      g_settings_set_string (gantry_settings_get (), key, text);
      gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
      gtk_accessible_reset_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID);
    }
  else
    {
      gtk_label_set_text (message, error->message);
      gtk_widget_add_css_class (GTK_WIDGET (row), "error");
      gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                                   GTK_ACCESSIBLE_INVALID_TRUE, -1);
    }
  gtk_widget_set_visible (GTK_WIDGET (message), error != NULL);
}

static void
calling_ae_title_typed (GtkEditable *row, GantryPreferences *self)
{
  ae_title_typed (row, GANTRY_KEY_CALLING_AE_TITLE, self->calling_error);
}

static void
receive_ae_title_typed (GtkEditable *row, GantryPreferences *self)
{
  ae_title_typed (row, GANTRY_KEY_RECEIVE_AE_TITLE, self->receive_error);
}

static gboolean
scheme_to_index (GValue *value, GVariant *variant, gpointer user_data G_GNUC_UNUSED)
{
  const char *nick = g_variant_get_string (variant, NULL);

  g_value_set_uint (value, g_str_equal (nick, "light") ? 1 : g_str_equal (nick, "dark") ? 2 : 0);
  return TRUE;
}

static GVariant *
index_to_scheme (const GValue *value,
                 const GVariantType *type G_GNUC_UNUSED,
                 gpointer user_data G_GNUC_UNUSED)
{
  static const char *const nicks[] = { "system", "light", "dark" };

  return g_variant_new_string (nicks[MIN (g_value_get_uint (value), 2)]);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, calling_ae_title);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, calling_error);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, receive_ae_title);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, receive_error);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, associations);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, max_pdu);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, connect_seconds);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, acse_seconds);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, dimse_seconds);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, receive_port);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, check_called);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, color_scheme);
}

static void
gantry_preferences_class_init (GantryPreferencesClass *klass)
{
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
bind_number (const char *key, GtkSpinButton *button)
{
  g_settings_bind (gantry_settings_get (), key, button, "value", G_SETTINGS_BIND_DEFAULT);
}

static void
show_ae_title (GtkEditable *row, const char *key)
{
  g_autofree char *text = g_settings_get_string (gantry_settings_get (), key);

  gtk_editable_set_text (row, text);
}

static void
gantry_preferences_init (GantryPreferences *self)
{
  GSettings *settings = gantry_settings_get ();

  gtk_widget_init_template (GTK_WIDGET (self));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), gantry_tls_page_new ());

  bind_number (GANTRY_KEY_ASSOCIATIONS, self->associations);
  bind_number (GANTRY_KEY_MAX_PDU, self->max_pdu);
  bind_number (GANTRY_KEY_CONNECT_SECONDS, self->connect_seconds);
  bind_number (GANTRY_KEY_ACSE_SECONDS, self->acse_seconds);
  bind_number (GANTRY_KEY_DIMSE_SECONDS, self->dimse_seconds);
  bind_number (GANTRY_KEY_RECEIVE_PORT, self->receive_port);
  g_settings_bind (settings, GANTRY_KEY_RECEIVE_CHECK_CALLED, self->check_called, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind_with_mapping (settings, GANTRY_KEY_COLOR_SCHEME, self->color_scheme, "selected",
                                G_SETTINGS_BIND_DEFAULT, scheme_to_index, index_to_scheme, NULL,
                                NULL);

  g_signal_connect (self->calling_ae_title, "changed", G_CALLBACK (calling_ae_title_typed), self);
  g_signal_connect (self->receive_ae_title, "changed", G_CALLBACK (receive_ae_title_typed), self);
  show_ae_title (self->calling_ae_title, GANTRY_KEY_CALLING_AE_TITLE);
  show_ae_title (self->receive_ae_title, GANTRY_KEY_RECEIVE_AE_TITLE);
}

GantryPreferences *
gantry_preferences_new (GtkWindow *parent)
{
  return g_object_new (GANTRY_TYPE_PREFERENCES, "transient-for", parent, NULL);
}
