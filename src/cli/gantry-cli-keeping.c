/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-cli-keeping.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
gantry_cli_add_keeping (GOptionContext *context, GantryCliKeeping *self)
{
  const GOptionEntry entries[] = {
    { "layout", 0, 0, G_OPTION_ARG_STRING, &self->layout,
      N_ ("Folders and names: uids, patient or flat"), "NAME" },
    { "pattern", 0, 0, G_OPTION_ARG_STRING, &self->pattern,
      N_ ("Folders and names of your own: {PatientID}/{StudyDate}/{SOPInstanceUID}"), "TEXT" },
    { "reserve", 0, 0, G_OPTION_ARG_STRING, &self->reserve,
      N_ ("Refuse objects when less than this is free on the disk: 10G, 5%, 0"), "SIZE" },
    { "keep-days", 0, 0, G_OPTION_ARG_INT, &self->keep_days,
      N_ ("Remove objects that came longer ago"), "N" },
    { "keep-size", 0, 0, G_OPTION_ARG_STRING, &self->keep_size,
      N_ ("Remove the oldest objects above this size of all"), "SIZE" },
    { "refuse-unsafe", 0, 0, G_OPTION_ARG_NONE, &self->refuse_unsafe,
      N_ ("Refuse objects whose UIDs are no UIDs, instead of giving them safe names"), NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

/* A size, or a part of the disk as "5%"; "0": no reserve. */
static gboolean
parse_reserve (const char *text, GantryListenSettings *settings)
{
  gsize digits = strcspn (text, "%");
  g_autofree char *number = g_strndup (text, digits);
  guint64 percent;

  settings->reserve_bytes = 0;
  settings->reserve_percent = 0;
  if (strcmp (text + digits, "%") != 0)
    return gantry_cli_parse_size (text, &settings->reserve_bytes);
  if (!g_ascii_string_to_unsigned (number, 10, 0, 99, &percent, NULL))
    return FALSE;
  settings->reserve_percent = (guint)percent;
  return TRUE;
}

static gboolean
use_layout (const GantryCliKeeping *self, GantryListenSettings *settings)
{
  if (self->pattern == NULL)
    return self->layout == NULL || gantry_cli_parse_layout (self->layout, &settings->layout);
  settings->layout = GANTRY_LAYOUT_PATTERN;
  settings->pattern = self->pattern;
  return self->layout == NULL;
}

gboolean
gantry_cli_use_keeping (const GantryCliKeeping *self,
                        GantryListenSettings *settings,
                        char **example)
{
  g_autoptr (GError) error = NULL;

  if (!use_layout (self, settings))
    {
      gantry_cli_complain (
          _ ("--layout is uids, patient or flat, and does not go with --pattern."));
      return FALSE;
    }
  if ((self->reserve != NULL && !parse_reserve (self->reserve, settings))
      || (self->keep_size != NULL
          && !gantry_cli_parse_size (self->keep_size, &settings->keep_bytes)))
    {
      gantry_cli_complain (
          _ ("A size is a number with K, M, G or T behind it, or nothing; a reserve "
             "can be a part of the disk, as 5%%."));
      return FALSE;
    }
  if (self->keep_days < 0)
    {
      gantry_cli_complain (_ ("--keep-days is a number of days; 0 keeps everything."));
      return FALSE;
    }
  settings->keep_days = (guint)self->keep_days;
  settings->refuse_unsafe = self->refuse_unsafe;
  *example = gantry_engine_describe_layout (settings->layout, settings->pattern, &error);
  if (*example == NULL)
    gantry_cli_complain ("%s", error->message);
  return *example != NULL;
}

void
gantry_cli_keeping_clear (GantryCliKeeping *self)
{
  g_free (self->layout);
  g_free (self->pattern);
  g_free (self->reserve);
  g_free (self->keep_size);
}
