/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <langinfo.h>
#include <string.h>

#include "gantry-charset.h"
#include "gantry-instance.h"

#define ISO_DATE "%Y-%m-%d"
#define REPLACEMENT 0xFFFD
#define PICTURE_OF_NUL 0x2400 /* the block of Unicode that shows control characters */
#define PICTURE_OF_DELETE 0x2421

static char *
show_controls (const char *text)
{
  GString *out = g_string_sized_new (strlen (text));

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x20)
        c += PICTURE_OF_NUL;
      else if (c == 0x7F)
        c = PICTURE_OF_DELETE;
      else if (c >= 0x80 && c < 0xA0)
        c = REPLACEMENT;
      g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}

static gboolean
is_simple (const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (bytes[i] < 0x20 || bytes[i] >= 0x7F)
      return FALSE;
  return TRUE;
}

char *
gantry_text_decode (const char *charset, const guint8 *bytes, gsize length)
{
  g_autofree guint8 *copy = NULL;
  g_autofree char *utf8 = NULL;

  while (length > 0 && (bytes[length - 1] == ' ' || bytes[length - 1] == '\0'))
    length--;
  while (length > 0 && *bytes == ' ')
    bytes++, length--;
  if (is_simple (bytes, length))
    return g_strndup ((const char *)bytes, length);

  /* A NUL inside would hide what stands behind it. */
  copy = g_memdup2 (bytes, length);
  for (gsize i = 0; i < length; i++)
    if (copy[i] == '\0')
      copy[i] = ' ';
  utf8 = gantry_charset_convert (charset, copy, length);
  return show_controls (utf8);
}

/* Of a script in which family and given name stand side by side. */
static gboolean
is_ideographic (const char *name)
{
  for (; *name != '\0'; name = g_utf8_next_char (name))
    switch (g_unichar_get_script (g_utf8_get_char (name)))
      {
      case G_UNICODE_SCRIPT_HAN:
      case G_UNICODE_SCRIPT_HANGUL:
      case G_UNICODE_SCRIPT_HIRAGANA:
      case G_UNICODE_SCRIPT_KATAKANA:
        return TRUE;
      default:
        break;
      }
  return FALSE;
}

/* @group: (nullable): one component group. "": there is no name in it */
static char *
format_group (const char *group, gboolean alphabetic)
{
  g_auto (GStrv) components = g_strsplit (group != NULL ? group : "", "^", -1);
  const char *separator = alphabetic && !is_ideographic (group != NULL ? group : "") ? ", " : " ";
  g_autoptr (GString) name = g_string_new (NULL);

  for (char **component = components; *component != NULL; component++)
    if (*g_strstrip (*component) != '\0')
      g_string_append_printf (name, "%s%s", name->len > 0 ? separator : "", *component);
  return g_strdup (name->str);
}

char *
gantry_person_name_format (const char *utf8)
{
  g_auto (GStrv) groups = g_strsplit (utf8, "=", -1);
  guint n = g_strv_length (groups);
  g_autofree char *alphabetic = format_group (n > 0 ? groups[0] : NULL, TRUE);
  g_autofree char *ideographic = format_group (n > 1 ? groups[1] : NULL, FALSE);

  if (*ideographic != '\0' && *alphabetic != '\0' && !g_str_equal (ideographic, alphabetic))
    return g_strdup_printf ("%s (%s)", ideographic, alphabetic);
  if (*ideographic != '\0')
    return g_steal_pointer (&ideographic);
  if (*alphabetic != '\0')
    return g_steal_pointer (&alphabetic);
  return format_group (n > 2 ? groups[2] : NULL, FALSE);
}

/* The locale's way to write a date, but with all four digits of the year: people are born in two
 * centuries. A locale without one, and C's own, which swaps day and month, get ISO 8601. */
static char *
full_date_format (void)
{
  const char *format = nl_langinfo (D_FMT);
  GString *full;

  if (*format == '\0' || strcmp (format, "%m/%d/%y") == 0 || strcmp (format, "%D") == 0)
    return g_strdup (ISO_DATE);
  full = g_string_new (format);
  g_string_replace (full, "%y", "%Y", 0);
  g_string_replace (full, "%Ey", "%Y", 0);
  g_string_replace (full, "%Oy", "%Y", 0);
  g_string_replace (full, "%D", "%m/%d/%Y", 0);
  if (strstr (full->str, "%Y") == NULL && strstr (full->str, "%EY") == NULL
      && strstr (full->str, "%F") == NULL)
    g_string_assign (full, ISO_DATE);
  return g_string_free (full, FALSE);
}

char *
gantry_date_format (const char *dicom_date)
{
  g_autofree char *format = full_date_format ();
  guint digits = 0;
  guint number = 0;
  char text[64];
  GDate date;

  while (g_ascii_isdigit (dicom_date[digits]) && digits < 8)
    number = number * 10 + (guint)(dicom_date[digits++] - '0');
  if (digits != 8 || dicom_date[8] != '\0'
      || !g_date_valid_dmy (number % 100, number / 100 % 100, number / 10000))
    return g_strdup (dicom_date);

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, number % 100, number / 100 % 100, number / 10000);
  if (g_date_strftime (text, sizeof text, format, &date) == 0)
    return g_strdup (dicom_date);
  return g_strdup (text);
}
