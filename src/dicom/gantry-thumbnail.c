/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-thumbnail.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <png.h>

#include "gantry-error.h"

/* The mean of the source pixels that @to covers, edges by the part that is covered. */
static void
scale_line (const float *from, guint n_from, float *to, guint n_to, guint channels)
{
  double ratio = (double)n_from / n_to;

  for (guint i = 0; i < n_to; i++)
    {
      double begin = i * ratio, end = MIN ((i + 1) * ratio, n_from);

      for (guint c = 0; c < channels; c++)
        {
          double sum = 0;

          for (guint k = begin; k < end; k++)
            sum += from[k * channels + c] * (MIN (end, k + 1.0) - MAX (begin, k));
          to[i * channels + c] = sum / (end - begin);
        }
    }
}

static void
add_line (float *sum, const float *line, gsize n, double weight)
{
  for (gsize i = 0; i < n; i++)
    sum[i] += line[i] * weight;
}

static guint8 *
scale (const guint8 *pixels,
       guint width,
       guint height,
       guint channels,
       guint to_width,
       guint to_height)
{
  guint8 *out = g_malloc ((gsize)to_width * to_height * channels);
  g_autofree float *from = g_new (float, (gsize)width *channels);
  g_autofree float *line = g_new0 (float, (gsize)to_width *channels);
  g_autofree float *sum = g_new (float, (gsize)to_width *channels);
  double ratio = (double)height / to_height;
  gsize n = (gsize)to_width * channels;

  for (guint y = 0; y < to_height; y++)
    {
      double begin = y * ratio, end = MIN ((y + 1) * ratio, height);

      for (gsize i = 0; i < n; i++)
        sum[i] = 0;
      for (guint k = begin; k < end; k++)
        {
          const guint8 *row = pixels + (gsize)k * width * channels;

          for (gsize i = 0; i < (gsize)width * channels; i++)
            from[i] = row[i];
          scale_line (from, width, line, to_width, channels);
          add_line (sum, line, n, MIN (end, k + 1.0) - MAX (begin, k));
        }
      for (gsize i = 0; i < n; i++)
        out[y * n + i] = CLAMP (lround (sum[i] / (end - begin)), 0, 255);
    }
  return out;
}

gboolean
gantry_thumbnail_write (const char *png,
                        const guint8 *pixels,
                        guint width,
                        guint height,
                        guint channels,
                        double aspect,
                        guint edge,
                        GError **error)
{
  double wide = width * (aspect >= 0.1 && aspect <= 10 ? aspect : 1);
  double factor = MIN (1, edge / MAX (wide, height));
  guint to_width = MAX (1, lround (wide * factor)), to_height = MAX (1, lround (height * factor));
  g_autofree guint8 *scaled = scale (pixels, width, height, channels, to_width, to_height);
  png_image image = { .version = PNG_IMAGE_VERSION, .width = to_width, .height = to_height };
  png_alloc_size_t size;
  g_autofree char *file = NULL;
  g_autoptr (GError) failure = NULL;

  image.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  size = PNG_IMAGE_PNG_SIZE_MAX (image);
  file = g_malloc (size);
  if (!png_image_write_to_memory (&image, file, &size, 0, scaled, 0, NULL))
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE, _ ("The picture cannot be written: %s"),
                 image.message);
  /* Writes beside it and renames. */
  else if (!g_file_set_contents (png, file, size, &failure))
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE, _ ("The picture cannot be written: %s"),
                 failure->message);
  else
    return TRUE;
  return FALSE;
}
