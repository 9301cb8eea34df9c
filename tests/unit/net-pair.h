/* net-pair.h - an acceptor that keeps what it gets, and short ways to talk to it, for tests
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-acceptor.h"
#include "gantry-store-scp.h"
#include "gantry-store-scu.h"
#include "gantry-trace.h"

#define CT_IMAGE "1.2.840.10008.5.1.4.1.1.2"
#define UNKNOWN_SYNTAX "1.2.826.0.1.3680043.2.1143.99.1" /* no toolkit knows it */

/* Everything that one acceptor saw; under its lock. */
typedef struct
{
  GantryAcceptor *acceptor;
  GMutex lock;
  GCond changed;
  guint serving, served, released, turned_away, objects, echoes, dropped;
  GantryReject last_reject;
  GError *last_error; /* of serving, or of a caller turned away */
  char *last_comment;
  char *last_class, *last_instance, *last_syntax;
  GByteArray *last_object;
  GArray *numbers;    /* guint: what the SOP instance UIDs ended in, in order of arrival */
  GArray *priorities; /* guint16: of their C-STORE-RQs */
  char *last_calling;
  guint32 last_peer_max_pdu;
  gint answer;              /* status for each object */
  gint answers;             /* so many objects more get it, the others success; 0: all get it */
  gint wait_at;             /* the object with this number (from 1) is answered when this changes */
  gboolean refuse_begin;    /* answer it without taking the bytes */
  gboolean refuse_contexts; /* accept none */
  gboolean reject;          /* every association: called AE title not recognized */
  gboolean busy;            /* the same, but for now: temporary congestion */
  gboolean hold;            /* do not serve, wait until told to go on */
  /* Which transfer syntax is accepted, NULL: none; set before anybody connects. */
  const char *(*choose) (const GantryContext *context);
  gint refusal;       /* the result of what that refuses (PS3.8 9.3.3.2); 0: transfer syntaxes, 4 */
  const char *traced; /* DCMTK's messages about this caller are kept; set before it connects */
  GPtrArray *lines;   /* (element-type utf8): these */
  guint n_gone;       /* associations of which nothing is left */
  guint extended; /* items of extended negotiation that were there when contexts were answered */
} NetScp;

/* @change: (nullable): changes the options before the start */
NetScp *net_scp_new (void (*change) (GantryAcceptorOptions *options));
void net_scp_free (NetScp *self);
guint16 net_scp_get_port (NetScp *self);
/* Sets one of the last members, under the lock. */
void net_scp_set (NetScp *self, gint *member, gint value);
/* Waits until *@counter, one of the members, is at least @value; fails the test after ten seconds.
 */
void net_scp_wait (NetScp *self, const guint *counter, guint value);

/* Verification and CT in Explicit Little Endian and in a syntax that nobody knows. */
GPtrArray *net_contexts_new (void);
GantryAssociation *net_request (guint16 port,
                                GPtrArray *contexts,
                                const GantryTimeouts *timeouts,
                                guint32 max_pdu,
                                GCancellable *cancellable,
                                GError **error);
/* With defaults; must succeed. */
GantryAssociation *net_connect (guint16 port);
/* C-STORE of bytes in memory. */
gboolean net_store (GantryAssociation *association,
                    const char *transfer_syntax,
                    const guint8 *data,
                    gsize length,
                    guint16 *status,
                    GError **error);

/* An item of an A-ASSOCIATE PDU: a type, a reserved octet, a 16 bit length, the value. */
void net_append_item (GByteArray *to, guint8 type, const void *value, gsize length);
/* An A-ASSOCIATE-RQ (1) or -AC (2) for GANTRY from TESTER, up to the application context. */
GByteArray *net_associate_begin (guint8 type);
/* Mends its length. */
void net_associate_end (GByteArray *pdu);
/* An A-ASSOCIATE-AC for net_contexts_new() with @results; NULL: all accepted. */
GByteArray *net_accept_pdu (const guint8 *results);
/* Reads a whole PDU with its header. */
GByteArray *net_raw_read_pdu (int fd);

/* A plain socket to @port on loopback, blocking with a time-out of ten seconds. */
int net_raw_connect (guint16 port);
/* A listener on loopback that nobody serves. */
int net_raw_listen (guint16 *port);
