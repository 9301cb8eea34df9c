/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-iso-time.h"

char *
gantry_iso_time (gint64 when)
{
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *seconds = NULL;
  g_autofree char *zone = NULL;

  if (when <= 0)
    return NULL;
  time = g_date_time_new_from_unix_local (when / G_USEC_PER_SEC);
  seconds = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
  zone = g_date_time_format (time, "%:z");
  return g_strdup_printf ("%s.%03d%s", seconds, (int)(when / 1000 % 1000), zone);
}
