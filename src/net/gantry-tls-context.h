/* gantry-tls-context.h - certificates, keys and what may be negotiated, for many connections
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Immutable once made: any thread may use it, for any number of connections at a time.
 */
#pragma once

#include <glib.h>

#include "gantry-tls.h"

G_BEGIN_DECLS

typedef struct _GantryTlsContext GantryTlsContext;

/**
 * gantry_tls_context_new:
 * @acceptor: whether it is for the side that is called
 * @error: %GANTRY_ERROR_SECURITY with a sentence that names the file and what to do about it
 *
 * Reads the files now. Offers what the non-downgrading BCP 195 profile allows (PS3.15 B.10): TLS
 * 1.2 and newer, forward secrecy, AES GCM; with certificates over elliptic curves as well.
 */
GantryTlsContext *gantry_tls_context_new (const GantryTls *tls, gboolean acceptor, GError **error);
/* One that checks nobody, to find out whether a port speaks TLS at all. */
GantryTlsContext *gantry_tls_context_new_probe (void);
GantryTlsContext *gantry_tls_context_ref (GantryTlsContext *self);
void gantry_tls_context_unref (GantryTlsContext *self);

/* Forgets what OpenSSL keeps for the calling thread (its queue of errors): for a thread of a pool,
 * which does not end with its task. What is made by others may be used on. */
void gantry_tls_leave_thread (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryTlsContext, gantry_tls_context_unref)

G_END_DECLS
