/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gantry-tcp-info.h"

/* More than so many octets that have not gone out yet gain nothing, and would hide how fast the
 * peer takes them. What is on its way does not count. */
#define MOST_UNSENT 262144
/* How often it is looked whether the peer takes something, in parts of its time. */
#define LOOKS 8
#define LONGEST_LOOK_MS 500

static int
int_option (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value);
}

void
gantry_socket_init (GantrySocket *self, int fd)
{
  /* dcmnet takes descriptor 0, free when standard input was closed, for none. */
  if (fd == 0)
    {
      fd = fcntl (0, F_DUPFD_CLOEXEC, 3);
      close (0);
    }
  self->fd = fd;
  self->wakeup = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  /* Nobody could end its waits. */
  if (self->wakeup < 0)
    {
      gantry_socket_fail (self, GANTRY_WIRE_LOST, errno);
      close (fd);
      self->fd = -1;
      return;
    }
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  /* Fails on what is not TCP, where it is not needed. */
  int_option (fd, IPPROTO_TCP, TCP_NODELAY, 1);
  int_option (fd, SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef TCP_NOTSENT_LOWAT
  int_option (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, MOST_UNSENT);
#endif
}

void
gantry_socket_clear (GantrySocket *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->wakeup >= 0)
    close (self->wakeup);
  g_clear_pointer (&self->tls, gantry_tls_stream_free);
}

char *
gantry_socket_dup_peer_address (const GantrySocket *self)
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
gantry_socket_move_to (GantrySocket *self, int fd)
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
gantry_socket_cancel (GantrySocket *self)
{
  guint64 one = 1;

  g_atomic_int_set (&self->cancelled, TRUE);
  /* Cannot fail: the counter never gets near its limit. */
  if (self->wakeup >= 0 && write (self->wakeup, &one, sizeof one) < 0)
    g_warn_if_reached ();
}

void
gantry_socket_sever (GantrySocket *self)
{
  if (self->fd >= 0)
    shutdown (self->fd, SHUT_RDWR);
  gantry_socket_cancel (self);
}

void
gantry_socket_get_traffic (GantrySocket *self, guint64 *in, guint64 *out)
{
  *in = __atomic_load_n (&self->bytes_in, __ATOMIC_RELAXED);
  *out = __atomic_load_n (&self->bytes_out, __ATOMIC_RELAXED);
}

void
gantry_socket_get_path (GantrySocket *self, GantryPathFigures *figures)
{
  if (self->fd >= 0)
    gantry_tcp_info_read (self->fd, &self->path);
  *figures = self->path;
  figures->octets = (gint64)__atomic_load_n (&self->bytes_out, __ATOMIC_RELAXED);
  figures->blocked = self->blocked;
}

/* ---- Waiting -------------------------------------------------------------------------------- */

void
gantry_socket_fail (GantrySocket *self, GantryWireState state, int error)
{
  if (self->state == GANTRY_WIRE_GOOD)
    {
      self->state = state;
      self->error = error;
    }
  /* dcmnet repeats calls that end with EINTR */
  errno = EIO;
}

void
gantry_socket_fail_with_errno (GantrySocket *self)
{
  if (self->tls != NULL && errno == EPROTO)
    gantry_socket_fail (self, GANTRY_WIRE_TLS, 0);
  else
    gantry_socket_fail (self, GANTRY_WIRE_LOST, errno);
}

gint64
gantry_socket_deadline_after (guint milliseconds)
{
  return g_get_monotonic_time () + (gint64)milliseconds * 1000;
}

void
gantry_socket_set_patience (GantrySocket *self, guint ms)
{
  self->patience_ms = ms;
}

/* Milliseconds for which nothing is cancelled yet that should be; -1: it need not be. */
static gint64
get_patience_left (GantrySocket *self)
{
  if (!g_atomic_int_get (&self->cancelled))
    return -1;
  if (self->patience_ms == 0)
    return 0;
  if (self->patient_until == 0)
    self->patient_until = gantry_socket_deadline_after (self->patience_ms);
  return MAX (0, (self->patient_until - g_get_monotonic_time () + 999) / 1000);
}

gboolean
gantry_socket_check (GantrySocket *self)
{
  if (get_patience_left (self) != 0)
    return TRUE;
  gantry_socket_fail (self, GANTRY_WIRE_CANCELLED, 0);
  return FALSE;
}

gboolean
gantry_socket_sleep (GantrySocket *self, guint ms)
{
  gint64 deadline = gantry_socket_deadline_after (ms);
  gint64 left;

  while (!g_atomic_int_get (&self->cancelled) && (left = deadline - g_get_monotonic_time ()) > 0)
    {
      struct pollfd fds = { self->wakeup, POLLIN, 0 };

      poll (&fds, 1, (int)((left + 999) / 1000));
    }
  return !g_atomic_int_get (&self->cancelled);
}

/* Octets that the other end's system has not acknowledged; 0 also where that is not known. */
static int
count_unacknowledged (const GantrySocket *self)
{
  int n = 0;

#ifdef TIOCOUTQ
  if (ioctl (self->fd, TIOCOUTQ, &n) != 0)
    n = 0;
#endif
  return n;
}

/* Returns: FALSE with the state set when cancelled, or at @deadline, which is @late. */
static gboolean
wait_for (GantrySocket *self, short events, gint64 *deadline, guint renew_ms, GantryWireState late)
{
  struct pollfd fds[] = { { self->fd, events, 0 }, { self->wakeup, POLLIN, 0 } };
  gint64 look = renew_ms > 0 ? CLAMP (renew_ms / LOOKS, 1, LONGEST_LOOK_MS) : G_MAXINT;
  int unacknowledged = -1; /* not looked yet */

  for (;;)
    {
      gint64 left = (*deadline - g_get_monotonic_time () + 999) / 1000;
      gint64 patience = get_patience_left (self);
      gint64 until = patience > 0 ? MIN (look, patience) : look;
      int before = unacknowledged;
      int n;

      if (!gantry_socket_check (self))
        return FALSE;
      fds[1].fd = patience > 0 ? -1 : self->wakeup; /* readable for ever */
      n = poll (fds, G_N_ELEMENTS (fds), (int)CLAMP (left, 0, until));
      if (n > 0 && fds[1].revents == 0)
        return TRUE;
      if (n < 0 && errno != EINTR)
        {
          gantry_socket_fail (self, GANTRY_WIRE_LOST, errno);
          return FALSE;
        }
      if (n != 0)
        continue;
      unacknowledged = renew_ms > 0 ? count_unacknowledged (self) : 0;
      if (unacknowledged < before)
        *deadline = MAX (*deadline, gantry_socket_deadline_after (renew_ms));
      else if (left <= until)
        {
          gantry_socket_fail (self, late, ETIMEDOUT);
          return FALSE;
        }
    }
}

gboolean
gantry_socket_wait_readable (GantrySocket *self, gint64 *deadline, guint renew_ms)
{
  /* TLS has answers of its own to give while it reads. */
  short events = gantry_socket_has_unsent (self) ? POLLIN | POLLOUT : POLLIN;

#ifdef TCP_QUICKACK
  /* The peer may be holding back the rest of its message until we acknowledge (Nagle), and the
   * kernel the acknowledgement until we answer. Linux forgets this option, so: each time. */
  int_option (self->fd, IPPROTO_TCP, TCP_QUICKACK, 1);
#endif
  return wait_for (self, events, deadline, renew_ms, GANTRY_WIRE_TIMED_OUT);
}

gboolean
gantry_socket_wait_writable (GantrySocket *self, gint64 *deadline, guint renew_ms)
{
  gint64 before = g_get_monotonic_time ();
  gboolean writable = wait_for (self, POLLOUT, deadline, renew_ms, GANTRY_WIRE_STALLED);

  self->blocked += g_get_monotonic_time () - before;
  return writable;
}

/* ---- Octets ---------------------------------------------------------------------------------- */

gboolean
gantry_socket_start_tls (GantrySocket *self,
                         GantryTlsContext *context,
                         const char *host,
                         gint64 deadline)
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
          gantry_socket_fail (self, GANTRY_WIRE_CLOSED, 0);
          return FALSE;
        }
      if (errno != EAGAIN)
        {
          gantry_socket_fail_with_errno (self);
          return FALSE;
        }
      if (!gantry_socket_wait_readable (self, &deadline, 0))
        return FALSE;
    }
}

gssize
gantry_socket_receive (GantrySocket *self, void *to, gsize size, void *ahead, gsize ahead_size)
{
  struct iovec parts[] = { { to, size }, { ahead, ahead_size } };
  gssize n;

  if (self->tls != NULL)
    n = size == 0 ? gantry_tls_stream_read (self->tls, ahead, ahead_size)
                  : gantry_tls_stream_read (self->tls, to, size);
  else
    n = size == 0 ? recv (self->fd, ahead, ahead_size, 0)
                  : readv (self->fd, parts, G_N_ELEMENTS (parts));
  if (n > 0)
    __atomic_fetch_add (&self->bytes_in, n, __ATOMIC_RELAXED);
  return n;
}

gssize
gantry_socket_send (GantrySocket *self, struct iovec *parts, gsize n_parts)
{
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = n_parts };
  gssize n = self->tls != NULL ? gantry_tls_stream_send (self->tls, parts, n_parts)
                               : sendmsg (self->fd, &message, MSG_NOSIGNAL);

  if (n > 0)
    __atomic_fetch_add (&self->bytes_out, n, __ATOMIC_RELAXED);
  return n;
}

gboolean
gantry_socket_has_unsent (const GantrySocket *self)
{
  return self->tls != NULL && gantry_tls_stream_has_unsent (self->tls);
}

gboolean
gantry_socket_send_at_once (GantrySocket *self, const guint8 *octets, gsize size)
{
  struct iovec part = { (void *)octets, size };
  gboolean sent = self->tls == NULL ? send (self->fd, octets, size, MSG_NOSIGNAL | MSG_DONTWAIT) > 0
                                    : gantry_tls_stream_is_established (self->tls)
                                          && gantry_tls_stream_send (self->tls, &part, 1) > 0;

  if (sent)
    __atomic_fetch_add (&self->bytes_out, size, __ATOMIC_RELAXED);
  return sent;
}

/* A socket closed with unread bytes resets the connection, and the peer may lose what we said
 * last: so read and forget until it closes. */
void
gantry_socket_close (GantrySocket *self, guint patience_ms, gboolean heard_end)
{
  gint64 deadline = gantry_socket_deadline_after (patience_ms);
  guint8 forgotten[16384];
  gint64 left;

  if (self->fd < 0)
    return;
  gantry_tcp_info_read (self->fd, &self->path);
  if (self->tls != NULL)
    gantry_tls_stream_shutdown (self->tls);
  if (patience_ms > 0)
    shutdown (self->fd, SHUT_WR);
  while (!heard_end && (left = deadline - g_get_monotonic_time ()) > 0)
    {
      struct pollfd fds = { self->fd, POLLIN, 0 };

      if (poll (&fds, 1, (int)((left + 999) / 1000)) > 0)
        {
          gssize n = recv (self->fd, forgotten, sizeof forgotten, MSG_DONTWAIT);

          if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            break;
        }
    }
  close (self->fd);
  self->fd = -1;
}
