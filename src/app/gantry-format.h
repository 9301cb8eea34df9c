/* gantry-format.h - numbers, sizes, times and dates as the window shows them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All return text in the user's locale that the caller frees.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "1,204": thousands separated as the locale does */
char *gantry_format_count (guint64 count);
/* "1.2 GB" */
char *gantry_format_size (guint64 bytes);
/* "0:03", "12:41", "1:02:03"; "–" for a negative number, which means not known */
char *gantry_format_duration (double seconds);
/* "12 ms", "1.4 s"; @microseconds negative: "–" */
char *gantry_format_latency (gint64 microseconds);
/* "48/s", "0.4/s"; "" for 0 */
char *gantry_format_rate (double per_second);
/* "12.5 MB/s"; "" for 0 */
char *gantry_format_byte_rate (double bytes_per_second);
/* A time of this day as "10:42:07", of another one with its date; @time in microseconds since
 * 1970, 0: "" */
char *gantry_format_time (gint64 time);
/* A DICOM date (YYYYMMDD, PS3.5 6.2 DA) as YYYY-MM-DD, which nobody can mistake; other text comes
 * back as it is */
char *gantry_format_date (const char *date);
/* Text from DICOM on one line: control characters made visible, at most @max characters (0: any
 * number), "…" behind what was cut */
char *gantry_format_text (const char *text, guint max);

/* The texts, up to a NULL, that are not empty, with @separator between them */
char *gantry_format_parts (const char *separator, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
