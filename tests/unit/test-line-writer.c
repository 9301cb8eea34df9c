/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines for a pipe: one that is read, one that is not, one whose reader is gone.
 */
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gantry-line-writer.h"

#define WAITING_MAX 10000

static char *
missing (guint64 n, gpointer user_data G_GNUC_UNUSED)
{
  return g_strdup_printf ("missing %u\n", (guint)n);
}

static void
open_pipe (int fds[2])
{
  g_assert_cmpint (pipe (fds), ==, 0);
  g_assert_cmpint (fcntl (fds[1], F_SETPIPE_SZ, 4096), >, 0);
}

/* Returns: how many were not taken, of the lines "line FIRST" and on. */
static guint
put_lines (GantryLineWriter *writer, guint first, guint n)
{
  guint refused = 0;

  for (guint i = first; i < first + n; i++)
    {
      g_autofree char *line = g_strdup_printf ("line %u\n", i);

      refused += !gantry_line_writer_put (writer, line);
    }
  return refused;
}

/* Each line is the next one, or says how many are missing before it. Returns: how many are. */
static guint
check_lines (const char *text, guint n)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint next = 0, gaps = 0, number;

  for (guint i = 0; *lines[i] != '\0'; i++)
    if (sscanf (lines[i], "missing %u", &number) == 1)
      {
        next += number;
        gaps += number;
      }
    else
      {
        g_assert_cmpint (sscanf (lines[i], "line %u", &number), ==, 1);
        g_assert_cmpuint (number, ==, next);
        next++;
      }
  g_assert_cmpuint (next, ==, n);
  return gaps;
}

/* Reads until @end is in it. */
static void
read_until (int fd, GString *text, const char *end)
{
  char block[512];
  gssize n;

  while (strstr (text->str, end) == NULL && (n = read (fd, block, sizeof block)) > 0)
    g_string_append_len (text, block, n);
}

static gpointer
read_all (gpointer fd)
{
  GString *text = g_string_new (NULL);

  read_until (GPOINTER_TO_INT (fd), text, "\n\n");
  return text;
}

static void
test_read (void)
{
  int fds[2];
  GantryLineWriter *writer;
  GThread *reader;
  GString *text;

  open_pipe (fds);
  reader = g_thread_new ("reader", read_all, GINT_TO_POINTER (fds[0]));
  writer = gantry_line_writer_new (fds[1], 1 << 20, missing, NULL);
  g_assert_cmpuint (put_lines (writer, 0, 20000), ==, 0);
  g_assert_cmpuint (gantry_line_writer_free (writer), ==, 0);
  close (fds[1]);
  text = g_thread_join (reader);
  g_assert_cmpuint (check_lines (text->str, 20000), ==, 0);
  g_string_free (text, TRUE);
  close (fds[0]);
}

/* Nobody reads for a while; when somebody does, what is missing is told, and it goes on. */
static void
test_gap (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GantryLineWriter *writer;
  guint64 lost;
  int fds[2];

  open_pipe (fds);
  writer = gantry_line_writer_new (fds[1], WAITING_MAX, missing, NULL);
  g_assert_cmpuint (put_lines (writer, 0, 20000), ==, 1);
  read_until (fds[0], text, "line 1000\n"); /* so much more is taken than the half */
  g_assert_cmpuint (put_lines (writer, 20000, 1), ==, 0);
  read_until (fds[0], text, "line 20000\n");
  lost = gantry_line_writer_free (writer);
  g_assert_cmpuint (check_lines (text->str, 20001), ==, lost);
  g_assert_cmpuint (lost, >, 15000);
  close (fds[0]);
  close (fds[1]);
}

static void
test_never_read (void)
{
  gint64 begun = g_get_monotonic_time ();
  GantryLineWriter *writer;
  guint64 lost;
  int fds[2];

  open_pipe (fds);
  writer = gantry_line_writer_new (fds[1], WAITING_MAX, missing, NULL);
  g_assert_cmpuint (put_lines (writer, 0, 20000), ==, 1);
  lost = gantry_line_writer_free (writer);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 5 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (lost, >, 15000);
  close (fds[0]); /* which ends the thread, too */
  close (fds[1]);
}

static void
test_closed (void)
{
  GantryLineWriter *writer;
  int fds[2];

  open_pipe (fds);
  close (fds[0]);
  writer = gantry_line_writer_new (fds[1], WAITING_MAX, missing, NULL);
  put_lines (writer, 0, 100);
  g_assert_cmpuint (gantry_line_writer_free (writer), ==, 100);
  close (fds[1]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);

  g_test_add_func ("/line-writer/read", test_read);
  g_test_add_func ("/line-writer/gap", test_gap);
  g_test_add_func ("/line-writer/never-read", test_never_read);
  g_test_add_func ("/line-writer/closed", test_closed);

  return g_test_run ();
}
