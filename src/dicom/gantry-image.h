/* gantry-image.h - the compressed image in a data set or item, and what is true of it decompressed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For src/dicom only. Any thread. Points into the data set that it was read from.
 */
#pragma once

#include <gio/gio.h>

#include "gantry-scratch.h"

G_BEGIN_DECLS

#define GANTRY_FRAME_MAX (512u << 20) /* octets of one frame that we are ready to decode */

typedef enum
{
  GANTRY_CODEC_NONE,
  GANTRY_CODEC_RLE,
  GANTRY_CODEC_JPEG,
  GANTRY_CODEC_JPEG_LS,
  GANTRY_CODEC_JPEG_2000,
} GantryCodec;

typedef struct
{
  const char *syntax;
  GantryCodec codec;
  gboolean reversible; /* by definition, whatever the stream says */
  const char *method;  /* Lossy Image Compression Method (0028,2114) when it is not */
} GantryCompression;

/* NULL: not compressed, or not one that is decoded here. */
const GantryCompression *gantry_compression_lookup (const char *transfer_syntax);

/* What the frame's own stream says of it. */
typedef struct
{
  guint width, height, samples, bits;
  gboolean is_signed;  /* JPEG 2000 only */
  gboolean lossy;      /* not reversible */
  gboolean subsampled; /* some components have fewer samples */
  gboolean ycc;        /* JPEG: its markers say that colour was transformed */
} GantryStreamHeader;

gboolean gantry_stream_header_read (GantryCodec codec,
                                    const guint8 *data,
                                    gsize length,
                                    GantryStreamHeader *header);

/* Whether an RLE frame (PS3.5 G) has all of its @segments, and they all of their octets; DCMTK
 * makes up what is missing. */
gboolean
gantry_rle_is_whole (const guint8 *data, gsize length, guint segments, gsize segment_length);

typedef struct
{
  const guint8 *data;
  guint32 length;
} GantryFragment;

/* Image Pixel Module (PS3.3 C.7.6.3) as the object has it. */
typedef struct
{
  guint rows, columns, samples, planar, allocated, stored, high;
  guint64 frames;
  gboolean is_signed, has_planar, was_lossy;
  gboolean encapsulated; /* its pixel data are fragments */
  char photometric[17];
  GantryFragment offsets; /* Extended Offset Table (7FE0,0001) */

  const GantryCompression *compression;
  GantryStreamHeader header;  /* of the first frame */
  char coded_photometric[17]; /* what the decoder is told */
  GArray *fragments;          /* of GantryFragment; the first is the Basic Offset Table */
  GArray *firsts;             /* of guint: each frame's first fragment, and one past the last */
  gsize frame_length;         /* decoded */
} GantryImage;

/* An element that is replaced, inserted or left out on the way. */
typedef struct
{
  guint32 tag;
  char vr[3];
  gboolean drop;
  char text[65]; /* when the VR is not US */
  guint16 number;
} GantryEdit;

void gantry_image_clear (GantryImage *self);

/* Elements of the Image Pixel Module as they come by, in Little Endian. */
void gantry_image_take (GantryImage *self, guint32 tag, const guint8 *value, guint32 length);

/**
 * gantry_image_prepare:
 * @self: everything taken, fragments filled in
 * @edits: of #GantryEdit, to which is added what changes with decompression
 * @top: it is the object's own image, not an icon
 * @error: %GANTRY_ERROR_FILE: the frames cannot be told apart, or the stream contradicts the object
 */
gboolean gantry_image_prepare (GantryImage *self,
                               const GantryCompression *compression,
                               gboolean top,
                               GArray *edits,
                               GError **error);

/* Of all frames, without padding. */
guint64 gantry_image_get_length (const GantryImage *self);

/**
 * gantry_image_decode:
 * @swap: 16 bit words are to be Big Endian
 *
 * Frame by frame; cancelled between two.
 */
gboolean gantry_image_decode (const GantryImage *self,
                              gboolean swap,
                              GantryScratch *out,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS
