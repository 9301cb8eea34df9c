/* gantry-association.h - a DICOM association, either side, and messages over it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One association belongs to one worker thread; every call but gantry_association_cancel() and
 * gantry_association_get_traffic() is made there and blocks up to its deadline. DCMTK stays behind
 * this door.
 */
#pragma once

#include <gio/gio.h>

#include "gantry-command.h"
#include "gantry-path-figures.h"
#include "gantry-records.h"
#include "gantry-tls.h"

G_BEGIN_DECLS

typedef struct _GantryAssociation GantryAssociation;

#define GANTRY_DEFAULT_MAX_PDU 131072 /* the largest that dcmnet takes; smaller costs speed */

/* Time-outs in milliseconds. */
typedef struct
{
  guint connect; /* name resolution and TCP */
  guint acse;    /* for TLS, from our A-ASSOCIATE-RQ to the answer, and for release */
  guint dimse;   /* from the last byte of a request to its response */
  guint idle;    /* an acceptor waiting for the next message; also for the rest of a PDU */
} GantryTimeouts;

#define GANTRY_TIMEOUTS_DEFAULT ((GantryTimeouts){ 5000, 15000, 60000, 300000 })

typedef struct
{
  const char *calling, *called; /* AE titles */
  const char *host;
  guint16 port;
  guint32 max_pdu; /* what we say we can receive; 4096..131072 */
  GantryTimeouts timeouts;
  /* (element-type GantryContext): id, abstract_syntax and proposed count; at most 128 */
  GPtrArray *contexts;
  /* For each storage SOP class among them, and each that the standard does not name, propose SOP
   * Class Extended Negotiation (56H; level 2, signature level 3, no coercion: PS3.4 B.3.1) and
   * Common Extended Negotiation (57H, with the Storage Service Class and the related general SOP
   * classes of PS3.4 Table B.3-3). */
  gboolean extended_negotiation;
  gboolean known;       /* it has accepted an association just now, so it is a DICOM node */
  const GantryTls *tls; /* NULL: not encrypted; its files are read now */
  /* When a plain connection ends without an answer, find out over another one whether the port
   * speaks TLS, and say so. For people who look for a fault. */
  gboolean diagnose;
  GantryStepFunc passed; /* NULL: nobody watches; called on this thread with passed_data */
  gpointer passed_data;
} GantryAssociationRequest;

/* What is known once the association stands; owned by the association, never changes. */
typedef struct
{
  char *calling, *called; /* as sent by the requestor */
  char *peer_address;     /* "address:port" */
  char *tls;              /* "TLS 1.3, TLS_AES_256_GCM_SHA384"; "": not encrypted */
  char *peer_implementation_class_uid;
  char *peer_implementation_version;
  guint32 our_max_pdu, peer_max_pdu;   /* peer 0: no limit */
  GPtrArray *contexts;                 /* (element-type GantryContext), answered */
  GPtrArray *proposed_extended;        /* (element-type GantryExtended): 56H and 57H of the RQ */
  GPtrArray *answered_extended;        /* (element-type GantryExtended): 56H of the AC */
  GBytes *request_pdu, *answer_pdu;    /* the A-ASSOCIATE PDUs as on the wire; NULL until seen */
  gint64 step_elapsed[GANTRY_N_STEPS]; /* microseconds, requestor only; -1: not reached */
} GantryAssociationFacts;

/**
 * gantry_association_request:
 * @failed_step: (out) (optional): where it broke
 * @elapsed: (out) (optional): GANTRY_N_STEPS times in microseconds, -1 for steps not reached
 * @error: %GANTRY_ERROR_UNREACHABLE, _REJECTED, _REJECTED_FOR_NOW, _ABORTED, _TIMED_OUT,
 *   _PROTOCOL, _SECURITY or %G_IO_ERROR_CANCELLED, each with a sentence for the user
 *
 * Resolves, connects (IPv4 and IPv6) and negotiates. That no context was accepted is not an error
 * here: look at the facts.
 */
GantryAssociation *gantry_association_request (const GantryAssociationRequest *request,
                                               GCancellable *cancellable,
                                               GantryStep *failed_step,
                                               gint64 *elapsed,
                                               GError **error);

const GantryAssociationFacts *gantry_association_get_facts (GantryAssociation *self);

/* The context for @abstract_syntax whose accepted transfer syntax is @transfer_syntax, 0 when there
 * is none. */
guint8 gantry_association_find_context (GantryAssociation *self,
                                        const char *abstract_syntax,
                                        const char *transfer_syntax);
/* The accepted transfer syntax of a context; NULL when it was not accepted. */
const char *gantry_association_get_transfer_syntax (GantryAssociation *self,
                                                    guint8 context_id,
                                                    const char **abstract_syntax);

/* A release that the peer confirms (A-RELEASE, PS3.8 9.3.6); the connection is closed in any case.
 */
gboolean gantry_association_release (GantryAssociation *self, GError **error);
/* Whether the peer ended it by an A-ABORT (PS3.8 9.3.8). */
gboolean gantry_association_was_aborted (GantryAssociation *self);
/* A-ABORT as service user (PS3.8 9.3.8), then close. */
void gantry_association_abort (GantryAssociation *self);
/* Whether it was released, aborted or lost; then nothing can be sent any more. */
gboolean gantry_association_is_over (GantryAssociation *self);
/* Whether a message went out to its end and was not answered, even if the association is over: the
 * peer may have done what it asks for. */
gboolean gantry_association_is_answer_due (GantryAssociation *self);
/* Aborts first if the association still stands. */
void gantry_association_free (GantryAssociation *self);

/* Any thread: whatever the association waits for ends at once with %G_IO_ERROR_CANCELLED. The
 * caller makes sure that the association is not freed meanwhile. */
void gantry_association_cancel (GantryAssociation *self);
/* The connection ends without a word, as if the network had gone; what waits ends as cancelled. */
void gantry_association_sever (GantryAssociation *self);
/* Waits; FALSE when it was cancelled meanwhile. */
gboolean gantry_association_sleep (GantryAssociation *self, guint ms);
/* Any thread: bytes on the wire so far. */
void gantry_association_get_traffic (GantryAssociation *self, guint64 *in, guint64 *out);

/**
 * gantry_association_get_path:
 * @figures: (out): of this association, so far or at its end: stores, waits, PDU sizes, and what
 * the kernel knows; the caller adds what it alone can measure
 */
void gantry_association_get_path (GantryAssociation *self, GantryPathFigures *figures);

/* ---- Messages ------------------------------------------------------------------------------ */

/* Bytes of the data set handed to the wire so far; called about every PDU. */
typedef void (*GantrySendProgress) (guint64 sent, gpointer user_data);

/**
 * gantry_association_send:
 * @data: (nullable): the data set, encoded in the context's transfer syntax, sent as it is, even
 *   length; it may be a mapped file
 *
 * Fragments as PS3.8 Annex E demands, within the peer's maximum PDU. Command and first data go out
 * in one write where they fit.
 */
gboolean gantry_association_send (GantryAssociation *self,
                                  guint8 context_id,
                                  const GantryCommand *command,
                                  const guint8 *data,
                                  gsize length,
                                  GantrySendProgress progress,
                                  gpointer user_data,
                                  GError **error);

/* Puts the next @length octets of a data set into @buffer. FALSE, with @error: they are not to be
 * had. */
typedef gboolean (*GantryFillFunc) (guint8 *buffer,
                                    gsize length,
                                    gpointer user_data,
                                    GError **error);

/* The same with a data set that comes piece by piece. When @fill fails, its error is this one's,
 * and the association stands if nothing was sent yet; else it is aborted, so that the peer never
 * takes a part for the whole: see gantry_association_is_over(). */
gboolean gantry_association_send_filled (GantryAssociation *self,
                                         guint8 context_id,
                                         const GantryCommand *command,
                                         guint64 length,
                                         GantryFillFunc fill,
                                         gpointer fill_data,
                                         GantrySendProgress progress,
                                         gpointer user_data,
                                         GError **error);

typedef enum
{
  GANTRY_RECEIVED_COMMAND,
  GANTRY_RECEIVED_RELEASE, /* confirmed already; the association is over */
  GANTRY_RECEIVED_ERROR    /* @error is set; the association is over */
} GantryReceiveResult;

/* Waits up to @timeout_ms for the next command. */
GantryReceiveResult gantry_association_receive (GantryAssociation *self,
                                                guint timeout_ms,
                                                guint8 *context_id,
                                                GantryCommand *command,
                                                GError **error);

/* FALSE when the fragment is not wanted. From the first of these on the rest is only read to its
 * end, and when that takes ten times as long as one may be waited for, the association is aborted.
 */
typedef gboolean (*GantryDataFunc) (const guint8 *data, gsize length, gpointer user_data);

/* The data set that follows a command, fragment by fragment, straight from the PDU buffer. */
gboolean gantry_association_receive_data (GantryAssociation *self,
                                          guint8 context_id,
                                          GantryDataFunc func,
                                          gpointer user_data,
                                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryAssociation, gantry_association_free)

G_END_DECLS
