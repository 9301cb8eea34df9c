/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-listen-settings.h"

static const char *const *
dup_list (const char *const *list)
{
  return (const char *const *)g_strdupv ((char **)list);
}

GantryListenSettings *
gantry_listen_settings_copy (const GantryListenSettings *settings)
{
  GantryListenSettings *copy = g_memdup2 (settings, sizeof *settings);

  copy->ae_title = g_strdup (settings->ae_title);
  copy->address = g_strdup (settings->address);
  copy->directory
      = settings->directory != NULL ? g_canonicalize_filename (settings->directory, NULL) : NULL;
  copy->pattern = g_strdup (settings->pattern);
  copy->callers = dup_list (settings->callers);
  copy->networks = dup_list (settings->networks);
  copy->complete_command = dup_list (settings->complete_command);
  copy->test_behaviour = g_strdup (settings->test_behaviour);
  gantry_tls_copy (&copy->tls, &settings->tls);
  return copy;
}

void
gantry_listen_settings_free (GantryListenSettings *settings)
{
  g_free ((char *)settings->ae_title);
  g_free ((char *)settings->address);
  g_free ((char *)settings->directory);
  g_free ((char *)settings->pattern);
  g_strfreev ((char **)settings->callers);
  g_strfreev ((char **)settings->networks);
  g_strfreev ((char **)settings->complete_command);
  g_free ((char *)settings->test_behaviour);
  gantry_tls_clear (&settings->tls);
  g_free (settings);
}
