/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-instance.h"

#include <string.h>

#include "gantry-registry.h"

#define PREAMBLE 128

static void
append_u16 (GByteArray *out, guint16 value)
{
  g_byte_array_append (out, (const guint8[]){ value & 0xFF, value >> 8 }, 2);
}

/* An element of group 0002 with a VR of 16 bit length, padded to even length (PS3.5 7.1). */
static void
append_text (GByteArray *out, guint16 element, const char *vr, const char *text, char padding)
{
  gsize length = strlen (text);

  length = MIN (length, 0xFFFE);
  append_u16 (out, 0x0002);
  append_u16 (out, element);
  g_byte_array_append (out, (const guint8 *)vr, 2);
  append_u16 (out, length + length % 2);
  g_byte_array_append (out, (const guint8 *)text, length);
  if (length % 2 != 0)
    g_byte_array_append (out, (const guint8 *)&padding, 1);
}

GBytes *
gantry_meta_header_build (const char *sop_class_uid,
                          const char *sop_instance_uid,
                          const char *transfer_syntax,
                          const char *source_ae_title)
{
  /* (0002,0000) with its value to be filled in, then (0002,0001) File Meta Information Version */
  static const guint8 head[] = { 2, 0, 0, 0, 'U', 'L', 4, 0, 0, 0, 0, 0, /**/
                                 2, 0, 1, 0, 'O', 'B', 0, 0, 2, 0, 0, 0, 0, 1 };
  static const guint8 preamble[PREAMBLE];
  GByteArray *out = g_byte_array_sized_new (512);
  guint32 length;

  g_byte_array_append (out, preamble, PREAMBLE);
  g_byte_array_append (out, (const guint8 *)"DICM", 4);
  g_byte_array_append (out, head, sizeof head);
  append_text (out, 0x0002, "UI", sop_class_uid, '\0');
  append_text (out, 0x0003, "UI", sop_instance_uid, '\0');
  append_text (out, 0x0010, "UI", transfer_syntax, '\0');
  append_text (out, 0x0012, "UI", GANTRY_IMPLEMENTATION_CLASS_UID, '\0');
  append_text (out, 0x0013, "SH", GANTRY_IMPLEMENTATION_VERSION, ' ');
  if (source_ae_title != NULL && *source_ae_title != '\0')
    append_text (out, 0x0016, "AE", source_ae_title, ' ');

  /* What follows the group length, PS3.10 7.1. */
  length = GUINT32_TO_LE (out->len - PREAMBLE - 4 - 12);
  memcpy (out->data + PREAMBLE + 4 + 8, &length, sizeof length);
  return g_byte_array_free_to_bytes (out);
}
