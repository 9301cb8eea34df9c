/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-tls-words.h"

#include <glib/gi18n-lib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

gboolean
gantry_tls_looks_like_record (const guint8 *octets, gsize n)
{
  return n > 0 && octets[0] >= 20 && octets[0] <= 23 && (n < 2 || octets[1] == 3);
}

/* ---- Sentences for more than one failure ----------------------------------------------------- */

static char *
no_common_version (void)
{
  return g_strdup (_ ("The two sides have no version of TLS in common: Gantry speaks TLS 1.2 and "
                      "1.3, what is older is not safe. The other side's software has to be brought "
                      "up to date, or set to allow TLS 1.2."));
}

static char *
no_common_cipher (void)
{
  return g_strdup (_ ("The two sides have no way of encrypting in common. Ask the other side's "
                      "administrator to allow the ciphers of the DICOM BCP 195 profile, and see "
                      "whether its certificate is of a usual kind (RSA or EC)."));
}

static char *
wants_certificate (void)
{
  return g_strdup (
      _ ("The other side demands a certificate from its callers, and Gantry has none "
         "to show. Ask its administrator for a certificate with a key, and choose both "
         "in the settings."));
}

/* ---- The other side's certificate ------------------------------------------------------------ */

static char *
describe_trust (const GantryTlsFailure *f)
{
  if (f->verify == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
    return g_strdup_printf (
        _ ("Nobody vouches for the other side: the certificate of “%s” is signed by itself. If you "
           "know that it is genuine, get the certificate from its administrator, and choose it as "
           "a trusted one."),
        f->subject);
  return g_strdup_printf (
      _ ("The certificate of “%1$s” comes from an authority that is not trusted here, “%2$s”. Ask "
         "the other side's administrator for the certificate of the authority, and choose it as a "
         "trusted one."),
      f->subject, f->issuer);
}

static char *
describe_certificate (const GantryTlsFailure *f)
{
  switch (f->verify)
    {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return g_strdup_printf (_ ("The certificate of “%1$s” expired on %2$s. The other side's "
                                 "administrator has to renew it."),
                              f->subject, f->until);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return g_strdup_printf (
          _ ("The certificate of “%1$s” is not valid before %2$s. Check the date of this computer; "
             "if that is right, the other side's administrator has to replace the certificate."),
          f->subject, f->from);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return describe_trust (f);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return g_strdup_printf (
          _ ("The certificate of the other side is made out to %1$s, not to %2$s. Enter the host "
             "as "
             "the certificate has it, or have the certificate made out to this host as well. If "
             "you expected neither, somebody may be posing as the node."),
          f->names, f->host);
    case X509_V_ERR_CERT_REVOKED:
      return g_strdup_printf (
          _ ("The certificate of “%1$s” has been revoked by “%2$s” and must not "
             "be trusted. The other side's administrator has to replace it."),
          f->subject, f->issuer);
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return g_strdup_printf (_ ("The list of revoked certificates of “%s” is out of date. Get the "
                                 "present one from that authority."),
                              f->issuer);
    case X509_V_ERR_INVALID_PURPOSE:
      return g_strdup_printf (_ ("The certificate of “%s” was not made for this use. The other "
                                 "side's administrator has to replace it."),
                              f->subject);
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return g_strdup_printf (_ ("The certificate of “%s” is too weak to be trusted. The other "
                                 "side's administrator has to replace it by one with a key of at "
                                 "least 2048 bits, signed with SHA-256."),
                              f->subject);
    default:
      return g_strdup_printf (
          _ ("The certificate of “%1$s” cannot be trusted: %2$s. Ask the other side's "
             "administrator."),
          f->subject, X509_verify_cert_error_string (f->verify));
    }
}

/* ---- What the other side says ---------------------------------------------------------------- */

/* What an alert has against our certificate (RFC 8446 6.2); NULL: it is about something else. */
static const char *
describe_objection (int alert)
{
  switch (alert)
    {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_DECRYPT_ERROR:
      return _ ("it is damaged or not to its liking");
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
      return _ ("it is not made for this use");
    case SSL_AD_CERTIFICATE_REVOKED:
      return _ ("it has been revoked");
    case SSL_AD_CERTIFICATE_EXPIRED:
      return _ ("it has expired, or is not valid yet");
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_ACCESS_DENIED:
      return _ ("it does not trust it");
    case SSL_AD_UNKNOWN_CA:
      return _ ("it does not know the authority that it comes from");
    default:
      return NULL;
    }
}

static char *
describe_alert (const GantryTlsFailure *f, int alert)
{
  const char *name = SSL_alert_desc_string_long (alert);
  const char *objection = describe_objection (alert);

  if (alert == TLS13_AD_CERTIFICATE_REQUIRED
      || (f->asked && !f->has_own && (objection != NULL || alert == SSL_AD_HANDSHAKE_FAILURE)))
    return wants_certificate ();
  if (alert == SSL_AD_PROTOCOL_VERSION)
    return no_common_version ();
  if (alert == SSL_AD_HANDSHAKE_FAILURE || alert == SSL_AD_INSUFFICIENT_SECURITY)
    return no_common_cipher ();
  if (objection != NULL && f->acceptor)
    /* Translators: the reason is a clause from the list of them; the alert's name is English. */
    return g_strdup_printf (
        _ ("The caller does not accept the certificate of this receiver: %1$s. Its administrator "
           "has to trust the certificate, or it has to be replaced here (alert “%2$s”)."),
        objection, name);
  if (objection != NULL)
    return g_strdup_printf (
        _ ("The other side does not accept our certificate: %1$s. Its administrator has to trust "
           "the certificate, or it has to be replaced here (alert “%2$s”)."),
        objection, name);
  return g_strdup_printf (
      _ ("The other side ended the negotiation of the encryption with the alert "
         "“%1$s” (%2$d). Ask its administrator for its log."),
      name, alert);
}

/* ---- What came was no TLS -------------------------------------------------------------------- */

static char *
describe_foreign (const GantryTlsFailure *f)
{
  gboolean dicom = f->heard[0] >= 1 && f->heard[0] <= 7 && (f->n_heard < 2 || f->heard[1] == 0);

  if (f->acceptor)
    return g_strdup (
        dicom ? _ ("The caller asked for an association without encryption, and this port takes "
                   "encrypted connections (TLS) only. Switch on TLS at the caller, or switch it "
                   "off here.")
              : _ ("What the caller sent is neither TLS nor DICOM."));
  return g_strdup (
      dicom ? _ ("The other side answered without encryption: this port is for plain DICOM. Switch "
                 "off the encrypted connection (TLS) for the node, or ask its administrator for "
                 "the encrypted port.")
            : _ ("The answer of the other side is not TLS: another service listens at this port. "
                 "Check the port."));
}

/* ---- What we have against it ----------------------------------------------------------------- */

static char *
describe_reason (const GantryTlsFailure *f, unsigned long code)
{
  switch (ERR_GET_REASON (code))
    {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_UNSUPPORTED_SSL_VERSION:
      return no_common_version ();
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_WRONG_CIPHER_RETURNED:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
      return no_common_cipher ();
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return g_strdup (_ ("The caller showed no certificate, and this receiver demands one. Give "
                          "the caller a certificate, or do not demand it here."));
    case SSL_R_DH_KEY_TOO_SMALL:
      return g_strdup (
          _ ("The other side's keys are too small to be safe. Its administrator has to "
             "bring its software up to date."));
    default:
      return g_strdup_printf (
          _ ("The encryption could not be agreed on (%s). See the logs of both sides."),
          f->code != 0 ? ERR_reason_error_string (code) : "TLS");
    }
}

char *
gantry_tls_failure_describe (const GantryTlsFailure *failure)
{
  gboolean of_ssl = ERR_GET_LIB (failure->code) == ERR_LIB_SSL;
  int reason = ERR_GET_REASON (failure->code);

  if (failure->code == 0 && failure->asked && !failure->has_own)
    return wants_certificate ();
  if (of_ssl && reason > SSL_AD_REASON_OFFSET)
    return describe_alert (failure, reason - SSL_AD_REASON_OFFSET);
  if (of_ssl && reason == SSL_R_CERTIFICATE_VERIFY_FAILED && failure->verify != X509_V_OK)
    return describe_certificate (failure);
  if (failure->n_heard > 0 && !gantry_tls_looks_like_record (failure->heard, failure->n_heard))
    return describe_foreign (failure);
  return describe_reason (failure, failure->code);
}
