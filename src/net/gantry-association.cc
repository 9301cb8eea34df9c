/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-private.hh"

#include <dcmtk/dcmnet/cond.h>

#include <cstring>
#include <glib/gi18n-lib.h>
#include <new>
#include <unistd.h>

#include "gantry-connect.h"
#include "gantry-error.h"
#include "gantry-extended.h"
#include "gantry-failure.hh"
#include "gantry-pdu.h"
#include "gantry-registry.h"
#include "gantry-tls-context.h"
#include "gantry-words.h"

#define ABORT_BY_USER 0 /* PS3.8 9.3.8: source */
#define ABORT_BY_PROVIDER 2
#define REJECTED_TRANSIENT 2   /* PS3.8 9.3.4: result */
#define ABORT_UNEXPECTED_PDU 2 /* reason */
#define ABORT_INVALID_PARAMETER 6

#define PROBE_MS 2000

/* ---- Failing -------------------------------------------------------------------------------- */

void
gantry_association_drop (GantryAssociation *self)
{
  ASC_destroyAssociation (&self->assoc);
  gantry_wire_close (self->wire, 0);
}

void
gantry_association_fail (GantryAssociation *self, const OFCondition &cond, GError **error)
{
  GantryPhase phase = self->releasing     ? GANTRY_PHASE_RELEASE
                      : self->is_acceptor ? GANTRY_PHASE_IDLE
                                          : GANTRY_PHASE_ANSWER;
  GantryTimeouts timeouts = self->timeouts;

  if (self->wait_ms != 0)
    timeouts.dimse = self->wait_ms;
  gantry_failure_set_error (self->wire, phase, &timeouts, cond, error);
  gantry_wire_abort (self->wire, ABORT_BY_USER, 0);
  gantry_association_drop (self);
}

void
gantry_association_fail_protocol (GantryAssociation *self, const char *message, GError **error)
{
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL, message);
  gantry_wire_abort (self->wire, ABORT_BY_USER, 0);
  gantry_association_drop (self);
}

gboolean
gantry_association_check (GantryAssociation *self, GError **error)
{
  if (self->assoc != NULL)
    return TRUE;
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED,
                       _ ("The association is over already."));
  return FALSE;
}

gboolean
gantry_association_is_over (GantryAssociation *self)
{
  return self->assoc == NULL;
}

/* ---- Making one ---------------------------------------------------------------------------- */

static GantryAssociation *
association_new (GantryWire *wire,
                 const GantryTimeouts *timeouts,
                 guint32 max_pdu,
                 gboolean is_acceptor)
{
  GantryAssociation *self = g_new0 (GantryAssociation, 1);

  self->wire = gantry_wire_ref (wire);
  self->timeouts = *timeouts;
  self->is_acceptor = is_acceptor;
  self->facts.proposed_extended = gantry_record_array_new ();
  self->facts.answered_extended = gantry_record_array_new ();
  self->facts.our_max_pdu
      = CLAMP (max_pdu, (guint32)ASC_MINIMUMPDUSIZE, (guint32)ASC_MAXIMUMPDUSIZE);
  self->facts.peer_implementation_class_uid = g_strdup ("");
  self->facts.peer_implementation_version = g_strdup ("");
  self->facts.tls = g_strdup ("");
  for (guint i = 0; i < GANTRY_N_STEPS; i++)
    self->facts.step_elapsed[i] = -1;
  return self;
}

static void
set_tls (GantryAssociation *self)
{
  char *tls = gantry_wire_dup_tls (self->wire);

  if (tls == NULL)
    return;
  g_free (self->facts.tls);
  self->facts.tls = tls;
}

static void
introduce_ourselves (T_ASC_Parameters *params)
{
  g_strlcpy (params->ourImplementationClassUID, GANTRY_IMPLEMENTATION_CLASS_UID,
             sizeof params->ourImplementationClassUID);
  g_strlcpy (params->ourImplementationVersionName, GANTRY_IMPLEMENTATION_VERSION,
             sizeof params->ourImplementationVersionName);
}

/* ---- Requesting ----------------------------------------------------------------------------- */

static T_ASC_Parameters *
build_parameters (const GantryAssociationRequest *request, guint32 max_pdu)
{
  T_ASC_Parameters *params = NULL;

  if (ASC_createAssociationParameters (&params, max_pdu).bad ())
    return NULL;
  introduce_ourselves (params);
  ASC_setAPTitles (params, request->calling, request->called, NULL);
  for (guint i = 0; i < request->contexts->len; i++)
    {
      const GantryContext *context = (const GantryContext *)request->contexts->pdata[i];

      if (ASC_addPresentationContext (params, context->id, context->abstract_syntax,
                                      (const char **)context->proposed,
                                      g_strv_length (context->proposed))
              .bad ())
        {
          ASC_destroyAssociationParameters (&params);
          return NULL;
        }
    }
  return params;
}

/* The peer's first PDU says more than dcmnet's condition does. */
static void
set_negotiation_error (GantryWire *wire,
                       const GantryAssociationRequest *request,
                       const OFCondition &cond,
                       GError **error)
{
  GBytes *answer = gantry_wire_get_first_in (wire);
  const guint8 *data = answer != NULL ? (const guint8 *)g_bytes_get_data (answer, NULL) : NULL;

  if (data != NULL && data[0] == GANTRY_PDU_ASSOCIATE_RJ)
    {
      g_autofree char *text
          = gantry_reject_describe (data[7], data[8], data[9], request->called, request->calling);

      g_set_error_literal (error, GANTRY_ERROR,
                           data[7] == REJECTED_TRANSIENT ? GANTRY_ERROR_REJECTED_FOR_NOW
                                                         : GANTRY_ERROR_REJECTED,
                           text);
    }
  else if (data != NULL && data[0] == GANTRY_PDU_ABORT)
    gantry_failure_set_abort (data[8], data[9], error);
  else
    gantry_failure_set_error (wire, GANTRY_PHASE_REQUEST, &request->timeouts, cond, error);
}

static void
on_cancelled (GCancellable *cancellable G_GNUC_UNUSED, gpointer wire)
{
  gantry_wire_cancel ((GantryWire *)wire);
}

static gboolean
negotiate (GantryAssociation *self,
           const GantryAssociationRequest *request,
           GCancellable *cancellable,
           GError **error)
{
  T_ASC_Parameters *params = build_parameters (request, self->facts.our_max_pdu);
  guint acse = request->timeouts.acse;
  gulong handler = 0;

  if (params == NULL)
    {
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
                           _ ("The association request cannot be put into words: one of its UIDs "
                              "or titles is not valid."));
      return FALSE;
    }
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self->wire, NULL);
  if (request->extended_negotiation)
    {
      g_autoptr (GBytes) items = gantry_extended_propose (request->contexts);

      gantry_wire_set_user_items (self->wire, items);
    }
  gantry_wire_set_limits (self->wire, acse, acse);
  gantry_wire_set_deadline (self->wire, acse);
  OFCondition cond = gantry_transport_request (self->wire, params, &self->assoc);
  g_cancellable_disconnect (cancellable, handler);

  if (cond.bad ())
    {
      set_negotiation_error (self->wire, request, cond, error);
      gantry_wire_abort (self->wire, ABORT_BY_USER, 0);
      return FALSE;
    }
  gantry_wire_set_limits (self->wire, request->timeouts.idle, request->timeouts.dimse);
  return gantry_association_facts_set_request (self, gantry_wire_get_first_out (self->wire), error)
         && gantry_association_facts_set_answer (self, gantry_wire_get_first_in (self->wire),
                                                 error);
}

/* Whether anything in TLS comes back when we begin to speak it. */
static gboolean
port_speaks_tls (const GantryAssociationRequest *request, GCancellable *cancellable)
{
  g_autoptr (GantryTlsContext) context = gantry_tls_context_new_probe ();
  guint patience = MIN (request->timeouts.acse, PROBE_MS);
  gint64 elapsed[GANTRY_N_STEPS];
  GantryStep step;
  gulong handler = 0;
  int fd = gantry_connect (request->host, request->port, patience, cancellable, &step, elapsed,
                           NULL, NULL, NULL);

  if (fd < 0 || context == NULL)
    {
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  g_autoptr (GantryWire) wire = gantry_wire_new (fd);

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), wire, NULL);
  gantry_wire_set_limits (wire, patience, patience);
  gantry_wire_set_deadline (wire, patience);
  gantry_wire_start_tls (wire, context, request->host);
  g_cancellable_disconnect (cancellable, handler);
  return gantry_wire_heard_tls (wire);
}

/* A port that wants TLS and hears an association request is most often just closed. */
static void
explain_silence (GantryWire *wire,
                 const GantryAssociationRequest *request,
                 GCancellable *cancellable,
                 GError **error)
{
  GantryWireState state = gantry_wire_get_state (wire);

  if (!request->diagnose || request->tls != NULL || gantry_wire_get_first_in (wire) != NULL
      || (state != GANTRY_WIRE_CLOSED && state != GANTRY_WIRE_LOST
          && state != GANTRY_WIRE_TIMED_OUT)
      || !port_speaks_tls (request, cancellable))
    return;
  g_clear_error (error);
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_SECURITY,
                       _ ("This port expects an encrypted connection: it did not answer a plain "
                          "association request, and speaks TLS. Switch on the encrypted connection "
                          "(TLS) for the node."));
}

static gboolean
encrypt (GantryWire *wire,
         const GantryAssociationRequest *request,
         GantryTlsContext *context,
         GCancellable *cancellable,
         GError **error)
{
  guint acse = request->timeouts.acse;
  gulong handler = 0;
  gboolean good;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), wire, NULL);
  gantry_wire_set_limits (wire, acse, acse);
  gantry_wire_set_deadline (wire, acse);
  good = gantry_wire_start_tls (wire, context, request->host);
  g_cancellable_disconnect (cancellable, handler);
  if (!good)
    gantry_failure_set_error (wire, GANTRY_PHASE_REQUEST, &request->timeouts,
                              DUL_REQUESTASSOCIATIONFAILED, error);
  return good;
}

static void
tell_passed (const GantryAssociationRequest *request, GantryStep step, const gint64 *elapsed)
{
  if (request->passed != NULL)
    request->passed (step, elapsed[step], request->passed_data);
}

static GantryAssociation *
request_association (const GantryAssociationRequest *request,
                     GCancellable *cancellable,
                     GantryStep *step,
                     gint64 *elapsed,
                     GError **error)
{
  g_autoptr (GantryTlsContext) context = NULL;
  g_autoptr (GError) problem = NULL;
  gint64 start;
  gboolean good;
  int fd;

  /* What is wrong with our own files is nothing to trouble the other side with. */
  *step = GANTRY_STEP_TLS;
  if (request->tls != NULL
      && (context = gantry_tls_context_new (request->tls, FALSE, error)) == NULL)
    return NULL;
  fd = gantry_connect (request->host, request->port, request->timeouts.connect, cancellable, step,
                       elapsed, request->passed, request->passed_data, error);
  if (fd < 0)
    return NULL;
  tell_passed (request, GANTRY_STEP_CONNECTION, elapsed);

  g_autoptr (GantryWire) wire = gantry_wire_new (fd);
  g_autoptr (GantryAssociation) self
      = association_new (wire, &request->timeouts, request->max_pdu, FALSE);

  self->facts.peer_address = gantry_wire_dup_peer_address (wire);
  start = g_get_monotonic_time ();
  if (request->tls != NULL)
    {
      gint64 begin = start;

      *step = GANTRY_STEP_TLS;
      good = encrypt (wire, request, context, cancellable, error);
      start = g_get_monotonic_time ();
      elapsed[GANTRY_STEP_TLS] = start - begin;
      if (!good)
        return NULL;
      set_tls (self);
      tell_passed (request, GANTRY_STEP_TLS, elapsed);
    }
  *step = GANTRY_STEP_ASSOCIATION;
  good = negotiate (self, request, cancellable, &problem);
  elapsed[GANTRY_STEP_ASSOCIATION] = g_get_monotonic_time () - start;
  if (good)
    tell_passed (request, GANTRY_STEP_ASSOCIATION, elapsed);
  else
    explain_silence (wire, request, cancellable, &problem);
  /* TLS 1.3: the other side may look at our certificate when we think that all is agreed. */
  if (request->tls != NULL && g_error_matches (problem, GANTRY_ERROR, GANTRY_ERROR_SECURITY))
    *step = GANTRY_STEP_TLS;
  if (problem != NULL)
    g_propagate_error (error, (GError *)g_steal_pointer (&problem));
  memcpy (self->facts.step_elapsed, elapsed, sizeof self->facts.step_elapsed);
  return good ? (GantryAssociation *)g_steal_pointer (&self) : NULL;
}

/* No exception may unwind through C frames; dcmnet's only ones are for want of memory. */
GantryAssociation *
gantry_association_request (const GantryAssociationRequest *request,
                            GCancellable *cancellable,
                            GantryStep *failed_step,
                            gint64 *elapsed,
                            GError **error)
try
  {
    gint64 own_elapsed[GANTRY_N_STEPS];
    gint64 *times = elapsed != NULL ? elapsed : own_elapsed;
    GantryStep step = GANTRY_STEP_NAME;
    GantryAssociation *self;

    for (guint i = 0; i < GANTRY_N_STEPS; i++)
      times[i] = -1;
    self = request_association (request, cancellable, &step, times, error);
    if (failed_step != NULL)
      *failed_step = step;
    return self;
  }
catch (const std::exception &e)
  {
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL, e.what ());
    return NULL;
  }

/* ---- Accepting ------------------------------------------------------------------------------ */

gboolean
gantry_association_await_request (GantryWire *wire,
                                  const GantryTimeouts *timeouts,
                                  GantryTlsContext *tls,
                                  GantryFirstLook *look,
                                  GError **error)
{
  g_auto (GantryAssociatePdu) pdu = {};
  GBytes *first;
  gsize length;
  const guint8 *data;

  gantry_wire_set_limits (wire, timeouts->acse, timeouts->acse);
  gantry_wire_set_deadline (wire, timeouts->acse);
  if ((tls != NULL && !gantry_wire_start_tls (wire, tls, NULL)) || !gantry_wire_wait (wire))
    {
      gantry_failure_set_error (wire, GANTRY_PHASE_CALLER, timeouts, DUL_NOASSOCIATIONREQUEST,
                                error);
      gantry_wire_abort (wire, ABORT_BY_PROVIDER, 0);
      return FALSE;
    }

  first = gantry_wire_get_first_in (wire);
  data = (const guint8 *)g_bytes_get_data (first, &length);
  if (data[0] != GANTRY_PDU_ASSOCIATE_RQ || !gantry_associate_pdu_parse (&pdu, data, length, NULL))
    {
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
                           _ ("What the caller sent is not a DICOM association request."));
      gantry_wire_abort (wire, ABORT_BY_PROVIDER, ABORT_UNEXPECTED_PDU);
      return FALSE;
    }
  memcpy (look->called, pdu.called, sizeof look->called);
  memcpy (look->calling, pdu.calling, sizeof look->calling);
  look->version_supported = (pdu.protocol_version & 1) != 0; /* PS3.8 9.3.2: a bit per version */
  look->context_supported
      = g_str_equal (pdu.application_context, GANTRY_UID_APPLICATION_CONTEXT_NAME);
  return TRUE;
}

GantryAssociation *
gantry_association_new_incoming (GantryWire *wire,
                                 guint32 max_pdu,
                                 const GantryTimeouts *timeouts,
                                 const char *peer_address,
                                 GError **error)
try
  {
    g_autoptr (GantryAssociation) self = association_new (wire, timeouts, max_pdu, TRUE);
    OFCondition cond;

    self->facts.peer_address = g_strdup (peer_address);
    set_tls (self);
    for (guint i = 0; i < GANTRY_N_CONTEXTS; i++)
      self->results[i] = ASC_P_ABSTRACTSYNTAXNOTSUPPORTED;
    if (!gantry_association_facts_set_request (self, gantry_wire_get_first_in (wire), error))
      return NULL;
    cond = self->facts.contexts->len > 0
               ? gantry_transport_receive (wire, self->facts.our_max_pdu, &self->assoc)
               : OFCondition (ASC_NOPRESENTATIONCONTEXTPROPOSED);
    if (cond.bad ())
      {
        gantry_failure_set_error (wire, GANTRY_PHASE_CALLER, timeouts, cond, error);
        gantry_wire_abort (wire, ABORT_BY_PROVIDER, ABORT_INVALID_PARAMETER);
        return NULL;
      }
    introduce_ourselves (self->assoc->params);
    return (GantryAssociation *)g_steal_pointer (&self);
  }
catch (const std::exception &e)
  {
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL, e.what ());
    return NULL;
  }

/**
 * gantry_association_answer:
 * @context_id: as proposed
 * @transfer_syntax: (nullable): one of those proposed for the context; %NULL refuses it
 * @result: why it is refused, PS3.8 9.3.3.2: 1 to 4
 */
void
gantry_association_answer (GantryAssociation *self,
                           guint8 context_id,
                           const char *transfer_syntax,
                           guint8 result)
{
  guint i = context_id / 2;

  g_return_if_fail (context_id % 2 == 1);

  if (transfer_syntax != NULL && *transfer_syntax == '\0')
    transfer_syntax = NULL;
  g_free (self->accepted[i]);
  self->accepted[i] = g_strdup (transfer_syntax);
  self->results[i] = transfer_syntax != NULL ? 0 : CLAMP (result, 1, 4);
}

/* Says how objects are kept to those who said it of themselves, for what is accepted. */
static void
answer_extended (GantryAssociation *self)
{
  g_autoptr (GPtrArray) accepted = g_ptr_array_new ();
  g_autoptr (GBytes) items = NULL;

  for (guint i = 0; i < self->facts.contexts->len; i++)
    {
      GantryContext *context = (GantryContext *)self->facts.contexts->pdata[i];

      if (self->accepted[context->id / 2] != NULL)
        g_ptr_array_add (accepted, context);
    }
  items = gantry_extended_answer (accepted, self->facts.proposed_extended);
  gantry_wire_set_user_items (self->wire, items);
}

static OFCondition
apply_answers (GantryAssociation *self)
{
  for (guint i = 0; i < self->facts.contexts->len; i++)
    {
      guint8 id = ((GantryContext *)self->facts.contexts->pdata[i])->id;
      const char *accepted = self->accepted[id / 2];
      OFCondition cond
          = accepted != NULL
                ? ASC_acceptPresentationContext (self->assoc->params, id, accepted)
                : ASC_refusePresentationContext (self->assoc->params, id,
                                                 (T_ASC_P_ResultReason)self->results[id / 2]);

      if (cond.bad ())
        return cond;
    }
  return EC_Normal;
}

gboolean
gantry_association_accept (GantryAssociation *self, GError **error)
try
  {
    OFCondition cond = apply_answers (self);

    answer_extended (self);
    if (cond.good ())
      cond = ASC_acknowledgeAssociation (self->assoc);
    if (cond.bad ())
      {
        gantry_association_fail (self, cond, error);
        return FALSE;
      }
    gantry_wire_set_limits (self->wire, self->timeouts.idle, self->timeouts.dimse);
    return gantry_association_facts_set_answer (self, gantry_wire_get_first_out (self->wire),
                                                error);
  }
catch (const std::exception &e)
  {
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL, e.what ());
    return FALSE;
  }

void
gantry_association_reject (GantryAssociation *self, const GantryReject *reject)
{
  gantry_wire_reject (self->wire, reject->result, reject->source, reject->reason);
  gantry_association_drop (self);
}

/* ---- Asking --------------------------------------------------------------------------------- */

const GantryAssociationFacts *
gantry_association_get_facts (GantryAssociation *self)
{
  return &self->facts;
}

guint8
gantry_association_find_context (GantryAssociation *self,
                                 const char *abstract_syntax,
                                 const char *transfer_syntax)
{
  for (guint i = 0; i < self->facts.contexts->len; i++)
    {
      const GantryContext *context = (const GantryContext *)self->facts.contexts->pdata[i];

      if (context->result == 0 && g_str_equal (context->abstract_syntax, abstract_syntax)
          && g_str_equal (context->accepted, transfer_syntax))
        return context->id;
    }
  return 0;
}

const char *
gantry_association_get_transfer_syntax (GantryAssociation *self,
                                        guint8 context_id,
                                        const char **abstract_syntax)
{
  for (guint i = 0; i < self->facts.contexts->len; i++)
    {
      const GantryContext *context = (const GantryContext *)self->facts.contexts->pdata[i];

      if (context->id != context_id)
        continue;
      if (abstract_syntax != NULL)
        *abstract_syntax = context->abstract_syntax;
      return context->result == 0 && *context->accepted != '\0' ? context->accepted : NULL;
    }
  if (abstract_syntax != NULL)
    *abstract_syntax = NULL;
  return NULL;
}

/* ---- Ending --------------------------------------------------------------------------------- */

/* Both asked for it at once: confirm theirs, then wait for the confirmation of ours (PS3.8 9.2.3,
 * states 9 and 11). */
static OFCondition
finish_collision (GantryAssociation *self)
{
  OFCondition cond = ASC_acknowledgeRelease (self->assoc);

  return cond.good () ? DUL_ReadPDVs (&self->assoc->DULassociation, NULL, DUL_NOBLOCK, 1) : cond;
}

gboolean
gantry_association_release (GantryAssociation *self, GError **error)
try
  {
    OFCondition cond;

    if (!gantry_association_check (self, error))
      return FALSE;
    gantry_wire_set_limits (self->wire, self->timeouts.acse, self->timeouts.acse);
    gantry_wire_set_deadline (self->wire, self->timeouts.acse);
    self->releasing = TRUE;
    cond = ASC_releaseAssociation (self->assoc);
    if (cond == DUL_PEERREQUESTEDRELEASE)
      cond = finish_collision (self);
    if (cond.bad ())
      {
        gantry_association_fail (self, cond, error);
        return FALSE;
      }
    gantry_association_drop (self);
    return TRUE;
  }
catch (const std::exception &e)
  {
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL, e.what ());
    return FALSE;
  }

gboolean
gantry_association_was_aborted (GantryAssociation *self)
{
  guint8 source, reason;

  return gantry_wire_get_abort (self->wire, &source, &reason);
}

void
gantry_association_abort (GantryAssociation *self)
{
  if (self->assoc == NULL)
    return;
  gantry_wire_abort (self->wire, ABORT_BY_USER, 0);
  gantry_association_drop (self);
}

void
gantry_association_free (GantryAssociation *self)
{
  gantry_association_abort (self);
  gantry_association_facts_clear (&self->facts);
  for (guint i = 0; i < GANTRY_N_CONTEXTS; i++)
    g_free (self->accepted[i]);
  g_clear_pointer (&self->command, g_byte_array_unref);
  gantry_wire_unref (self->wire);
  g_free (self);
}

const GantryTimeouts *
gantry_association_get_timeouts (GantryAssociation *self)
{
  return &self->timeouts;
}

guint16
gantry_association_next_message_id (GantryAssociation *self)
{
  self->message_id++;
  return self->message_id != 0 ? self->message_id : ++self->message_id;
}

void
gantry_association_cancel (GantryAssociation *self)
{
  gantry_wire_cancel (self->wire);
}

void
gantry_association_sever (GantryAssociation *self)
{
  gantry_wire_sever (self->wire);
}

gboolean
gantry_association_sleep (GantryAssociation *self, guint ms)
{
  return gantry_wire_sleep (self->wire, ms);
}

void
gantry_association_get_traffic (GantryAssociation *self, guint64 *in, guint64 *out)
{
  gantry_wire_get_traffic (self->wire, in, out);
}

void
gantry_association_count_store (GantryAssociation *self, gint64 sent)
{
  gantry_path_figures_add_wait (&self->path, g_get_monotonic_time () - sent);
}

void
gantry_association_get_path (GantryAssociation *self, GantryPathFigures *figures)
{
  GantryPathFigures wire;

  gantry_wire_get_path (self->wire, &wire);
  *figures = self->path;
  gantry_path_figures_add (figures, &wire);
  figures->associations = 1;
  figures->our_max_pdu = self->facts.our_max_pdu;
  figures->peer_max_pdu = self->facts.peer_max_pdu;
  figures->association = MAX (self->facts.step_elapsed[GANTRY_STEP_ASSOCIATION], 0);
}
