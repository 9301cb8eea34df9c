/* gantry-report.h - writes the delivery report of a job
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-database.h"
#include "gantry-engine.h"

G_BEGIN_DECLS

/* Called on the writing thread after each few hundred kilobytes: octets of files read, or passed
 * over, of how many. FALSE ends the report. */
typedef gboolean (*GantryReportStep) (guint64 done, guint64 total, gpointer user_data);

/**
 * gantry_report_write:
 * @db: a connection of this thread
 * @path: replaced when the report is whole and on the disk, else left as it is
 * @error: %GANTRY_ERROR_STORAGE; %G_IO_ERROR_CANCELLED after @step
 *
 * Reads every file of the job; blocks, for a worker thread. Memory does not grow with the job. A
 * job that is being sent meanwhile is reported as it is when each instance's turn comes.
 */
gboolean gantry_report_write (GantryDatabase *db,
                              gint64 job_id,
                              const char *path,
                              GantryReportFormat format,
                              GantryReportStep step,
                              gpointer user_data,
                              GError **error);

G_END_DECLS
