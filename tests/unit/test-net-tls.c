/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Encrypted associations: the same octets, deadlines and cancelling as without, and nobody who has
 * to wait for a peer that does not come to encrypt.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gantry-error.h"
#include "gantry-registry.h"
#include "gantry-tls-context.h"
#include "net-pair.h"

#define MEGABYTES (8 * 1024 * 1024)

static char *folder, *certificate, *key;
static GantryTls acceptor_tls, requestor_tls;
static GantryTlsContext *context;

/* ---- One certificate for all ------------------------------------------------------------------
 */

static void
make_certificate (void)
{
  g_autofree char *request = NULL;
  GError *error = NULL;
  pid_t pid;
  int status;

  folder = g_dir_make_tmp ("gantry-tls-XXXXXX", &error);
  g_assert_no_error (error);
  certificate = g_build_filename (folder, "pair.pem", NULL);
  key = g_build_filename (folder, "pair.key", NULL);
  request = g_strdup_printf ("exec openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
                             "-noenc -keyout '%s' -out '%s' -subj /CN=pair "
                             "-addext subjectAltName=IP:127.0.0.1 2>/dev/null",
                             key, certificate);
  /* Not by GLib, whose locks ThreadSanitizer fails to see there. */
  {
    char *command[] = { (char *)"sh", (char *)"-c", request, NULL };

    g_assert_cmpint (posix_spawnp (&pid, "sh", NULL, NULL, command, environ), ==, 0);
  }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);

  acceptor_tls = (GantryTls){ .enabled = TRUE, .certificate = certificate, .key = key };
  requestor_tls = (GantryTls){ .enabled = TRUE, .authorities = certificate };
  context = gantry_tls_context_new (&acceptor_tls, TRUE, &error);
  g_assert_no_error (error);
}

static void
remove_certificate (void)
{
  gantry_tls_context_unref (context);
  g_unlink (certificate);
  g_unlink (key);
  g_rmdir (folder);
  g_free (certificate);
  g_free (key);
  g_free (folder);
}

static void
use_tls (GantryAcceptorOptions *options)
{
  options->tls = context;
}

static GantryAssociation *
request (guint16 port,
         const GantryTls *tls,
         guint acse_ms,
         GCancellable *cancellable,
         GantryStep *step,
         GError **error)
{
  g_autoptr (GPtrArray) contexts = net_contexts_new ();
  GantryAssociationRequest request = { .calling = "TESTER",
                                       .called = "GANTRY",
                                       .host = "127.0.0.1",
                                       .port = port,
                                       .max_pdu = GANTRY_DEFAULT_MAX_PDU,
                                       .timeouts = { 5000, acse_ms, 1000, 1000 },
                                       .contexts = contexts,
                                       .tls = tls };

  return gantry_association_request (&request, cancellable, step, NULL, error);
}

static GantryAssociation *
connect_encrypted (NetScp *scp)
{
  g_autoptr (GError) error = NULL;
  GantryAssociation *association
      = request (net_scp_get_port (scp), &requestor_tls, 5000, NULL, NULL, &error);

  g_assert_no_error (error);
  return association;
}

/* ---- The same octets --------------------------------------------------------------------------
 */

static void
test_store (gconstpointer data)
{
  gsize length = GPOINTER_TO_SIZE (data);
  g_autofree guint8 *object = g_malloc (length);
  NetScp *scp = net_scp_new (use_tls);
  g_autoptr (GantryAssociation) association = connect_encrypted (scp);
  const GantryAssociationFacts *facts = gantry_association_get_facts (association);
  g_autoptr (GError) error = NULL;
  guint64 in, out;
  guint16 status = 0xFFFF;

  for (gsize i = 0; i < length; i++)
    object[i] = (guint8)(i * 7 + i / 4096);
  g_assert_true (g_str_has_prefix (facts->tls, "TLS 1.3, TLS_"));
  g_assert_cmpint (facts->step_elapsed[GANTRY_STEP_TLS], >, 0);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (
          net_store (association, GANTRY_UID_EXPLICIT_LE, object, length, &status, &error));
      g_assert_no_error (error);
      g_assert_cmphex (status, ==, 0);
      net_scp_wait (scp, &scp->objects, i + 1);
      g_assert_cmpmem (scp->last_object->data, scp->last_object->len, object, length);
    }
  gantry_association_get_traffic (association, &in, &out);
  g_assert_cmpuint (out, >, 3 * length);
  g_assert_cmpuint (out, <, 3 * length + length / 100 + 4096); /* of DICOM, not of TLS */
  g_assert_true (gantry_association_release (association, &error));
  net_scp_wait (scp, &scp->released, 1);
  net_scp_free (scp);
}

static gpointer
store_often (gpointer data)
{
  NetScp *scp = data;
  guint8 object[20000] = { 0 };

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GantryAssociation) association = connect_encrypted (scp);
      guint16 status;

      for (guint n = 0; n < 20; n++)
        g_assert_true (
            net_store (association, GANTRY_UID_EXPLICIT_LE, object, sizeof object, &status, NULL));
      g_assert_true (gantry_association_release (association, NULL));
    }
  return NULL;
}

static void
test_side_by_side (void)
{
  NetScp *scp = net_scp_new (use_tls);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("store", store_often, scp);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  net_scp_wait (scp, &scp->released, 20);
  g_assert_cmpuint (scp->objects, ==, 400);
  net_scp_free (scp);
}

/* ---- Deadlines and cancelling -----------------------------------------------------------------
 */

static void
assert_part (const GError *error, int code, const char *part)
{
  g_assert_error (error, GANTRY_ERROR, code);
  if (strstr (error->message, part) == NULL)
    g_error ("“%s” is not in “%s”", part, error->message);
}

/* The connection is in the listener's queue, where nobody serves it. */
static void
test_silent_acceptor (void)
{
  g_autoptr (GError) error = NULL;
  GantryStep step = GANTRY_N_STEPS;
  gint64 start = g_get_monotonic_time ();
  guint16 port;
  int listener = net_raw_listen (&port);

  g_assert_null (request (port, &requestor_tls, 300, NULL, &step, &error));
  assert_part (error, GANTRY_ERROR_TIMED_OUT, "did not agree on encryption within 0.3 s");
  g_assert_cmpint (step, ==, GANTRY_STEP_TLS);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
  close (listener);
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (50000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancel_handshake (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  guint16 port;
  int listener = net_raw_listen (&port);
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);

  g_assert_null (request (port, &requestor_tls, 60000, cancellable, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
  g_thread_join (thread);
  close (listener);
}

static gpointer
cancel_association_soon (gpointer association)
{
  g_usleep (50000);
  gantry_association_cancel (association);
  return NULL;
}

/* The acceptor reads nothing: first the socket is full, and then our patience is at its end. */
static void
test_stalled_write (gconstpointer data)
{
  gboolean cancel = GPOINTER_TO_INT (data);
  g_autofree guint8 *object = g_malloc0 (4 * MEGABYTES);
  NetScp *scp = net_scp_new (use_tls);
  GThread *thread = NULL;
  g_autoptr (GError) error = NULL;
  guint16 status;

  net_scp_set (scp, &scp->hold, TRUE);
  {
    g_autoptr (GantryAssociation) association = connect_encrypted (scp);

    if (cancel)
      thread = g_thread_new ("cancel", cancel_association_soon, association);
    g_assert_false (
        net_store (association, GANTRY_UID_EXPLICIT_LE, object, 4 * MEGABYTES, &status, &error));
    if (cancel)
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    else
      assert_part (error, GANTRY_ERROR_TIMED_OUT, "no longer takes what is sent to it");
    g_clear_pointer (&thread, g_thread_join);
  }
  net_scp_set (scp, &scp->hold, FALSE);
  net_scp_wait (scp, &scp->served, 1);
  net_scp_free (scp);
}

/* ---- An acceptor and callers who do not come to encrypt ----------------------------------------
 */

typedef struct
{
  const char *name, *octets;
  gsize length;
  gboolean shut;
  int code;
  const char *part;
} Caller;

#define SENDS(octets) octets, sizeof octets - 1

static const Caller callers[] = {
  { "silent", SENDS (""), FALSE, GANTRY_ERROR_TIMED_OUT, "did not come to encrypt within 2.0 s" },
  { "half-a-hello", SENDS ("\x16\x03\x01\x02\x00\x01\x00"), FALSE, GANTRY_ERROR_TIMED_OUT,
    "did not come to encrypt within 2.0 s" },
  { "closes", SENDS (""), TRUE, GANTRY_ERROR_SECURITY,
    "closed the connection before the encryption was agreed on" },
  { "half-a-hello-closes", SENDS ("\x16\x03\x01\x02\x00\x01\x00"), TRUE, GANTRY_ERROR_SECURITY,
    "closed the connection before the encryption was agreed on" },
  { "plain-dicom", SENDS ("\x01\x00\x00\x00\x00\xcd\x00\x01\x00\x00"), FALSE, GANTRY_ERROR_SECURITY,
    "asked for an association without encryption" },
  { "web-browser", SENDS ("GET / HTTP/1.1\r\n\r\n"), FALSE, GANTRY_ERROR_SECURITY,
    "is neither TLS nor DICOM" },
  { "damaged-record", SENDS ("\x16\x03\x01\x00\x05\xff\xff\xff\xff\xff"), FALSE,
    GANTRY_ERROR_SECURITY, "could not be agreed on" },
  { "endless-record", SENDS ("\x16\x03\x01\xff\xff\x01\x00"), FALSE, GANTRY_ERROR_SECURITY,
    "could not be agreed on" },
  { "alert", SENDS ("\x15\x03\x01\x00\x02\x02\x50"), FALSE, GANTRY_ERROR_SECURITY,
    "could not be agreed on" },
};

/* Before it is its turn to be turned away, somebody else is served at once. */
static void
test_caller (gconstpointer data)
{
  const Caller *c = data;
  NetScp *scp = net_scp_new (use_tls);
  int fd = net_raw_connect (net_scp_get_port (scp));
  g_autoptr (GantryAssociation) association = NULL;
  guint8 answer[64];

  g_assert_cmpint (send (fd, c->octets, c->length, 0), ==, c->length);
  if (c->shut)
    shutdown (fd, SHUT_WR);
  association = connect_encrypted (scp);
  g_assert_true (gantry_association_release (association, NULL));
  net_scp_wait (scp, &scp->turned_away, 1);
  assert_part (scp->last_error, c->code, c->part);
  if (strcmp (c->name, "plain-dicom") == 0)
    {
      g_assert_cmpint (recv (fd, answer, sizeof answer, 0), >=, 7);
      g_assert_cmpmem (answer, 2, "\x15\x03", 2); /* an alert: this port speaks TLS */
    }
  close (fd);
  net_scp_free (scp);
}

static void
limit_unassociated (GantryAcceptorOptions *options)
{
  options->tls = context;
  options->max_unassociated = 8;
  options->timeouts.acse = 60000;
}

/* Those who say nothing give way to those who do. */
static void
test_crowd (void)
{
  NetScp *scp = net_scp_new (limit_unassociated);
  gint64 start = g_get_monotonic_time ();
  int fds[30];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = net_raw_connect (net_scp_get_port (scp));
  {
    g_autoptr (GantryAssociation) association = connect_encrypted (scp);

    g_assert_true (gantry_association_release (association, NULL));
  }
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  net_scp_wait (scp, &scp->turned_away, 22);
  start = g_get_monotonic_time ();
  net_scp_free (scp);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

/* ---- One side only -----------------------------------------------------------------------------
 */

static void
test_mixed (gconstpointer data)
{
  gboolean we_encrypt = GPOINTER_TO_INT (data);
  NetScp *scp = net_scp_new (we_encrypt ? NULL : use_tls);
  g_autoptr (GError) error = NULL;

  g_assert_null (request (net_scp_get_port (scp), we_encrypt ? &requestor_tls : NULL, 5000, NULL,
                          NULL, &error));
  assert_part (error, GANTRY_ERROR_SECURITY,
               we_encrypt ? "this port is for plain DICOM" : "the other side answered in TLS");
  net_scp_wait (scp, &scp->turned_away, 1);
  assert_part (scp->last_error, GANTRY_ERROR_SECURITY,
               we_encrypt ? "this port takes plain DICOM only"
                          : "this port takes encrypted connections (TLS) only");
  net_scp_free (scp);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  make_certificate ();
  g_test_add_data_func ("/net-tls/store/small", GSIZE_TO_POINTER (100), test_store);
  g_test_add_data_func ("/net-tls/store/records", GSIZE_TO_POINTER (16384 * 5), test_store);
  g_test_add_data_func ("/net-tls/store/large", GSIZE_TO_POINTER (MEGABYTES + 2), test_store);
  g_test_add_func ("/net-tls/store/side-by-side", test_side_by_side);
  g_test_add_func ("/net-tls/deadline/silent-acceptor", test_silent_acceptor);
  g_test_add_data_func ("/net-tls/deadline/stalled-write", GINT_TO_POINTER (FALSE),
                        test_stalled_write);
  g_test_add_func ("/net-tls/cancel/handshake", test_cancel_handshake);
  g_test_add_data_func ("/net-tls/cancel/stalled-write", GINT_TO_POINTER (TRUE),
                        test_stalled_write);
  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    {
      g_autofree char *path = g_strdup_printf ("/net-tls/caller/%s", callers[i].name);

      g_test_add_data_func (path, &callers[i], test_caller);
    }
  g_test_add_func ("/net-tls/caller/crowd", test_crowd);
  g_test_add_data_func ("/net-tls/mixed/we-encrypt", GINT_TO_POINTER (TRUE), test_mixed);
  g_test_add_data_func ("/net-tls/mixed/we-do-not", GINT_TO_POINTER (FALSE), test_mixed);
  result = g_test_run ();
  remove_certificate ();
  return result;
}
