/* gantry-line-writer.h - lines for a file descriptor that may not take them, from a thread of its
 * own SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whoever puts a line never waits. When too much waits to be written, the next lines are left out,
 * and the place says how many.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GantryLineWriter GantryLineWriter;

/* Returns: (transfer full): what is written where @n lines are missing, with its line feed. Called
 * by whoever puts or frees, locked: it must not put. */
typedef char *(*GantryMissingFunc) (guint64 n, gpointer user_data);

/* @fd stays the caller's, and open as long as the process lives; @max: octets that may wait.
 * Writing to a pipe whose reader is gone raises SIGPIPE, unless that is ignored. */
GantryLineWriter *
gantry_line_writer_new (int fd, gsize max, GantryMissingFunc missing, gpointer user_data);

/* Any thread. @text: whole lines. Returns: FALSE when this is the first that is left out. */
gboolean gantry_line_writer_put (GantryLineWriter *self, const char *text);

/* Waits for what is still to be written, as long as it is being taken, but not endlessly.
 * Returns: how many texts were left out in all. */
guint64 gantry_line_writer_free (GantryLineWriter *self);

G_END_DECLS
