/* gantry-iso-time.h - a moment as text, for files
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full) (nullable): ISO 8601 in local time, with milliseconds and its zone. @when: in
 * microseconds since 1970; %NULL for 0 and less, which is never. Any thread. */
char *gantry_iso_time (gint64 when);

G_END_DECLS
