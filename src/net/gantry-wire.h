/* gantry-wire.h - one TCP connection, plain or encrypted, and the PDUs on it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Belongs to one worker thread; only cancel, traffic and the reference count are for any thread.
 * Reference counted because dcmnet deletes its connection objects inside of its calls while we
 * still want to know what happened.
 */
#pragma once

#include <glib.h>

#include "gantry-path-figures.h"
#include "gantry-tls-context.h"
#include "gantry-wire-state.h"

G_BEGIN_DECLS

typedef struct _GantryWire GantryWire;

/* Takes @fd over, which is connected. */
GantryWire *gantry_wire_new (int fd);
GantryWire *gantry_wire_ref (GantryWire *self);
void gantry_wire_unref (GantryWire *self);

int gantry_wire_get_fd (GantryWire *self);
/* "address:port" of the other end; IPv4 in IPv6 is written as IPv4. */
char *gantry_wire_dup_peer_address (GantryWire *self);
/* Lives on under the descriptor @fd, whose own connection is closed. */
gboolean gantry_wire_move_to (GantryWire *self, int fd);

/* Any thread: ends the present wait and all later ones. */
/* What is cancelled from now on is so much later; 0: at once. On the wire's own thread. */
void gantry_wire_set_patience (GantryWire *self, guint ms);
void gantry_wire_cancel (GantryWire *self);
/* Ends the connection without a word, and every wait as cancelled. */
void gantry_wire_sever (GantryWire *self);
/* FALSE: cancelled meanwhile. */
gboolean gantry_wire_sleep (GantryWire *self, guint ms);
/* Any thread: octets of DICOM, without what encryption adds. */
void gantry_wire_get_traffic (GantryWire *self, guint64 *in, guint64 *out);

/* Octets, time for which the peer took no more, and what the kernel says, as it is now or was when
 * the connection was closed. */
void gantry_wire_get_path (GantryWire *self, GantryPathFigures *figures);

/* Milliseconds: until a PDU begins, counted from now, or from when the peer has taken something of
 * what was written; for the rest of a PDU that has begun, each; for the peer to take more. */
void gantry_wire_set_deadline (GantryWire *self, guint wait_ms);
void gantry_wire_set_limits (GantryWire *self, guint pdu_ms, guint write_ms);

/**
 * gantry_wire_start_tls:
 * @host: whom we wanted to reach; %NULL for the side that was called
 *
 * Negotiates the encryption of all that follows, up to the deadline that was set. Comes before the
 * first octet in either direction.
 */
gboolean gantry_wire_start_tls (GantryWire *self, GantryTlsContext *context, const char *host);
/* TRUE from the beginning to the end of that negotiation. */
gboolean gantry_wire_is_in_handshake (GantryWire *self);
/* "TLS 1.3, TLS_AES_256_GCM_SHA384"; NULL without. */
char *gantry_wire_dup_tls (GantryWire *self);
/* For GANTRY_WIRE_TLS, and for a connection that ended after the peer asked for a certificate that
 * we do not have: a sentence; NULL otherwise. */
char *gantry_wire_dup_tls_failure (GantryWire *self);
/* TRUE: octets of TLS have come from the peer. */
gboolean gantry_wire_heard_tls (GantryWire *self);

/**
 * gantry_wire_wait:
 *
 * Waits until there is something to read, or the end of the stream. The very first time, until the
 * whole first PDU is here and looks like an answer to an association request, or like one
 * (gantry_wire_get_first_in()), so that nothing half or malformed gets any further.
 */
gboolean gantry_wire_wait (GantryWire *self);
/* Like read(2), blocking up to the deadline: 0 at the end of the stream, -1 on failure. */
gssize gantry_wire_read (GantryWire *self, void *to, gsize size);

/* For the end of the user information of an A-ASSOCIATE PDU of ours, when it is written: see
 * gantry_extended_add_items(). */
void gantry_wire_set_user_items (GantryWire *self, GBytes *items);

/* While held, data PDUs are queued and leave together when enough have come, or it is let go. The
 * bytes of their bodies must stay where they are until then. */
void gantry_wire_hold (GantryWire *self, gboolean hold);
/* Returns: @size or -1. */
gssize gantry_wire_write (GantryWire *self, const void *from, gsize size);

/* Sends an A-ABORT (PS3.8 9.3.8) or an A-ASSOCIATE-RJ (9.3.4) if the peer may still understand one,
 * and closes. Never waits for longer than about 50 ms. */
void gantry_wire_abort (GantryWire *self, guint8 source, guint8 reason);
void gantry_wire_reject (GantryWire *self, guint8 result, guint8 source, guint8 reason);
/* Lets the peer close first for up to @patience_ms, which keeps our last words from being lost. */
void gantry_wire_close (GantryWire *self, guint patience_ms);

GantryWireState gantry_wire_get_state (GantryWire *self);
int gantry_wire_get_errno (GantryWire *self);
/* What is wrong with a malformed first PDU that is a request or an answer all the same; or NULL. */
const GError *gantry_wire_get_fault (GantryWire *self);
/* TRUE in the middle of a PDU. */
gboolean gantry_wire_is_inside (GantryWire *self);
/* The first PDU in either direction, NULL until seen. */
GBytes *gantry_wire_get_first_in (GantryWire *self);
GBytes *gantry_wire_get_first_out (GantryWire *self);
/* FALSE: the peer sent no A-ABORT. */
gboolean gantry_wire_get_abort (GantryWire *self, guint8 *source, guint8 *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryWire, gantry_wire_unref)

G_END_DECLS
