/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-settings.h"

#include <glib/gi18n-lib.h>
#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>

#include "gantry-error.h"
#include "gantry-profile.h"

static GSettings *settings;

gboolean
gantry_settings_open (const char *profile, GError **error)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsBackend) backend = NULL;
  g_autofree char *file = gantry_profile_find_settings_file (profile);

  /* g_settings_new() would abort the program. */
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, GANTRY_APP_ID, TRUE);
  if (schema == NULL)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
                   _ ("The settings schema %s is not installed. Install Gantry again, or start it "
                      "with build-aux/run when it was built from source."),
                   GANTRY_APP_ID);
      return FALSE;
    }

  if (file != NULL)
    backend = g_keyfile_settings_backend_new (file, "/io/github/gantry/Gantry/", "gantry");
  gantry_settings_close ();
  settings = g_settings_new_full (schema, backend, NULL);
  return TRUE;
}

GSettings *
gantry_settings_get (void)
{
  g_return_val_if_fail (settings != NULL, NULL);

  return settings;
}

/* NULL for "" */
static char *
read_path (const char *key)
{
  char *path = g_settings_get_string (settings, key);

  if (*path == '\0')
    g_clear_pointer (&path, g_free);
  return path;
}

void
gantry_settings_read_tls (GantryTls *tls, gboolean receiver)
{
  *tls = (GantryTls){
    .enabled = receiver && g_settings_get_boolean (settings, GANTRY_KEY_RECEIVE_TLS),
    .authorities = read_path (GANTRY_KEY_TLS_AUTHORITIES),
    .certificate = read_path (GANTRY_KEY_TLS_CERTIFICATE),
    .key = read_path (GANTRY_KEY_TLS_KEY),
    .no_verify = !g_settings_get_boolean (settings, GANTRY_KEY_TLS_VERIFY),
    .require_client
    = receiver && g_settings_get_boolean (settings, GANTRY_KEY_RECEIVE_TLS_REQUIRE_CLIENT),
  };
}

void
gantry_settings_close (void)
{
  if (settings != NULL)
    g_settings_sync ();
  g_clear_object (&settings);
}
