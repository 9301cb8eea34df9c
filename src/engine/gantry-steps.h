/* gantry-steps.h - work that would hold up the core thread, done some at a time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A million rows take seconds to change or to delete, and nothing is sent while the core thread
 * does nothing else. What is to be done is in the database, so that it goes on after a new start.
 * Core thread.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

typedef struct _GantrySteps GantrySteps;

typedef enum
{
  GANTRY_STEPS_OVER, /* nothing is left to be done */
  GANTRY_STEPS_MORE,
  GANTRY_STEPS_REFUSED, /* by the disk, which may have room in a while */
} GantryStepsState;

typedef GantryStepsState (*GantryStepsFunc) (gpointer user_data);

/* Begins by itself: an earlier run may have left something. */
GantrySteps *gantry_steps_new (GantryCore *core, GantryStepsFunc func, gpointer user_data);
void gantry_steps_free (GantrySteps *self);

/* There is something to do. */
void gantry_steps_start (GantrySteps *self);

G_END_DECLS
