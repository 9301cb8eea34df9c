/* gantry-unpacked.h - removes what was unpacked to be sent, when no draft or job names it any more
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

typedef struct _GantryUnpacked GantryUnpacked;

GantryUnpacked *gantry_unpacked_new (GantryCore *core);
/* Waits for the folder that is being removed, and leaves the others. */
void gantry_unpacked_free (GantryUnpacked *self);

/* Core thread, while nothing is being unpacked. A thread of its own removes the files, of which
 * there can be a million; GANTRY_EVENT_QUEUE_SWEPT says when it has. */
void gantry_unpacked_clean (GantryUnpacked *self);

G_END_DECLS
