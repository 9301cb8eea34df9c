/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dccodec.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>

#include <glib/gi18n-lib.h>

#include "gantry-error.h"
#include "gantry-frame.h"

/* Logging is for those who look for a fault in the network; pictures fail in a sentence. */
void
gantry_frame_set_up (void)
{
  static gsize done = 0;

  if (!g_once_init_enter (&done))
    return;
  for (const char *name :
       { "dcmtk.dcmdata", "dcmtk.dcmimgle", "dcmtk.dcmimage", "dcmtk.dcmjpeg", "dcmtk.dcmjpls" })
    OFLog::getLogger (name).setLogLevel (OFLogger::OFF_LOG_LEVEL);
  DJDecoderRegistration::registerCodecs ();
  DJLSDecoderRegistration::registerCodecs ();
  DcmRLEDecoderRegistration::registerCodecs ();
  g_once_init_leave (&done, 1);
}

/* The decoders look for the form of the picture in a data set: one that says what the stream has.
 */
static void
describe (DcmItem *item, const GantryImage *image, guint bits)
{
  bool rle = image->compression->codec == GANTRY_CODEC_RLE;

  item->putAndInsertUint16 (DCM_SamplesPerPixel, image->samples);
  item->putAndInsertString (DCM_PhotometricInterpretation, image->coded_photometric);
  item->putAndInsertUint16 (DCM_PlanarConfiguration, rle ? image->planar : 0);
  item->putAndInsertString (DCM_NumberOfFrames, "1");
  item->putAndInsertUint16 (DCM_Rows, image->rows);
  item->putAndInsertUint16 (DCM_Columns, image->columns);
  item->putAndInsertUint16 (DCM_BitsAllocated, bits);
  item->putAndInsertUint16 (DCM_BitsStored, rle ? bits : image->header.bits);
  item->putAndInsertUint16 (DCM_HighBit, (rle ? bits : image->header.bits) - 1);
  item->putAndInsertUint16 (DCM_PixelRepresentation, 0);
}

static OFCondition
put_item (DcmPixelSequence *sequence, const guint8 *data, gsize length)
{
  auto *item = new DcmPixelItem (DCM_PixelItemTag);
  OFCondition result = sequence->insert (item);

  if (result.good () && length > 0)
    result = item->putUint8Array (data, length);
  return result;
}

gboolean
gantry_frame_decode (const GantryImage *image,
                     const guint8 *data,
                     gsize data_length,
                     guint bits,
                     guint8 *out,
                     gsize length,
                     GError **error)
try
  {
    DcmItem item;
    DcmPixelSequence sequence (DCM_PixelSequenceTag);
    DcmXfer xfer (image->compression->syntax);
    Uint32 fragment = 0;
    OFString photometric;
    OFCondition result;

    gantry_frame_set_up ();
    describe (&item, image, bits);
    result = put_item (&sequence, nullptr, 0);
    if (result.good ())
      result = put_item (&sequence, data, data_length);
    if (result.good ())
      result = DcmCodecList::decodeFrame (xfer, nullptr, &sequence, &item, 0, fragment, out, length,
                                          photometric);
    if (result.bad ())
      {
        g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE, "%s", result.text ());
        return FALSE;
      }
    if (bits == 16 && image->compression->codec != GANTRY_CODEC_RLE)
      {
        auto *samples = reinterpret_cast<guint16 *> (out);

        for (gsize i = 0; i < length / 2; i++)
          samples[i] = GUINT16_TO_LE (samples[i]);
      }
    return TRUE;
  }
/* An exception must not unwind through C frames. */
catch (...)
  {
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                         _ ("there is not enough memory for it"));
    return FALSE;
  }
