/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-charset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"
#define ESC 0x1B

#define IR_ASCII 6
#define IR_KATAKANA 13
#define IR_LATIN_1 100
#define IR_UTF_8 192

/* The sets of PS3.3 Tables C.12-2 to C.12-5. Those for G0 stand in 7 bit codes and get from iconv
 * with an escape sequence of its own before them; those for G1 have the high bit set. */
typedef struct
{
  guint ir;
  gboolean g1;
  const char *escape; /* what invokes it, without ESC */
  const char *iconv;  /* NULL: ASCII, or converted here */
  const char *prefix;
} Repertoire;

static const Repertoire repertoires[] = {
  { IR_ASCII, FALSE, "(B", NULL, NULL },
  { 14, FALSE, "(J", NULL, NULL }, /* JIS X 0201 romaji: shown as ASCII, as everybody does */
  { 87, FALSE, "$B", "ISO-2022-JP", "\x1b$B" },
  { 159, FALSE, "$(D", "ISO-2022-JP-2", "\x1b$(D" },
  { IR_KATAKANA, TRUE, ")I", NULL, NULL },
  { 58, TRUE, "$)A", "GB2312", NULL },
  { IR_LATIN_1, TRUE, "-A", "ISO-8859-1", NULL },
  { 101, TRUE, "-B", "ISO-8859-2", NULL },
  { 109, TRUE, "-C", "ISO-8859-3", NULL },
  { 110, TRUE, "-D", "ISO-8859-4", NULL },
  { 126, TRUE, "-F", "ISO-8859-7", NULL },
  { 127, TRUE, "-G", "ISO-8859-6", NULL },
  { 138, TRUE, "-H", "ISO-8859-8", NULL },
  { 144, TRUE, "-L", "ISO-8859-5", NULL },
  { 148, TRUE, "-M", "ISO-8859-9", NULL },
  { 149, TRUE, "$)C", "EUC-KR", NULL },
  { 166, TRUE, "-T", "TIS-620", NULL },
  { 203, TRUE, "-b", "ISO-8859-15", NULL },
};

/* Converts what it can and replaces, a byte at a time, what it cannot. */
static void
append_iconv (GString *out, const char *from, const char *bytes, gsize length, gsize skip)
{
  GIConv cd = g_iconv_open ("UTF-8", from);
  char *in = (char *)bytes;

  if (cd == (GIConv)-1)
    {
      for (gsize i = skip; i < length; i++)
        g_string_append (out, (guint8)bytes[i] < 0x80 ? (char[]){ bytes[i], '\0' } : REPLACEMENT);
      return;
    }
  while (length > 0)
    {
      char block[256], *to = block;
      gsize room = sizeof block;
      gsize result = g_iconv (cd, &in, &length, &to, &room);
      gboolean failed = result == (gsize)-1 && errno != E2BIG;

      g_string_append_len (out, block, sizeof block - room);
      if (failed && length > 0)
        {
          g_string_append (out, REPLACEMENT);
          in++;
          length--;
        }
    }
  g_iconv_close (cd);
}

static void
append_run (GString *out, const Repertoire *set, const guint8 *bytes, gsize length)
{
  if (set != NULL && set->prefix != NULL)
    {
      g_autoptr (GByteArray) run = g_byte_array_new ();
      gsize prefix = strlen (set->prefix);

      g_byte_array_append (run, (const guint8 *)set->prefix, prefix);
      g_byte_array_append (run, bytes, length);
      append_iconv (out, set->iconv, (const char *)run->data, run->len, prefix);
    }
  else if (set != NULL && set->iconv != NULL)
    append_iconv (out, set->iconv, (const char *)bytes, length, 0);
  else
    for (gsize i = 0; i < length; i++)
      {
        if (bytes[i] < 0x80)
          g_string_append_c (out, bytes[i]);
        else if (set != NULL && set->ir == IR_KATAKANA && bytes[i] >= 0xA1 && bytes[i] <= 0xDF)
          g_string_append_unichar (out, 0xFF61 + bytes[i] - 0xA1); /* the half-width forms */
        else
          g_string_append (out, REPLACEMENT);
      }
}

static const Repertoire *
find_ir (guint ir)
{
  for (gsize i = 0; i < G_N_ELEMENTS (repertoires); i++)
    if (repertoires[i].ir == ir)
      return &repertoires[i];
  return NULL;
}

static const Repertoire *
find_escape (const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (repertoires); i++)
    {
      gsize n = strlen (repertoires[i].escape);

      if (length >= n && memcmp (bytes, repertoires[i].escape, n) == 0)
        return &repertoires[i];
    }
  return NULL;
}

/* Where the sets fall back to the first ones, PS3.5 6.1.2.5.3: at control characters anywhere, at
 * the delimiters only where a byte is a character. */
static gboolean
resets (guint8 byte, const Repertoire *g0)
{
  if (byte < 0x20)
    return byte != ESC;
  return g0->prefix == NULL && (byte == '\\' || byte == '^' || byte == '=');
}

static void
append_with_escapes (GString *out, const Repertoire *first, const guint8 *bytes, gsize length)
{
  const Repertoire *ascii = find_ir (IR_ASCII);
  const Repertoire *start = first != NULL && first->g1 ? first : NULL;
  const Repertoire *g0 = ascii, *g1 = start;

  for (gsize i = 0, end; i < length; i = end)
    {
      gboolean high = bytes[i] >= 0x80;
      const Repertoire *found;

      end = i + 1;
      if (bytes[i] == ESC && (found = find_escape (bytes + end, length - end)) != NULL)
        {
          *(found->g1 ? &g1 : &g0) = found;
          end += strlen (found->escape);
          continue;
        }
      if (resets (bytes[i], g0))
        {
          g0 = ascii;
          g1 = start;
          g_string_append_c (out, bytes[i]);
          continue;
        }
      while (end < length && (bytes[end] >= 0x80) == high && bytes[end] != ESC
             && (high || !resets (bytes[end], g0)))
        end++;
      append_run (out, high ? g1 : g0, bytes + i, end - i);
    }
}

/* The number in the first term, whatever signs stand between its parts: writers differ. */
static guint
first_ir (const char *term)
{
  const char *digits = term + strcspn (term, "\\");

  while (digits > term && !g_ascii_isdigit (digits[-1]))
    digits--;
  while (digits > term && g_ascii_isdigit (digits[-1]))
    digits--;
  return strtoul (digits, NULL, 10);
}

char *
gantry_charset_convert (const char *charset, const guint8 *bytes, gsize length)
{
  GString *out = g_string_sized_new (length + 16);
  guint ir;

  if (charset == NULL)
    charset = "";
  ir = first_ir (charset);
  if (g_ascii_strncasecmp (charset, "GB18030", 7) == 0
      || g_ascii_strncasecmp (charset, "GBK", 3) == 0)
    append_iconv (out, "GB18030", (const char *)bytes, length, 0);
  else if (ir == IR_UTF_8 || g_ascii_strncasecmp (charset, "UTF", 3) == 0)
    {
      g_string_free (out, TRUE);
      return g_utf8_make_valid ((const char *)bytes, length);
    }
  else
    append_with_escapes (out, find_ir (ir), bytes, length);
  return g_string_free (out, FALSE);
}
