/* gantry-file-set.h - the files that a DICOMDIR names; for src/dicom only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-source.h"

G_BEGIN_DECLS

/* Whether the file is a DICOMDIR (PS3.10 8.6), by its meta header. */
gboolean gantry_file_set_is_index (const char *path);

/**
 * gantry_file_set_walk:
 * @path: a DICOMDIR
 *
 * Reports each file that a Referenced File ID (0004,1500) names, looked for without regard to case
 * because discs are mounted either way, and a sentence for each that is not there.
 *
 * Returns: %FALSE when cancelled or ended by @func
 */
gboolean gantry_file_set_walk (const char *path,
                               GCancellable *cancellable,
                               GantrySourceFunc func,
                               gpointer user_data);

G_END_DECLS
