/* gantry-connect.h - from a host name to a TCP connection, in two steps that are timed apart
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "gantry-records.h"

G_BEGIN_DECLS

/**
 * gantry_connect:
 * @host: a name, or an IPv4 or IPv6 address, also with a zone ("fe80::1%eth0")
 * @timeout_ms: for both steps together
 * @step: (out): the step it came to: GANTRY_STEP_NAME or _CONNECTION
 * @elapsed: (inout): the entries of these two are set, in microseconds, as far as it came
 * @named: (nullable): called with @user_data once the name is resolved
 * @error: %GANTRY_ERROR_UNREACHABLE, _TIMED_OUT or %G_IO_ERROR_CANCELLED, for people
 *
 * A host with several addresses is tried on all of them, each a quarter of a second after the one
 * before unless that one failed earlier (RFC 8305); the first that answers wins. Blocks.
 *
 * Returns: a connected, non-blocking descriptor, or -1
 */
int gantry_connect (const char *host,
                    guint16 port,
                    guint timeout_ms,
                    GCancellable *cancellable,
                    GantryStep *step,
                    gint64 *elapsed,
                    GantryStepFunc named,
                    gpointer user_data,
                    GError **error);

G_END_DECLS
