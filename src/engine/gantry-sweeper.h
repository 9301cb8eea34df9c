/* gantry-sweeper.h - deletes the rows of removed jobs, some at a time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A million rows take seconds to delete, and nothing is sent while the core thread does nothing
 * else. So a job that is removed is only taken out of the queue; this does the rest, also after a
 * new start. Core thread.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

typedef struct _GantrySweeper GantrySweeper;

GantrySweeper *gantry_sweeper_new (GantryCore *core);
/* What was not swept is swept after the next start. */
void gantry_sweeper_free (GantrySweeper *self);

/* A job was discarded. */
void gantry_sweeper_start (GantrySweeper *self);

G_END_DECLS
