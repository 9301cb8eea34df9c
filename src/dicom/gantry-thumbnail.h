/* gantry-thumbnail.h - scales 8 bit pixels down and writes them as PNG; for src/dicom only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gantry_thumbnail_write:
 * @png: where the file goes; whole or not there
 * @pixels: @width * @height * @channels bytes, colour by pixel
 * @channels: 1 (gray) or 3 (RGB)
 * @aspect: width of a pixel by its height
 * @edge: the longer edge at most; never scaled up but to the right proportions
 * @error: %GANTRY_ERROR_STORAGE
 */
gboolean gantry_thumbnail_write (const char *png,
                                 const guint8 *pixels,
                                 guint width,
                                 guint height,
                                 guint channels,
                                 double aspect,
                                 guint edge,
                                 GError **error);

G_END_DECLS
