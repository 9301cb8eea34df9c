/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-rate.h"

void
gantry_rate_add (GantryRate *self, gint64 now, guint64 objects, guint64 bytes)
{
  self->samples[self->next].time = now;
  self->samples[self->next].objects = objects;
  self->samples[self->next].bytes = bytes;
  self->next = (self->next + 1) % GANTRY_RATE_SAMPLES;
  self->n = MIN (self->n + 1, GANTRY_RATE_SAMPLES);
}

void
gantry_rate_get (const GantryRate *self, double *objects, double *bytes)
{
  guint newest = (self->next + GANTRY_RATE_SAMPLES - 1) % GANTRY_RATE_SAMPLES;
  guint oldest = (self->next + GANTRY_RATE_SAMPLES - self->n) % GANTRY_RATE_SAMPLES;
  double seconds
      = (double)(self->samples[newest].time - self->samples[oldest].time) / G_USEC_PER_SEC;

  *objects = *bytes = 0;
  if (self->n < 2 || seconds <= 0)
    return;
  *objects = (double)(self->samples[newest].objects - self->samples[oldest].objects) / seconds;
  *bytes = (double)(self->samples[newest].bytes - self->samples[oldest].bytes) / seconds;
}
