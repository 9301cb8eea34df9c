/* gantry-recode-octets.h - the headers and values of elements, read in one encoding and written in
 * another SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For gantry-recode.c only, of which it is the lower half: what it does with octets, not why.
 */
#pragma once

#include "gantry-recode.h"

G_BEGIN_DECLS

/* An element's or item's header as it was read. */
typedef struct
{
  guint32 tag;
  guint vr; /* 0 for items, and under Implicit VR */
  guint32 length;
  gsize value;
} GantryHead;

/* FALSE with %GANTRY_ERROR_FILE: the data set ends too early, or not where it should. */
gboolean gantry_recode_fail (const GantryHead *head, GError **error);

guint gantry_recode_get_u16 (const guint8 *p, GantryEncoding encoding);
void gantry_recode_set_u16 (guint8 *p, guint value, GantryEncoding encoding);

/* How many octets change places together when the byte order does (PS3.5 7.3). */
guint gantry_recode_get_unit (guint vr);
/* One octet (PS3.5 6.2): text is padded with a space, UIDs and octets with a null. */
const char *gantry_recode_get_padding (guint vr);

/* Reads the header at @pos; a defined length is then known to fit before @end. */
gboolean gantry_recode_read_head (const GantryRecoding *self,
                                  GantryEncoding encoding,
                                  gsize pos,
                                  gsize end,
                                  GantryHead *head,
                                  GError **error);
/* Finds where a sequence or fragments of undefined length end: @after is behind @delimiter. */
gboolean gantry_recode_skip (const GantryRecoding *self,
                             GantryEncoding encoding,
                             gsize pos,
                             gsize end,
                             guint32 delimiter,
                             guint depth,
                             gsize *after,
                             GError **error);

gboolean
gantry_recode_put (const GantryRecoding *self, const void *data, gsize length, GError **error);
/* @vr: 0 for items and delimiters */
gboolean gantry_recode_put_head (
    const GantryRecoding *self, guint32 tag, guint vr, guint32 length, GError **error);
gboolean gantry_recode_put_delimiter (const GantryRecoding *self, guint32 tag, GError **error);
/* With its header; a value of defined length, which @encoding is that of. */
gboolean gantry_recode_put_value (const GantryRecoding *self,
                                  const GantryHead *head,
                                  guint vr,
                                  GantryEncoding encoding,
                                  GError **error);

G_END_DECLS
