/* gantry-files.h - small things about files that GLib does not have
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* Opens a regular file to read it. What is none is not opened: a named pipe would wait for its
 * other end, and opening a device can do something.
 * @info: (out): what fstat() says of it
 * Returns: the descriptor; -1: errno says why, ENOTSUP that it is no regular file */
int gantry_file_open (const char *path, struct stat *info);

/**
 * gantry_path_escape:
 * @path: a file name, in whatever encoding it is
 *
 * What is no UTF-8, control characters (which a terminal obeys) and backslashes as \xHH and \\,
 * so that the name can be shown, kept in a table of text and made out of that again.
 *
 * Returns: (transfer full): UTF-8 in one line
 */
char *gantry_path_escape (const char *path);

/* The same for a sentence, which may have escaped paths in it: backslashes stay as they are. */
char *gantry_text_escape (const char *text);

/* Removes a folder and everything in it; links are removed, never followed. */
void gantry_remove_tree (const char *path);

typedef enum
{
  GANTRY_FILES_EQUAL, /* octet for octet, or one file under two names */
  GANTRY_FILES_DIFFERENT,
  GANTRY_FILES_UNKNOWN, /* one of them cannot be read, or cancelled */
} GantryFilesComparison;

/* Reads no more than it must; blocks. */
GantryFilesComparison
gantry_files_compare (const char *one, const char *other, GCancellable *cancellable);

G_END_DECLS
