/* gantry-dataset-private.h - the walk over the beginning of a data set, for src/dicom only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-dataset.h"

G_BEGIN_DECLS

/* Where a walk ended. */
typedef struct
{
  gsize offset;       /* of the element that it did not read any more */
  gboolean need_more; /* it failed only because the bytes at hand ended before the data set did */
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

/* Inflates a Deflated data set (PS3.5 A.5) until @limit bytes are there or the stream ends, which
 * @complete tells. */
GByteArray *gantry_dataset_inflate (
    const guint8 *data, gsize length, gsize limit, gboolean *complete, GError **error);

G_END_DECLS
