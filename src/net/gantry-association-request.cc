/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-private.hh"

#include <cstring>
#include <glib/gi18n-lib.h>
#include <new>
#include <unistd.h>

#include "gantry-connect.h"
#include "gantry-error.h"
#include "gantry-extended.h"
#include "gantry-failure.hh"
#include "gantry-pdu.h"
#include "gantry-tls-context.h"
#include "gantry-trace.hh"
#include "gantry-words.h"

#define REJECTED_TRANSIENT 2 /* PS3.8 9.3.4: result */
#define PROBE_MS 2000

static T_ASC_Parameters *
build_parameters (const GantryAssociationRequest *request, guint32 max_pdu)
{
  T_ASC_Parameters *params = NULL;

  if (ASC_createAssociationParameters (&params, max_pdu).bad ())
    return NULL;
  gantry_association_introduce (params);
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
    gantry_failure_set_error (wire,
                              request->known ? GANTRY_PHASE_REQUEST_MORE : GANTRY_PHASE_REQUEST,
                              &request->timeouts, cond, error);
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
      gantry_trace_failure (cond);
      set_negotiation_error (self->wire, request, cond, error);
      gantry_wire_abort (self->wire, GANTRY_ABORT_BY_USER, 0);
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
      = gantry_association_new (wire, &request->timeouts, request->max_pdu, FALSE);

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
      gantry_association_take_tls (self);
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
