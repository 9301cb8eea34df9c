/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <string.h>
#include <sys/resource.h>

#include "gantry-dataset.h"
#include "gantry-error.h"
#include "gantry-registry.h"

#define EXPLICIT GANTRY_UID_EXPLICIT_LE
#define BIG GANTRY_UID_EXPLICIT_BE
#define IMPLICIT GANTRY_UID_IMPLICIT_LE

#define ITEM "\xfe\xff\x00\xe0"
#define ITEM_END "\xfe\xff\x0d\xe0\0\0\0\0"
#define SEQUENCE_END "\xfe\xff\xdd\xe0\0\0\0\0"
#define UNDEFINED "\xff\xff\xff\xff"

typedef struct
{
  const char *name;
  const char *syntax;
  const char *data;
  gsize length;
  const char *seen;  /* tag/depth/item of each element */
  const char *error; /* a part of the sentence; NULL: well formed */
} Case;

#define BYTES(text) text, sizeof (text) - 1

static const Case cases[] = {
  { "empty", EXPLICIT, BYTES (""), "", NULL },
  { "explicit", EXPLICIT, BYTES ("\x08\0\x60\0CS\2\0CT\x10\0\x20\0LO\0\0"),
    "00080060/0/0 00100020/0/0 ", NULL },
  { "explicit-long", EXPLICIT, BYTES ("\x08\0\1\0OB\0\0\2\0\0\0ab"), "00080001/0/0 ", NULL },
  { "big-endian", BIG,
    BYTES ("\0\x08\0\x60"
           "CS\0\2CT"),
    "00080060/0/0 ", NULL },
  { "implicit", IMPLICIT, BYTES ("\x08\0\x60\0\2\0\0\0CT"), "00080060/0/0 ", NULL },
  { "vr-of-the-future", EXPLICIT, BYTES ("\x08\0\1\0ZZ\0\0\2\0\0\0ab"), "00080001/0/0 ", NULL },
  { "sequence-explicit-length", EXPLICIT,
    BYTES ("\x08\0\x40\x11SQ\0\0\x1a\0\0\0" ITEM "\x0a\0\0\0\x08\0\x60\0CS\2\0CT" ITEM "\0\0\0\0"),
    "00081140/0/0 00080060/1/0 ", NULL },
  { "sequence-undefined-length", EXPLICIT,
    BYTES ("\x08\0\x40\x11SQ\0\0" UNDEFINED ITEM UNDEFINED ITEM_END ITEM UNDEFINED
           "\x08\0\x60\0CS\2\0CT" ITEM_END SEQUENCE_END "\x10\0\x20\0LO\0\0"),
    "00081140/0/0 00080060/1/1 00100020/0/0 ", NULL },
  { "unknown-is-implicit-inside", EXPLICIT,
    BYTES ("\x09\0\1\x10UN\0\0" UNDEFINED ITEM "\x0a\0\0\0\x09\0\2\x10\2\0\0\0ab" SEQUENCE_END),
    "00091001/0/0 00091002/1/0 ", NULL },
  { "implicit-sequence-without-dictionary", IMPLICIT,
    BYTES ("\x08\0\x40\x11\x12\0\0\0" ITEM "\x0a\0\0\0\x08\0\x60\0\2\0\0\0CT"),
    "00081140/0/0 00080060/1/0 ", NULL },
  { "implicit-value-that-begins-like-a-sequence", IMPLICIT,
    BYTES ("\x09\0\1\x10\x0a\0\0\0" ITEM "\xff\0\0\0zz\x10\0\x20\0\0\0\0\0"),
    "00091001/0/0 00100020/0/0 ", NULL },
  { "fragments", "1.2.840.10008.1.2.4.50",
    BYTES ("\xe0\x7f\x10\0OB\0\0" UNDEFINED ITEM "\0\0\0\0" ITEM "\2\0\0\0ab" SEQUENCE_END),
    "7fe00010/0/0 fffee000/1/0 fffee000/1/1 ", NULL },
  { "length-lies", EXPLICIT, BYTES ("\x08\0\x60\0CS\4\0CT"), "",
    "(0008,0060), byte 0: it says that it is 4 bytes long, but only 2 are left" },
  { "length-huge", EXPLICIT, BYTES ("\x08\0\1\0OB\0\0\xfe\xff\xff\xff"), "", "4294967294 bytes" },
  { "length-odd", EXPLICIT, BYTES ("\x08\0\x60\0CS\1\0C\x10\0\x20\0LO\0\0"),
    "00080060/0/0 00100020/0/0 ", NULL },
  { "length-odd-in-item", EXPLICIT,
    BYTES ("\x09\0\1\x10UN\0\0" UNDEFINED ITEM "\x09\0\0\0\x09\0\2\x10\1\0\0\0a" SEQUENCE_END),
    "00091001/0/0 00091002/1/0 ", NULL },
  { "length-odd-lies", EXPLICIT, BYTES ("\x08\0\x60\0CS\3\0CT"), "",
    "it says that it is 3 bytes long, but only 2 are left" },
  { "second-element-lies", EXPLICIT, BYTES ("\x08\0\x60\0CS\2\0CT\x10\0\x20\0LO\4\0ab"),
    "00080060/0/0 ", "(0010,0020), byte 10:" },
  { "item-longer-than-sequence", EXPLICIT,
    BYTES ("\x08\0\x40\x11SQ\0\0\x08\0\0\0" ITEM "\4\0\0\0abcd"), "00081140/0/0 ",
    "only 0 are left" },
  { "element-longer-than-item", EXPLICIT,
    BYTES ("\x08\0\x40\x11SQ\0\0\x10\0\0\0" ITEM "\x08\0\0\0\x08\0\x60\0CS\2\0CT"), "00081140/0/0 ",
    "only 0 are left" },
  { "no-delimiter", EXPLICIT, BYTES ("\x08\0\x40\x11SQ\0\0" UNDEFINED), "00081140/0/0 ",
    "without a delimiter" },
  { "no-item", EXPLICIT, BYTES ("\x08\0\x40\x11SQ\0\0" UNDEFINED "\x08\0\x60\0CS\2\0CT"),
    "00081140/0/0 ", "an item of the sequence (0008,1140) is expected" },
  { "stray-delimiter", EXPLICIT, BYTES (SEQUENCE_END), "", "where an element is expected" },
  { "no-vr", EXPLICIT, BYTES ("\x08\0\x60\0\2\0\0\0CT"), "", "a value representation is expected" },
  { "undefined-text", EXPLICIT, BYTES ("\x08\0\x60\0UT\0\0" UNDEFINED), "", "UT does not allow" },
  { "fragment-lies", "1.2.840.10008.1.2.4.50",
    BYTES ("\xe0\x7f\x10\0OB\0\0" UNDEFINED ITEM "\4\0\0\0ab"), "7fe00010/0/0 ",
    "only 2 are left" },
  { "fragment-undefined", "1.2.840.10008.1.2.4.50",
    BYTES ("\xe0\x7f\x10\0OB\0\0" UNDEFINED ITEM UNDEFINED SEQUENCE_END), "7fe00010/0/0 ",
    "only 8 are left" },
  { "half-a-header", EXPLICIT, BYTES ("\x08\0\x60\0CS"), "", "it ends early" },
  { "deflated-garbage", GANTRY_UID_DEFLATED_LE, BYTES ("\xff\xff\xff\xff"), "", "deflated" },
};

static gboolean
note (const GantryElement *element, gpointer user_data)
{
  g_string_append_printf (user_data, "%08x/%u/%u ", element->tag, element->depth, element->item);
  return TRUE;
}

static void
test_walk (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  /* On the heap and of the exact size, so that a sanitizer sees the first byte too many. */
  g_autofree guint8 *copy = g_memdup2 (c->data, c->length);
  gboolean ok = gantry_dataset_walk (copy, c->length, c->syntax, 0, note, seen, &error);

  g_assert_cmpstr (seen->str, ==, c->seen);
  if (c->error == NULL)
    {
      g_assert_no_error (error);
      g_assert_true (ok);
      return;
    }
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
  g_assert_false (ok);
  if (strstr (error->message, c->error) == NULL)
    g_test_fail_printf ("%s", error->message);
}

/* Each truncation of a good data set is an error or a shorter data set, never a crash. */
static void
test_truncated (gconstpointer data)
{
  const Case *c = data;

  for (gsize length = 0; length < c->length; length++)
    {
      g_autofree guint8 *copy = g_memdup2 (c->data, length);
      g_autoptr (GError) error = NULL;
      gboolean ok = gantry_dataset_walk (copy, length, c->syntax, 0, NULL, NULL, &error);

      g_assert_cmpint (ok, ==, error == NULL);
    }
}

static gboolean
stop_at_second (const GantryElement *element G_GNUC_UNUSED, gpointer user_data)
{
  guint *n = user_data;

  return ++*n < 2;
}

static void
test_ends_early (void)
{
  static const guint8 data[] = "\x08\0\x60\0CS\2\0CT\x10\0\x20\0LO\0\0\x20\0\x0d\0XXXX";
  guint n = 0;

  g_assert_true (
      gantry_dataset_walk (data, sizeof data - 1, EXPLICIT, 0, stop_at_second, &n, NULL));
  g_assert_cmpuint (n, ==, 2);
  n = 0;
  g_assert_true (
      gantry_dataset_walk (data, sizeof data - 1, EXPLICIT, 0x00100020, stop_at_second, &n, NULL));
  g_assert_cmpuint (n, ==, 1);
}

static GByteArray *
nest (const char *syntax, guint levels)
{
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < levels; i++)
    {
      if (syntax == NULL)
        g_byte_array_append (out, (const guint8 *)"\x08\0\x40\x11" UNDEFINED, 8);
      else
        g_byte_array_append (out, (const guint8 *)"\x08\0\x40\x11SQ\0\0" UNDEFINED, 12);
      g_byte_array_append (out, (const guint8 *)ITEM UNDEFINED, 8);
    }
  for (guint i = 0; i < levels; i++)
    g_byte_array_append (out, (const guint8 *)ITEM_END SEQUENCE_END, 16);
  return out;
}

static void
test_depth (gconstpointer syntax)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) just = nest (syntax, GANTRY_DATASET_MAX_DEPTH);
  g_autoptr (GByteArray) over = nest (syntax, GANTRY_DATASET_MAX_DEPTH + 1);
  g_autoptr (GByteArray) far = nest (syntax, 10000);
  const char *uid = syntax != NULL ? syntax : IMPLICIT;

  g_assert_true (gantry_dataset_walk (just->data, just->len, uid, 0, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (gantry_dataset_walk (over->data, over->len, uid, 0, NULL, NULL, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "64 levels"));
  g_assert_false (gantry_dataset_walk (far->data, far->len, uid, 0, NULL, NULL, NULL));
}

/* Implicit VR hides sequences of explicit length, and a dictionary finds them all the same. */
static void
test_depth_hidden (void)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100; i++)
    {
      guint32 inner = GUINT32_TO_LE (data->len);
      guint32 outer = GUINT32_TO_LE (data->len + 8);

      g_byte_array_prepend (data, (const guint8 *)&inner, 4);
      g_byte_array_prepend (data, (const guint8 *)ITEM, 4);
      g_byte_array_prepend (data, (const guint8 *)&outer, 4);
      g_byte_array_prepend (data, (const guint8 *)"\x08\0\x40\x11", 4);
    }
  g_assert_false (gantry_dataset_walk (data->data, data->len, IMPLICIT, 0, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "64 levels"));
}

static GByteArray *
deflate (const guint8 *data, gsize length)
{
  g_autoptr (GConverter) deflater
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 9));
  GByteArray *out = g_byte_array_new ();
  gsize read, written;

  g_byte_array_set_size (out, length + 1000);
  g_assert_cmpint (g_converter_convert (deflater, data, length, out->data, out->len,
                                        G_CONVERTER_INPUT_AT_END, &read, &written, NULL),
                   ==, G_CONVERTER_FINISHED);
  g_byte_array_set_size (out, written);
  return out;
}

static void
test_deflated (void)
{
  gsize length = 3 << 20;
  g_autofree guint8 *plain = g_malloc0 (length);
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  guint32 rest = GUINT32_TO_LE (length - 22);

  memcpy (plain, "\x08\0\x60\0CS\2\0CT\xe0\x7f\x10\0OB\0\0", 18);
  memcpy (plain + 18, &rest, 4);
  bytes = deflate (plain, length);
  g_assert_true (
      gantry_dataset_walk (bytes->data, bytes->len, GANTRY_UID_DEFLATED_LE, 0, note, seen, &error));
  g_assert_cmpstr (seen->str, ==, "00080060/0/0 7fe00010/0/0 ");
  g_string_truncate (seen, 0);
  g_assert_true (gantry_dataset_walk (bytes->data, bytes->len, GANTRY_UID_DEFLATED_LE, 0x00280000,
                                      note, seen, &error));
  g_assert_cmpstr (seen->str, ==, "00080060/0/0 ");
  g_assert_false (gantry_dataset_walk (bytes->data, bytes->len / 2, GANTRY_UID_DEFLATED_LE, 0, NULL,
                                       NULL, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
}

/* Puts @n octets into a deflated stream: of @data, or zeros. */
static void
deflate_more (GConverter *deflater, GByteArray *out, const guint8 *data, guint64 n, gboolean last)
{
  static const guint8 zeros[1 << 20];
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (n > 0 || (last && result != G_CONVERTER_FINISHED))
    {
      guint8 block[65536];
      gsize read = 0, written = 0, take = MIN (n, sizeof zeros);

      result = g_converter_convert (
          deflater, data != NULL ? data : zeros, take, block, sizeof block,
          last && take == n ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS, &read, &written,
          NULL);
      g_assert_cmpint (result, !=, G_CONVERTER_ERROR);
      g_byte_array_append (out, block, written);
      data = data != NULL ? data + read : NULL;
      n -= read;
    }
}

/* A class, @n values of @length zeros each, and @last. */
static GByteArray *
deflate_values (guint n, guint32 length, const guint8 *last, gsize last_length)
{
  g_autoptr (GConverter) deflater
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 1));
  GByteArray *out = g_byte_array_new ();
  guint32 le = GUINT32_TO_LE (length);

  deflate_more (deflater, out, (const guint8 *)"\x08\0\x60\0CS\2\0CT", 10, FALSE);
  for (guint i = 0; i < n; i++)
    {
      guint8 header[12] = { 0x09, 0, (guint8)i, 0x10, 'O', 'B', 0, 0 };

      memcpy (header + 8, &le, 4);
      deflate_more (deflater, out, header, 12, FALSE);
      deflate_more (deflater, out, NULL, length, FALSE);
    }
  deflate_more (deflater, out, last, last_length, TRUE);
  return out;
}

typedef struct
{
  guint elements, held;
} Met;

static gboolean
meet (const GantryElement *element, gpointer user_data)
{
  Met *met = user_data;

  g_assert_cmpuint (element->held, ==, MIN (element->length, 65536));
  for (guint i = 0; i < element->held && element->vr[0] == 'O'; i++)
    g_assert_cmpuint (element->value[i], ==, 0);
  met->elements++;
  met->held = MAX (met->held, element->held);
  return TRUE;
}

static glong
get_peak (void)
{
  struct rusage usage;

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  return usage.ru_maxrss;
}

/* However large it is, it is read with a window, and what is behind a large value is found. */
static void
test_deflated_large (void)
{
  g_autoptr (GByteArray) bytes
      = deflate_values (2, 300u << 20, (const guint8 *)"\x10\0\x20\0LO\4\0ABCD", 12);
  g_autoptr (GByteArray) cut
      = deflate_values (1, 1u << 20, (const guint8 *)"\x10\0\x20\0LO\6\0ABCD", 12);
  g_autoptr (GError) error = NULL;
  glong before = get_peak ();
  Met met = { 0 };

  g_assert_true (
      gantry_dataset_walk (bytes->data, bytes->len, GANTRY_UID_DEFLATED_LE, 0, meet, &met, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (met.elements, ==, 4);
  g_assert_cmpuint (met.held, ==, 65536);
  g_assert_false (
      gantry_dataset_walk (cut->data, cut->len, GANTRY_UID_DEFLATED_LE, 0, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "(0010,0020)"));
  g_assert_nonnull (strstr (error->message, "only 4 are left"));
  g_clear_error (&error);
  g_assert_false (gantry_dataset_walk (bytes->data, bytes->len / 2, GANTRY_UID_DEFLATED_LE, 0, NULL,
                                       NULL, &error));
  g_assert_nonnull (strstr (error->message, "deflated data set is damaged"));
  g_assert_cmpint (get_peak () - before, <, 32 << 10); /* kB */
}

/* A value that is longer than what follows, and a sequence that is. */
static void
test_deflated_cut (void)
{
  static const char *const headers[]
      = { "\x09\0\x10\x10OB\0\0\0\0\0\x20", "\x09\0\x10\x10SQ\0\0\0\0\0\x20",
          "\x09\0\x10\x10UN\0\0\0\0\0\x20", "\x09\0\x10\x10UN\0\0\xff\xff\xff\xff" };

  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree guint8 *plain = g_malloc0 (300000);
      g_autoptr (GByteArray) bytes = NULL;
      g_autoptr (GError) error = NULL;

      memcpy (plain, headers[i], 12);
      for (gsize at = 12; at + 8 <= 300000; at += 8) /* empty items */
        memcpy (plain + at, "\xfe\xff\0\xe0\0\0\0\0", 8);
      bytes = deflate (plain, 300000);
      g_assert_false (gantry_dataset_walk (bytes->data, bytes->len, GANTRY_UID_DEFLATED_LE, 0, NULL,
                                           NULL, &error));
      g_assert_nonnull (strstr (error->message, "element"));
      g_assert_null (strstr (error->message, "deflated"));
    }
}

/* Some megabytes that become six thousand: refused at the bound. */
static void
test_deflated_bomb (void)
{
  g_autoptr (GByteArray) bytes = deflate_values (2, 3u << 30, NULL, 0);
  g_autoptr (GError) error = NULL;

  g_assert_false (
      gantry_dataset_walk (bytes->data, bytes->len, GANTRY_UID_DEFLATED_LE, 0, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "not credible"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *walk = g_strconcat ("/dataset/walk/", cases[i].name, NULL);
      g_autofree char *truncated = g_strconcat ("/dataset/truncated/", cases[i].name, NULL);

      g_test_add_data_func (walk, &cases[i], test_walk);
      g_test_add_data_func (truncated, &cases[i], test_truncated);
    }
  g_test_add_func ("/dataset/ends-early", test_ends_early);
  g_test_add_data_func ("/dataset/depth/explicit", EXPLICIT, test_depth);
  g_test_add_data_func ("/dataset/depth/implicit", NULL, test_depth);
  g_test_add_func ("/dataset/depth/hidden", test_depth_hidden);
  g_test_add_func ("/dataset/deflated/plain", test_deflated);
  g_test_add_func ("/dataset/deflated/large", test_deflated_large);
  g_test_add_func ("/dataset/deflated/cut", test_deflated_cut);
  g_test_add_func ("/dataset/deflated/bomb", test_deflated_bomb);

  return g_test_run ();
}
