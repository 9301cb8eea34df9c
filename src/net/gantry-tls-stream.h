/* gantry-tls-stream.h - TLS records over a non-blocking descriptor; never waits, never closes it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OpenSSL is used as it is: dcmtls has the profile and the ciphers (gantry-tls-context.cc), but its
 * connection blocks in SSL_accept() and SSL_read() with no deadline and nothing that could wake it,
 * and one write there is one packet for each record.
 *
 * Belongs to one worker thread, as the wire above it. What cannot be done now is -1 with EAGAIN;
 * EPROTO is for what TLS itself found wrong, and then gantry_tls_stream_describe() has the words.
 */
#pragma once

#include <glib.h>
#include <sys/uio.h>

#include "gantry-tls-context.h"

G_BEGIN_DECLS

typedef struct _GantryTlsStream GantryTlsStream;

/* @host: whom the certificate must name, as the user wrote it; NULL for the acceptor's side. */
GantryTlsStream *gantry_tls_stream_new (GantryTlsContext *context, int fd, const char *host);
void gantry_tls_stream_free (GantryTlsStream *self);
/* The connection goes on under another descriptor. */
void gantry_tls_stream_set_fd (GantryTlsStream *self, int fd);

/* Returns: 1 when done, 0 when the peer closed the connection, or -1; errno may also be what
 * recv(2) said. */
int gantry_tls_stream_handshake (GantryTlsStream *self);
gboolean gantry_tls_stream_is_established (GantryTlsStream *self);
/* Like read(2). */
gssize gantry_tls_stream_read (GantryTlsStream *self, void *to, gsize size);
/* Takes up to some records' worth of octets, which may stay here for now: with @n 0, sends what
 * stayed. Returns: the octets taken, or -1. */
gssize gantry_tls_stream_send (GantryTlsStream *self, const struct iovec *parts, gsize n);
gboolean gantry_tls_stream_has_unsent (GantryTlsStream *self);
/* Says goodbye, if the socket takes it at once. */
void gantry_tls_stream_shutdown (GantryTlsStream *self);

/* "TLS 1.3, TLS_AES_256_GCM_SHA384"; NULL before it is negotiated. */
char *gantry_tls_stream_dup_summary (GantryTlsStream *self);
/* Whether the other side asked for a certificate of ours and we have none. */
gboolean gantry_tls_stream_lacks_certificate (GantryTlsStream *self);
/* Whether octets came that begin like a TLS record. */
gboolean gantry_tls_stream_heard_tls (GantryTlsStream *self);
/* After EPROTO: what happened, who can mend it, what to try. */
char *gantry_tls_stream_describe (GantryTlsStream *self);

G_END_DECLS
