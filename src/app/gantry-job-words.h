/* gantry-job-words.h - a job's state and the outcome of an instance in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/* How a state looks: an icon, a word, and the theme's style class for both. All static. */
typedef struct
{
  const char *icon;
  const char *word;      /* translated */
  const char *css_class; /* NULL: no colour */
} GantryLook;

GantryLook gantry_outcome_get_look (GantryOutcome outcome);
GantryLook gantry_job_get_look (const GantryJob *job);

/* It will be tried again by itself at retry_at. */
gboolean gantry_job_waits_for_retry (const GantryJob *job);

/* What a person can ask of it now; a pause that has not come about yet can be taken back. */
gboolean gantry_job_can_pause (const GantryJob *job);
gboolean gantry_job_can_resume (const GantryJob *job);
gboolean gantry_job_can_cancel (const GantryJob *job);
/* Something in it was refused, not accepted or failed, so far. What was cancelled does not count.
 */
gboolean gantry_job_has_failures (const GantryJob *job);

/* "High", "Normal", "Low"; static */
const char *gantry_priority_get_word (GantryPriority priority);

/* Returns: (transfer full): when it is tried again, at @now: "Next try in 0:24 (3 of 10)"; @limit
 * tries at most, unless something else was asked for with the job */
char *gantry_job_describe_retry (const GantryJob *job, guint limit, gint64 now);

/* Returns: (transfer full): every outcome that an instance of the job has: "412 stored, 3 refused",
 * "1,204 stored, 3 of them with warnings" */
char *gantry_job_summarize (const GantryJob *job);

/* Returns: (transfer full): the answers that instances of the job have so far: "3 stored, 11
 * refused"; "": none has one */
char *gantry_job_summarize_answered (const GantryJob *job);

/* Instances that have their answer, whatever it was */
guint64 gantry_job_count_answered (const GantryJob *job);
/* Instances with an answer, or cancelled, that are not at the node */
guint64 gantry_job_count_failed (const GantryJob *job);
/* Instances of a job that is over which are not at the node */
guint64 gantry_job_count_unsent (const GantryJob *job);

G_END_DECLS
