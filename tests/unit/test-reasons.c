/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every way in which an association can fail, caused by a peer on a plain socket, and what we then
 * say about it.
 */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gantry-error.h"
#include "gantry-registry.h"
#include "gantry-words.h"
#include "net-pair.h"

typedef enum
{
  DO_REQUEST, /* it fails already */
  DO_ECHO,
  DO_STORE,
  DO_RELEASE,
} Action;

typedef enum
{
  THEN_CLOSE,
  THEN_RESET,
  THEN_SILENCE, /* until we give up */
} Then;

typedef struct
{
  const char *name;
  Action action;
  const char *answer; /* to the request; NULL: everything is accepted */
  gsize length;
  const char *reply; /* to the message, or the release */
  gsize reply_length;
  Then then;
  int code;
  const char *part; /* of the sentence */
} Case;

#define ANSWER(octets) DO_REQUEST, octets, sizeof octets - 1, NULL, 0, THEN_CLOSE
#define REPLY(octets) DO_ECHO, NULL, 0, octets, sizeof octets - 1, THEN_CLOSE
#define RJ(octets) ANSWER ("\x03\0\0\0\0\x04\0" octets)
#define ABORT(octets) ANSWER ("\x07\0\0\0\0\x04\0\0" octets)

static const Case cases[] = {
  { "request/closed", ANSWER (""), GANTRY_ERROR_ABORTED,
    "closed the connection without an answer" },
  { "request/reset", DO_REQUEST, "", 0, NULL, 0, THEN_RESET, GANTRY_ERROR_ABORTED,
    "The connection was lost: " },
  { "request/acse-time-out", DO_REQUEST, "", 0, NULL, 0, THEN_SILENCE, GANTRY_ERROR_TIMED_OUT,
    "did not answer the association request within 0.3 s" },
  { "request/half-an-answer", DO_REQUEST, "\x02\0\0\0\x01\0\0\x01", 8, NULL, 0, THEN_SILENCE,
    GANTRY_ERROR_TIMED_OUT, "did not answer the association request within 0.3 s" },
  { "request/other-service", ANSWER ("HTTP/1.1 400 Bad Request\r\n\r\n"), GANTRY_ERROR_PROTOCOL,
    "another service listens at this port" },
  { "request/tls-alert", ANSWER ("\x15\x03\x03\0\2\2\x28"), GANTRY_ERROR_SECURITY,
    "This port expects an encrypted connection" },
  { "request/nearly-tls", ANSWER ("\x15\x04\x03\0\2\2\x28"), GANTRY_ERROR_PROTOCOL,
    "another service listens at this port" },

  { "rejected/1-1-1", RJ ("\1\1\1"), GANTRY_ERROR_REJECTED, "without saying why" },
  { "rejected/1-1-2", RJ ("\1\1\2"), GANTRY_ERROR_REJECTED, "Application context not supported" },
  { "rejected/1-1-3", RJ ("\1\1\3"), GANTRY_ERROR_REJECTED, "does not know TESTER" },
  { "rejected/1-1-7", RJ ("\1\1\7"), GANTRY_ERROR_REJECTED, "is not called GANTRY" },
  { "rejected/1-2-1", RJ ("\1\2\1"), GANTRY_ERROR_REJECTED, "The peer's DICOM software refused" },
  { "rejected/1-2-2", RJ ("\1\2\2"), GANTRY_ERROR_REJECTED, "Protocol version not supported" },
  { "rejected/1-3-1", RJ ("\1\3\1"), GANTRY_ERROR_REJECTED, "(rejected, 1/3/1)" },
  { "rejected/1-3-2", RJ ("\1\3\2"), GANTRY_ERROR_REJECTED, "(rejected, 1/3/2)" },
  { "rejected/2-3-1", RJ ("\2\3\1"), GANTRY_ERROR_REJECTED_FOR_NOW, "Temporary congestion" },
  { "rejected/2-3-2", RJ ("\2\3\2"), GANTRY_ERROR_REJECTED_FOR_NOW, "Local limit exceeded" },
  { "rejected/reserved", RJ ("\1\1\4"), GANTRY_ERROR_REJECTED, "the standard does not define" },

  { "aborted/user", ABORT ("\0\0"), GANTRY_ERROR_ABORTED, "(aborted, 0/0)" },
  { "aborted/0", ABORT ("\2\0"), GANTRY_ERROR_ABORTED, "DICOM software ended the association" },
  { "aborted/1", ABORT ("\2\1"), GANTRY_ERROR_ABORTED, "a message that it does not know" },
  { "aborted/2", ABORT ("\2\2"), GANTRY_ERROR_ABORTED, "a message that it did not expect" },
  { "aborted/3", ABORT ("\2\3"), GANTRY_ERROR_ABORTED, "(aborted, 2/3)" },
  { "aborted/4", ABORT ("\2\4"), GANTRY_ERROR_ABORTED, "does not know a parameter" },
  { "aborted/5", ABORT ("\2\5"), GANTRY_ERROR_ABORTED, "did not expect a parameter" },
  { "aborted/6", ABORT ("\2\6"), GANTRY_ERROR_ABORTED, "found an invalid value" },

  { "message/closed", REPLY (""), GANTRY_ERROR_ABORTED, "without ending the association" },
  { "message/reset", DO_ECHO, NULL, 0, "", 0, THEN_RESET, GANTRY_ERROR_ABORTED,
    "The connection was lost: " },
  { "message/dimse-time-out", DO_ECHO, NULL, 0, "", 0, THEN_SILENCE, GANTRY_ERROR_TIMED_OUT,
    "did not answer the message within 0.4 s" },
  { "message/idle-time-out", DO_ECHO, NULL, 0, "\x04\0\0\0\0\x10\0", 7, THEN_SILENCE,
    GANTRY_ERROR_TIMED_OUT, "stopped in the middle of a message and did not go on within 0.2 s" },
  { "message/aborted", REPLY ("\x07\0\0\0\0\x04\0\0\2\1"), GANTRY_ERROR_ABORTED,
    "a message that it does not know" },
  { "message/released", REPLY ("\x05\0\0\0\0\x04\0\0\0\0"), GANTRY_ERROR_ABORTED,
    "ended the association instead of answering" },
  { "message/nonsense", REPLY ("\x04\0\0\0\0\x08\0\0\0\x04\x01\x03\xff\xff"), GANTRY_ERROR_PROTOCOL,
    "a command that cannot be read" },
  { "message/data", REPLY ("\x04\0\0\0\0\x08\0\0\0\x04\x01\x02\0\0"), GANTRY_ERROR_PROTOCOL,
    "a data set where a command was due" },

  { "condition/illegal-pdu", REPLY ("\x04\0\0\0\0\x08\0\0\0\x05\x01\x03\0\0"),
    GANTRY_ERROR_PROTOCOL, "the lengths in it do not add up" },
  { "condition/no-pdv", REPLY ("\x04\0\0\0\0\0"), GANTRY_ERROR_PROTOCOL, "do not add up" },
  { "condition/pdu-too-long", REPLY ("\x04\0\x7f\xff\xff\xff\0\0\0\x04\x01\x03"),
    GANTRY_ERROR_PROTOCOL, "longer than was agreed on" },
  { "condition/pdv-too-short", REPLY ("\x04\0\0\0\0\x04\0\0\0\0"), GANTRY_ERROR_PROTOCOL,
    "shorter than its kind can be" },
  { "condition/unknown-pdu", REPLY ("\x99\0\0\0\0\x04\0\0\0\0"), GANTRY_ERROR_PROTOCOL,
    "a kind that DICOM does not have" },
  { "condition/unexpected-pdu", REPLY ("\x02\0\0\0\0\x04\0\0\0\0"), GANTRY_ERROR_PROTOCOL,
    "not due at that point" },

  { "store/closed", DO_STORE, NULL, 0, "", 0, THEN_CLOSE, GANTRY_ERROR_ABORTED,
    "without ending the association" },
  { "store/dimse-time-out", DO_STORE, NULL, 0, "", 0, THEN_SILENCE, GANTRY_ERROR_TIMED_OUT,
    "did not answer the message within 0.4 s" },

  { "release/closed", DO_RELEASE, NULL, 0, "", 0, THEN_CLOSE, GANTRY_ERROR_ABORTED,
    "instead of confirming the end" },
  { "release/acse-time-out", DO_RELEASE, NULL, 0, "", 0, THEN_SILENCE, GANTRY_ERROR_TIMED_OUT,
    "did not confirm the end of the association within 0.3 s" },
  { "release/aborted", DO_RELEASE, NULL, 0, "\x07\0\0\0\0\x04\0\0\2\2", 10, THEN_CLOSE,
    GANTRY_ERROR_ABORTED, "a message that it did not expect" },
};

/* ---- The peer -------------------------------------------------------------------------------- */

typedef struct
{
  int listener;
  const Case *c;
} Peer;

static void
read_pdu (int fd, guint8 type)
{
  g_autoptr (GByteArray) pdu = net_raw_read_pdu (fd);

  g_assert_cmpint (pdu->data[0], ==, type);
}

static void
end (int fd, Then then)
{
  struct linger at_once = { 1, 0 };
  guint8 octet;

  if (then == THEN_RESET)
    setsockopt (fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  else
    {
      if (then == THEN_CLOSE)
        shutdown (fd, SHUT_WR);
      while (recv (fd, &octet, 1, 0) > 0)
        ;
    }
  close (fd);
}

static gpointer
serve (gpointer data)
{
  const Peer *peer = data;
  const Case *c = peer->c;
  int fd = accept (peer->listener, NULL, NULL);

  read_pdu (fd, 1);
  if (c->answer != NULL)
    send (fd, c->answer, c->length, MSG_NOSIGNAL);
  else
    {
      g_autoptr (GByteArray) answer = net_accept_pdu (NULL);

      send (fd, answer->data, answer->len, MSG_NOSIGNAL);
      read_pdu (fd, c->action == DO_RELEASE ? 5 : 4);
      send (fd, c->reply, c->reply_length, MSG_NOSIGNAL);
    }
  end (fd, c->then);
  return NULL;
}

/* ---- Us -------------------------------------------------------------------------------------- */

static void
store (GantryAssociation *association, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("gantry-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "object", NULL);
  GantryCommand response;

  g_assert_true (g_file_set_contents (path, "abcd", 4, NULL));
  g_assert_false (gantry_store_scu (association, 3, path, NULL, 0, CT_IMAGE, "1.2.3",
                                    GANTRY_PRIORITY_MEDIUM, NULL, NULL, &response, error));
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_cmpint (rmdir (folder), ==, 0);
}

static void
do_action (GantryAssociation *association, Action action, GError **error)
{
  guint16 status;

  if (action == DO_ECHO)
    g_assert_false (gantry_echo_scu (association, &status, error));
  else if (action == DO_STORE)
    store (association, error);
  else
    g_assert_false (gantry_association_release (association, error));
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  /* Short only where nobody answers: else the peer may be as late as a busy machine makes it. */
  const gboolean silence = c->then == THEN_SILENCE;
  const gboolean acse = c->action == DO_REQUEST || c->action == DO_RELEASE;
  const GantryTimeouts timeouts
      = { 10000, silence && acse ? 300 : 10000, silence ? 400 : 10000, silence ? 200 : 10000 };
  guint16 port;
  Peer peer = { net_raw_listen (&port), c };
  GThread *thread = g_thread_new ("peer", serve, &peer);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryAssociation) association
      = net_request (port, NULL, &timeouts, 65536, NULL, &error);

  if (c->action == DO_REQUEST)
    g_assert_null (association);
  else
    {
      g_assert_no_error (error);
      do_action (association, c->action, &error);
    }
  g_clear_pointer (&association, gantry_association_free);
  g_thread_join (thread);
  close (peer.listener);
  g_test_message ("%s", error->message);
  g_assert_error (error, GANTRY_ERROR, c->code);
  g_assert_nonnull (strstr (error->message, c->part));
}

/* ---- Before there is a connection ------------------------------------------------------------ */

static const struct
{
  const char *name, *host;
  int code;
  const char *part;
} addresses[] = {
  { "nothing-listens", "127.0.0.1", GANTRY_ERROR_UNREACHABLE, "nothing listens on port" },
  { "nothing-listens-6", "::1", GANTRY_ERROR_UNREACHABLE, "on port" },
  { "no-such-name", "no-such-host.invalid", -1, "no-such-host.invalid" },
};

static void
test_address (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GPtrArray) contexts = net_contexts_new ();
  guint16 port;
  int listener = net_raw_listen (&port);
  GantryAssociationRequest request = { .calling = "TESTER",
                                       .called = "GANTRY",
                                       .host = addresses[i].host,
                                       .port = port,
                                       .max_pdu = 65536,
                                       .timeouts = { 5000, 5000, 5000, 5000 },
                                       .contexts = contexts };
  g_autoptr (GError) error = NULL;

  close (listener);
  g_assert_null (gantry_association_request (&request, NULL, NULL, NULL, &error));
  g_test_message ("%s", error->message);
  /* Without a network, asking for a name may come to nothing or to its time-out. */
  g_assert_true (error->domain == GANTRY_ERROR);
  if (addresses[i].code >= 0)
    g_assert_cmpint (error->code, ==, addresses[i].code);
  g_assert_nonnull (strstr (error->message, addresses[i].part));
}

/* A listener whose queue is full: the handshake never ends. */
static void
test_connect_time_out (void)
{
  const GantryTimeouts timeouts = { 300, 5000, 5000, 5000 };
  guint16 port;
  int listener = net_raw_listen (&port);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fds[8];
  g_autoptr (GError) error = NULL;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (listen (listener, 0), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      g_assert_cmpint (connect (fds[i], (struct sockaddr *)&address, sizeof address), <=, 0);
    }
  g_assert_null (net_request (port, NULL, &timeouts, 65536, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "did not answer on port"));
  g_assert_nonnull (strstr (error->message, "within 0.3 s"));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  close (listener);
}

/* ---- Results of presentation contexts -------------------------------------------------------- */

static const struct
{
  guint8 result;
  const char *text;
} results[] = {
  { 0, "accepted" },
  { 1, "refused by the application" },
  { 2, "refused without a reason" },
  { 3, "SOP class not supported" },
  { 4, "transfer syntaxes not supported" },
};

static gpointer
serve_results (gpointer data)
{
  const int *listener = data;

  for (gsize i = 0; i < G_N_ELEMENTS (results); i++)
    {
      const guint8 all[3] = { 0, results[i].result, 2 };
      g_autoptr (GByteArray) answer = net_accept_pdu (all);
      int fd = accept (*listener, NULL, NULL);

      read_pdu (fd, 1);
      send (fd, answer->data, answer->len, MSG_NOSIGNAL);
      end (fd, THEN_SILENCE);
    }
  return NULL;
}

static void
test_context_results (void)
{
  guint16 port;
  int listener = net_raw_listen (&port);
  GThread *thread = g_thread_new ("peer", serve_results, &listener);

  for (gsize i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GantryAssociation) association = net_connect (port);
      GPtrArray *contexts = gantry_association_get_facts (association)->contexts;
      const GantryContext *context = contexts->pdata[1];

      g_assert_cmpint (context->id, ==, 3);
      g_assert_cmpint (context->result, ==, results[i].result);
      g_assert_cmpstr (gantry_context_result_describe (context->result), ==, results[i].text);
      g_assert_cmpint (
          gantry_association_find_context (association, CT_IMAGE, GANTRY_UID_EXPLICIT_LE), ==,
          results[i].result == 0 ? 3 : 0);
    }
  g_thread_join (thread);
  close (listener);
}

/* ---- Answers that accept, but break the rules ------------------------------------------------ */

#define ALL (-1)
#define SYNTAX 8 /* within a presentation context: the head of its transfer syntax */

/* One octet of an answer that is all right is another. */
static const struct
{
  const char *name;
  guint8 item; /* type of the item it is in; 0: before the items */
  int nth;     /* of that type */
  guint at;    /* from the beginning of the item */
  guint8 octet;
  const char *part; /* of the sentence; NULL: it is put up with */
} faulty[] = {
  { "whole", 0, 0, 1, 0, NULL },
  { "version", 0, 0, 7, 2, "another version of the DICOM upper layer protocol" },
  { "version-also-later", 0, 0, 7, 3, NULL },
  { "titles", 0, 0, 10, 'X', NULL }, /* PS3.8 9.3.3: not tested */
  { "application-context-missing", 0x10, 0, 0, 0x11, "names no application context" },
  { "item-length", 0x10, 0, 3, 22, "the lengths in it do not add up" },
  { "item-length-short", 0x10, 0, 3, 0, "the lengths in it do not add up" },
  { "contexts-missing", 0x21, ALL, 0, 0x22, NULL },
  { "context-missing", 0x21, 1, 0, 0x22, NULL },
  { "context-of-request", 0x21, 1, 0, 0x20, "one of the presentation contexts" },
  { "context-not-proposed", 0x21, 1, 4, 7, "presentation context 7, which was not proposed" },
  { "context-even", 0x21, 1, 4, 2, "one of the presentation contexts in its answer is not valid" },
  { "context-twice", 0x21, 1, 4, 5, "one of the presentation contexts in its answer" },
  { "context-length", 0x21, 1, 3, 3, "the lengths in it do not add up" },
  { "context-length-long", 0x21, 1, 2, 0x7F, "the lengths in it do not add up" },
  { "syntax-missing", 0x21, 1, SYNTAX, 0x41, "one of the presentation contexts in its answer" },
  { "syntax-not-proposed", 0x21, 1, SYNTAX + 4 + 18, '2',
    "CT Image Storage in a transfer syntax that was not proposed: Explicit VR BE" },
  { "syntax-length", 0x21, 1, SYNTAX + 3, 20, "the lengths in it do not add up" },
  { "syntax-too-long", 0x21, 1, SYNTAX + 2, 1, "the lengths in it do not add up" },
  { "user-information-missing", 0x50, 0, 0, 0x5F, NULL },
  { "user-information-length", 0x50, 0, 3, 7, "the lengths in it do not add up" },
  { "maximum-length-short", 0x51, 0, 3, 3, "the lengths in it do not add up" },
  { "implementation-length", 0x52, 0, 3, 0xFF, "the lengths in it do not add up" },
  { "role-length", 0x54, 0, 5, 0xFF, "the lengths in it do not add up" },
  { "extended-length", 0x56, 0, 5, 0xFF, "the lengths in it do not add up" },
  { "common-extended-length", 0x57, 0, 5, 0xFF, NULL }, /* nobody has to read it */
  { "identity-length", 0x59, 0, 5, 0xFF, "the lengths in it do not add up" },
};

/* With everything that an acceptor may say, whether asked or not. */
static GByteArray *
make_full_answer (void)
{
  static const char more[] = "\x53\0\0\x04\0\x01\0\x01"
                             "\x54\0\0\x09\0\x05"
                             "1.2.3\x01\x01"
                             "\x56\0\0\x0d\0\x05"
                             "1.2.3\x02\0\x03\0\0\0"
                             "\x57\0\0\x0e\0\x05"
                             "1.2.3\0\x03"
                             "1.2\0\0"
                             "\x59\0\0\x04\0\x02ok";
  GByteArray *pdu = net_accept_pdu (NULL);
  const guint user = pdu->len - 8 - 9; /* 51H and 52H with their heads */

  pdu->data[user - 1] += sizeof more - 1;
  g_byte_array_append (pdu, (const guint8 *)more, sizeof more - 1);
  net_associate_end (pdu);
  return pdu;
}

static gsize
item_length (const guint8 *item)
{
  return 4 + (item[2] << 8 | item[3]);
}

static void
spoil (GByteArray *pdu, gsize i)
{
  int nth = 0;

  if (faulty[i].item == 0)
    pdu->data[faulty[i].at] = faulty[i].octet;
  else
    for (gsize at = 74, next; at < pdu->len; at = next)
      {
        guint8 type = pdu->data[at];

        next = at + (type == 0x50 ? 4 : item_length (pdu->data + at)); /* it holds the others */
        if (type == faulty[i].item && (faulty[i].nth == ALL || faulty[i].nth == nth++))
          pdu->data[at + faulty[i].at] = faulty[i].octet;
      }
}

static gpointer
serve_faulty (gpointer data)
{
  const Peer *peer = data;
  int fd = accept (peer->listener, NULL, NULL);

  read_pdu (fd, 1);
  send (fd, peer->c->answer, peer->c->length, MSG_NOSIGNAL);
  end (fd, THEN_SILENCE);
  return NULL;
}

static void
test_faulty (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GByteArray) good = make_full_answer ();
  g_autoptr (GByteArray) answer = make_full_answer ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryAssociation) association = NULL;
  guint16 port;
  Case c = { .answer = (const char *)answer->data, .length = answer->len };
  Peer peer = { net_raw_listen (&port), &c };
  GThread *thread;

  spoil (answer, i);
  if (i > 0)
    g_assert_false (memcmp (good->data, answer->data, good->len) == 0);
  thread = g_thread_new ("peer", serve_faulty, &peer);
  association = net_request (port, NULL, NULL, 65536, NULL, &error);
  if (faulty[i].part == NULL)
    g_assert_no_error (error);
  else
    {
      g_assert_null (association);
      g_test_message ("%s", error->message);
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL);
      g_assert_nonnull (strstr (error->message, faulty[i].part));
    }
  g_clear_pointer (&association, gantry_association_free);
  g_thread_join (thread);
  close (peer.listener);
}

/* What is missing from an answer is neither accepted nor guessed. */
static void
test_missing (gconstpointer data)
{
  gboolean user_information = GPOINTER_TO_INT (data);
  g_autoptr (GByteArray) answer = net_accept_pdu (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryAssociation) association = NULL;
  const GantryAssociationFacts *facts;
  guint16 port;
  Case c = { .answer = (const char *)answer->data, .length = answer->len };
  Peer peer = { net_raw_listen (&port), &c };
  GThread *thread;

  for (gsize at = 74; at < answer->len; at += item_length (answer->data + at))
    if (answer->data[at] == (user_information ? 0x50 : 0x21))
      answer->data[at] = 0x7F;
  thread = g_thread_new ("peer", serve_faulty, &peer);
  association = net_request (port, NULL, NULL, 65536, NULL, &error);
  g_assert_no_error (error);
  facts = gantry_association_get_facts (association);
  g_assert_cmpuint (facts->contexts->len, ==, 3);
  for (guint i = 0; i < facts->contexts->len; i++)
    g_assert_cmpint (((GantryContext *)facts->contexts->pdata[i])->result, ==,
                     user_information ? 0 : 2);
  g_assert_cmpuint (facts->peer_max_pdu, ==, user_information ? 0 : 0x4000);
  g_assert_cmpstr (facts->peer_implementation_class_uid, ==, user_information ? "" : "1.2.3");
  g_clear_pointer (&association, gantry_association_free);
  g_thread_join (thread);
  close (peer.listener);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/reasons/", cases[i].name, NULL);
      g_test_add_data_func (path, &cases[i], test_case);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autofree char *path = g_strconcat ("/reasons/address/", addresses[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_address);
    }
  g_test_add_func ("/reasons/address/connect-time-out", test_connect_time_out);
  g_test_add_func ("/reasons/context-results", test_context_results);
  for (gsize i = 0; i < G_N_ELEMENTS (faulty); i++)
    {
      g_autofree char *path = g_strconcat ("/reasons/faulty/", faulty[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_faulty);
    }
  g_test_add_data_func ("/reasons/missing/contexts", GINT_TO_POINTER (FALSE), test_missing);
  g_test_add_data_func ("/reasons/missing/user-information", GINT_TO_POINTER (TRUE), test_missing);

  return g_test_run ();
}
