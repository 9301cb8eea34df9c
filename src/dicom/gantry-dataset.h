/* gantry-dataset.h - a cheap walk over an encoded data set: lengths, nesting, values in place
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads bytes that nobody has checked yet. Never allocates in proportion to a length field, never
 * recurses deeper than GANTRY_DATASET_MAX_DEPTH, never reads outside of the bytes given. What it
 * passes, DCMTK may parse. Any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GANTRY_DATASET_MAX_DEPTH 64

#define GANTRY_LENGTH_UNDEFINED 0xFFFFFFFFu

typedef struct
{
  guint32 tag;         /* group << 16 | element */
  char vr[3];          /* "" under Implicit VR */
  guint depth;         /* 0: the data set itself; +1 in each item */
  guint item;          /* which item of its sequence the element is in, from 0 */
  const guint8 *value; /* into the bytes walked; for sequences, where the first item starts */
  guint32 length;      /* as encoded; GANTRY_LENGTH_UNDEFINED possible */
  guint32 held; /* octets of value that can be read; 0 for sequences. Less than length only in
                 * a deflated data set, and there for values above 64 KiB only */
} GantryElement;

/* FALSE ends the walk early, which then counts as good. */
typedef gboolean (*GantryElementFunc) (const GantryElement *element, gpointer user_data);

/**
 * gantry_dataset_walk:
 * @data: the data set as it stands in a file or came in PDVs, without meta header or command group
 * @transfer_syntax: UID; everything unknown is read as Explicit VR Little Endian, as every
 *   encapsulated syntax is (PS3.5 A.4)
 * @stop: elements of this tag and above at depth 0 end the walk, unread; 0 walks everything
 * @func: (nullable): called for each element, sequences before their content; fragments of
 *   encapsulated pixel data come as elements (FFFE,E000) one level deeper
 * @error: return location for %GANTRY_ERROR_FILE: where it breaks and how
 *
 * A Deflated data set (PS3.5 A.5) is inflated while it is walked, and is not there as a whole:
 * element values live only during the call of @func, and only their beginning is held. More than
 * 5 GB of it are an error.
 *
 * Returns: %TRUE when all that was looked at is well formed
 */
gboolean gantry_dataset_walk (const guint8 *data,
                              gsize length,
                              const char *transfer_syntax,
                              guint32 stop,
                              GantryElementFunc func,
                              gpointer user_data,
                              GError **error);

G_END_DECLS
