/* gantry-queue-list.h - the jobs: running, waiting, and those that are over
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Actions with a job's id (x): queue.cancel, queue.retry, queue.remove, queue.details; without:
 * queue.clear, queue.remove-selected. Signal "changed" when there are jobs now and were none, or
 * the other way round; "message" (plain text) for a toast.
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_QUEUE_LIST (gantry_queue_list_get_type ())
G_DECLARE_FINAL_TYPE (GantryQueueList, gantry_queue_list, GANTRY, QUEUE_LIST, AdwBin)

/* Keeps a reference and asks for the jobs. */
void gantry_queue_list_set_engine (GantryQueueList *self, GantryEngine *engine);
void gantry_queue_list_handle_event (GantryQueueList *self, GantryEvent *event);

guint gantry_queue_list_get_n_jobs (GantryQueueList *self);
/* Returns: (transfer none): a #GListStore of #GantryItem over #GantryJob, newest first */
GListModel *gantry_queue_list_get_model (GantryQueueList *self);

G_END_DECLS
