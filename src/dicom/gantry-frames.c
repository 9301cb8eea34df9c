/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-frames.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"

static guint64
get_offset (const guint8 *p, guint width)
{
  guint64 value = 0;

  for (guint i = width; i > 0; i--)
    value = value << 8 | p[i - 1];
  return value;
}

/* Whether @table, of offsets @width octets wide from the first fragment's item on, names the
 * beginning of one fragment after the other. */
static gboolean
split_by_table (
    const GArray *fragments, guint64 n_frames, GantryFragment table, guint width, GArray *firsts)
{
  guint64 position = 0;
  guint fragment = 1;

  if (table.length / width != n_frames)
    return FALSE;
  for (guint64 frame = 0; frame < n_frames; frame++)
    {
      guint64 offset = get_offset (table.data + frame * width, width);

      for (; fragment < fragments->len && position < offset; fragment++)
        position += 8 + (guint64)g_array_index (fragments, GantryFragment, fragment).length;
      if (position != offset || fragment == fragments->len || (frame == 0 && fragment != 1)
          || (frame > 0 && fragment == g_array_index (firsts, guint, frame - 1)))
        return FALSE;
      g_array_append_val (firsts, fragment);
    }
  g_array_append_val (firsts, fragments->len);
  return TRUE;
}

static gboolean
begins_stream (const GantryFragment *fragment, GantryCodec codec)
{
  static const guint8 jpeg[] = { 0xFF, 0xD8, 0xFF }, codestream[] = { 0xFF, 0x4F, 0xFF, 0x51 };

  if (codec == GANTRY_CODEC_JPEG || codec == GANTRY_CODEC_JPEG_LS)
    return fragment->length >= sizeof jpeg && memcmp (fragment->data, jpeg, sizeof jpeg) == 0;
  if (codec != GANTRY_CODEC_JPEG_2000)
    return FALSE;
  return (fragment->length >= sizeof codestream
          && memcmp (fragment->data, codestream, sizeof codestream) == 0)
         || (fragment->length >= 12 && memcmp (fragment->data + 4, "jP  ", 4) == 0);
}

static gboolean
split_by_content (const GArray *fragments, guint64 n_frames, GantryCodec codec, GArray *firsts)
{
  for (guint i = 1; i < fragments->len; i++)
    if (begins_stream (&g_array_index (fragments, GantryFragment, i), codec))
      g_array_append_val (firsts, i);
  if (firsts->len != n_frames || g_array_index (firsts, guint, 0) != 1)
    return FALSE;
  g_array_append_val (firsts, fragments->len);
  return TRUE;
}

GArray *
gantry_frames_split (const GArray *fragments,
                     guint64 n_frames,
                     GantryFragment extended,
                     GantryCodec codec,
                     GError **error)
{
  g_autoptr (GArray) firsts = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n = fragments->len, one = 1;

  if (n < 2 || n - 1 < n_frames)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                   _ ("The object says that it has %1$llu frames, but its pixel data are in %2$u "
                      "pieces only."),
                   (unsigned long long)n_frames, n > 0 ? n - 1 : 0);
      return NULL;
    }
  if (n_frames == 1)
    {
      g_array_append_val (firsts, one);
      g_array_append_val (firsts, n);
      return g_steal_pointer (&firsts);
    }
  if (n - 1 == n_frames)
    {
      for (guint i = 1; i <= n; i++)
        g_array_append_val (firsts, i);
      return g_steal_pointer (&firsts);
    }
  if (split_by_table (fragments, n_frames, extended, 8, firsts))
    return g_steal_pointer (&firsts);
  g_array_set_size (firsts, 0);
  if (split_by_table (fragments, n_frames, g_array_index (fragments, GantryFragment, 0), 4, firsts))
    return g_steal_pointer (&firsts);
  g_array_set_size (firsts, 0);
  if (split_by_content (fragments, n_frames, codec, firsts))
    return g_steal_pointer (&firsts);

  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                       _ ("The frames in the compressed pixel data cannot be told apart."));
  return NULL;
}
