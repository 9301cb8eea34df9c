/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-cli.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "gantry-line-writer.h"

#define WAITING_MAX (16u << 20)

/* There is one standard output, and GLib's print handlers have no user data. */
static GantryLineWriter *out, *err;
static GPrintFunc print_before, printerr_before;

/* Into what the terminal shows, as GLib does it. */
static gboolean
put (GantryLineWriter *writer, const char *text)
{
  g_autofree char *converted = NULL;
  const char *charset;

  if (!g_get_console_charset (&charset))
    converted = g_convert_with_fallback (text, -1, charset, "UTF-8", "?", NULL, NULL, NULL);
  return gantry_line_writer_put (writer, converted != NULL ? converted : text);
}

static void
on_printerr (const char *text)
{
  put (err, text);
}

static void
tell_first_lost (gboolean taken)
{
  if (!taken)
    gantry_cli_complain (_ ("The output is not being read: lines are left out of it until it is."));
}

static void
on_print (const char *text)
{
  tell_first_lost (put (out, text));
}

static char *
make_missing_text (guint64 n, gpointer user_data G_GNUC_UNUSED)
{
  return g_strdup_printf (_ ("(%" PRIu64 " lines are missing here: the output was not read)\n"), n);
}

static char *
make_missing_json (guint64 n, gpointer user_data G_GNUC_UNUSED)
{
  return g_strdup_printf ("{\"event\":\"missing\",\"lines\":%" PRIu64 "}\n", n);
}

void
gantry_cli_begin_stream (GantryCli *cli)
{
  fflush (stdout);
  fflush (stderr);
  out = gantry_line_writer_new (STDOUT_FILENO, WAITING_MAX,
                                cli->json ? make_missing_json : make_missing_text, NULL);
  err = gantry_line_writer_new (STDERR_FILENO, WAITING_MAX, make_missing_text, NULL);
  print_before = g_set_print_handler (on_print);
  printerr_before = g_set_printerr_handler (on_printerr);
}

void
gantry_cli_end_stream (void)
{
  guint64 lost;

  if (out == NULL)
    return;
  g_set_print_handler (print_before);
  lost = gantry_line_writer_free (g_steal_pointer (&out));
  if (lost > 0)
    gantry_cli_complain (_ ("%" PRIu64 " lines of the output are lost, because it was not read."),
                         lost);
  g_set_printerr_handler (printerr_before);
  gantry_line_writer_free (g_steal_pointer (&err));
}

void
gantry_cli_put_line (const char *line)
{
  g_autofree char *whole = NULL;

  if (out == NULL)
    {
      puts (line);
      fflush (stdout);
      return;
    }
  whole = g_strconcat (line, "\n", NULL);
  tell_first_lost (gantry_line_writer_put (out, whole));
}
