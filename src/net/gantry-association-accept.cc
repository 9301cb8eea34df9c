/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-private.hh"

#include <dcmtk/dcmnet/cond.h>

#include <cstring>
#include <glib/gi18n-lib.h>
#include <new>

#include "gantry-error.h"
#include "gantry-extended.h"
#include "gantry-failure.hh"
#include "gantry-pdu.h"
#include "gantry-registry.h"
#include "gantry-trace.hh"

#define ABORT_UNEXPECTED_PDU 2 /* PS3.8 9.3.8: reason */
#define ABORT_INVALID_PARAMETER 6

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
      gantry_wire_abort (wire, GANTRY_ABORT_BY_PROVIDER, 0);
      return FALSE;
    }

  first = gantry_wire_get_first_in (wire);
  data = (const guint8 *)g_bytes_get_data (first, &length);
  if (data[0] != GANTRY_PDU_ASSOCIATE_RQ || !gantry_associate_pdu_parse (&pdu, data, length, NULL))
    {
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
                           _ ("What the caller sent is not a DICOM association request."));
      gantry_wire_abort (wire, GANTRY_ABORT_BY_PROVIDER, ABORT_UNEXPECTED_PDU);
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
    g_autoptr (GantryAssociation) self = gantry_association_new (wire, timeouts, max_pdu, TRUE);
    OFCondition cond;

    self->facts.peer_address = g_strdup (peer_address);
    gantry_association_take_tls (self);
    for (guint i = 0; i < GANTRY_N_CONTEXTS; i++)
      self->results[i] = ASC_P_ABSTRACTSYNTAXNOTSUPPORTED;
    if (!gantry_association_facts_set_request (self, gantry_wire_get_first_in (wire), error))
      return NULL;
    cond = self->facts.contexts->len > 0
               ? gantry_transport_receive (wire, self->facts.our_max_pdu, &self->assoc)
               : OFCondition (ASC_NOPRESENTATIONCONTEXTPROPOSED);
    if (cond.bad ())
      {
        gantry_trace_failure (cond);
        gantry_failure_set_error (wire, GANTRY_PHASE_CALLER, timeouts, cond, error);
        gantry_wire_abort (wire, GANTRY_ABORT_BY_PROVIDER, ABORT_INVALID_PARAMETER);
        return NULL;
      }
    gantry_association_introduce (self->assoc->params);
    gantry_trace_parameters ("Request Parameters:", self->assoc->params, ASC_ASSOC_RQ);
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
    gantry_trace_parameters ("Association Parameters Negotiated:", self->assoc->params,
                             ASC_ASSOC_AC);
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
