/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-wire-private.h"

#include <errno.h>
#include <string.h>

#include "gantry-tls-words.h"

#define LARGE_READ 65536 /* from here on, what comes behind the wanted bytes is read sparingly: */
#define LARGE_AHEAD 4096 /* it must be copied once more */

gboolean
gantry_wire_is_inside (GantryWire *self)
{
  return self->head_filled > 0 || self->body_left > 0 || (self->first != NULL && self->first->len);
}

static gboolean
wait_readable (GantryWire *self)
{
  if (!gantry_wire_is_inside (self))
    return gantry_socket_wait_readable (&self->socket, &self->wait_deadline, self->wait_ms);
  if (self->pdu_deadline == 0)
    self->pdu_deadline = gantry_socket_deadline_after (self->pdu_ms);
  return gantry_socket_wait_readable (&self->socket, &self->pdu_deadline, 0);
}

/* Reads into @to, and what comes behind it into the read-ahead buffer, which must be empty. Returns
 * the octets for @to, 0 at the end of the stream or when only ahead was asked for. */
static gssize
receive (GantryWire *self, void *to, gsize size)
{
  for (;;)
    {
      gssize n;

      /* A peer that never lets us wait must not keep us from noticing. */
      if (!gantry_socket_check (&self->socket))
        return -1;
      n = gantry_socket_receive (&self->socket, to, size, self->ahead,
                                 size >= LARGE_READ ? LARGE_AHEAD : GANTRY_WIRE_READ_AHEAD);
      if (n > 0)
        {
          self->ahead_start = 0;
          self->ahead_end = (gsize)n > size ? n - size : 0;
          return MIN ((gsize)n, size);
        }
      if (n == 0)
        {
          self->at_end = TRUE;
          return 0;
        }
      if (errno != EAGAIN && errno != EINTR)
        {
          gantry_socket_fail_with_errno (&self->socket);
          return -1;
        }
      if (errno == EAGAIN && !wait_readable (self))
        return -1;
    }
}

/* Whatever is read first from: the first PDU again, the buffer, the socket. */
static gssize
take (GantryWire *self, guint8 *to, gsize size)
{
  gsize n;

  if (self->first_in != NULL && self->replayed < g_bytes_get_size (self->first_in))
    {
      n = MIN (size, g_bytes_get_size (self->first_in) - self->replayed);
      memcpy (to, (const guint8 *)g_bytes_get_data (self->first_in, NULL) + self->replayed, n);
      self->replayed += n;
      return n;
    }
  if (self->ahead_start == self->ahead_end && !self->at_end && size < LARGE_AHEAD
      && receive (self, NULL, 0) < 0)
    return -1;
  if (self->ahead_start == self->ahead_end)
    return self->at_end ? 0 : receive (self, to, size);

  n = MIN (size, self->ahead_end - self->ahead_start);
  memcpy (to, self->ahead + self->ahead_start, n);
  self->ahead_start += n;
  return n;
}

/* Follows the stream, to know where PDUs begin and what an A-ABORT says. */
static void
follow (GantryWire *self, const guint8 *bytes, gsize size)
{
  while (size > 0)
    if (self->body_left == 0)
      {
        self->head[self->head_filled++] = *bytes++;
        size--;
        if (self->head_filled == GANTRY_PDU_HEADER)
          {
            self->head_filled = 0;
            self->body_left = gantry_pdu_get_length (self->head);
            if (self->body_left == 0)
              self->pdu_deadline = 0;
          }
      }
    else
      {
        gsize n = MIN (size, self->body_left);

        if (self->head[0] == GANTRY_PDU_ABORT)
          for (gsize i = 0; i < n && self->abort_filled < 4; i++)
            self->abort_body[self->abort_filled++] = bytes[i];
        bytes += n;
        size -= n;
        self->body_left -= n;
        if (self->body_left == 0)
          self->pdu_deadline = 0;
      }
}

gssize
gantry_wire_read (GantryWire *self, void *to, gsize size)
{
  gssize n;

  if (self->socket.fd < 0 || (self->first_in == NULL && !gantry_wire_wait (self)))
    return -1;

  n = take (self, to, size);
  if (n > 0)
    follow (self, to, n);
  else if (n == 0)
    gantry_socket_fail (&self->socket, GANTRY_WIRE_CLOSED, 0);
  return n;
}

/* What may come first: a request, or the answer to one. The rest of a header is only believed when
 * the first octet is right, so that a web browser is told from a long PDU. */
static gboolean
is_plausible_first (const guint8 *head)
{
  guint32 length = gantry_pdu_get_length (head);

  switch (head[0])
    {
    case GANTRY_PDU_ASSOCIATE_RQ:
    case GANTRY_PDU_ASSOCIATE_AC:
      return length <= GANTRY_ASSOCIATE_MAX;
    case GANTRY_PDU_ASSOCIATE_RJ:
    case GANTRY_PDU_ABORT:
      return length == 4;
    default:
      return FALSE;
    }
}

/* Grows with what really comes, not with what the length field claims. */
static gboolean
grow_first (GantryWire *self, gsize size)
{
  while (self->first->len < size)
    {
      guint8 piece[4096];
      gssize n = take (self, piece, MIN (sizeof piece, size - self->first->len));

      if (n < 0)
        return FALSE;
      if (n == 0)
        {
          gantry_socket_fail (&self->socket, GANTRY_WIRE_CLOSED, 0);
          return FALSE;
        }
      g_byte_array_append (self->first, piece, n);
    }
  return TRUE;
}

static gboolean
load_first (GantryWire *self)
{
  g_auto (GantryAssociatePdu) pdu = { 0 };

  if (self->first == NULL)
    self->first = g_byte_array_new ();
  if (!grow_first (self, 1))
    return FALSE;
  /* The deadline of an association request covers all of it. */
  self->pdu_deadline = self->wait_deadline;
  if (gantry_tls_looks_like_record (self->first->data, 1))
    {
      if (grow_first (self, 2))
        gantry_socket_fail (&self->socket,
                            gantry_tls_looks_like_record (self->first->data, 2)
                                ? GANTRY_WIRE_IS_TLS
                                : GANTRY_WIRE_MALFORMED,
                            0);
      return FALSE;
    }
  if (self->first->data[0] == 0 || self->first->data[0] > GANTRY_PDU_ABORT)
    {
      gantry_socket_fail (&self->socket, GANTRY_WIRE_MALFORMED, 0);
      return FALSE;
    }
  if (!grow_first (self, GANTRY_PDU_HEADER))
    return FALSE;
  if (!is_plausible_first (self->first->data))
    {
      gantry_socket_fail (&self->socket, GANTRY_WIRE_MALFORMED, 0);
      return FALSE;
    }
  if (!grow_first (self, GANTRY_PDU_HEADER + gantry_pdu_get_length (self->first->data)))
    return FALSE;
  if (self->first->data[0] <= GANTRY_PDU_ASSOCIATE_AC
      && !gantry_associate_pdu_parse (&pdu, self->first->data, self->first->len, &self->fault))
    {
      gantry_socket_fail (&self->socket, GANTRY_WIRE_MALFORMED, 0);
      return FALSE;
    }

  self->pdu_deadline = 0;
  self->first_in = g_byte_array_free_to_bytes (g_steal_pointer (&self->first));
  return TRUE;
}

gboolean
gantry_wire_wait (GantryWire *self)
{
  if (self->socket.fd < 0)
    return FALSE;
  if (self->first_in == NULL)
    return self->socket.state == GANTRY_WIRE_GOOD && load_first (self);
  if (self->replayed < g_bytes_get_size (self->first_in) || self->ahead_start < self->ahead_end
      || self->at_end)
    return TRUE;
  return receive (self, NULL, 0) >= 0;
}
