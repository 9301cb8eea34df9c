/* gantry-acceptor.h - listens for associations; no peer can make another one wait
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Leader and followers: one thread waits at the listening socket, and becomes the worker of the
 * connection it got as soon as another has taken its place.
 */
#pragma once

#include "gantry-association.h"
#include "gantry-tls-context.h"

G_BEGIN_DECLS

typedef struct _GantryAcceptor GantryAcceptor;

typedef struct
{
  const char *address; /* NULL: every address, IPv4 and IPv6 */
  guint16 port;        /* 0: a free one */
  guint32 max_pdu;
  GantryTimeouts timeouts; /* acse: until the A-ASSOCIATE-RQ is complete, TLS included */
  guint max_associations;  /* more are rejected: local limit exceeded (PS3.8 9.3.4), transient */
  guint max_unassociated;  /* connections that have not yet sent their request; the oldest goes, and
                              as many may be on their way out */
  GantryTlsContext *tls;   /* NULL: not encrypted; the acceptor takes a reference of its own */
} GantryAcceptorOptions;

/* A-ASSOCIATE-RJ, PS3.8 9.3.4. */
typedef struct
{
  guint8 result, source, reason;
} GantryReject;

/* Why a connection ended before there was an association, or was refused one. */
typedef struct
{
  const char *peer_address;
  const char *calling, *called; /* "" when the request never came */
  const GantryReject *reject;   /* NULL: it was not a rejection */
  const GError *error;          /* NULL for a rejection */
  GBytes *request_pdu;          /* A-ASSOCIATE-RQ; NULL: none came */
  GBytes *answer_pdu;           /* the first PDU of ours; NULL: none left */
  gboolean aborted;             /* by an A-ABORT of the caller's */
} GantryTurnedAway;

/* All called on the connection's own worker thread, several at a time. */
typedef struct
{
  /* Decides over a request: FALSE with @reject filled, or TRUE after gantry_association_answer()
   * for each context; contexts that get no answer are refused as not supported. The facts have the
   * contexts and the extended negotiation as proposed. */
  gboolean (*negotiate) (GantryAssociation *association, GantryReject *reject, gpointer user_data);
  /* Serves the association to its end; must come back soon after gantry_association_cancel(). */
  void (*serve) (GantryAssociation *association, gpointer user_data);
  void (*turned_away) (const GantryTurnedAway *what, gpointer user_data);
  /* (nullable): somebody called @calling asks for an association; before dcmnet hears of it. */
  void (*arrived) (const char *calling, gpointer user_data);
  /* (nullable): nothing of it is left on this thread; after each arrived(). */
  void (*gone) (gpointer user_data);
} GantryAcceptorFuncs;

/* From negotiate() only: accepts a proposed context with one of its transfer syntaxes, by UID, also
 * those DCMTK has never heard of; NULL refuses it with @result (PS3.8 9.3.3.2). */
void gantry_association_answer (GantryAssociation *association,
                                guint8 context_id,
                                const char *transfer_syntax,
                                guint8 result);

/* @error: %GANTRY_ERROR_BUSY when the port is taken (which names a free alternative), _STORAGE or
 * _ADDRESS when it may not be bound. */
GantryAcceptor *gantry_acceptor_new (const GantryAcceptorOptions *options,
                                     const GantryAcceptorFuncs *funcs,
                                     gpointer user_data,
                                     GError **error);
guint16 gantry_acceptor_get_port (GantryAcceptor *self);

/* Stops listening, cancels every association, waits for all workers, frees. Not from a worker. */
void gantry_acceptor_free (GantryAcceptor *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryAcceptor, gantry_acceptor_free)

G_END_DECLS
