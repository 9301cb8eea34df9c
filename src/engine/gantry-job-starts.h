/* gantry-job-starts.h - the jobs that are about to run, and what they have to propose
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * That depends on every instance that waits, so a long job is looked at some rows at a time. Core
 * thread.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

typedef struct _GantryJobStarts GantryJobStarts;

/* @ready: called when it may be worth asking again, for any of them */
GantryJobStarts *
gantry_job_starts_new (GantryCore *core, void (*ready) (gpointer user_data), gpointer user_data);
void gantry_job_starts_free (GantryJobStarts *self);

/* (transfer none) (nullable) (element-type GantryContext): each SOP class with each transfer syntax
 * that waits. NULL: not yet, it is looked for; or the job cannot be read, and is paused and says
 * so. Short jobs are looked at at once, until the monotonic time @until. */
GPtrArray *gantry_job_starts_get (GantryJobStarts *self, gint64 job, gint64 until);
/* Whether there was something to forget: the job runs, or other instances of it wait now. */
gboolean gantry_job_starts_forget (GantryJobStarts *self, gint64 job);

G_END_DECLS
