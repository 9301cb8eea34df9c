/* gantry-retention.h - received objects go when they are too old or too many, the oldest first
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Only what is listed, only below the folder that is received into, and nothing that a job of the
 * queue has not brought to its node, or that the command for its study has yet to see. Core thread,
 * in small steps; files are deleted on a thread.
 *
 * The file goes before its row. A crash between the two leaves a row without a file, which the next
 * sweep drops; the other way round it would leave a file that nobody knows of.
 *
 * What is in quarantine has the same limits by itself.
 */
#pragma once

#include "gantry-core.h"
#include "gantry-keeper.h"

G_BEGIN_DECLS

typedef struct _GantryRetention GantryRetention;

/* What of the settings is copied: keep_days and keep_bytes, one of which is set; and whether a
 * command waits for studies to be complete. @keeper outlives it. */
GantryRetention *gantry_retention_new (GantryCore *core,
                                       GantryKeeper *keeper,
                                       const char *folder,
                                       const GantryListenSettings *settings);
/* Waits for the files that are being deleted. */
void gantry_retention_free (GantryRetention *self);

/* An object was listed below the folder. */
void gantry_retention_note (GantryRetention *self, guint64 bytes);
/* Something that had to stay need not any more. */
void gantry_retention_wake (GantryRetention *self);

G_END_DECLS
