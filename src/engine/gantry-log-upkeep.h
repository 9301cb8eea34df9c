/* gantry-log-upkeep.h - the receiver's log does not grow for ever
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread. What is too much, and what the user has cleared, goes a few rows at a time, so that
 * nobody who sends has to wait for it. The limits are in engine/gantry-engine.h.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

typedef struct _GantryLogUpkeep GantryLogUpkeep;

/* Goes on with what an earlier run has left. */
GantryLogUpkeep *gantry_log_upkeep_new (GantryCore *core);
void gantry_log_upkeep_free (GantryLogUpkeep *self);

/* So many rows were written. */
void gantry_log_upkeep_note (GantryLogUpkeep *self, guint rows);
/* An association was, with all that was said to begin it. */
void gantry_log_upkeep_note_association (GantryLogUpkeep *self,
                                         const GantryAssociationRecord *record);

/* Those that are over are gone from the lists when this returns. */
void gantry_log_upkeep_clear (GantryLogUpkeep *self);

G_END_DECLS
