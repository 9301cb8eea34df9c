/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-steps.h"

#define PAUSE_MS 10 /* for everybody else */
#define REFUSED_MS 5000

struct _GantrySteps
{
  GantryCore *core;
  GantryStepsFunc func;
  gpointer user_data;
  GSource *timer; /* NULL: there is nothing to do */
};

static void
stop (GantrySteps *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static gboolean on_timer (gpointer data);

static void
wait_for (GantrySteps *self, guint pause_ms)
{
  stop (self);
  self->timer = gantry_core_add_timer (self->core, pause_ms, on_timer, self);
}

static gboolean
on_timer (gpointer data)
{
  GantrySteps *self = data;

  stop (self);
  switch (self->func (self->user_data))
    {
    case GANTRY_STEPS_MORE:
      wait_for (self, PAUSE_MS);
      break;
    case GANTRY_STEPS_REFUSED:
      wait_for (self, REFUSED_MS);
      break;
    case GANTRY_STEPS_OVER:
    default:
      break;
    }
  return G_SOURCE_REMOVE;
}

void
gantry_steps_start (GantrySteps *self)
{
  if (self->timer == NULL)
    wait_for (self, 0);
}

GantrySteps *
gantry_steps_new (GantryCore *core, GantryStepsFunc func, gpointer user_data)
{
  GantrySteps *self = g_new0 (GantrySteps, 1);

  self->core = core;
  self->func = func;
  self->user_data = user_data;
  gantry_steps_start (self);
  return self;
}

void
gantry_steps_free (GantrySteps *self)
{
  stop (self);
  g_free (self);
}
