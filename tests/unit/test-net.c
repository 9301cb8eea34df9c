/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Our own requestor and acceptor against each other, over loopback.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gantry-error.h"
#include "gantry-registry.h"
#include "gantry-wire.h"
#include "net-pair.h"

/* Two octets do not repeat for a long time, so that nothing can be lost or doubled unseen. */
static guint8 *
make_octets (gsize length)
{
  guint8 *octets = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    octets[i] = (i * 2654435761u) >> 13;
  return octets;
}

static void
assert_release (GantryAssociation *association)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gantry_association_release (association, &error));
  g_assert_no_error (error);
}

/* ---- Echo and facts -------------------------------------------------------------------------- */

static void
test_echo (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GantryAssociation) association = net_connect (net_scp_get_port (scp));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100; i++)
    {
      guint16 status = 0xFFFF;

      g_assert_true (gantry_echo_scu (association, &status, &error));
      g_assert_no_error (error);
      g_assert_cmphex (status, ==, 0x0000);
    }
  assert_release (association);
  net_scp_wait (scp, &scp->released, 1);
  g_assert_cmpuint (scp->echoes, ==, 100);
  g_assert_false (gantry_association_release (association, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED);
  net_scp_free (scp);
}

/* Without a descriptor to wake it by, a connection could not be ended: it is not begun. */
static void
test_no_descriptors (void)
{
  struct rlimit before, none;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = before;
  none.rlim_cur = 0;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  {
    g_autoptr (GantryWire) wire = gantry_wire_new (ends[0]);

    g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
    gantry_wire_cancel (wire);
    g_assert_false (gantry_wire_wait (wire));
    g_assert_cmpint (gantry_wire_get_state (wire), ==, GANTRY_WIRE_LOST);
    g_assert_cmpint (gantry_wire_get_errno (wire), ==, EMFILE);
  }
  close (ends[1]);
}

static void
test_facts (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GantryAssociation) association = net_connect (net_scp_get_port (scp));
  const GantryAssociationFacts *facts = gantry_association_get_facts (association);
  const char *abstract_syntax;
  guint64 in, out;

  g_assert_cmpstr (facts->calling, ==, "TESTER");
  g_assert_cmpstr (facts->called, ==, "GANTRY");
  g_assert_cmpstr (facts->peer_implementation_class_uid, ==, GANTRY_IMPLEMENTATION_CLASS_UID);
  g_assert_cmpstr (facts->peer_implementation_version, ==, GANTRY_IMPLEMENTATION_VERSION);
  g_assert_cmpuint (facts->peer_max_pdu, ==, GANTRY_DEFAULT_MAX_PDU);
  g_assert_cmpuint (facts->contexts->len, ==, 3);
  g_assert_cmpint (((guint8 *)g_bytes_get_data (facts->request_pdu, NULL))[0], ==, 1);
  g_assert_cmpint (((guint8 *)g_bytes_get_data (facts->answer_pdu, NULL))[0], ==, 2);
  g_assert_cmpint (facts->step_elapsed[GANTRY_STEP_NAME], >=, 0);
  g_assert_cmpint (facts->step_elapsed[GANTRY_STEP_CONNECTION], >=, 0);
  g_assert_cmpint (facts->step_elapsed[GANTRY_STEP_ASSOCIATION], >, 0);
  g_assert_cmpint (facts->step_elapsed[GANTRY_STEP_MESSAGE], ==, -1);
  g_assert_cmpuint (gantry_association_find_context (association, CT_IMAGE, UNKNOWN_SYNTAX), ==, 5);
  g_assert_cmpuint (gantry_association_find_context (association, CT_IMAGE, "1.2"), ==, 0);
  g_assert_cmpstr (gantry_association_get_transfer_syntax (association, 5, &abstract_syntax), ==,
                   UNKNOWN_SYNTAX);
  g_assert_cmpstr (abstract_syntax, ==, CT_IMAGE);
  g_assert_null (gantry_association_get_transfer_syntax (association, 7, NULL));
  gantry_association_get_traffic (association, &in, &out);
  g_assert_cmpuint (in, ==, g_bytes_get_size (facts->answer_pdu));
  g_assert_cmpuint (out, ==, g_bytes_get_size (facts->request_pdu));
  assert_release (association);
  net_scp_free (scp);
}

/* ---- Storing --------------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  gsize length;
  guint32 max_pdu; /* that the acceptor takes */
  const char *transfer_syntax;
} StoreCase;

static const StoreCase store_cases[] = {
  { "empty", 0, 131072, GANTRY_UID_EXPLICIT_LE },
  { "two", 2, 131072, GANTRY_UID_EXPLICIT_LE },
  { "small", 9216, 131072, GANTRY_UID_EXPLICIT_LE },
  { "unknown-syntax", 9216, 131072, UNKNOWN_SYNTAX },
  { "one-fragment-exactly", 131060, 131072, GANTRY_UID_EXPLICIT_LE },
  { "one-fragment-and-two", 131062, 131072, GANTRY_UID_EXPLICIT_LE },
  { "tiny-pdu", 1000000, 4096, GANTRY_UID_EXPLICIT_LE },
  { "odd-pdu", 1000000, 5001, GANTRY_UID_EXPLICIT_LE },
  { "large", 50 * 1000 * 1000, 131072, GANTRY_UID_EXPLICIT_LE },
};

static guint32 acceptor_max_pdu;

static void
change_max_pdu (GantryAcceptorOptions *options)
{
  options->max_pdu = acceptor_max_pdu;
}

static void
test_store (gconstpointer data)
{
  const StoreCase *c = data;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *octets = make_octets (c->length);
  g_autoptr (GantryAssociation) association = NULL;
  guint16 status = 0xFFFF;
  NetScp *scp;

  acceptor_max_pdu = c->max_pdu;
  scp = net_scp_new (change_max_pdu);
  association = net_connect (net_scp_get_port (scp));
  for (guint i = 1; i <= 3; i++)
    {
      g_assert_true (
          net_store (association, c->transfer_syntax, octets, c->length, &status, &error));
      g_assert_no_error (error);
      g_assert_cmphex (status, ==, 0x0000);
      net_scp_wait (scp, &scp->objects, i);
      g_assert_cmpmem (scp->last_object->data, scp->last_object->len, octets, c->length);
      g_assert_cmpstr (scp->last_syntax, ==, c->transfer_syntax);
      g_assert_cmpstr (scp->last_class, ==, CT_IMAGE);
      g_assert_cmpstr (scp->last_instance, ==, "1.2.3.4.5");
    }
  assert_release (association);
  net_scp_free (scp);
}

static void
count_progress (guint64 sent, gpointer user_data)
{
  guint64 *last = user_data;

  g_assert_cmpuint (sent, >, *last);
  *last = sent;
}

static void
test_store_file (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GantryAssociation) association = net_connect (net_scp_get_port (scp));
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("gantry-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.dcm", NULL);
  g_autofree guint8 *octets = make_octets (300132);
  GantryCommand response;
  guint64 last = 0;
  struct
  {
    gsize length, offset;
    gboolean good;
  } const files[] = { { 300132, 132, TRUE }, { 300131, 132, FALSE }, { 100, 132, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      gboolean good;

      g_assert_true (g_file_set_contents (path, (char *)octets, files[i].length, NULL));
      good = gantry_store_scu (association, 3, path, NULL, files[i].offset, CT_IMAGE, "1.2.9",
                               GANTRY_PRIORITY_MEDIUM, i == 0 ? count_progress : NULL, &last,
                               &response, &error);
      g_assert_cmpint (good, ==, files[i].good);
      if (!good)
        g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
      g_clear_error (&error);
    }
  /* Another file than the one that was meant, and an object that no request can name. */
  for (guint i = 0; i < 2; i++)
    {
      static const GantryFileMark other = { .size = 100, .modified = 1 };
      const char *uid = i == 0 ? "1.2.9"
                               : "1.2.3.4444444444444444444444444444444444444444444444444444444444"
                                 "444444444";

      g_assert_false (gantry_store_scu (association, 3, path, i == 0 ? &other : NULL, 0, CT_IMAGE,
                                        uid, GANTRY_PRIORITY_MEDIUM, NULL, NULL, &response,
                                        &error));
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
      g_assert_nonnull (strstr (error->message, i == 0 ? "changed" : "more than 64 characters"));
      g_clear_error (&error);
    }
  /* Gone, and then a named pipe that nobody writes to in its place. */
  unlink (path);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (gantry_store_scu (association, 3, path, NULL, 0, CT_IMAGE, "1.2.9",
                                        GANTRY_PRIORITY_MEDIUM, NULL, NULL, &response, &error));
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
      g_clear_error (&error);
      g_assert_cmpint (i == 0 ? mkfifo (path, 0600) : unlink (path), ==, 0);
    }
  rmdir (folder);

  g_assert_cmpuint (last, ==, 300000);
  g_assert_cmpmem (scp->last_object->data, scp->last_object->len, octets + 132, 300000);
  /* The files were to blame: the association stands. */
  assert_release (association);
  net_scp_free (scp);
}

typedef struct
{
  const char *name;
  gsize length; /* of the file, changed once its first piece is on its way */
  gsize cut;    /* to this length; 0: it gets another time instead */
} ChangeCase;

static const ChangeCase change_cases[] = {
  { "cut-behind-what-was-read", 3000000, 2000000 },
  { "cut-to-nothing", 3000000, 1 },
  { "written-again", 3000000, 0 },
};

typedef struct
{
  const ChangeCase *change;
  const char *path;
} ChangingFile;

static void
change_file (guint64 sent G_GNUC_UNUSED, gpointer user_data)
{
  const ChangingFile *file = user_data;
  const struct timespec times[2] = { { 1, 0 }, { 1, 0 } };

  if (file->change->cut > 0)
    g_assert_cmpint (truncate (file->path, (off_t)file->change->cut), ==, 0);
  else
    g_assert_cmpint (utimensat (AT_FDCWD, file->path, times, 0), ==, 0);
}

/* The peer must not take a part, or a mixture, for the whole. */
static void
test_file_changes (gconstpointer data)
{
  const ChangeCase *c = data;
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GantryAssociation) association = net_connect (net_scp_get_port (scp));
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("gantry-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.dcm", NULL);
  g_autofree guint8 *octets = make_octets (c->length);
  const ChangingFile file = { c, path };
  GantryCommand response;

  g_assert_true (g_file_set_contents (path, (char *)octets, (gssize)c->length, NULL));
  g_assert_false (gantry_association_is_over (association));
  g_assert_false (gantry_store_scu (association, 3, path, NULL, 132, CT_IMAGE, "1.2.9",
                                    GANTRY_PRIORITY_MEDIUM, change_file, (gpointer)&file, &response,
                                    &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "changed while it was being sent"));
  g_assert_true (gantry_association_is_over (association));
  net_scp_wait (scp, &scp->served, 1);
  g_assert_cmpuint (scp->objects, ==, 0);
  unlink (path);
  rmdir (folder);
  net_scp_free (scp);
}

static void
test_statuses (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GantryAssociation) association = net_connect (net_scp_get_port (scp));
  g_autofree guint8 *octets = make_octets (200000);
  guint16 status;

  net_scp_set (scp, &scp->answer, 0xB007);
  g_assert_true (net_store (association, GANTRY_UID_EXPLICIT_LE, octets, 200000, &status, NULL));
  g_assert_cmphex (status, ==, 0xB007);
  net_scp_set (scp, &scp->refuse_begin, TRUE);
  g_assert_true (net_store (association, GANTRY_UID_EXPLICIT_LE, octets, 200000, &status, NULL));
  g_assert_cmphex (status, ==, 0xA700);
  g_assert_cmpuint (scp->objects, ==, 1);
  assert_release (association);
  net_scp_free (scp);
}

static void
test_unknown_operation (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GantryAssociation) association = net_connect (net_scp_get_port (scp));
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *octets = make_octets (5000);
  GantryCommand command = { .field = 0x0020, .message_id = 4, .sop_class_uid = CT_IMAGE };
  GantryCommand cancel
      = { .field = GANTRY_COMMAND_C_CANCEL_RQ, .data_set_type = GANTRY_COMMAND_NO_DATA_SET };
  GantryCommand response;
  guint8 id;

  /* A C-FIND with its identifier; then a cancel, to which nothing is answered. */
  g_assert_true (
      gantry_association_send (association, 3, &command, octets, 5000, NULL, NULL, &error));
  g_assert_true (gantry_association_send (association, 3, &cancel, NULL, 0, NULL, NULL, &error));
  g_assert_cmpint (gantry_association_receive (association, 5000, &id, &response, &error), ==,
                   GANTRY_RECEIVED_COMMAND);
  g_assert_cmphex (response.field, ==, 0x8020);
  g_assert_cmphex (response.status, ==, 0x0211);
  assert_release (association);
  net_scp_free (scp);
}

typedef struct
{
  const char *name;
  guint8 context_id; /* 1: Verification, 3: CT */
  guint16 field;
  const char *sop_class_uid;
} ForeignCase;

static const ForeignCase foreign_cases[] = {
  { "store-of-another-class", 3, GANTRY_COMMAND_C_STORE_RQ, "1.2.840.10008.5.1.4.1.1.4" },
  { "store-of-a-longer-class", 3, GANTRY_COMMAND_C_STORE_RQ, CT_IMAGE ".1" },
  { "store-of-no-class", 3, GANTRY_COMMAND_C_STORE_RQ, "" },
  { "store-on-verification", 1, GANTRY_COMMAND_C_STORE_RQ, CT_IMAGE },
  { "store-of-verification", 1, GANTRY_COMMAND_C_STORE_RQ, GANTRY_UID_VERIFICATION },
  { "echo-on-ct", 3, GANTRY_COMMAND_C_ECHO_RQ, GANTRY_UID_VERIFICATION },
  { "echo-of-ct", 3, GANTRY_COMMAND_C_ECHO_RQ, CT_IMAGE },
};

/* What is not what its context was accepted for: refused, and the next one is taken. */
static void
test_foreign (gconstpointer data)
{
  const ForeignCase *c = data;
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GantryAssociation) association = net_connect (net_scp_get_port (scp));
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *octets = make_octets (50000);
  gboolean store = c->field == GANTRY_COMMAND_C_STORE_RQ;
  GantryCommand command = { .field = c->field,
                            .message_id = 7,
                            .data_set_type = store ? 0 : GANTRY_COMMAND_NO_DATA_SET };
  GantryCommand response;
  guint16 status;
  guint8 id;

  g_strlcpy (command.sop_class_uid, c->sop_class_uid, sizeof command.sop_class_uid);
  g_strlcpy (command.sop_instance_uid, store ? "1.2.3" : "", sizeof command.sop_instance_uid);
  g_assert_true (gantry_association_send (association, c->context_id, &command, octets,
                                          store ? 50000 : 0, NULL, NULL, &error));
  g_assert_cmpint (gantry_association_receive (association, 5000, &id, &response, &error), ==,
                   GANTRY_RECEIVED_COMMAND);
  g_assert_cmpuint (id, ==, c->context_id);
  g_assert_cmphex (response.field, ==, c->field | 0x8000);
  g_assert_cmpuint (response.message_id_responded_to, ==, 7);
  g_assert_cmphex (response.status, ==, 0x0122);
  g_assert_cmpuint (scp->objects, ==, 0);
  g_assert_true (net_store (association, GANTRY_UID_EXPLICIT_LE, octets, 50000, &status, NULL));
  g_assert_cmphex (status, ==, 0);
  assert_release (association);
  g_assert_cmpuint (scp->echoes, ==, 0);
  net_scp_free (scp);
}

static void
test_many_contexts (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
  g_autoptr (GantryAssociation) association = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 128; i++)
    {
      g_autofree char *syntax = g_strdup_printf ("1.2.826.0.1.3680043.2.1143.5.%u", i);
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv) proposed = NULL;

      for (guint n = 0; n < 40; n++)
        {
          g_autofree char *uid = g_strdup_printf ("1.2.826.0.1.3680043.2.1143.6.%u.%u", i, n);
          g_strv_builder_add (builder, uid);
        }
      proposed = g_strv_builder_end (builder);
      g_ptr_array_add (
          contexts, gantry_context_new (2 * i + 1, syntax, (const char *const *)proposed, "", 0));
    }
  association = net_request (net_scp_get_port (scp), contexts, NULL, 65536, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 128; i++)
    {
      g_autofree char *uid = g_strdup_printf ("1.2.826.0.1.3680043.2.1143.6.%u.0", i);
      const char *accepted = gantry_association_get_transfer_syntax (association, 2 * i + 1, NULL);

      g_assert_cmpstr (accepted, ==, uid);
    }
  assert_release (association);
  net_scp_free (scp);
}

/* ---- Refusals -------------------------------------------------------------------------------- */

static void
test_rejected (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GError) error = NULL;

  net_scp_set (scp, &scp->reject, TRUE);
  g_assert_null (net_request (net_scp_get_port (scp), NULL, NULL, 65536, NULL, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_REJECTED);
  net_scp_wait (scp, &scp->turned_away, 1);
  g_assert_cmpuint (scp->last_reject.reason, ==, 7);
  net_scp_free (scp);
}

static void
test_no_context (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GantryAssociation) association = NULL;
  g_autoptr (GError) error = NULL;
  guint16 status;

  net_scp_set (scp, &scp->refuse_contexts, TRUE);
  association = net_connect (net_scp_get_port (scp));
  g_assert_null (gantry_association_get_transfer_syntax (association, 1, NULL));
  g_assert_false (gantry_echo_scu (association, &status, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_NOT_ACCEPTED);
  for (guint i = 0; i < 3; i++)
    {
      GantryContext *context = gantry_association_get_facts (association)->contexts->pdata[i];
      g_assert_cmpuint (context->result, ==, 3);
    }
  assert_release (association);
  net_scp_free (scp);
}

static void
test_refused_context_used (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GantryAssociation) association = NULL;
  g_autoptr (GError) error = NULL;
  GantryCommand command
      = { .field = GANTRY_COMMAND_C_ECHO_RQ, .data_set_type = GANTRY_COMMAND_NO_DATA_SET };
  GantryCommand response;
  guint8 id;

  net_scp_set (scp, &scp->refuse_contexts, TRUE);
  association = net_connect (net_scp_get_port (scp));
  g_assert_true (gantry_association_send (association, 1, &command, NULL, 0, NULL, NULL, &error));
  g_assert_cmpint (gantry_association_receive (association, 5000, &id, &response, &error), ==,
                   GANTRY_RECEIVED_ERROR);
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED);
  net_scp_wait (scp, &scp->served, 1);
  g_assert_error (scp->last_error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL);
  net_scp_free (scp);
}

static void
change_to_two (GantryAcceptorOptions *options)
{
  options->max_associations = 2;
}

static void
test_local_limit (void)
{
  NetScp *scp = net_scp_new (change_to_two);
  guint16 port = net_scp_get_port (scp);
  GantryAssociation *first = net_connect (port);
  GantryAssociation *second = net_connect (port);
  g_autoptr (GantryAssociation) third = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (net_request (port, NULL, NULL, 65536, NULL, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_REJECTED_FOR_NOW);
  net_scp_wait (scp, &scp->turned_away, 1);
  g_assert_cmpuint (scp->last_reject.result, ==, 2);
  g_assert_cmpuint (scp->last_reject.source, ==, 3);
  g_assert_cmpuint (scp->last_reject.reason, ==, 2);

  gantry_association_free (first);
  net_scp_wait (scp, &scp->served, 1);
  /* The place is free once its worker has ended, which is a moment after serve(). */
  while (third == NULL)
    third = net_request (port, NULL, NULL, 65536, NULL, NULL);
  gantry_association_free (second);
  net_scp_free (scp);
}

static void
test_abort (void)
{
  NetScp *scp = net_scp_new (NULL);
  GantryAssociation *association = net_connect (net_scp_get_port (scp));

  gantry_association_abort (association);
  gantry_association_abort (association);
  net_scp_wait (scp, &scp->served, 1);
  g_assert_error (scp->last_error, GANTRY_ERROR, GANTRY_ERROR_ABORTED);
  g_assert_cmpuint (scp->released, ==, 0);
  gantry_association_free (association);
  net_scp_free (scp);
}

/* ---- Nobody there ---------------------------------------------------------------------------- */

typedef struct
{
  const char *name, *host;
  int code; /* GantryError */
  GantryStep step;
} Nowhere;

static const Nowhere nowhere[] = {
  { "refused", "127.0.0.1", GANTRY_ERROR_UNREACHABLE, GANTRY_STEP_CONNECTION },
  { "refused-ipv6", "::1", GANTRY_ERROR_UNREACHABLE, GANTRY_STEP_CONNECTION },
  { "no-such-name", "no-such-host.invalid", GANTRY_ERROR_UNREACHABLE, GANTRY_STEP_NAME },
};

static void
test_nowhere (gconstpointer data)
{
  const Nowhere *c = data;
  g_autoptr (GPtrArray) contexts = net_contexts_new ();
  g_autoptr (GError) error = NULL;
  guint16 port;
  int fd = net_raw_listen (&port);
  GantryAssociationRequest request = { .calling = "A",
                                       .called = "B",
                                       .host = c->host,
                                       .port = port,
                                       .max_pdu = 65536,
                                       .timeouts = { 3000, 500, 500, 500 },
                                       .contexts = contexts };
  GantryStep step = GANTRY_N_STEPS;
  gint64 elapsed[GANTRY_N_STEPS];

  close (fd); /* now nobody listens there */
  g_assert_null (gantry_association_request (&request, NULL, &step, elapsed, &error));
  g_test_message ("%s", error->message);
  /* Without a name server the same name may also end late. */
  if (c->step != GANTRY_STEP_NAME || error->code != GANTRY_ERROR_TIMED_OUT)
    g_assert_error (error, GANTRY_ERROR, c->code);
  g_assert_cmpint (step, ==, c->step);
  g_assert_cmpint (elapsed[c->step], >=, 0);
  g_assert_cmpint (elapsed[c->step + 1], ==, -1);
}

/* ---- Cancelled ------------------------------------------------------------------------------- */

static gpointer
cancel_soon (gpointer data)
{
  g_usleep (30000);
  g_cancellable_cancel (data);
  return NULL;
}

/* A listener that takes the connection and never answers. */
static void
test_cancel_negotiation (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint16 port;
  int fd = net_raw_listen (&port);
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
  gint64 start = g_get_monotonic_time ();

  g_assert_null (net_request (port, NULL, NULL, 65536, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
  g_clear_error (&error);
  g_assert_null (net_request (port, NULL, NULL, 65536, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  close (fd);
}

static gpointer
cancel_association_soon (gpointer data)
{
  g_usleep (30000);
  gantry_association_cancel (data);
  return NULL;
}

typedef struct
{
  const char *name;
  gsize length; /* to send; 0: only wait */
} CancelCase;

static const CancelCase cancel_cases[] = { { "waiting", 0 }, { "writing", 64 * 1024 * 1024 } };

/* The acceptor does not serve, so an answer never comes, and a large object does not get through.
 */
static void
test_cancel_message (gconstpointer data)
{
  const CancelCase *c = data;
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GantryAssociation) association = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *octets = make_octets (c->length);
  GThread *thread;
  gint64 start = g_get_monotonic_time ();
  guint16 status;

  net_scp_set (scp, &scp->hold, TRUE);
  association = net_connect (net_scp_get_port (scp));
  thread = g_thread_new ("cancel", cancel_association_soon, association);
  if (c->length == 0)
    g_assert_false (gantry_echo_scu (association, &status, &error));
  else
    g_assert_false (
        net_store (association, GANTRY_UID_EXPLICIT_LE, octets, c->length, &status, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
  g_thread_join (thread);

  net_scp_set (scp, &scp->hold, FALSE);
  net_scp_wait (scp, &scp->served, 1);
  g_assert_error (scp->last_error, GANTRY_ERROR, GANTRY_ERROR_ABORTED);
  net_scp_free (scp);
}

typedef struct
{
  NetScp *scp;
  GantryAssociation *association;
  gboolean answer;
} Canceller;

static gpointer
cancel_when_whole (gpointer data)
{
  Canceller *self = data;

  net_scp_wait (self->scp, &self->scp->objects, 1);
  gantry_association_cancel (self->association);
  if (self->answer)
    net_scp_set (self->scp, &self->scp->wait_at, 0);
  return NULL;
}

/* The peer has the whole object: its answer counts if it comes soon. */
static void
test_cancel_whole (gconstpointer data)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GantryAssociation) association = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 octets[1000] = { 0 };
  Canceller canceller = { scp, NULL, data != NULL };
  GThread *thread;
  gint64 start = g_get_monotonic_time ();
  GantryCommand response;
  guint8 context;

  net_scp_set (scp, &scp->wait_at, 1);
  canceller.association = association = net_connect (net_scp_get_port (scp));
  thread = g_thread_new ("cancel", cancel_when_whole, &canceller);
  context = gantry_association_find_context (association, CT_IMAGE, GANTRY_UID_EXPLICIT_LE);
  g_assert_cmpint (gantry_store_scu_data (association, context, octets, sizeof octets, CT_IMAGE,
                                          "1.2.3.4.5", GANTRY_PRIORITY_MEDIUM, NULL, NULL,
                                          &response, &error),
                   ==, canceller.answer);
  g_thread_join (thread);
  if (canceller.answer)
    g_assert_cmphex (response.status, ==, 0);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (gantry_association_is_answer_due (association), ==, !canceller.answer);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  net_scp_set (scp, &scp->wait_at, 0);
  net_scp_free (scp);
}

/* ---- Time-outs ------------------------------------------------------------------------------- */

static void
test_time_out_negotiation (void)
{
  GantryTimeouts timeouts = { 10000, 100, 10000, 10000 };
  g_autoptr (GError) error = NULL;
  guint16 port;
  int fd = net_raw_listen (&port);
  gint64 start = g_get_monotonic_time ();

  g_assert_null (net_request (port, NULL, &timeouts, 65536, NULL, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 100000);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 9 * G_USEC_PER_SEC);
  close (fd);
}

static const CancelCase time_out_cases[] = { { "response", 0 }, { "write", 64 * 1024 * 1024 } };

static void
test_time_out_message (gconstpointer data)
{
  const CancelCase *c = data;
  NetScp *scp = net_scp_new (NULL);
  GantryTimeouts timeouts = { 10000, 10000, 150, 10000 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryAssociation) association
      = net_request (net_scp_get_port (scp), NULL, &timeouts, 65536, NULL, &error);
  g_autofree guint8 *octets = make_octets (c->length);
  gint64 start = g_get_monotonic_time ();
  guint16 status;

  /* Taken up by the acceptor, which then does not serve. */
  net_scp_set (scp, &scp->hold, TRUE);
  g_clear_pointer (&association, gantry_association_free);
  association = net_request (net_scp_get_port (scp), NULL, &timeouts, 65536, NULL, &error);
  g_assert_no_error (error);
  if (c->length == 0)
    g_assert_false (gantry_echo_scu (association, &status, &error));
  else
    g_assert_false (
        net_store (association, GANTRY_UID_EXPLICIT_LE, octets, c->length, &status, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 9 * G_USEC_PER_SEC);

  net_scp_set (scp, &scp->hold, FALSE);
  net_scp_free (scp);
}

/* ---- The acceptor ---------------------------------------------------------------------------- */

static void
test_port_taken (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autofree char *port = g_strdup_printf ("%u", net_scp_get_port (scp));
  GantryAcceptorOptions options = { .port = net_scp_get_port (scp), .max_pdu = 65536 };
  GantryAcceptorFuncs funcs = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_null (gantry_acceptor_new (&options, &funcs, NULL, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, port));
  g_clear_error (&error);
  options.address = "203.0.113.77";
  g_assert_null (gantry_acceptor_new (&options, &funcs, NULL, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS);
  net_scp_free (scp);
}

/* Associations that stand are cancelled, whatever they wait for. */
static void
test_stop (void)
{
  NetScp *scp = net_scp_new (NULL);
  GantryAssociation *associations[20];
  gint64 start;

  for (guint i = 0; i < G_N_ELEMENTS (associations); i++)
    associations[i] = net_connect (net_scp_get_port (scp));
  start = g_get_monotonic_time ();
  g_clear_pointer (&scp->acceptor, gantry_acceptor_free);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 1900000); /* their time-out is 2 s */
  g_assert_cmpuint (scp->served, ==, G_N_ELEMENTS (associations));
  g_assert_error (scp->last_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (guint i = 0; i < G_N_ELEMENTS (associations); i++)
    {
      g_autoptr (GError) error = NULL;
      guint16 status;

      g_assert_false (gantry_echo_scu (associations[i], &status, &error));
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED);
      gantry_association_free (associations[i]);
    }
  net_scp_free (scp);
}

static gpointer
store_some (gpointer data)
{
  g_autoptr (GantryAssociation) association = net_connect (GPOINTER_TO_UINT (data));
  g_autofree guint8 *octets = make_octets (20000);

  for (guint i = 0; i < 50; i++)
    {
      guint16 status = 0xFFFF;

      g_assert_true (net_store (association, GANTRY_UID_EXPLICIT_LE, octets, 20000, &status, NULL));
      g_assert_cmphex (status, ==, 0x0000);
    }
  assert_release (association);
  return NULL;
}

static void
test_at_once (void)
{
  NetScp *scp = net_scp_new (NULL);
  GThread *threads[8];

  for (guint round = 0; round < 3; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i]
            = g_thread_new ("scu", store_some, GUINT_TO_POINTER ((guint)net_scp_get_port (scp)));
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        g_thread_join (threads[i]);
    }
  net_scp_wait (scp, &scp->released, 24);
  g_assert_cmpuint (scp->objects, ==, 24 * 50);
  net_scp_free (scp);
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

  g_test_add_func ("/net/echo", test_echo);
  g_test_add_func ("/net/facts", test_facts);
  g_test_add_func ("/net/no-descriptors", test_no_descriptors);
  ADD_TABLE ("/net/store/", store_cases, test_store);
  g_test_add_func ("/net/store/file", test_store_file);
  ADD_TABLE ("/net/store/file-changes/", change_cases, test_file_changes);
  g_test_add_func ("/net/store/statuses", test_statuses);
  g_test_add_func ("/net/unknown-operation", test_unknown_operation);
  ADD_TABLE ("/net/foreign/", foreign_cases, test_foreign);
  g_test_add_func ("/net/many-contexts", test_many_contexts);
  g_test_add_func ("/net/rejected", test_rejected);
  g_test_add_func ("/net/no-context", test_no_context);
  g_test_add_func ("/net/refused-context-used", test_refused_context_used);
  g_test_add_func ("/net/local-limit", test_local_limit);
  g_test_add_func ("/net/abort", test_abort);
  ADD_TABLE ("/net/nowhere/", nowhere, test_nowhere);
  g_test_add_func ("/net/cancel/negotiation", test_cancel_negotiation);
  ADD_TABLE ("/net/cancel/", cancel_cases, test_cancel_message);
  g_test_add_data_func ("/net/cancel/whole-and-answered", "x", test_cancel_whole);
  g_test_add_data_func ("/net/cancel/whole", NULL, test_cancel_whole);
  g_test_add_func ("/net/time-out/negotiation", test_time_out_negotiation);
  ADD_TABLE ("/net/time-out/", time_out_cases, test_time_out_message);
  g_test_add_func ("/net/acceptor/port-taken", test_port_taken);
  g_test_add_func ("/net/acceptor/stop", test_stop);
  g_test_add_func ("/net/acceptor/at-once", test_at_once);

  return g_test_run ();
}
