/* gantry-socket.h - a connected socket, plain or encrypted: deadlines, cancel, counters
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It knows nothing of PDUs. Part of a #GantryWire, and as it on one worker thread; only cancel and
 * traffic are for any thread.
 */
#pragma once

#include <sys/uio.h>

#include "gantry-path-figures.h"
#include "gantry-tls-stream.h"
#include "gantry-wire-state.h"

G_BEGIN_DECLS

typedef struct
{
  int fd;               /* -1 once closed */
  GantryTlsStream *tls; /* NULL: plain */
  int wakeup;           /* eventfd, readable for ever after cancel */
  gint cancelled;
  guint patience_ms;           /* for which cancelling is not heeded */
  gint64 patient_until;        /* monotonic; 0: not cancelled yet, as far as is known */
  guint64 bytes_in, bytes_out; /* atomic */
  gint64 blocked;              /* microseconds for which the peer took no more */
  GantryPathFigures path;      /* of the kernel, when the connection was closed */

  GantryWireState state;
  int error; /* errno */
} GantrySocket;

/* Takes @fd over, which is connected. @self is all zeros. Closed and with the state set, where
 * there are no descriptors left. */
void gantry_socket_init (GantrySocket *self, int fd);
void gantry_socket_clear (GantrySocket *self);

char *gantry_socket_dup_peer_address (const GantrySocket *self);
gboolean gantry_socket_move_to (GantrySocket *self, int fd);

/* Any thread. */
void gantry_socket_cancel (GantrySocket *self);
void gantry_socket_get_traffic (GantrySocket *self, guint64 *in, guint64 *out);
/* Ends the connection without a word, and every wait as cancelled. */
void gantry_socket_sever (GantrySocket *self);
/* What is waited for may be worth more than to be cancelled at once: from now on it is cancelled so
 * much later. */
void gantry_socket_set_patience (GantrySocket *self, guint ms);
/* FALSE, with the state set: cancelled */
gboolean gantry_socket_check (GantrySocket *self);
gboolean gantry_socket_sleep (GantrySocket *self, guint ms);
void gantry_socket_get_path (GantrySocket *self, GantryPathFigures *figures);

/* The state, unless there is one already; errno is then EIO. */
void gantry_socket_fail (GantrySocket *self, GantryWireState state, int error);
/* The same for the errno of a call that did not go through and will not. */
void gantry_socket_fail_with_errno (GantrySocket *self);

/* @deadline: (inout): monotonic. While the peer's side acknowledges what was sent to it, it lies
 * @renew_ms ahead, so that one that is slow is not taken for one that is dead; 0: never. FALSE with
 * the state set: too late, or cancelled. Writable: when the buffer has room again. */
gboolean gantry_socket_wait_readable (GantrySocket *self, gint64 *deadline, guint renew_ms);
gboolean gantry_socket_wait_writable (GantrySocket *self, gint64 *deadline, guint renew_ms);

/* FALSE with the state set. */
gboolean gantry_socket_start_tls (GantrySocket *self,
                                  GantryTlsContext *context,
                                  const char *host,
                                  gint64 deadline);

/* Like read(2), without waiting: into @to, and what comes behind it into @ahead; of an encrypted
 * stream a record at a time, and what comes behind stays in it. */
gssize
gantry_socket_receive (GantrySocket *self, void *to, gsize size, void *ahead, gsize ahead_size);
/* Like sendmsg(2), without waiting. */
gssize gantry_socket_send (GantrySocket *self, struct iovec *parts, gsize n_parts);
/* TRUE: encrypted octets that were taken wait for another gantry_socket_send(). */
gboolean gantry_socket_has_unsent (const GantrySocket *self);
/* FALSE: they did not fit into the buffer, or TLS does not stand. */
gboolean gantry_socket_send_at_once (GantrySocket *self, const guint8 *octets, gsize size);
/* @patience_ms: for the peer to close first, while what it sends is read and forgotten;
 * @heard_end: it has done so already */
void gantry_socket_close (GantrySocket *self, guint patience_ms, gboolean heard_end);

/* Monotonic. */
gint64 gantry_socket_deadline_after (guint milliseconds);

G_END_DECLS
