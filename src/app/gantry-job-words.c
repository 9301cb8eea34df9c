/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-words.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-send-overrides.h"

GantryLook
gantry_outcome_get_look (GantryOutcome outcome)
{
  switch (outcome)
    {
    case GANTRY_OUTCOME_WAITING:
      return (GantryLook){ "content-loading-symbolic", _ ("Waiting"), "dim-label" };
    case GANTRY_OUTCOME_SENDING:
      return (GantryLook){ "document-send-symbolic", _ ("Sending"), "accent" };
    case GANTRY_OUTCOME_STORED:
      return (GantryLook){ "object-select-symbolic", _ ("Stored"), "success" };
    case GANTRY_OUTCOME_WARNING:
      return (GantryLook){ "dialog-warning-symbolic", _ ("Stored, warning"), "warning" };
    case GANTRY_OUTCOME_REFUSED:
      return (GantryLook){ "dialog-error-symbolic", _ ("Refused"), "error" };
    case GANTRY_OUTCOME_NOT_ACCEPTED:
      return (GantryLook){ "dialog-error-symbolic", _ ("Not accepted"), "error" };
    case GANTRY_OUTCOME_CANCELLED:
      return (GantryLook){ "process-stop-symbolic", _ ("Cancelled"), "dim-label" };
    case GANTRY_OUTCOME_FAILED:
    case GANTRY_N_OUTCOMES:
    default:
      return (GantryLook){ "dialog-error-symbolic", _ ("Failed"), "error" };
    }
}

gboolean
gantry_job_has_failures (const GantryJob *job)
{
  return gantry_job_count_failed (job) > job->counts[GANTRY_OUTCOME_CANCELLED];
}

/* Of a job that is not over: how it looks while nothing went wrong. */
static GantryLook
get_open_look (const GantryJob *job)
{
  if (job->wish == GANTRY_JOB_WISH_PAUSE)
    return (GantryLook){ "media-playback-pause-symbolic", _ ("Pausing…"), "dim-label" };
  if (job->wish == GANTRY_JOB_WISH_CANCEL)
    return (GantryLook){ "process-stop-symbolic", _ ("Cancelling…"), "dim-label" };
  if (job->state == GANTRY_JOB_RUNNING)
    return (GantryLook){ "document-send-symbolic", _ ("Sending"), "accent" };
  if (job->state == GANTRY_JOB_PAUSED)
    return (GantryLook){ "media-playback-pause-symbolic", _ ("Paused"), "dim-label" };
  if (gantry_job_waits_for_retry (job))
    return (GantryLook){ "alarm-symbolic", _ ("Waiting for the next try"), "warning" };
  return (GantryLook){ "content-loading-symbolic", _ ("Waiting"), "dim-label" };
}

GantryLook
gantry_job_get_look (const GantryJob *job)
{
  GantryLook look;

  switch (job->state)
    {
    case GANTRY_JOB_CANCELLED:
      return (GantryLook){ "process-stop-symbolic", _ ("Cancelled"), "dim-label" };
    case GANTRY_JOB_FINISHED:
      if (gantry_job_count_unsent (job) == job->instances)
        return (GantryLook){ "dialog-error-symbolic", _ ("Not stored"), "error" };
      if (gantry_job_count_unsent (job) > 0)
        return (GantryLook){ "dialog-error-symbolic", _ ("Not everything stored"), "error" };
      if (job->counts[GANTRY_OUTCOME_WARNING] > 0)
        return (GantryLook){ "dialog-warning-symbolic", _ ("Stored with warnings"), "warning" };
      return (GantryLook){ "object-select-symbolic", _ ("Stored"), "success" };
    case GANTRY_JOB_RUNNING:
    case GANTRY_JOB_PAUSED:
    case GANTRY_JOB_DRAFT:
    case GANTRY_JOB_WAITING:
    default:
      look = get_open_look (job);
      if (gantry_job_has_failures (job))
        {
          look.css_class = "error";
          if (job->state == GANTRY_JOB_RUNNING && job->wish == GANTRY_JOB_WISH_NONE)
            look.icon = "dialog-error-symbolic";
        }
      return look;
    }
}

gboolean
gantry_job_waits_for_retry (const GantryJob *job)
{
  return job->state == GANTRY_JOB_WAITING && job->retry_at > 0;
}

gboolean
gantry_job_can_pause (const GantryJob *job)
{
  return !gantry_job_is_over (job) && job->state != GANTRY_JOB_PAUSED
         && job->wish == GANTRY_JOB_WISH_NONE;
}

gboolean
gantry_job_can_resume (const GantryJob *job)
{
  return job->state == GANTRY_JOB_PAUSED || job->wish == GANTRY_JOB_WISH_PAUSE;
}

gboolean
gantry_job_can_cancel (const GantryJob *job)
{
  return !gantry_job_is_over (job) && job->wish != GANTRY_JOB_WISH_CANCEL;
}

const char *
gantry_priority_get_word (GantryPriority priority)
{
  switch (priority)
    {
    case GANTRY_PRIORITY_HIGH:
      return _ ("High");
    case GANTRY_PRIORITY_LOW:
      return _ ("Low");
    case GANTRY_PRIORITY_MEDIUM:
    default:
      return _ ("Normal");
    }
}

char *
gantry_job_describe_retry (const GantryJob *job, guint limit, gint64 now)
{
  guint try = MAX (job->tries, 1);
  g_auto (GantrySendOverrides) asked = GANTRY_SEND_OVERRIDES_NONE;
  g_autofree char *left = NULL;

  if (gantry_send_overrides_from_text (&asked, job->overrides, NULL) && asked.retry_limit >= 0)
    limit = (guint)asked.retry_limit;
  if (job->retry_at <= now)
    return g_strdup_printf (_ ("Trying again… (%u of %u)"), try, MAX (try, limit));
  left = gantry_format_duration ((double)(job->retry_at - now) / G_USEC_PER_SEC);
  /* Translators: a duration such as 0:24, which try it is going to be, and the most there are */
  return g_strdup_printf (_ ("Next try in %s (%u of %u)"), left, try, MAX (try, limit));
}

/* Of the outcomes in the order in which they are told, those that are answers. */
#define N_ANSWERED 6

static char *
count_outcome (GantryOutcome outcome, guint64 count)
{
  g_autofree char *number = gantry_format_count (count);
  gulong n = (gulong)count;

  /* Translators: %s is a number in all of these */
  switch (outcome)
    {
    case GANTRY_OUTCOME_STORED:
      return g_strdup_printf (ngettext ("%s stored", "%s stored", n), number);
    case GANTRY_OUTCOME_WARNING:
      return g_strdup_printf (ngettext ("%s of them with a warning", "%s of them with warnings", n),
                              number);
    case GANTRY_OUTCOME_REFUSED:
      return g_strdup_printf (ngettext ("%s refused", "%s refused", n), number);
    case GANTRY_OUTCOME_NOT_ACCEPTED:
      return g_strdup_printf (ngettext ("%s not accepted", "%s not accepted", n), number);
    case GANTRY_OUTCOME_FAILED:
      return g_strdup_printf (ngettext ("%s failed", "%s failed", n), number);
    case GANTRY_OUTCOME_CANCELLED:
      return g_strdup_printf (ngettext ("%s cancelled", "%s cancelled", n), number);
    case GANTRY_OUTCOME_SENDING:
      return g_strdup_printf (ngettext ("%s being sent", "%s being sent", n), number);
    case GANTRY_OUTCOME_WAITING:
    case GANTRY_N_OUTCOMES:
    default:
      return g_strdup_printf (ngettext ("%s waiting", "%s waiting", n), number);
    }
}

/* @n: how many of the outcomes, answered first, are told of. "": none of them is there */
static char *
list_outcomes (const GantryJob *job, guint n)
{
  static const GantryOutcome order[]
      = { GANTRY_OUTCOME_STORED,       GANTRY_OUTCOME_WARNING, GANTRY_OUTCOME_REFUSED,
          GANTRY_OUTCOME_NOT_ACCEPTED, GANTRY_OUTCOME_FAILED,  GANTRY_OUTCOME_CANCELLED,
          GANTRY_OUTCOME_SENDING,      GANTRY_OUTCOME_WAITING };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;

  for (guint i = 0; i < MIN (n, G_N_ELEMENTS (order)); i++)
    {
      guint64 count = job->counts[order[i]];

      if (order[i] == GANTRY_OUTCOME_STORED)
        count += job->counts[GANTRY_OUTCOME_WARNING];
      if (count > 0)
        {
          g_autofree char *part = count_outcome (order[i], count);

          g_strv_builder_add (builder, part);
        }
    }
  parts = g_strv_builder_end (builder);
  /* Translators: between the parts of a list such as “412 stored, 3 refused” */
  return g_strjoinv (_ (", "), parts);
}

char *
gantry_job_summarize (const GantryJob *job)
{
  g_autofree char *list = list_outcomes (job, GANTRY_N_OUTCOMES);

  return *list != '\0' ? g_steal_pointer (&list) : g_strdup (_ ("Nothing to send"));
}

char *
gantry_job_summarize_answered (const GantryJob *job)
{
  return list_outcomes (job, N_ANSWERED);
}

guint64
gantry_job_count_answered (const GantryJob *job)
{
  return job->instances - job->counts[GANTRY_OUTCOME_WAITING] - job->counts[GANTRY_OUTCOME_SENDING];
}

guint64
gantry_job_count_failed (const GantryJob *job)
{
  return job->counts[GANTRY_OUTCOME_REFUSED] + job->counts[GANTRY_OUTCOME_NOT_ACCEPTED]
         + job->counts[GANTRY_OUTCOME_FAILED] + job->counts[GANTRY_OUTCOME_CANCELLED];
}

guint64
gantry_job_count_unsent (const GantryJob *job)
{
  return job->instances - job->counts[GANTRY_OUTCOME_STORED] - job->counts[GANTRY_OUTCOME_WARNING];
}
