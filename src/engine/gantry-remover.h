/* gantry-remover.h - received files go to the trash, or for good, a few at a time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread; the files themselves are touched on a thread that does nothing else. A row goes when
 * its file has. What comes after the order stays, and so does what has just come again.
 */
#pragma once

#include "gantry-core.h"
#include "gantry-keeper.h"

G_BEGIN_DECLS

typedef struct _GantryRemover GantryRemover;

GantryRemover *gantry_remover_new (GantryCore *core);
void gantry_remover_free (GantryRemover *self);

/* Who puts objects where the remover takes them from; %NULL: nobody. Waits for the one file that is
 * being removed. @keeper outlives the next call. */
void gantry_remover_set_keeper (GantryRemover *self, GantryKeeper *keeper);

/* The object at @path is in the database. While a page of objects is with the thread for files,
 * what comes to one of them would not be known there: the keeper is told when it is back. */
void gantry_remover_settle (GantryRemover *self, const char *path);

/* Answers @task, whose cancellable ends it between two files, with a boolean; takes its reference.
 * @series_id: 0: the whole study; @until: what was received later stays */
void gantry_remover_remove (GantryRemover *self,
                            GTask *task,
                            gint64 study_id,
                            gint64 series_id,
                            gint64 until,
                            gboolean for_good);

/* Ends after the file that it is at, or some seconds later when it is about the trash; reports by
 * gantry_core_part_stopped(). */
void gantry_remover_stop (GantryRemover *self);
gboolean gantry_remover_is_idle (GantryRemover *self);

G_END_DECLS
