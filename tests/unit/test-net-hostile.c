/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Peers that break the rules, on plain sockets. Whatever they do, the next echo must be answered.
 */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gantry-error.h"
#include "gantry-registry.h"
#include "net-pair.h"

static void
change_to_short (GantryAcceptorOptions *options)
{
  /* A busy machine may take a while until a request is there, which is due within the second. */
  options->timeouts = (GantryTimeouts){ 300, 1000, 300, 300 };
}

static void
change_to_a_second (GantryAcceptorOptions *options)
{
  options->timeouts = (GantryTimeouts){ 1000, 1000, 1000, 1000 };
}

static void
assert_echo (NetScp *scp)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryAssociation) association = net_connect (net_scp_get_port (scp));
  guint16 status = 0xFFFF;

  g_assert_true (gantry_echo_scu (association, &status, &error));
  g_assert_no_error (error);
  g_assert_true (gantry_association_release (association, &error));
}

static void
send_all (int fd, const guint8 *octets, gsize length)
{
  while (length > 0)
    {
      gssize n = send (fd, octets, length, MSG_NOSIGNAL);

      if (n <= 0) /* it hung up on us, as it may */
        return;
      octets += n;
      length -= n;
    }
}

/* Reads to the end; returns the type of the last PDU, 0 when there was none. */
static guint8
read_to_end (int fd)
{
  guint8 last[10] = { 0 };
  guint8 type = 0;
  gssize n;

  while ((n = recv (fd, last, sizeof last, MSG_WAITALL)) > 0)
    type = last[0];
  return type;
}

/* ---- The bytes of a decent peer -------------------------------------------------------------- */

/* An A-ASSOCIATE-RQ for CT in Explicit Little Endian, with whatever a requestor may add. */
static GByteArray *
make_request (void)
{
  GByteArray *pdu = net_associate_begin (1);
  g_autoptr (GByteArray) context = g_byte_array_new ();
  g_autoptr (GByteArray) user = g_byte_array_new ();
  guint8 context_head[] = { 1, 0, 0, 0 };
  guint8 max_pdu[] = { 0, 0, 0x40, 0 };

  g_byte_array_append (context, context_head, sizeof context_head);
  net_append_item (context, 0x30, CT_IMAGE, strlen (CT_IMAGE));
  net_append_item (context, 0x40, GANTRY_UID_EXPLICIT_LE, strlen (GANTRY_UID_EXPLICIT_LE));
  net_append_item (pdu, 0x20, context->data, context->len);
  net_append_item (user, 0x51, max_pdu, sizeof max_pdu);
  net_append_item (user, 0x52, "1.2.3", 5);
  /* Role selection, both kinds of extended negotiation, a user's name */
  net_append_item (user, 0x54, "\0\x19" CT_IMAGE "\1\0", 29);
  net_append_item (user, 0x56, "\0\x19" CT_IMAGE "\2\0\3\0\0\0", 33);
  net_append_item (user, 0x57, "\0\x19" CT_IMAGE "\0\x11" GANTRY_UID_STORAGE_SERVICE "\0\0", 48);
  net_append_item (user, 0x58, "\1\0\0\2me\0\0", 8);
  net_append_item (pdu, 0x50, user->data, user->len);
  net_associate_end (pdu);
  return pdu;
}

/* A connection on which an association stands. */
static int
associate (NetScp *scp)
{
  g_autoptr (GByteArray) request = make_request ();
  int fd = net_raw_connect (net_scp_get_port (scp));
  guint8 head[6];
  guint8 body[4096];

  send_all (fd, request->data, request->len);
  g_assert_cmpint (recv (fd, head, sizeof head, MSG_WAITALL), ==, sizeof head);
  g_assert_cmpint (head[0], ==, 2);
  g_assert_cmpint (recv (fd, body, head[4] << 8 | head[5], MSG_WAITALL), ==,
                   head[4] << 8 | head[5]);
  return fd;
}

static void
append_pdv (GByteArray *to, guint8 context, guint8 control, const guint8 *data, guint32 length)
{
  guint32 size = htonl (length + 2);
  guint8 head[] = { context, control };

  g_byte_array_append (to, (guint8 *)&size, 4);
  g_byte_array_append (to, head, sizeof head);
  g_byte_array_append (to, data, length);
}

/* In one piece: the second of two small ones would wait for an acknowledgement. */
static void
send_pdu (int fd, guint8 type, const guint8 *body, guint32 length)
{
  g_autoptr (GByteArray) pdu = g_byte_array_new ();
  guint8 head[2] = { type, 0 };
  guint32 size = htonl (length);

  g_byte_array_append (pdu, head, sizeof head);
  g_byte_array_append (pdu, (guint8 *)&size, sizeof size);
  g_byte_array_append (pdu, body, length);
  send_all (fd, pdu->data, pdu->len);
}

static gsize
make_store (guint8 *buffer)
{
  GantryCommand command = { .field = GANTRY_COMMAND_C_STORE_RQ,
                            .message_id = 7,
                            .sop_class_uid = CT_IMAGE,
                            .sop_instance_uid = "1.2.3" };

  return gantry_command_encode (&command, buffer);
}

/* The answer to make_store(): reads one P-DATA PDU. */
static guint16
read_status (int fd)
{
  guint8 head[12], body[1024];
  GantryCommand response;
  gsize length;

  g_assert_cmpint (recv (fd, head, sizeof head, MSG_WAITALL), ==, sizeof head);
  g_assert_cmpint (head[0], ==, 4);
  length = (head[4] << 8 | head[5]) - 6;
  g_assert_cmpint (recv (fd, body, length, MSG_WAITALL), ==, length);
  g_assert_true (gantry_command_decode (&response, body, length, NULL));
  return response.status;
}

/* ---- Before an association ------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  const char *octets;
  gsize length;
  gboolean stay; /* silent afterwards, instead of waiting for the end at once */
} Opening;

#define OPENING(name, octets)                                                                      \
  {                                                                                                \
    name, octets, sizeof octets - 1, FALSE                                                         \
  }

static const Opening openings[] = {
  OPENING ("nothing", ""),
  OPENING ("half-header", "\x01\0\0"),
  OPENING ("half-request", "\x01\0\0\0\x01\0\0\x01\0\0GANTRY"),
  OPENING ("web-browser", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
  OPENING ("tls", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"),
  OPENING ("huge-request", "\x01\0\xff\xff\xff\xff\0\x01"),
  OPENING ("huge-data", "\x04\0\xff\xff\xff\xff\0\0\0\x04\x01\x03"),
  OPENING ("data-first", "\x04\0\0\0\0\x08\0\0\0\x04\x01\x03\0\0"),
  OPENING ("release-first", "\x05\0\0\0\0\x04\0\0\0\0"),
  OPENING ("abort-first", "\x07\0\0\0\0\x04\0\0\0\0"),
  OPENING ("accept-first", "\x02\0\0\0\0\x04\0\0\0\0"),
  OPENING ("reject-first", "\x03\0\0\0\0\x04\0\x01\x01\x01"),
  OPENING ("empty-request", "\x01\0\0\0\0\0"),
  OPENING ("short-request", "\x01\0\0\0\0\x04\0\x01\0\0"),
  OPENING ("zeros", "\0\0\0\0\0\0\0\0\0\0\0\0"),
};

static void
test_opening (gconstpointer data)
{
  const Opening *c = data;
  NetScp *scp = net_scp_new (change_to_short);
  int fd = net_raw_connect (net_scp_get_port (scp));
  gint64 start = g_get_monotonic_time ();

  send_all (fd, (const guint8 *)c->octets, c->length);
  assert_echo (scp);
  read_to_end (fd); /* it hangs up, before we would stop reading */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 9 * G_USEC_PER_SEC);
  close (fd);
  net_scp_wait (scp, &scp->turned_away, 1);
  g_assert_nonnull (scp->last_error);
  g_test_message ("%s", scp->last_error->message);
  net_scp_free (scp);
}

/* Each octet of a good request spoilt in turn, and the request cut after each octet. */
static void
test_spoilt_requests (void)
{
  g_autoptr (GByteArray) good = make_request ();
  NetScp *scp = net_scp_new (change_to_short);

  for (guint i = 0; i < good->len; i++)
    for (guint value = 0; value < 3; value++)
      {
        g_autoptr (GByteArray) bad = make_request ();
        int fd = net_raw_connect (net_scp_get_port (scp));

        bad->data[i] = value == 0 ? 0xFF : value == 1 ? 0 : bad->data[i] + 1;
        send_all (fd, bad->data, bad->len);
        shutdown (fd, SHUT_WR);
        read_to_end (fd);
        close (fd);
      }
  for (guint length = 0; length < good->len; length++)
    {
      int fd = net_raw_connect (net_scp_get_port (scp));

      send_all (fd, good->data, length);
      close (fd);
    }
  assert_echo (scp);
  net_scp_free (scp);
}

static const struct
{
  const char *name;
  guint at;
  char octet;
  GantryReject reject;
} refusals[] = {
  { "protocol-version", 7, 2, { 1, 2, 2 } },
  { "no-called-title", 10, 0, { 1, 1, 7 } },
  { "no-calling-title", 26, 0, { 1, 1, 3 } },
  { "application-context", 74 + 4 + 20, '9', { 1, 1, 2 } },
};

static void
test_refusal (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GByteArray) request = make_request ();
  NetScp *scp = net_scp_new (change_to_short);
  int fd = net_raw_connect (net_scp_get_port (scp));

  request->data[refusals[i].at] = refusals[i].octet;
  send_all (fd, request->data, request->len);
  g_assert_cmpint (read_to_end (fd), ==, 3);
  close (fd);
  net_scp_wait (scp, &scp->turned_away, 1);
  g_assert_cmpmem (&scp->last_reject, sizeof scp->last_reject, &refusals[i].reject,
                   sizeof refusals[i].reject);
  net_scp_free (scp);
}

/* A request that asks for nothing. */
static void
test_no_contexts (void)
{
  g_autoptr (GByteArray) request = net_associate_begin (1);
  NetScp *scp = net_scp_new (change_to_short);
  int fd = net_raw_connect (net_scp_get_port (scp));

  net_append_item (request, 0x50, "\x51\0\0\x04\0\0\x40\0", 8);
  net_associate_end (request);
  send_all (fd, request->data, request->len);
  g_assert_cmpint (read_to_end (fd), ==, 7);
  close (fd);
  net_scp_wait (scp, &scp->turned_away, 1);
  g_assert_error (scp->last_error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (scp->last_error->message, "it proposed no presentation context"));
  net_scp_free (scp);
}

/* Where the role selection of make_request() begins: behind the context (60 octets), the head of
 * the user information, and its first two items. */
#define USER_ITEMS (74 + 25 + 60 + 4 + 8 + 9)

static const struct
{
  const char *name;
  guint at;
  guint8 octet;
  const char *part;
} damaged[] = {
  { "pdu-length", 5, 1, "the lengths in it do not add up" },
  { "item-length", 74 + 3, 0xFF, "the lengths in it do not add up" },
  { "no-application-context", 74, 0x11, "it names no application context" },
  { "context-even", 74 + 25 + 4, 2, "one of its presentation contexts is not valid" },
  { "context-answer", 74 + 25, 0x21, "one of its presentation contexts is not valid" },
  { "context-without-syntax", 74 + 25 + 8 + 4 + 25, 0x41, "one of its presentation contexts" },
  { "context-length", 74 + 25 + 8 + 3, 0xFF, "the lengths in it do not add up" },
  { "role", USER_ITEMS + 4, 0xFF, "the lengths in it do not add up" },
  { "extended", USER_ITEMS + 33 + 4, 0xFF, "the lengths in it do not add up" },
  { "identity", USER_ITEMS + 33 + 37 + 52 + 6, 0xFF, "the lengths in it do not add up" },
};

static void
test_damaged (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GByteArray) request = make_request ();
  NetScp *scp = net_scp_new (change_to_short);
  int fd = net_raw_connect (net_scp_get_port (scp));

  request->data[damaged[i].at] = damaged[i].octet;
  send_all (fd, request->data, request->len);
  g_assert_cmpint (read_to_end (fd), ==, 7);
  close (fd);
  net_scp_wait (scp, &scp->turned_away, 1);
  g_test_message ("%s", scp->last_error->message);
  g_assert_error (scp->last_error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (scp->last_error->message, damaged[i].part));
  net_scp_free (scp);
}

/* A 57H that lies is no reason to refuse anything. */
static void
test_damaged_hint (void)
{
  g_autoptr (GByteArray) request = make_request ();
  NetScp *scp = net_scp_new (change_to_short);
  int fd = net_raw_connect (net_scp_get_port (scp));
  g_autoptr (GByteArray) answer = NULL;

  request->data[USER_ITEMS + 33 + 37 + 4] = 0xFF;
  send_all (fd, request->data, request->len);
  answer = net_raw_read_pdu (fd);
  g_assert_cmpint (answer->data[0], ==, 2);
  close (fd);
  net_scp_wait (scp, &scp->served, 1);
  g_assert_cmpuint (scp->extended, ==, 1);
  net_scp_free (scp);
}

static gpointer
drip (gpointer data)
{
  g_autoptr (GByteArray) request = make_request ();
  int fd = GPOINTER_TO_INT (data);

  for (guint i = 0; i < request->len; i++)
    {
      if (send (fd, request->data + i, 1, MSG_NOSIGNAL) < 0)
        break;
      g_usleep (20000);
    }
  return NULL;
}

/* An octet now and then does not move the deadline. */
static void
test_slow_drip (void)
{
  NetScp *scp = net_scp_new (change_to_short);
  int fd = net_raw_connect (net_scp_get_port (scp));
  gint64 start = g_get_monotonic_time ();
  GThread *thread = g_thread_new ("drip", drip, GINT_TO_POINTER (fd));

  net_scp_wait (scp, &scp->turned_away, 1);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC); /* it takes 6 s */
  g_assert_error (scp->last_error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT);
  g_thread_join (thread);
  close (fd);
  net_scp_free (scp);
}

static void
change_to_patient (GantryAcceptorOptions *options)
{
  options->timeouts = (GantryTimeouts){ 60000, 60000, 60000, 60000 };
  options->max_unassociated = 250;
}

static void
change_to_ten (GantryAcceptorOptions *options)
{
  change_to_patient (options);
  options->max_unassociated = 10;
}

static void
test_silent_crowd (gconstpointer data)
{
  guint n = GPOINTER_TO_UINT (data);
  NetScp *scp = net_scp_new (change_to_patient);
  g_autofree int *fds = g_new (int, n);
  gint64 start;

  for (guint i = 0; i < n; i++)
    fds[i] = net_raw_connect (net_scp_get_port (scp));
  start = g_get_monotonic_time ();
  assert_echo (scp);
  g_test_message ("echo among %u silent: %.1f ms", n, (g_get_monotonic_time () - start) / 1000.0);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 6 * G_USEC_PER_SEC);

  start = g_get_monotonic_time ();
  g_clear_pointer (&scp->acceptor, gantry_acceptor_free);
  g_test_message ("stopped in %.1f ms", (g_get_monotonic_time () - start) / 1000.0);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 6 * G_USEC_PER_SEC);
  for (guint i = 0; i < n; i++)
    close (fds[i]);
  net_scp_free (scp);
}

/* Newer callers push the oldest silent ones out; a talking one gets through. */
static void
test_displaced (void)
{
  NetScp *scp = net_scp_new (change_to_ten);
  int fds[30];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = net_raw_connect (net_scp_get_port (scp));
  assert_echo (scp);
  net_scp_wait (scp, &scp->turned_away, 20);
  g_mutex_lock (&scp->lock); /* the ten that are left may still have their say */
  g_assert_error (scp->last_error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT);
  g_mutex_unlock (&scp->lock);
  read_to_end (fds[0]);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  net_scp_free (scp);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Those that had to give way count as long as they are not gone, here because telling of them takes
 * long; who comes then waits outside, and is taken when there is room. */
static void
test_flood (void)
{
  NetScp *scp = net_scp_new (change_to_ten);
  guint before = count_descriptors (), most = 0;
  int fds[100];
  gint64 end;

  g_mutex_lock (&scp->lock); /* which is taken to tell */
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = net_raw_connect (net_scp_get_port (scp));
  end = g_get_monotonic_time () + G_TIME_SPAN_SECOND / 2;
  do
    {
      most = MAX (most, count_descriptors ());
      g_usleep (1000);
    }
  while (g_get_monotonic_time () < end);
  /* Ten with their say, ten that leave and the next one: a socket and an eventfd each. */
  g_assert_cmpuint (most, <=, before + G_N_ELEMENTS (fds) + 2 * 21 + 2);
  g_mutex_unlock (&scp->lock);
  assert_echo (scp);
  net_scp_wait (scp, &scp->turned_away, 90);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  net_scp_free (scp);
}

/* ---- With an association --------------------------------------------------------------------- */

/* A command in three PDVs of one PDU and a data set in two PDUs, the first of them mixed. */
static void
test_many_pdvs (void)
{
  NetScp *scp = net_scp_new (NULL);
  int fd = associate (scp);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  guint8 command[GANTRY_COMMAND_ENCODED_MAX];
  gsize length = make_store (command);

  append_pdv (body, 1, 1, command, 10);
  append_pdv (body, 1, 1, command + 10, 0);
  append_pdv (body, 1, 3, command + 10, length - 10);
  append_pdv (body, 1, 0, (const guint8 *)"abcd", 4);
  append_pdv (body, 1, 0, (const guint8 *)"ef", 2);
  send_pdu (fd, 4, body->data, body->len);
  g_byte_array_set_size (body, 0);
  append_pdv (body, 1, 0, (const guint8 *)"gh", 2);
  append_pdv (body, 1, 2, NULL, 0);
  /* The next message begins in the same PDU. */
  append_pdv (body, 1, 3, command, length);
  append_pdv (body, 1, 2, (const guint8 *)"xy", 2);
  send_pdu (fd, 4, body->data, body->len);

  g_assert_cmphex (read_status (fd), ==, 0x0000);
  g_assert_cmphex (read_status (fd), ==, 0x0000);
  net_scp_wait (scp, &scp->objects, 2);
  g_assert_cmpmem (scp->last_object->data, scp->last_object->len, "xy", 2);
  send_pdu (fd, 5, (const guint8 *)"\0\0\0\0", 4);
  g_assert_cmpint (read_to_end (fd), ==, 6);
  net_scp_wait (scp, &scp->released, 1);
  close (fd);
  net_scp_free (scp);
}

static const Opening misdeeds[] = {
  OPENING ("pdu-too-long", "\x04\0\x7f\xff\xff\xff\0\0\0\x04\x01\x03"),
  OPENING ("pdu-just-too-long", "\x04\0\0\x02\0\x01\0\0\0\x04\x01\x03"),
  OPENING ("pdv-too-long", "\x04\0\0\0\0\x08\xff\xff\xff\xff\x01\x03\0\0"),
  OPENING ("pdv-longer-than-pdu", "\x04\0\0\0\0\x08\0\0\0\x05\x01\x03\0\0"),
  OPENING ("pdv-of-none", "\x04\0\0\0\0\x04\0\0\0\0"),
  OPENING ("pdv-of-one", "\x04\0\0\0\0\x05\0\0\0\x01\x01"),
  OPENING ("pdu-of-none", "\x04\0\0\0\0\0"),
  OPENING ("second-pdv-cut", "\x04\0\0\0\0\x0a\0\0\0\x04\x01\x01\0\0\0\0"),
  OPENING ("data-set-first", "\x04\0\0\0\0\x08\0\0\0\x04\x01\x02\0\0"),
  OPENING ("command-garbage", "\x04\0\0\0\0\x08\0\0\0\x04\x01\x03\xff\xff"),
  OPENING ("unknown-type", "\x99\0\0\0\0\x04\0\0\0\0"),
  OPENING ("long-release", "\x05\0\0\x0f\0\0"),
  OPENING ("long-abort", "\x07\0\xff\xff\xff\xff"),
  OPENING ("accept-again", "\x02\0\0\0\0\x04\0\0\0\0"),
  OPENING ("reject-now", "\x03\0\0\0\0\x04\0\x01\x01\x01"),
  OPENING ("confirm-nothing", "\x06\0\0\0\0\x04\0\0\0\0"),
  OPENING ("half-pdu", "\x04\0\0\0\x10\0\0\0\0\x04"),
  OPENING ("half-header", "\x04\0"),
  OPENING ("abort", "\x07\0\0\0\0\x04\0\0\x02\x06"),
};

static void
test_misdeed (gconstpointer data)
{
  const Opening *c = data;
  NetScp *scp = net_scp_new (change_to_short);
  int fd = associate (scp);

  send_all (fd, (const guint8 *)c->octets, c->length);
  assert_echo (scp);
  read_to_end (fd);
  close (fd);
  net_scp_wait (scp, &scp->served, 2);
  g_assert_nonnull (scp->last_error);
  g_test_message ("%s", scp->last_error->message);
  g_assert_cmpuint (scp->released, ==, 1);
  g_assert_cmpuint (scp->objects, ==, 0);
  net_scp_free (scp);
}

/* A second request on the association that stands. */
static void
test_request_again (void)
{
  g_autoptr (GByteArray) request = make_request ();
  NetScp *scp = net_scp_new (change_to_short);
  int fd = associate (scp);

  send_all (fd, request->data, request->len);
  g_assert_cmpint (read_to_end (fd), ==, 7);
  net_scp_wait (scp, &scp->served, 1);
  g_assert_error (scp->last_error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL);
  close (fd);
  net_scp_free (scp);
}

static const struct
{
  const char *name;
  guint8 type; /* what comes in place of the second half; 0: the end */
} broken_objects[] = { { "closed", 0 }, { "aborted", 7 }, { "released", 5 }, { "command", 4 } };

static void
test_broken_object (gconstpointer data)
{
  guint8 type = *(const guint8 *)data;
  NetScp *scp = net_scp_new (change_to_short);
  int fd = associate (scp);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  guint8 command[GANTRY_COMMAND_ENCODED_MAX];
  gsize length = make_store (command);

  append_pdv (body, 1, 3, command, length);
  append_pdv (body, 1, 0, (const guint8 *)"abcd", 4);
  send_pdu (fd, 4, body->data, body->len);
  g_byte_array_set_size (body, 0);
  append_pdv (body, 1, 3, command, length);
  if (type == 4)
    send_pdu (fd, 4, body->data, body->len);
  else if (type != 0)
    send_pdu (fd, type, (const guint8 *)"\0\0\0\0", 4);
  else
    shutdown (fd, SHUT_WR);
  read_to_end (fd);
  close (fd);
  net_scp_wait (scp, &scp->served, 1);
  g_assert_cmpuint (scp->dropped, ==, 1);
  g_assert_cmpuint (scp->objects, ==, 0);
  g_assert_cmpuint (scp->released, ==, 0);
  g_assert_nonnull (scp->last_error);
  net_scp_free (scp);
}

static const struct
{
  const char *name;
  const char *octets;
  gsize length;
  guint8 source, reason;
} reasons[] = {
  { "unrecognized", "\x99\0\0\0\0\x04\0\0\0\0", 10, 2, 1 },
  { "unexpected", "\x06\0\0\0\0\x04\0\0\0\0", 10, 2, 2 },
  { "pdu-too-long", "\x04\0\x7f\xff\xff\xff\0\0\0\x04\x01\x03", 12, 2, 6 },
  { "pdu-of-none", "\x04\0\0\0\0\0", 6, 2, 6 },
  { "pdv-of-one", "\x04\0\0\0\0\x05\0\0\0\x01\x01", 11, 2, 6 },
  { "pdv-longer-than-pdu", "\x04\0\0\0\0\x08\0\0\0\x05\x01\x03\0\0", 14, 2, 6 },
  { "command-garbage", "\x04\0\0\0\0\x08\0\0\0\x04\x01\x03\xff\xff", 14, 0, 0 },
};

/* Who aborts, and why (PS3.8 9.3.8). */
static void
test_abort_reason (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  NetScp *scp = net_scp_new (change_to_short);
  int fd = associate (scp);
  guint8 pdu[10];

  send_all (fd, (const guint8 *)reasons[i].octets, reasons[i].length);
  g_assert_cmpint (recv (fd, pdu, sizeof pdu, MSG_WAITALL), ==, sizeof pdu);
  g_assert_cmpint (pdu[0], ==, 7);
  g_assert_cmpint (pdu[8], ==, reasons[i].source);
  g_assert_cmpint (pdu[9], ==, reasons[i].reason);
  close (fd);
  net_scp_free (scp);
}

/* A command whose fragments never end. */
static void
test_endless_command (void)
{
  NetScp *scp = net_scp_new (change_to_short);
  int fd = associate (scp);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autofree guint8 *zeros = g_malloc0 (30000);

  append_pdv (body, 1, 1, zeros, 30000);
  for (guint i = 0; i < 10; i++)
    send_pdu (fd, 4, body->data, body->len);
  read_to_end (fd);
  close (fd);
  net_scp_wait (scp, &scp->served, 1);
  g_assert_error (scp->last_error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL);
  net_scp_free (scp);
}

typedef struct
{
  int fd;
  guint8 flags; /* of the fragments: 1: of a command, 0: of a data set */
  gsize length;
  guint at_once; /* in each PDU */
  guint n;       /* PDUs */
  guint pause_us;
} Drip;

/* Until the other side hangs up, or for far longer than it may wait. Returns: how many left. */
static gpointer
drip_fragments (gpointer data)
{
  const Drip *self = data;
  g_autoptr (GByteArray) pdu = g_byte_array_new ();
  const guint8 zeros[16] = { 0 };
  guint size = self->at_once * (guint)(6 + self->length), i;
  guint8 head[6] = { 4, 0, 0, 0, (guint8)(size >> 8), (guint8)size };

  g_byte_array_append (pdu, head, sizeof head);
  for (i = 0; i < self->at_once; i++)
    append_pdv (pdu, 1, self->flags, zeros, self->length);
  for (i = 0; i < self->n; i++)
    {
      if (send (self->fd, pdu->data, pdu->len, MSG_NOSIGNAL) != (gssize)pdu->len)
        break;
      g_usleep (self->pause_us);
    }
  return GUINT_TO_POINTER (i);
}

static const struct
{
  const char *name;
  Drip drip;
  gboolean refused;
  int code;
  const char *words;
} drips[] = {
  { "empty-command", { 0, 1, 0, 1, 100, 50000 }, FALSE, GANTRY_ERROR_TIMED_OUT, "did not end it" },
  { "command", { 0, 1, 2, 1, 100, 50000 }, FALSE, GANTRY_ERROR_TIMED_OUT, "did not end it" },
  { "at-once", { 0, 1, 0, 1000, 10000, 0 }, FALSE, GANTRY_ERROR_PROTOCOL, "without end" },
  { "empty-data", { 0, 0, 0, 1, 100, 50000 }, FALSE, GANTRY_ERROR_TIMED_OUT, "sent nothing" },
  { "refused-data", { 0, 0, 2, 1, 800, 50000 }, TRUE, GANTRY_ERROR_PROTOCOL, "could not be taken" },
};

/* Fragments that come in time, each of them, and never the last; the receiver waits for 300 ms, or
 * for a second where one that is late would change the outcome. */
static void
test_drip (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data), sent;
  NetScp *scp = net_scp_new (drips[i].refused ? change_to_a_second : change_to_short);
  Drip self = drips[i].drip;
  g_autoptr (GByteArray) body = g_byte_array_new ();
  guint8 encoded[GANTRY_COMMAND_ENCODED_MAX];
  GThread *thread;

  net_scp_set (scp, &scp->refuse_begin, drips[i].refused);
  self.fd = associate (scp);
  if (self.flags == 0)
    {
      append_pdv (body, 1, 3, encoded, make_store (encoded));
      send_pdu (self.fd, 4, body->data, body->len);
    }
  thread = g_thread_new ("drip", drip_fragments, &self);
  sent = GPOINTER_TO_UINT (g_thread_join (thread));
  g_assert_cmpuint (sent, <, self.n);
  net_scp_wait (scp, &scp->served, 1);
  g_assert_error (scp->last_error, GANTRY_ERROR, drips[i].code);
  g_assert_nonnull (strstr (scp->last_error->message, drips[i].words));
  close (self.fd);
  net_scp_free (scp);
}

/* ---- Acceptors that misbehave ---------------------------------------------------------------- */

typedef struct
{
  int listener;
  const guint8 *answer;
  gsize length;
} Server;

static gpointer
serve_once (gpointer data)
{
  Server *server = data;
  int fd = accept (server->listener, NULL, NULL);
  guint8 head[6], body[4096];

  g_assert_cmpint (recv (fd, head, sizeof head, MSG_WAITALL), ==, sizeof head);
  recv (fd, body, head[4] << 8 | head[5], MSG_WAITALL);
  send_all (fd, server->answer, server->length);
  shutdown (fd, SHUT_WR);
  read_to_end (fd);
  close (fd);
  return NULL;
}

static const struct
{
  const char *name;
  const char *octets;
  gsize length;
  int code;
} answers[] = {
  { "closed", "", 0, GANTRY_ERROR_ABORTED },
  { "rejected", "\x03\0\0\0\0\x04\0\x01\x01\x07", 10, GANTRY_ERROR_REJECTED },
  { "rejected-oddly", "\x03\0\0\0\0\x04\0\xff\xff\xff", 10, GANTRY_ERROR_REJECTED },
  { "aborted", "\x07\0\0\0\0\x04\0\0\x02\x06", 10, GANTRY_ERROR_ABORTED },
  { "http", "HTTP/1.1 400 Bad Request\r\n\r\n", 28, GANTRY_ERROR_PROTOCOL },
  { "ssh", "SSH-2.0-OpenSSH_9.2\r\n", 21, GANTRY_ERROR_PROTOCOL },
  { "malformed", "\x02\0\0\0\0\x04\0\x01\0\0", 10, GANTRY_ERROR_PROTOCOL },
  { "huge", "\x02\0\xff\xff\xff\xff\0\x01\0\0", 10, GANTRY_ERROR_PROTOCOL },
  { "release", "\x05\0\0\0\0\x04\0\0\0\0", 10, GANTRY_ERROR_PROTOCOL },
  { "half", "\x02\0\0\0\x01\0\0\x01", 8, GANTRY_ERROR_ABORTED },
};

static void
test_answer (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  guint16 port;
  Server server = { net_raw_listen (&port), (const guint8 *)answers[i].octets, answers[i].length };
  GThread *thread = g_thread_new ("server", serve_once, &server);
  g_autoptr (GError) error = NULL;

  g_assert_null (net_request (port, NULL, NULL, 65536, NULL, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_true (error->domain == GANTRY_ERROR);
  g_assert_cmpint (error->code, ==, answers[i].code);
  g_thread_join (thread);
  close (server.listener);
}

/* ---- Release collision: the acceptor asks for release at the moment we do -------------------- */

static gpointer
serve_collision (gpointer data)
{
  Server *server = data;
  int fd = accept (server->listener, NULL, NULL);
  guint8 head[6], body[4096];
  gsize length;

  g_assert_cmpint (recv (fd, head, sizeof head, MSG_WAITALL), ==, sizeof head);
  length = head[4] << 8 | head[5];
  g_assert_cmpint (recv (fd, body, length, MSG_WAITALL), ==, length);
  send_all (fd, server->answer, server->length);
  g_assert_cmpint (recv (fd, body, 10, MSG_WAITALL), ==, 10);
  g_assert_cmpint (body[0], ==, 5);
  send_pdu (fd, 5, (const guint8 *)"\0\0\0\0", 4);
  g_assert_cmpint (recv (fd, body, 10, MSG_WAITALL), ==, 10);
  g_assert_cmpint (body[0], ==, 6);
  send_pdu (fd, 6, (const guint8 *)"\0\0\0\0", 4);
  g_assert_cmpint (recv (fd, body, 1, 0), ==, 0);
  close (fd);
  return NULL;
}

static void
test_release_collision (void)
{
  g_autoptr (GByteArray) accept_pdu = net_accept_pdu (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryAssociation) association = NULL;
  guint16 port;
  Server server = { net_raw_listen (&port), accept_pdu->data, accept_pdu->len };
  GThread *thread = g_thread_new ("server", serve_collision, &server);

  association = net_request (port, NULL, NULL, 65536, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (gantry_association_release (association, &error));
  g_assert_no_error (error);
  g_thread_join (thread);
  close (server.listener);
}

/* Takes a little of the object, says why it wants no more, and hangs up. */
static gpointer
serve_abort (gpointer data)
{
  Server *server = data;
  int fd = accept (server->listener, NULL, NULL);
  guint8 head[6], body[4096];
  gsize length;

  g_assert_cmpint (recv (fd, head, sizeof head, MSG_WAITALL), ==, sizeof head);
  length = head[4] << 8 | head[5];
  g_assert_cmpint (recv (fd, body, length, MSG_WAITALL), ==, length);
  send_all (fd, server->answer, server->length);
  g_assert_cmpint (recv (fd, body, sizeof body, MSG_WAITALL), ==, sizeof body);
  send_pdu (fd, 7, (const guint8 *)"\0\0\2\6", 4);
  close (fd);
  return NULL;
}

static void
test_abort_while_writing (void)
{
  g_autoptr (GByteArray) accept_pdu = net_accept_pdu (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryAssociation) association = NULL;
  g_autofree guint8 *octets = g_malloc0 (64 * 1024 * 1024);
  guint16 port, status;
  Server server = { net_raw_listen (&port), accept_pdu->data, accept_pdu->len };
  GThread *thread = g_thread_new ("server", serve_abort, &server);

  association = net_request (port, NULL, NULL, 65536, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (
      net_store (association, GANTRY_UID_EXPLICIT_LE, octets, 64 * 1024 * 1024, &status, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED);
  /* Its reason was waiting behind the failed write. */
  g_assert_nonnull (strstr (error->message, "2/6"));
  g_thread_join (thread);
  close (server.listener);
}

#define ADD_TABLE(prefix, table, func)                                                             \
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)                                                 \
    {                                                                                              \
      g_autofree char *path = g_strconcat (prefix, table[i].name, NULL);                           \
      g_test_add_data_func (path, &table[i], func);                                                \
    }

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_TABLE ("/net-hostile/opening/", openings, test_opening);
  g_test_add_func ("/net-hostile/spoilt-requests", test_spoilt_requests);
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strconcat ("/net-hostile/refused/", refusals[i].name, NULL);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_refusal);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_autofree char *path = g_strconcat ("/net-hostile/damaged/", damaged[i].name, NULL);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_damaged);
    }
  g_test_add_func ("/net-hostile/damaged-hint", test_damaged_hint);
  g_test_add_func ("/net-hostile/no-contexts", test_no_contexts);
  g_test_add_func ("/net-hostile/slow-drip", test_slow_drip);
  g_test_add_data_func ("/net-hostile/silent/30", GUINT_TO_POINTER (30), test_silent_crowd);
  g_test_add_data_func ("/net-hostile/silent/200", GUINT_TO_POINTER (200), test_silent_crowd);
  g_test_add_func ("/net-hostile/displaced", test_displaced);
  g_test_add_func ("/net-hostile/flood", test_flood);
  g_test_add_func ("/net-hostile/many-pdvs", test_many_pdvs);
  ADD_TABLE ("/net-hostile/misdeed/", misdeeds, test_misdeed);
  g_test_add_func ("/net-hostile/misdeed/request-again", test_request_again);
  for (gsize i = 0; i < G_N_ELEMENTS (broken_objects); i++)
    {
      g_autofree char *path = g_strconcat ("/net-hostile/broken/", broken_objects[i].name, NULL);
      g_test_add_data_func (path, &broken_objects[i].type, test_broken_object);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autofree char *path = g_strconcat ("/net-hostile/abort-reason/", reasons[i].name, NULL);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_abort_reason);
    }
  g_test_add_func ("/net-hostile/endless-command", test_endless_command);
  for (gsize i = 0; i < G_N_ELEMENTS (drips); i++)
    {
      g_autofree char *path = g_strconcat ("/net-hostile/drip/", drips[i].name, NULL);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_drip);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *path = g_strconcat ("/net-hostile/answer/", answers[i].name, NULL);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_answer);
    }
  g_test_add_func ("/net-hostile/release-collision", test_release_collision);
  g_test_add_func ("/net-hostile/abort-while-writing", test_abort_while_writing);

  return g_test_run ();
}
