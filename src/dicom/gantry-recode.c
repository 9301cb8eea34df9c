/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-recode.h"

#include <string.h>

#include "gantry-element-name.h"
#include "gantry-recode-octets.h"

#define VR_UN GANTRY_VR ('U', 'N')
#define VR_SQ GANTRY_VR ('S', 'Q')
#define VR_OB GANTRY_VR ('O', 'B')
#define VR_OW GANTRY_VR ('O', 'W')

/* The data set or an item: where it ends, and what its elements mean together. */
typedef struct _Level
{
  const struct _Level *outer;
  guint depth;
  GantryEncoding encoding;
  gsize pos, end;
  gboolean delimited; /* ends with a delimiter, not at end */
  gboolean is_signed; /* Pixel Representation (0028,0103), which decides between US and SS */
  guint allocated;    /* Bits Allocated (0028,0100) */
  guint creator_group;
  GantryHead *creators; /* of creator_group, by the block that they own; NULL until there is one */
} Level;

static gboolean recode_level (
    const GantryRecoding *self, Level *level, GArray *edits, guint32 stop, GError **error);

/* The text of the private creator that owns @tag in @level, NULL when nobody claimed it. */
static char *
get_creator (const GantryRecoding *self, const Level *level, guint32 tag)
{
  const GantryHead *creator = level->creators != NULL ? &level->creators[tag >> 8 & 0xFF] : NULL;
  char *text;

  if (creator == NULL || creator->length == 0 || level->creator_group != tag >> 16)
    return NULL;
  text = g_strndup ((const char *)self->data + creator->value, MIN (creator->length, 64));
  return g_strstrip (text);
}

static void
remember (const GantryRecoding *self, Level *level, const GantryHead *head)
{
  guint32 tag = head->tag;

  if (tag == 0x00280103 && head->length == 2)
    level->is_signed = gantry_recode_get_u16 (self->data + head->value, level->encoding) == 1;
  else if (tag == 0x00280100 && head->length == 2)
    level->allocated = gantry_recode_get_u16 (self->data + head->value, level->encoding);
  else if (tag >> 16 & 1 && (tag & 0xFFFF) >= 0x10 && (tag & 0xFFFF) <= 0xFF)
    {
      if (level->creators == NULL)
        level->creators = g_new0 (GantryHead, 256);
      else if (level->creator_group != tag >> 16)
        memset (level->creators, 0, 256 * sizeof (GantryHead));
      level->creator_group = tag >> 16;
      level->creators[tag & 0xFF] = *head;
    }
}

/* What an element that came without its value representation is now given. */
static guint
find_vr (const GantryRecoding *self, const Level *level, const GantryHead *head)
{
  g_autofree char *creator = get_creator (self, level, head->tag);
  char vr[3];

  /* PS3.5 7.5: without a known end there can only be items. */
  if (head->length == GANTRY_LENGTH_UNDEFINED)
    return VR_SQ;
  if ((head->tag & 0xFFFF) == 0)
    return GANTRY_VR ('U', 'L');
  gantry_element_vr (head->tag, creator, vr);
  if (strcmp (vr, "xs") == 0)
    g_strlcpy (vr, level->is_signed ? "SS" : "US", sizeof vr);
  /* PS3.5 A.2 allows both for few bits; as octets they survive another change of byte order. */
  if (strcmp (vr, "ox") == 0)
    return head->tag == GANTRY_TAG_PIXEL_DATA && level->allocated > 0 && level->allocated <= 8
               ? VR_OB
               : VR_OW;
  return GANTRY_VR (vr[0], vr[1]);
}

/* PS3.5 6.2.2: UN also where the value does not fit the representation. */
static guint
choose_vr (const GantryRecoding *self, const Level *level, const GantryHead *head)
{
  guint vr = head->vr;
  gboolean undefined = head->length == GANTRY_LENGTH_UNDEFINED;

  if (level->encoding == GANTRY_ENCODING_IMPLICIT_LE)
    {
      if (self->to == GANTRY_ENCODING_IMPLICIT_LE)
        return undefined ? VR_SQ : VR_UN;
      vr = find_vr (self, level, head);
      if (vr == VR_SQ && !undefined && head->length > 0
          && (head->length < 8
              || gantry_recode_get_u16 (self->data + head->value, level->encoding)
                     != GANTRY_TAG_ITEM >> 16))
        return VR_UN;
      if (!undefined && head->length % gantry_recode_get_unit (vr) != 0 && vr != VR_OW)
        return VR_UN;
    }
  if (!undefined && gantry_vr_is_short (vr) && head->length > 0xFFFE)
    return VR_UN;
  return vr;
}

static guint32
get_new_length (const GantryRecoding *self, guint32 length)
{
  return self->keep_lengths ? length : GANTRY_LENGTH_UNDEFINED;
}

static gboolean
recode_item (const GantryRecoding *self,
             const Level *outer,
             GantryEncoding encoding,
             const GantryHead *item,
             gsize end,
             gsize *after,
             GError **error)
{
  guint32 length = get_new_length (self, item->length);
  Level level = { .outer = outer,
                  .depth = outer->depth + 1,
                  .encoding = encoding,
                  .pos = item->value,
                  .end = end,
                  .delimited = item->length == GANTRY_LENGTH_UNDEFINED,
                  .is_signed = outer->is_signed };
  gboolean ok;

  if (level.depth > GANTRY_DATASET_MAX_DEPTH)
    return gantry_recode_fail (item, error);
  if (!level.delimited)
    level.end = item->value + item->length;
  ok = gantry_recode_put_head (self, GANTRY_TAG_ITEM, 0, length, error)
       && recode_level (self, &level, NULL, 0, error)
       && (length != GANTRY_LENGTH_UNDEFINED
           || gantry_recode_put_delimiter (self, GANTRY_TAG_ITEM_END, error));
  g_free (level.creators);
  *after = level.pos;
  return ok;
}

static gboolean
recode_sequence (const GantryRecoding *self, Level *level, const GantryHead *head, GError **error)
{
  gboolean delimited = head->length == GANTRY_LENGTH_UNDEFINED;
  guint32 length = get_new_length (self, head->length);
  gsize pos = head->value, end = delimited ? level->end : head->value + head->length;

  /* PS3.5 7.5.1: an empty sequence says so in its length. */
  if (head->length == 0)
    length = 0;
  if (!gantry_recode_put_head (self, head->tag, VR_SQ, length, error))
    return FALSE;
  while (delimited || pos < end)
    {
      GantryHead item = *head;

      if (!gantry_recode_read_head (self, level->encoding, pos, end, &item, error))
        return FALSE;
      if (delimited && item.tag == GANTRY_TAG_SEQUENCE_END)
        {
          pos = item.value;
          break;
        }
      if (item.tag != GANTRY_TAG_ITEM)
        return gantry_recode_fail (head, error);
      if (!recode_item (self, level, level->encoding, &item, end, &pos, error))
        return FALSE;
    }
  level->pos = pos;
  return length != GANTRY_LENGTH_UNDEFINED
         || gantry_recode_put_delimiter (self, GANTRY_TAG_SEQUENCE_END, error);
}

/* PS3.5 6.2.2: inside of UN all is Implicit VR Little Endian, also when the rest is not. */
static gboolean
copy_unknown (const GantryRecoding *self, Level *level, const GantryHead *head, GError **error)
{
  gsize after;

  if (!gantry_recode_skip (self, GANTRY_ENCODING_IMPLICIT_LE, head->value, level->end,
                           GANTRY_TAG_SEQUENCE_END, level->depth, &after, error))
    return FALSE;
  level->pos = after;
  return gantry_recode_put_head (self, head->tag, VR_UN, GANTRY_LENGTH_UNDEFINED, error)
         && gantry_recode_put (self, self->data + head->value, after - head->value, error);
}

/* Adds each fragment to @fragments, or, when that is NULL, copies it. */
static gboolean
each_fragment (const GantryRecoding *self,
               Level *level,
               const GantryHead *head,
               GArray *fragments,
               GError **error)
{
  gsize pos = head->value;

  for (;;)
    {
      GantryHead item = *head;

      if (!gantry_recode_read_head (self, level->encoding, pos, level->end, &item, error))
        return FALSE;
      pos = item.value;
      if (item.tag == GANTRY_TAG_SEQUENCE_END)
        break;
      if (item.tag != GANTRY_TAG_ITEM || item.length == GANTRY_LENGTH_UNDEFINED)
        return gantry_recode_fail (head, error);
      pos += item.length;
      if (fragments != NULL)
        {
          GantryFragment fragment = { self->data + item.value, item.length };

          g_array_append_val (fragments, fragment);
        }
      else if (!gantry_recode_put_value (self, &item, 0, level->encoding, error))
        return FALSE;
    }
  level->pos = pos;
  return fragments != NULL || gantry_recode_put_delimiter (self, GANTRY_TAG_SEQUENCE_END, error);
}

static gboolean
recode_fragments (const GantryRecoding *self,
                  Level *level,
                  const GantryHead *head,
                  GantryImage *image,
                  GError **error)
{
  guint64 length;
  guint vr;

  if (image == NULL)
    return gantry_recode_put_head (self, head->tag, head->vr != 0 ? head->vr : VR_OB,
                                   GANTRY_LENGTH_UNDEFINED, error)
           && each_fragment (self, level, head, NULL, error);

  if (!gantry_recode_skip (self, level->encoding, head->value, level->end, GANTRY_TAG_SEQUENCE_END,
                           level->depth, &level->pos, error))
    return FALSE;
  length = gantry_image_get_length (image);
  /* PS3.5 A.2. */
  vr = image->allocated > 8 ? VR_OW : VR_OB;
  return gantry_recode_put_head (self, head->tag, vr, (guint32)(length + length % 2), error)
         && gantry_image_decode (image, vr == VR_OW && self->to == GANTRY_ENCODING_EXPLICIT_BE,
                                 self->out, self->cancellable, error)
         && (length % 2 == 0 || gantry_recode_put (self, "", 1, error));
}

static gboolean
recode_element (const GantryRecoding *self,
                Level *level,
                const GantryHead *head,
                GantryImage *image,
                GError **error)
{
  guint vr = choose_vr (self, level, head);

  level->pos = head->value;
  if (head->length == GANTRY_LENGTH_UNDEFINED)
    {
      if (head->tag == GANTRY_TAG_PIXEL_DATA)
        return recode_fragments (self, level, head, image, error);
      if (head->vr >> 8 == 'O')
        return recode_fragments (self, level, head, NULL, error);
      return vr == VR_UN ? copy_unknown (self, level, head, error)
                         : recode_sequence (self, level, head, error);
    }
  if (vr == VR_SQ)
    return recode_sequence (self, level, head, error);
  level->pos += head->length;
  return gantry_recode_put_value (self, head, vr, level->encoding, error);
}

static gboolean
put_edit (const GantryRecoding *self, const GantryEdit *edit, GError **error)
{
  guint vr = GANTRY_VR (edit->vr[0], edit->vr[1]);
  gsize length = strlen (edit->text);
  guint8 number[2];

  if (edit->drop)
    return TRUE;
  if (strcmp (edit->vr, "US") == 0)
    {
      gantry_recode_set_u16 (number, edit->number, self->to);
      return gantry_recode_put_head (self, edit->tag, vr, 2, error)
             && gantry_recode_put (self, number, 2, error);
    }
  return gantry_recode_put_head (self, edit->tag, vr, (guint32)(length + length % 2), error)
         && gantry_recode_put (self, edit->text, length, error)
         && (length % 2 == 0 || gantry_recode_put (self, gantry_recode_get_padding (vr), 1, error));
}

static gboolean
is_at_end (const Level *level)
{
  return !level->delimited && level->pos == level->end;
}

/* Looks through the elements of @level, without those of its sequences, for an image whose pixel
 * data are to be decompressed; its description stands before them and is written before them. */
static gboolean
find_image (const GantryRecoding *self, Level level, GantryImage *image, GError **error)
{
  while (!is_at_end (&level))
    {
      GantryHead head = { 0 };

      if (!gantry_recode_read_head (self, level.encoding, level.pos, level.end, &head, error))
        return FALSE;
      if (level.delimited && head.tag == GANTRY_TAG_ITEM_END)
        return TRUE;
      level.pos = head.value;
      if (head.length != GANTRY_LENGTH_UNDEFINED)
        {
          gantry_image_take (image, head.tag, self->data + head.value, head.length);
          level.pos += head.length;
        }
      else if (head.tag == GANTRY_TAG_PIXEL_DATA && !image->encapsulated)
        {
          image->encapsulated = TRUE;
          image->fragments = g_array_new (FALSE, FALSE, sizeof (GantryFragment));
          if (!each_fragment (self, &level, &head, image->fragments, error))
            return FALSE;
        }
      else if (!gantry_recode_skip (
                   self, head.vr == VR_UN ? GANTRY_ENCODING_IMPLICIT_LE : level.encoding,
                   head.value, level.end, GANTRY_TAG_SEQUENCE_END, level.depth, &level.pos, error))
        return FALSE;
    }
  return TRUE;
}

/* Writes those of @edits that come before @tag, and takes them off: TRUE in @replaced when one is
 * about @tag itself. */
static gboolean
put_edits (const GantryRecoding *self,
           GArray *edits,
           guint *next,
           guint32 tag,
           gboolean *replaced,
           GError **error)
{
  *replaced = FALSE;
  for (; edits != NULL && *next < edits->len; (*next)++)
    {
      const GantryEdit *edit = &g_array_index (edits, GantryEdit, *next);

      if (edit->tag > tag)
        break;
      *replaced = edit->tag == tag;
      if (!put_edit (self, edit, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
recode_elements (const GantryRecoding *self,
                 Level *level,
                 GArray *edits,
                 guint32 stop,
                 GantryImage *image,
                 GError **error)
{
  guint next = 0;
  gboolean replaced;

  while (!is_at_end (level))
    {
      GantryHead head = { 0 };

      if (!gantry_recode_read_head (self, level->encoding, level->pos, level->end, &head, error))
        return FALSE;
      if (stop != 0 && head.tag > stop)
        break;
      if (level->delimited && head.tag == GANTRY_TAG_ITEM_END)
        {
          level->pos = head.value;
          break;
        }
      if (head.tag >> 16 == 0xFFFE)
        return gantry_recode_fail (&head, error);
      remember (self, level, &head);
      if (!put_edits (self, edits, &next, head.tag, &replaced, error))
        return FALSE;
      if (replaced
          || ((head.tag & 0xFFFF) == 0 && (level->depth == 0 || !self->keep_lengths)
              && head.length != GANTRY_LENGTH_UNDEFINED))
        {
          if (head.length == GANTRY_LENGTH_UNDEFINED)
            return gantry_recode_fail (&head, error);
          level->pos = head.value + head.length;
        }
      else if (!recode_element (self, level, &head, image, error))
        return FALSE;
    }
  return put_edits (self, edits, &next, G_MAXUINT32, &replaced, error);
}

/* @stop: elements behind this are left unread; 0 for all */
static gboolean
recode_level (const GantryRecoding *self, Level *level, GArray *edits, guint32 stop, GError **error)
{
  g_autoptr (GArray) own = g_array_new (FALSE, FALSE, sizeof (GantryEdit));
  GantryImage image = { .samples = 1 };
  gboolean ok = TRUE;

  if (edits != NULL)
    g_array_append_vals (own, edits->data, edits->len);
  if (self->decompress != NULL)
    ok = find_image (self, *level, &image, error)
         && (!image.encapsulated
             || gantry_image_prepare (&image, self->decompress, level->depth == 0, own, error));
  if (ok)
    ok = recode_elements (self, level, own, stop, image.encapsulated ? &image : NULL, error);
  gantry_image_clear (&image);
  return ok;
}

gboolean
gantry_recode (const GantryRecoding *self, GError **error)
{
  Level level = { .encoding = self->from, .end = self->length };
  gboolean ok = recode_level (self, &level, self->edits, 0, error);

  g_free (level.creators);
  return ok;
}

gboolean
gantry_recode_beginning (const GantryRecoding *self, gsize *rest, GError **error)
{
  Level level = { .encoding = self->from, .end = self->length };
  guint32 last = g_array_index (self->edits, GantryEdit, self->edits->len - 1).tag;
  gboolean ok = recode_level (self, &level, self->edits, last, error);

  g_free (level.creators);
  *rest = level.pos;
  return ok;
}
