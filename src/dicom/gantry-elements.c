/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-elements.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gantry-dataset-private.h"
#include "gantry-element-name.h"
#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-instance.h"
#include "gantry-registry.h"

#define PREAMBLE 128
#define READ_MAX (64u << 20)
#define VALUE_MAX 256 /* characters */
#define OCTETS_SHOWN 32

typedef struct
{
  GPtrArray *elements;
  guint limit;
  gboolean big_endian;
  char *charset;         /* (0008,0005) */
  char *transfer_syntax; /* (0002,0010) */
} List;

/* ---- Values --------------------------------------------------------------------------------- */

/* Of @length octets of text, those that can make up what is shown: no character takes more. */
static char *
describe_text (const List *self, const GantryElement *e, gboolean *cut)
{
  gsize length = MIN (e->length, VALUE_MAX * 8);
  g_autofree char *text = gantry_text_decode (self->charset, e->value, length);
  glong characters = g_utf8_strlen (text, -1);

  *cut = length < e->length || characters > VALUE_MAX;
  return characters > VALUE_MAX ? g_utf8_substring (text, 0, VALUE_MAX) : g_steal_pointer (&text);
}

static char *
describe_uid (const List *self, const GantryElement *e, gboolean *cut)
{
  g_autofree char *text = describe_text (self, e, cut);
  const GantryUid *uid = gantry_uid_lookup (text);

  return uid != NULL ? g_strdup_printf ("%s (%s)", text, uid->name) : g_steal_pointer (&text);
}

static guint64
get_number (const List *self, const guint8 *at, guint size)
{
  guint64 number = 0;

  for (guint i = 0; i < size; i++)
    number = number << 8 | at[self->big_endian ? i : size - 1 - i];
  return number;
}

static void
append_number (GString *text, const char *vr, guint64 number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  guint32 bits = (guint32)number;
  float single;
  double value;

  if (strcmp (vr, "FL") == 0)
    {
      memcpy (&single, &bits, sizeof single);
      g_string_append (text, g_ascii_formatd (buffer, sizeof buffer, "%.9g", (double)single));
    }
  else if (strcmp (vr, "FD") == 0)
    {
      memcpy (&value, &number, sizeof value);
      g_string_append (text, g_ascii_dtostr (buffer, sizeof buffer, value));
    }
  else if (strcmp (vr, "SS") == 0)
    g_string_append_printf (text, "%d", (gint16)number);
  else if (strcmp (vr, "SL") == 0)
    g_string_append_printf (text, "%d", (gint32)number);
  else if (strcmp (vr, "SV") == 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT, (gint64)number);
  else
    g_string_append_printf (text, "%" G_GUINT64_FORMAT, number);
}

static char *
describe_numbers (
    const List *self, const GantryElement *e, const char *vr, guint size, gboolean *cut)
{
  GString *text = g_string_new (NULL);
  guint32 at = 0;

  for (; e->length - at >= size && text->len < VALUE_MAX; at += size)
    {
      if (at > 0)
        g_string_append_c (text, '\\');
      append_number (text, vr, get_number (self, e->value + at, size));
    }
  *cut = e->length - at >= size;
  return g_string_free (text, FALSE);
}

static char *
describe_tags (const List *self, const GantryElement *e, gboolean *cut)
{
  GString *text = g_string_new (NULL);
  guint32 at = 0;

  for (; e->length - at >= 4 && text->len < VALUE_MAX; at += 4)
    g_string_append_printf (text, "%s(%04X,%04X)", at > 0 ? "\\" : "",
                            (guint)get_number (self, e->value + at, 2),
                            (guint)get_number (self, e->value + at + 2, 2));
  *cut = e->length - at >= 4;
  return g_string_free (text, FALSE);
}

static char *
describe_octets (const GantryElement *e, gboolean *cut)
{
  GString *text = g_string_new (NULL);

  for (guint32 i = 0; i < MIN (e->length, OCTETS_SHOWN); i++)
    g_string_append_printf (text, "%s%02X", i > 0 ? " " : "", e->value[i]);
  *cut = e->length > OCTETS_SHOWN;
  return g_string_free (text, FALSE);
}

static char *
describe_value (const List *self, const GantryElement *e, const char *vr, gboolean *cut)
{
  static const struct
  {
    const char *vr;
    guint size;
  } numbers[] = { { "US", 2 }, { "SS", 2 }, { "xs", 2 }, { "UL", 4 }, { "SL", 4 },
                  { "FL", 4 }, { "FD", 8 }, { "UV", 8 }, { "SV", 8 } };
  static const char *const texts[] = { "AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT",
                                       "PN", "SH", "ST", "TM", "UC", "UR", "UT", NULL };

  if (e->length == GANTRY_LENGTH_UNDEFINED || strcmp (vr, "SQ") == 0
      || e->tag >> 16 == GANTRY_TAG_PIXEL_DATA >> 16 || e->tag == GANTRY_TAG_ITEM)
    return g_strdup ("");
  if (strcmp (vr, "UI") == 0)
    return describe_uid (self, e, cut);
  if (strcmp (vr, "AT") == 0)
    return describe_tags (self, e, cut);
  if (g_strv_contains (texts, vr))
    return describe_text (self, e, cut);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (strcmp (vr, numbers[i].vr) == 0)
      return describe_numbers (self, e, vr, numbers[i].size, cut);
  return describe_octets (e, cut);
}

/* ---- Elements ------------------------------------------------------------------------------- */

/* Without the tag, which the dictionary's door puts behind it, and is all there is of others. */
static char *
describe_name (guint32 tag)
{
  g_autofree char *name = gantry_element_name (tag);
  char *bracket = strrchr (name, '(');

  if (bracket == name)
    return g_strdup ("");
  if (bracket != NULL)
    *bracket = '\0';
  return g_strdup (g_strchomp (name));
}

static gboolean
on_element (const GantryElement *e, gpointer user_data)
{
  List *self = user_data;
  GantryElement beginning = *e;
  GantryHeaderElement *element = gantry_header_element_new ();
  g_autofree char *name = describe_name (e->tag);
  g_autofree char *value = NULL;

  memcpy (element->vr, e->vr, sizeof element->vr);
  if (e->vr[0] == '\0' && e->tag != GANTRY_TAG_ITEM)
    gantry_element_vr (e->tag, NULL, element->vr);
  if (e->length != GANTRY_LENGTH_UNDEFINED)
    beginning.length = e->held;
  value = describe_value (self, &beginning, element->vr, &element->cut);
  element->tag = e->tag;
  element->depth = e->depth;
  element->item = e->item;
  element->length = e->length;
  gantry_record_set (&element->name, name);
  gantry_record_set (&element->value, value);
  g_ptr_array_add (self->elements, element);
  if (e->depth == 0 && e->length != GANTRY_LENGTH_UNDEFINED)
    {
      char **keep = e->tag == 0x00080005u   ? &self->charset
                    : e->tag == 0x00020010u ? &self->transfer_syntax
                                            : NULL;

      if (keep != NULL)
        {
          g_free (*keep);
          *keep = gantry_text_decode (NULL, e->value, e->held);
        }
    }
  return self->elements->len < self->limit;
}

/* ---- The file ------------------------------------------------------------------------------- */

static GByteArray *
read_beginning (const char *path, guint64 *size, GError **error)
{
  g_autoptr (GByteArray) bytes = NULL;
  struct stat info = { 0 };
  int fd = gantry_file_open (path, &info);
  gssize n = -1;
  guint at = 0;

  if (fd >= 0)
    {
      bytes = g_byte_array_new ();
      g_byte_array_set_size (bytes, (guint)MIN (info.st_size, READ_MAX));
      while (at < bytes->len && (n = read (fd, bytes->data + at, bytes->len - at)) > 0)
        at += (guint)n;
      g_byte_array_set_size (bytes, at);
    }
  if (bytes == NULL || n < 0)
    {
      g_autofree char *name = g_filename_display_name (path);

      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE, _ ("%1$s cannot be read: %2$s."), name,
                   g_strerror (errno));
      g_clear_pointer (&bytes, g_byte_array_unref);
    }
  if (fd >= 0)
    close (fd);
  *size = (guint64)info.st_size;
  return g_steal_pointer (&bytes);
}

/* The meta header is Explicit VR Little Endian (PS3.10 7.1). Returns: where the data set starts; 0:
 * there is no meta header; the end of all when it is damaged */
static gsize
list_meta (List *self, const GByteArray *bytes)
{
  GantryWalkEnd end = { 0 };
  gsize start = PREAMBLE + 4;

  if (bytes->len < start || memcmp (bytes->data + PREAMBLE, "DICM", 4) != 0)
    return 0;
  if (!gantry_dataset_walk_prefix (bytes->data + start, bytes->len - start, bytes->len - start,
                                   GANTRY_UID_EXPLICIT_LE, 0x00030000u, on_element, self, &end,
                                   NULL))
    return bytes->len;
  return start + end.offset;
}

/* What is damaged so early that nobody else takes it for a data set may begin like one. */
static gboolean
looks_bare (const GByteArray *bytes)
{
  return bytes->len >= 8 && bytes->data[0] == 0x08 && bytes->data[1] == 0x00;
}

GPtrArray *
gantry_elements_list (const char *path, guint limit, GError **error)
{
  List self = { .elements = gantry_record_array_new (), .limit = limit };
  guint64 size = 0;
  g_autoptr (GByteArray) bytes = read_beginning (path, &size, error);
  g_autoptr (GError) damage = NULL;
  g_autoptr (GantryInstance) instance = NULL;
  GantryWalkEnd end = { 0 };
  gsize start = bytes != NULL ? list_meta (&self, bytes) : 0;
  const char *syntax = self.transfer_syntax;

  /* Without a meta header it takes a guess, which is made elsewhere. */
  if (bytes != NULL && start == 0)
    instance = gantry_instance_parse (path, bytes->data, bytes->len, FALSE, NULL);
  if (instance != NULL)
    {
      start = instance->data_offset;
      syntax = instance->transfer_syntax;
    }
  else if (bytes != NULL && start == 0 && !looks_bare (bytes))
    start = bytes->len;
  if (syntax == NULL)
    syntax = GANTRY_UID_IMPLICIT_LE;
  self.big_endian = gantry_encoding_of (syntax) == GANTRY_ENCODING_EXPLICIT_BE;
  if (bytes != NULL && start < bytes->len && self.elements->len < limit)
    gantry_dataset_walk_prefix (bytes->data + start, bytes->len - start, size - start, syntax, 0,
                                on_element, &self, &end, &damage);
  g_free (self.charset);
  g_free (self.transfer_syntax);
  if (bytes != NULL && self.elements->len == 0)
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                         damage != NULL ? damage->message
                                        : _ ("There are no DICOM elements in this file."));
  if (self.elements->len == 0)
    g_clear_pointer (&self.elements, g_ptr_array_unref);
  return self.elements;
}
