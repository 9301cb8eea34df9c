/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-image.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-codestream.h"
#include "gantry-error.h"
#include "gantry-frame.h"
#include "gantry-frames.h"

/* PS3.5 A.4. Multi-component JPEG 2000 (.92, .93) spreads one stream over many frames, which
 * OpenJPEG cannot know. */
static const GantryCompression compressions[] = {
  { "1.2.840.10008.1.2.4.50", GANTRY_CODEC_JPEG, FALSE, "ISO_10918_1" },
  { "1.2.840.10008.1.2.4.51", GANTRY_CODEC_JPEG, FALSE, "ISO_10918_1" },
  { "1.2.840.10008.1.2.4.57", GANTRY_CODEC_JPEG, TRUE, "ISO_10918_1" },
  { "1.2.840.10008.1.2.4.70", GANTRY_CODEC_JPEG, TRUE, "ISO_10918_1" },
  { "1.2.840.10008.1.2.4.80", GANTRY_CODEC_JPEG_LS, TRUE, "ISO_14495_1" },
  { "1.2.840.10008.1.2.4.81", GANTRY_CODEC_JPEG_LS, FALSE, "ISO_14495_1" },
  { "1.2.840.10008.1.2.4.90", GANTRY_CODEC_JPEG_2000, TRUE, "ISO_15444_1" },
  { "1.2.840.10008.1.2.4.91", GANTRY_CODEC_JPEG_2000, FALSE, "ISO_15444_1" },
  { "1.2.840.10008.1.2.4.201", GANTRY_CODEC_JPEG_2000, TRUE, "ISO_15444_15" },
  { "1.2.840.10008.1.2.4.202", GANTRY_CODEC_JPEG_2000, TRUE, "ISO_15444_15" },
  { "1.2.840.10008.1.2.4.203", GANTRY_CODEC_JPEG_2000, FALSE, "ISO_15444_15" },
  { "1.2.840.10008.1.2.5", GANTRY_CODEC_RLE, TRUE, NULL },
};

const GantryCompression *
gantry_compression_lookup (const char *transfer_syntax)
{
  for (gsize i = 0; i < G_N_ELEMENTS (compressions); i++)
    if (g_strcmp0 (compressions[i].syntax, transfer_syntax) == 0)
      return &compressions[i];
  return NULL;
}

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_FILE, sentence);
  return FALSE;
}

void
gantry_image_clear (GantryImage *self)
{
  g_clear_pointer (&self->fragments, g_array_unref);
  g_clear_pointer (&self->firsts, g_array_unref);
}

static guint
take_number (const guint8 *value, guint32 length)
{
  return length < 2 ? 0 : (guint)value[1] << 8 | value[0];
}

/* The first value, without padding. */
static void
take_text (char *text, gsize size, const guint8 *value, guint32 length)
{
  gsize n = MIN (length, size - 1);

  memcpy (text, value, n);
  text[n] = '\0';
  text[strcspn (text, "\\")] = '\0';
  g_strstrip (text);
}

void
gantry_image_take (GantryImage *self, guint32 tag, const guint8 *value, guint32 length)
{
  char text[17];

  switch (tag)
    {
    case 0x00280002:
      self->samples = take_number (value, length);
      break;
    case 0x00280004:
      take_text (self->photometric, sizeof self->photometric, value, length);
      break;
    case 0x00280006:
      self->planar = take_number (value, length);
      self->has_planar = TRUE;
      break;
    case 0x00280008:
      take_text (text, sizeof text, value, length);
      self->frames = g_ascii_strtoull (text, NULL, 10);
      break;
    case 0x00280010:
      self->rows = take_number (value, length);
      break;
    case 0x00280011:
      self->columns = take_number (value, length);
      break;
    case 0x00280100:
      self->allocated = take_number (value, length);
      break;
    case 0x00280101:
      self->stored = take_number (value, length);
      break;
    case 0x00280102:
      self->high = take_number (value, length);
      break;
    case 0x00280103:
      self->is_signed = take_number (value, length) == 1;
      break;
    case 0x00282110:
      take_text (text, sizeof text, value, length);
      self->was_lossy = strcmp (text, "01") == 0;
      break;
    case 0x7FE00001:
      self->offsets = (GantryFragment){ value, length };
      break;
    default:
      break;
    }
}

static gboolean
check_form (GantryImage *self, GError **error)
{
  guint64 length;

  self->frames = MAX (self->frames, 1);
  if (self->rows == 0 || self->columns == 0)
    return refuse (error, _ ("The object has compressed pixel data, but does not say how many rows "
                             "and columns they have."));
  if ((self->samples != 1 && self->samples != 3)
      || (self->allocated != 8 && self->allocated != 16
          && !(self->allocated == 32 && self->compression->codec == GANTRY_CODEC_RLE)))
    {
      g_set_error (
          error, GANTRY_ERROR, GANTRY_ERROR_FILE,
          _ ("The object says that its pixels have %1$u samples of %2$u bits, which cannot "
             "be decompressed here."),
          self->samples, self->allocated);
      return FALSE;
    }
  if (self->stored == 0 || self->stored > self->allocated)
    self->stored = self->allocated;
  length = (guint64)self->rows * self->columns * self->samples * (self->allocated / 8);
  /* PS3.5 7.1.1: a length has 32 bits, and the highest means undefined. */
  if (length > GANTRY_FRAME_MAX || self->frames > (G_MAXUINT32 - 1) / length)
    return refuse (error, _ ("The pixel data would be too large when decompressed."));
  self->frame_length = length;
  return TRUE;
}

/* Streams that are larger than what they decode to can be; ones that pass the largest frame are not
 * decoded. */
static gboolean
check_streams (const GantryImage *self, GError **error)
{
  for (guint frame = 0; frame < self->frames; frame++)
    {
      guint64 length = 0;

      for (guint i = g_array_index (self->firsts, guint, frame);
           i < g_array_index (self->firsts, guint, frame + 1); i++)
        length += g_array_index (self->fragments, GantryFragment, i).length;
      if (length > GANTRY_FRAME_MAX)
        return refuse (error, _ ("The compressed pixel data of one frame are too large."));
    }
  return TRUE;
}

/* The stream of one frame, in one piece. @copy holds it where it comes in several. */
static GantryFragment
get_stream (const GantryImage *self, guint frame, GByteArray **copy)
{
  guint first = g_array_index (self->firsts, guint, frame);
  guint end = g_array_index (self->firsts, guint, frame + 1);

  if (end - first == 1)
    return g_array_index (self->fragments, GantryFragment, first);
  *copy = g_byte_array_new ();
  for (guint i = first; i < end; i++)
    {
      const GantryFragment *fragment = &g_array_index (self->fragments, GantryFragment, i);

      g_byte_array_append (*copy, fragment->data, fragment->length);
    }
  return (GantryFragment){ (*copy)->data, (*copy)->len };
}

/* The stream is the truth about itself; an object that says something else cannot be helped. */
static gboolean
check_stream (const GantryImage *self, const GantryStreamHeader *header, GError **error)
{
  if (header->width == self->columns && header->height == self->rows
      && header->samples == self->samples && header->bits <= self->allocated && header->bits > 0
      && header->bits <= 16)
    return TRUE;
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
               _ ("The object says that its pictures have %1$u × %2$u pixels of %3$u × %4$u bits, "
                  "but their compressed data have %5$u × %6$u of %7$u × %8$u."),
               self->columns, self->rows, self->samples, self->allocated, header->width,
               header->height, header->samples, header->bits);
  return FALSE;
}

static gboolean
read_first_stream (GantryImage *self, GError **error)
{
  g_autoptr (GByteArray) copy = NULL;
  GantryFragment stream;

  if (self->compression->codec == GANTRY_CODEC_RLE)
    return TRUE;
  stream = get_stream (self, 0, &copy);
  if (!gantry_stream_header_read (self->compression->codec, stream.data, stream.length,
                                  &self->header))
    return refuse (error, _ ("The compressed pixel data are damaged: their header is missing."));
  return check_stream (self, &self->header, error);
}

static GantryEdit *
add_edit (GArray *edits, guint32 tag, const char *vr)
{
  GantryEdit edit = { .tag = tag };
  guint i = 0;

  g_strlcpy (edit.vr, vr, sizeof edit.vr);
  while (i < edits->len && g_array_index (edits, GantryEdit, i).tag < tag)
    i++;
  g_array_insert_val (edits, i, edit);
  return &g_array_index (edits, GantryEdit, i);
}

static void
put_text (GArray *edits, guint32 tag, const char *vr, const char *text)
{
  g_strlcpy (add_edit (edits, tag, vr)->text, text, sizeof ((GantryEdit *)0)->text);
}

static void
put_number (GArray *edits, guint32 tag, guint number)
{
  add_edit (edits, tag, "US")->number = (guint16)number;
}

static gboolean
is_one_of (const char *text, const char *one, const char *other)
{
  return strcmp (text, one) == 0 || strcmp (text, other) == 0;
}

/* PS3.3 C.7.6.3.1.2: which colours the decoder hands out.
 * - JPEG with loss: YBR_FULL and YBR_FULL_422 become RGB, in which the components are no longer
 *   subsampled; PS3.5 8.2.1 has no uncompressed form of what the stream holds. An object that says
 *   RGB where the stream's markers say otherwise is believed less than the stream.
 * - JPEG 2000: the decoder undoes the component transform (PS3.5 8.2.4), so YBR_RCT and YBR_ICT
 *   become RGB.
 * - All others code the components as they are. YBR_FULL_422 then came in full. */
static const char *
choose_colours (GantryImage *self)
{
  const char *was = self->photometric;
  gboolean coloured = self->samples == 3;

  g_strlcpy (self->coded_photometric, coloured ? "RGB" : "MONOCHROME2",
             sizeof self->coded_photometric);
  if (!coloured)
    return was;
  if (self->compression->codec == GANTRY_CODEC_JPEG && self->header.lossy
      && (g_str_has_prefix (was, "YBR_") || self->header.ycc))
    {
      g_strlcpy (self->coded_photometric, "YBR_FULL", sizeof self->coded_photometric);
      return "RGB";
    }
  if (self->compression->codec == GANTRY_CODEC_JPEG_2000 && is_one_of (was, "YBR_RCT", "YBR_ICT"))
    return "RGB";
  return is_one_of (was, "YBR_FULL_422", "YBR_PARTIAL_422") ? "YBR_FULL" : was;
}

/* PS3.3 C.7.6.1.1.5: once lost, always lost, and how. What the object says already stays; whether a
 * reversible JPEG 2000 stream was cut by its writer, nobody else can know. */
static void
put_loss (const GantryImage *self, GArray *edits)
{
  guint64 compressed = 0;
  char ratio[G_ASCII_DTOSTR_BUF_SIZE];

  if (!self->header.lossy || self->was_lossy)
    return;
  for (guint i = 1; i < self->fragments->len; i++)
    compressed += g_array_index (self->fragments, GantryFragment, i).length;
  g_ascii_formatd (ratio, sizeof ratio, "%.2f",
                   (double)gantry_image_get_length (self) / (double)MAX (compressed, 1));
  put_text (edits, 0x00282110, "CS", "01");
  put_text (edits, 0x00282112, "DS", ratio);
  put_text (edits, 0x00282114, "CS", self->compression->method);
}

static void
put_changes (GantryImage *self, gboolean top, GArray *edits)
{
  const char *photometric = choose_colours (self);
  gboolean rle = self->compression->codec == GANTRY_CODEC_RLE;

  if (strcmp (photometric, self->photometric) != 0)
    put_text (edits, 0x00280004, "CS", photometric);
  /* C.7.6.3.1.3: our decoders give colour by pixel. RLE has its planes apart in any case
   * (PS3.5 G.2), so the object's own order can be kept. */
  if (self->samples == 3 && (!self->has_planar || (!rle && self->planar != 0)))
    put_number (edits, 0x00280006, rle ? self->planar : 0);
  if (!rle)
    {
      /* C.7.6.3.1: samples come out at the low end of their cells, whatever held them before. */
      if (self->high != self->stored - 1 && self->header.bits <= self->stored)
        put_number (edits, 0x00280102, self->stored - 1);
      /* Writers pass signed values off as unsigned ones, but not the other way round. */
      if (self->header.is_signed && !self->is_signed)
        put_number (edits, 0x00280103, 1);
    }
  if (top)
    put_loss (self, edits);
  /* C.7.6.3.1.8: these tell where frames are in encapsulated pixel data, and nothing else. */
  for (guint32 tag = 0x7FE00001; tag <= 0x7FE00003; tag++)
    add_edit (edits, tag, "OV")->drop = TRUE;
}

gboolean
gantry_image_prepare (GantryImage *self,
                      const GantryCompression *compression,
                      gboolean top,
                      GArray *edits,
                      GError **error)
{
  self->compression = compression;
  if (!check_form (self, error))
    return FALSE;
  self->firsts = gantry_frames_split (self->fragments, self->frames, self->offsets,
                                      compression->codec, error);
  if (self->firsts == NULL || !check_streams (self, error) || !read_first_stream (self, error))
    return FALSE;
  put_changes (self, top, edits);
  return TRUE;
}

guint64
gantry_image_get_length (const GantryImage *self)
{
  return self->frame_length * self->frames;
}

/* Samples are in the low @width bits. Those of signed objects are continued to the whole cell, as
 * readers that do not look at Bits Stored expect, and those that do ignore (PS3.5 8.1.1). */
static void
extend_sign (const GantryImage *self, const GantryStreamHeader *header, guint8 *out)
{
  guint width = MIN (header->bits, self->stored);

  if (!self->is_signed || header->is_signed || width >= self->allocated)
    return;
  for (gsize i = 0; i < self->frame_length; i += self->allocated / 8)
    if (self->allocated == 8)
      out[i] = (guint8)((gint8)(out[i] << (8 - width)) >> (8 - width));
    else
      {
        guint shift = 16 - width;
        guint16 cell = (guint16)(out[i + 1] << 8 | out[i]);
        gint16 extended = (gint16)((gint16)(guint16)(cell << shift) >> shift);

        out[i] = (guint8)extended;
        out[i + 1] = (guint8)(extended >> 8);
      }
}

/* Eight bit samples in sixteen bit cells, in place and thus from the end. */
static void
widen (guint8 *out, gsize n)
{
  while (n-- > 0)
    {
      out[2 * n] = out[n];
      out[2 * n + 1] = 0;
    }
}

static gboolean
decode_codestream (const GantryImage *self, GantryFragment stream, guint8 *out, GError **error)
{
  GantryRaster raster = { 0 };
  gsize n = (gsize)self->rows * self->columns * self->samples;

  if (!gantry_codestream_decode (stream.data, stream.length, 2 * (gsize)GANTRY_FRAME_MAX, TRUE,
                                 &raster, error))
    return FALSE;
  if (self->allocated == 8)
    for (gsize i = 0; i < n; i++)
      out[i] = (guint8)raster.pixels[i];
  else
    for (gsize i = 0; i < n; i++)
      {
        out[2 * i] = (guint8)raster.pixels[i];
        out[2 * i + 1] = (guint8)(raster.pixels[i] >> 8);
      }
  g_free (raster.pixels);
  return TRUE;
}

static gboolean
decode_with_dcmtk (const GantryImage *self,
                   const GantryStreamHeader *header,
                   GantryFragment stream,
                   guint8 *out,
                   GError **error)
{
  gboolean rle = self->compression->codec == GANTRY_CODEC_RLE;
  gboolean narrow = !rle && header->bits <= 8 && self->allocated == 16;
  guint bits = narrow ? 8 : self->allocated;
  gsize length = narrow ? self->frame_length / 2 : self->frame_length;

  if (!gantry_frame_decode (self, stream.data, stream.length, bits, out, length, error))
    return FALSE;
  if (narrow)
    widen (out, length);
  return TRUE;
}

static gboolean
decode_rle (const GantryImage *self, GantryFragment stream, guint8 *out, GError **error)
{
  if (!gantry_rle_is_whole (stream.data, stream.length, self->samples * self->allocated / 8,
                            (gsize)self->rows * self->columns))
    return refuse (error, _ ("some of it is missing"));
  return decode_with_dcmtk (self, &self->header, stream, out, error);
}

static gboolean
decode_frame (const GantryImage *self, guint frame, guint8 *out, GError **error)
{
  g_autoptr (GByteArray) copy = NULL;
  GantryFragment stream = get_stream (self, frame, &copy);
  GantryStreamHeader header = self->header;
  g_autoptr (GError) failure = NULL;
  gboolean ok;

  if (self->compression->codec == GANTRY_CODEC_RLE)
    ok = decode_rle (self, stream, out, &failure);
  else if (!gantry_stream_header_read (self->compression->codec, stream.data, stream.length,
                                       &header))
    ok = refuse (&failure, _ ("its header is missing"));
  else if (!check_stream (self, &header, error))
    return FALSE;
  else if (header.is_signed != self->header.is_signed || header.bits != self->header.bits)
    ok = refuse (&failure, _ ("its values are not of the same kind as those of the first"));
  else if (self->compression->codec == GANTRY_CODEC_JPEG_2000)
    ok = decode_codestream (self, stream, out, &failure);
  else
    ok = decode_with_dcmtk (self, &header, stream, out, &failure);
  if (ok)
    {
      if (self->compression->codec != GANTRY_CODEC_RLE)
        extend_sign (self, &header, out);
      return TRUE;
    }
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
               _ ("Frame %1$u of the pixel data cannot be decompressed: %2$s"), frame + 1,
               failure->message);
  return FALSE;
}

gboolean
gantry_image_decode (const GantryImage *self,
                     gboolean swap,
                     GantryScratch *out,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autofree guint8 *frame = g_try_malloc0 (self->frame_length + 1);

  if (frame == NULL)
    return refuse (error, _ ("There is not enough memory to decompress the pixel data."));
  for (guint i = 0; i < self->frames; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !decode_frame (self, i, frame, error))
        return FALSE;
      if (swap)
        for (gsize p = 0; p + 1 < self->frame_length; p += 2)
          {
            guint8 low = frame[p];

            frame[p] = frame[p + 1];
            frame[p + 1] = low;
          }
      if (!gantry_scratch_write (out, frame, self->frame_length, cancellable, error))
        return FALSE;
    }
  return TRUE;
}
