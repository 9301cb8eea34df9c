/* gantry-rate.h - how fast something has been going over about the last two seconds
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GANTRY_RATE_SAMPLES 20

/* Plain data of one thread; zeroed is empty. */
typedef struct
{
  struct
  {
    gint64 time; /* monotonic, microseconds */
    guint64 objects, bytes;
  } samples[GANTRY_RATE_SAMPLES];
  guint n, next;
} GantryRate;

/* Totals so far; call it about every 100 ms. */
void gantry_rate_add (GantryRate *self, gint64 now, guint64 objects, guint64 bytes);
/* Objects and bytes a second between the oldest sample kept and the newest; 0 with fewer than two.
 */
void gantry_rate_get (const GantryRate *self, double *objects, double *bytes);

G_END_DECLS
