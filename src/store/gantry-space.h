/* gantry-space.h - how much room is left on a disk, and whether a reserve has been reached
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The system is asked once a second, or when what was written since may have reached the reserve:
 * an object costs no system call while there is plenty. Any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GantrySpace GantrySpace;

/* @bytes, @percent (of the file system): the smaller counts; 0: not asked; both 0: no reserve */
GantrySpace *gantry_space_new (const char *folder, guint64 bytes, guint percent);
void gantry_space_free (GantrySpace *self);

/* Whether an object may begin. */
gboolean gantry_space_has_room (GantrySpace *self);
/* Whether one that has begun may grow: into half of the reserve, lest one without end take all. */
gboolean gantry_space_may_go_on (GantrySpace *self);
/* So many octets have gone to the disk. */
void gantry_space_note (GantrySpace *self, guint64 written);
/* Some were given back: what was known is wrong. */
void gantry_space_forget (GantrySpace *self);

/* What is known now; asks the system when that is old. @reserve: (optional) */
void gantry_space_get (GantrySpace *self, gboolean *low, guint64 *free_bytes, guint64 *reserve);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantrySpace, gantry_space_free)

G_END_DECLS
