/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-codestream.h"

#include <glib/gi18n-lib.h>
#include <openjpeg.h>
#include <string.h>

#include "gantry-error.h"

typedef struct
{
  const guint8 *data;
  gsize length, pos;
} Memory;

static OPJ_SIZE_T
memory_read (void *buffer, OPJ_SIZE_T n, void *user_data)
{
  Memory *self = user_data;

  n = MIN (n, self->length - self->pos);
  if (n == 0)
    return (OPJ_SIZE_T)-1;
  memcpy (buffer, self->data + self->pos, n);
  self->pos += n;
  return n;
}

static OPJ_OFF_T
memory_skip (OPJ_OFF_T n, void *user_data)
{
  Memory *self = user_data;

  if (n < 0 || (gsize)n > self->length - self->pos)
    return -1;
  self->pos += n;
  return n;
}

static OPJ_BOOL
memory_seek (OPJ_OFF_T pos, void *user_data)
{
  Memory *self = user_data;

  if (pos < 0 || (gsize)pos > self->length)
    return OPJ_FALSE;
  self->pos = pos;
  return OPJ_TRUE;
}

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_FILE, sentence);
  return FALSE;
}

static gboolean
check_size (const opj_image_t *image, gsize max_bytes, GError **error)
{
  guint64 width = image->x1 - image->x0, height = image->y1 - image->y0;

  if (image->x1 <= image->x0 || image->y1 <= image->y0
      || (image->numcomps != 1 && image->numcomps != 3))
    return refuse (error, _ ("The JPEG 2000 picture has a form that cannot be shown."));
  if (width * height > max_bytes / (sizeof (OPJ_INT32) * image->numcomps))
    return refuse (error, _ ("The picture is too large to be shown."));
  for (guint i = 0; i < image->numcomps; i++)
    if (image->comps[i].dx != 1 || image->comps[i].dy != 1 || image->comps[i].prec < 1
        || image->comps[i].prec > 16 || image->comps[i].prec != image->comps[0].prec
        || image->comps[i].sgnd != image->comps[0].sgnd)
      return refuse (error, _ ("The JPEG 2000 picture has a form that cannot be shown."));
  return TRUE;
}

static gboolean
take_pixels (const opj_image_t *image, GantryRaster *raster, GError **error)
{
  const opj_image_comp_t *first = &image->comps[0];
  gsize n = (gsize)first->w * first->h;

  for (guint i = 0; i < image->numcomps; i++)
    if (image->comps[i].data == NULL || image->comps[i].w != first->w
        || image->comps[i].h != first->h)
      return refuse (error, _ ("The JPEG 2000 picture is damaged."));

  *raster = (GantryRaster){ .width = first->w,
                            .height = first->h,
                            .samples = image->numcomps,
                            .bits = first->prec,
                            .is_signed = first->sgnd };
  raster->pixels = g_try_new (guint16, n * raster->samples);
  if (raster->pixels == NULL)
    return refuse (error, _ ("The picture is too large to be shown."));
  for (guint i = 0; i < raster->samples; i++)
    for (gsize p = 0; p < n; p++)
      raster->pixels[p * raster->samples + i] = image->comps[i].data[p];
  return TRUE;
}

gboolean
gantry_codestream_decode (const guint8 *data,
                          gsize length,
                          gsize max_bytes,
                          gboolean strict,
                          GantryRaster *raster,
                          GError **error)
{
  /* A JP2 file where a bare codestream should be: seen in the wild. */
  gboolean boxed = length > 12 && memcmp (data + 4, "jP  ", 4) == 0;
  opj_codec_t *codec = opj_create_decompress (boxed ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
  opj_stream_t *stream = opj_stream_create (64 << 10, OPJ_TRUE);
  opj_dparameters_t parameters;
  opj_image_t *image = NULL;
  Memory memory = { data, length, 0 };
  gboolean ok = FALSE;

  opj_set_default_decoder_parameters (&parameters);
  opj_stream_set_user_data (stream, &memory, NULL);
  opj_stream_set_user_data_length (stream, length);
  opj_stream_set_read_function (stream, memory_read);
  opj_stream_set_skip_function (stream, memory_skip);
  opj_stream_set_seek_function (stream, memory_seek);

  /* To look at, what came of a codestream that is cut short is better than no picture. */
  if (!opj_setup_decoder (codec, &parameters) || !opj_decoder_set_strict_mode (codec, strict)
      || !opj_read_header (stream, codec, &image))
    refuse (error, _ ("The JPEG 2000 picture is damaged."));
  else if (check_size (image, max_bytes, error))
    {
      if (!opj_decode (codec, stream, image))
        refuse (error, _ ("The JPEG 2000 picture is damaged."));
      else
        ok = take_pixels (image, raster, error);
    }

  opj_image_destroy (image);
  opj_stream_destroy (stream);
  opj_destroy_codec (codec);
  return ok;
}
