/* gantry-job-events.h - what front ends are told of a job and its instances
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread, after what is told has been written down.
 */
#pragma once

#include "gantry-core.h"
#include "gantry-send-run.h"

G_BEGIN_DECLS

/* GANTRY_EVENT_JOB; adds the advice. */
void gantry_job_events_job (GantryCore *core, GantryJob *job);
/* The same for a job as it is in the database, with @message in place of its own: about what could
 * not be written down. */
void gantry_job_events_trouble (GantryCore *core, gint64 job, const char *message);

/* GANTRY_EVENT_INSTANCE, if the front end wants to hear of each instance. */
void gantry_job_events_answer (GantryCore *core, gint64 job, const GantryAnswer *answer);
/* @ids: (element-type gint64): as they are in the database */
void gantry_job_events_instances (GantryCore *core, GArray *ids);

G_END_DECLS
