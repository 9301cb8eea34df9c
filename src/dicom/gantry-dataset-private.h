/* gantry-dataset-private.h - how data sets are encoded, and the walk over the beginning of one; for
 * src/dicom only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-dataset.h"

G_BEGIN_DECLS

#define GANTRY_TAG_ITEM 0xFFFEE000u
#define GANTRY_TAG_ITEM_END 0xFFFEE00Du
#define GANTRY_TAG_SEQUENCE_END 0xFFFEE0DDu
#define GANTRY_TAG_PIXEL_DATA 0x7FE00010u

/* A value representation as a number; 0 under Implicit VR. */
#define GANTRY_VR(a, b) ((guint)(a) << 8 | (guint)(b))

/* What an inflated data set may come to; a bomb makes a thousand times of what it is. */
#define GANTRY_INFLATED_MAX (512u << 20)

typedef enum
{
  GANTRY_ENCODING_EXPLICIT_LE,
  GANTRY_ENCODING_EXPLICIT_BE,
  GANTRY_ENCODING_IMPLICIT_LE,
} GantryEncoding;

/* How the data set of @transfer_syntax is encoded; of a deflated one, what is inside. */
GantryEncoding gantry_encoding_of (const char *transfer_syntax);

/* PS3.5 7.1.2: which VRs have a 16 bit length; those to come have 32 bits (6.2). */
gboolean gantry_vr_is_short (guint vr);

/* Where a walk ended. */
typedef struct
{
  gsize offset;       /* of the element that it did not read any more */
  gboolean need_more; /* it failed only because the bytes at hand ended before the data set did */
  gboolean cut;       /* it failed because the last of all bytes is in the middle of pixel data */
} GantryWalkEnd;

/* Like gantry_dataset_walk() when only the first @available of @total bytes are at hand. */
gboolean gantry_dataset_walk_prefix (const guint8 *data,
                                     gsize available,
                                     gsize total,
                                     const char *transfer_syntax,
                                     guint32 stop,
                                     GantryElementFunc func,
                                     gpointer user_data,
                                     GantryWalkEnd *end,
                                     GError **error);

G_END_DECLS
