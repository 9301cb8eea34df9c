/* gantry-peer-names.h - what the network's name service calls those who connect
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For eyes only: everything that decides, logs or exports goes by the address. Nobody waits here:
 * what is not known is asked for, and told by a signal. The receiver does not know of it, so a name
 * service that hangs or lies holds up no association. One thread, the main one.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GantryPeerNames:
 *
 * The property "enabled" (at first %FALSE) says whether anything is ever asked; what was known is
 * forgotten with it. The signal "changed", with an address or %NULL for all of them, says that
 * gantry_peer_names_lookup() may have another answer by now; it comes from the main loop or out of
 * a change of "enabled", never out of a lookup.
 */
#define GANTRY_TYPE_PEER_NAMES (gantry_peer_names_get_type ())
G_DECLARE_FINAL_TYPE (GantryPeerNames, gantry_peer_names, GANTRY, PEER_NAMES, GObject)

typedef struct
{
  guint known;       /* addresses that are remembered; the oldest answer is forgotten first */
  guint at_once;     /* questions */
  guint waiting;     /* addresses that wait for their turn; who has waited longest goes first */
  guint patience_ms; /* after that an address counts as one without a name */
  guint name_ms;     /* how long a name counts */
  guint none_ms;     /* how long it counts that there is none, or that nobody could say */
} GantryPeerNamesLimits;

#define GANTRY_PEER_NAMES_LIMITS_DEFAULT                                                           \
  ((GantryPeerNamesLimits){ .known = 1000,                                                         \
                            .at_once = 4,                                                          \
                            .waiting = 256,                                                        \
                            .patience_ms = 10 * 1000,                                              \
                            .name_ms = 10 * 60 * 1000,                                             \
                            .none_ms = 2 * 60 * 1000 })

/* Returns: (transfer none): the one of this program */
GantryPeerNames *gantry_peer_names_get_default (void);
/* @limits: (nullable): the default */
GantryPeerNames *gantry_peer_names_new (const GantryPeerNamesLimits *limits);

/**
 * gantry_peer_names_lookup:
 * @peer: "10.0.0.77", "10.0.0.77:51234", "[fd00::77]:51234", as in an association's record;
 * anything else has no name
 *
 * Answers from what is known. Otherwise the default #GResolver is asked, once for all who want to
 * know, and "changed" tells when to look again.
 *
 * Returns: (transfer full) (nullable): a name of letters, digits, “-”, “.” and “_”; %NULL: there is
 * none, or none yet
 */
char *gantry_peer_names_lookup (GantryPeerNames *self, const char *peer);

/* Whether @peer, with or without a port, is at @address, as "changed" has it; %NULL: any. */
gboolean gantry_peer_names_is_at (const char *peer, const char *address);

G_END_DECLS
