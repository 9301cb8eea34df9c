/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-private.hh"

#include <glib/gi18n-lib.h>
#include <new>

#include "gantry-error.h"
#include "gantry-failure.hh"
#include "gantry-registry.h"
#include "gantry-trace.hh"

/* ---- Failing -------------------------------------------------------------------------------- */

void
gantry_association_drop (GantryAssociation *self)
{
  ASC_destroyAssociation (&self->assoc);
  gantry_wire_close (self->wire, 0);
}

/* PS3.8 9.3.8, for what breaks the rules of PDUs, which is the provider's to say; 0: it is our own
 * decision. What is wrong in the messages that PDUs carry is not the provider's either. */
static guint8
get_abort_reason (GantryAssociation *self, const OFCondition &cond)
{
  if (gantry_wire_get_state (self->wire) != GANTRY_WIRE_GOOD)
    return 0;
  if (cond.module () != OFM_dcmnet)
    return 0;
  switch (cond.code ())
    {
    case DULC_UNRECOGNIZEDPDUTYPE:
      return DUL_ABORTUNRECOGNIZEDPDU;
    case DULC_UNEXPECTEDPDU:
      return DUL_ABORTUNEXPECTEDPDU;
    case DULC_ILLEGALPDU:
    case DULC_ILLEGALPDULENGTH:
      return DUL_ABORTINVALIDPDUPARAM;
    default:
      return 0;
    }
}

void
gantry_association_fail (GantryAssociation *self, const OFCondition &cond, GError **error)
{
  GantryPhase phase = self->releasing     ? GANTRY_PHASE_RELEASE
                      : self->is_acceptor ? GANTRY_PHASE_IDLE
                                          : GANTRY_PHASE_ANSWER;
  GantryTimeouts timeouts = self->timeouts;
  guint8 reason;

  gantry_trace_failure (cond);
  if (self->wait_ms != 0)
    timeouts.dimse = self->wait_ms;
  /* For the rest of a PDU the wire has its own limit, also where a message may be long in coming.
   */
  if (self->wait_ms != 0 && !gantry_wire_is_inside (self->wire))
    timeouts.idle = self->wait_ms;
  gantry_failure_set_error (self->wire, phase, &timeouts, cond, error);
  reason = get_abort_reason (self, cond);
  gantry_wire_abort (self->wire, reason != 0 ? GANTRY_ABORT_BY_PROVIDER : GANTRY_ABORT_BY_USER,
                     reason);
  gantry_association_drop (self);
}

void
gantry_association_fail_protocol (GantryAssociation *self, const char *message, GError **error)
{
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL, message);
  gantry_wire_abort (self->wire, GANTRY_ABORT_BY_USER, 0);
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

GantryAssociation *
gantry_association_new (GantryWire *wire,
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

void
gantry_association_take_tls (GantryAssociation *self)
{
  char *tls = gantry_wire_dup_tls (self->wire);

  if (tls == NULL)
    return;
  g_free (self->facts.tls);
  self->facts.tls = tls;
}

void
gantry_association_introduce (T_ASC_Parameters *params)
{
  g_strlcpy (params->ourImplementationClassUID, GANTRY_IMPLEMENTATION_CLASS_UID,
             sizeof params->ourImplementationClassUID);
  g_strlcpy (params->ourImplementationVersionName, GANTRY_IMPLEMENTATION_VERSION,
             sizeof params->ourImplementationVersionName);
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

gboolean
gantry_association_is_answer_due (GantryAssociation *self)
{
  return self->answer_due;
}

void
gantry_association_abort (GantryAssociation *self)
{
  if (self->assoc == NULL)
    return;
  gantry_wire_abort (self->wire, GANTRY_ABORT_BY_USER, 0);
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

void
gantry_association_set_patience (GantryAssociation *self, guint ms)
{
  gantry_wire_set_patience (self->wire, ms);
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
