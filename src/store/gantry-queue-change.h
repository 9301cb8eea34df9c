/* gantry-queue-change.h - one thing that is done to many instances of a job, some at a time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A million rows take seconds to change, and nothing is sent while the core thread does nothing
 * else. So what is to become of more than %GANTRY_QUEUE_CHANGE_ROWS instances is only noted, in the
 * transaction that writes the job's new state, and carried out by gantry_queue_change_step(), also
 * after a crash. The changes of a job come about in the order in which they were written.
 *
 * On the core thread, inside its transactions.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_QUEUE_CHANGE_ROWS 10000
#define GANTRY_QUEUE_COPY_ROWS 3000 /* a step of COPY and MOVE */

/* The numbers are in the database. */
typedef enum
{
  GANTRY_QUEUE_CHANGE_SETTLE,          /* what has no answer gets this one */
  GANTRY_QUEUE_CHANGE_CANCEL,          /* the same, but what is being sent waits for its own */
  GANTRY_QUEUE_CHANGE_RETRY,           /* what has an answer and is not stored waits again */
  GANTRY_QUEUE_CHANGE_RETRY_RETRYABLE, /* so does that part of it which trying again can help */
  GANTRY_QUEUE_CHANGE_GIVE_UP,         /* that part keeps its answer, and is not tried again */
  GANTRY_QUEUE_CHANGE_COPY,            /* the job gets what is selected of the source, to send it */
  GANTRY_QUEUE_CHANGE_MOVE,            /* and here what is of its studies in the source, a draft */
  GANTRY_N_QUEUE_CHANGES
} GantryQueueChangeKind;

/* The texts and ids belong to the caller. */
typedef struct
{
  GantryQueueChangeKind kind;
  GantrySelection selection;
  gint64 source; /* of COPY the job that the rest of the selection is about; it is kept so long */
  GantryOutcome outcome; /* this and the rest: the answer of SETTLE and CANCEL */
  const char *message;
  gboolean retryable;
  gint64 now;
} GantryQueueChange;

/**
 * gantry_queue_change_write:
 * @n: (out) (nullable): the instances that were changed; %G_MAXUINT: it was noted, for any number
 * @answered: (element-type gint64) (nullable): gets the ids of those that SETTLE answered
 */
gboolean gantry_queue_change_write (GantryDatabase *db,
                                    const GantryQueueChange *change,
                                    guint *n,
                                    GArray *answered,
                                    GError **error);

/* @job: (out): whose change is to go on; 0: nothing is noted */
gboolean gantry_queue_change_get_next (GantryDatabase *db, gint64 *job, GError **error);
/* Also TRUE when that cannot be read: such a job is not started. */
gboolean gantry_queue_change_is_noted (GantryDatabase *db, gint64 job);
/* The next rows of that change. */
gboolean gantry_queue_change_step (GantryDatabase *db, GArray *answered, GError **error);
/* Whether some of @draft is still to be moved out of it; also TRUE when that cannot be read. */
gboolean gantry_queue_change_is_moving (GantryDatabase *db, gint64 draft);
/* Before a file comes into @draft: what is to be moved out of it and has the same path or SOP
 * Instance UID does not wait for its step. */
gboolean gantry_queue_change_move_at_once (GantryDatabase *db,
                                           gint64 draft,
                                           const char *path,
                                           const char *sop_instance_uid,
                                           GError **error);
/* Of a job that is removed; but what it was given still leaves its draft, where nobody would know
 * any more whose it is. */
gboolean gantry_queue_change_forget (GantryDatabase *db, gint64 job, GError **error);

G_END_DECLS
