/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-line-writer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* So long the end waits for a reader that takes nothing, and for one that takes little. */
#define PATIENCE G_TIME_SPAN_SECOND
#define END_MAX (10 * G_TIME_SPAN_SECOND)

/* Counted: its thread may outlive whoever has made it. */
struct _GantryLineWriter
{
  int fd;
  gsize max;
  GantryMissingFunc missing;
  gpointer user_data;

  GMutex lock; /* of what follows */
  GCond changed;
  GQueue lines;  /* char */
  gsize waiting; /* octets of these */
  guint64 gap;   /* left out since the last line that was not */
  guint64 lost;  /* in all */
  gint64 taken;  /* when the descriptor last took something; monotonic */
  gboolean ending, ended;
};

static void
line_writer_clear (gpointer data)
{
  GantryLineWriter *self = data;

  g_queue_clear_full (&self->lines, g_free);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
}

/* ---- The thread ----------------------------------------------------------------------------- */

static gboolean
write_all (GantryLineWriter *self, const char *text)
{
  gsize length = strlen (text);

  while (length > 0)
    {
      struct pollfd when = { self->fd, POLLOUT, 0 };
      gssize n = write (self->fd, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno == EAGAIN && (poll (&when, 1, -1) >= 0 || errno == EINTR))
        continue;
      if (n <= 0)
        return FALSE;
      text += n;
      length -= (gsize)n;
      g_mutex_lock (&self->lock);
      self->taken = g_get_monotonic_time ();
      g_mutex_unlock (&self->lock);
    }
  return TRUE;
}

static gpointer
writer_main (gpointer data)
{
  GantryLineWriter *self = data;

  g_mutex_lock (&self->lock);
  while (!self->ending || self->lines.length > 0)
    {
      g_autofree char *line = g_queue_peek_head (&self->lines);
      gboolean written;

      if (line == NULL)
        {
          g_cond_wait (&self->changed, &self->lock);
          continue;
        }
      g_mutex_unlock (&self->lock);
      written = write_all (self, line);
      g_mutex_lock (&self->lock);
      g_queue_pop_head (&self->lines);
      self->waiting -= strlen (line);
      self->lost += !written;
    }
  self->ended = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_atomic_rc_box_release_full (self, line_writer_clear);
  return NULL;
}

/* ---- Any thread ----------------------------------------------------------------------------- */

GantryLineWriter *
gantry_line_writer_new (int fd, gsize max, GantryMissingFunc missing, gpointer user_data)
{
  GantryLineWriter *self = g_atomic_rc_box_new0 (GantryLineWriter);

  self->fd = fd;
  self->max = max;
  self->missing = missing;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->lines);
  g_thread_unref (g_thread_new ("gantry-lines", writer_main, g_atomic_rc_box_acquire (self)));
  return self;
}

/* Called locked; owns @line. */
static void
push (GantryLineWriter *self, char *line)
{
  self->waiting += strlen (line);
  g_queue_push_tail (&self->lines, line);
}

/* Called locked. */
static void
close_gap (GantryLineWriter *self)
{
  if (self->gap > 0)
    push (self, self->missing (self->gap, self->user_data));
  self->gap = 0;
}

gboolean
gantry_line_writer_put (GantryLineWriter *self, const char *text)
{
  gboolean first = FALSE;

  g_mutex_lock (&self->lock);
  /* After a gap only with room for many, else there would be one after each line. A line that is
   * longer than all that may wait goes when none does. */
  if (self->lines.length == 0
      || self->waiting + strlen (text) <= (self->gap > 0 ? self->max / 2 : self->max))
    {
      close_gap (self);
      push (self, g_strdup (text));
      g_cond_broadcast (&self->changed);
    }
  else
    {
      first = self->lost == 0;
      self->gap++;
      self->lost++;
    }
  g_mutex_unlock (&self->lock);
  return !first;
}

guint64
gantry_line_writer_free (GantryLineWriter *self)
{
  gint64 end = g_get_monotonic_time () + END_MAX;
  guint64 lost;

  g_mutex_lock (&self->lock);
  close_gap (self);
  self->ending = TRUE;
  self->taken = g_get_monotonic_time ();
  g_cond_broadcast (&self->changed);
  while (!self->ended && g_get_monotonic_time () < MIN (end, self->taken + PATIENCE))
    g_cond_wait_until (&self->changed, &self->lock, MIN (end, self->taken + PATIENCE));
  lost = self->lost + self->lines.length;
  g_mutex_unlock (&self->lock);
  g_atomic_rc_box_release_full (self, line_writer_clear);
  return lost;
}
