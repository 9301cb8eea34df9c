/* gantry-charset.h - text of an object's character set as UTF-8; for src/dicom only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gantry_charset_convert:
 * @charset: (nullable): defined terms of Specific Character Set, divided by backslashes (PS3.3
 *   C.12.1.1.2); several, or one that begins with "ISO 2022", switch by escape sequences
 *   (PS3.5 6.1.2.5)
 *
 * By iconv and not by DCMTK, whose build on the GNU C library does not know the Japanese sets.
 *
 * Returns: (transfer full): valid UTF-8, with U+FFFD for each byte that means nothing in the set
 */
char *gantry_charset_convert (const char *charset, const guint8 *bytes, gsize length);

G_END_DECLS
