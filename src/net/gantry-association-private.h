/* gantry-association-private.h - what the acceptor and the services need beyond the public door
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-acceptor.h"
#include "gantry-wire.h"

G_BEGIN_DECLS

/* Titles and address of a connection that has sent its request, for a rejection before anything
 * else is known. */
typedef struct
{
  char called[17], calling[17];
  gboolean version_supported, context_supported;
} GantryFirstLook;

/**
 * gantry_association_await_request:
 * @tls: (nullable): how the connection is encrypted
 * @error: how the connection ended; it is closed then
 *
 * Waits for the encryption to be agreed on and the whole A-ASSOCIATE-RQ.
 */
gboolean gantry_association_await_request (GantryWire *wire,
                                           const GantryTimeouts *timeouts,
                                           GantryTlsContext *tls,
                                           GantryFirstLook *look,
                                           GError **error);

/* An association that is neither accepted nor rejected yet. Takes its own reference to @wire. */
GantryAssociation *gantry_association_new_incoming (GantryWire *wire,
                                                    guint32 max_pdu,
                                                    const GantryTimeouts *timeouts,
                                                    const char *peer_address,
                                                    GError **error);
gboolean gantry_association_accept (GantryAssociation *self, GError **error);
void gantry_association_reject (GantryAssociation *self, const GantryReject *reject);

/* Never 0; unique among the operations outstanding (PS3.7 E.1). */
guint16 gantry_association_next_message_id (GantryAssociation *self);
/* A store was answered just now, whose last octet was handed over at @sent (monotonic). */
void gantry_association_count_store (GantryAssociation *self, gint64 sent);
/* See gantry_wire_set_patience(). */
void gantry_association_set_patience (GantryAssociation *self, guint ms);
const GantryTimeouts *gantry_association_get_timeouts (GantryAssociation *self);

G_END_DECLS
