/* gantry-recode.h - a data set, element by element, in another encoding
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For src/dicom only. Any thread. Values are carried over octet by octet, of those with words in
 * them only the byte order changes; what has no known value representation becomes UN. Reads
 * nothing outside of what it is given, whether or not the walk has seen it.
 */
#pragma once

#include "gantry-dataset-private.h"
#include "gantry-image.h"

G_BEGIN_DECLS

typedef struct
{
  const guint8 *data; /* inflated */
  gsize length;
  GantryEncoding from, to;
  const GantryCompression *decompress; /* NULL: fragments stay what they are */
  gboolean keep_lengths; /* no header changes its size in nested items, so lengths stay true */
  GArray *edits;         /* of GantryEdit, sorted: for the data set itself */
  GantryScratch *out;
  GCancellable *cancellable;
} GantryRecoding;

/**
 * gantry_recode:
 * @error: %GANTRY_ERROR_FILE, %GANTRY_ERROR_STORAGE or %G_IO_ERROR_CANCELLED
 *
 * Group lengths (gggg,0000) are left out where they would not be true. Odd values get a padding
 * octet.
 */
gboolean gantry_recode (const GantryRecoding *self, GError **error);

/**
 * gantry_recode_beginning:
 * @rest: (out): where in the data the elements begin that stay as they are
 *
 * The same for the elements up to the last of @self's edits only.
 */
gboolean gantry_recode_beginning (const GantryRecoding *self, gsize *rest, GError **error);

G_END_DECLS
