/* gantry-copier.h - received objects, copied to a folder of the user's
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-database.h"
#include "gantry-engine.h"

G_BEGIN_DECLS

/**
 * gantry_copier_run:
 * @db: of the calling thread; read only
 * @progress: on the calling thread, for each block
 * @error: see gantry_engine_copy_received_async(), which this is the work of
 *
 * Blocks; on a thread of its own.
 */
GantryCopyResult *gantry_copier_run (GantryDatabase *db,
                                     const GantryReceivedChoice *choices,
                                     gsize n,
                                     const char *folder,
                                     GantryLayout layout,
                                     GantryFileProgress progress,
                                     gpointer user_data,
                                     GCancellable *cancellable,
                                     GError **error);

G_END_DECLS
