/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gantry-association-private.h"
#include "gantry-error.h"
#include "gantry-wire.h"

#define BACKLOG 256
#define MAX_IDLE 4 /* threads kept for the next connections; starting one costs little */
#define OUT_OF_FILES_PAUSE_MS 100

/* A connection in the hands of a worker, which owns it; listed under the lock. */
typedef struct
{
  GantryWire *wire;
  char *peer_address;
  gboolean displaced; /* made to give way to a newer one; under the lock */
} Connection;

struct _GantryAcceptor
{
  GantryAcceptorOptions options;
  GantryAcceptorFuncs funcs;
  gpointer user_data;
  int listener;
  guint16 port;
  int stop; /* eventfd */

  GMutex lock;
  GCond changed;
  gboolean stopping;
  gboolean has_leader;
  guint n_idle;
  guint n_threads;
  GQueue unassociated; /* (element-type Connection), oldest first */
  GQueue associated;   /* (element-type Connection) */
  GQueue leaving;      /* (element-type Connection): displaced or rejected, not yet gone */
  GSList *finished;    /* (element-type GThread): to be joined */
};

/* ---- The listening socket ------------------------------------------------------------------- */

static int
open_listener_at (const char *address, guint16 port, int *error)
{
  g_autoptr (GSocketAddress) named = g_inet_socket_address_new_from_string (address, port);
  struct sockaddr_storage native;
  int on = 1, off = 0, fd;

  if (named == NULL || !g_socket_address_to_native (named, &native, sizeof native, NULL))
    {
      *error = EADDRNOTAVAIL;
      return -1;
    }
  fd = socket (g_socket_address_get_family (named), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0 && native.ss_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (fd >= 0 && setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
      && bind (fd, (struct sockaddr *)&native, g_socket_address_get_native_size (named)) == 0
      && listen (fd, BACKLOG) == 0)
    return fd;

  *error = errno;
  if (fd >= 0)
    close (fd);
  return -1;
}

static int
open_listener (const char *address, guint16 port, int *error)
{
  int fd = open_listener_at (address != NULL ? address : "::", port, error);

  /* A computer without IPv6 */
  if (fd < 0 && address == NULL && (*error == EAFNOSUPPORT || *error == EADDRNOTAVAIL))
    fd = open_listener_at ("0.0.0.0", port, error);
  return fd;
}

static guint16
get_port (int fd)
{
  union
  {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } address = { .v6 = { 0 } };
  socklen_t length = sizeof address;

  getsockname (fd, &address.any, &length);
  return ntohs (address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

/* 104 is the registered port, 11112 the one for everybody without root's rights (PS3.8 9.1.1). */
static guint16
find_free_port (const char *address, guint16 taken)
{
  guint first = taken < 1024 ? 11112 : taken + 1;

  for (guint port = first; port < MIN (first + 50, 65536); port++)
    {
      int error, fd = open_listener (address, port, &error);

      if (fd >= 0)
        {
          close (fd);
          return port;
        }
    }
  return 0;
}

static void
set_listen_error (const GantryAcceptorOptions *options, int code, GError **error)
{
  guint16 free_port
      = code == EADDRINUSE || code == EACCES ? find_free_port (options->address, options->port) : 0;

  if (code == EADDRINUSE && free_port != 0)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_BUSY,
                 _ ("Another program listens on port %u already. Port %u is free."), options->port,
                 free_port);
  else if (code == EADDRINUSE)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_BUSY,
                 _ ("Another program listens on port %u already."), options->port);
  else if (code == EACCES)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                 _ ("Port %u is reserved for the system. Choose one above 1023, such as %u."),
                 options->port, free_port != 0 ? free_port : 11112);
  else if (code == EADDRNOTAVAIL)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                 _ ("This computer has no address %s to listen on."),
                 options->address != NULL ? options->address : "");
  else
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
                 _ ("Port %u cannot be listened on: %s."), options->port, g_strerror (code));
}

/* ---- One connection ------------------------------------------------------------------------- */

static void
report (GantryAcceptor *self,
        const Connection *connection,
        const GantryFirstLook *look,
        const GantryReject *reject,
        const GError *error)
{
  GantryTurnedAway what = { .peer_address = connection->peer_address,
                            .calling = look->calling,
                            .called = look->called,
                            .reject = reject,
                            .error = error };
  GBytes *first = gantry_wire_get_first_in (connection->wire);
  guint8 source, why;

  /* Without its titles it was no request that anybody could read. */
  if (first != NULL && *look->called + *look->calling != 0)
    what.request_pdu = first;
  what.answer_pdu = gantry_wire_get_first_out (connection->wire);
  what.aborted = gantry_wire_get_abort (connection->wire, &source, &why);
  if (self->funcs.turned_away != NULL)
    self->funcs.turned_away (&what, self->user_data);
}

/* What is decided without asking anybody. Takes a place among the associated when there is one. */
static gboolean
admit (GantryAcceptor *self,
       Connection *connection,
       const GantryFirstLook *look,
       GantryReject *reject)
{
  gboolean admitted = FALSE;

  g_mutex_lock (&self->lock);
  g_queue_remove (&self->unassociated, connection);
  g_queue_remove (&self->leaving, connection);
  if (!look->version_supported)
    *reject = (GantryReject){ 1, 2, 2 }; /* permanent, ACSE: protocol version not supported */
  else if (!look->context_supported)
    *reject = (GantryReject){ 1, 1, 2 }; /* permanent, user: application context not supported */
  else if (look->calling[0] == '\0')
    *reject = (GantryReject){ 1, 1, 3 }; /* permanent, user: calling AE title not recognized */
  else if (look->called[0] == '\0')      /* dcmnet has no answer to these two */
    *reject = (GantryReject){ 1, 1, 7 }; /* permanent, user: called AE title not recognized */
  else if (self->options.max_associations > 0
           && self->associated.length >= self->options.max_associations)
    *reject = (GantryReject){ 2, 3, 2 }; /* transient, presentation: local limit exceeded */
  else
    admitted = TRUE;
  g_queue_push_tail (admitted ? &self->associated : &self->leaving, connection);
  g_mutex_unlock (&self->lock);
  return admitted;
}

static void
negotiate_and_serve (GantryAcceptor *self, Connection *connection, const GantryFirstLook *look)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryAssociation) association
      = gantry_association_new_incoming (connection->wire, self->options.max_pdu,
                                         &self->options.timeouts, connection->peer_address, &error);
  GantryReject reject = { 1, 1, 1 };

  if (association == NULL)
    {
      report (self, connection, look, NULL, error);
      return;
    }
  if (!self->funcs.negotiate (association, &reject, self->user_data))
    {
      gantry_association_reject (association, &reject);
      report (self, connection, look, &reject, NULL);
      return;
    }
  if (!gantry_association_accept (association, &error))
    {
      report (self, connection, look, NULL, error);
      return;
    }
  self->funcs.serve (association, self->user_data);
}

static gboolean
was_displaced (GantryAcceptor *self, const Connection *connection)
{
  gboolean displaced;

  g_mutex_lock (&self->lock);
  displaced = connection->displaced;
  g_mutex_unlock (&self->lock);
  return displaced;
}

static void
handle (GantryAcceptor *self, Connection *connection)
{
  g_autoptr (GError) error = NULL;
  GantryFirstLook look = { 0 };
  GantryReject reject;

  if (!gantry_association_await_request (connection->wire, &self->options.timeouts,
                                         self->options.tls, &look, &error))
    {
      if (was_displaced (self, connection))
        {
          g_clear_error (&error);
          error = g_error_new_literal (
              GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT,
              _ ("The caller connected and said nothing; it had to give way to newer callers."));
        }
      report (self, connection, &look, NULL, error);
    }
  else if (!admit (self, connection, &look, &reject))
    {
      gantry_wire_reject (connection->wire, reject.result, reject.source, reject.reason);
      report (self, connection, &look, &reject, NULL);
    }
  else
    {
      if (self->funcs.arrived != NULL)
        self->funcs.arrived (look.calling, self->user_data);
      negotiate_and_serve (self, connection, &look);
      if (self->funcs.gone != NULL)
        self->funcs.gone (self->user_data);
    }
}

/* ---- Leader and followers ------------------------------------------------------------------- */

/* Returns: a connection, or NULL when told to stop. */
static Connection *
wait_for_connection (GantryAcceptor *self)
{
  for (;;)
    {
      struct pollfd fds[] = { { self->listener, POLLIN, 0 }, { self->stop, POLLIN, 0 } };
      Connection *connection;
      int fd;

      if (poll (fds, G_N_ELEMENTS (fds), -1) < 0 && errno != EINTR)
        return NULL;
      if (fds[1].revents != 0)
        return NULL;
      fd = accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (fd < 0)
        {
          /* Out of descriptors or memory: the caller stays in the queue, and we do not spin. */
          if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            poll (&fds[1], 1, OUT_OF_FILES_PAUSE_MS);
          continue;
        }
      connection = g_new0 (Connection, 1);
      connection->wire = gantry_wire_new (fd);
      connection->peer_address = gantry_wire_dup_peer_address (connection->wire);
      return connection;
    }
}

static void
cancel_connection (gpointer connection, gpointer data G_GNUC_UNUSED)
{
  gantry_wire_cancel (((Connection *)connection)->wire);
}

/* Called locked; lets go of the lock meanwhile. Those that are leaving have a descriptor and a
 * thread each until they are gone, so there are no more of them either. */
static void
await_room (GantryAcceptor *self)
{
  guint max = self->options.max_unassociated;

  if (max > 0 && self->leaving.length >= max)
    g_queue_foreach (&self->leaving, cancel_connection, NULL);
  while (!self->stopping && max > 0 && self->leaving.length >= max)
    g_cond_wait (&self->changed, &self->lock);
}

/* Called locked. Lists the connection, and makes room for it. */
static void
enlist (GantryAcceptor *self, Connection *connection)
{
  guint max = self->options.max_unassociated;

  for (GList *l = self->unassociated.head; l != NULL && max > 0 && self->unassociated.length >= max;
       l = self->unassociated.head)
    {
      Connection *oldest = l->data;

      oldest->displaced = TRUE;
      gantry_wire_cancel (oldest->wire);
      g_queue_delete_link (&self->unassociated, l);
      g_queue_push_tail (&self->leaving, oldest);
    }
  g_queue_push_tail (&self->unassociated, connection);
}

static void
join_finished (GSList *finished)
{
  for (GSList *l = finished; l != NULL; l = l->next)
    g_thread_join (l->data);
  g_slist_free (finished);
}

static gpointer worker_run (gpointer data);

/* Called locked, by the leader that was: somebody else must take its place. When no thread can be
 * had it is the one that asks, once it has served. */
static gboolean
promote (GantryAcceptor *self, GError **error)
{
  self->has_leader = FALSE;
  if (self->n_idle > 0)
    {
      g_cond_broadcast (&self->changed);
      return TRUE;
    }
  /* The thread itself enters its reference into the list of those to be joined. */
  if (g_thread_try_new ("gantry-acceptor", worker_run, self, error) == NULL)
    return FALSE;
  self->n_threads++;
  return TRUE;
}

/* Called locked; may let go of the lock meanwhile. */
static void
lead_and_serve (GantryAcceptor *self)
{
  Connection *connection;
  GSList *finished;

  self->has_leader = TRUE;
  g_mutex_unlock (&self->lock);
  connection = wait_for_connection (self);
  g_mutex_lock (&self->lock);
  if (connection != NULL)
    await_room (self);
  if (connection == NULL || self->stopping)
    {
      self->has_leader = FALSE;
      self->stopping = TRUE;
    }
  else
    {
      finished = g_steal_pointer (&self->finished);
      enlist (self, connection);
      promote (self, NULL);
      g_mutex_unlock (&self->lock);
      join_finished (finished);
      handle (self, connection);
      g_mutex_lock (&self->lock);
      g_queue_remove (&self->unassociated, connection);
      g_queue_remove (&self->associated, connection);
      g_queue_remove (&self->leaving, connection);
      g_cond_broadcast (&self->changed);
    }
  if (connection != NULL)
    {
      gantry_wire_unref (connection->wire);
      g_free (connection->peer_address);
      g_free (connection);
    }
}

static gpointer
worker_run (gpointer data)
{
  GantryAcceptor *self = data;

  g_mutex_lock (&self->lock);
  while (!self->stopping && (!self->has_leader || self->n_idle < MAX_IDLE))
    if (!self->has_leader)
      lead_and_serve (self);
    else
      {
        self->n_idle++;
        g_cond_wait (&self->changed, &self->lock);
        self->n_idle--;
      }
  self->finished = g_slist_prepend (self->finished, g_thread_self ());
  self->n_threads--;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* ---- The acceptor --------------------------------------------------------------------------- */

/**
 * gantry_acceptor_new:
 * @options: copied; a maximum of 0 is none
 * @funcs: copied
 * @error: %GANTRY_ERROR_BUSY, _STORAGE or _ADDRESS
 */
GantryAcceptor *
gantry_acceptor_new (const GantryAcceptorOptions *options,
                     const GantryAcceptorFuncs *funcs,
                     gpointer user_data,
                     GError **error)
{
  int code = 0, listener = open_listener (options->address, options->port, &code);
  int stop = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  GantryAcceptor *self;
  gboolean good;

  if (listener < 0 || stop < 0)
    {
      set_listen_error (options, listener < 0 ? code : errno, error);
      if (listener >= 0)
        close (listener);
      if (stop >= 0)
        close (stop);
      return NULL;
    }

  self = g_new0 (GantryAcceptor, 1);
  self->options = *options;
  self->options.address = NULL; /* not ours, and not needed any more */
  if (options->tls != NULL)
    gantry_tls_context_ref (options->tls);
  self->funcs = *funcs;
  self->user_data = user_data;
  self->listener = listener;
  self->port = get_port (listener);
  self->stop = stop;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->unassociated);
  g_queue_init (&self->associated);
  g_queue_init (&self->leaving);
  g_mutex_lock (&self->lock);
  good = promote (self, error);
  g_mutex_unlock (&self->lock);
  if (!good)
    g_clear_pointer (&self, gantry_acceptor_free);
  return self;
}

guint16
gantry_acceptor_get_port (GantryAcceptor *self)
{
  return self->port;
}

void
gantry_acceptor_free (GantryAcceptor *self)
{
  guint64 one = 1;

  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  if (write (self->stop, &one, sizeof one) < 0)
    g_warn_if_reached ();
  g_queue_foreach (&self->unassociated, cancel_connection, NULL);
  g_queue_foreach (&self->associated, cancel_connection, NULL);
  g_queue_foreach (&self->leaving, cancel_connection, NULL);
  g_cond_broadcast (&self->changed);
  while (self->n_threads > 0)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);

  join_finished (self->finished);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  close (self->listener);
  close (self->stop);
  g_clear_pointer (&self->options.tls, gantry_tls_context_unref);
  g_free (self);
}
