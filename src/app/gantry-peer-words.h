/* gantry-peer-words.h - a peer by its name, where it has one, and its address
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @peer: as in an association's record, with the port or without; "ct1.example (10.0.0.77:51234)",
 * or @peer while no name is known: gantry_peer_names_lookup(). A long name is cut, the address
 * never. (transfer full) */
char *gantry_peer_words_describe (const char *peer);

G_END_DECLS
