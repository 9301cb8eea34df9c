/* gantry-frames.h - which fragments of encapsulated pixel data make up a frame
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For src/dicom only. Any thread.
 */
#pragma once

#include "gantry-image.h"

G_BEGIN_DECLS

/**
 * gantry_frames_split:
 * @fragments: of #GantryFragment; the first is the Basic Offset Table, possibly empty
 * @extended: value of the Extended Offset Table (7FE0,0001), or of no length
 * @error: %GANTRY_ERROR_FILE
 *
 * PS3.5 A.4: one frame, or a fragment for each; else as the tables say; else, where there are none,
 * by the streams' first octets.
 *
 * Returns: (transfer full): of guint, for each frame the index of its first fragment, and then one
 *   past the last
 */
GArray *gantry_frames_split (const GArray *fragments,
                             guint64 n_frames,
                             GantryFragment extended,
                             GantryCodec codec,
                             GError **error);

G_END_DECLS
