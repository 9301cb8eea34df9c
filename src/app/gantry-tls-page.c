/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-tls-page.h"

#include <glib/gi18n-lib.h>

#include "gantry-file-setting-row.h"
#include "gantry-settings.h"

struct _GantryTlsPage
{
  AdwPreferencesPage parent_instance;

  AdwPreferencesGroup *files;
  GtkSwitch *verify, *receive_tls, *require_client;
};

G_DEFINE_FINAL_TYPE (GantryTlsPage, gantry_tls_page, ADW_TYPE_PREFERENCES_PAGE)

static void
gantry_tls_page_class_init (GantryTlsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-tls-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryTlsPage, files);
  gtk_widget_class_bind_template_child (widget_class, GantryTlsPage, verify);
  gtk_widget_class_bind_template_child (widget_class, GantryTlsPage, receive_tls);
  gtk_widget_class_bind_template_child (widget_class, GantryTlsPage, require_client);
}

static void
bind_switch (const char *key, GtkSwitch *widget)
{
  g_settings_bind (gantry_settings_get (), key, widget, "active", G_SETTINGS_BIND_DEFAULT);
}

static void
gantry_tls_page_init (GantryTlsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_preferences_group_add (
      self->files,
      gantry_file_setting_row_new (GANTRY_KEY_TLS_CERTIFICATE, _ ("Certificate"),
                                   _ ("None. Some nodes demand one, and receiving needs it.")));
  adw_preferences_group_add (self->files,
                             gantry_file_setting_row_new (GANTRY_KEY_TLS_KEY, _ ("Key"),
                                                          _ ("In the file of the certificate")));
  adw_preferences_group_add (self->files, gantry_file_setting_row_new (
                                              GANTRY_KEY_TLS_AUTHORITIES, _ ("Trusted Authorities"),
                                              _ ("Those that the system trusts")));
  bind_switch (GANTRY_KEY_TLS_VERIFY, self->verify);
  bind_switch (GANTRY_KEY_RECEIVE_TLS, self->receive_tls);
  bind_switch (GANTRY_KEY_RECEIVE_TLS_REQUIRE_CLIENT, self->require_client);
}

AdwPreferencesPage *
gantry_tls_page_new (void)
{
  return g_object_new (GANTRY_TYPE_TLS_PAGE, NULL);
}
