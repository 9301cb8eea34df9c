/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "gantry-image.h"

#define SOI 0xD8
#define SOS 0xDA
#define APP0 0xE0
#define APP14 0xEE
#define SOF_JPEG_LS 0xF7

static guint
get_u16 (const guint8 *p)
{
  return (guint)p[0] << 8 | p[1];
}

static guint
get_u32 (const guint8 *p)
{
  return get_u16 (p) << 16 | get_u16 (p + 2);
}

static gboolean
is_start_of_frame (guint8 marker)
{
  return marker == SOF_JPEG_LS
         || (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8
             && marker != 0xCC);
}

/* ISO/IEC 10918-1 B.2.2, and 14495-1 C.2.2, which has the same form. */
static gboolean
read_start_of_frame (GantryStreamHeader *self, guint8 marker, const guint8 *p, gsize length)
{
  if (length < 6 || length < 6 + 3 * (gsize)p[5])
    return FALSE;
  self->bits = p[0];
  self->height = get_u16 (p + 1);
  self->width = get_u16 (p + 3);
  self->samples = p[5];
  /* SOF3, 7, 11, 15 are the lossless processes; whether JPEG-LS is, the scan says. */
  self->lossy = marker != SOF_JPEG_LS && (marker & 3) != 3;
  for (guint i = 1; i < self->samples; i++)
    self->subsampled = self->subsampled || p[6 + 3 * i + 1] != p[6 + 1];
  return TRUE;
}

/* Colour is transformed when a JFIF (ISO/IEC 10918-5) or Adobe marker says so. Fewer samples in
 * some components make sense with transformed colour only. */
static void
guess_colour (GantryStreamHeader *self, gboolean jfif, int adobe)
{
  self->ycc = self->samples == 3 && (adobe >= 0 ? adobe == 1 : jfif || self->subsampled);
}

static gboolean
read_jpeg (const guint8 *data, gsize length, GantryStreamHeader *self)
{
  gsize pos = 2;
  gboolean jfif = FALSE, framed = FALSE, jpeg_ls = FALSE;
  int adobe = -1;

  if (length < 4 || data[0] != 0xFF || data[1] != SOI)
    return FALSE;
  while (length - pos >= 4)
    {
      guint8 marker = data[pos + 1];
      const guint8 *p = data + pos + 4;
      gsize n = get_u16 (data + pos + 2);

      if (data[pos] != 0xFF)
        return FALSE;
      if (marker == 0xFF)
        {
          pos++;
          continue;
        }
      if (n < 2 || n > length - pos - 2)
        return FALSE;
      pos += 2 + n;
      n -= 2;
      if (is_start_of_frame (marker))
        {
          framed = read_start_of_frame (self, marker, p, n);
          jpeg_ls = marker == SOF_JPEG_LS;
        }
      else if (marker == APP0 && n >= 5 && memcmp (p, "JFIF", 5) == 0)
        jfif = TRUE;
      else if (marker == APP14 && n >= 12 && memcmp (p, "Adobe", 5) == 0)
        adobe = p[11];
      else if (marker == SOS && n >= 1)
        {
          /* ISO/IEC 14495-1 C.2.3: NEAR stands where JPEG has the predictor. */
          if (jpeg_ls && n >= 4 + 2 * (gsize)p[0])
            self->lossy = p[1 + 2 * p[0]] != 0;
          guess_colour (self, jfif, adobe);
          return framed;
        }
    }
  return FALSE;
}

/* ISO/IEC 15444-1 A.5.1. */
static gboolean
read_size (GantryStreamHeader *self, const guint8 *p, gsize length)
{
  guint x1, y1, x0, y0;

  if (length < 36 + 3)
    return FALSE;
  x1 = get_u32 (p + 2);
  y1 = get_u32 (p + 6);
  x0 = get_u32 (p + 10);
  y0 = get_u32 (p + 14);
  self->samples = get_u16 (p + 34);
  if (x1 <= x0 || y1 <= y0 || length < 36 + 3 * (gsize)self->samples)
    return FALSE;
  self->width = x1 - x0;
  self->height = y1 - y0;
  self->bits = (p[36] & 0x7F) + 1;
  self->is_signed = (p[36] & 0x80) != 0;
  for (guint i = 0; i < self->samples; i++)
    self->subsampled = self->subsampled || p[37 + 3 * i] != 1 || p[38 + 3 * i] != 1;
  return TRUE;
}

/* A bare codestream, or one in the boxes of a JP2 file, which should not be there but is. */
static gboolean
read_jpeg_2000 (const guint8 *data, gsize length, GantryStreamHeader *self)
{
  static const guint8 start[] = { 0xFF, 0x4F, 0xFF, 0x51 };
  const guint8 *found = memmem (data, MIN (length, 64u << 10), start, sizeof start);
  gboolean sized = FALSE;
  gsize pos;

  if (found == NULL)
    return FALSE;
  for (pos = (gsize)(found - data) + 2; length - pos >= 4;)
    {
      guint marker = get_u16 (data + pos), n = get_u16 (data + pos + 2);
      const guint8 *p = data + pos + 4;

      if (marker == 0xFF90 || n < 2 || n > length - pos - 2)
        break;
      if (marker == 0xFF51)
        sized = read_size (self, p, n - 2);
      /* A.6.1: the ninth octet of the parameters is the transform, 0 for the irreversible 9-7. */
      else if (marker == 0xFF52 && n - 2 >= 10)
        self->lossy = p[9] == 0;
      pos += 2 + n;
    }
  return sized;
}

gboolean
gantry_stream_header_read (GantryCodec codec,
                           const guint8 *data,
                           gsize length,
                           GantryStreamHeader *header)
{
  *header = (GantryStreamHeader){ 0 };
  return codec == GANTRY_CODEC_JPEG_2000 ? read_jpeg_2000 (data, length, header)
                                         : read_jpeg (data, length, header);
}

/* PS3.5 G.3.1: how many octets a segment decodes to, at most @wanted. */
static gsize
measure_segment (const guint8 *data, gsize length, gsize wanted)
{
  gsize made = 0;

  for (gsize pos = 0; pos + 1 < length && made < wanted;)
    {
      guint8 n = data[pos++];

      if (n < 128)
        {
          made += MIN (n + 1u, length - pos);
          pos += n + 1u;
        }
      else if (n > 128)
        {
          made += 257u - n;
          pos++;
        }
    }
  return made;
}

gboolean
gantry_rle_is_whole (const guint8 *data, gsize length, guint segments, gsize segment_length)
{
  guint64 offsets[17] = { 0 };

  if (length < 64 || segments > 15)
    return FALSE;
  for (guint i = 0; i <= segments; i++)
    {
      const guint8 *p = data + 4 * i;

      offsets[i] = (guint64)p[3] << 24 | (guint64)p[2] << 16 | (guint64)p[1] << 8 | p[0];
    }
  if (offsets[0] != segments)
    return FALSE;
  offsets[segments + 1] = length;
  for (guint i = 1; i <= segments; i++)
    if (offsets[i] < 64 || offsets[i] > offsets[i + 1] || offsets[i + 1] > length
        || measure_segment (data + offsets[i], offsets[i + 1] - offsets[i], segment_length)
               < segment_length)
      return FALSE;
  return TRUE;
}
