/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

char *
gantry_format_count (guint64 count)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, count);
}

char *
gantry_format_size (guint64 bytes)
{
  return g_format_size (bytes);
}

char *
gantry_format_duration (double seconds)
{
  guint64 total;

  if (!(seconds >= 0) || seconds > G_MAXINT)
    return g_strdup ("–");

  total = (guint64)ceil (seconds);
  if (total >= 3600)
    return g_strdup_printf ("%" G_GUINT64_FORMAT ":%02u:%02u", total / 3600,
                            (guint)(total / 60 % 60), (guint)(total % 60));
  return g_strdup_printf ("%u:%02u", (guint)(total / 60), (guint)(total % 60));
}

char *
gantry_format_latency (gint64 microseconds)
{
  if (microseconds < 0)
    return g_strdup ("–");
  if (microseconds < 10 * 1000)
    return g_strdup_printf (_ ("%.1f ms"), microseconds / 1e3);
  if (microseconds < G_USEC_PER_SEC)
    return g_strdup_printf (_ ("%.0f ms"), microseconds / 1e3);
  return g_strdup_printf (_ ("%.1f s"), microseconds / 1e6);
}

char *
gantry_format_rate (double per_second)
{
  if (!(per_second > 0))
    return g_strdup ("");
  return g_strdup_printf (per_second < 9.95 ? _ ("%'.1f/s") : _ ("%'.0f/s"), per_second);
}

char *
gantry_format_byte_rate (double bytes_per_second)
{
  g_autofree char *size = NULL;

  if (!(bytes_per_second >= 1))
    return g_strdup ("");
  size = g_format_size ((guint64)bytes_per_second);
  /* Translators: %s is a size, as in “12.5 MB/s” */
  return g_strdup_printf (_ ("%s/s"), size);
}

char *
gantry_format_time (gint64 time)
{
  g_autoptr (GDateTime) then = NULL;
  g_autoptr (GDateTime) now = NULL;

  if (time == 0)
    return g_strdup ("");
  then = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);
  if (then == NULL)
    return g_strdup ("");

  now = g_date_time_new_now_local ();
  if (g_date_time_get_year (then) == g_date_time_get_year (now)
      && g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (now))
    return g_date_time_format (then, "%X");
  return g_date_time_format (then, "%x %X");
}

char *
gantry_format_date (const char *date)
{
  if (strlen (date) == 8 && strspn (date, "0123456789") == 8)
    return g_strdup_printf ("%.4s-%.2s-%.2s", date, date + 4, date + 6);
  return gantry_format_text (date, 0);
}

char *
gantry_format_text (const char *text, guint max)
{
  GString *out = g_string_new (NULL);
  guint n = 0;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c), n++)
    {
      gunichar ch = g_utf8_get_char (c);

      if (max > 0 && n == max)
        {
          g_string_append (out, "…");
          break;
        }
      if (ch < 0x20)
        g_string_append_unichar (out, 0x2400 + ch); /* the block “Control Pictures” */
      else if (ch == 0x7f)
        g_string_append_unichar (out, 0x2421);
      else if (g_unichar_type (ch) == G_UNICODE_CONTROL || (ch >= 0x202a && ch <= 0x202e)
               || (ch >= 0x2066 && ch <= 0x2069) || ch == 0x2028 || ch == 0x2029)
        g_string_append_unichar (out, 0xfffd); /* overrides would let one text pose as another */
      else
        g_string_append_unichar (out, ch);
    }

  return g_string_free (out, FALSE);
}

char *
gantry_format_parts (const char *separator, ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  const char *part;
  va_list list;

  va_start (list, separator);
  while ((part = va_arg (list, const char *)) != NULL)
    if (*part != '\0')
      g_strv_builder_add (builder, part);
  va_end (list);
  parts = g_strv_builder_end (builder);
  return g_strjoinv (separator, parts);
}
