/* gantry-tls-context-private.h - the context's OpenSSL side, for the stream
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <openssl/ssl.h>

#include "gantry-tls-context.h"

G_BEGIN_DECLS

SSL_CTX *gantry_tls_context_get_native (GantryTlsContext *self);
gboolean gantry_tls_context_is_acceptor (GantryTlsContext *self);
gboolean gantry_tls_context_has_certificate (GantryTlsContext *self);

G_END_DECLS
