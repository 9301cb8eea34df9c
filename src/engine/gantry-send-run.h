/* gantry-send-run.h - workers with an association each, and what they share with the core thread
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Knows nothing of queues, databases or other jobs. What a worker does is in gantry-sender.c.
 */
#pragma once

#include <gio/gio.h>

#include "gantry-association.h"
#include "gantry-proposal.h"
#include "gantry-queue-table.h"

G_BEGIN_DECLS

/* The answer for one instance, on its way to the database. */
typedef struct
{
  GantryQueueItem *item;
  GantryOutcome outcome;
  gint32 status;
  char *message;
  gboolean retryable; /* see gantry-retry.h */
  gboolean lost;      /* its association ended with it */
  gint64 finished;    /* g_get_real_time() */
  gint64 elapsed;
  char *sent_class_uid, *sent_syntax; /* what went out instead; "" where nothing was changed */
} GantryAnswer;

void gantry_answer_free (GantryAnswer *answer);

typedef struct _GantrySendRun GantrySendRun;
typedef struct _GantryTracer GantryTracer;

/* What the core thread does for the workers. Called on a worker's thread, the first two with the
 * run locked: they post, and call nothing here. */
typedef struct
{
  void (*want_items) (gpointer user_data);   /* fewer than a good handful are left */
  void (*have_answers) (gpointer user_data); /* a good handful has come in */
  /* @error: (transfer full) (nullable): why it could not go on. The thread ends right after. */
  void (*worker_ended) (GError *error, gpointer user_data);
} GantrySendRunFuncs;

/* @node, @timeouts, @tls: copied; @scratch: a folder for what is transcoded; outlives the run */
GantrySendRun *gantry_send_run_new (const GantryNode *node,
                                    const char *calling,
                                    guint32 max_pdu,
                                    const GantryTimeouts *timeouts,
                                    const GantryTls *tls,
                                    const char *scratch,
                                    const GantrySendRunFuncs *funcs,
                                    gpointer user_data);
/* Before it starts. @tracer: outlives the run; hears of its associations */
void gantry_send_run_set_tracer (GantrySendRun *self, GantryTracer *tracer);
/* When no worker is left. */
void gantry_send_run_free (GantrySendRun *self);

/* ---- Core thread ---------------------------------------------------------------------------- */

/* Starts @n workers for a pass of @proposal. */
void gantry_send_run_start (GantrySendRun *self, GantryProposal *proposal, guint pass, guint n);
/* @items: (transfer full): more to send; @last: there will be no others in this pass. */
void gantry_send_run_add_items (GantrySendRun *self, GPtrArray *items, gboolean last);
/* (transfer full) (element-type GantryAnswer): since the last call */
GPtrArray *gantry_send_run_take_answers (GantrySendRun *self);
/* Of the C-STORE-RQ of what is sent from now on. */
void gantry_send_run_set_priority (GantrySendRun *self, GantryPriority priority);
/* (transfer full) (element-type GantryQueueItem): what was added and nobody has taken. The workers
 * wait until gantry_send_run_add_items() brings it, or what has become of it. @last: (out): as the
 * last call of that said */
GPtrArray *gantry_send_run_take_back (GantrySendRun *self, gboolean *last);
/* Ids of the instances on the wire now; returns how many. */
guint gantry_send_run_get_in_flight (GantrySendRun *self, gint64 *ids, guint max);
/* How many the pass was started with; each of them calls worker_ended. */
guint gantry_send_run_count_workers (GantrySendRun *self);
/* Whether something that was added has not been taken. */
gboolean gantry_send_run_has_items (GantrySendRun *self);
/* When no worker is left: where their time went since the last call. */
void gantry_send_run_take_path (GantrySendRun *self, GantryPathFigures *figures);
/* Octets of the instances on the wire that have gone out. */
guint64 gantry_send_run_get_partial_bytes (GantrySendRun *self);
/* Lets every worker finish the instance that it is sending, and release; takes no more items. */
void gantry_send_run_wind_down (GantrySendRun *self);
/* Ends everything at once; what is on the wire comes back as cancelled. */
void gantry_send_run_cancel (GantrySendRun *self);

G_END_DECLS
