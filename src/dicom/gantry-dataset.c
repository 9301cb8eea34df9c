/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-dataset.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-dataset-private.h"
#include "gantry-error.h"
#include "gantry-registry.h"

#define PIXEL_GROUP 0x7FE0u

/* Enough for every item and its sequence, the data set itself and encapsulated pixel data. */
#define MAX_FRAMES (2 * GANTRY_DATASET_MAX_DEPTH + 2)

/* Of a value in a deflated data set this much is at hand; it has room for all values with a 16 bit
 * length. As much again is inflated at a time. */
#define HELD_MAX (64u << 10)
#define WINDOW (2 * HELD_MAX)
/* Of what is inflated, for nobody can interrupt it: seconds of work, and more than the
 * longest pixel data that are not in fragments. */
#define INFLATED_MAX (G_GUINT64_CONSTANT (5) << 30)

typedef enum
{
  FRAME_ELEMENTS, /* the data set or an item */
  FRAME_SEQUENCE,
  FRAME_FRAGMENTS, /* encapsulated pixel data, PS3.5 A.4 */
} FrameKind;

typedef struct
{
  FrameKind kind;
  GantryEncoding encoding;
  gboolean delimited; /* ends with a delimiter, not at end */
  gboolean guessed;   /* looked like a sequence, without a VR that says so */
  gsize end;          /* nothing in it may pass this */
  guint32 tag;        /* of the sequence that it is or belongs to; 0: the data set */
  guint item;         /* items: which; sequences: how many were met */
} Frame;

/* A deflated data set, of which only a window is there (PS3.5 A.5). */
typedef struct
{
  GConverter *inflater;
  const guint8 *input;
  gsize left; /* of it */
  gboolean ended, damaged;
  guint8 window[WINDOW];
} Inflation;

typedef struct
{
  const guint8 *data; /* what is at hand, from base on */
  gsize base;
  gsize available;      /* to where it is at hand */
  Inflation *inflation; /* NULL: not deflated */
  guint32 last_tag;
  gsize pos;
  gsize element_pos;
  guint32 stop;
  GantryElementFunc func;
  gpointer user_data;
  gboolean need_more;
  gboolean cut;
  gboolean too_deep;
  guint n_frames;
  guint depth;
  Frame frames[MAX_FRAMES];
} Walker;

typedef enum
{
  STEP_ON,
  STEP_END,
  STEP_FAILED,
} Step;

static const guint8 *
at (const Walker *self, gsize pos)
{
  return self->data + (pos - self->base);
}

static guint16
get_u16 (const Walker *self, GantryEncoding encoding, gsize pos)
{
  const guint8 *p = at (self, pos);

  return encoding == GANTRY_ENCODING_EXPLICIT_BE ? p[0] << 8 | p[1] : p[1] << 8 | p[0];
}

static guint32
get_u32 (const Walker *self, GantryEncoding encoding, gsize pos)
{
  guint32 first = get_u16 (self, encoding, pos), second = get_u16 (self, encoding, pos + 2);

  return encoding == GANTRY_ENCODING_EXPLICIT_BE ? first << 16 | second : second << 16 | first;
}

static guint32
get_tag (const Walker *self, GantryEncoding encoding, gsize pos)
{
  return (guint32)get_u16 (self, encoding, pos) << 16 | get_u16 (self, encoding, pos + 2);
}

G_GNUC_PRINTF (4, 5)
static Step
fail (const Walker *self, guint32 tag, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  /* Translators: a DICOM tag, where it is in the data set, and a sentence that says what is wrong.
   */
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
               _ ("The data set is damaged at element (%1$04X,%2$04X), byte %3$llu: %4$s"),
               tag >> 16, tag & 0xFFFF, (unsigned long long)self->element_pos, what);
  return STEP_FAILED;
}

static gboolean
push (Walker *self, Frame frame, guint32 tag, GError **error)
{
  if (frame.kind == FRAME_SEQUENCE && self->depth >= GANTRY_DATASET_MAX_DEPTH)
    {
      self->too_deep = TRUE;
      fail (self, tag, error, _ ("sequences are nested deeper than %d levels."),
            GANTRY_DATASET_MAX_DEPTH);
      return FALSE;
    }
  self->depth += frame.kind == FRAME_SEQUENCE;
  self->frames[self->n_frames++] = frame;
  return TRUE;
}

static void
pop (Walker *self)
{
  self->n_frames--;
  self->depth -= self->frames[self->n_frames].kind == FRAME_SEQUENCE;
}

static gboolean
report (const Walker *self, const GantryElement *element)
{
  return self->func == NULL || self->func (element, self->user_data);
}

/* Whether @length bytes from @pos fit where the element is. An odd length breaks PS3.5 7.1.1, but
 * such objects exist, mostly in private elements; they are kept as they are, and DCMTK too takes
 * the length as it stands. */
static gboolean
value_fits (Walker *self, const Frame *frame, guint32 tag, guint32 length, GError **error)
{
  gsize left = frame->end - self->pos;

  if (length > left)
    {
      self->cut = frame->end == self->frames[0].end
                  && (frame->kind == FRAME_FRAGMENTS || tag >> 16 == PIXEL_GROUP);
      fail (self, tag, error, _ ("it says that it is %1$u bytes long, but only %2$llu are left."),
            length, (unsigned long long)left);
      return FALSE;
    }
  return TRUE;
}

static gboolean
has (const Walker *self, gsize pos, gsize length)
{
  return self->available >= pos && self->available - pos >= length;
}

/* Inflates until @length octets from @pos are there, or the stream ends; what is before @pos goes.
 * Returns: FALSE when the stream is damaged or too long. */
static gboolean
inflate_to (Walker *self, gsize pos, gsize length, GError **error)
{
  Inflation *z = self->inflation;

  while (!z->ended && !has (self, pos, length))
    {
      gsize from = MIN (pos, self->available), kept = self->available - from;
      gsize read = 0, written = 0;
      g_autoptr (GError) failure = NULL;

      memmove (z->window, at (self, from), kept);
      self->base = from;
      switch (g_converter_convert (z->inflater, z->input, z->left, z->window + kept, WINDOW - kept,
                                   G_CONVERTER_INPUT_AT_END, &read, &written, &failure))
        {
        case G_CONVERTER_FINISHED:
          z->ended = TRUE;
          break;
        case G_CONVERTER_CONVERTED:
        case G_CONVERTER_FLUSHED:
          break;
        case G_CONVERTER_ERROR:
        default:
          z->damaged = TRUE;
          g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                       _ ("The deflated data set is damaged after %llu bytes: %s"),
                       (unsigned long long)self->available, failure->message);
          return FALSE;
        }
      z->input += read;
      z->left -= read;
      self->available += written;
      if (self->available > INFLATED_MAX)
        {
          z->damaged = TRUE;
          g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                       _ ("The deflated data set is larger than %u GB, which is not credible."),
                       (guint)(INFLATED_MAX >> 30));
          return FALSE;
        }
    }
  return TRUE;
}

/* Where a deflated data set ends is known only there. */
static gboolean
look_ahead (Walker *self, GError **error)
{
  if (!inflate_to (self, self->pos, 8, error))
    return FALSE;
  if (!self->inflation->ended)
    return TRUE;
  for (guint i = 0; i < self->n_frames; i++)
    if (self->frames[i].end == G_MAXSIZE)
      self->frames[i].end = self->available;
  if (self->available >= self->pos)
    return TRUE;
  fail (self, self->last_tag, error, _ ("it ends early."));
  return FALSE;
}

static gboolean
at_hand (Walker *self, gsize pos, gsize length, GError **error)
{
  if (self->inflation != NULL && !inflate_to (self, pos, length, error))
    return FALSE;
  if (has (self, pos, length))
    return TRUE;
  self->need_more = self->inflation == NULL;
  fail (self, 0, error, _ ("it ends early."));
  return FALSE;
}

/* Reads tag, VR and length, and leaves pos at the value. */
static Step
read_header (Walker *self, const Frame *frame, GantryElement *element, GError **error)
{
  GantryEncoding encoding = frame->encoding;
  const guint8 *p = at (self, self->pos);
  gsize header = 8;

  if (encoding == GANTRY_ENCODING_IMPLICIT_LE)
    element->length = get_u32 (self, encoding, self->pos + 4);
  else
    {
      if (!g_ascii_isupper (p[4]) || !g_ascii_isupper (p[5]))
        return fail (self, element->tag, error,
                     _ ("a value representation is expected, and there is %1$02X %2$02X."), p[4],
                     p[5]);
      element->vr[0] = p[4];
      element->vr[1] = p[5];
      if (gantry_vr_is_short (GANTRY_VR (p[4], p[5])))
        element->length = get_u16 (self, encoding, self->pos + 6);
      else
        {
          header = 12;
          if (frame->end - self->pos < header)
            return fail (self, element->tag, error, _ ("it ends early."));
          if (!at_hand (self, self->pos, header, error))
            return STEP_FAILED;
          element->length = get_u32 (self, encoding, self->pos + 8);
        }
    }
  self->pos += header;
  return STEP_ON;
}

/* What is to be reported of a value, or to be looked at, at least. */
static gboolean
hold_value (Walker *self, GantryElement *element, GError **error)
{
  element->held = self->inflation != NULL ? MIN (element->length, HELD_MAX) : element->length;
  if (!at_hand (self, self->pos, element->held, error))
    return FALSE;
  element->value = at (self, self->pos);
  return TRUE;
}

/* Without a VR that says so, a value that begins with an item is taken for a sequence, because a
 * parser with a dictionary will do that too. Bulk data may begin with any bytes. */
static gboolean
looks_like_sequence (const Walker *self, const Frame *frame, const GantryElement *element)
{
  guint group = element->tag >> 16;

  if (frame->encoding == GANTRY_ENCODING_IMPLICIT_LE)
    {
      if (group == 0x7FE0 || (group & 0xFF00) == 0x5000 || (group & 0xFF00) == 0x6000)
        return FALSE;
    }
  else if (strcmp (element->vr, "UN") != 0)
    return FALSE;
  return element->length >= 8
         && get_tag (self, GANTRY_ENCODING_IMPLICIT_LE, self->pos) == GANTRY_TAG_ITEM;
}

/* Decides how to go on from an element's header: into it or past it. */
static Step
enter_or_pass (Walker *self, const Frame *frame, GantryElement *element, GError **error)
{
  gboolean undefined = element->length == GANTRY_LENGTH_UNDEFINED;
  gboolean bulk = element->vr[0] == 'O' || element->tag == 0x7FE00010u;
  gboolean is_sequence = strcmp (element->vr, "SQ") == 0;
  gboolean is_unknown = strcmp (element->vr, "UN") == 0;
  Frame inner = { .kind = FRAME_SEQUENCE, .encoding = frame->encoding, .tag = element->tag };

  if (undefined)
    {
      if (bulk)
        inner.kind = FRAME_FRAGMENTS;
      else if (!is_sequence && !is_unknown && frame->encoding != GANTRY_ENCODING_IMPLICIT_LE)
        return fail (self, element->tag, error,
                     _ ("its length is undefined, which %s does not allow."), element->vr);
      inner.delimited = TRUE;
      inner.end = frame->end;
    }
  else
    {
      if (!value_fits (self, frame, element->tag, element->length, error)
          || (!is_sequence && !hold_value (self, element, error)))
        return STEP_FAILED;
      inner.guessed = !is_sequence && looks_like_sequence (self, frame, element);
      inner.end = self->pos + element->length;
    }
  /* PS3.5 6.2.2: the content of UN is Implicit VR Little Endian whatever is around it. */
  if (is_unknown)
    inner.encoding = GANTRY_ENCODING_IMPLICIT_LE;

  if (element->value == NULL)
    element->value = at (self, self->pos);
  if (!report (self, element))
    return STEP_END;
  if (undefined || is_sequence || inner.guessed)
    return push (self, inner, element->tag, error) ? STEP_ON : STEP_FAILED;
  self->pos = inner.end;
  return STEP_ON;
}

static Step
step_elements (Walker *self, Frame *frame, guint32 tag, GError **error)
{
  GantryElement element = { .tag = tag, .depth = self->depth, .item = frame->item };
  Step step;

  if (self->n_frames == 1 && self->stop != 0 && tag >= self->stop)
    return STEP_END;
  if (tag == GANTRY_TAG_ITEM_END && frame->delimited)
    {
      self->pos += 8;
      pop (self);
      return STEP_ON;
    }
  if (tag >> 16 == 0xFFFE)
    return fail (self, tag, error, _ ("an item or delimiter stands where an element is expected."));

  step = read_header (self, frame, &element, error);
  return step == STEP_ON ? enter_or_pass (self, frame, &element, error) : step;
}

static Step
step_sequence (Walker *self, Frame *frame, guint32 tag, GError **error)
{
  guint32 length = get_u32 (self, frame->encoding, self->pos + 4);
  Frame item = {
    .kind = FRAME_ELEMENTS, .encoding = frame->encoding, .tag = frame->tag, .end = frame->end
  };

  if (tag == GANTRY_TAG_SEQUENCE_END && frame->delimited)
    {
      self->pos += 8;
      pop (self);
      return STEP_ON;
    }
  if (tag != GANTRY_TAG_ITEM)
    return fail (self, tag, error, _ ("an item of the sequence (%1$04X,%2$04X) is expected here."),
                 frame->tag >> 16, frame->tag & 0xFFFF);

  self->pos += 8;
  item.item = frame->item++;
  item.delimited = length == GANTRY_LENGTH_UNDEFINED;
  if (!item.delimited)
    {
      if (!value_fits (self, frame, tag, length, error))
        return STEP_FAILED;
      item.end = self->pos + length;
    }
  return push (self, item, tag, error) ? STEP_ON : STEP_FAILED;
}

static Step
step_fragments (Walker *self, Frame *frame, guint32 tag, GError **error)
{
  GantryElement fragment = { .tag = tag, .depth = self->depth + 1, .item = frame->item++ };

  fragment.length = get_u32 (self, frame->encoding, self->pos + 4);
  self->pos += 8;
  if (tag == GANTRY_TAG_SEQUENCE_END)
    {
      pop (self);
      return STEP_ON;
    }
  if (tag != GANTRY_TAG_ITEM)
    return fail (self, tag, error, _ ("a fragment of the pixel data is expected here."));
  if (!value_fits (self, frame, tag, fragment.length, error)
      || !hold_value (self, &fragment, error))
    return STEP_FAILED;

  self->pos += fragment.length;
  return report (self, &fragment) ? STEP_ON : STEP_END;
}

static Step
step (Walker *self, GError **error)
{
  Frame *frame = &self->frames[self->n_frames - 1];
  guint32 tag;

  if (self->inflation != NULL && !look_ahead (self, error))
    return STEP_FAILED;
  self->element_pos = self->pos;
  if (self->pos == frame->end && !frame->delimited)
    {
      pop (self);
      return self->n_frames == 0 ? STEP_END : STEP_ON;
    }
  if (frame->end - self->pos < 8)
    return fail (self, frame->tag, error,
                 frame->delimited ? _ ("it ends early, without a delimiter.")
                                  : _ ("it ends early."));
  if (!at_hand (self, self->pos, 8, error))
    return STEP_FAILED;

  self->last_tag = tag = get_tag (self, frame->encoding, self->pos);
  switch (frame->kind)
    {
    case FRAME_SEQUENCE:
      return step_sequence (self, frame, tag, error);
    case FRAME_FRAGMENTS:
      return step_fragments (self, frame, tag, error);
    case FRAME_ELEMENTS:
    default:
      return step_elements (self, frame, tag, error);
    }
}

/* What was only guessed to be a sequence and does not read like one is a value after all. */
static gboolean
undo_guess (Walker *self, GError **error)
{
  if (self->too_deep || self->need_more || (self->inflation != NULL && self->inflation->damaged))
    return FALSE;
  for (guint n = self->n_frames; n > 0; n--)
    if (self->frames[n - 1].guessed)
      {
        while (self->n_frames > n)
          pop (self);
        self->pos = self->frames[n - 1].end;
        pop (self);
        g_clear_error (error);
        return TRUE;
      }
  return FALSE;
}

static gboolean
walk_plain (Walker *self, gsize total, GantryEncoding encoding, GantryWalkEnd *end, GError **error)
{
  GError *failure = NULL;
  Step result;

  self->frames[self->n_frames++]
      = (Frame){ .kind = FRAME_ELEMENTS, .encoding = encoding, .end = total };
  do
    result = step (self, &failure);
  while (result == STEP_ON || (result == STEP_FAILED && undo_guess (self, &failure)));

  end->offset = self->element_pos;
  end->need_more = self->need_more;
  end->cut = self->cut;
  if (result == STEP_END)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

/* However much becomes of it, no more than a window of it is there at a time. */
static gboolean
walk_deflated (Walker *self, gsize length, GantryWalkEnd *end, GError **error)
{
  g_autoptr (GConverter) inflater
      = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW));
  g_autofree Inflation *inflation = g_new (Inflation, 1);

  inflation->inflater = inflater;
  inflation->input = self->data;
  inflation->left = length;
  inflation->ended = inflation->damaged = FALSE;
  self->inflation = inflation;
  self->data = inflation->window;
  self->available = 0;
  return walk_plain (self, G_MAXSIZE, GANTRY_ENCODING_EXPLICIT_LE, end, error);
}

gboolean
gantry_dataset_walk_prefix (const guint8 *data,
                            gsize available,
                            gsize total,
                            const char *transfer_syntax,
                            guint32 stop,
                            GantryElementFunc func,
                            gpointer user_data,
                            GantryWalkEnd *end,
                            GError **error)
{
  Walker self = { .data = data, .available = available };

  self.stop = stop;
  self.func = func;
  self.user_data = user_data;
  *end = (GantryWalkEnd){ 0 };
  if (g_strcmp0 (transfer_syntax, GANTRY_UID_DEFLATED_LE) != 0)
    return walk_plain (&self, total, gantry_encoding_of (transfer_syntax), end, error);
  if (available == total)
    return walk_deflated (&self, total, end, error);

  end->need_more = TRUE;
  fail (&self, 0, error, _ ("it ends early."));
  return FALSE;
}

gboolean
gantry_dataset_walk (const guint8 *data,
                     gsize length,
                     const char *transfer_syntax,
                     guint32 stop,
                     GantryElementFunc func,
                     gpointer user_data,
                     GError **error)
{
  GantryWalkEnd end;

  return gantry_dataset_walk_prefix (data, length, length, transfer_syntax, stop, func, user_data,
                                     &end, error);
}
