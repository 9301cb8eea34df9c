/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-transcode.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-recode.h"
#include "gantry-registry.h"

#define BLOCK (256u << 10)

/* What the walk finds out before anything is rewritten. */
typedef struct
{
  gboolean fragments;        /* there are compressed pixel data */
  gboolean nested_fragments; /* and some of them in an icon */
  gboolean stray;            /* fragments where PS3.5 A.4 has none */
  gboolean odd, nested_odd;  /* values of odd length, which PS3.5 7.1.1 forbids */
  char sop_class_uid[65];
} Facts;

/* The uncompressed ones, best first. */
static const char *const plain[] = { GANTRY_UID_EXPLICIT_LE, GANTRY_UID_IMPLICIT_LE,
                                     GANTRY_UID_DEFLATED_LE, GANTRY_UID_EXPLICIT_BE, NULL };

const char *const *
gantry_transcode_list_targets (const char *from, GantryTranscoding policy)
{
  static const char *const none[] = { NULL };
  static const char *const without[][4] = {
    { GANTRY_UID_IMPLICIT_LE, GANTRY_UID_DEFLATED_LE, GANTRY_UID_EXPLICIT_BE, NULL },
    { GANTRY_UID_EXPLICIT_LE, GANTRY_UID_DEFLATED_LE, GANTRY_UID_EXPLICIT_BE, NULL },
    { GANTRY_UID_EXPLICIT_LE, GANTRY_UID_IMPLICIT_LE, GANTRY_UID_EXPLICIT_BE, NULL },
    { GANTRY_UID_EXPLICIT_LE, GANTRY_UID_IMPLICIT_LE, GANTRY_UID_DEFLATED_LE, NULL },
  };
  const GantryCompression *compression;

  if (from == NULL || (policy != GANTRY_TRANSCODING_LOSSLESS && policy != GANTRY_TRANSCODING_ANY))
    return none;
  for (gsize i = 0; i < G_N_ELEMENTS (without); i++)
    if (strcmp (from, plain[i]) == 0)
      return without[i];
  compression = gantry_compression_lookup (from);
  if (compression == NULL || (policy == GANTRY_TRANSCODING_LOSSLESS && !compression->reversible))
    return none;
  return plain;
}

static gboolean
on_element (const GantryElement *element, gpointer user_data)
{
  Facts *self = user_data;

  if (element->length == GANTRY_LENGTH_UNDEFINED)
    {
      if (element->tag == GANTRY_TAG_PIXEL_DATA)
        {
          self->fragments = TRUE;
          self->nested_fragments = self->nested_fragments || element->depth > 0;
        }
      else if (element->vr[0] == 'O')
        self->stray = TRUE;
      return TRUE;
    }
  if (element->length % 2 != 0)
    {
      self->odd = TRUE;
      self->nested_odd = self->nested_odd || element->depth > 0;
    }
  if (element->depth == 0 && element->tag == 0x00080016)
    {
      gsize n = MIN (element->held, sizeof self->sop_class_uid - 1);

      memcpy (self->sop_class_uid, element->value, n);
      self->sop_class_uid[n] = '\0';
      g_strstrip (self->sop_class_uid);
    }
  return TRUE;
}

/* All of @input through zlib, one way or the other; at most @limit octets of it. */
static GBytes *
convert (GConverter *converter,
         GBytes *input,
         guint64 limit,
         const char *folder,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (GantryScratch) out = gantry_scratch_new (folder);
  g_autofree guint8 *block = g_malloc (BLOCK);
  GConverterResult result = G_CONVERTER_CONVERTED;
  gsize length;
  const guint8 *data = g_bytes_get_data (input, &length);

  while (result != G_CONVERTER_FINISHED)
    {
      gsize read = 0, written = 0;
      g_autoptr (GError) failure = NULL;

      result = g_converter_convert (converter, data, length, block, BLOCK, G_CONVERTER_INPUT_AT_END,
                                    &read, &written, &failure);
      if (result == G_CONVERTER_ERROR)
        {
          g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                       _ ("The deflated data set is damaged: %s"), failure->message);
          return NULL;
        }
      if (gantry_scratch_get_length (out) + written > limit)
        {
          g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                       _ ("The deflated data set is larger than %u MB, which is not credible."),
                       (guint)(limit >> 20));
          return NULL;
        }
      if (!gantry_scratch_write (out, block, written, cancellable, error))
        return NULL;
      data += read;
      length -= read;
    }
  /* PS3.5 A.5: a null octet at the end where it is needed, behind the stream. */
  if (limit == G_MAXUINT64 && gantry_scratch_get_length (out) % 2 != 0
      && !gantry_scratch_write (out, "", 1, cancellable, error))
    return NULL;
  return gantry_scratch_finish (out, error);
}

static GBytes *
inflate_all (GBytes *input, const char *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (GConverter) inflater
      = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW));

  return convert (inflater, input, GANTRY_INFLATED_MAX, folder, cancellable, error);
}

static GBytes *
deflate_all (GBytes *input, const char *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (GConverter) deflater
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, -1));

  return convert (deflater, input, G_MAXUINT64, folder, cancellable, error);
}

/* PS3.4 B.4.2.1. */
static GArray *
make_edits (const Facts *facts, const char *general_class)
{
  GArray *edits = g_array_new (FALSE, FALSE, sizeof (GantryEdit));
  GantryEdit general = { .tag = 0x00080016, .vr = "UI" };
  GantryEdit original = { .tag = 0x0008001B, .vr = "UI" };

  if (general_class == NULL)
    return edits;
  g_strlcpy (general.text, general_class, sizeof general.text);
  g_strlcpy (original.text, facts->sop_class_uid, sizeof original.text);
  g_array_append_val (edits, general);
  if (original.text[0] != '\0')
    g_array_append_val (edits, original);
  return edits;
}

/* The same encoding before and after: all behind the first elements is carried over in one piece.
 */
static gboolean
copy (const GantryRecoding *recoding, GError **error)
{
  gsize rest = 0;

  if (recoding->edits->len > 0 && !gantry_recode_beginning (recoding, &rest, error))
    return FALSE;
  return gantry_scratch_write (recoding->out, recoding->data + rest, recoding->length - rest,
                               recoding->cancellable, error);
}

/* @input: not deflated; neither is what comes back */
static GBytes *
rewrite (GBytes *input,
         const char *from,
         const char *to,
         const char *general_class,
         const char *folder,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (GantryScratch) out = gantry_scratch_new (folder);
  g_autoptr (GArray) edits = NULL;
  Facts facts = { 0 };
  gboolean same = strcmp (from, to) == 0, alike;
  GantryRecoding recoding = { .from = gantry_encoding_of (from),
                              .to = gantry_encoding_of (to),
                              .decompress = same ? NULL : gantry_compression_lookup (from),
                              .out = out,
                              .cancellable = cancellable };
  gboolean deflated = strcmp (from, GANTRY_UID_DEFLATED_LE) == 0;

  recoding.data = g_bytes_get_data (input, &recoding.length);
  if (!gantry_dataset_walk (recoding.data, recoding.length,
                            deflated ? GANTRY_UID_EXPLICIT_LE : from, 0, on_element, &facts, error))
    return NULL;
  if (!same && (facts.stray || (facts.fragments && recoding.decompress == NULL)))
    {
      g_set_error_literal (
          error, GANTRY_ERROR, GANTRY_ERROR_FILE,
          _ ("There are compressed data in the object where its transfer syntax says "
             "that there are none."));
      return NULL;
    }
  recoding.edits = edits = make_edits (&facts, general_class);
  recoding.keep_lengths = recoding.from != GANTRY_ENCODING_IMPLICIT_LE
                          && recoding.to != GANTRY_ENCODING_IMPLICIT_LE && !facts.nested_odd
                          && (recoding.decompress == NULL || !facts.nested_fragments);
  alike = recoding.from == recoding.to && recoding.decompress == NULL && !facts.odd;
  if (alike && edits->len == 0)
    return g_bytes_ref (input);
  if (alike ? !copy (&recoding, error) : !gantry_recode (&recoding, error))
    return NULL;
  return gantry_scratch_finish (out, error);
}

static gboolean
is_target (const char *from, const char *to)
{
  return strcmp (from, to) == 0
         || g_strv_contains (gantry_transcode_list_targets (from, GANTRY_TRANSCODING_ANY), to);
}

GBytes *
gantry_transcode (const char *path,
                  guint64 data_offset,
                  const char *from,
                  const char *to,
                  const char *general_class,
                  const char *scratch,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GBytes) inflated = NULL;
  g_autoptr (GBytes) result = NULL;

  if (!is_target (from, to))
    {
      g_autofree char *source = gantry_transfer_syntax_describe (from);
      g_autofree char *target = gantry_transfer_syntax_describe (to);

      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                   _ ("The object is in %1$s, which cannot be turned into %2$s here."), source,
                   target);
      return NULL;
    }
  file = gantry_scratch_load (scratch, path, data_offset, cancellable, error);
  if (file == NULL)
    return NULL;
  if (strcmp (from, GANTRY_UID_DEFLATED_LE) == 0)
    inflated = inflate_all (file, scratch, cancellable, error);
  else
    inflated = g_bytes_ref (file);
  if (inflated == NULL)
    return NULL;
  result = rewrite (inflated, from, to, general_class, scratch, cancellable, error);
  if (result != NULL && strcmp (to, GANTRY_UID_DEFLATED_LE) == 0)
    return deflate_all (result, scratch, cancellable, error);
  return g_steal_pointer (&result);
}
