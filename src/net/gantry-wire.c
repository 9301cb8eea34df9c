/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-wire-private.h"

GantryWire *
gantry_wire_new (int fd)
{
  GantryWire *self = g_atomic_rc_box_new0 (GantryWire);

  gantry_socket_init (&self->socket, fd);
  self->pdu_ms = self->write_ms = G_MAXINT;
  self->wait_deadline = G_MAXINT64;
  return self;
}

GantryWire *
gantry_wire_ref (GantryWire *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
gantry_wire_clear (gpointer data)
{
  GantryWire *self = data;

  gantry_socket_clear (&self->socket);
  g_clear_pointer (&self->first, g_byte_array_unref);
  g_clear_pointer (&self->first_in, g_bytes_unref);
  g_clear_pointer (&self->first_out, g_bytes_unref);
  g_clear_pointer (&self->user_items, g_bytes_unref);
  g_clear_error (&self->fault);
}

void
gantry_wire_unref (GantryWire *self)
{
  g_atomic_rc_box_release_full (self, gantry_wire_clear);
}

int
gantry_wire_get_fd (GantryWire *self)
{
  return self->socket.fd;
}

char *
gantry_wire_dup_peer_address (GantryWire *self)
{
  return gantry_socket_dup_peer_address (&self->socket);
}

gboolean
gantry_wire_move_to (GantryWire *self, int fd)
{
  return gantry_socket_move_to (&self->socket, fd);
}

void
gantry_wire_sever (GantryWire *self)
{
  gantry_socket_sever (&self->socket);
}

void
gantry_wire_cancel (GantryWire *self)
{
  gantry_socket_cancel (&self->socket);
}

void
gantry_wire_set_patience (GantryWire *self, guint ms)
{
  gantry_socket_set_patience (&self->socket, ms);
}

gboolean
gantry_wire_sleep (GantryWire *self, guint ms)
{
  return gantry_socket_sleep (&self->socket, ms);
}

void
gantry_wire_get_traffic (GantryWire *self, guint64 *in, guint64 *out)
{
  gantry_socket_get_traffic (&self->socket, in, out);
}

void
gantry_wire_get_path (GantryWire *self, GantryPathFigures *figures)
{
  gantry_socket_get_path (&self->socket, figures);
}

void
gantry_wire_set_deadline (GantryWire *self, guint wait_ms)
{
  self->wait_deadline = gantry_socket_deadline_after (wait_ms);
  self->wait_ms = wait_ms;
}

void
gantry_wire_set_limits (GantryWire *self, guint pdu_ms, guint write_ms)
{
  self->pdu_ms = pdu_ms;
  self->write_ms = write_ms;
}

void
gantry_wire_close (GantryWire *self, guint patience_ms)
{
  gantry_socket_close (&self->socket, patience_ms, self->at_end);
}

/* ---- Encryption ------------------------------------------------------------------------------ */

gboolean
gantry_wire_start_tls (GantryWire *self, GantryTlsContext *context, const char *host)
{
  return gantry_socket_start_tls (&self->socket, context, host, self->wait_deadline);
}

gboolean
gantry_wire_is_in_handshake (GantryWire *self)
{
  return self->socket.tls != NULL && !gantry_tls_stream_is_established (self->socket.tls);
}

char *
gantry_wire_dup_tls (GantryWire *self)
{
  return self->socket.tls != NULL ? gantry_tls_stream_dup_summary (self->socket.tls) : NULL;
}

char *
gantry_wire_dup_tls_failure (GantryWire *self)
{
  if (self->socket.tls == NULL)
    return NULL;
  if (self->socket.state == GANTRY_WIRE_TLS)
    return gantry_tls_stream_describe (self->socket.tls);
  /* TLS 1.3: the requestor is done before the acceptor has looked for its certificate. */
  if ((self->socket.state == GANTRY_WIRE_CLOSED || self->socket.state == GANTRY_WIRE_LOST)
      && self->first_in == NULL && gantry_tls_stream_lacks_certificate (self->socket.tls))
    return gantry_tls_stream_describe (self->socket.tls);
  return NULL;
}

gboolean
gantry_wire_heard_tls (GantryWire *self)
{
  return self->socket.tls != NULL && gantry_tls_stream_heard_tls (self->socket.tls);
}

/* ---- What is known --------------------------------------------------------------------------- */

GantryWireState
gantry_wire_get_state (GantryWire *self)
{
  return self->socket.state;
}

int
gantry_wire_get_errno (GantryWire *self)
{
  return self->socket.error;
}

const GError *
gantry_wire_get_fault (GantryWire *self)
{
  return self->fault;
}

GBytes *
gantry_wire_get_first_in (GantryWire *self)
{
  return self->first_in;
}

GBytes *
gantry_wire_get_first_out (GantryWire *self)
{
  return self->first_out;
}

gboolean
gantry_wire_get_abort (GantryWire *self, guint8 *source, guint8 *reason)
{
  gboolean cut = self->head[0] == GANTRY_PDU_ABORT && self->body_left > 0;

  /* One whose end was lost with the connection is an abort all the same, by the user (0), and the
   * octets that are missing are 0. */
  if (self->abort_filled < 4 && !cut)
    return FALSE;
  *source = self->abort_body[2];
  *reason = self->abort_body[3];
  return TRUE;
}
