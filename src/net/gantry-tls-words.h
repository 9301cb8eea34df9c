/* gantry-tls-words.h - what went wrong in TLS, as a sentence
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is known about a failure. */
typedef struct
{
  gboolean acceptor;
  const guint8 *heard; /* the first octets that came */
  gsize n_heard;
  unsigned long code;  /* OpenSSL's first error; 0: none */
  gboolean has_own;    /* we showed a certificate */
  gboolean asked;      /* requestor: the peer wanted to see one */
  int verify;          /* X509_V_*; 0: nothing is wrong with the peer's certificate */
  const char *subject; /* of the certificate that is wrong; "" */
  const char *issuer;
  const char *names; /* hosts that the peer's certificate is made out to; "" */
  const char *from;  /* the day since when it is valid, and until when */
  const char *until;
  const char *host; /* what we wanted to reach; NULL: acceptor */
} GantryTlsFailure;

/* Types 20 to 23, version 3.x (RFC 8446 5.1). */
gboolean gantry_tls_looks_like_record (const guint8 *octets, gsize n);

/* Returns: (transfer full): a sentence or three. */
char *gantry_tls_failure_describe (const GantryTlsFailure *failure);

G_END_DECLS
