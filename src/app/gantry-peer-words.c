/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-peer-words.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-peer-names.h"

/* What is longer would leave no room for the address, as somebody may want it. */
#define SHOWN_CHARS 64

char *
gantry_peer_words_describe (const char *peer)
{
  g_autofree char *name = gantry_peer_names_lookup (gantry_peer_names_get_default (), peer);
  g_autofree char *shown = NULL;

  if (name == NULL)
    return g_strdup (peer);
  shown = gantry_format_text (name, SHOWN_CHARS);
  /* Translators: the name of a computer and its address */
  return g_strdup_printf (_ ("%s (%s)"), shown, peer);
}
