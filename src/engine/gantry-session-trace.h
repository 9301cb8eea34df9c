/* gantry-session-trace.h - what DCMTK says of a session, on its way into the log of associations
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On the association's own worker thread; where nobody wants to hear of it, each does nothing.
 */
#pragma once

#include "gantry-session.h"

G_BEGIN_DECLS

/* Somebody called @calling asks for an association. @policy: a #GantrySessionPolicy */
void gantry_session_trace_begin (const char *calling, gpointer policy);
/* (transfer full) (nullable) (element-type GantryMessage): what was said and not told yet */
GPtrArray *gantry_session_trace_take (void);
/* From now on it is told as messages of @session; %NULL: it is not. */
void gantry_session_trace_attach (gconstpointer session);
void gantry_session_trace_end (gpointer policy);

G_END_DECLS
