/* gantry-send-queue.h - the jobs: which one runs, what came of each instance, and what of it is on
 * disk SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread. An answer is in the database before any event tells of it.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

/* Takes the profile's queue role and puts back what an earlier run was sending; @resume: and goes
 * on with it, else it is left alone until it is asked for. */
GantrySendQueue *gantry_send_queue_new (GantryCore *core, gboolean resume, GError **error);
void gantry_send_queue_free (GantrySendQueue *self);

/* Starts what waits and is due: one job a node at a time, in the order of priority, then of the
 * queue. A job that waits for its next try keeps no other from its node. */
void gantry_send_queue_schedule (GantrySendQueue *self);
/* A job was put into the queue. */
void gantry_send_queue_added (GantrySendQueue *self, gint64 job);
void gantry_send_queue_cancel (GantrySendQueue *self, gint64 job);
void gantry_send_queue_pause (GantrySendQueue *self, gint64 job);
void gantry_send_queue_resume (GantrySendQueue *self, gint64 job);
/* See gantry_engine_resume_left_async(). Returns: (transfer full) (nullable) */
GPtrArray *gantry_send_queue_resume_left (GantrySendQueue *self, gboolean paused, GError **error);
void gantry_send_queue_retry (GantrySendQueue *self, gint64 job);
void gantry_send_queue_cancel_instances (GantrySendQueue *self, const GantrySelection *selection);
void gantry_send_queue_retry_instances (GantrySendQueue *self, const GantrySelection *selection);
void gantry_send_queue_set_priority (GantrySendQueue *self, gint64 job, GantryPriority priority);
void gantry_send_queue_move (GantrySendQueue *self, gint64 job, gint64 before);
void gantry_send_queue_remove (GantrySendQueue *self, gint64 job);
void gantry_send_queue_remove_finished (GantrySendQueue *self);

/* Ends what runs, which stays in the queue, and starts no other job; GANTRY_EVENT_QUEUE_HELD says
 * when. */
void gantry_send_queue_hold (GantrySendQueue *self);
/* The same for good; reports by gantry_core_part_stopped(). */
void gantry_send_queue_stop (GantrySendQueue *self);
gboolean gantry_send_queue_is_idle (GantrySendQueue *self);

G_END_DECLS
