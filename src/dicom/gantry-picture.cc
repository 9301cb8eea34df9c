/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dccodec.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmimage/diregist.h>
#include <dcmtk/dcmimgle/dcmimage.h>

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <memory>
#include <unistd.h>

#include "gantry-codestream.h"
#include "gantry-dataset.h"
#include "gantry-error.h"
#include "gantry-frame.h"
#include "gantry-instance.h"
#include "gantry-picture.h"
#include "gantry-registry.h"
#include "gantry-thumbnail.h"

namespace
{

constexpr guint64 FRAME_MAX = 512u << 20; /* bytes of one frame that we are ready to decode */
constexpr guint64 FILE_MAX = 1u << 30;
constexpr double HISTOGRAM_MAX = 1u << 20;
constexpr gsize FRAGMENTS_MAX = 1u << 20;

/* What the walk finds out before DCMTK sees the file. */
struct Description
{
  guint rows = 0, columns = 0, samples = 1, bits = 8;
  guint64 frames = 1;
  bool has_pixels = false;
  bool big_endian = false;
  bool encapsulated = false;
  GArray *fragments = nullptr; /* GBytes-like pairs into the file; the first is the offset table */

  ~Description () { g_clear_pointer (&fragments, g_array_unref); }
  guint64
  frame () const
  {
    return frames / 2;
  }
};

struct Fragment
{
  const guint8 *data;
  gsize length;
};

void
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_FILE, sentence);
}

guint
get_u16 (const GantryElement *element, bool big_endian)
{
  if (element->held < 2)
    return 0;
  return big_endian ? element->value[0] << 8 | element->value[1]
                    : element->value[1] << 8 | element->value[0];
}

gboolean
on_element (const GantryElement *element, gpointer user_data)
{
  auto *self = static_cast<Description *> (user_data);

  if (element->depth == 1 && element->tag == 0xFFFEE000u && self->has_pixels)
    {
      Fragment fragment = { element->value, element->held };

      g_array_append_val (self->fragments, fragment);
      return self->fragments->len < FRAGMENTS_MAX;
    }
  if (element->depth > 0)
    return TRUE;
  switch (element->tag)
    {
    case 0x00280002:
      self->samples = get_u16 (element, self->big_endian);
      break;
    case 0x00280008:
      {
        g_autofree char *text
            = gantry_text_decode (nullptr, element->value, MIN (element->held, 16u));
        self->frames = MAX (1u, g_ascii_strtoull (text, nullptr, 10));
        break;
      }
    case 0x00280010:
      self->rows = get_u16 (element, self->big_endian);
      break;
    case 0x00280011:
      self->columns = get_u16 (element, self->big_endian);
      break;
    case 0x00280100:
      self->bits = get_u16 (element, self->big_endian);
      break;
    case 0x7FE00010:
      self->has_pixels = true;
      self->encapsulated = element->length == GANTRY_LENGTH_UNDEFINED;
      break;
    default:
      break;
    }
  return TRUE;
}

/* The whole file, read and not mapped, for the reason given in gantry-instance.c. */
GBytes *
read_file (const char *path, GError **error)
{
  g_autofree char *data = nullptr;
  gsize length;
  GStatBuf info;

  if (g_stat (path, &info) == 0 && static_cast<guint64> (info.st_size) > FILE_MAX)
    {
      refuse (error, _ ("The file is too large to make a picture of it."));
      return nullptr;
    }
  if (!g_file_get_contents (path, &data, &length, error))
    return nullptr;
  return g_bytes_new_take (g_steal_pointer (&data), length);
}

bool
describe (GBytes *file, const GantryInstance *instance, Description *what, GError **error)
{
  gsize length;
  auto *data = static_cast<const guint8 *> (g_bytes_get_data (file, &length));

  what->fragments = g_array_new (FALSE, FALSE, sizeof (Fragment));
  what->big_endian = strcmp (instance->transfer_syntax, GANTRY_UID_EXPLICIT_BE) == 0;
  if (!gantry_dataset_walk (data + instance->data_offset, length - instance->data_offset,
                            instance->transfer_syntax, 0, on_element, what, error))
    return false;
  if (!what->has_pixels || what->rows == 0 || what->columns == 0)
    {
      refuse (error, _ ("There is no picture in this object."));
      return false;
    }
  if (static_cast<guint64> (what->rows) * what->columns * MAX (1u, what->samples)
          * MAX (1u, what->bits / 8)
      > FRAME_MAX)
    {
      refuse (error, _ ("The picture is too large to be shown."));
      return false;
    }
  return true;
}

bool
is_jpeg_2000 (const char *syntax)
{
  static const char *const known[]
      = { "1.2.840.10008.1.2.4.90",  "1.2.840.10008.1.2.4.91",  "1.2.840.10008.1.2.4.201",
          "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203", nullptr };

  return g_strv_contains (known, syntax);
}

bool
dcmtk_decodes (const char *syntax)
{
  DcmXfer xfer (syntax);

  if (xfer.getXfer () == EXS_Unknown)
    return false;
  return !xfer.isEncapsulated ()
         || DcmCodecList::canChangeCoding (xfer.getXfer (), EXS_LittleEndianExplicit);
}

guint32
get_u32 (const guint8 *p)
{
  return static_cast<guint32> (p[3]) << 24 | p[2] << 16 | p[1] << 8 | p[0];
}

/* The fragments of the middle frame, by PS3.5 A.4: one each, or as the offset table says. */
bool
find_frame (const Description &what, gsize *first, gsize *end)
{
  gsize n = what.fragments->len;
  auto *fragments = reinterpret_cast<const Fragment *> (what.fragments->data);
  gsize position = 0;

  if (n < 2)
    return false;
  *first = 1;
  *end = n;
  if (what.frames == 1)
    return true;
  if (n - 1 == what.frames)
    {
      *first = 1 + what.frame ();
      *end = *first + 1;
      return true;
    }
  if (fragments[0].length / 4 != what.frames)
    return false;

  guint64 from = get_u32 (fragments[0].data + 4 * what.frame ());
  guint64 to = what.frame () + 1 < what.frames
                   ? get_u32 (fragments[0].data + 4 * (what.frame () + 1))
                   : G_MAXUINT64;
  *first = *end = 0;
  for (gsize i = 1; i < n; position += 8 + fragments[i].length, i++)
    {
      if (position == from)
        *first = i;
      if (position < to)
        *end = i + 1;
    }
  return *first > 0 && *end > *first;
}

/* Puts decoded pixels in the place of the compressed ones. */
void
replace_pixels (DcmDataset *dataset, const GantryRaster &raster)
{
  gsize n = static_cast<gsize> (raster.width) * raster.height * raster.samples;
  OFString photometric;

  dataset->findAndGetOFString (DCM_PhotometricInterpretation, photometric);
  if (raster.samples == 3)
    /* OpenJPEG has undone the colour transform of the codestream. */
    photometric = photometric == "YBR_FULL" ? "YBR_FULL" : "RGB";
  else if (photometric != "MONOCHROME1" && photometric != "PALETTE COLOR")
    photometric = "MONOCHROME2";

  delete dataset->remove (DCM_PixelData);
  dataset->putAndInsertUint16 (DCM_Rows, raster.height);
  dataset->putAndInsertUint16 (DCM_Columns, raster.width);
  dataset->putAndInsertUint16 (DCM_SamplesPerPixel, raster.samples);
  dataset->putAndInsertString (DCM_PhotometricInterpretation, photometric.c_str ());
  dataset->putAndInsertUint16 (DCM_BitsAllocated, raster.bits > 8 ? 16 : 8);
  dataset->putAndInsertUint16 (DCM_BitsStored, raster.bits);
  dataset->putAndInsertUint16 (DCM_HighBit, raster.bits - 1);
  /* Writers pass signed values off as unsigned ones, but not the other way round. */
  if (raster.is_signed)
    dataset->putAndInsertUint16 (DCM_PixelRepresentation, 1);
  dataset->putAndInsertString (DCM_NumberOfFrames, "1");
  if (raster.samples == 3)
    dataset->putAndInsertUint16 (DCM_PlanarConfiguration, 0);
  if (raster.bits > 8)
    {
      dataset->putAndInsertUint16Array (DCM_PixelData, raster.pixels, n);
      return;
    }

  g_autofree guint8 *narrow = g_new (guint8, n);
  for (gsize i = 0; i < n; i++)
    narrow[i] = raster.pixels[i];
  dataset->putAndInsertUint8Array (DCM_PixelData, narrow, n);
}

bool
decode_jpeg_2000 (const Description &what, DcmDataset *dataset, GError **error)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  auto *fragments = reinterpret_cast<const Fragment *> (what.fragments->data);
  GantryRaster raster = {};
  gsize first, end;

  if (!find_frame (what, &first, &end))
    {
      refuse (error, _ ("The picture's frames cannot be told apart."));
      return false;
    }
  for (gsize i = first; i < end; i++)
    g_byte_array_append (stream, fragments[i].data, fragments[i].length);
  if (!gantry_codestream_decode (stream->data, stream->len, FRAME_MAX, FALSE, &raster, error))
    return false;
  replace_pixels (dataset, raster);
  g_free (raster.pixels);
  return true;
}

void
choose_window (DicomImage *image)
{
  if (!image->isMonochrome ())
    return;
  if (image->getWindowCount () > 0 && image->setWindow (0))
    return;
  if (image->getVoiLutCount () > 0 && image->setVoiLut (0))
    return;

  /* Without the few brightest and darkest pixels, where counting them takes no gigabytes: DCMTK's
   * histogram has a place for each value, and 32 bit doses have many. */
  double low = 0, high = 0;
  bool countable = image->getMinMaxValues (low, high) && high - low < HISTOGRAM_MAX;
  if (!countable || !image->setHistogramWindow (0.005))
    image->setMinMaxWindow (0);
}

bool
draw (DicomImage *image, const char *png, guint edge, GError **error)
{
  if (image->getStatus () != EIS_Normal)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE, _ ("The picture cannot be decoded: %s."),
                   DicomImage::getString (image->getStatus ()));
      return false;
    }
  choose_window (image);
  image->hideAllOverlays ();

  guint channels = image->isMonochrome () ? 1 : 3;
  auto *pixels = static_cast<const guint8 *> (image->getOutputData (8, 0, 0));
  if (pixels == nullptr)
    {
      refuse (error, _ ("The picture cannot be decoded."));
      return false;
    }
  return gantry_thumbnail_write (png, pixels, image->getWidth (), image->getHeight (), channels,
                                 image->getWidthHeightRatio (), edge, error);
}

/* From a data set that the walk has found well formed. */
bool
render (GBytes *file,
        const GantryInstance *instance,
        const Description &what,
        const char *png,
        guint edge,
        GError **error)
{
  DcmInputBufferStream stream;
  DcmDataset dataset;
  gsize length;
  auto *data = static_cast<const guint8 *> (g_bytes_get_data (file, &length));
  DcmXfer xfer (instance->transfer_syntax);

  stream.setBuffer (data + instance->data_offset, length - instance->data_offset);
  stream.setEos ();
  dataset.transferInit ();
  OFCondition read = dataset.read (stream, xfer.getXfer ());
  dataset.transferEnd ();
  if (read.bad () && read != EC_EndOfStream)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE, _ ("The object cannot be read: %s."),
                   read.text ());
      return false;
    }
  if (is_jpeg_2000 (instance->transfer_syntax))
    {
      if (!decode_jpeg_2000 (what, &dataset, error))
        return false;
      DicomImage image (&dataset, EXS_LittleEndianExplicit, 0ul, 0ul, 1ul);
      return draw (&image, png, edge, error);
    }

  DicomImage image (&dataset, xfer.getXfer (), CIF_UsePartialAccessToPixelData,
                    static_cast<unsigned long> (what.frame ()), 1ul);
  return draw (&image, png, edge, error);
}

} // namespace

gboolean
gantry_picture_render (const char *path, const char *png, guint edge, GError **error)
try
  {
    g_autoptr (GantryInstance) instance = gantry_instance_read (path, error);
    Description what;

    if (instance == nullptr)
      return FALSE;
    gantry_frame_set_up ();
    if (!is_jpeg_2000 (instance->transfer_syntax) && !dcmtk_decodes (instance->transfer_syntax))
      {
        g_autofree char *syntax = gantry_transfer_syntax_describe (instance->transfer_syntax);

        g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                     _ ("The picture is compressed as %s, which cannot be shown here."), syntax);
        return FALSE;
      }
    g_autoptr (GBytes) file = read_file (path, error);
    return file != nullptr && describe (file, instance, &what, error)
           && render (file, instance, what, png, edge, error);
  }
/* An exception must not unwind through C frames. */
catch (...)
  {
    refuse (error, _ ("The picture cannot be made: there is not enough memory."));
    return FALSE;
  }
