/* gantry-frame.h - DCMTK's decoders, one frame at a time; for src/dicom only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-image.h"

G_BEGIN_DECLS

/* Registers DCMTK's decoders, once; any thread. */
void gantry_frame_set_up (void);

/**
 * gantry_frame_decode:
 * @data: the whole stream of one frame: RLE, JPEG or JPEG-LS
 * @bits: allocated for each sample in @out
 * @out: of @length octets; colour by pixel unless @image says otherwise for RLE; 16 bit samples in
 *   Little Endian
 * @error: %GANTRY_ERROR_FILE
 *
 * Any thread.
 */
gboolean gantry_frame_decode (const GantryImage *image,
                              const guint8 *data,
                              gsize data_length,
                              guint bits,
                              guint8 *out,
                              gsize length,
                              GError **error);

G_END_DECLS
