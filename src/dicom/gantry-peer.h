/* gantry-peer.h - a remote application entity: what it is called and where it listens
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GANTRY_AE_TITLE_MAX                                                                        \
  16 /* PS3.5 6.2: sixteen octets, space padded on the wire (PS3.8 9.3.2) */

/* Immutable after parsing, so worker threads may share one without a lock. */
typedef struct _GantryPeer GantryPeer;

/**
 * gantry_peer_parse:
 * @text: `AET@host:port`; an IPv6 host is written in brackets; the last `@` divides
 * @error: return location for %GANTRY_ERROR_ADDRESS
 *
 * Checks the shape only; a host that does not exist still parses.
 *
 * Returns: (transfer full) (nullable): the peer, or %NULL with @error set
 */
GantryPeer *gantry_peer_parse (const char *text, GError **error);
GantryPeer *gantry_peer_ref (GantryPeer *self);
void gantry_peer_unref (GantryPeer *self);

const char *gantry_peer_get_ae_title (GantryPeer *self);
const char *gantry_peer_get_host (GantryPeer *self);
guint16 gantry_peer_get_port (GantryPeer *self);

/* `AET@host:port`, with the brackets that IPv6 needs. */
char *gantry_peer_format (const char *ae_title, const char *host, guint16 port);

/**
 * gantry_ae_title_check:
 * @error: return location for %GANTRY_ERROR_ADDRESS with a sentence for the person who typed it
 *
 * VR AE of PS3.5 6.2: 1 to 16 printable ASCII characters, no backslash, not all spaces.
 */
gboolean gantry_ae_title_check (const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryPeer, gantry_peer_unref)

G_END_DECLS
