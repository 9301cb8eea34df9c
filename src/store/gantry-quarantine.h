/* gantry-quarantine.h - the folder of what came and cannot be parsed, with the reasons beside it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files are named by what is in them, so that the same object, sent again and again, is there once.
 * Any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GantryQuarantine GantryQuarantine;

/* @keep: what came longer ago goes, microseconds; 0: never. @bytes: above this the oldest go; 0: no
 * limit. Both are by themselves: what nobody can read takes no room from what was kept. */
GantryQuarantine *gantry_quarantine_new (const char *folder, gint64 keep, guint64 bytes);
void gantry_quarantine_free (GantryQuarantine *self);

/**
 * gantry_quarantine_add:
 * @part: the file, synced; on the same file system; it is gone then
 * @data: what is in it
 * @reason: a sentence
 * @now: of the clock
 * @target: (out): where it is; %NULL when it failed
 *
 * Survives a power cut. One that is there already counts as coming now.
 *
 * Returns: 0, or an errno: EEXIST when something else has its name
 */
int gantry_quarantine_add (GantryQuarantine *self,
                           const char *part,
                           const guint8 *data,
                           gsize length,
                           const char *reason,
                           gint64 now,
                           char **target);

/* Removes what the limits demand. @now: as for gantry_quarantine_add(), for one that may be too
 * old. Reads the folder. */
void gantry_quarantine_trim (GantryQuarantine *self, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryQuarantine, gantry_quarantine_free)

G_END_DECLS
