/* gantry-tls.h - how the connections of one side are encrypted: which files, who is checked
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* DICOM over TLS (PS3.15 Annex B). A plain value; files are PEM and are read when a connection is
 * about to be made, not before. */
typedef struct
{
  gboolean enabled;
  /* Who vouches for the other side: a file of certificates, also the peer's own, which may have
   * revocation lists in it; or a folder of such files. NULL: the authorities of the system. */
  const char *authorities;
  const char *certificate; /* ours, with those that vouch for it behind it; NULL: none */
  const char *key;         /* NULL: in the certificate's file */
  gboolean no_verify;      /* requestor: takes any certificate under any host name */
  gboolean require_client; /* acceptor: callers must show a certificate, which is checked */
} GantryTls;

/* Frees what gantry_tls_copy() made. */
void gantry_tls_clear (GantryTls *self);
/* Makes copies of all texts; what was in @to before is not freed. */
void gantry_tls_copy (GantryTls *to, const GantryTls *from);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GantryTls, gantry_tls_clear)

G_END_DECLS
