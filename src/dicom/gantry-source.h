/* gantry-source.h - the files behind what a person dropped: folders, archives, DICOMDIR file sets
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "gantry-records.h"

G_BEGIN_DECLS

/* Called on the calling thread for each regular file found, and with @reason (a sentence) for
 * what is no file, or could not be opened or unpacked; @kind is what that means, and says nothing
 * without a reason. FALSE ends the walk. */
typedef gboolean (*GantrySourceFunc) (const char *path,
                                      GantrySkippedKind kind,
                                      const char *reason,
                                      gpointer user_data);

/**
 * gantry_source_walk:
 * @path: a file, a folder, a zip or tar archive, or a DICOMDIR
 * @staging: a folder in which archives are unpacked, each in a folder of its own
 * @cancellable: (nullable)
 *
 * Folders are walked to any depth in name order, links to folders are followed once (no loops), a
 * DICOMDIR names its referenced files when it is given itself, and is passed over in a folder,
 * whose files are found anyway. Archives are recognised by content, unpacked up to bounds on
 * count, size and ratio, and never outside of @staging. Blocks; for a worker thread.
 *
 * Returns: %FALSE when cancelled or ended by @func
 */
gboolean gantry_source_walk (const char *path,
                             const char *staging,
                             GCancellable *cancellable,
                             GantrySourceFunc func,
                             gpointer user_data);

G_END_DECLS
