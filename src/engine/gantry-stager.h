/* gantry-stager.h - scans what was dropped into the draft
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One thread walks the sources, a small pool reads headers, the core thread writes them down in
 * batches, in the order of the walk. A file whose SOP instance is in the draft already is left out;
 * whether it is the same is found out by another thread.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

GantryStager *gantry_stager_new (GantryCore *core);
/* After gantry_stager_stop(). */
void gantry_stager_free (GantryStager *self);

/* Removes what was unpacked and no draft or job names any more, as soon as nothing is being
 * unpacked; GANTRY_EVENT_QUEUE_SWEPT says when. Only for who holds the queue's role: the folder is
 * shared by all processes of a profile. */
void gantry_stager_clean (GantryStager *self);

/* Core thread. %NULL in place of paths: a fresh sample study. */
void gantry_stager_stage (GantryStager *self, const char *const *paths);
void gantry_stager_cancel (GantryStager *self);
/* Cancels and waits for the walking thread: it looks at the cancellable for each file. */
void gantry_stager_stop (GantryStager *self);

G_END_DECLS
