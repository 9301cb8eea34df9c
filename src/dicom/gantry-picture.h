/* gantry-picture.h - a small picture of an image object
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * gantry_picture_render:
 * @path: a DICOM file
 * @png: where the PNG goes; written beside it first and renamed, so it is whole or not there
 * @edge: the longer edge at most, pixels
 * @error: %GANTRY_ERROR_FILE when there is no picture in it, or none that we can decode;
 *   %GANTRY_ERROR_NOT_DICOM
 *
 * Blocks; for a worker thread. The middle frame, with the object's own first window, or one
 * computed from its values. Walks the file before DCMTK parses it.
 */
gboolean gantry_picture_render (const char *path, const char *png, guint edge, GError **error);

G_END_DECLS
