/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-transcode.h"

#include <glib/gstdio.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-instance.h"
#include "gantry-registry.h"
#include "test-element.h"

#define TEST_FILES "/usr/lib/python3/dist-packages/pydicom/data/test_files/"
#define RLE "1.2.840.10008.1.2.5"
#define GENERAL "1.2.840.10008.5.1.4.1.1.7"

static char *folder;

static void
append (GByteArray *bytes, const void *data, gsize length)
{
  g_byte_array_append (bytes, data, (guint)length);
}

#define APPEND(bytes, literal) append (bytes, literal, sizeof (literal) - 1)

static GBytes *
transcode_bytes (
    GByteArray *bytes, const char *from, const char *to, const char *general_class, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "input", NULL);
  GBytes *result;

  g_assert_true (g_file_set_contents (path, (char *)bytes->data, bytes->len, NULL));
  result = gantry_transcode (path, 0, from, to, general_class, folder, NULL, error);
  g_unlink (path);
  return result;
}

static void
assert_refused (GByteArray *bytes, const char *from, const char *to, const char *why)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) result = transcode_bytes (bytes, from, to, NULL, &error);

  if (result != NULL)
    {
      g_test_fail_printf ("not refused: %s", why);
      return;
    }
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
  if (strstr (error->message, why) == NULL)
    g_test_fail_printf ("%s", error->message);
}

static void
assert_bytes (GBytes *result, const void *wanted, gsize length)
{
  gsize n;
  const void *data = g_bytes_get_data (result, &n);

  g_assert_cmpmem (data, n, wanted, length);
}

typedef struct
{
  const char *name, *from;
  GantryTranscoding policy;
  const char *targets; /* by their last components */
} Targets;

static const Targets targets[] = {
  { "never", GANTRY_UID_EXPLICIT_LE, GANTRY_TRANSCODING_NEVER, "" },
  { "explicit", GANTRY_UID_EXPLICIT_LE, GANTRY_TRANSCODING_LOSSLESS, ".2 .1.99 .2.2" },
  { "implicit", GANTRY_UID_IMPLICIT_LE, GANTRY_TRANSCODING_ANY, ".2.1 .1.99 .2.2" },
  { "deflated", GANTRY_UID_DEFLATED_LE, GANTRY_TRANSCODING_LOSSLESS, ".2.1 .2 .2.2" },
  { "big-endian", GANTRY_UID_EXPLICIT_BE, GANTRY_TRANSCODING_LOSSLESS, ".2.1 .2 .1.99" },
  { "rle", RLE, GANTRY_TRANSCODING_LOSSLESS, ".2.1 .2 .1.99 .2.2" },
  { "rle-never", RLE, GANTRY_TRANSCODING_NEVER, "" },
  { "baseline-lossless", "1.2.840.10008.1.2.4.50", GANTRY_TRANSCODING_LOSSLESS, "" },
  { "baseline", "1.2.840.10008.1.2.4.50", GANTRY_TRANSCODING_ANY, ".2.1 .2 .1.99 .2.2" },
  { "jpeg-57", "1.2.840.10008.1.2.4.57", GANTRY_TRANSCODING_LOSSLESS, ".2.1 .2 .1.99 .2.2" },
  { "jpeg-70", "1.2.840.10008.1.2.4.70", GANTRY_TRANSCODING_LOSSLESS, ".2.1 .2 .1.99 .2.2" },
  { "jpeg-ls", "1.2.840.10008.1.2.4.80", GANTRY_TRANSCODING_LOSSLESS, ".2.1 .2 .1.99 .2.2" },
  { "jpeg-ls-near", "1.2.840.10008.1.2.4.81", GANTRY_TRANSCODING_LOSSLESS, "" },
  { "jpeg-2000-90", "1.2.840.10008.1.2.4.90", GANTRY_TRANSCODING_LOSSLESS, ".2.1 .2 .1.99 .2.2" },
  { "jpeg-2000-91", "1.2.840.10008.1.2.4.91", GANTRY_TRANSCODING_LOSSLESS, "" },
  { "mpeg", "1.2.840.10008.1.2.4.102", GANTRY_TRANSCODING_ANY, "" },
  { "unknown", "1.2.3.4", GANTRY_TRANSCODING_ANY, "" },
  { "empty", "", GANTRY_TRANSCODING_ANY, "" },
};

static void
test_targets (gconstpointer data)
{
  const Targets *c = data;
  const char *const *list = gantry_transcode_list_targets (c->from, c->policy);
  g_auto (GStrv) wanted = g_strsplit (c->targets, " ", -1);

  g_assert_cmpuint (g_strv_length ((char **)list), ==, g_strv_length (wanted));
  for (guint i = 0; list[i] != NULL; i++)
    g_assert_true (g_str_has_suffix (list[i], wanted[i]));
}

/* An image of one sample, whose fragments @fragments are, delimiter not included. */
static GByteArray *
make_compressed (guint16 rows, guint16 columns, guint16 bits, const char *frames)
{
  GByteArray *bytes = g_byte_array_new ();
  guint16 numbers[][2] = { { 0x0010, rows }, { 0x0011, columns },  { 0x0100, bits },
                           { 0x0101, bits }, { 0x0102, bits - 1 }, { 0x0103, 0 } };

  test_put_element (bytes, 0x0008, 0x0016, "UI", "1.2.3");
  APPEND (bytes, "\x28\0\x02\0US\2\0\1\0");
  test_put_element (bytes, 0x0028, 0x0004, "CS", "MONOCHROME2");
  test_put_element (bytes, 0x0028, 0x0008, "IS", frames);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      guint8 element[] = { 0x28, 0, (guint8)numbers[i][0], (guint8)(numbers[i][0] >> 8), 'U', 'S',
                           2,    0, (guint8)numbers[i][1], (guint8)(numbers[i][1] >> 8) };

      append (bytes, element, sizeof element);
    }
  APPEND (bytes, "\xE0\x7F\x10\0OB\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\0\0\0\0");
  return bytes;
}

static void
put_fragment (GByteArray *bytes, const void *data, gsize length)
{
  guint8 head[]
      = { 0xFE, 0xFF, 0, 0xE0, (guint8)length, (guint8)(length >> 8), (guint8)(length >> 16), 0 };

  append (bytes, head, sizeof head);
  append (bytes, data, length);
}

/* Four pixels by RLE: 7 7 8 9 (PS3.5 G.3). */
static const guint8 rle_frame[]
    = { 1, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 7, 1, 8, 9, 0 };

static GByteArray *
make_rle (guint16 rows, guint16 columns, const char *frames, guint fragments)
{
  GByteArray *bytes = make_compressed (rows, columns, 8, frames);

  for (guint i = 0; i < fragments; i++)
    put_fragment (bytes, rle_frame, sizeof rle_frame);
  APPEND (bytes, "\xFE\xFF\xDD\xE0\0\0\0\0");
  return bytes;
}

static void
test_rle (void)
{
  g_autoptr (GByteArray) bytes = make_rle (2, 2, "2", 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) result = transcode_bytes (bytes, RLE, GANTRY_UID_EXPLICIT_LE, NULL, &error);
  static const guint8 end[]
      = { 0xE0, 0x7F, 0x10, 0, 'O', 'B', 0, 0, 8, 0, 0, 0, 7, 7, 8, 9, 7, 7, 8, 9 };
  gsize length;
  const guint8 *data;

  g_assert_no_error (error);
  data = g_bytes_get_data (result, &length);
  g_assert_cmpmem (data + length - sizeof end, sizeof end, end, sizeof end);
}

/* What objects claim costs nothing before it is believed. */
static void
test_claims (void)
{
  static const struct
  {
    guint16 rows, columns;
    const char *frames;
    guint fragments;
    const char *why;
  } claims[] = {
    { 60000, 60000, "1", 1, "too large" },
    { 60000, 8000, "1", 1, "cannot be decompressed" },
    { 2, 2, "100000000", 1, "100000000 frames" },
    { 2, 2, "2", 3, "cannot be told apart" },
    { 8000, 8000, "100", 100, "too large" },
    { 0, 2, "1", 1, "how many rows" },
    { 2, 2, "1", 0, "0 pieces" },
    { 4, 4, "1", 1, "Frame 1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (claims); i++)
    {
      g_autoptr (GByteArray) bytes
          = make_rle (claims[i].rows, claims[i].columns, claims[i].frames, claims[i].fragments);

      assert_refused (bytes, RLE, GANTRY_UID_EXPLICIT_LE, claims[i].why);
    }
}

static void
test_depths (void)
{
  g_autoptr (GByteArray) bytes = make_compressed (2, 2, 1, "1");

  APPEND (bytes, "\xFE\xFF\xDD\xE0\0\0\0\0");
  assert_refused (bytes, RLE, GANTRY_UID_EXPLICIT_LE, "1 bits");
}

/* A fragment that says it is longer than the file, and pixel data without an end. */
static void
test_lengths (void)
{
  g_autoptr (GByteArray) bytes = make_rle (2, 2, "1", 1);
  guint8 *length = bytes->data + bytes->len - 8 - sizeof rle_frame - 4;

  g_assert_cmpuint (length[0], ==, sizeof rle_frame);
  length[2] = 0xFF;
  assert_refused (bytes, RLE, GANTRY_UID_EXPLICIT_LE, "damaged");
  length[2] = 0;
  g_byte_array_set_size (bytes, bytes->len - 8);
  assert_refused (bytes, RLE, GANTRY_UID_EXPLICIT_LE, "damaged");
}

static void
test_nesting (void)
{
  for (guint depth = 64; depth <= 65; depth++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < depth; i++)
        APPEND (bytes, "\x09\0\x10\x10SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF");
      for (guint i = 0; i < depth; i++)
        APPEND (bytes, "\xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0");
      if (depth == 65)
        {
          assert_refused (bytes, GANTRY_UID_EXPLICIT_LE, GANTRY_UID_IMPLICIT_LE, "64 levels");
          continue;
        }
      g_bytes_unref (
          transcode_bytes (bytes, GANTRY_UID_EXPLICIT_LE, GANTRY_UID_IMPLICIT_LE, NULL, &error));
      g_assert_no_error (error);
    }
}

/* Half of the fragment at @pos is the last of the file. */
static gsize
cut_short (char *data, gsize pos, gsize length)
{
  guint32 size;

  memcpy (&size, data + pos + 4, 4);
  size = GUINT32_TO_LE (GUINT32_FROM_LE (size) / 4 * 2);
  memcpy (data + pos + 4, &size, 4);
  pos += 8 + GUINT32_FROM_LE (size);
  g_assert_cmpuint (pos + 8, <=, length);
  memcpy (data + pos, "\xFE\xFF\xDD\xE0\0\0\0", 8);
  return pos + 8;
}

/* Half of a stream is not a picture; nor is one that says something else than the object. */
static void
test_damaged (gconstpointer data)
{
  g_autofree char *path = g_strconcat (TEST_FILES, data, NULL);
  g_autofree char *changed = g_build_filename (folder, "changed", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GantryInstance) instance = gantry_instance_read (path, NULL);
  gsize length;

  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) result = NULL;
      g_autofree char *copy = g_memdup2 (content, length);
      gsize size = length;
      char *rows = memmem (copy, length, "\x28\0\x10\0US\2\0", 8);
      char *pixels = memmem (copy, length, "\xE0\x7F\x10\0OB\0\0\xFF\xFF\xFF\xFF", 12);

      if (pixels == NULL)
        pixels = memmem (copy, length, "\xE0\x7F\x10\0OW\0\0\xFF\xFF\xFF\xFF", 12);
      g_assert_nonnull (rows);
      g_assert_nonnull (pixels);
      if (round == 0)
        rows[8] ^= 1;
      else if (round == 1)
        memset (pixels + 28 + pixels[16], 0, 64);
      else
        size = cut_short (copy, (gsize)(pixels - copy) + 20 + (guint8)pixels[16], length);
      g_assert_true (g_file_set_contents (changed, copy, (gssize)size, NULL));
      result = gantry_transcode (changed, instance->data_offset, instance->transfer_syntax,
                                 GANTRY_UID_EXPLICIT_LE, NULL, folder, NULL, &error);
      if (result != NULL)
        g_test_fail_printf ("round %u is believed", round);
      else
        g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
    }
  g_unlink (changed);
}

static void
test_fragments_in_plain (void)
{
  g_autoptr (GByteArray) bytes = make_rle (2, 2, "1", 1);

  assert_refused (bytes, GANTRY_UID_EXPLICIT_LE, GANTRY_UID_IMPLICIT_LE,
                  "compressed data in the object");

  /* (7FE4,0010) is not for pixel data. */
  ((guint8 *)memmem (bytes->data, bytes->len, "\xE0\x7F", 2))[0] = 0xE4;
  assert_refused (bytes, RLE, GANTRY_UID_IMPLICIT_LE, "compressed data in the object");
}

static void
test_no_way (void)
{
  g_autoptr (GByteArray) bytes = make_rle (2, 2, "1", 1);

  assert_refused (bytes, "1.2.840.10008.1.2.4.102", GANTRY_UID_EXPLICIT_LE, "H.264");
  assert_refused (bytes, GANTRY_UID_EXPLICIT_LE, RLE, "RLE");
}

/* An icon is compressed like the picture that it stands for, in an item whose length changes. */
static void
test_icon (void)
{
  g_autoptr (GByteArray) icon = make_rle (2, 2, "1", 1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) result = NULL;
  guint8 lengths[][4] = { { (guint8)(icon->len + 8), (guint8)((icon->len + 8) >> 8) },
                          { (guint8)icon->len, (guint8)(icon->len >> 8) } };
  static const guint8 pixels[]
      = { 0xE0, 0x7F, 0x10, 0,    'O', 'B', 0, 0, 4,    0,    0,    0,    7, 7, 8, 9,
          0xFE, 0xFF, 0x0D, 0xE0, 0,   0,   0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0 };
  gsize length;
  const guint8 *data;

  APPEND (bytes, "\x88\0\0\2SQ\0\0");
  append (bytes, lengths[0], 4);
  APPEND (bytes, "\xFE\xFF\0\xE0");
  append (bytes, lengths[1], 4);
  append (bytes, icon->data, icon->len);
  test_put_element (bytes, 0x4008, 0x0300, "ST", "behind it");
  result = transcode_bytes (bytes, RLE, GANTRY_UID_EXPLICIT_LE, NULL, &error);
  g_assert_no_error (error);
  data = g_bytes_get_data (result, &length);
  g_assert_nonnull (memmem (data, length, pixels, sizeof pixels));
  g_assert_cmpmem (data + length - 10, 10, "behind it ", 10);
}

typedef struct
{
  const char *name, *from, *to;
  const char *before;
  gsize n_before;
  const char *after;
  gsize n_after;
} Rewriting;

#define OCTETS(literal) literal, sizeof (literal) - 1

static const Rewriting rewritings[] = {
  { "private", GANTRY_UID_IMPLICIT_LE, GANTRY_UID_EXPLICIT_LE,
    OCTETS ("\x09\0\x10\0\4\0\0\0ABCD\x09\0\1\x10\3\0\0\0\1\2\3"),
    OCTETS ("\x09\0\x10\0LO\4\0ABCD\x09\0\1\x10UN\0\0\4\0\0\0\1\2\3\0") },
  { "private-sequence", GANTRY_UID_IMPLICIT_LE, GANTRY_UID_EXPLICIT_LE,
    OCTETS ("\x09\0\1\x10\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF\x08\0\x60\0\2\0\0\0CT"
            "\xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0"),
    OCTETS ("\x09\0\1\x10SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF\x08\0\x60\0CS\2\0CT"
            "\xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0") },
  { "private-known", GANTRY_UID_IMPLICIT_LE, GANTRY_UID_EXPLICIT_BE,
    OCTETS ("\x19\0\x10\0\x0C\0\0\0GEMS_ACQU_01\x19\0\x0F\x10\4\0\0\0"
            "1.25"),
    OCTETS ("\0\x19\0\x10LO\0\x0CGEMS_ACQU_01\0\x19\x10\x0F"
            "DS\0\4"
            "1.25") },
  { "signed", GANTRY_UID_IMPLICIT_LE, GANTRY_UID_EXPLICIT_BE,
    OCTETS ("\x28\0\3\1\2\0\0\0\1\0\x28\0\x06\1\2\0\0\0\xFE\xFF"),
    OCTETS ("\0\x28\1\3US\0\2\0\1\0\x28\1\x06SS\0\2\xFF\xFE") },
  { "misfit", GANTRY_UID_IMPLICIT_LE, GANTRY_UID_EXPLICIT_BE, OCTETS ("\x28\0\x10\0\3\0\0\0\1\2\3"),
    OCTETS ("\0\x28\0\x10UN\0\0\0\0\0\4\1\2\3\0") },
  { "group-lengths", GANTRY_UID_EXPLICIT_LE, GANTRY_UID_EXPLICIT_BE,
    OCTETS ("\x08\0\0\0UL\4\0\x0A\0\0\0\x08\0\x60\0CS\2\0CT"),
    OCTETS ("\0\x08\0\x60"
            "CS\0\2CT") },
  { "unknown-vr", GANTRY_UID_EXPLICIT_LE, GANTRY_UID_EXPLICIT_BE,
    OCTETS ("\x09\0\1\x10ZZ\0\0\4\0\0\0\1\2\3\4"), OCTETS ("\0\x09\x10\1ZZ\0\0\0\0\0\4\1\2\3\4") },
  { "un-swapped-not", GANTRY_UID_EXPLICIT_LE, GANTRY_UID_EXPLICIT_BE,
    OCTETS ("\x09\0\1\x10UN\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0"),
    OCTETS ("\0\x09\x10\1UN\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0") },
  { "words", GANTRY_UID_EXPLICIT_LE, GANTRY_UID_EXPLICIT_BE,
    OCTETS ("\x09\0\1\x10US\4\0\1\0\2\0\x09\0\2\x10UL\4\0\1\0\0\0\x09\0\3\x10"
            "FD\x08\0\1\2\3\4\5\6\7\x08"
            "\x09\0\4\x10"
            "AT\4\0\1\2\3\4\x09\0\5\x10OB\0\0\2\0\0\0\1\2"),
    OCTETS ("\0\x09\x10\1US\0\4\0\1\0\2\0\x09\x10\2UL\0\4\0\0\0\1\0\x09\x10\3"
            "FD\0\x08\x08\7\6\5\4\3\2\1"
            "\0\x09\x10\4"
            "AT\0\4\2\1\4\3\0\x09\x10\5OB\0\0\0\0\0\2\1\2") },
  { "odd-text", GANTRY_UID_EXPLICIT_LE, GANTRY_UID_EXPLICIT_LE,
    OCTETS ("\x10\0\x10\0PN\3\0A^B\x10\0\x20\0LO\2\0"
            "12"),
    OCTETS ("\x10\0\x10\0PN\4\0A^B \x10\0\x20\0LO\2\0"
            "12") },
  { "odd-uid", GANTRY_UID_EXPLICIT_LE, GANTRY_UID_IMPLICIT_LE,
    OCTETS ("\x08\0\x18\0UI\5\0"
            "1.2.3"),
    OCTETS ("\x08\0\x18\0\6\0\0\0"
            "1.2.3\0") },
  { "defined-lengths", GANTRY_UID_EXPLICIT_LE, GANTRY_UID_EXPLICIT_BE,
    OCTETS ("\x08\0\x40\x11SQ\0\0\x12\0\0\0\xFE\xFF\0\xE0\x0A\0\0\0\x08\0\x60\0CS\2\0CT"),
    OCTETS ("\0\x08\x11\x40SQ\0\0\0\0\0\x12\xFF\xFE\xE0\0\0\0\0\x0A\0\x08\0\x60"
            "CS\0\2CT") },
  { "empty-sequence", GANTRY_UID_EXPLICIT_LE, GANTRY_UID_IMPLICIT_LE,
    OCTETS ("\x08\0\x40\x11SQ\0\0\0\0\0\0"), OCTETS ("\x08\0\x40\x11\0\0\0\0") },
};

static void
test_rewriting (gconstpointer data)
{
  const Rewriting *c = data;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) result = NULL;

  append (bytes, c->before, c->n_before);
  result = transcode_bytes (bytes, c->from, c->to, NULL, &error);
  g_assert_no_error (error);
  assert_bytes (result, c->after, c->n_after);
}

/* PS3.5 6.2.2: what does not fit the 16 bits of its length becomes UN. */
static void
test_long_text (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *text = g_strnfill (70000, '1');
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) result = NULL;

  APPEND (bytes, "\x06\x30\x50\0\x70\x11\1\0");
  append (bytes, text, 70000);
  result = transcode_bytes (bytes, GANTRY_UID_IMPLICIT_LE, GANTRY_UID_EXPLICIT_LE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (result), ==, 70012);
  g_assert_cmpmem (g_bytes_get_data (result, NULL), 12, "\x06\x30\x50\0UN\0\0\x70\x11\1\0", 12);
}

typedef struct
{
  const char *name;
  gboolean length, class_uid, already;
} General;

static const General generals[] = {
  { "usual", FALSE, TRUE, FALSE },
  { "group-length", TRUE, TRUE, FALSE },
  { "again", FALSE, TRUE, TRUE },
  { "no-class", FALSE, FALSE, FALSE },
};

static void
put_first (GByteArray *bytes, const char *class_uid, const char *original)
{
  if (class_uid != NULL)
    test_put_element (bytes, 0x0008, 0x0016, "UI", class_uid);
  test_put_element (bytes, 0x0008, 0x0018, "UI", "1.2.3.4");
  if (original != NULL)
    test_put_element (bytes, 0x0008, 0x001B, "UI", original);
  test_put_element (bytes, 0x0008, 0x0060, "CS", "OT");
}

/* Under a general class, compressed as it is (PS3.4 B.4.2.1). */
static void
test_general (gconstpointer data)
{
  const General *c = data;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) wanted = g_byte_array_new ();
  g_autoptr (GByteArray) pixels = make_rle (2, 2, "1", 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) result = NULL;

  if (c->length)
    APPEND (bytes, "\x08\0\0\0UL\4\0\x0A\0\0\0");
  put_first (bytes, c->class_uid ? "1.2.840.9" : NULL, c->already ? "1.1.1" : NULL);
  put_first (wanted, GENERAL, c->class_uid ? "1.2.840.9" : NULL);
  append (bytes, pixels->data + 14, pixels->len - 14);
  append (wanted, pixels->data + 14, pixels->len - 14);
  result = transcode_bytes (bytes, RLE, RLE, GENERAL, &error);
  g_assert_no_error (error);
  assert_bytes (result, wanted->data, wanted->len);
}

/* All at once: decompressed, deflated and under a general class; then inflated again. */
static void
test_general_deflated (void)
{
  g_autoptr (GByteArray) bytes = make_rle (2, 2, "1", 1);
  g_autoptr (GByteArray) deflated = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) first = transcode_bytes (bytes, RLE, GANTRY_UID_DEFLATED_LE, GENERAL, &error);
  g_autoptr (GBytes) same = NULL;
  g_autoptr (GBytes) second = NULL;
  static const char original[] = "\x08\0\x1B\0UI\6\0"
                                 "1.2.3";

  g_assert_no_error (error);
  append (deflated, g_bytes_get_data (first, NULL), g_bytes_get_size (first));
  same
      = transcode_bytes (deflated, GANTRY_UID_DEFLATED_LE, GANTRY_UID_DEFLATED_LE, "1.2.9", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (same) % 2, ==, 0);
  second = transcode_bytes (deflated, GANTRY_UID_DEFLATED_LE, GANTRY_UID_EXPLICIT_LE, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (memmem (g_bytes_get_data (second, NULL), g_bytes_get_size (second), original,
                            sizeof original));
}

static void
test_bad_deflate (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  APPEND (bytes, "this is no deflated stream at all");
  assert_refused (bytes, GANTRY_UID_DEFLATED_LE, GANTRY_UID_EXPLICIT_LE, "deflated data set");
  g_byte_array_set_size (bytes, 0);
  assert_refused (bytes, GANTRY_UID_DEFLATED_LE, GANTRY_UID_EXPLICIT_LE, "deflated data set");
}

/* A deflated stream that would become a thousand times of what it is. */
static void
test_bomb (void)
{
  g_autoptr (GConverter) deflater
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 9));
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *zeros = g_malloc0 (1 << 20), *block = g_malloc (1 << 20);

  for (guint i = 0; i < 530; i++)
    {
      gsize done = 0;

      while (done < 1 << 20)
        {
          gsize read = 0, written = 0;

          g_assert_cmpint (g_converter_convert (deflater, zeros + done, (1 << 20) - done, block,
                                                1 << 20, i == 529 ? G_CONVERTER_INPUT_AT_END : 0,
                                                &read, &written, NULL),
                           !=, G_CONVERTER_ERROR);
          append (bytes, block, written);
          done += read;
        }
    }
  g_assert_cmpuint (bytes->len, <, 1 << 20);
  assert_refused (bytes, GANTRY_UID_DEFLATED_LE, GANTRY_UID_EXPLICIT_LE, "not credible");
}

/* What does not fit in memory goes through a file of which nothing is left. */
static void
test_large (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *pixels = g_malloc0 (40u << 20);
  g_autofree char *missing = g_build_filename (folder, "missing", NULL);
  g_autofree char *path = g_build_filename (folder, "input", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) result = NULL, none = NULL;
  g_autoptr (GDir) dir = NULL;

  for (guint i = 0; i < 40u << 20; i++)
    pixels[i] = (guint8)(i ^ i >> 8);
  APPEND (bytes, "\xE0\x7F\x10\0OW\0\0\0\0\x80\2");
  append (bytes, pixels, 40u << 20);
  result = transcode_bytes (bytes, GANTRY_UID_EXPLICIT_LE, GANTRY_UID_EXPLICIT_BE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (result), ==, bytes->len);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_null (g_dir_read_name (dir));
  for (guint i = 12; i < bytes->len; i++)
    if (((const guint8 *)g_bytes_get_data (result, NULL))[i] != bytes->data[i ^ 1])
      g_error ("octet %u", i);

  g_assert_true (g_file_set_contents (path, (char *)bytes->data, bytes->len, NULL));
  none = gantry_transcode (path, 0, GANTRY_UID_EXPLICIT_LE, GANTRY_UID_EXPLICIT_BE, NULL, missing,
                           NULL, &error);
  g_assert_null (none);
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
  g_unlink (path);
}

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gantry_transcode ("/nowhere/at/all", 0, GANTRY_UID_EXPLICIT_LE,
                                   GANTRY_UID_IMPLICIT_LE, NULL, folder, NULL, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (gantry_transcode (TEST_FILES "CT_small.dcm", 0, GANTRY_UID_EXPLICIT_LE,
                                   GANTRY_UID_IMPLICIT_LE, NULL, folder, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static gpointer
transcode_some (gpointer user_data)
{
  static const char *const files[] = { "CT_small.dcm",
                                       "SC_rgb_rle.dcm",
                                       "693_J2KI.dcm",
                                       "JPGExtended.dcm",
                                       "MR_small_jpeg_ls_lossless.dcm",
                                       "rtdose.dcm",
                                       "SC_rgb_jpeg_gdcm.dcm" };
  guint done = 0;

  for (guint i = 0; i < 2 * G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strconcat (TEST_FILES, files[i % G_N_ELEMENTS (files)], NULL);
      g_autoptr (GantryInstance) instance = gantry_instance_read (path, NULL);
      g_autoptr (GBytes) result
          = gantry_transcode (path, instance->data_offset, instance->transfer_syntax,
                              GANTRY_UID_EXPLICIT_BE, NULL, folder, NULL, NULL);

      done += result != NULL;
    }
  (void)user_data;
  return GUINT_TO_POINTER (done);
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("transcode", transcode_some, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), ==, 14);
}

#define ADD_ALL(prefix, cases, function)                                                           \
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)                                                 \
    {                                                                                              \
      g_autofree char *path = g_strconcat (prefix, cases[i].name, NULL);                           \
      g_test_add_data_func (path, &cases[i], function);                                            \
    }

int
main (int argc, char *argv[])
{
  static const char *const damaged[] = { "JPEG2000.dcm",
                                         "JPGExtended.dcm",
                                         "MR_small_jp2klossless.dcm",
                                         "MR_small_RLE.dcm",
                                         "SC_rgb_jpeg_gdcm.dcm",
                                         "SC_rgb_jpeg_dcmtk.dcm",
                                         "MR_small_jpeg_ls_lossless.dcm" };
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("gantry-transcode-XXXXXX", NULL);

  g_test_add_func ("/transcode/threads", test_threads);
  ADD_ALL ("/transcode/targets/", targets, test_targets);
  ADD_ALL ("/transcode/rewriting/", rewritings, test_rewriting);
  ADD_ALL ("/transcode/general/", generals, test_general);
  g_test_add_func ("/transcode/general/deflated", test_general_deflated);
  g_test_add_func ("/transcode/rle", test_rle);
  g_test_add_func ("/transcode/icon", test_icon);
  g_test_add_func ("/transcode/long-text", test_long_text);
  g_test_add_func ("/transcode/large", test_large);
  g_test_add_func ("/transcode/missing", test_missing);
  g_test_add_func ("/transcode/cancelled", test_cancelled);
  g_test_add_func ("/transcode/no-way", test_no_way);
  g_test_add_func ("/transcode/hostile/claims", test_claims);
  g_test_add_func ("/transcode/hostile/depths", test_depths);
  g_test_add_func ("/transcode/hostile/lengths", test_lengths);
  g_test_add_func ("/transcode/hostile/nesting", test_nesting);
  g_test_add_func ("/transcode/hostile/fragments-in-plain", test_fragments_in_plain);
  g_test_add_func ("/transcode/hostile/bad-deflate", test_bad_deflate);
  g_test_add_func ("/transcode/hostile/bomb", test_bomb);
  for (gsize i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_autofree char *path = g_strconcat ("/transcode/damaged/", damaged[i], NULL);

      g_test_add_data_func (path, damaged[i], test_damaged);
    }

  result = g_test_run ();
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
  return result;
}
