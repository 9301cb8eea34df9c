/* gantry-trace.h - what DCMTK itself has to say about an association, for who asks
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An association is on one thread from its first octet to its last, so whoever wants to hear of it
 * listens on that thread; the others stay silent and cost nothing. Only dcmnet is heard: what it
 * negotiates, the PDUs that it reads and what it finds wrong with them. Commands are our own work,
 * which it knows nothing of.
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/* @when: real time, microseconds; @line: one line, valid UTF-8. On the thread that listens. */
typedef void (*GantryTraceFunc) (GantryTraceLevel level,
                                 gint64 when,
                                 const char *line,
                                 gpointer user_data);

/* From now on @func hears on this thread what DCMTK says at level debug and above, until
 * gantry_trace_end(). Not nested. */
void gantry_trace_begin (GantryTraceFunc func, gpointer user_data);
/* Returns: (nullable): the @user_data that gantry_trace_begin() was given on this thread */
gpointer gantry_trace_get_data (void);
void gantry_trace_end (void);

G_END_DECLS
