/* gantry-job-run.h - a job while it is being sent: its workers, and their answers on the way to
 * disk SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread. What workers post meanwhile holds a reference.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

typedef struct _GantryJobRun GantryJobRun;

/* Starts the workers. @pairs: (element-type GantryContext): what is to be proposed; @ended is
 * called once, when the job's last state is written. */
GantryJobRun *gantry_job_run_new (GantryCore *core,
                                  const GantryJob *job,
                                  GPtrArray *pairs,
                                  void (*ended) (GantryJobRun *run, gpointer user_data),
                                  gpointer user_data);
void gantry_job_run_unref (GantryJobRun *self);
/* Instead of a run: the job is paused, because it cannot be read, and says so. */
void gantry_job_run_hold (GantryCore *core, gint64 job, const GError *unread);

gint64 gantry_job_run_get_job (GantryJobRun *self);
const GantryNode *gantry_job_run_get_node (GantryJobRun *self);

/* For good: what has no answer is cancelled. */
void gantry_job_run_cancel (GantryJobRun *self);
/* Until the user resumes the job: what is being sent gets its answer first. */
void gantry_job_run_pause (GantryJobRun *self);
/* Before the pause has come about: another run follows this one. */
void gantry_job_run_resume (GantryJobRun *self);
/* Until the next start: what has no answer goes on waiting. */
void gantry_job_run_suspend (GantryJobRun *self);

/* Runs @change, which writes to the database what is to become of instances that wait, while no
 * worker has any of them at hand. FALSE: it did not, or the disk refuses. */
gboolean
gantry_job_run_change (GantryJobRun *self, gboolean (*change) (gpointer data), gpointer data);
/* Instances that the run may have gone past wait again: another run is to follow this one. */
void gantry_job_run_ask_again (GantryJobRun *self);
/* Of what is sent from now on. */
void gantry_job_run_set_priority (GantryJobRun *self, GantryPriority priority);

/* GANTRY_EVENT_JOB for a job as it is in the database; @run: (nullable): adds what only it knows */
void gantry_job_run_emit (GantryCore *core, gint64 job, GantryJobRun *run);

G_END_DECLS
