/* gantry-text-match.h - whether a text contains what was typed, in upper or lower case
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Made once and asked a million times: nothing is allocated for text that is ASCII. One thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GantryTextMatch GantryTextMatch;

/* @text: what was typed, in UTF-8; blanks around it do not count */
GantryTextMatch *gantry_text_match_new (const char *text);
void gantry_text_match_free (GantryTextMatch *self);

/* Nothing was typed: everything contains it. */
gboolean gantry_text_match_is_empty (const GantryTextMatch *self);

/* @text: in UTF-8, or a file name in any encoding, of which only what is UTF-8 can match. Letters
 * are the same in upper and lower case, with their accents apart or in one piece. */
gboolean gantry_text_match_is_in (const GantryTextMatch *self, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryTextMatch, gantry_text_match_free)

G_END_DECLS
