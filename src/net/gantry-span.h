/* gantry-span.h - what is left of a sequence of items in a PDU, none of whose lengths is believed
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const guint8 *at;
  gsize left;
} GantrySpan;

/* Big endian, as everything in a PDU. */
guint gantry_get_u16_be (const guint8 *at);

/* The next item: type, a reserved octet, 16 bit length, value (PS3.8 9.3.2.1). FALSE at the end,
 * and when it does not fit, which leaves octets in @self. */
gboolean gantry_span_next_item (GantrySpan *self, guint8 *type, GantrySpan *value);

/* Two octets of length, then as many as they say. FALSE when those do not fit. */
gboolean gantry_span_take_counted (GantrySpan *self, GantrySpan *value);

G_END_DECLS
