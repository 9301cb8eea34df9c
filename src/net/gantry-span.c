/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-span.h"

#include "gantry-pdu.h"

guint
gantry_get_u16_be (const guint8 *at)
{
  return (guint)at[0] << 8 | at[1];
}

/* @head octets, the last two of which say how many follow. */
static gboolean
take (GantrySpan *self, gsize head, GantrySpan *value)
{
  gsize length;

  if (self->left < head)
    return FALSE;
  length = gantry_get_u16_be (self->at + head - 2);
  if (length > self->left - head)
    return FALSE;
  *value = (GantrySpan){ self->at + head, length };
  self->at += head + length;
  self->left -= head + length;
  return TRUE;
}

gboolean
gantry_span_next_item (GantrySpan *self, guint8 *type, GantrySpan *value)
{
  const guint8 *head = self->at;

  if (!take (self, GANTRY_PDU_ITEM_HEADER, value))
    return FALSE;
  *type = head[0];
  return TRUE;
}

gboolean
gantry_span_take_counted (GantrySpan *self, GantrySpan *value)
{
  return take (self, 2, value);
}
