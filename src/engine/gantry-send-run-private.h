/* gantry-send-run-private.h - what a job's workers and the core thread have in common
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For gantry-send-run.c and gantry-sender.c.
 */
#pragma once

#include "gantry-association.h"
#include "gantry-send-run.h"

G_BEGIN_DECLS

#define GANTRY_SEND_RUN_WORKERS 8

/* A worker's place, while it has one. */
typedef struct
{
  GantrySendRun *run;
  GThread *thread;
  GantryAssociation *association; /* guarded by the run's lock */
  gint64 sending;                 /* instance id, 0: none; guarded by the run's lock */
  guint64 sent;                   /* octets of it; guarded by the run's lock */
  GantryPathFigures path;         /* of this association: what is measured here */
  GantryWay way;                  /* of the item at hand; the text is its own, or lives for ever */
} GantrySender;

struct _GantrySendRun
{
  GantryNode *node;
  char *calling;
  guint32 max_pdu;
  GantryTimeouts timeouts;
  GantryTls tls;
  GantrySendRunFuncs funcs;
  gpointer user_data;
  GCancellable *cancellable;
  GCancellable *connecting; /* cancelled as well when winding down: nothing is on the wire yet */
  GantryTracer *tracer;
  const char *scratch;
  GantryProposal
      *proposal; /* what follows is of this pass; the first two do not change meanwhile */
  guint pass;
  GPtrArray *contexts; /* guarded by the lock: more than the pass has when a worker has questions */

  GMutex lock; /* guards what follows */
  GCond changed;
  GQueue items;
  gboolean last; /* nothing more will be added in this pass */
  gboolean winding_down;
  GantryPriority priority;
  gboolean requested; /* want_items was called and nothing was added since */
  GPtrArray *answers;
  GantryPathFigures path; /* of the associations that are over */
  GantrySender workers[GANTRY_SEND_RUN_WORKERS];
  guint n_workers; /* core thread only: of this pass */
};

/* ---- Worker threads ------------------------------------------------------------------------- */

/* A thread's function: sends until the pass is over. @data: the worker */
gpointer gantry_sender_main (gpointer data);

/* Until there is something to send. FALSE: the pass is over. */
gboolean gantry_send_run_wait (GantrySender *worker);
/* (transfer full) (nullable): the next instance; NULL: the pass is over */
GantryQueueItem *gantry_send_run_take_item (GantrySender *worker);
/* @answer: (transfer full): of what the worker took last */
void gantry_send_run_answer (GantrySender *worker, GantryAnswer *answer);
GantryPriority gantry_send_run_get_priority (GantrySendRun *self);

G_END_DECLS
