/* gantry-task-progress.h - how far the work of a task is, told to the front end's thread
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-engine.h"

G_BEGIN_DECLS

typedef struct _GantryTaskProgress GantryTaskProgress;

/* @task: owns this, as a part of its data; @func: (nullable) */
GantryTaskProgress *
gantry_task_progress_new (GTask *task, GantryFileProgress func, gpointer user_data);
void gantry_task_progress_free (GantryTaskProgress *self);

/* The task's worker; at most twenty times a second it reaches @func, in the task's main context and
 * before the task's answer. */
void gantry_task_progress_post (GantryTaskProgress *self, guint64 done, guint64 total);

G_END_DECLS
