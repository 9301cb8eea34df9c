/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-peer-words.h"

#include <glib/gi18n-lib.h>

#include "gantry-peer-names.h"

char *
gantry_peer_words_describe (const char *peer)
{
  g_autofree char *name = gantry_peer_names_lookup (gantry_peer_names_get_default (), peer);

  if (name == NULL)
    return g_strdup (peer);
  /* Translators: the name of a computer and its address */
  return g_strdup_printf (_ ("%s (%s)"), name, peer);
}
