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

/* What the file system says of a file, to know it again; 0: not known. */
typedef struct
{
  guint64 size;
  gint64 modified, status_changed; /* mtime and ctime, microseconds */
  gint64 device, inode;
} GantryFileMark;

void gantry_file_mark_set (GantryFileMark *mark, const struct stat *info);
/* Whether it is the same file, and nothing was done to it since. What is not known is not compared;
 * the size and mtime always are. */
gboolean gantry_file_mark_matches (const GantryFileMark *mark, const struct stat *info);

/* Lets this process have as many files open as it may: the soft limit is meant for programs that
 * use select(), and every connection is a file. Once, at the start, before there are threads. */
void gantry_files_raise_limit (void);

/* As it was before; in a child process, between fork and exec: it may use select(). */
void gantry_files_restore_limit (void);

/* How many files may be open at a time. Any thread. */
guint gantry_files_get_limit (void);

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

/* The next name in a folder. NULL: @trouble is 0 at its end, else the errno for which the rest of
 * it is not known. */
const char *gantry_dir_next (GDir *dir, int *trouble);

/* Removes a folder and everything in it; links are removed, never followed. */
void gantry_remove_tree (const char *path);

/**
 * gantry_file_rename_new:
 * @folder: a descriptor for @name, or %AT_FDCWD
 *
 * Moves a file within its file system, never onto another one: EEXIST. Where the file system knows
 * neither that nor second names (FAT in user space), nobody but this process is expected there.
 *
 * Returns: whether it is there; else errno is set, and it is where it was
 */
gboolean gantry_file_rename_new (const char *from, int folder, const char *name);

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
