/* gantry-send-queue-private.h - what the files of GantrySendQueue share
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread.
 */
#pragma once

#include "gantry-job-run.h"
#include "gantry-job-starts.h"
#include "gantry-send-queue.h"
#include "gantry-steps.h"

G_BEGIN_DECLS

struct _GantrySendQueue
{
  GantryCore *core;
  GPtrArray *runs;       /* GantryJobRun: the jobs that are being sent */
  GHashTable *asked_for; /* ids of the jobs that may run; NULL: all */
  GHashTable *due;       /* id of a job that waits for its next try → Due */
  GSource *timer;        /* until the nearest of them; NULL: none waits */
  GantrySteps *changes;  /* of many instances: see gantry-queue-change.h */
  GantrySteps *sweeping; /* the rows of removed jobs */
  gboolean held;         /* no job starts any more */
  GantryJobStarts *starts;
  gboolean stopping;
};

/* Something that is done to a job, or to some of it. */
typedef struct _GantrySendChange GantrySendChange;

struct _GantrySendChange
{
  GantrySendQueue *queue;
  GantrySelection selection;
  /* @job: as it is before. TRUE also when there is nothing to do. */
  gboolean (*func) (GantryDatabase *db,
                    const GantryJob *job,
                    GantrySendChange *change,
                    GError **error);
  gint64 value;
};

/* The run of a job that is being sent, or NULL. */
GantryJobRun *gantry_send_queue_find_run (GantrySendQueue *self, gint64 job);
/* It may run, also where nothing is gone on with by itself. */
void gantry_send_queue_ask_for (GantrySendQueue *self, gint64 job);

/* Makes the change in one transaction and tells of it. FALSE: it was refused, which was told. */
gboolean gantry_send_queue_apply (GantrySendQueue *self, GantrySendChange *change);
/* The func of a job's next try: what is worth one waits again, for the node's present address. */
gboolean gantry_send_queue_write_next_try (GantryDatabase *db,
                                           const GantryJob *job,
                                           GantrySendChange *change,
                                           GError **error);

G_END_DECLS
