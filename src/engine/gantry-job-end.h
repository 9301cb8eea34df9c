/* gantry-job-end.h - what becomes of a job when its run is over: done, paused, or tried again later
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread, inside its transaction, where nothing else is said.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* How a run ended. */
typedef struct
{
  gint64 job;
  const GError *error;  /* (nullable): why it could not go on although something is left */
  const GError *unread; /* (nullable): why not all that is left could be read from the queue */
  gboolean cancelled;   /* by the user, for good */
  gboolean paused;      /* by the user, until resumed */
  gboolean suspended;   /* by the end of the program */
  gboolean asked_again; /* by the user, for instances that the run had gone past */
  guint64 done_before;  /* gantry_job_count_done() when it started */
  guint retry_limit, retry_seconds;
} GantryJobEnd;

guint64 gantry_job_count_unanswered (const GantryJob *job);

/* Instances whose answer no further try by itself would change. */
guint64 gantry_job_count_done (const GantryJob *job);

/* The last state of a job of which nothing is left to be sent. */
GantryJobState gantry_job_get_end_state (const GantryJob *job);

/**
 * gantry_job_end_write:
 * @settled: (element-type gint64) (nullable): gets the ids of instances that are answered here
 *
 * What trying again can help waits for the next try, unless the limit is reached. A run in which an
 * instance more was done starts the count of tries anew, so that a peer that comes and goes is not
 * given up; as there are only so many instances, the number of tries has an end all the same:
 * retry_limit for each instance at the most.
 */
gboolean gantry_job_end_write (
    GantryDatabase *db, const GantryJobEnd *end, gint64 now, GArray *settled, GError **error);

/* The end of a job by the user: what has no answer is cancelled. If there is nothing to cancel, and
 * nothing to be tried again, the job is finished. @settled: as above */
gboolean gantry_job_end_cancel (
    GantryDatabase *db, const GantryJob *job, gint64 now, GArray *settled, GError **error);

/* After a crash, in a transaction of its own: the jobs that were running wait, or are what the user
 * had asked for before that. */
gboolean gantry_job_end_recover (GantryDatabase *db, guint retry_limit, GError **error);

/* The job waits for a person, because its instances cannot be read: @unread says why. */
gboolean gantry_job_end_unread (
    GantryDatabase *db, gint64 job, const GError *unread, gint64 now, GError **error);

/* For a job that does not run and may have lost what it had to do: then this is its end. */
gboolean gantry_job_end_if_empty (GantryDatabase *db, gint64 job, GError **error);

G_END_DECLS
