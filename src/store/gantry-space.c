/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-space.h"

#include <sys/statvfs.h>

#define MAX_AGE G_USEC_PER_SEC
#define MAX_AGE_LOW (G_USEC_PER_SEC / 10) /* room should be noticed when somebody makes it */

struct _GantrySpace
{
  char *folder;
  guint64 bytes;
  guint percent;

  GMutex lock;
  gint64 asked;    /* monotonic time; 0: never */
  guint64 free;    /* then, for us */
  guint64 written; /* since then */
  guint64 reserve;
  gboolean low;
};

GantrySpace *
gantry_space_new (const char *folder, guint64 bytes, guint percent)
{
  GantrySpace *self = g_new0 (GantrySpace, 1);

  self->folder = g_strdup (folder);
  self->bytes = bytes;
  self->percent = percent;
  g_mutex_init (&self->lock);
  return self;
}

void
gantry_space_free (GantrySpace *self)
{
  g_mutex_clear (&self->lock);
  g_free (self->folder);
  g_free (self);
}

static guint64
find_reserve (GantrySpace *self, guint64 total)
{
  guint64 part = total / 100 * self->percent;

  if (self->percent == 0)
    return self->bytes;
  return self->bytes == 0 ? part : MIN (self->bytes, part);
}

/* Above the reserve by a little before it counts as room: one removed file is not a recovery. */
static void
ask (GantrySpace *self, gint64 now)
{
  struct statvfs st;
  guint64 margin;

  self->asked = now;
  self->written = 0;
  if (statvfs (self->folder, &st) != 0)
    return; /* writing will tell */
  self->free = (guint64)st.f_bavail * st.f_frsize;
  self->reserve = find_reserve (self, (guint64)st.f_blocks * st.f_frsize);
  margin = self->low ? self->reserve / 20 : 0;
  self->low = self->free < self->reserve + margin;
}

static void
look (GantrySpace *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 max_age = self->low ? MAX_AGE_LOW : MAX_AGE;

  if (self->asked == 0 || now - self->asked >= max_age
      || (!self->low && self->free < self->reserve + self->written))
    ask (self, now);
}

gboolean
gantry_space_has_room (GantrySpace *self)
{
  gboolean low;

  g_mutex_lock (&self->lock);
  look (self);
  low = self->low;
  g_mutex_unlock (&self->lock);
  return !low;
}

gboolean
gantry_space_may_go_on (GantrySpace *self)
{
  gboolean enough;

  g_mutex_lock (&self->lock);
  look (self);
  if (self->written > 0 && self->free < self->reserve / 2 + self->written)
    ask (self, g_get_monotonic_time ());
  enough = self->free >= self->reserve / 2;
  g_mutex_unlock (&self->lock);
  return enough;
}

void
gantry_space_note (GantrySpace *self, guint64 written)
{
  g_mutex_lock (&self->lock);
  self->written += written;
  g_mutex_unlock (&self->lock);
}

void
gantry_space_forget (GantrySpace *self)
{
  g_mutex_lock (&self->lock);
  self->asked = 0;
  g_mutex_unlock (&self->lock);
}

void
gantry_space_get (GantrySpace *self, gboolean *low, guint64 *free_bytes, guint64 *reserve)
{
  g_mutex_lock (&self->lock);
  look (self);
  *low = self->low;
  *free_bytes = self->free;
  if (reserve != NULL)
    *reserve = self->reserve;
  g_mutex_unlock (&self->lock);
}
