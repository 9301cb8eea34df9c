/* gantry-transcode.h - the same object in another transfer syntax, or under a general SOP class
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any thread. Decompresses JPEG, JPEG-LS, RLE (DCMTK) and JPEG 2000 (OpenJPEG), and goes between
 * the uncompressed transfer syntaxes, deflated and big endian included. Never adds loss.
 */
#pragma once

#include <gio/gio.h>

#include "gantry-records.h"

G_BEGIN_DECLS

/**
 * gantry_transcode_list_targets:
 * @from: transfer syntax UID of a file
 *
 * Returns: (transfer none): what an object in @from can be turned into under @policy, the best
 *   first (Explicit, then Implicit VR Little Endian), without @from itself; empty when there is no
 *   way. Whether a JPEG 2000 or JPEG-LS stream was coded with loss is taken from the transfer
 *   syntax: one that allows both counts as with loss.
 */
const char *const *gantry_transcode_list_targets (const char *from, GantryTranscoding policy);

/**
 * gantry_transcode:
 * @path: a DICOM file whose data set starts at @data_offset, in @from
 * @to: one of gantry_transcode_list_targets(), or @from itself
 * @general_class: (nullable): a related general SOP class to send it under: SOP Class UID
 *   (0008,0016) becomes this, and Original Specialized SOP Class UID (0008,001B) what it was
 *   (PS3.4 B.4.2.1)
 * @scratch: a folder for what does not fit in memory; nothing is left behind in it
 * @error: %GANTRY_ERROR_FILE with a sentence; %GANTRY_ERROR_STORAGE when @scratch is full;
 *   %G_IO_ERROR_CANCELLED, at the next frame at the latest
 *
 * Checks lengths and nesting before anything is parsed. The pixel data stay what they were to the
 * last value; Photometric Interpretation, Planar Configuration, Lossy Image Compression and the
 * like say afterwards what is true of the result (PS3.3 C.7.6.3, PS3.5 8).
 *
 * Returns: (transfer full): the data set, of even length, without meta header; possibly a mapped
 *   file that has no name any more
 */
GBytes *gantry_transcode (const char *path,
                          guint64 data_offset,
                          const char *from,
                          const char *to,
                          const char *general_class,
                          const char *scratch,
                          GCancellable *cancellable,
                          GError **error);

G_END_DECLS
