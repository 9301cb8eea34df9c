/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-job-starts.h"

#include "gantry-job-run.h"
#include "gantry-queue-contexts.h"
#include "gantry-steps.h"

struct _GantryJobStarts
{
  GantryCore *core;
  void (*ready) (gpointer user_data);
  gpointer user_data;
  GHashTable *jobs; /* id → GantryQueueContexts */
  GantrySteps *steps;
};

/* Whether it is complete now. A job that cannot be read is none that is about to run. */
static gboolean
look (GantryJobStarts *self, gint64 job, GantryQueueContexts *contexts)
{
  g_autoptr (GError) error = NULL;

  if (gantry_queue_contexts_step (contexts, self->core->db, &error))
    return gantry_queue_contexts_is_complete (contexts);
  g_hash_table_remove (self->jobs, &job);
  gantry_job_run_hold (self->core, job, error);
  return FALSE;
}

/* One of the jobs, and the others after it. */
static GantryStepsState
step (gpointer user_data)
{
  GantryJobStarts *self = user_data;
  GHashTableIter iter;
  gpointer id, contexts;

  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, &id, &contexts))
    if (!gantry_queue_contexts_is_complete (contexts))
      {
        gint64 job = *(gint64 *)id;

        if (look (self, job, contexts) || !g_hash_table_contains (self->jobs, &job))
          self->ready (self->user_data);
        return GANTRY_STEPS_MORE;
      }
  return GANTRY_STEPS_OVER;
}

GPtrArray *
gantry_job_starts_get (GantryJobStarts *self, gint64 job, gint64 until)
{
  GantryQueueContexts *contexts = g_hash_table_lookup (self->jobs, &job);

  if (contexts != NULL && gantry_queue_contexts_is_complete (contexts))
    return gantry_queue_contexts_get (contexts);
  if (contexts == NULL)
    {
      contexts = gantry_queue_contexts_new (job);
      g_hash_table_insert (self->jobs, g_memdup2 (&job, sizeof job), contexts);
      if (g_get_monotonic_time () < until && look (self, job, contexts))
        return gantry_queue_contexts_get (contexts);
    }
  gantry_steps_start (self->steps);
  return NULL;
}

gboolean
gantry_job_starts_forget (GantryJobStarts *self, gint64 job)
{
  return g_hash_table_remove (self->jobs, &job);
}

GantryJobStarts *
gantry_job_starts_new (GantryCore *core, void (*ready) (gpointer user_data), gpointer user_data)
{
  GantryJobStarts *self = g_new0 (GantryJobStarts, 1);

  self->core = core;
  self->ready = ready;
  self->user_data = user_data;
  self->jobs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                      (GDestroyNotify)gantry_queue_contexts_free);
  self->steps = gantry_steps_new (core, step, self);
  return self;
}

void
gantry_job_starts_free (GantryJobStarts *self)
{
  gantry_steps_free (self->steps);
  g_hash_table_unref (self->jobs);
  g_free (self);
}
