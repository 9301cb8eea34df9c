/* gantry-queue-contexts.h - what has to be proposed for a job, found out some of it at a time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A million rows take a second or more to group, and nothing else is done by the core thread
 * meanwhile. What waits again behind the place that was reached is found, what waits again before
 * it is not: then it has to begin anew.
 */
#pragma once

#include "gantry-database.h"

G_BEGIN_DECLS

#define GANTRY_QUEUE_CONTEXTS_ROWS 10000 /* some 20 ms */

typedef struct _GantryQueueContexts GantryQueueContexts;

GantryQueueContexts *gantry_queue_contexts_new (gint64 job);
void gantry_queue_contexts_free (GantryQueueContexts *self);

/* Reads the next %GANTRY_QUEUE_CONTEXTS_ROWS. Nothing, once it is complete. */
gboolean gantry_queue_contexts_step (GantryQueueContexts *self, GantryDatabase *db, GError **error);
gboolean gantry_queue_contexts_is_complete (GantryQueueContexts *self);
/* (transfer none) (element-type GantryContext): each SOP class with each transfer syntax that
 * waits, in the order in which they came; ids are 0 */
GPtrArray *gantry_queue_contexts_get (GantryQueueContexts *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryQueueContexts, gantry_queue_contexts_free)

G_END_DECLS
