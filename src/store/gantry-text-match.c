/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-text-match.h"

#include <string.h>

struct _GantryTextMatch
{
  char *folded;
  gsize length;
  gboolean ascii;
};

static char *
fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *whole = g_utf8_normalize (valid, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  g_autofree char *folded = g_utf8_casefold (whole, -1);

  return g_utf8_normalize (folded, -1, G_NORMALIZE_DEFAULT_COMPOSE);
}

GantryTextMatch *
gantry_text_match_new (const char *text)
{
  GantryTextMatch *self = g_new0 (GantryTextMatch, 1);
  g_autofree char *stripped = g_strstrip (g_strdup (text != NULL ? text : ""));

  self->folded = fold (stripped);
  self->length = strlen (self->folded);
  self->ascii = g_str_is_ascii (self->folded);
  return self;
}

void
gantry_text_match_free (GantryTextMatch *self)
{
  g_free (self->folded);
  g_free (self);
}

gboolean
gantry_text_match_is_empty (const GantryTextMatch *self)
{
  return self->length == 0;
}

/* What was typed is in lower case already. */
static gboolean
contains_ascii (const char *text, const char *folded, gsize length)
{
  const char upper[] = { g_ascii_toupper (*folded), *folded, '\0' };

  for (; (text = strpbrk (text, upper)) != NULL; text++)
    if (g_ascii_strncasecmp (text, folded, length) == 0)
      return TRUE;
  return FALSE;
}

gboolean
gantry_text_match_is_in (const GantryTextMatch *self, const char *text)
{
  g_autofree char *folded = NULL;

  if (self->length == 0)
    return TRUE;
  if (self->ascii && contains_ascii (text, self->folded, self->length))
    return TRUE;
  if (g_str_is_ascii (text))
    return FALSE;
  folded = fold (text);
  return strstr (folded, self->folded) != NULL;
}
