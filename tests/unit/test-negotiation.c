/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an association agrees on: contexts with several transfer syntaxes, extended negotiation,
 * roles; and what of it is then on the wire.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gantry-error.h"
#include "gantry-registry.h"
#include "net-pair.h"

#define MR_IMAGE "1.2.840.10008.5.1.4.1.1.4"
#define ENHANCED_SR "1.2.840.10008.5.1.4.1.1.88.22"
#define BASIC_TEXT "1.2.840.10008.5.1.4.1.1.88.11"
#define PRIVATE "1.2.826.0.1.3680043.2.1143.99.2"
#define JPEG_LS "1.2.840.10008.1.2.4.80"
#define JPEG_2000 "1.2.840.10008.1.2.4.90"

static void
assert_release (GantryAssociation *association)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gantry_association_release (association, &error));
  g_assert_no_error (error);
}

/* @syntaxes: with spaces between them */
static void
add_context (GPtrArray *contexts, const char *abstract_syntax, const char *syntaxes)
{
  g_auto (GStrv) proposed = g_strsplit (syntaxes, " ", -1);

  g_ptr_array_add (contexts, gantry_context_new (2 * contexts->len + 1, abstract_syntax,
                                                 (const char *const *)proposed, "", 0));
}

static GantryAssociation *
request (guint16 port, GPtrArray *contexts, gboolean extended)
{
  const GantryAssociationRequest request = { .calling = "TESTER",
                                             .called = "GANTRY",
                                             .host = "127.0.0.1",
                                             .port = port,
                                             .max_pdu = 65536,
                                             .timeouts = { 5000, 5000, 10000, 10000 },
                                             .contexts = contexts,
                                             .extended_negotiation = extended };
  g_autoptr (GError) error = NULL;
  GantryAssociation *association = gantry_association_request (&request, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (association);
  return association;
}

/* ---- Transfer syntaxes ----------------------------------------------------------------------- */

static const char *
choose_last (const GantryContext *context)
{
  return context->proposed[g_strv_length (context->proposed) - 1];
}

static const char *
choose_second (const GantryContext *context)
{
  return context->proposed[1];
}

static void
assert_found (GantryAssociation *association,
              const char *sop_class,
              const char *syntax,
              guint8 expected)
{
  g_assert_cmpuint (gantry_association_find_context (association, sop_class, syntax), ==, expected);
}

/* A context is found by what was accepted, not by what was proposed with it. */
static void
test_lists (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
  g_autoptr (GantryAssociation) association = NULL;
  g_autoptr (GError) error = NULL;
  guint16 status = 0xFFFF;

  add_context (contexts, CT_IMAGE, JPEG_2000 " " GANTRY_UID_IMPLICIT_LE " " GANTRY_UID_EXPLICIT_LE);
  add_context (contexts, CT_IMAGE, GANTRY_UID_IMPLICIT_LE " " JPEG_LS);
  add_context (contexts, CT_IMAGE, UNKNOWN_SYNTAX);
  add_context (contexts, MR_IMAGE, GANTRY_UID_EXPLICIT_LE " " JPEG_2000);
  scp->choose = choose_last;
  association = request (net_scp_get_port (scp), contexts, FALSE);

  assert_found (association, CT_IMAGE, GANTRY_UID_EXPLICIT_LE, 1);
  assert_found (association, CT_IMAGE, JPEG_LS, 3);
  assert_found (association, CT_IMAGE, UNKNOWN_SYNTAX, 5);
  assert_found (association, CT_IMAGE, JPEG_2000, 0);
  assert_found (association, CT_IMAGE, GANTRY_UID_IMPLICIT_LE, 0);
  assert_found (association, MR_IMAGE, JPEG_2000, 7);
  assert_found (association, MR_IMAGE, GANTRY_UID_EXPLICIT_LE, 0);
  g_assert_true (net_store (association, JPEG_LS, (const guint8 *)"octets", 6, &status, &error));
  assert_release (association);
  net_scp_wait (scp, &scp->released, 1);
  g_assert_cmpstr (scp->last_syntax, ==, JPEG_LS);
  net_scp_free (scp);
}

/* As many as there are in the registry, in each of the 128 contexts. */
static void
test_long_lists (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
  g_autoptr (GString) syntaxes = g_string_new (UNKNOWN_SYNTAX);
  g_autoptr (GantryAssociation) association = NULL;
  const GantrySopClass *classes;
  const GantryUid *uids;
  gsize n, n_classes;

  uids = gantry_uid_table (&n);
  for (gsize i = 0; i < n; i++)
    if (uids[i].type == GANTRY_UID_TRANSFER_SYNTAX)
      g_string_append_printf (syntaxes, " %s", uids[i].uid);
  classes = gantry_sop_class_table (&n_classes);
  g_assert_cmpuint (n_classes, >=, 128);
  for (guint i = 0; i < 128; i++)
    add_context (contexts, classes[i].uid, syntaxes->str);
  scp->choose = choose_last;
  association = request (net_scp_get_port (scp), contexts, TRUE);
  for (guint i = 0; i < 128; i++)
    assert_found (association, classes[i].uid, strrchr (syntaxes->str, ' ') + 1, 2 * i + 1);
  assert_release (association);
  net_scp_free (scp);
}

/* ---- Extended negotiation -------------------------------------------------------------------- */

static const char *
choose_without_mr (const GantryContext *context)
{
  return g_str_equal (context->abstract_syntax, MR_IMAGE) ? NULL : context->proposed[0];
}

static void
assert_extended (GPtrArray *items, guint i, const char *sop_class, const char *related)
{
  const GantryExtended *extended = items->pdata[i];
  g_autofree char *joined = g_strjoinv (" ", extended->related_classes);

  g_assert_cmpstr (extended->sop_class_uid, ==, sop_class);
  if (related == NULL)
    {
      g_assert_cmpint (extended->level, ==, 2);
      g_assert_cmpint (extended->signature_level, ==, 3);
      g_assert_cmpint (extended->coercion, ==, 0);
      g_assert_cmpmem (g_bytes_get_data (extended->raw, NULL), g_bytes_get_size (extended->raw),
                       "\2\0\3\0\0\0", 6);
      g_assert_cmpstr (extended->service_class_uid, ==, "");
    }
  else
    {
      g_assert_null (extended->raw);
      g_assert_cmpstr (extended->service_class_uid, ==, GANTRY_UID_STORAGE_SERVICE);
    }
  g_assert_cmpstr (joined, ==, related != NULL ? related : "");
}

static void
test_extended (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
  g_autoptr (GantryAssociation) association = NULL;
  const GantryAssociationFacts *facts;
  g_autoptr (GError) error = NULL;
  guint16 status = 0xFFFF;

  add_context (contexts, GANTRY_UID_VERIFICATION, GANTRY_UID_IMPLICIT_LE);
  add_context (contexts, CT_IMAGE, GANTRY_UID_EXPLICIT_LE);
  add_context (contexts, CT_IMAGE, GANTRY_UID_IMPLICIT_LE);
  add_context (contexts, MR_IMAGE, GANTRY_UID_EXPLICIT_LE);
  add_context (contexts, BASIC_TEXT, GANTRY_UID_EXPLICIT_LE);
  add_context (contexts, PRIVATE, GANTRY_UID_EXPLICIT_LE);
  scp->choose = choose_without_mr;
  association = request (net_scp_get_port (scp), contexts, TRUE);
  facts = gantry_association_get_facts (association);

  g_assert_cmpuint (facts->proposed_extended->len, ==, 8);
  assert_extended (facts->proposed_extended, 0, CT_IMAGE, NULL);
  assert_extended (facts->proposed_extended, 1, CT_IMAGE, "");
  assert_extended (facts->proposed_extended, 2, MR_IMAGE, NULL);
  assert_extended (facts->proposed_extended, 4, BASIC_TEXT, NULL);
  assert_extended (facts->proposed_extended, 5, BASIC_TEXT,
                   ENHANCED_SR " 1.2.840.10008.5.1.4.1.1.88.33 1.2.840.10008.5.1.4.1.1.88.34"
                               " 1.2.840.10008.5.1.4.1.1.88.35");
  assert_extended (facts->proposed_extended, 7, PRIVATE, "");
  g_assert_cmpuint (facts->answered_extended->len, ==, 3);
  assert_extended (facts->answered_extended, 0, CT_IMAGE, NULL);
  assert_extended (facts->answered_extended, 1, BASIC_TEXT, NULL);
  assert_extended (facts->answered_extended, 2, PRIVATE, NULL);

  g_assert_true (gantry_echo_scu (association, &status, &error));
  g_assert_true (net_store (association, GANTRY_UID_IMPLICIT_LE, (const guint8 *)"octets", 6,
                            &status, &error));
  assert_release (association);
  net_scp_wait (scp, &scp->released, 1);
  g_assert_cmpuint (scp->extended, ==, 8);
  net_scp_free (scp);
}

static void
test_not_extended (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GPtrArray) contexts = net_contexts_new ();
  g_autoptr (GantryAssociation) association = request (net_scp_get_port (scp), contexts, FALSE);
  const GantryAssociationFacts *facts = gantry_association_get_facts (association);

  g_assert_cmpuint (facts->proposed_extended->len, ==, 0);
  g_assert_cmpuint (facts->answered_extended->len, ==, 0);
  assert_release (association);
  net_scp_wait (scp, &scp->released, 1);
  g_assert_cmpuint (scp->extended, ==, 0);
  net_scp_free (scp);
}

/* ---- Roles ----------------------------------------------------------------------------------- */

/* SCP/SCU Role Selection (PS3.7 D.3.3.4) of a caller: whatever it proposes, it gets an answer. */
static void
test_roles (gconstpointer data)
{
  guint roles = GPOINTER_TO_UINT (data);
  NetScp *scp = net_scp_new (NULL);
  int fd = net_raw_connect (net_scp_get_port (scp));
  g_autoptr (GByteArray) pdu = net_associate_begin (1);
  g_autoptr (GByteArray) context = g_byte_array_new ();
  g_autoptr (GByteArray) role = g_byte_array_new ();
  g_autoptr (GByteArray) user = g_byte_array_new ();
  g_autoptr (GByteArray) answer = NULL;
  const guint8 wanted[] = { roles & 1, roles >> 1 };

  g_byte_array_append (context, (const guint8 *)"\1\0\0\0", 4);
  net_append_item (context, 0x30, CT_IMAGE, strlen (CT_IMAGE));
  net_append_item (context, 0x40, GANTRY_UID_EXPLICIT_LE, strlen (GANTRY_UID_EXPLICIT_LE));
  net_append_item (pdu, 0x20, context->data, context->len);
  g_byte_array_append (role, (const guint8 *)"\0\x19" CT_IMAGE, 2 + strlen (CT_IMAGE));
  g_byte_array_append (role, wanted, sizeof wanted);
  net_append_item (user, 0x51, "\0\0\x40\0", 4);
  net_append_item (user, 0x54, role->data, role->len);
  net_append_item (pdu, 0x50, user->data, user->len);
  net_associate_end (pdu);

  g_assert_cmpint (send (fd, pdu->data, pdu->len, MSG_NOSIGNAL), ==, pdu->len);
  answer = net_raw_read_pdu (fd);
  g_assert_cmpint (answer->data[0], ==, 2);
  close (fd);
  net_scp_wait (scp, &scp->served, 1);
  net_scp_free (scp);
}

/* ---- C-STORE-RQ ------------------------------------------------------------------------------ */

typedef struct
{
  int listener;
  GByteArray *message; /* the first PDU after the association stood */
} Peer;

static gpointer
serve (gpointer data)
{
  Peer *peer = data;
  int fd = accept (peer->listener, NULL, NULL);
  g_autoptr (GByteArray) asked = net_raw_read_pdu (fd);
  g_autoptr (GByteArray) answer = net_accept_pdu (NULL);

  g_assert_cmpint (asked->data[0], ==, 1);
  g_assert_cmpint (send (fd, answer->data, answer->len, MSG_NOSIGNAL), ==, answer->len);
  peer->message = net_raw_read_pdu (fd);
  close (fd);
  return NULL;
}

/* Priority (0000,0700) US, Implicit Little Endian. */
static void
test_priority (gconstpointer data)
{
  GantryPriority priority = GPOINTER_TO_INT (data);
  const guint8 element[] = { 0, 0, 0, 7, 2, 0, 0, 0, priority, 0 };
  guint16 port;
  Peer peer = { .listener = net_raw_listen (&port) };
  GThread *thread = g_thread_new ("peer", serve, &peer);
  g_autoptr (GPtrArray) contexts = net_contexts_new ();
  g_autoptr (GantryAssociation) association = request (port, contexts, FALSE);
  g_autoptr (GError) error = NULL;
  GantryCommand response;

  g_assert_false (gantry_store_scu_data (association, 3, (const guint8 *)"octets", 6, CT_IMAGE,
                                         "1.2.3", priority, NULL, NULL, &response, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED);
  g_thread_join (thread);
  g_assert_cmpint (peer.message->data[0], ==, 4);
  g_assert_nonnull (memmem (peer.message->data, peer.message->len, element, sizeof element));
  g_byte_array_unref (peer.message);
  close (peer.listener);
}

static void
test_store_data (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
  g_autoptr (GantryAssociation) association = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *octets = g_malloc (300000);
  GantryCommand response;

  add_context (contexts, CT_IMAGE, GANTRY_UID_EXPLICIT_LE " " JPEG_LS);
  scp->choose = choose_second;
  association = request (net_scp_get_port (scp), contexts, TRUE);
  for (guint i = 0; i < 300000; i++)
    octets[i] = (i * 2654435761u) >> 13;
  for (guint length = 300000; length > 0; length -= 100000)
    {
      g_assert_true (gantry_store_scu_data (association, 1, octets, length, CT_IMAGE, "1.2.9",
                                            GANTRY_PRIORITY_LOW, NULL, NULL, &response, &error));
      g_assert_no_error (error);
      g_assert_cmphex (response.status, ==, 0x0000);
      g_assert_cmpmem (scp->last_object->data, scp->last_object->len, octets, length);
    }
  net_scp_set (scp, &scp->answer, 0xA700);
  g_assert_true (gantry_store_scu_data (association, 1, octets, 2, CT_IMAGE, "1.2.10",
                                        GANTRY_PRIORITY_LOW, NULL, NULL, &response, &error));
  g_assert_cmphex (response.status, ==, 0xA700);
  g_assert_cmpstr (scp->last_instance, ==, "1.2.10");
  g_assert_cmpstr (scp->last_syntax, ==, JPEG_LS);
  assert_release (association);
  net_scp_free (scp);
}

int
main (int argc, char *argv[])
{
  static const char *const roles[] = { "none", "scu", "scp", "both" };
  static const char *const priorities[] = { "medium", "high", "low" };

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/negotiation/lists", test_lists);
  g_test_add_func ("/negotiation/long-lists", test_long_lists);
  g_test_add_func ("/negotiation/extended", test_extended);
  g_test_add_func ("/negotiation/not-extended", test_not_extended);
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_autofree char *path = g_strconcat ("/negotiation/roles/", roles[i], NULL);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_roles);
    }
  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
    {
      g_autofree char *path = g_strconcat ("/negotiation/priority/", priorities[i], NULL);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_priority);
    }
  g_test_add_func ("/negotiation/store-data", test_store_data);

  return g_test_run ();
}
