/* gantry-job-writes.h - what a run writes into its job and the job's instances
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread, within the caller's transaction, if it has begun one.
 */
#pragma once

#include "gantry-send-overrides.h"
#include "gantry-send-run.h"

G_BEGIN_DECLS

/* The job runs, and the next run goes by what this one was @asked for. */
gboolean gantry_job_writes_start (GantryDatabase *db,
                                  const GantryJob *job,
                                  const GantrySendOverrides *asked,
                                  GError **error);

/* The @n instances that are on the wire. To be asked for before the answers are taken: what has
 * been answered since is written after it. */
gboolean
gantry_job_writes_sending (GantryDatabase *db, const gint64 *sending, guint n, GError **error);

/* What was on the wire when the program ended has no answer: it waits for the next start.
 * @cancelled: the job is, so that it has one */
gboolean gantry_answer_still_waits (const GantryAnswer *answer, gboolean cancelled);

/* @answers: (element-type GantryAnswer) */
gboolean gantry_job_writes_answers (GantryDatabase *db,
                                    GPtrArray *answers,
                                    gboolean cancelled,
                                    GError **error);

/* How a run went is added to what is known of earlier ones. */
gboolean gantry_job_writes_path (GantryDatabase *db,
                                 gint64 job,
                                 const GantryPathFigures *path,
                                 GError **error);

G_END_DECLS
