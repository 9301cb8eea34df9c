/* gantry-job-window.h - what became of each object of a job
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"
#include "gantry-item.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_JOB_WINDOW (gantry_job_window_get_type ())
G_DECLARE_FINAL_TYPE (GantryJobWindow, gantry_job_window, GANTRY, JOB_WINDOW, AdwWindow)

/* Opens a window for the #GantryJob in @job over that of @queue, whose actions its buttons use. It
 * follows the job as long as it runs, and closes when @jobs (of #GantryItem) has it no longer.
 * Returns: (transfer none) */
GantryJobWindow *gantry_job_window_present (GtkWidget *queue,
                                            GListStore *jobs,
                                            GantryEngine *engine,
                                            GantryItem *job);

G_END_DECLS
