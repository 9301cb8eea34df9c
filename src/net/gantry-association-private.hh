/* gantry-association-private.hh - the association itself, for the .cc files of this room only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-transport.hh"

#include "gantry-association-private.h"

/* One answer for each possible context: they have odd numbers (PS3.8 9.3.2.2). */
#define GANTRY_N_CONTEXTS 128
#define GANTRY_ABORT_BY_USER 0 /* PS3.8 9.3.8: source */
#define GANTRY_ABORT_BY_PROVIDER 2

struct _GantryAssociation
{
  GantryWire *wire;
  T_ASC_Association *assoc; /* NULL once over */
  GantryAssociationFacts facts;
  GantryTimeouts timeouts;
  gboolean is_acceptor, releasing;
  guint wait_ms;          /* how long the last message was waited for; 0: none yet */
  guint16 message_id;     /* the last one given out */
  GantryPathFigures path; /* stores and waits only */

  /* What negotiate() decided; acceptor only. */
  char *accepted[GANTRY_N_CONTEXTS];
  guint8 results[GANTRY_N_CONTEXTS];

  /* Fragments of the PDU read last that nobody has seen yet, in dcmnet's buffer. */
  const guint8 *next_pdv;
  guint n_pdvs;

  gboolean answer_due; /* a message of ours went out to its end, and was not answered */

  gboolean data_pending; /* a command announced a data set that nobody has read yet */
  guint8 data_context;
  GByteArray *command; /* a command that came in several fragments */
  gsize command_spent; /* octets of its fragments so far, headers and all */
};

/* One that is not negotiated yet; takes its own reference to @wire. */
GantryAssociation *gantry_association_new (GantryWire *wire,
                                           const GantryTimeouts *timeouts,
                                           guint32 max_pdu,
                                           gboolean is_acceptor);
/* How the wire is encrypted, if it is, into the facts. */
void gantry_association_take_tls (GantryAssociation *self);
/* Our implementation's class and version (PS3.7 D.3.3.2). */
void gantry_association_introduce (T_ASC_Parameters *params);

/* Sets @error to why the association came to its end, says goodbye to the peer where that makes
 * sense and drops everything that dcmnet holds. */
void gantry_association_fail (GantryAssociation *self, const OFCondition &cond, GError **error);
/* The same for what the peer did wrong in our eyes; @message is a sentence. */
void
gantry_association_fail_protocol (GantryAssociation *self, const char *message, GError **error);
/* Drops what dcmnet holds; the connection closes. */
void gantry_association_drop (GantryAssociation *self);
/* FALSE, with @error, when there is no association any more. */
gboolean gantry_association_check (GantryAssociation *self, GError **error);

/* @bytes: the A-ASSOCIATE-RQ; contexts are then as proposed */
gboolean
gantry_association_facts_set_request (GantryAssociation *self, GBytes *bytes, GError **error);
/* @bytes: the A-ASSOCIATE-AC; replaces the contexts by the same with their answers */
gboolean
gantry_association_facts_set_answer (GantryAssociation *self, GBytes *bytes, GError **error);
void gantry_association_facts_clear (GantryAssociationFacts *facts);
