/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-recode-octets.h"

#include <glib/gi18n-lib.h>

#include "gantry-error.h"

#define BLOCK (64u << 10)

gboolean
gantry_recode_fail (const GantryHead *head, GError **error)
{
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
               _ ("The data set is damaged at element (%1$04X,%2$04X)."), head->tag >> 16,
               head->tag & 0xFFFF);
  return FALSE;
}

guint
gantry_recode_get_u16 (const guint8 *p, GantryEncoding encoding)
{
  return encoding == GANTRY_ENCODING_EXPLICIT_BE ? (guint)p[0] << 8 | p[1]
                                                 : (guint)p[1] << 8 | p[0];
}

static guint32
get_u32 (const guint8 *p, GantryEncoding encoding)
{
  guint32 first = gantry_recode_get_u16 (p, encoding),
          second = gantry_recode_get_u16 (p + 2, encoding);

  return encoding == GANTRY_ENCODING_EXPLICIT_BE ? first << 16 | second : second << 16 | first;
}

gboolean
gantry_recode_read_head (const GantryRecoding *self,
                         GantryEncoding encoding,
                         gsize pos,
                         gsize end,
                         GantryHead *head,
                         GError **error)
{
  const guint8 *p = self->data + pos;
  gsize size = 8;

  if (pos > end || end - pos < 8)
    return gantry_recode_fail (head, error);
  *head = (GantryHead){ .tag = gantry_recode_get_u16 (p, encoding) << 16
                               | gantry_recode_get_u16 (p + 2, encoding) };
  if (head->tag >> 16 == 0xFFFE || encoding == GANTRY_ENCODING_IMPLICIT_LE)
    head->length = get_u32 (p + 4, encoding);
  else
    {
      head->vr = GANTRY_VR (p[4], p[5]);
      if (gantry_vr_is_short (head->vr))
        head->length = gantry_recode_get_u16 (p + 6, encoding);
      else
        {
          size = 12;
          if (end - pos < size)
            return gantry_recode_fail (head, error);
          head->length = get_u32 (p + 8, encoding);
        }
    }
  head->value = pos + size;
  if (head->length != GANTRY_LENGTH_UNDEFINED && head->length > end - head->value)
    return gantry_recode_fail (head, error);
  return TRUE;
}

/* The walk has limited the nesting already; @depth makes sure of it. */
gboolean
gantry_recode_skip (const GantryRecoding *self,
                    GantryEncoding encoding,
                    gsize pos,
                    gsize end,
                    guint32 delimiter,
                    guint depth,
                    gsize *after,
                    GError **error)
{
  for (;;)
    {
      GantryHead head = { .tag = delimiter };

      if (!gantry_recode_read_head (self, encoding, pos, end, &head, error))
        return FALSE;
      pos = head.value;
      if (head.tag == delimiter)
        {
          *after = pos;
          return TRUE;
        }
      if (head.length != GANTRY_LENGTH_UNDEFINED)
        pos += head.length;
      else if (depth > 2 * GANTRY_DATASET_MAX_DEPTH + 2)
        return gantry_recode_fail (&head, error);
      else if (!gantry_recode_skip (
                   self, head.vr == GANTRY_VR ('U', 'N') ? GANTRY_ENCODING_IMPLICIT_LE : encoding,
                   pos, end,
                   head.tag == GANTRY_TAG_ITEM ? GANTRY_TAG_ITEM_END : GANTRY_TAG_SEQUENCE_END,
                   depth + 1, &pos, error))
        return FALSE;
    }
}

gboolean
gantry_recode_put (const GantryRecoding *self, const void *data, gsize length, GError **error)
{
  return gantry_scratch_write (self->out, data, length, self->cancellable, error);
}

void
gantry_recode_set_u16 (guint8 *p, guint value, GantryEncoding encoding)
{
  gboolean big = encoding == GANTRY_ENCODING_EXPLICIT_BE;

  p[big ? 1 : 0] = (guint8)value;
  p[big ? 0 : 1] = (guint8)(value >> 8);
}

static void
set_u32 (guint8 *p, guint32 value, GantryEncoding encoding)
{
  gboolean big = encoding == GANTRY_ENCODING_EXPLICIT_BE;

  gantry_recode_set_u16 (p + (big ? 2 : 0), value & 0xFFFF, encoding);
  gantry_recode_set_u16 (p + (big ? 0 : 2), value >> 16, encoding);
}

gboolean
gantry_recode_put_head (
    const GantryRecoding *self, guint32 tag, guint vr, guint32 length, GError **error)
{
  guint8 head[12] = { 0 };
  gsize size = 8;

  gantry_recode_set_u16 (head, tag >> 16, self->to);
  gantry_recode_set_u16 (head + 2, tag & 0xFFFF, self->to);
  if (vr == 0 || self->to == GANTRY_ENCODING_IMPLICIT_LE)
    set_u32 (head + 4, length, self->to);
  else
    {
      head[4] = (guint8)(vr >> 8);
      head[5] = (guint8)vr;
      if (gantry_vr_is_short (vr))
        gantry_recode_set_u16 (head + 6, length, self->to);
      else
        {
          set_u32 (head + 8, length, self->to);
          size = 12;
        }
    }
  return gantry_recode_put (self, head, size, error);
}

guint
gantry_recode_get_unit (guint vr)
{
  switch (vr)
    {
    case GANTRY_VR ('U', 'S'):
    case GANTRY_VR ('S', 'S'):
    case GANTRY_VR ('O', 'W'):
    case GANTRY_VR ('A', 'T'):
      return 2;
    case GANTRY_VR ('U', 'L'):
    case GANTRY_VR ('S', 'L'):
    case GANTRY_VR ('F', 'L'):
    case GANTRY_VR ('O', 'F'):
    case GANTRY_VR ('O', 'L'):
      return 4;
    case GANTRY_VR ('F', 'D'):
    case GANTRY_VR ('O', 'D'):
    case GANTRY_VR ('O', 'V'):
    case GANTRY_VR ('S', 'V'):
    case GANTRY_VR ('U', 'V'):
      return 8;
    default:
      return 1;
    }
}

static gboolean
put_swapped (
    const GantryRecoding *self, const guint8 *data, gsize length, guint unit, GError **error)
{
  g_autofree guint8 *block = g_malloc (MIN (length, BLOCK));

  while (length >= unit)
    {
      gsize n = MIN (length, BLOCK) / unit * unit;

      for (gsize i = 0; i < n; i++)
        block[i] = data[i - i % unit + unit - 1 - i % unit];
      if (!gantry_recode_put (self, block, n, error))
        return FALSE;
      data += n;
      length -= n;
    }
  return gantry_recode_put (self, data, length, error);
}

const char *
gantry_recode_get_padding (guint vr)
{
  switch (vr)
    {
    case GANTRY_VR ('A', 'E'):
    case GANTRY_VR ('A', 'S'):
    case GANTRY_VR ('C', 'S'):
    case GANTRY_VR ('D', 'A'):
    case GANTRY_VR ('D', 'S'):
    case GANTRY_VR ('D', 'T'):
    case GANTRY_VR ('I', 'S'):
    case GANTRY_VR ('L', 'O'):
    case GANTRY_VR ('L', 'T'):
    case GANTRY_VR ('P', 'N'):
    case GANTRY_VR ('S', 'H'):
    case GANTRY_VR ('S', 'T'):
    case GANTRY_VR ('T', 'M'):
    case GANTRY_VR ('U', 'C'):
    case GANTRY_VR ('U', 'R'):
    case GANTRY_VR ('U', 'T'):
      return " ";
    default:
      return "";
    }
}

gboolean
gantry_recode_put_value (const GantryRecoding *self,
                         const GantryHead *head,
                         guint vr,
                         GantryEncoding encoding,
                         GError **error)
{
  const guint8 *data = self->data + head->value;
  gboolean swap
      = (encoding == GANTRY_ENCODING_EXPLICIT_BE) != (self->to == GANTRY_ENCODING_EXPLICIT_BE);
  guint unit = gantry_recode_get_unit (vr);

  if (!gantry_recode_put_head (self, head->tag, vr, head->length + head->length % 2, error))
    return FALSE;
  if (swap && unit > 1 ? !put_swapped (self, data, head->length, unit, error)
                       : !gantry_recode_put (self, data, head->length, error))
    return FALSE;
  return head->length % 2 == 0
         || gantry_recode_put (self, gantry_recode_get_padding (vr), 1, error);
}

gboolean
gantry_recode_put_delimiter (const GantryRecoding *self, guint32 tag, GError **error)
{
  return gantry_recode_put_head (self, tag, 0, 0, error);
}
