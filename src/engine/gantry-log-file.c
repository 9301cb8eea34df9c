/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-log-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gantry-files.h"

#define LINES_MAX 8192
#define FILES_MAX 100 /* that the setting allows */
#define RETRY (5 * G_TIME_SPAN_SECOND)
/* So long the end waits for the disk. */
#define PATIENCE G_TIME_SPAN_SECOND

/* What is said at each level begins with one of them. */
static const char level_letters[] = "WIVD";

typedef struct
{
  gint64 when;
  GantryLogLevel level;
  char text[];
} Line;

/* Counted: its thread may outlive whoever has made it. */
struct _GantryLogFile
{
  char *path;
  GantryLogLevel level;
  guint64 max_bytes;
  guint files;

  GMutex telling; /* of the next two */
  GantryLogTrouble trouble;
  gpointer user_data;

  GMutex lock; /* of what follows */
  GCond changed;
  GQueue lines; /* Line */
  guint64 dropped;
  gboolean stalled; /* the queue is full, which was told */
  gboolean ending, ended;

  /* The thread's own. */
  int fd;
  guint64 size;
  guint64 dropped_told;
  gboolean in_trouble;
  gint64 try_again;
};

/* ---- The file ------------------------------------------------------------------------------- */

static void
tell (GantryLogFile *self, const char *message, guint64 dropped)
{
  g_mutex_lock (&self->telling);
  if (self->trouble != NULL)
    self->trouble (message, dropped, self->user_data);
  g_mutex_unlock (&self->telling);
}

static void
tell_trouble (GantryLogFile *self, int code)
{
  g_autofree char *name = g_filename_display_name (self->path);
  g_autofree char *message = NULL;

  self->in_trouble = code != 0;
  if (code != 0)
    message = g_strdup_printf (
        _ ("The log file %1$s cannot be written: %2$s. Make room, or choose another place for it."),
        name, g_strerror (code));
  tell (self, message != NULL ? message : "", self->dropped_told);
}

static void
tell_stalled (GantryLogFile *self, guint64 dropped)
{
  g_autofree char *name = g_filename_display_name (self->path);
  g_autofree char *message = g_strdup_printf (
      _ ("The log file %s is not being written: its disk does not answer. What happens now is "
         "missing in it. Choose another place for it."),
      name);

  tell (self, message, dropped);
}

/* For a while. */
static gboolean
give_up (GantryLogFile *self, int code)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  self->try_again = g_get_monotonic_time () + RETRY;
  if (!self->in_trouble)
    tell_trouble (self, code);
  return FALSE;
}

static gboolean
open_file (GantryLogFile *self)
{
  struct stat info;

  if (self->fd >= 0)
    return TRUE;
  if (g_get_monotonic_time () < self->try_again)
    return FALSE;
  /* Names of people may be in it. A pipe that nobody reads must not hold us. */
  self->fd = open (self->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600);
  if (self->fd < 0 || fstat (self->fd, &info) != 0)
    return give_up (self, errno);
  self->size = (guint64)info.st_size;
  return TRUE;
}

static char *
name_of (GantryLogFile *self, guint n)
{
  return n == 0 ? g_strdup (self->path) : g_strdup_printf ("%s.%u", self->path, n);
}

/* gantry.log becomes gantry.log.1, that gantry.log.2, and the last one goes. */
static void
rotate (GantryLogFile *self)
{
  close (self->fd);
  self->fd = -1;
  for (guint n = self->files; n-- > 0;)
    {
      g_autofree char *from = name_of (self, n);
      g_autofree char *to = name_of (self, n + 1);

      if (n + 1 >= self->files)
        g_unlink (from);
      else
        g_rename (from, to);
    }
}

/* Whether a file begins as each of ours does, see format_line(). */
static gboolean
is_log (const char *path)
{
  static const char form[] = "0000-00-00 00:00:00.000 L ";
  char start[sizeof form - 1];
  struct stat info;
  gboolean same;
  int fd;

  if (g_lstat (path, &info) != 0 || !S_ISREG (info.st_mode)
      || (fd = gantry_file_open (path, &info)) < 0)
    return FALSE;
  same = info.st_uid == geteuid () && read (fd, start, sizeof start) == (gssize)sizeof start;
  for (gsize i = 0; same && i < sizeof start; i++)
    same = form[i] == '0'   ? g_ascii_isdigit (start[i])
           : form[i] == 'L' ? start[i] != '\0' && strchr (level_letters, start[i]) != NULL
                            : start[i] == form[i];
  close (fd);
  return same;
}

/* Those of a time when more were kept. Others' files may be called so too. */
static void
remove_surplus (GantryLogFile *self)
{
  for (guint n = self->files; n < FILES_MAX; n++)
    {
      g_autofree char *path = name_of (self, n);

      if (is_log (path))
        g_unlink (path);
    }
}

static gboolean
put (GantryLogFile *self, const char *text, gsize length)
{
  if (self->fd >= 0 && self->size > 0 && self->size + length > self->max_bytes)
    rotate (self);
  if (!open_file (self))
    return FALSE;
  while (length > 0)
    {
      gssize n = write (self->fd, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return give_up (self, errno);
      text += n;
      length -= (gsize)n;
      self->size += (guint64)n;
    }
  if (self->in_trouble)
    tell_trouble (self, 0);
  return TRUE;
}

static char *
format_line (gint64 when, GantryLogLevel level, const char *text)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (when / G_USEC_PER_SEC);
  g_autofree char *seconds = g_date_time_format (time, "%Y-%m-%d %H:%M:%S");

  return g_strdup_printf ("%s.%03d %c %s\n", seconds, (int)(when / 1000 % 1000),
                          level_letters[level], text);
}

static void
count_dropped (GantryLogFile *self, guint64 n)
{
  g_mutex_lock (&self->lock);
  self->dropped += n;
  g_mutex_unlock (&self->lock);
}

static void
put_line (GantryLogFile *self, const Line *line)
{
  g_autofree char *text = format_line (line->when, line->level, line->text);

  if (!put (self, text, strlen (text)))
    count_dropped (self, 1);
}

static void
say_dropped (GantryLogFile *self, guint64 dropped)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;

  if (dropped == self->dropped_told || self->in_trouble)
    return;
  text = g_strdup_printf ("%" G_GUINT64_FORMAT
                          " lines are missing here: the disk was too slow, or full",
                          dropped - self->dropped_told);
  line = format_line (g_get_real_time (), GANTRY_LOG_QUIET, text);
  if (!put (self, line, strlen (line)))
    return;
  self->dropped_told = dropped;
  tell_trouble (self, 0);
}

static void
log_file_clear (gpointer data)
{
  GantryLogFile *self = data;

  g_queue_clear_full (&self->lines, g_free);
  g_mutex_clear (&self->telling);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self->path);
}

static void
log_file_unref (GantryLogFile *self)
{
  g_atomic_rc_box_release_full (self, log_file_clear);
}

static gpointer
log_main (gpointer data)
{
  GantryLogFile *self = data;

  open_file (self);
  remove_surplus (self);
  g_mutex_lock (&self->lock);
  while (!self->ending || self->lines.length > 0)
    {
      g_autofree Line *line = g_queue_pop_head (&self->lines);
      guint64 dropped = self->dropped;

      if (line == NULL)
        {
          self->stalled = FALSE;
          g_cond_wait (&self->changed, &self->lock);
          continue;
        }
      g_mutex_unlock (&self->lock);
      put_line (self, line);
      say_dropped (self, dropped);
      g_mutex_lock (&self->lock);
    }
  self->ended = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  if (self->fd >= 0)
    close (self->fd);
  log_file_unref (self);
  return NULL;
}

/* ---- Any thread ----------------------------------------------------------------------------- */

gboolean
gantry_log_file_wants (const GantryLogFile *self, GantryLogLevel level)
{
  return self != NULL && level <= self->level;
}

void
gantry_log_file_write (GantryLogFile *self, GantryLogLevel level, const char *text)
{
  gsize length = strlen (text);
  Line *line = g_malloc (sizeof (Line) + length + 1);
  guint64 dropped = 0;

  line->when = g_get_real_time ();
  line->level = level;
  for (gsize i = 0; i <= length; i++)
    line->text[i] = (guint8)text[i] < 0x20 && i < length ? ' ' : text[i];
  g_mutex_lock (&self->lock);
  if (self->lines.length < LINES_MAX)
    g_queue_push_tail (&self->lines, g_steal_pointer (&line));
  else
    {
      self->dropped++;
      dropped = self->stalled ? 0 : self->dropped;
      self->stalled = TRUE;
    }
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_free (line);
  if (dropped > 0)
    tell_stalled (self, dropped);
}

GantryLogFile *
gantry_log_file_new (const GantryLogSettings *settings,
                     GantryLogTrouble trouble,
                     gpointer user_data)
{
  GantryLogFile *self = g_atomic_rc_box_new0 (GantryLogFile);

  self->path = g_canonicalize_filename (settings->path, NULL);
  self->level = MIN (settings->level, GANTRY_LOG_DEBUG);
  self->max_bytes = MAX (settings->max_bytes, 1024);
  self->files = MAX (settings->files, 1);
  self->trouble = trouble;
  self->user_data = user_data;
  self->fd = -1;
  g_mutex_init (&self->telling);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->lines);
  g_thread_unref (g_thread_new ("gantry-log", log_main, g_atomic_rc_box_acquire (self)));
  return self;
}

void
gantry_log_file_free (GantryLogFile *self)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_cond_broadcast (&self->changed);
  while (!self->ended && g_cond_wait_until (&self->changed, &self->lock, end))
    ;
  g_mutex_unlock (&self->lock);
  g_mutex_lock (&self->telling);
  self->trouble = NULL;
  g_mutex_unlock (&self->telling);
  log_file_unref (self);
}
