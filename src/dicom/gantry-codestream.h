/* gantry-codestream.h - decodes one JPEG 2000 codestream; for src/dicom only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pixels as PS3.5 8.2 wants them in an uncompressed object: colour by pixel, native byte order. */
typedef struct
{
  guint width, height, samples; /* samples: 1 or 3 */
  guint bits;                   /* stored, 1 to 16 */
  gboolean is_signed;
  guint16 *pixels; /* width * height * samples */
} GantryRaster;

/**
 * gantry_codestream_decode:
 * @max_bytes: a picture that needs more is refused before its memory is asked for
 * @strict: a codestream that is cut short is an error, not a blurred picture
 * @error: %GANTRY_ERROR_FILE
 */
gboolean gantry_codestream_decode (const guint8 *data,
                                   gsize length,
                                   gsize max_bytes,
                                   gboolean strict,
                                   GantryRaster *raster,
                                   GError **error);

G_END_DECLS
