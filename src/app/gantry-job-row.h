/* gantry-job-row.h - a job in the queue: progress, speed, outcome, and what can be done about it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Its buttons and its menu are actions of the queue, with the job's id: queue.pause, queue.resume,
 * queue.cancel, queue.retry, and those of gantry-job-menu.h.
 */
#pragma once

#include <adwaita.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_JOB_ROW (gantry_job_row_get_type ())
G_DECLARE_FINAL_TYPE (GantryJobRow, gantry_job_row, GANTRY, JOB_ROW, AdwBin)

GtkWidget *gantry_job_row_new (void);
/* Keeps a reference to @job. */
void gantry_job_row_show (GantryJobRow *self, GantryJob *job);
/* Leaves out the way to the details: this row is their head. */
void gantry_job_row_set_in_window (GantryJobRow *self);
/* Returns: (transfer full): the row as a sentence: "CT Chest, Doe John, 253 of 415 sent, PACS1" */
char *gantry_job_describe (const GantryJob *job);

G_END_DECLS
