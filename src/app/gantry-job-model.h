/* gantry-job-model.h - the jobs of the queue as the engine has them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Jobs that stay keep their item. Main thread only.
 */
#pragma once

#include "gantry-engine.h"
#include "gantry-item.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_JOB_MODEL (gantry_job_model_get_type ())
G_DECLARE_FINAL_TYPE (GantryJobModel, gantry_job_model, GANTRY, JOB_MODEL, GObject)

/* Signals: "changed": the list or a job in it; "made": a job came to the top of the list; "failed"
 * (sentence): the queue could not be read. */
GantryJobModel *gantry_job_model_new (void);

/* Once; asks for the jobs. */
void gantry_job_model_set_engine (GantryJobModel *self, GantryEngine *engine);

/* Ends every question; nothing is told after it. */
void gantry_job_model_close (GantryJobModel *self);

/* Returns: (transfer none): of GantryItem, the last of the queue first */
GListStore *gantry_job_model_get_list (GantryJobModel *self);

void gantry_job_model_handle_event (GantryJobModel *self, GantryEvent *event);

G_END_DECLS
