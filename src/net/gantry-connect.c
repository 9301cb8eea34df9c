/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-connect.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gantry-error.h"

#define STAGGER_US 250000 /* RFC 8305 5: connection attempt delay */
#define MAX_ATTEMPTS 8    /* a name with more addresses is reached on one of these, or not */

/* ---- Step 1: the name ----------------------------------------------------------------------- */

typedef struct
{
  GMainContext *context;
  GCancellable *cancellable; /* ours: also cancelled by the time-out */
  GList *addresses;          /* (element-type GInetAddress) */
  GError *error;
  gboolean done, late;
} Lookup;

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer data)
{
  Lookup *lookup = data;

  lookup->addresses
      = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &lookup->error);
  lookup->done = TRUE;
}

static gboolean
on_late (gpointer data)
{
  Lookup *lookup = data;

  lookup->late = TRUE;
  g_cancellable_cancel (lookup->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable G_GNUC_UNUSED, gpointer data)
{
  g_cancellable_cancel (data);
}

/* Runs the resolver in a main context of its own: only its asynchronous form can be left before
 * the C library's resolver gives up. */
static void
lookup_run (Lookup *lookup, const char *host, guint timeout_ms, GCancellable *cancellable)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GSource) timer = g_timeout_source_new (timeout_ms);
  gulong handler = 0;

  lookup->context = g_main_context_new ();
  lookup->cancellable = g_cancellable_new ();
  g_main_context_push_thread_default (lookup->context);
  g_source_set_callback (timer, on_late, lookup, NULL);
  g_source_attach (timer, lookup->context);
  g_resolver_lookup_by_name_async (resolver, host, lookup->cancellable, on_resolved, lookup);
  if (cancellable != NULL)
    handler
        = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), lookup->cancellable, NULL);

  while (!lookup->done)
    g_main_context_iteration (lookup->context, TRUE);

  g_cancellable_disconnect (cancellable, handler);
  g_source_destroy (timer);
  g_main_context_pop_thread_default (lookup->context);
  g_main_context_unref (lookup->context);
  g_object_unref (lookup->cancellable);
}

static GList *
resolve (const char *host, guint timeout_ms, GCancellable *cancellable, GError **error)
{
  Lookup lookup = { 0 };

  lookup_run (&lookup, host, timeout_ms, cancellable);
  if (lookup.addresses != NULL)
    return lookup.addresses;

  if (lookup.late)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT,
                 _ ("The name server did not answer within %.1f s when asked for “%s”. Check the "
                    "network connection, or enter the address in numbers."),
                 timeout_ms / 1000.0, host);
  else if (g_error_matches (lookup.error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled."));
  else
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_UNREACHABLE,
                 _ ("No computer with the name “%s” was found. Check the spelling, or enter its "
                    "address in numbers."),
                 host);
  g_clear_error (&lookup.error);
  return NULL;
}

/* ---- Step 2: the connection ---------------------------------------------------------------- */

typedef struct
{
  const char *host;
  guint16 port;
  guint allowed_ms; /* for the name and the connection together, as the user knows it */
  guint timeout_ms; /* what the name has left of that */
  int fds[MAX_ATTEMPTS];
  guint n;   /* attempts begun */
  int error; /* the most telling errno of those that failed */
} Race;

/* A refusal says that the computer is there, which is worth more than a missing route. */
static void
race_note (Race *race, int error)
{
  if (race->error == 0 || error == ECONNREFUSED)
    race->error = error;
}

/* Returns: TRUE when it was connected at once */
static gboolean
race_add (Race *race, GSocketAddress *address)
{
  struct sockaddr_storage native;
  gssize size = g_socket_address_get_native_size (address);
  int fd = socket (g_socket_address_get_family (address),
                   SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  race->fds[race->n++] = fd;
  if (fd < 0)
    {
      race_note (race, errno);
      return FALSE;
    }
  if (!g_socket_address_to_native (address, &native, sizeof native, NULL))
    errno = EAFNOSUPPORT;
  else if (connect (fd, (struct sockaddr *)&native, size) == 0)
    return TRUE;
  if (errno != EINPROGRESS)
    {
      race_note (race, errno);
      close (fd);
      race->fds[race->n - 1] = -1;
    }
  return FALSE;
}

static guint
race_count_running (const Race *race)
{
  guint running = 0;

  for (guint i = 0; i < race->n; i++)
    running += race->fds[i] >= 0;
  return running;
}

/* Returns: the index of an attempt that came through by @until, or -1. */
static int
race_wait (Race *race, gint64 until, GPollFD *cancel)
{
  struct pollfd fds[MAX_ATTEMPTS + 1];
  gint64 left = (until - g_get_monotonic_time () + 999) / 1000;

  for (guint i = 0; i < race->n; i++)
    fds[i] = (struct pollfd){ race->fds[i], POLLOUT, 0 };
  fds[race->n] = (struct pollfd){ cancel->fd, POLLIN, 0 };
  if (poll (fds, race->n + 1, (int)CLAMP (left, 0, G_MAXINT)) <= 0)
    return -1;

  for (guint i = 0; i < race->n; i++)
    {
      int error = 0;
      socklen_t length = sizeof error;

      if (race->fds[i] < 0 || fds[i].revents == 0)
        continue;
      getsockopt (race->fds[i], SOL_SOCKET, SO_ERROR, &error, &length);
      if (error == 0)
        return i;
      race_note (race, error);
      close (race->fds[i]);
      race->fds[i] = -1;
    }
  return -1;
}

static void
race_set_error (const Race *race, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_is_cancelled (cancellable))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled."));
  else if (race_count_running (race) > 0 || race->n == 0)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT,
                 _ ("%s did not answer on port %u within %.1f s. It may be switched off, or a "
                    "firewall drops the connection."),
                 race->host, race->port, race->allowed_ms / 1000.0);
  else if (race->error == ECONNREFUSED)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_UNREACHABLE,
                 _ ("%s is there, but nothing listens on port %u. Check the port number, and that "
                    "the DICOM service runs."),
                 race->host, race->port);
  else
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_UNREACHABLE,
                 _ ("%s cannot be reached on port %u: %s. Check the address and the network."),
                 race->host, race->port, g_strerror (race->error));
}

/* Returns: the descriptor that won, or -1; closes all others. */
static int
race_run (Race *race, GList *addresses, GCancellable *cancellable, GError **error)
{
  gint64 end = g_get_monotonic_time () + (gint64)race->timeout_ms * 1000;
  GPollFD cancel = { .fd = -1 };
  gboolean watched = cancellable != NULL && g_cancellable_make_pollfd (cancellable, &cancel);
  int winner = -1, fd = -1;

  while (winner < 0 && !g_cancellable_is_cancelled (cancellable) && g_get_monotonic_time () < end)
    {
      gint64 until = end;

      if (addresses != NULL && race->n < MAX_ATTEMPTS)
        {
          if (race_add (race, addresses->data))
            winner = race->n - 1;
          addresses = addresses->next;
          until = MIN (end, g_get_monotonic_time () + STAGGER_US);
        }
      else if (race_count_running (race) == 0)
        break;
      if (addresses == NULL || race->n == MAX_ATTEMPTS)
        until = end;
      while (winner < 0 && race_count_running (race) > 0 && g_get_monotonic_time () < until
             && !g_cancellable_is_cancelled (cancellable))
        winner = race_wait (race, until, &cancel);
    }
  if (watched)
    g_cancellable_release_fd (cancellable);

  if (winner >= 0)
    {
      fd = race->fds[winner];
      race->fds[winner] = -1;
    }
  else
    race_set_error (race, cancellable, error);
  for (guint i = 0; i < race->n; i++)
    if (race->fds[i] >= 0)
      close (race->fds[i]);
  return fd;
}

/* ---- Both ----------------------------------------------------------------------------------- */

/* (element-type GSocketAddress) */
static GList *
find_addresses (
    const char *host, guint16 port, guint timeout_ms, GCancellable *cancellable, GError **error)
{
  GSocketAddress *literal = g_inet_socket_address_new_from_string (host, port);
  GList *addresses;

  if (literal != NULL)
    return g_list_append (NULL, literal);

  addresses = resolve (host, timeout_ms, cancellable, error);
  for (GList *l = addresses; l != NULL; l = l->next)
    {
      g_autoptr (GInetAddress) address = l->data;

      l->data = g_inet_socket_address_new (address, port);
    }
  return addresses;
}

int
gantry_connect (const char *host,
                guint16 port,
                guint timeout_ms,
                GCancellable *cancellable,
                GantryStep *step,
                gint64 *elapsed,
                GantryStepFunc passed,
                gpointer user_data,
                GError **error)
{
  gint64 start = g_get_monotonic_time (), named;
  Race race = { .host = host, .port = port, .allowed_ms = timeout_ms };
  GList *addresses;
  int fd;

  *step = GANTRY_STEP_NAME;
  addresses = find_addresses (host, port, timeout_ms, cancellable, error);
  named = g_get_monotonic_time ();
  elapsed[GANTRY_STEP_NAME] = named - start;
  if (addresses == NULL)
    return -1;
  if (passed != NULL)
    passed (GANTRY_STEP_NAME, elapsed[GANTRY_STEP_NAME], user_data);

  *step = GANTRY_STEP_CONNECTION;
  race.timeout_ms = timeout_ms - MIN (timeout_ms, (named - start) / 1000);
  fd = race_run (&race, addresses, cancellable, error);
  elapsed[GANTRY_STEP_CONNECTION] = g_get_monotonic_time () - named;
  g_list_free_full (addresses, g_object_unref);
  return fd;
}
