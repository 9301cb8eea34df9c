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
  /* Associations in a row that were lost before one answer came: with instances that had not cost
   * any before, and with others. */
  guint barren, barren_again;
  GantryWay way; /* of the item taken last; the text is its own, or lives for ever */
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
      *proposal; /* this and what follows is of this pass, and does not change meanwhile */
  guint pass;
  gint known; /* atomic: the node has accepted an association of this run */

  GMutex lock; /* guards what follows */
  GCond changed;
  GQueue items;
  /* Not accepted, and the node has not shown what it would take instead. It is asked when there is
   * nothing else left to be sent, so that nothing waits for the answer, or fails with it. */
  GQueue held;
  GPtrArray *answered; /* (nullable): by which they were not accepted */
  guint working;       /* workers that may send something yet */
  gboolean last;       /* nothing more will be added in this pass */
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
/* (transfer full) (nullable): the next instance, which is not the one behind the last where that
 * cost an association: those that belong together may have the same fault. The worker has an
 * association, and its way is set. NULL: the pass is over */
GantryQueueItem *gantry_send_run_take_item (GantrySender *worker);
/* @answer: (transfer full): of what the worker took last */
void gantry_send_run_answer (GantrySender *worker, GantryAnswer *answer);
GantryPriority gantry_send_run_get_priority (GantrySendRun *self);
/* The worker has nothing more to send. (transfer full) (nullable) (element-type GantryContext): how
 * the node answered what others are held back for, if there is no other worker that may send
 * something; NULL: there is nothing to ask, and the worker is to end */
GPtrArray *gantry_send_run_finish (GantrySender *worker);
/* (transfer full) (nullable): one of those that are held back */
GantryQueueItem *gantry_send_run_take_held (GantrySender *worker);

G_END_DECLS
