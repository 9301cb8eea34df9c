/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every condition of dcmnet that an association can come to has a sentence. test-reasons causes
 * those that a peer can cause.
 */
#include "gantry-failure.hh"

#include <dcmtk/dcmnet/cond.h>

#include <algorithm>
#include <cstring>

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
  { "bad-context-id", &ASC_BADPRESENTATIONCONTEXTID, "part of the negotiation breaks the rules" },
  { "no-transfer-syntax", &ASC_MISSINGTRANSFERSYNTAX, "part of the negotiation breaks the rules" },
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
