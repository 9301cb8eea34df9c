/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-tls-context-private.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmtls/tlslayer.h>

#include <cerrno>
#include <glib/gi18n-lib.h>
#include <mutex>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "gantry-error.h"

#define SECURITY_LEVEL 2 /* RSA keys of 2048 bits and up, no SHA-1 (RFC 9325 4.5) */
#define READ_BUFFER 65536

struct _GantryTlsContext
{
  DcmTLSTransportLayer *layer; /* owns the SSL_CTX */
  gboolean acceptor, has_certificate;
};

/* ---- Our own certificate and key ------------------------------------------------------------- */

G_GNUC_PRINTF (2, 3)
static void
set_error (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (GANTRY_ERROR, GANTRY_ERROR_SECURITY, format, args));
  va_end (args);
  ERR_clear_error ();
}

/* PEM wants a passphrase: nobody is there to give one, and the file is known to be such a one. */
static int
on_passphrase (char *, int, int, void *asked)
{
  *(gboolean *)asked = TRUE;
  return -1;
}

static gboolean
is_readable (const char *path, GError **error)
{
  if (access (path, R_OK) == 0)
    return TRUE;
  set_error (
      error,
      _ ("The file %s, which is needed for encrypted connections, cannot be read: %s. Choose "
         "the file again, or have its permissions corrected."),
      path, g_strerror (errno));
  return FALSE;
}

static gboolean
load_key (SSL_CTX *ctx, const char *path, const char *certificate, GError **error)
{
  gboolean asked = FALSE;
  unsigned long code;
  int good;

  if (!is_readable (path, error))
    return FALSE;
  SSL_CTX_set_default_passwd_cb (ctx, on_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata (ctx, &asked);
  ERR_clear_error ();
  good = SSL_CTX_use_PrivateKey_file (ctx, path, SSL_FILETYPE_PEM);
  code = ERR_peek_last_error ();
  SSL_CTX_set_default_passwd_cb_userdata (ctx, nullptr);
  if (good == 1 && SSL_CTX_check_private_key (ctx) == 1)
    return TRUE;

  if (asked)
    set_error (
        error,
        _ ("The key in %s is protected by a passphrase, and Gantry has nobody to ask for it. "
           "Store the key without one, readable for you alone (openssl pkey -in KEY -out "
           "NEW), and choose that file."),
        path);
  else if (good == 1
           || (ERR_GET_LIB (code) == ERR_LIB_X509
               && (ERR_GET_REASON (code) == X509_R_KEY_VALUES_MISMATCH
                   || ERR_GET_REASON (code) == X509_R_KEY_TYPE_MISMATCH)))
    set_error (error,
               _ ("The key in %s does not belong to the certificate in %s. Choose the two files "
                  "that were made together."),
               path, certificate);
  else
    set_error (error, _ ("The file %s holds no private key in PEM form. Choose the right file."),
               path);
  return FALSE;
}

static gboolean
is_too_weak (unsigned long code)
{
  int reason = ERR_GET_REASON (code);

  return ERR_GET_LIB (code) == ERR_LIB_SSL
         && (reason == SSL_R_EE_KEY_TOO_SMALL || reason == SSL_R_CA_KEY_TOO_SMALL
             || reason == SSL_R_CA_MD_TOO_WEAK);
}

static gboolean
load_certificate (SSL_CTX *ctx, const GantryTls *tls, GError **error)
{
  const char *key = tls->key != nullptr ? tls->key : tls->certificate;

  if (!is_readable (tls->certificate, error))
    return FALSE;
  ERR_clear_error ();
  if (SSL_CTX_use_certificate_chain_file (ctx, tls->certificate) != 1)
    {
      unsigned long code = ERR_peek_last_error ();

      if (is_too_weak (code))
        set_error (error,
                   _ ("The certificate in %s is not strong enough to be used (%s). Have one made "
                      "with a key of at least 2048 bits, signed with SHA-256."),
                   tls->certificate, ERR_reason_error_string (code));
      else
        set_error (error,
                   _ ("The file %s holds no certificate in PEM form. Choose the right file."),
                   tls->certificate);
      return FALSE;
    }
  return load_key (ctx, key, tls->certificate, error);
}

/* ---- Whom to trust --------------------------------------------------------------------------- */

static gboolean
load_authorities (SSL_CTX *ctx, const char *path, GError **error)
{
  g_autoptr (GDir) folder = nullptr;
  gboolean any = FALSE;
  const char *name;

  if (!is_readable (path, error))
    return FALSE;
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    any = SSL_CTX_load_verify_file (ctx, path) == 1;
  else if ((folder = g_dir_open (path, 0, nullptr)) != nullptr)
    while ((name = g_dir_read_name (folder)) != nullptr)
      {
        g_autofree char *file = g_build_filename (path, name, nullptr);

        if (g_file_test (file, G_FILE_TEST_IS_REGULAR))
          any |= SSL_CTX_load_verify_file (ctx, file) == 1;
      }
  ERR_clear_error ();
  if (!any)
    set_error (error,
               _ ("%s holds no certificate of an authority in PEM form. Choose a file or a folder "
                  "with the certificates that are to be trusted."),
               path);
  return any;
}

/* What an authority has revoked is only looked at where it is told so. */
static void
use_revocation_lists (X509_STORE *store)
{
  STACK_OF (X509_OBJECT) *objects = X509_STORE_get0_objects (store);

  for (int i = 0; i < sk_X509_OBJECT_num (objects); i++)
    if (X509_OBJECT_get_type (sk_X509_OBJECT_value (objects, i)) == X509_LU_CRL)
      X509_STORE_set_flags (store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
}

/* The names of the authorities, so that callers can choose among their certificates. */
static void
name_authorities (SSL_CTX *ctx)
{
  STACK_OF (X509_OBJECT) *objects = X509_STORE_get0_objects (SSL_CTX_get_cert_store (ctx));

  for (int i = 0; i < sk_X509_OBJECT_num (objects); i++)
    {
      X509 *certificate = X509_OBJECT_get0_X509 (sk_X509_OBJECT_value (objects, i));

      if (certificate != nullptr)
        SSL_CTX_add_client_CA (ctx, certificate);
    }
}

static gboolean
set_trust (SSL_CTX *ctx, const GantryTls *tls, gboolean acceptor, GError **error)
{
  X509_STORE *store = SSL_CTX_get_cert_store (ctx);

  if (acceptor ? !tls->require_client : tls->no_verify)
    {
      SSL_CTX_set_verify (ctx, SSL_VERIFY_NONE, nullptr);
      return TRUE;
    }
  SSL_CTX_set_verify (ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  if (tls->authorities == nullptr)
    {
      SSL_CTX_set_default_verify_paths (ctx);
      return TRUE;
    }
  if (!load_authorities (ctx, tls->authorities, error))
    return FALSE;
  /* A peer's own certificate may be trusted without the authority behind it. */
  X509_STORE_set_flags (store, X509_V_FLAG_PARTIAL_CHAIN);
  use_revocation_lists (store);
  if (acceptor)
    name_authorities (ctx);
  return TRUE;
}

/* ---- The context ----------------------------------------------------------------------------- */

/* The ciphers are dcmtls's, which knows the profiles of the standard. */
static gboolean
set_profile (DcmTLSTransportLayer *layer)
{
  SSL_CTX *ctx = layer->getNativeHandle ();

  if (ctx == nullptr || layer->setTLSProfile (TSP_Profile_BCP195_ND).bad ())
    return FALSE;
  /* RFC 9325 4.2 has them as well, and some devices have such certificates only. */
  layer->addCipherSuite ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
  layer->addCipherSuite ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
  if (layer->activateCipherSuites ().bad ()
      || SSL_CTX_set_min_proto_version (ctx, TLS1_2_VERSION) != 1)
    return FALSE;
  SSL_CTX_set_security_level (ctx, SECURITY_LEVEL);
  SSL_CTX_set_options (ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  /* Associations are long: nothing is gained by resuming one, and a ticket that nobody reads is a
   * reset when the connection closes. */
  SSL_CTX_set_session_cache_mode (ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets (ctx, 0);
  SSL_CTX_set_default_read_buffer_len (ctx, READ_BUFFER);
  SSL_CTX_set_read_ahead (ctx, 1);
  return TRUE;
}

static void
context_clear (gpointer data)
{
  delete ((GantryTlsContext *)data)->layer;
}

GantryTlsContext *
gantry_tls_context_new (const GantryTls *tls, gboolean acceptor, GError **error)
try
  {
    g_autoptr (GantryTlsContext) self = g_atomic_rc_box_new0 (GantryTlsContext);
    static std::once_flag silenced;
    SSL_CTX *ctx;

    /* It warns of every cipher that RFC 7525 did not have yet. */
    std::call_once (silenced, [] { DCM_dcmtlsLogger.setLogLevel (OFLogger::OFF_LOG_LEVEL); });
    self->acceptor = acceptor;
    self->has_certificate = tls->certificate != nullptr;
    self->layer
        = new DcmTLSTransportLayer (acceptor ? NET_ACCEPTOR : NET_REQUESTOR, nullptr, OFFalse);
    ctx = self->layer->getNativeHandle ();
    if (!set_profile (self->layer))
      {
        set_error (error,
                   _ ("This computer's OpenSSL does not offer what DICOM needs for encrypted "
                      "connections. Ask its administrator."));
        return nullptr;
      }
    if (acceptor && tls->certificate == nullptr)
      {
        set_error (error,
                   _ ("A receiver that is to encrypt needs a certificate and its key. Choose "
                      "both files."));
        return nullptr;
      }
    if ((tls->certificate != nullptr && !load_certificate (ctx, tls, error))
        || !set_trust (ctx, tls, acceptor, error))
      return nullptr;
    return (GantryTlsContext *)g_steal_pointer (&self);
  }
catch (const std::exception &e)
  {
    set_error (error, "%s", e.what ());
    return nullptr;
  }

GantryTlsContext *
gantry_tls_context_new_probe (void)
{
  GantryTls tls = {};

  tls.no_verify = TRUE;
  return gantry_tls_context_new (&tls, FALSE, nullptr);
}

GantryTlsContext *
gantry_tls_context_ref (GantryTlsContext *self)
{
  return (GantryTlsContext *)g_atomic_rc_box_acquire (self);
}

void
gantry_tls_context_unref (GantryTlsContext *self)
{
  g_atomic_rc_box_release_full (self, context_clear);
}

SSL_CTX *
gantry_tls_context_get_native (GantryTlsContext *self)
{
  return self->layer->getNativeHandle ();
}

gboolean
gantry_tls_context_is_acceptor (GantryTlsContext *self)
{
  return self->acceptor;
}

gboolean
gantry_tls_context_has_certificate (GantryTlsContext *self)
{
  return self->has_certificate;
}

void
gantry_tls_leave_thread (void)
{
  OPENSSL_thread_stop ();
}
