/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "gantry-extended.h"
#include "gantry-pdu.h"
#include "gantry-tcp-info.h"
#include "gantry-tls-stream.h"
#include "gantry-tls-words.h"

#define READ_AHEAD 32768   /* holds a command, a small object and the next command */
#define LARGE_READ 65536   /* from here on, what comes behind the wanted bytes is read sparingly: */
#define LARGE_AHEAD 4096   /* it must be copied once more */
#define FLUSH_BYTES 262144 /* two of the largest PDUs; more gains nothing */
#define MAX_QUEUED 32      /* PDUs; small ones, 4 KB, are what this is for */
#define DATA_HEAD 12       /* a P-DATA-TF header and the one of its only PDV */
#define LAST_WORDS_MS 50

struct _GantryWire
{
  int fd;               /* -1 once closed; only the worker looks at it */
  GantryTlsStream *tls; /* NULL: plain */
  int wakeup;           /* eventfd, readable for ever after cancel */
  gint cancelled;
  guint64 bytes_in, bytes_out; /* atomic */
  gint64 blocked;              /* microseconds for which the peer took no more */
  GantryPathFigures path;      /* of the kernel, when the connection was closed */

  GantryWireState state;
  int error;
  gint64 wait_deadline, pdu_deadline; /* monotonic; pdu_deadline 0: not yet needed */
  guint pdu_ms, write_ms;

  /* Incoming. A first PDU that was read whole is replayed before anything else. */
  GByteArray *first;
  GBytes *first_in;
  GError *fault;
  gsize replayed;
  gboolean at_end;
  gsize ahead_start, ahead_end;
  guint8 head[GANTRY_PDU_HEADER];
  guint head_filled;
  gsize body_left;
  guint8 abort_body[4];
  guint abort_filled;

  /* Outgoing. */
  GBytes *first_out;
  GBytes *user_items; /* NULL: none */
  gboolean hold, broken;
  gsize out_left; /* of the data PDU that is being queued */
  gsize queued_bytes;
  guint n_queued;
  guint n_parts;
  struct iovec parts[2 * MAX_QUEUED];
  guint8 heads[MAX_QUEUED][DATA_HEAD];

  guint8 ahead[READ_AHEAD];
};

static void
fail (GantryWire *self, GantryWireState state, int error)
{
  if (self->state == GANTRY_WIRE_GOOD)
    {
      self->state = state;
      self->error = error;
    }
  /* dcmnet repeats calls that end with EINTR */
  errno = EIO;
}

static int
int_option (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value);
}

GantryWire *
gantry_wire_new (int fd)
{
  GantryWire *self = g_atomic_rc_box_new0 (GantryWire);

  /* dcmnet takes descriptor 0, free when standard input was closed, for none. */
  if (fd == 0)
    {
      fd = fcntl (0, F_DUPFD_CLOEXEC, 3);
      close (0);
    }
  self->fd = fd;
  self->wakeup = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->pdu_ms = self->write_ms = G_MAXINT;
  self->wait_deadline = G_MAXINT64;
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  /* Fails on what is not TCP, where it is not needed. */
  int_option (fd, IPPROTO_TCP, TCP_NODELAY, 1);
  int_option (fd, SOL_SOCKET, SO_KEEPALIVE, 1);
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

  if (self->fd >= 0)
    close (self->fd);
  if (self->wakeup >= 0)
    close (self->wakeup);
  g_clear_pointer (&self->tls, gantry_tls_stream_free);
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
  return self->fd;
}

char *
gantry_wire_dup_peer_address (GantryWire *self)
{
  struct sockaddr_storage address = { 0 };
  struct sockaddr_in *in4 = (struct sockaddr_in *)&address;
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address;
  socklen_t length = sizeof address;
  char text[INET6_ADDRSTRLEN] = "";

  if (getpeername (self->fd, (struct sockaddr *)&address, &length) < 0)
    return g_strdup ("");
  if (address.ss_family == AF_INET)
    {
      inet_ntop (AF_INET, &in4->sin_addr, text, sizeof text);
      return g_strdup_printf ("%s:%u", text, ntohs (in4->sin_port));
    }
  if (address.ss_family != AF_INET6)
    return g_strdup ("");
  if (IN6_IS_ADDR_V4MAPPED (&in6->sin6_addr))
    {
      inet_ntop (AF_INET, &in6->sin6_addr.s6_addr[12], text, sizeof text);
      return g_strdup_printf ("%s:%u", text, ntohs (in6->sin6_port));
    }
  inet_ntop (AF_INET6, &in6->sin6_addr, text, sizeof text);
  return g_strdup_printf ("[%s]:%u", text, ntohs (in6->sin6_port));
}

gboolean
gantry_wire_move_to (GantryWire *self, int fd)
{
  if (dup3 (self->fd, fd, O_CLOEXEC) < 0)
    return FALSE;
  close (self->fd);
  self->fd = fd;
  if (self->tls != NULL)
    gantry_tls_stream_set_fd (self->tls, fd);
  return TRUE;
}

void
gantry_wire_sever (GantryWire *self)
{
  if (self->fd >= 0)
    shutdown (self->fd, SHUT_RDWR);
  gantry_wire_cancel (self);
}

void
gantry_wire_cancel (GantryWire *self)
{
  guint64 one = 1;

  g_atomic_int_set (&self->cancelled, TRUE);
  /* Cannot fail: the counter never gets near its limit. */
  if (write (self->wakeup, &one, sizeof one) < 0)
    g_warn_if_reached ();
}

void
gantry_wire_get_traffic (GantryWire *self, guint64 *in, guint64 *out)
{
  *in = __atomic_load_n (&self->bytes_in, __ATOMIC_RELAXED);
  *out = __atomic_load_n (&self->bytes_out, __ATOMIC_RELAXED);
}

void
gantry_wire_get_path (GantryWire *self, GantryPathFigures *figures)
{
  if (self->fd >= 0)
    gantry_tcp_info_read (self->fd, &self->path);
  *figures = self->path;
  figures->octets = (gint64)__atomic_load_n (&self->bytes_out, __ATOMIC_RELAXED);
  figures->blocked = self->blocked;
}

/* ---- Waiting ------------------------------------------------------------------------------- */

static gint64
deadline_after (guint milliseconds)
{
  return g_get_monotonic_time () + (gint64)milliseconds * 1000;
}

void
gantry_wire_set_deadline (GantryWire *self, guint wait_ms)
{
  self->wait_deadline = deadline_after (wait_ms);
}

void
gantry_wire_set_limits (GantryWire *self, guint pdu_ms, guint write_ms)
{
  self->pdu_ms = pdu_ms;
  self->write_ms = write_ms;
}

gboolean
gantry_wire_sleep (GantryWire *self, guint ms)
{
  gint64 deadline = deadline_after (ms);
  gint64 left;

  while (!g_atomic_int_get (&self->cancelled) && (left = deadline - g_get_monotonic_time ()) > 0)
    {
      struct pollfd fds = { self->wakeup, POLLIN, 0 };

      poll (&fds, 1, (int)((left + 999) / 1000));
    }
  return !g_atomic_int_get (&self->cancelled);
}

/* Returns: FALSE with the state set when cancelled, or at @deadline, which is @late. */
static gboolean
wait_for (GantryWire *self, short events, gint64 deadline, GantryWireState late)
{
  struct pollfd fds[] = { { self->fd, events, 0 }, { self->wakeup, POLLIN, 0 } };

  for (;;)
    {
      gint64 left = (deadline - g_get_monotonic_time () + 999) / 1000;
      int n;

      if (g_atomic_int_get (&self->cancelled))
        {
          fail (self, GANTRY_WIRE_CANCELLED, 0);
          return FALSE;
        }
      n = poll (fds, G_N_ELEMENTS (fds), (int)CLAMP (left, 0, G_MAXINT));
      if (n > 0 && fds[1].revents == 0)
        return TRUE;
      if (n == 0 && left <= G_MAXINT)
        {
          fail (self, late, ETIMEDOUT);
          return FALSE;
        }
      if (n < 0 && errno != EINTR)
        {
          fail (self, GANTRY_WIRE_LOST, errno);
          return FALSE;
        }
    }
}

static gboolean
wait_readable (GantryWire *self)
{
  gint64 deadline = self->wait_deadline;
  /* TLS has answers of its own to give while it reads. */
  gboolean unsent = self->tls != NULL && gantry_tls_stream_has_unsent (self->tls);

#ifdef TCP_QUICKACK
  /* The peer may be holding back the rest of its message until we acknowledge (Nagle), and the
   * kernel the acknowledgement until we answer. Linux forgets this option, so: each time. */
  int_option (self->fd, IPPROTO_TCP, TCP_QUICKACK, 1);
#endif
  if (gantry_wire_is_inside (self))
    {
      if (self->pdu_deadline == 0)
        self->pdu_deadline = deadline_after (self->pdu_ms);
      deadline = self->pdu_deadline;
    }
  return wait_for (self, unsent ? POLLIN | POLLOUT : POLLIN, deadline, GANTRY_WIRE_TIMED_OUT);
}

/* errno of a call that did not go through and will not */
static void
fail_with_errno (GantryWire *self)
{
  if (self->tls != NULL && errno == EPROTO)
    fail (self, GANTRY_WIRE_TLS, 0);
  else
    fail (self, GANTRY_WIRE_LOST, errno);
}

/* ---- Encryption ---------------------------------------------------------------------------- */

gboolean
gantry_wire_start_tls (GantryWire *self, GantryTlsContext *context, const char *host)
{
  if (self->fd < 0)
    return FALSE;
  self->tls = gantry_tls_stream_new (context, self->fd, host);
  for (;;)
    {
      int done = gantry_tls_stream_handshake (self->tls);

      if (done > 0)
        return TRUE;
      if (done == 0)
        {
          fail (self, GANTRY_WIRE_CLOSED, 0);
          return FALSE;
        }
      if (errno != EAGAIN)
        {
          fail_with_errno (self);
          return FALSE;
        }
      if (!wait_readable (self))
        return FALSE;
    }
}

gboolean
gantry_wire_is_in_handshake (GantryWire *self)
{
  return self->tls != NULL && !gantry_tls_stream_is_established (self->tls);
}

char *
gantry_wire_dup_tls (GantryWire *self)
{
  return self->tls != NULL ? gantry_tls_stream_dup_summary (self->tls) : NULL;
}

char *
gantry_wire_dup_tls_failure (GantryWire *self)
{
  if (self->tls == NULL)
    return NULL;
  if (self->state == GANTRY_WIRE_TLS)
    return gantry_tls_stream_describe (self->tls);
  /* TLS 1.3: the requestor is done before the acceptor has looked for its certificate. */
  if ((self->state == GANTRY_WIRE_CLOSED || self->state == GANTRY_WIRE_LOST)
      && self->first_in == NULL && gantry_tls_stream_lacks_certificate (self->tls))
    return gantry_tls_stream_describe (self->tls);
  return NULL;
}

gboolean
gantry_wire_heard_tls (GantryWire *self)
{
  return self->tls != NULL && gantry_tls_stream_heard_tls (self->tls);
}

/* ---- Reading ------------------------------------------------------------------------------- */

gboolean
gantry_wire_is_inside (GantryWire *self)
{
  return self->head_filled > 0 || self->body_left > 0 || (self->first != NULL && self->first->len);
}

/* A record at a time: what comes behind the wanted octets stays in the stream. */
static gssize
receive_encrypted (GantryWire *self, void *to, gsize size)
{
  return size == 0 ? gantry_tls_stream_read (self->tls, self->ahead, READ_AHEAD)
                   : gantry_tls_stream_read (self->tls, to, size);
}

static gssize
receive_plain (GantryWire *self, void *to, gsize size)
{
  struct iovec parts[]
      = { { to, size }, { self->ahead, size >= LARGE_READ ? LARGE_AHEAD : READ_AHEAD } };

  return size == 0 ? recv (self->fd, self->ahead, READ_AHEAD, 0)
                   : readv (self->fd, parts, G_N_ELEMENTS (parts));
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
      if (g_atomic_int_get (&self->cancelled))
        {
          fail (self, GANTRY_WIRE_CANCELLED, 0);
          return -1;
        }
      n = self->tls != NULL ? receive_encrypted (self, to, size) : receive_plain (self, to, size);
      if (n > 0)
        {
          __atomic_fetch_add (&self->bytes_in, n, __ATOMIC_RELAXED);
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
          fail_with_errno (self);
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

  if (self->fd < 0 || (self->first_in == NULL && !gantry_wire_wait (self)))
    return -1;

  n = take (self, to, size);
  if (n > 0)
    follow (self, to, n);
  else if (n == 0)
    fail (self, GANTRY_WIRE_CLOSED, 0);
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
          fail (self, GANTRY_WIRE_CLOSED, 0);
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
        fail (self,
              gantry_tls_looks_like_record (self->first->data, 2) ? GANTRY_WIRE_IS_TLS
                                                                  : GANTRY_WIRE_MALFORMED,
              0);
      return FALSE;
    }
  if (self->first->data[0] == 0 || self->first->data[0] > GANTRY_PDU_ABORT)
    {
      fail (self, GANTRY_WIRE_MALFORMED, 0);
      return FALSE;
    }
  if (!grow_first (self, GANTRY_PDU_HEADER))
    return FALSE;
  if (!is_plausible_first (self->first->data))
    {
      fail (self, GANTRY_WIRE_MALFORMED, 0);
      return FALSE;
    }
  if (!grow_first (self, GANTRY_PDU_HEADER + gantry_pdu_get_length (self->first->data)))
    return FALSE;
  if (self->first->data[0] <= GANTRY_PDU_ASSOCIATE_AC
      && !gantry_associate_pdu_parse (&pdu, self->first->data, self->first->len, &self->fault))
    {
      fail (self, GANTRY_WIRE_MALFORMED, 0);
      return FALSE;
    }

  self->pdu_deadline = 0;
  self->first_in = g_byte_array_free_to_bytes (g_steal_pointer (&self->first));
  return TRUE;
}

gboolean
gantry_wire_wait (GantryWire *self)
{
  if (self->fd < 0)
    return FALSE;
  if (self->first_in == NULL)
    return self->state == GANTRY_WIRE_GOOD && load_first (self);
  if (self->replayed < g_bytes_get_size (self->first_in) || self->ahead_start < self->ahead_end
      || self->at_end)
    return TRUE;
  return receive (self, NULL, 0) >= 0;
}

/* ---- Writing ------------------------------------------------------------------------------- */

void
gantry_wire_hold (GantryWire *self, gboolean hold)
{
  self->hold = hold;
}

static void
skip_sent (struct msghdr *message, gsize sent)
{
  while (message->msg_iovlen > 0 && sent >= message->msg_iov->iov_len)
    {
      sent -= message->msg_iov->iov_len;
      message->msg_iov++;
      message->msg_iovlen--;
    }
  if (sent > 0 && message->msg_iovlen > 0)
    {
      message->msg_iov->iov_base = (guint8 *)message->msg_iov->iov_base + sent;
      message->msg_iov->iov_len -= sent;
    }
}

/* The connection broke under what we send: the peer may have said why before. Nothing here is an
 * answer to anybody any more. */
static void
fail_to_send (GantryWire *self)
{
  int error = errno;

  if (self->tls != NULL && self->first_in == NULL
      && gantry_tls_stream_read (self->tls, self->ahead, READ_AHEAD) < 0 && errno == EPROTO)
    fail (self, GANTRY_WIRE_TLS, 0);
  else
    {
      errno = error;
      fail_with_errno (self);
    }
}

/* Until the socket's buffer has room again. */
static gboolean
wait_writable (GantryWire *self, gint64 deadline)
{
  gint64 before = g_get_monotonic_time ();
  gboolean writable = wait_for (self, POLLOUT, deadline, GANTRY_WIRE_STALLED);

  self->blocked += g_get_monotonic_time () - before;
  return writable;
}

static gboolean
send_parts (GantryWire *self, struct iovec *parts, guint n_parts)
{
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = n_parts };
  gint64 deadline = 0;

  if (self->broken || self->fd < 0)
    {
      errno = EPIPE;
      return FALSE;
    }
  while (message.msg_iovlen > 0 || (self->tls != NULL && gantry_tls_stream_has_unsent (self->tls)))
    {
      gssize n = self->tls != NULL
                     ? gantry_tls_stream_send (self->tls, message.msg_iov, message.msg_iovlen)
                     : sendmsg (self->fd, &message, MSG_NOSIGNAL);

      if (n >= 0)
        {
          __atomic_fetch_add (&self->bytes_out, n, __ATOMIC_RELAXED);
          skip_sent (&message, n);
          continue;
        }
      if (errno == EINTR)
        continue;
      if (errno == EAGAIN)
        {
          if (deadline == 0)
            deadline = deadline_after (self->write_ms);
          if (wait_writable (self, deadline))
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
      || (self->hold && self->queued_bytes < FLUSH_BYTES && self->n_queued < MAX_QUEUED))
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

  if (g_atomic_int_get (&self->cancelled))
    {
      fail (self, GANTRY_WIRE_CANCELLED, 0);
      return -1;
    }
  if (size == 0)
    return 0;
  if (self->out_left > 0 || (size == DATA_HEAD && bytes[0] == GANTRY_PDU_DATA))
    return write_data (self, from, size);

  if (self->first_out == NULL)
    return write_first (self, bytes, size) ? (gssize)size : -1;
  return flush (self) && send_parts (self, &part, 1) ? (gssize)size : -1;
}

/* ---- The end ------------------------------------------------------------------------------- */

/* Either it fits into the socket's buffer at once, or nobody is listening. */
static gboolean
send_at_once (GantryWire *self, const guint8 *pdu, gsize size)
{
  struct iovec part = { (void *)pdu, size };

  if (self->broken)
    return FALSE;
  if (self->tls == NULL)
    return send (self->fd, pdu, size, MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
  return gantry_tls_stream_is_established (self->tls)
         && gantry_tls_stream_send (self->tls, &part, 1) > 0;
}

/* The PDUs after which nothing follows are all alike: four octets, of which one is reserved. */
static void
send_last (GantryWire *self, guint8 type, guint8 result, guint8 source, guint8 reason)
{
  const guint8 pdu[] = { type, 0, 0, 0, 0, 4, 0, result, source, reason };

  if (self->fd < 0)
    return;
  if (send_at_once (self, pdu, sizeof pdu))
    __atomic_fetch_add (&self->bytes_out, sizeof pdu, __ATOMIC_RELAXED);
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

/* A socket closed with unread bytes resets the connection, and the peer may lose what we said
 * last: so read and forget until it closes. */
void
gantry_wire_close (GantryWire *self, guint patience_ms)
{
  gint64 deadline = deadline_after (patience_ms);
  gint64 left;

  if (self->fd < 0)
    return;
  gantry_tcp_info_read (self->fd, &self->path);
  if (self->tls != NULL)
    gantry_tls_stream_shutdown (self->tls);
  if (patience_ms > 0)
    shutdown (self->fd, SHUT_WR);
  while (!self->at_end && (left = deadline - g_get_monotonic_time ()) > 0)
    {
      struct pollfd fds = { self->fd, POLLIN, 0 };

      if (poll (&fds, 1, (int)((left + 999) / 1000)) > 0)
        {
          gssize n = recv (self->fd, self->ahead, sizeof self->ahead, MSG_DONTWAIT);

          if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            break;
        }
    }
  close (self->fd);
  self->fd = -1;
}

GantryWireState
gantry_wire_get_state (GantryWire *self)
{
  return self->state;
}

int
gantry_wire_get_errno (GantryWire *self)
{
  return self->error;
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
