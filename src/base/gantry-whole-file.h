/* gantry-whole-file.h - a file that is there whole or not at all
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <stdio.h>

G_BEGIN_DECLS

/* FALSE ends it: with @error, or without one when @file cannot be written. */
typedef gboolean (*GantryWholeFileFunc) (FILE *file, gpointer data, GError **error);

/**
 * gantry_whole_file_write:
 * @path: replaced when everything is written and on the disk, else left as it is
 * @error: %GANTRY_ERROR_STORAGE, or what @func says
 *
 * Blocks, any thread. What is no regular file, a device or a pipe, is not replaced.
 */
gboolean
gantry_whole_file_write (const char *path, GantryWholeFileFunc func, gpointer data, GError **error);

G_END_DECLS
