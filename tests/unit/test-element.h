/* test-element.h - elements of a data set, for tests that make their own objects
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <string.h>

/* One element in Explicit VR Little Endian with a short length, padded as its VR demands
 * (PS3.5 6.2). */
static inline void
test_put_element (
    GByteArray *bytes, guint16 group, guint16 element, const char *vr, const char *value)
{
  gsize length = strlen (value);
  guint8 head[8] = { (guint8)group,
                     (guint8)(group >> 8),
                     (guint8)element,
                     (guint8)(element >> 8),
                     (guint8)vr[0],
                     (guint8)vr[1],
                     (guint8)((length + 1) & ~1u),
                     0 };

  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, (const guint8 *)value, (guint)length);
  if (length % 2 != 0)
    g_byte_array_append (bytes, (const guint8 *)(strcmp (vr, "UI") == 0 ? "\0" : " "), 1);
}
