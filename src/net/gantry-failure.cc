/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-failure.hh"

#include <dcmtk/dcmnet/cond.h>

#include <cerrno>
#include <glib/gi18n-lib.h>

#include "gantry-error.h"
#include "gantry-words.h"

/* ---- Conditions of dcmnet -------------------------------------------------------------------- */

/* Nothing that a peer can do brings these about. */
#define OUR_MISTAKE                                                                                \
  N_ ("Gantry handled the association wrongly. Try again, and report it to Gantry's makers with "  \
      "the log if it happens again.")

#define BROKEN_NEGOTIATION                                                                         \
  N_ ("The other side's part of the negotiation breaks the rules of the DICOM protocol. Ask its "  \
      "administrator for its log and its software version.")

struct Row
{
  unsigned short code; /* of OFM_dcmnet */
  const char *sentence;
};

static const Row rows[] = {
  { DULC_ILLEGALPDU,
    N_ ("The other side sent a damaged message: the lengths in it do not add up. See the logs of "
        "both sides, and whether anything between them changes the data.") },
  { DULC_ILLEGALPDULENGTH,
    N_ ("The other side sent a message that is longer than was agreed on, or shorter than its "
        "kind can be. See the logs of both sides.") },
  { DULC_UNEXPECTEDPDU,
    N_ ("The other side sent a message that is not due at that point. See the logs of both "
        "sides, and try again.") },
  { DULC_UNRECOGNIZEDPDUTYPE,
    N_ ("The other side sent a message of a kind that DICOM does not have. See the logs of both "
        "sides, and whether anything between them changes the data.") },
  { DULC_UNSUPPORTEDPEERPROTOCOL,
    N_ ("The other side speaks another version of the DICOM upper layer. Ask its administrator "
        "about the software.") },
  { DULC_PCTRANSLATIONFAILURE, BROKEN_NEGOTIATION },
  { DULC_PEERILLEGALXFERSYNTAXCOUNT, BROKEN_NEGOTIATION },
  { ASCC_NOPRESENTATIONCONTEXTPROPOSED,
    N_ ("The caller asked for an association without saying what for: it proposed no "
        "presentation context. Its configuration has to be mended.") },
  { ASCC_SCPSCUROLESELECTIONFAILED, BROKEN_NEGOTIATION },
  { ASCC_USERIDENTIFICATIONFAILED,
    N_ ("The other side wants to know the user, and does not accept what it was told. Ask its "
        "administrator for the permission.") },
  { DULC_ASSOCIATIONREJECTED,
    N_ ("The other side refused the association. Check both AE titles, and ask its "
        "administrator for its log.") },
  { DULC_REQUESTASSOCIATIONFAILED,
    N_ ("The association could not be requested over this connection. Check the host and the "
        "port, and try again.") },
  { DULC_PEERABORTEDASSOCIATION,
    N_ ("The other side ended the association without saying why. Try again, and ask its "
        "administrator for its log.") },
  { DULC_PEERREQUESTEDRELEASE,
    N_ ("The other side wanted to end the association before it was done. Try again, and ask its "
        "administrator for its log.") },
  { DULC_NETWORKCLOSED,
    N_ ("The connection was closed before the association was at its end. Check the network, and "
        "try again.") },
  { DULC_TCPIOERROR,
    N_ ("Sending or receiving over the connection failed. Check the network, and try again.") },
  { DULC_READTIMEOUT,
    N_ ("The other side is connected, but did not answer in time. Try again when it is less "
        "busy.") },
  { DULC_NOASSOCIATIONREQUEST, N_ ("The caller connected, but asked for no association.") },
  { DULC_NOPDVS,
    N_ ("The other side sent a message with nothing in it. See the logs of both sides.") },
  { ASCC_BADPRESENTATIONCONTEXTID, OUR_MISTAKE },
  { ASCC_BADPRESENTATIONCONTEXTPOSITION, OUR_MISTAKE },
  { ASCC_DUPLICATEPRESENTATIONCONTEXTID, OUR_MISTAKE },
  { ASCC_MISSINGTRANSFERSYNTAX, OUR_MISTAKE },
  { DULC_ILLEGALREJECTRESULT, OUR_MISTAKE },
  { DULC_ILLEGALREJECTSOURCE, OUR_MISTAKE },
  { DULC_ILLEGALREJECTREASON, OUR_MISTAKE },
  { ASCC_NULLKEY, OUR_MISTAKE },
  { ASCC_CODINGERROR, OUR_MISTAKE },
  { DULC_CODINGERROR, OUR_MISTAKE },
  { DULC_FSMERROR, OUR_MISTAKE },
  { DULC_ILLEGALPARAMETER, OUR_MISTAKE },
  { DULC_ILLEGALSERVICEPARAMETER, OUR_MISTAKE },
  { DULC_TCPINITERROR, OUR_MISTAKE },
  { DULC_NULLKEY, OUR_MISTAKE },
  { DULC_ILLEGALKEY, OUR_MISTAKE },
  { DULC_ILLEGALACCEPT, OUR_MISTAKE },
  { DULC_ILLEGALREQUEST, OUR_MISTAKE },
  { DULC_INCORRECTBUFFERLENGTH, OUR_MISTAKE },
  { DULC_INSUFFICIENTBUFFERLENGTH, OUR_MISTAKE },
  { DULC_LISTERROR, OUR_MISTAKE },
  { DULC_WRONGDATATYPE, OUR_MISTAKE },
};

char *
gantry_failure_describe_condition (const OFCondition &cond, gboolean *known)
{
  const char *sentence = NULL;

  for (const Row &row : rows)
    if (cond.module () == OFM_dcmnet && cond.code () == row.code)
      sentence = row.sentence;
  if (cond == EC_MemoryExhausted)
    sentence = N_ ("There is not enough memory for the association. Close other programs, and try "
                   "again.");
  else if (cond == NET_EC_AssociatePDUTooLarge)
    sentence = N_ ("The association request is longer than can be taken: it names too many SOP "
                   "classes and transfer syntaxes at once.");
  if (known != NULL)
    *known = sentence != NULL;
  if (sentence == NULL)
    sentence = N_ ("The other side broke the rules of the DICOM protocol. See the logs of both "
                   "sides.");
  /* Translators: a sentence, and what the network library says to it, which is English. */
  return g_strdup_printf (_ ("%1$s (%2$s)"), _ (sentence), cond.text ());
}

/* ---- The connection -------------------------------------------------------------------------- */

void
gantry_failure_set_abort (guint8 source, guint8 reason, GError **error)
{
  g_autofree char *text = gantry_abort_describe (source, reason);

  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED, text);
}

/* Closed or reset before the encryption was agreed on. */
static const char *
describe_closed_handshake (GantryPhase phase, gboolean heard_tls)
{
  if (phase == GANTRY_PHASE_CALLER)
    return _ ("The caller closed the connection before the encryption was agreed on. It may not "
              "trust the certificate of this receiver; see the caller's log.");
  return heard_tls ? _ ("The other side closed the connection while the encryption was being "
                        "agreed on, without saying why. Ask its administrator for its log.")
                   : _ ("The other side closed the connection when asked to encrypt: it may not "
                        "speak TLS on this port. Switch off the encrypted connection (TLS) for the "
                        "node, or ask its administrator for the encrypted port.");
}

static char *
describe_slow_handshake (GantryPhase phase, const GantryTimeouts *timeouts)
{
  double acse = timeouts->acse / 1000.0;

  if (phase == GANTRY_PHASE_CALLER)
    return g_strdup_printf (_ ("The caller connected, but did not come to encrypt within %.1f s."),
                            acse);
  return g_strdup_printf (
      _ ("The other side took the connection, but did not agree on encryption within %.1f s. It "
         "may "
         "not speak TLS on this port: ask its administrator, or try without the encrypted "
         "connection."),
      acse);
}

/* Whoever receives cannot try again. */
static gboolean
is_caller_at_work (GantryPhase phase)
{
  return phase == GANTRY_PHASE_CALLER || phase == GANTRY_PHASE_IDLE;
}

static const char *
describe_closed (GantryPhase phase)
{
  switch (phase)
    {
    case GANTRY_PHASE_REQUEST:
      return _ ("The other side closed the connection without an answer: it may not be a DICOM "
                "node, it may only talk to known addresses, or expect an encrypted connection "
                "(TLS). Check the port, and ask its administrator.");
    case GANTRY_PHASE_REQUEST_MORE:
      return _ ("The other side closed the connection without an answer to the association "
                "request, though it accepted another one shortly before. It may be busy, or have "
                "been stopped. Try again, and ask its administrator for its log.");
    case GANTRY_PHASE_CALLER:
      return _ ("The caller closed the connection without asking for an association.");
    case GANTRY_PHASE_IDLE:
      return _ ("The caller closed the connection without ending the association. See the "
                "caller's log.");
    case GANTRY_PHASE_RELEASE:
      return _ ("The other side closed the connection instead of confirming the end of the "
                "association. What it answered before that counts.");
    default:
      return _ ("The other side closed the connection without ending the association. Try again, "
                "and ask its administrator for its log.");
    }
}

static char *
describe_timed_out (GantryPhase phase, gboolean inside, const GantryTimeouts *timeouts)
{
  double acse = timeouts->acse / 1000.0;

  switch (phase)
    {
    case GANTRY_PHASE_REQUEST:
      return g_strdup_printf (
          _ ("The other side took the connection, but did not answer the association request "
             "within %.1f s. It may not be a DICOM node, or its DICOM service hangs. Check the "
             "port, and "
             "ask its administrator."),
          acse);
    case GANTRY_PHASE_REQUEST_MORE:
      return g_strdup_printf (
          _ ("The other side took the connection, but did not answer the association request "
             "within %.1f s, though it accepted another one shortly before. It may be busy, or its "
             "DICOM service hangs. Try again, and ask its administrator for its log."),
          acse);
    case GANTRY_PHASE_CALLER:
      return g_strdup_printf (
          _ ("The caller connected, but did not ask for an association within %.1f s."), acse);
    case GANTRY_PHASE_RELEASE:
      return g_strdup_printf (_ ("The other side did not confirm the end of the association "
                                 "within %.1f s. What it answered before that counts."),
                              acse);
    default:
      break;
    }
  if (inside && is_caller_at_work (phase))
    return g_strdup_printf (_ ("The caller stopped in the middle of a message and did not go on "
                               "within %.1f s. See whether it or the network hangs."),
                            timeouts->idle / 1000.0);
  if (inside)
    return g_strdup_printf (
        _ ("The other side stopped in the middle of a message and did not go on within %.1f s. Try "
           "again, and see whether it or the network hangs."),
        timeouts->idle / 1000.0);
  if (phase == GANTRY_PHASE_ANSWER)
    return g_strdup_printf (_ ("The other side is connected, but did not answer the message "
                               "within %.1f s. Try again when it is less busy."),
                            timeouts->dimse / 1000.0);
  return g_strdup_printf (_ ("The other side is connected, but sent nothing for %.1f s."),
                          timeouts->idle / 1000.0);
}

static void
set_lost (GantryWire *wire, GantryPhase phase, GError **error)
{
  /* A mapped file behind whose end the kernel was asked to read. */
  if (gantry_wire_get_errno (wire) == EFAULT)
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED,
                         _ ("The file became shorter while it was being sent."));
  else if (is_caller_at_work (phase))
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED,
                 _ ("The connection to the caller was lost: %s. Check the network and whether the "
                    "caller is still running."),
                 g_strerror (gantry_wire_get_errno (wire)));
  else
    g_set_error (
        error, GANTRY_ERROR, GANTRY_ERROR_ABORTED,
        _ ("The connection was lost: %s. Check the network and whether the other side is still "
           "running, and try again."),
        g_strerror (gantry_wire_get_errno (wire)));
}

/* FALSE: it has nothing to do with encryption. */
static gboolean
set_tls_error (GantryWire *wire, GantryPhase phase, const GantryTimeouts *timeouts, GError **error)
{
  GantryWireState state = gantry_wire_get_state (wire);
  g_autofree char *text = gantry_wire_dup_tls_failure (wire);
  int code = GANTRY_ERROR_SECURITY;

  if (text == NULL && state == GANTRY_WIRE_IS_TLS)
    text = g_strdup (phase == GANTRY_PHASE_CALLER
                         ? _ ("The caller asked for an encrypted connection (TLS), and this port "
                              "takes plain DICOM only. Switch off TLS at the caller, or switch on "
                              "encrypted connections here.")
                         : _ ("This port expects an encrypted connection: the other side answered "
                              "in TLS. Switch on the encrypted connection (TLS) for the node."));
  else if (text == NULL && gantry_wire_is_in_handshake (wire))
    {
      if (state == GANTRY_WIRE_CLOSED || state == GANTRY_WIRE_LOST)
        text = g_strdup (describe_closed_handshake (phase, gantry_wire_heard_tls (wire)));
      else if (state == GANTRY_WIRE_TIMED_OUT)
        {
          text = describe_slow_handshake (phase, timeouts);
          code = GANTRY_ERROR_TIMED_OUT;
        }
    }
  if (text != NULL)
    g_set_error_literal (error, GANTRY_ERROR, code, text);
  return text != NULL;
}

static void
set_condition (const OFCondition &cond, GError **error)
{
  g_autofree char *text = gantry_failure_describe_condition (cond, NULL);

  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL, text);
}

void
gantry_failure_set_error (GantryWire *wire,
                          GantryPhase phase,
                          const GantryTimeouts *timeouts,
                          const OFCondition &cond,
                          GError **error)
{
  GantryWireState state = gantry_wire_get_state (wire);
  g_autofree char *text = NULL;
  guint8 source, reason;

  if (state != GANTRY_WIRE_CANCELLED && gantry_wire_get_abort (wire, &source, &reason))
    {
      gantry_failure_set_abort (source, reason, error);
      return;
    }
  if (set_tls_error (wire, phase, timeouts, error))
    return;
  switch (state)
    {
    case GANTRY_WIRE_CANCELLED:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled."));
      break;
    case GANTRY_WIRE_CLOSED:
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED, describe_closed (phase));
      break;
    case GANTRY_WIRE_LOST:
      set_lost (wire, phase, error);
      break;
    case GANTRY_WIRE_TIMED_OUT:
      text = describe_timed_out (phase, gantry_wire_is_inside (wire), timeouts);
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT, text);
      break;
    case GANTRY_WIRE_STALLED:
      g_set_error_literal (
          error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT,
          is_caller_at_work (phase)
              ? _ ("The caller no longer takes what is sent to it: it hangs, or the network does. "
                   "See the caller's log.")
              : _ ("The other side no longer takes what is sent to it: it hangs, or the "
                   "network does. Try again, and ask its administrator for its log."));
      break;
    case GANTRY_WIRE_MALFORMED:
      if (gantry_wire_get_fault (wire) != NULL)
        {
          g_propagate_error (error, g_error_copy (gantry_wire_get_fault (wire)));
          break;
        }
      g_set_error_literal (
          error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
          phase == GANTRY_PHASE_CALLER
              ? _ ("What the caller sent is not a DICOM association request.")
              : _ ("The answer of the other side is not DICOM: another service listens at "
                   "this port. Check the port."));
      break;
    default:
      set_condition (cond, error);
      break;
    }
}
