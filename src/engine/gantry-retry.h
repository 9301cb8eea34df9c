/* gantry-retry.h - when trying again can help, and after which pause
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure functions, any thread.
 */
#pragma once

#include <glib.h>

#include "gantry-records.h"

G_BEGIN_DECLS

/* Whether what ended an association, or kept one from coming about, may be over in a while:
 * unreachable, lost, aborted, timed out, rejected for now. Never our own files and disk, a
 * permanent rejection, broken protocol, or the user's wish. */
gboolean gantry_retry_helps_error (const GError *error);

/* The same for an answer of one instance. @reason: (nullable): why it failed */
gboolean gantry_retry_helps_answer (GantryOutcome outcome, gint32 status, const GError *reason);

/* Microseconds before the try that comes after @tries of them: @seconds, doubled each time, up to
 * %GANTRY_RETRY_PAUSE_MAX. 0 seconds count as a tenth of one: nobody is called without end. */
gint64 gantry_retry_get_pause (guint seconds, guint tries);

G_END_DECLS
