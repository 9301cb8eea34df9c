/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-listener-settings.h"

#include <glib/gi18n-lib.h>

#include "gantry-peer.h"
#include "gantry-settings.h"

struct _GantryListenerSettings
{
  GtkPopover parent_instance;

  GtkEditable *ae_title_row;
  GtkEditable *port_row;
  GtkSwitch *check_called, *tls;
  GtkLabel *error_label;
  GtkWidget *apply_button;
};

G_DEFINE_FINAL_TYPE (GantryListenerSettings, gantry_listener_settings, GTK_TYPE_POPOVER)

static gboolean
parse_port (GantryListenerSettings *self, guint64 *port)
{
  return g_ascii_string_to_unsigned (gtk_editable_get_text (self->port_row), 10, 1, G_MAXUINT16,
                                     port, NULL);
}

static void
set_row_error (GtkEditable *row, gboolean wrong)
{
  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                               wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

static void
validate (GantryListenerSettings *self)
{
  g_autoptr (GError) error = NULL;
  guint64 port;
  gboolean title_ok = gantry_ae_title_check (gtk_editable_get_text (self->ae_title_row), &error);
  gboolean port_ok = parse_port (self, &port);

  set_row_error (self->ae_title_row, !title_ok);
  set_row_error (self->port_row, !port_ok);
  gtk_label_set_text (self->error_label,
                      title_ok ? _ ("A port is a number from 1 to 65535.") : error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), !title_ok || !port_ok);
  gtk_widget_set_sensitive (self->apply_button, title_ok && port_ok);
}

static void
apply (GantryListenerSettings *self)
{
  GSettings *settings = gantry_settings_get ();
  guint64 port;

  if (!gtk_widget_is_sensitive (self->apply_button) || !parse_port (self, &port))
    return;
  g_settings_set_string (settings, GANTRY_KEY_RECEIVE_AE_TITLE,
                         gtk_editable_get_text (self->ae_title_row));
  g_settings_set_uint (settings, GANTRY_KEY_RECEIVE_PORT, (guint)port);
  g_settings_set_boolean (settings, GANTRY_KEY_RECEIVE_CHECK_CALLED,
                          gtk_switch_get_active (self->check_called));
  g_settings_set_boolean (settings, GANTRY_KEY_RECEIVE_TLS, gtk_switch_get_active (self->tls));
  gtk_popover_popdown (GTK_POPOVER (self));
}

/* What the button opens comes by its action. */
static void
pop_down (GantryListenerSettings *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
}

static void
gantry_listener_settings_map (GtkWidget *widget)
{
  GantryListenerSettings *self = GANTRY_LISTENER_SETTINGS (widget);
  GSettings *settings = gantry_settings_get ();
  g_autofree char *ae_title = g_settings_get_string (settings, GANTRY_KEY_RECEIVE_AE_TITLE);
  g_autofree char *port
      = g_strdup_printf ("%u", g_settings_get_uint (settings, GANTRY_KEY_RECEIVE_PORT));

  gtk_editable_set_text (self->ae_title_row, ae_title);
  gtk_editable_set_text (self->port_row, port);
  gtk_switch_set_active (self->check_called,
                         g_settings_get_boolean (settings, GANTRY_KEY_RECEIVE_CHECK_CALLED));
  gtk_switch_set_active (self->tls, g_settings_get_boolean (settings, GANTRY_KEY_RECEIVE_TLS));
  validate (self);
  GTK_WIDGET_CLASS (gantry_listener_settings_parent_class)->map (widget);
}

static void
gantry_listener_settings_class_init (GantryListenerSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->map = gantry_listener_settings_map;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-listener-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryListenerSettings, ae_title_row);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerSettings, port_row);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerSettings, check_called);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerSettings, tls);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerSettings, error_label);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerSettings, apply_button);
  gtk_widget_class_bind_template_callback (widget_class, validate);
  gtk_widget_class_bind_template_callback (widget_class, apply);
  gtk_widget_class_bind_template_callback (widget_class, pop_down);
}

static void
gantry_listener_settings_init (GantryListenerSettings *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gantry_listener_settings_new (void)
{
  return g_object_new (GANTRY_TYPE_LISTENER_SETTINGS, NULL);
}
