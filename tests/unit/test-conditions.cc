/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every condition of dcmnet that an association can come to has a sentence, and each is caused by
 * another test, or there is a reason why no peer can cause it: see the table of causes.
 */
#include "gantry-failure.hh"

#include <dcmtk/dcmnet/cond.h>

#include <algorithm>
#include <cstring>
#include <iterator>

struct Case
{
  const char *name;
  const OFConditionConst *cond;
  const char *part; /* of the sentence */
};

static const Case cases[] = {
  { "illegal-pdu", &DUL_ILLEGALPDU, "the lengths in it do not add up" },
  { "illegal-pdu-length", &DUL_ILLEGALPDULENGTH, "longer than was agreed on" },
  { "unexpected-pdu", &DUL_UNEXPECTEDPDU, "not due at that point" },
  { "unsupported-protocol", &DUL_UNSUPPORTEDPEERPROTOCOL, "another version of the DICOM upper" },
  { "context-translation", &DUL_PCTRANSLATIONFAILURE, "part of the negotiation breaks the rules" },
  { "bad-context-id", &ASC_BADPRESENTATIONCONTEXTID, "Gantry handled the association wrongly" },
  { "no-transfer-syntax", &ASC_MISSINGTRANSFERSYNTAX, "Gantry handled the association wrongly" },
  { "no-context", &ASC_NOPRESENTATIONCONTEXTPROPOSED, "it proposed no presentation context" },
  { "roles", &ASC_SCPSCUROLESELECTIONFAILED, "part of the negotiation breaks the rules" },
  { "user", &ASC_USERIDENTIFICATIONFAILED, "wants to know the user" },
  { "rejected", &DUL_ASSOCIATIONREJECTED, "refused the association" },
  { "request-failed", &DUL_REQUESTASSOCIATIONFAILED, "could not be requested" },
  { "aborted", &DUL_PEERABORTEDASSOCIATION, "ended the association without saying why" },
  { "release", &DUL_PEERREQUESTEDRELEASE, "before it was done" },
  { "closed", &DUL_NETWORKCLOSED, "The connection was closed" },
  { "time-out", &DUL_READTIMEOUT, "did not answer in time" },
  { "no-request", &DUL_NOASSOCIATIONREQUEST, "asked for no association" },
  { "no-pdvs", &DUL_NOPDVS, "nothing in it" },
  { "too-large", &NET_EC_AssociatePDUTooLarge, "too many SOP classes" },
  { "memory", &EC_MemoryExhausted, "not enough memory" },
  { "asc-null-key", &ASC_NULLKEY, "Gantry handled the association wrongly" },
  { "null-key", &DUL_NULLKEY, "Gantry handled the association wrongly" },
  { "illegal-key", &DUL_ILLEGALKEY, "Gantry handled the association wrongly" },
  { "illegal-accept", &DUL_ILLEGALACCEPT, "Gantry handled the association wrongly" },
  { "illegal-request", &DUL_ILLEGALREQUEST, "Gantry handled the association wrongly" },
  { "buffer", &DUL_INCORRECTBUFFERLENGTH, "Gantry handled the association wrongly" },
  { "buffer-short", &DUL_INSUFFICIENTBUFFERLENGTH, "Gantry handled the association wrongly" },
  { "list", &DUL_LISTERROR, "Gantry handled the association wrongly" },
  { "data-type", &DUL_WRONGDATATYPE, "Gantry handled the association wrongly" },
};

/* The table of causes. A test that brings the very condition about is named first. Where
 * gantry-wire or gantry-pdu notices before dcmnet does, which says more, the test is named in whose
 * place the condition would have come. The rest is for want of a peer that could: these are the
 * conditions with which dcmnet answers a wrong call. */
#define IN_PLACE_OF "noticed earlier: "
#define OUR_CALL "a wrong call of ours; "

static const struct
{
  unsigned short code;
  const char *cause;
} causes[] = {
  { DULC_ILLEGALPDU, "/reasons/condition/illegal-pdu, /reasons/condition/no-pdv" },
  { DULC_ILLEGALPDULENGTH, "/reasons/condition/pdu-too-long, /reasons/condition/pdv-too-short" },
  { DULC_UNEXPECTEDPDU, "/reasons/condition/unexpected-pdu, /net-hostile/misdeed/request-again" },
  { DULC_UNRECOGNIZEDPDUTYPE, "/reasons/condition/unknown-pdu" },
  { ASCC_NOPRESENTATIONCONTEXTPROPOSED, "/net-hostile/no-contexts" },

  { DULC_UNSUPPORTEDPEERPROTOCOL,
    IN_PLACE_OF "/reasons/faulty/version, /net-hostile/refused/protocol-version" },
  { DULC_PCTRANSLATIONFAILURE, IN_PLACE_OF "/net-hostile/damaged/context-without-syntax" },
  { DULC_PEERILLEGALXFERSYNTAXCOUNT, IN_PLACE_OF "/reasons/faulty/syntax-missing" },
  { DULC_ASSOCIATIONREJECTED, IN_PLACE_OF "/reasons/rejected/" },
  { DULC_PEERABORTEDASSOCIATION, IN_PLACE_OF "/reasons/aborted/, /reasons/message/aborted" },
  { DULC_PEERREQUESTEDRELEASE,
    IN_PLACE_OF "/reasons/message/released, /net-hostile/release-collision" },
  { DULC_NETWORKCLOSED, IN_PLACE_OF "/reasons/message/closed, /reasons/release/closed" },
  { DULC_TCPIOERROR, IN_PLACE_OF "/reasons/message/reset, /reasons/request/reset" },
  { DULC_READTIMEOUT,
    IN_PLACE_OF "/reasons/message/dimse-time-out, /reasons/release/acse-time-out" },
  { DULC_NOASSOCIATIONREQUEST, IN_PLACE_OF "/net-hostile/opening/nothing" },
  { DULC_NOPDVS, IN_PLACE_OF "/net-hostile/misdeed/pdu-of-none" },

  { ASCC_SCPSCUROLESELECTIONFAILED, "only with dcmStrictRoleSelection, or to accept as SCP what "
                                    "was proposed by default: neither is "
                                    "done; /negotiation/roles proposes each role" },
  { ASCC_USERIDENTIFICATIONFAILED,
    "only dcmnet's own tools return it; /reasons/faulty/whole has an identity that was not asked "
    "for" },
  { DULC_REQUESTASSOCIATIONFAILED,
    "this computer has no socket left to stand in for that of the peer, which is connected" },
  { DULC_TCPINITERROR, "dcmnet never opens a socket of its own" },

  { ASCC_BADPRESENTATIONCONTEXTID, OUR_CALL "a peer's: /reasons/faulty/context-even" },
  { ASCC_BADPRESENTATIONCONTEXTPOSITION, OUR_CALL "contexts are never asked for by position" },
  { ASCC_DUPLICATEPRESENTATIONCONTEXTID, OUR_CALL "a peer's: /reasons/faulty/context-twice" },
  { ASCC_MISSINGTRANSFERSYNTAX, OUR_CALL "a peer's: /reasons/faulty/syntax-missing" },
  { DULC_ILLEGALREJECTRESULT, OUR_CALL "a peer's: /reasons/rejected/reserved" },
  { DULC_ILLEGALREJECTSOURCE, OUR_CALL "a peer's: /net-hostile/answer/rejected-oddly" },
  { DULC_ILLEGALREJECTREASON, OUR_CALL "a peer's: /reasons/rejected/reserved" },
  { ASCC_NULLKEY, OUR_CALL "an association that is none" },
  { ASCC_CODINGERROR, OUR_CALL "lists that do not fit together" },
  { DULC_CODINGERROR, OUR_CALL "not returned by any function that is used" },
  { DULC_FSMERROR, OUR_CALL "an event in a state that has none for it" },
  { DULC_ILLEGALPARAMETER, OUR_CALL "an option with a value that it does not have" },
  { DULC_ILLEGALSERVICEPARAMETER, OUR_CALL "parameters that are not filled in" },
  { DULC_NULLKEY, OUR_CALL "a key that is NULL" },
  { DULC_ILLEGALKEY, OUR_CALL "a key that is of another kind" },
  { DULC_ILLEGALACCEPT, OUR_CALL "accepting with the network of the requestor" },
  { DULC_ILLEGALREQUEST, OUR_CALL "requesting with the network of the acceptor" },
  { DULC_INCORRECTBUFFERLENGTH, OUR_CALL "a buffer of another size than the option's" },
  { DULC_INSUFFICIENTBUFFERLENGTH, OUR_CALL "a buffer smaller than the text" },
  { DULC_LISTERROR, OUR_CALL "a list that is not one" },
  { DULC_WRONGDATATYPE, OUR_CALL "a fragment that is neither of a command nor of a data set" },
};

static void
test_condition (gconstpointer data)
{
  const Case *c = static_cast<const Case *> (data);
  OFCondition cond (*c->cond);
  gboolean known = FALSE;
  g_autofree char *text = gantry_failure_describe_condition (cond, &known);

  g_assert_true (known);
  g_assert_nonnull (strstr (text, c->part));
  g_assert_nonnull (strstr (text, cond.text ()));
}

/* Every code that dcmnet has, but for what is no failure, what belongs to TLS, and what only a
 * server that forks or asks a wrapper can meet. */
static void
test_all_codes (void)
{
  static const unsigned short left_out[] = {
    ASCC_SHUTDOWNAPPLICATION,
    DULC_PDATAPDUARRIVED,
    DULC_TLSERROR,
    DULC_TCPWRAPPER,
    DULC_FORKEDCHILD,
    DULC_CANNOTFORK,
    DULC_UNKNOWNHOST,
    DULC_CANNOTREADSOCKETHANDLE,
    0x311 /* not given to any */
  };

  for (unsigned short code = ASCC_BADPRESENTATIONCONTEXTID; code <= DULC_CANNOTREADSOCKETHANDLE;
       code++)
    {
      gboolean known = FALSE, expected;
      const unsigned short *end = left_out + G_N_ELEMENTS (left_out);
      g_autofree char *text = gantry_failure_describe_condition (
          makeOFCondition (OFM_dcmnet, code, OF_error, "details"), &known);

      expected = (code < 0x10A || code == ASCC_NOPRESENTATIONCONTEXTPROPOSED || code > 0x300)
                 && std::find (left_out, end, code) == end;
      if (known != expected)
        g_test_fail_printf ("condition %03x: %s", code, text);
      if (known && std::none_of (std::begin (causes), std::end (causes), [code] (const auto &row) {
            return row.code == code;
          }))
        g_test_fail_printf ("condition %03x has no cause: %s", code, text);
    }
}

/* dcmnet says more about the same condition than its constant does. */
static void
test_detailed (void)
{
  OFCondition cond
      = makeOFCondition (DUL_ILLEGALPDU.theModule, DUL_ILLEGALPDU.theCode, OF_error, "of 7 octets");
  gboolean known = FALSE;
  g_autofree char *text = gantry_failure_describe_condition (cond, &known);

  g_assert_true (known);
  g_assert_nonnull (strstr (text, "do not add up"));
  g_assert_true (g_str_has_suffix (text, " (of 7 octets)"));
}

static void
test_unknown (void)
{
  gboolean known = TRUE;
  g_autofree char *text = gantry_failure_describe_condition (OFCondition (NET_EC_SCPBusy), &known);

  g_assert_false (known);
  g_assert_true (g_str_has_prefix (text, "The other side broke the rules of the DICOM protocol."));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (const Case &c : cases)
    {
      g_autofree char *path = g_strconcat ("/conditions/", c.name, NULL);

      g_test_add_data_func (path, &c, test_condition);
    }
  g_test_add_func ("/conditions/all-codes", test_all_codes);
  g_test_add_func ("/conditions/detailed", test_detailed);
  g_test_add_func ("/conditions/unknown", test_unknown);

  return g_test_run ();
}
