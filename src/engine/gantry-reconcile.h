/* gantry-reconcile.h - after a crash: files that were acknowledged and are not in the database
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An object counts as kept when its file is safe; its row follows within moments. So before the
 * first object of a run may come, the folder is marked in the database, and the mark goes when the
 * receiver ends in order with every row written. A mark that is found at the start is a folder to
 * search; it stays when not all of that could be looked at. Core thread; the search has a thread of
 * its own.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

typedef struct _GantryReconcile GantryReconcile;

/* Searches what is marked, as soon as the core's loop runs. */
GantryReconcile *gantry_reconcile_new (GantryCore *core, GError **error);
/* Ends in order. @all_written: whether every object of this run is in the database */
void gantry_reconcile_free (GantryReconcile *self, gboolean all_written);

/* Before the first object goes below @folder, @depth folders deep: on disk when it returns. */
gboolean
gantry_reconcile_mark (GantryReconcile *self, const char *folder, guint depth, GError **error);

/* The search is cut short, to go on at the next start; reports by gantry_core_part_stopped(). */
void gantry_reconcile_stop (GantryReconcile *self);
gboolean gantry_reconcile_is_idle (GantryReconcile *self);

G_END_DECLS
