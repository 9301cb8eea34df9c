/* gantry-log-file.h - the log file: written on a thread of its own, rotated by size
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-engine.h"

G_BEGIN_DECLS

typedef struct _GantryLogFile GantryLogFile;

/* On the log's thread, or on one that writes: @message: why nothing is written, "" when it is
 * again;
 * @dropped: lines that a slow disk has cost so far */
typedef void (*GantryLogTrouble) (const char *message, guint64 dropped, gpointer user_data);

GantryLogFile *gantry_log_file_new (const GantryLogSettings *settings,
                                    GantryLogTrouble trouble,
                                    gpointer user_data);
/* Writes what is there, and waits for that, but not for a disk that does not answer: then its
 * thread is left alone, to end when it does, and tells nothing any more. */
void gantry_log_file_free (GantryLogFile *self);

gboolean gantry_log_file_wants (const GantryLogFile *self, GantryLogLevel level);

/* Any thread, never waits: what the disk cannot take is dropped, counted, and said in the file.
 * @text: one line; control characters in it are made visible */
void gantry_log_file_write (GantryLogFile *self, GantryLogLevel level, const char *text);

G_END_DECLS
