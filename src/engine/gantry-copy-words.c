/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-copy-words.h"

#include <glib/gi18n-lib.h>

static char *
count_objects (guint64 n)
{
  g_autofree char *count = g_strdup_printf ("%'" G_GUINT64_FORMAT, n);

  return g_strdup_printf (ngettext ("%s object", "%s objects", n), count);
}

char *
gantry_copy_result_describe (const GantryCopyResult *result, const char *folder)
{
  g_autoptr (GStrvBuilder) sentences = g_strv_builder_new ();
  g_autofree char *base = g_path_get_basename (folder);
  g_autofree char *name = g_filename_display_name (base);
  g_autofree char *copied = count_objects (result->copied);
  g_autofree char *present = count_objects (result->present);
  g_autofree char *failed = count_objects (result->failed);
  g_autofree char *first = NULL, *second = NULL, *third = NULL;
  g_auto (GStrv) list = NULL;

  /* Translators: as in “412 objects copied to “USB Stick”.” */
  first = result->stopped ? g_strdup_printf (_ ("Stopped. %1$s copied to “%2$s”."), copied, name)
                          : g_strdup_printf (_ ("%1$s copied to “%2$s”."), copied, name);
  g_strv_builder_add (sentences, first);
  if (result->present > 0)
    {
      second = g_strdup_printf (_ ("%s there already."), present);
      g_strv_builder_add (sentences, second);
    }
  if (result->failed > 0)
    {
      third = g_strdup_printf (_ ("%s not readable."), failed);
      g_strv_builder_add (sentences, third);
    }
  if (*result->message != '\0')
    g_strv_builder_add (sentences, result->message);
  list = g_strv_builder_end (sentences);
  return g_strjoinv (" ", list);
}
