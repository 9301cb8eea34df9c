/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-wire-private.h"

#include <errno.h>
#include <string.h>

#include "gantry-extended.h"

#define FLUSH_BYTES 262144 /* two of the largest PDUs; more gains nothing */
#define LAST_WORDS_MS 50

void
gantry_wire_hold (GantryWire *self, gboolean hold)
{
  self->hold = hold;
}

static void
skip_sent (struct iovec **parts, gsize *n_parts, gsize sent)
{
  while (*n_parts > 0 && sent >= (*parts)->iov_len)
    {
      sent -= (*parts)->iov_len;
      (*parts)++;
      (*n_parts)--;
    }
  if (sent > 0 && *n_parts > 0)
    {
      (*parts)->iov_base = (guint8 *)(*parts)->iov_base + sent;
      (*parts)->iov_len -= sent;
    }
}

/* The connection broke under what we send: the peer may have said why before. Nothing here is an
 * answer to anybody any more. */
static void
fail_to_send (GantryWire *self)
{
  int error = errno;

  if (self->socket.tls != NULL && self->first_in == NULL
      && gantry_tls_stream_read (self->socket.tls, self->ahead, GANTRY_WIRE_READ_AHEAD) < 0
      && errno == EPROTO)
    gantry_socket_fail (&self->socket, GANTRY_WIRE_TLS, 0);
  else
    {
      errno = error;
      gantry_socket_fail_with_errno (&self->socket);
    }
}

static gboolean
send_parts (GantryWire *self, struct iovec *parts, gsize n_parts)
{
  gint64 deadline = 0;

  if (self->broken || self->socket.fd < 0)
    {
      errno = EPIPE;
      return FALSE;
    }
  while (n_parts > 0 || gantry_socket_has_unsent (&self->socket))
    {
      gssize n = gantry_socket_send (&self->socket, parts, n_parts);

      if (n >= 0)
        {
          skip_sent (&parts, &n_parts, n);
          if (n > 0)
            deadline = 0;
          continue;
        }
      if (errno == EINTR)
        continue;
      if (errno == EAGAIN)
        {
          if (deadline == 0)
            deadline = gantry_socket_deadline_after (self->write_ms);
          if (gantry_socket_wait_writable (&self->socket, &deadline, self->write_ms))
            continue;
        }
      else
        fail_to_send (self);
      self->broken = TRUE; /* possibly in the middle of a PDU */
      return FALSE;
    }
  return TRUE;
}

static gboolean
flush (GantryWire *self)
{
  guint n = self->n_parts;

  self->n_parts = self->n_queued = 0;
  self->queued_bytes = 0;
  return n == 0 || send_parts (self, self->parts, n);
}

static void
queue (GantryWire *self, const void *from, gsize size)
{
  self->parts[self->n_parts++] = (struct iovec){ (void *)from, size };
  self->queued_bytes += size;
}

/* dcmnet hands over a data PDU as its head and its body, in two calls: two packets and a stall
 * unless they are put together here. */
static gssize
write_data (GantryWire *self, const guint8 *from, gsize size)
{
  if (self->out_left == 0)
    {
      guint8 *head = self->heads[self->n_queued++];

      memcpy (head, from, size);
      queue (self, head, size);
      self->out_left = gantry_pdu_get_length (from) + GANTRY_PDU_HEADER - size;
    }
  else
    {
      queue (self, from, size);
      self->out_left -= MIN (size, self->out_left);
    }

  if (self->out_left > 0
      || (self->hold && self->queued_bytes < FLUSH_BYTES
          && self->n_queued < GANTRY_WIRE_MAX_QUEUED))
    return size;
  return flush (self) ? (gssize)size : -1;
}

void
gantry_wire_set_user_items (GantryWire *self, GBytes *items)
{
  g_clear_pointer (&self->user_items, g_bytes_unref);
  self->user_items = g_bytes_ref (items);
}

/* dcmnet does not hear of what is added. */
static gboolean
write_first (GantryWire *self, const guint8 *bytes, gsize size)
{
  struct iovec part;
  gsize length;

  if (self->user_items != NULL && bytes[0] <= GANTRY_PDU_ASSOCIATE_AC)
    self->first_out = gantry_extended_add_items (bytes, size, self->user_items);
  else
    self->first_out = g_bytes_new (bytes, size);
  part.iov_base = (void *)g_bytes_get_data (self->first_out, &length);
  part.iov_len = length;
  return send_parts (self, &part, 1);
}

gssize
gantry_wire_write (GantryWire *self, const void *from, gsize size)
{
  const guint8 *bytes = from;
  struct iovec part = { (void *)from, size };

  if (!gantry_socket_check (&self->socket))
    return -1;
  if (size == 0)
    return 0;
  if (self->out_left > 0 || (size == GANTRY_WIRE_DATA_HEAD && bytes[0] == GANTRY_PDU_DATA))
    return write_data (self, from, size);

  if (self->first_out == NULL)
    return write_first (self, bytes, size) ? (gssize)size : -1;
  return flush (self) && send_parts (self, &part, 1) ? (gssize)size : -1;
}

/* ---- Last words ------------------------------------------------------------------------------ */

/* The PDUs after which nothing follows are all alike: four octets, of which one is reserved. */
static void
send_last (GantryWire *self, guint8 type, guint8 result, guint8 source, guint8 reason)
{
  const guint8 pdu[] = { type, 0, 0, 0, 0, 4, 0, result, source, reason };

  if (self->socket.fd < 0)
    return;
  /* Either it fits into the socket's buffer at once, or nobody is listening. */
  if (!self->broken)
    gantry_socket_send_at_once (&self->socket, pdu, sizeof pdu);
  if (self->first_out == NULL)
    self->first_out = g_bytes_new (pdu, sizeof pdu);
  gantry_wire_close (self, self->broken ? 0 : LAST_WORDS_MS);
}

void
gantry_wire_abort (GantryWire *self, guint8 source, guint8 reason)
{
  send_last (self, GANTRY_PDU_ABORT, 0, source, reason);
}

void
gantry_wire_reject (GantryWire *self, guint8 result, guint8 source, guint8 reason)
{
  send_last (self, GANTRY_PDU_ASSOCIATE_RJ, result, source, reason);
}
