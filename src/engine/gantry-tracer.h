/* gantry-tracer.h - of which associations DCMTK's own messages are wanted, and where they go
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any thread, unless it says otherwise; reference counted, for an echo may outlive the core.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

GantryTracer *gantry_tracer_new (GantryCore *core);
GantryTracer *gantry_tracer_ref (GantryTracer *self);
void gantry_tracer_unref (GantryTracer *self);
/* The core's end: nothing is told any more, and who waits to tell something goes on. */
void gantry_tracer_close (GantryTracer *self);

/* @settings: copied */
void gantry_tracer_set (GantryTracer *self, const GantryTraceSettings *settings);

/* This thread is about to ask for an association. */
void gantry_tracer_begin (GantryTracer *self);
/* It is over; also where nobody wanted to hear of it. */
void gantry_tracer_end (void);

/* Whether somebody called @calling is to be heard of; the next one, if only that is, is this. */
gboolean gantry_tracer_wants (GantryTracer *self, const char *calling);

/**
 * gantry_tracer_make_message:
 * @n_lines: (inout): of the association so far
 *
 * Returns: (transfer full) (nullable): the line as a message that belongs to no association yet;
 *   %NULL: there were enough
 */
GantryMessage *
gantry_tracer_make_message (guint *n_lines, GantryTraceLevel level, gint64 when, const char *line);

G_END_DECLS
