/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-task-progress.h"

#define INTERVAL (50 * G_TIME_SPAN_MILLISECOND)

struct _GantryTaskProgress
{
  GTask *task; /* which owns this */
  GantryFileProgress func;
  gpointer user_data;
  gint64 last_told; /* worker only */
  GMutex lock;
  guint64 done, total; /* guarded by lock */
  gboolean telling;    /* it is on its way to the owner's thread; guarded by lock */
};

GantryTaskProgress *
gantry_task_progress_new (GTask *task, GantryFileProgress func, gpointer user_data)
{
  GantryTaskProgress *self = g_new0 (GantryTaskProgress, 1);

  self->task = task;
  self->func = func;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  return self;
}

void
gantry_task_progress_free (GantryTaskProgress *self)
{
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* On the owner's thread. The answer comes later by the same way, so never before this. */
static gboolean
tell (gpointer data)
{
  GantryTaskProgress *self = data;
  guint64 done, total;

  g_mutex_lock (&self->lock);
  done = self->done;
  total = self->total;
  self->telling = FALSE;
  g_mutex_unlock (&self->lock);
  self->func (done, total, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
unref_task (gpointer data)
{
  GantryTaskProgress *self = data;

  g_object_unref (self->task);
}

void
gantry_task_progress_post (GantryTaskProgress *self, guint64 done, guint64 total)
{
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GSource) source = NULL;
  gboolean telling;

  if (self->func == NULL || now - self->last_told < INTERVAL)
    return;
  self->last_told = now;
  g_mutex_lock (&self->lock);
  self->done = done;
  self->total = total;
  telling = self->telling;
  self->telling = TRUE;
  g_mutex_unlock (&self->lock);
  if (telling)
    return;

  source = g_idle_source_new ();
  g_object_ref (self->task);
  g_source_set_priority (source, g_task_get_priority (self->task));
  g_source_set_callback (source, tell, self, unref_task);
  g_source_attach (source, g_task_get_context (self->task));
}
