/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-preferences.h"

#include <glib/gi18n-lib.h>

#include "gantry-peer.h"
#include "gantry-settings.h"
#include "gantry-tls-page.h"

/* After the last step of the port. */
#define PORT_SETTLED_MS 1000

struct _GantryPreferences
{
  AdwPreferencesWindow parent_instance;

  GtkEditable *calling_ae_title, *receive_ae_title;
  GtkLabel *calling_error, *receive_error;
  GtkSpinButton *associations, *max_pdu;
  GtkSpinButton *connect_seconds, *acse_seconds, *dimse_seconds, *idle_seconds;
  AdwComboRow *transcoding;
  GtkSwitch *fall_back;
  GtkSwitch *retry;
  GtkSpinButton *retry_limit, *retry_seconds;
  GtkSwitch *notify_stored, *notify_problems, *notify_patients;
  GtkSpinButton *receive_port;
  GtkSwitch *check_called;
  AdwComboRow *color_scheme;

  guint port_id; /* the timer of the port that is being chosen; 0: none */
};

G_DEFINE_FINAL_TYPE (GantryPreferences, gantry_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* ---- What starts the receiver anew: not with each key, as that aborts who is being served ------
 */

static gboolean
check_ae_title (GtkEditable *row, GtkLabel *message)
{
  g_autoptr (GError) error = NULL;

  if (gantry_ae_title_check (gtk_editable_get_text (row), &error))
    {
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
  return error == NULL;
}

static void
apply_ae_title (GtkEditable *row, const char *key, GtkLabel *message)
{
  if (check_ae_title (row, message))
    g_settings_set_string (gantry_settings_get (), key, gtk_editable_get_text (row));
}

static void
ae_titles_typed (GantryPreferences *self)
{
  check_ae_title (self->calling_ae_title, self->calling_error);
  check_ae_title (self->receive_ae_title, self->receive_error);
}

static void
apply_ae_titles (GantryPreferences *self)
{
  apply_ae_title (self->calling_ae_title, GANTRY_KEY_CALLING_AE_TITLE, self->calling_error);
  apply_ae_title (self->receive_ae_title, GANTRY_KEY_RECEIVE_AE_TITLE, self->receive_error);
}

static gboolean
apply_port (gpointer data)
{
  GantryPreferences *self = data;

  self->port_id = 0;
  g_settings_set_uint (gantry_settings_get (), GANTRY_KEY_RECEIVE_PORT,
                       (guint)gtk_spin_button_get_value_as_int (self->receive_port));
  return G_SOURCE_REMOVE;
}

static void
port_chosen (GantryPreferences *self)
{
  g_clear_handle_id (&self->port_id, g_source_remove);
  self->port_id = g_timeout_add (PORT_SETTLED_MS, apply_port, self);
}

static void
show_port (GantryPreferences *self)
{
  gtk_spin_button_set_value (self->receive_port,
                             g_settings_get_uint (gantry_settings_get (), GANTRY_KEY_RECEIVE_PORT));
  g_signal_connect_swapped (self->receive_port, "value-changed", G_CALLBACK (port_chosen), self);
}

/* What is in the window when it is closed is meant. */
static gboolean
close_requested (GtkWindow *window)
{
  GantryPreferences *self = GANTRY_PREFERENCES (window);

  apply_ae_titles (self);
  if (self->port_id != 0)
    {
      g_source_remove (self->port_id);
      apply_port (self);
    }
  return GTK_WINDOW_CLASS (gantry_preferences_parent_class)->close_request (window);
}

/* ---- Choices ----------------------------------------------------------------------------------
 */

/* The nicks of the schema, in the order of the rows. */
static const char *const scheme_nicks[] = { "system", "light", "dark", NULL };
static const char *const transcoding_nicks[] = { "never", "lossless", "any", NULL };

static gboolean
nick_to_index (GValue *value, GVariant *variant, gpointer nicks)
{
  const char *const *all = nicks;
  guint index = 0;

  while (all[index] != NULL && !g_str_equal (all[index], g_variant_get_string (variant, NULL)))
    index++;
  g_value_set_uint (value, all[index] != NULL ? index : 0);
  return TRUE;
}

static GVariant *
index_to_nick (const GValue *value, const GVariantType *type G_GNUC_UNUSED, gpointer nicks)
{
  guint index = g_value_get_uint (value);

  return index < g_strv_length (nicks) ? g_variant_new_string (((char **)nicks)[index]) : NULL;
}

/* Below the title: beside it, what is chosen would have no room in a narrow window. */
static void
explain_transcoding (AdwComboRow *row)
{
  const char *const explanations[] = {
    _ ("Objects go out as their files are, or not at all."),
    _ ("Every pixel value stays as it is. Images that were compressed with loss are not touched."),
    _ ("Also images that were compressed with loss are decompressed. No new loss is added."),
  };
  guint chosen = adw_combo_row_get_selected (row);
  g_autofree char *text = NULL;

  if (chosen >= G_N_ELEMENTS (explanations))
    return;
  text = g_strdup_printf ("%s\n%s",
                          gtk_string_object_get_string (adw_combo_row_get_selected_item (row)),
                          explanations[chosen]);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
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
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, idle_seconds);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, transcoding);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, fall_back);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, retry);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, retry_limit);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, retry_seconds);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, notify_stored);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, notify_problems);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, notify_patients);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, receive_port);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, check_called);
  gtk_widget_class_bind_template_child (widget_class, GantryPreferences, color_scheme);
}

static void
gantry_preferences_dispose (GObject *object)
{
  g_clear_handle_id (&GANTRY_PREFERENCES (object)->port_id, g_source_remove);
  G_OBJECT_CLASS (gantry_preferences_parent_class)->dispose (object);
}

static void
gantry_preferences_class_init (GantryPreferencesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gantry_preferences_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = close_requested;
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
bind_number (const char *key, GtkSpinButton *button)
{
  g_settings_bind (gantry_settings_get (), key, button, "value", G_SETTINGS_BIND_DEFAULT);
}

static void
bind_switch (const char *key, GtkSwitch *widget)
{
  g_settings_bind (gantry_settings_get (), key, widget, "active", G_SETTINGS_BIND_DEFAULT);
}

static void
bind_choice (const char *key, AdwComboRow *row, const char *const *nicks)
{
  g_settings_bind_with_mapping (gantry_settings_get (), key, row, "selected",
                                G_SETTINGS_BIND_DEFAULT, nick_to_index, index_to_nick,
                                (gpointer)nicks, NULL);
}

static void
show_ae_title (GtkEditable *row, const char *key)
{
  g_autofree char *text = g_settings_get_string (gantry_settings_get (), key);

  gtk_editable_set_text (row, text);
}

static void
connect_ae_title (GantryPreferences *self, GtkEditable *row)
{
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (ae_titles_typed), self);
  g_signal_connect_swapped (row, "apply", G_CALLBACK (apply_ae_titles), self);
}

static void
gantry_preferences_init (GantryPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), gantry_tls_page_new ());

  bind_number (GANTRY_KEY_ASSOCIATIONS, self->associations);
  bind_number (GANTRY_KEY_MAX_PDU, self->max_pdu);
  bind_number (GANTRY_KEY_CONNECT_SECONDS, self->connect_seconds);
  bind_number (GANTRY_KEY_ACSE_SECONDS, self->acse_seconds);
  bind_number (GANTRY_KEY_DIMSE_SECONDS, self->dimse_seconds);
  bind_number (GANTRY_KEY_IDLE_SECONDS, self->idle_seconds);
  bind_choice (GANTRY_KEY_TRANSCODING, self->transcoding, transcoding_nicks);
  g_signal_connect (self->transcoding, "notify::selected", G_CALLBACK (explain_transcoding), NULL);
  explain_transcoding (self->transcoding);
  bind_switch (GANTRY_KEY_FALL_BACK, self->fall_back);
  bind_switch (GANTRY_KEY_RETRY, self->retry);
  bind_number (GANTRY_KEY_RETRY_LIMIT, self->retry_limit);
  bind_number (GANTRY_KEY_RETRY_SECONDS, self->retry_seconds);
  bind_switch (GANTRY_KEY_NOTIFY_STORED, self->notify_stored);
  bind_switch (GANTRY_KEY_NOTIFY_PROBLEMS, self->notify_problems);
  bind_switch (GANTRY_KEY_NOTIFY_PATIENTS, self->notify_patients);
  show_port (self);
  bind_switch (GANTRY_KEY_RECEIVE_CHECK_CALLED, self->check_called);
  bind_choice (GANTRY_KEY_COLOR_SCHEME, self->color_scheme, scheme_nicks);

  show_ae_title (self->calling_ae_title, GANTRY_KEY_CALLING_AE_TITLE);
  show_ae_title (self->receive_ae_title, GANTRY_KEY_RECEIVE_AE_TITLE);
  connect_ae_title (self, self->calling_ae_title);
  connect_ae_title (self, self->receive_ae_title);
}

GantryPreferences *
gantry_preferences_new (GtkWindow *parent)
{
  return g_object_new (GANTRY_TYPE_PREFERENCES, "transient-for", parent, NULL);
}
