/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-end.h"

#include <glib/gi18n-lib.h>

#include "gantry-error.h"
#include "gantry-queue-selection.h"
#include "gantry-queue-table.h"
#include "gantry-retry.h"

guint64
gantry_job_count_unanswered (const GantryJob *job)
{
  return job->counts[GANTRY_OUTCOME_WAITING] + job->counts[GANTRY_OUTCOME_SENDING];
}

guint64
gantry_job_count_done (const GantryJob *job)
{
  return job->instances - gantry_job_count_unanswered (job) - job->retryable;
}

GantryJobState
gantry_job_get_end_state (const GantryJob *job)
{
  return job->counts[GANTRY_OUTCOME_CANCELLED] == job->instances ? GANTRY_JOB_CANCELLED
                                                                 : GANTRY_JOB_FINISHED;
}

static gboolean
may_try_again (const GantryJobEnd *end, const GantryJob *job, guint tries)
{
  if (tries >= end->retry_limit)
    return FALSE;
  /* What keeps us out for good keeps the next try out as well. */
  if (end->error != NULL)
    return gantry_retry_helps_error (end->error);
  return gantry_job_count_unanswered (job) == 0 && job->retryable > 0;
}

/* Why the job is tried again; NULL with @error. */
static char *
describe_wait (GantryDatabase *db, const GantryJobEnd *end, const GantryJob *job, GError **error)
{
  g_autofree char *answer = NULL;

  if (end->error != NULL)
    return g_strdup (end->error->message);
  if (!gantry_queue_table_get_retryable_message (db, end->job, &answer, error))
    return NULL;
  return g_strdup_printf (ngettext ("%u instance was not stored for now. %s",
                                    "%u instances were not stored for now. The first of them: %s",
                                    (guint)job->retryable),
                          (guint)job->retryable, answer);
}

static gboolean
write_retry (GantryDatabase *db,
             const GantryJobEnd *end,
             const GantryJob *job,
             guint tries,
             gint64 now,
             GError **error)
{
  g_autofree char *message = describe_wait (db, end, job, error);

  return message != NULL
         && gantry_queue_table_set_retry (db, end->job, tries + 1,
                                          now + gantry_retry_get_pause (end->retry_seconds, tries),
                                          message, error);
}

gboolean
gantry_job_end_cancel (
    GantryDatabase *db, const GantryJob *job, gint64 now, GArray *settled, GError **error)
{
  gboolean anything = gantry_job_count_unanswered (job) > 0 || job->retryable > 0 || job->changing
                      || job->counts[GANTRY_OUTCOME_CANCELLED] > 0;

  return gantry_queue_selection_settle (db, job->id, GANTRY_OUTCOME_CANCELLED,
                                        _ ("Cancelled before it was sent."), FALSE, now, settled,
                                        error)
         && gantry_queue_table_set_state (
             db, job->id, anything ? GANTRY_JOB_CANCELLED : GANTRY_JOB_FINISHED, "", now, error);
}

gboolean
gantry_job_end_unread (
    GantryDatabase *db, gint64 job, const GError *unread, gint64 now, GError **error)
{
  g_autofree char *message = NULL;

  message = unread != NULL
                ? g_strdup_printf (
                    _ ("The queue could not be read to its end. Resume the job to go on. (%s)"),
                    unread->message)
                : g_strdup (_ ("The queue could not be read to its end. Resume the job to go on."));
  return gantry_queue_table_set_state (db, job, GANTRY_JOB_PAUSED, message, now, error);
}

/* Nothing is left to be sent, or nothing can be. */
static gboolean
write_finished (GantryDatabase *db,
                const GantryJobEnd *end,
                const GantryJob *job,
                gint64 now,
                GArray *settled,
                GError **error)
{
  const char *message = end->error != NULL ? end->error->message : "";

  /* What the rows do not show the counts know of, and that must not be taken for the end. */
  if (end->error == NULL && gantry_job_count_unanswered (job) > 0)
    return gantry_job_end_unread (db, end->job, NULL, now, error);
  return (end->error == NULL
          || gantry_queue_selection_settle (db, end->job, GANTRY_OUTCOME_FAILED, message,
                                            gantry_retry_helps_error (end->error), now, settled,
                                            error))
         && gantry_queue_table_set_state (db, end->job, gantry_job_get_end_state (job), message,
                                          now, error);
}

gboolean
gantry_job_end_write (
    GantryDatabase *db, const GantryJobEnd *end, gint64 now, GArray *settled, GError **error)
{
  g_autoptr (GantryJob) job = gantry_queue_table_get_job (db, end->job, error);
  gboolean unanswered, again;
  guint tries;

  if (job == NULL)
    return FALSE;
  unanswered = gantry_job_count_unanswered (job) > 0 || (job->changing && end->asked_again);
  tries = gantry_job_count_done (job) > end->done_before ? 0 : job->tries;
  again = may_try_again (end, job, tries);

  if (end->cancelled)
    return gantry_job_end_cancel (db, job, now, settled, error);
  if (end->unread != NULL && unanswered && !end->suspended)
    return gantry_job_end_unread (db, end->job, end->unread, now, error);
  if (end->paused && (unanswered || again))
    return gantry_queue_table_set_state (db, end->job, GANTRY_JOB_PAUSED, "", now, error);
  if (unanswered && (end->suspended || end->asked_again))
    return gantry_queue_table_set_state (db, end->job, GANTRY_JOB_WAITING, "", now, error);
  if (again)
    return write_retry (db, end, job, tries, now, error);
  return write_finished (db, end, job, now, settled, error);
}

/* As if the run that the crash ended had come to its end. */
static gboolean
end_interrupted (GantryDatabase *db, guint retry_limit, GError **error)
{
  g_autoptr (GPtrArray) jobs = gantry_queue_table_list_jobs (db, error);

  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      const GantryJob *job = jobs->pdata[i];
      const GantryJobEnd end = { .job = job->id,
                                 .cancelled = job->wish == GANTRY_JOB_WISH_CANCEL,
                                 .paused = job->wish == GANTRY_JOB_WISH_PAUSE,
                                 .asked_again = job->changing,
                                 .done_before = G_MAXUINT64,
                                 .retry_limit = retry_limit };

      if (job->state == GANTRY_JOB_RUNNING && job->wish != GANTRY_JOB_WISH_NONE
          && !gantry_job_end_write (db, &end, g_get_real_time (), NULL, error))
        return FALSE;
    }
  return jobs != NULL;
}

gboolean
gantry_job_end_recover (GantryDatabase *db, guint retry_limit, GError **error)
{
  if (gantry_database_begin (db, error) && end_interrupted (db, retry_limit, error)
      && gantry_queue_table_recover (db, error) && gantry_database_commit (db, error))
    return TRUE;
  gantry_database_rollback (db);
  return FALSE;
}

gboolean
gantry_job_end_if_empty (GantryDatabase *db, gint64 id, GError **error)
{
  g_autoptr (GantryJob) job = gantry_queue_table_get_job (db, id, error);

  if (job == NULL)
    return FALSE;
  if ((job->state != GANTRY_JOB_WAITING && job->state != GANTRY_JOB_PAUSED) || job->changing
      || gantry_job_count_unanswered (job) > 0 || job->retryable > 0)
    return TRUE;
  return gantry_queue_table_set_state (db, id, gantry_job_get_end_state (job), "",
                                       g_get_real_time (), error);
}
