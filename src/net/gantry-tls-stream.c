/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-tls-stream.h"

#include <errno.h>
#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>

#include "gantry-tls-context-private.h"
#include "gantry-tls-words.h"

#define RECORD 16384        /* octets in one record at most (RFC 8446 5.1) */
#define BATCH (16 * RECORD) /* encrypted in one go, and then sent with one call */
#define ALERT_UNEXPECTED "\x15\x03\x03\x00\x02\x02\x0a" /* fatal, unexpected_message */

struct _GantryTlsStream
{
  SSL *ssl;
  int fd;
  gboolean acceptor, has_certificate, asked;
  gboolean at_end; /* the peer closed its side */
  gboolean broken; /* a fatal alert came, or went */
  int os_error;    /* of recv(); 0: none */
  GByteArray *out; /* encrypted, not yet taken by the socket */
  gsize out_sent;
  guint8 heard[8];
  gsize n_heard;
  char *host;

  /* Why it failed. */
  unsigned long code;
  int verify;
  char *subject, *issuer, *names, *from, *until;

  guint8 gathered[RECORD];
};

/* ---- Below OpenSSL: the descriptor ----------------------------------------------------------- */

static void
hear (GantryTlsStream *self, const char *octets, gsize n)
{
  n = MIN (n, sizeof self->heard - self->n_heard);
  memcpy (self->heard + self->n_heard, octets, n);
  self->n_heard += n;
}

static int
bio_read (BIO *bio, char *to, int size)
{
  GantryTlsStream *self = BIO_get_data (bio);
  gssize n;

  BIO_clear_retry_flags (bio);
  do
    n = recv (self->fd, to, size, 0);
  while (n < 0 && errno == EINTR);
  if (n > 0 && self->n_heard < sizeof self->heard)
    hear (self, to, n);
  else if (n == 0)
    self->at_end = TRUE;
  else if (n < 0 && errno == EAGAIN)
    BIO_set_retry_read (bio);
  else if (n < 0)
    self->os_error = errno;
  return (int)n;
}

/* Never says no, so that OpenSSL has nothing to repeat; gantry_tls_stream_send() sets the bound. */
static int
bio_write (BIO *bio, const char *from, int size)
{
  GantryTlsStream *self = BIO_get_data (bio);

  g_byte_array_append (self->out, (const guint8 *)from, size);
  return size;
}

static long
bio_ctrl (BIO *bio, int command, long number G_GNUC_UNUSED, void *pointer G_GNUC_UNUSED)
{
  GantryTlsStream *self = BIO_get_data (bio);

  if (command == BIO_CTRL_EOF)
    return self->at_end;
  return command == BIO_CTRL_FLUSH;
}

static BIO *
bio_new (GantryTlsStream *self)
{
  static gsize method;
  BIO *bio;

  if (g_once_init_enter (&method))
    {
      BIO_METHOD *made = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "gantry");

      BIO_meth_set_read (made, bio_read);
      BIO_meth_set_write (made, bio_write);
      BIO_meth_set_ctrl (made, bio_ctrl);
      g_once_init_leave (&method, (gsize)made);
    }
  bio = BIO_new ((const BIO_METHOD *)method);
  BIO_set_data (bio, self);
  BIO_set_init (bio, 1);
  return bio;
}

/* FALSE with errno when not everything has gone. */
static gboolean
flush (GantryTlsStream *self)
{
  while (self->out_sent < self->out->len)
    {
      gssize n = send (self->fd, self->out->data + self->out_sent, self->out->len - self->out_sent,
                       MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      self->out_sent += n;
    }
  g_byte_array_set_size (self->out, 0);
  self->out_sent = 0;
  return TRUE;
}

/* ---- What is wrong with a certificate ---------------------------------------------------------
 */

static char *
dup_name (const X509_NAME *name)
{
  int at = X509_NAME_get_index_by_NID (name, NID_commonName, -1);
  unsigned char *utf8 = NULL;
  char *text = NULL;

  if (at < 0)
    at = X509_NAME_entry_count (name) - 1;
  if (at >= 0
      && ASN1_STRING_to_UTF8 (&utf8, X509_NAME_ENTRY_get_data (X509_NAME_get_entry (name, at)))
             >= 0)
    text = g_utf8_make_valid ((const char *)utf8, -1);
  OPENSSL_free (utf8);
  return text != NULL ? text : g_strdup ("");
}

static char *
dup_day (const ASN1_TIME *time)
{
  struct tm tm;
  g_autoptr (GDateTime) day = NULL;

  if (ASN1_TIME_to_tm (time, &tm) != 1)
    return g_strdup ("");
  day = g_date_time_new_utc (tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                             tm.tm_sec);
  return day != NULL ? g_date_time_format (day, "%F") : g_strdup ("");
}

static void
add_host (GString *names, const GENERAL_NAME *name)
{
  g_autoptr (GInetAddress) address = NULL;
  int size;

  if (name->type == GEN_DNS)
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "",
                            (const char *)ASN1_STRING_get0_data (name->d.dNSName));
  if (name->type != GEN_IPADD)
    return;
  size = ASN1_STRING_length (name->d.iPAddress);
  if (size != 4 && size != 16)
    return;
  address = g_inet_address_new_from_bytes (ASN1_STRING_get0_data (name->d.iPAddress),
                                           size == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
  {
    g_autofree char *text = g_inet_address_to_string (address);

    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", text);
  }
}

/* The hosts that a certificate is made out to, as one line. */
static char *
dup_hosts (X509 *certificate)
{
  GENERAL_NAMES *all = X509_get_ext_d2i (certificate, NID_subject_alt_name, NULL, NULL);
  GString *names = g_string_new (NULL);

  for (int i = 0; i < sk_GENERAL_NAME_num (all); i++)
    add_host (names, sk_GENERAL_NAME_value (all, i));
  GENERAL_NAMES_free (all);
  if (names->len == 0)
    {
      g_autofree char *name = dup_name (X509_get_subject_name (certificate));

      g_string_append (names, name);
    }
  {
    g_autofree char *raw = g_string_free (names, FALSE);

    return g_utf8_make_valid (raw, -1);
  }
}

/* Whether it is the authority that is not known, which the peer's own certificate leads to. */
static gboolean
is_about_trust (int error)
{
  return error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN
         || error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT
         || error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
         || error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

static void
note_certificate (GantryTlsStream *self, X509_STORE_CTX *store)
{
  X509 *certificate = X509_STORE_CTX_get_current_cert (store);
  X509 *named = is_about_trust (self->verify) ? X509_STORE_CTX_get0_cert (store) : certificate;

  if (self->subject != NULL || certificate == NULL)
    return;
  self->subject = dup_name (X509_get_subject_name (named));
  self->issuer = dup_name (X509_get_issuer_name (certificate));
  self->names = dup_hosts (certificate);
  self->from = dup_day (X509_get0_notBefore (certificate));
  self->until = dup_day (X509_get0_notAfter (certificate));
}

/* The first thing that is wrong counts. An authority without a revocation list is not wrong. */
static int
on_verify (int good, X509_STORE_CTX *store)
{
  SSL *ssl = X509_STORE_CTX_get_ex_data (store, SSL_get_ex_data_X509_STORE_CTX_idx ());
  GantryTlsStream *self = SSL_get_app_data (ssl);
  int error = X509_STORE_CTX_get_error (store);

  if (good)
    return 1;
  if (error == X509_V_ERR_UNABLE_TO_GET_CRL)
    {
      X509_STORE_CTX_set_error (store, X509_V_OK);
      return 1;
    }
  if (self->verify == X509_V_OK)
    self->verify = error;
  note_certificate (self, store);
  return 0;
}

/* For a requestor: the peer asked for a certificate. Go on with the context's, or with none. */
static int
on_asked (SSL *ssl G_GNUC_UNUSED, void *data)
{
  GantryTlsStream *self = data;

  self->asked = TRUE;
  return 1;
}

/* ---- The stream ------------------------------------------------------------------------------ */

/* A zone ("fe80::1%eth0") is ours, not the certificate's. */
static void
set_host (GantryTlsStream *self, const char *host)
{
  X509_VERIFY_PARAM *param = SSL_get0_param (self->ssl);
  g_auto (GStrv) parts = g_strsplit (host, "%", 2);

  self->host = g_strdup (host);
  if (g_hostname_is_ip_address (parts[0]))
    {
      X509_VERIFY_PARAM_set1_ip_asc (param, parts[0]);
      return;
    }
  {
    g_autofree char *ascii = g_hostname_to_ascii (host);
    const char *name = ascii != NULL ? ascii : host;

    X509_VERIFY_PARAM_set_hostflags (param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host (param, name, 0);
    SSL_set_tlsext_host_name (self->ssl, name);
  }
}

GantryTlsStream *
gantry_tls_stream_new (GantryTlsContext *context, int fd, const char *host)
{
  GantryTlsStream *self = g_new0 (GantryTlsStream, 1);
  BIO *bio = bio_new (self);

  self->fd = fd;
  self->acceptor = gantry_tls_context_is_acceptor (context);
  self->has_certificate = gantry_tls_context_has_certificate (context);
  self->out = g_byte_array_new ();
  self->ssl = SSL_new (gantry_tls_context_get_native (context));
  SSL_set_app_data (self->ssl, self);
  SSL_set_bio (self->ssl, bio, bio);
  SSL_set_verify (self->ssl, SSL_get_verify_mode (self->ssl), on_verify);
  if (self->acceptor)
    SSL_set_accept_state (self->ssl);
  else
    {
      SSL_set_cert_cb (self->ssl, on_asked, self);
      SSL_set_connect_state (self->ssl);
    }
  if (host != NULL)
    set_host (self, host);
  return self;
}

void
gantry_tls_stream_free (GantryTlsStream *self)
{
  SSL_free (self->ssl);
  g_byte_array_unref (self->out);
  g_free (self->host);
  g_free (self->subject);
  g_free (self->issuer);
  g_free (self->names);
  g_free (self->from);
  g_free (self->until);
  g_free (self);
}

void
gantry_tls_stream_set_fd (GantryTlsStream *self, int fd)
{
  self->fd = fd;
}

/* Whether @code is only that the peer closed without a close_notify: DICOM has ends of its own, so
 * nothing that was cut off is taken for whole. */
static gboolean
is_plain_end (unsigned long code)
{
  return code == 0
         || (ERR_GET_LIB (code) == ERR_LIB_SSL
             && ERR_GET_REASON (code) == SSL_R_UNEXPECTED_EOF_WHILE_READING);
}

/* What a call that did not succeed means: keeps the reason, and lets the alert for the peer go. */
static int
conclude (GantryTlsStream *self, int result)
{
  int what = SSL_get_error (self->ssl, result);
  unsigned long code = ERR_peek_error ();

  ERR_clear_error ();
  if (what == SSL_ERROR_WANT_READ)
    {
      flush (self);
      errno = EAGAIN;
      return -1;
    }
  self->broken = TRUE;
  if (what == SSL_ERROR_ZERO_RETURN || (self->at_end && is_plain_end (code)))
    return 0;
  if (self->os_error != 0)
    {
      errno = self->os_error;
      return -1;
    }
  self->code = code;
  /* OpenSSL tells nothing to who does not speak TLS; a caller shall learn what is expected. */
  if (self->acceptor && !gantry_tls_looks_like_record (self->heard, self->n_heard))
    g_byte_array_append (self->out, (const guint8 *)ALERT_UNEXPECTED, sizeof ALERT_UNEXPECTED - 1);
  flush (self);
  errno = EPROTO;
  return -1;
}

static int
repeat_conclusion (GantryTlsStream *self)
{
  errno = self->os_error != 0 ? self->os_error : EPROTO;
  return self->os_error == 0 && self->code == 0 ? 0 : -1;
}

int
gantry_tls_stream_handshake (GantryTlsStream *self)
{
  int result;

  if (self->broken)
    return repeat_conclusion (self);
  ERR_clear_error ();
  result = SSL_do_handshake (self->ssl);
  if (result != 1)
    return conclude (self, result);
  return flush (self) ? 1 : -1;
}

gboolean
gantry_tls_stream_is_established (GantryTlsStream *self)
{
  return SSL_is_init_finished (self->ssl);
}

gssize
gantry_tls_stream_read (GantryTlsStream *self, void *to, gsize size)
{
  int result;

  if (self->broken)
    return repeat_conclusion (self);
  ERR_clear_error ();
  result = SSL_read (self->ssl, to, (int)MIN (size, G_MAXINT));
  return result > 0 ? result : conclude (self, result);
}

/* Encrypts one record's worth from the front of @parts, of which @skip octets are done: all of it,
 * for the BIO takes everything. Small
 * pieces, such as a PDU's head and its body, share a record. */
static gssize
encrypt_record (GantryTlsStream *self, const struct iovec *parts, gsize n, gsize skip)
{
  const guint8 *from = self->gathered;
  gsize size = 0;

  for (; n > 0 && skip >= parts->iov_len; parts++, n--)
    skip -= parts->iov_len;
  if (n > 0 && parts->iov_len - skip >= RECORD)
    {
      from = (const guint8 *)parts->iov_base + skip;
      size = RECORD;
    }
  for (; n > 0 && size < RECORD; parts++, n--, skip = 0)
    {
      gsize piece = MIN (parts->iov_len - skip, RECORD - size);

      memcpy (self->gathered + size, (const guint8 *)parts->iov_base + skip, piece);
      size += piece;
    }
  if (size == 0)
    return 0;
  /* 0 would be taken for the end of @parts. */
  return SSL_write (self->ssl, from, (int)size) > 0 ? (gssize)size : -1;
}

gssize
gantry_tls_stream_send (GantryTlsStream *self, const struct iovec *parts, gsize n)
{
  gsize taken = 0;

  if (!flush (self))
    return -1;
  if (self->broken)
    {
      errno = EPIPE;
      return -1;
    }
  ERR_clear_error ();
  while (taken < BATCH)
    {
      gssize size = encrypt_record (self, parts, n, taken);

      if (size < 0)
        return conclude (self, (int)size);
      if (size == 0)
        break;
      taken += size;
    }
  if (!flush (self) && errno != EAGAIN)
    return -1;
  return taken;
}

gboolean
gantry_tls_stream_has_unsent (GantryTlsStream *self)
{
  return self->out->len > 0;
}

void
gantry_tls_stream_shutdown (GantryTlsStream *self)
{
  if (!self->broken && SSL_is_init_finished (self->ssl))
    SSL_shutdown (self->ssl);
  ERR_clear_error ();
  flush (self);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

char *
gantry_tls_stream_dup_summary (GantryTlsStream *self)
{
  const SSL_CIPHER *cipher = SSL_get_current_cipher (self->ssl);

  if (!SSL_is_init_finished (self->ssl) || cipher == NULL)
    return NULL;
  return g_strdup_printf ("%s, %s",
                          SSL_version (self->ssl) == TLS1_3_VERSION ? "TLS 1.3" : "TLS 1.2",
                          SSL_CIPHER_standard_name (cipher));
}

gboolean
gantry_tls_stream_lacks_certificate (GantryTlsStream *self)
{
  return self->asked && !self->has_certificate;
}

gboolean
gantry_tls_stream_heard_tls (GantryTlsStream *self)
{
  return gantry_tls_looks_like_record (self->heard, self->n_heard);
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

char *
gantry_tls_stream_describe (GantryTlsStream *self)
{
  GantryTlsFailure failure = {
    .acceptor = self->acceptor,
    .heard = self->heard,
    .n_heard = self->n_heard,
    .code = self->code,
    .has_own = self->has_certificate,
    .asked = self->asked,
    .verify = self->verify,
    .subject = or_empty (self->subject),
    .issuer = or_empty (self->issuer),
    .names = or_empty (self->names),
    .from = or_empty (self->from),
    .until = or_empty (self->until),
    .host = self->host,
  };

  return gantry_tls_failure_describe (&failure);
}
