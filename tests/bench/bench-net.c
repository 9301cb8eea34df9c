/* bench-net.c - objects and megabytes a second over loopback, our own SCU to our own SCP, or to
 * another one: bench-net [PORT [AET [CERTIFICATE KEY]]], PORT 0: our own
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "gantry-acceptor.h"
#include "gantry-registry.h"
#include "gantry-store-scp.h"
#include "gantry-store-scu.h"
#include "gantry-tls-context.h"

#define CT_IMAGE "1.2.840.10008.5.1.4.1.1.2"

static gboolean
on_negotiate (GantryAssociation *association,
              GantryReject *reject G_GNUC_UNUSED,
              gpointer user_data G_GNUC_UNUSED)
{
  gantry_association_answer (association, 1, GANTRY_UID_EXPLICIT_LE, 0);
  return TRUE;
}

static gpointer
on_begin (const GantryCommand *request,
          const char *transfer_syntax G_GNUC_UNUSED,
          guint16 *status G_GNUC_UNUSED,
          char **comment G_GNUC_UNUSED,
          gpointer user_data G_GNUC_UNUSED)
{
  return (gpointer)request;
}

static gboolean
on_write (gpointer object G_GNUC_UNUSED,
          const guint8 *data G_GNUC_UNUSED,
          gsize length G_GNUC_UNUSED,
          gpointer user_data G_GNUC_UNUSED)
{
  return TRUE;
}

static guint16
on_finish (gpointer object G_GNUC_UNUSED,
           char **comment G_GNUC_UNUSED,
           gpointer user_data G_GNUC_UNUSED)
{
  return 0x0000;
}

static void
on_drop (gpointer object G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED)
{
}

static const GantryStoreSink sink = { on_begin, on_write, on_finish, on_drop, NULL };

static void
on_serve (GantryAssociation *association, gpointer user_data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  if (!gantry_store_scp_serve (association, 60000, &sink, NULL, &error))
    g_printerr ("SCP: %s\n", error->message);
}

static void
on_turned_away (const GantryTurnedAway *what, gpointer user_data G_GNUC_UNUSED)
{
  g_printerr ("SCP: %s was turned away\n", what->peer_address);
}

static const GantryAcceptorFuncs funcs
    = { .negotiate = on_negotiate, .serve = on_serve, .turned_away = on_turned_away };

/* A data set with nothing but pixel data behind its UIDs, well formed enough for any receiver. */
static guint8 *
make_object (gsize size)
{
  static const guint8 head[] = "\x08\x00\x16\x00UI\x1a\x00" CT_IMAGE "\0"
                               "\x08\x00\x18\x00UI\x08\x00"
                               "1.2.3.4\0"
                               "\xe0\x7f\x10\x00OB\0\0";
  guint8 *data = g_malloc0 (size);
  guint32 length = size - (sizeof head - 1) - 4;

  memcpy (data, head, sizeof head - 1);
  memcpy (data + sizeof head - 1, &length, 4);
  return data;
}

static gboolean
store (GantryAssociation *association, const guint8 *data, gsize size, guint n, GError **error)
{
  g_autofree char *uid = g_strdup_printf ("1.2.3.%u", n + 10);
  GantryCommand request = { .field = GANTRY_COMMAND_C_STORE_RQ, .message_id = n % 65535 + 1 };
  GantryCommand response;
  guint8 id;

  g_strlcpy (request.sop_class_uid, CT_IMAGE, sizeof request.sop_class_uid);
  g_strlcpy (request.sop_instance_uid, uid, sizeof request.sop_instance_uid);
  return gantry_association_send (association, 1, &request, data, size, NULL, NULL, error)
         && gantry_association_receive (association, 60000, &id, &response, error)
                == GANTRY_RECEIVED_COMMAND;
}

static gboolean
run (
    guint16 port, const char *called, const GantryTls *tls, gsize size, guint count, GError **error)
{
  static const char *const proposed[] = { GANTRY_UID_EXPLICIT_LE, NULL };
  g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
  GantryAssociationRequest request = { .calling = "BENCH",
                                       .called = called,
                                       .host = "127.0.0.1",
                                       .port = port,
                                       .max_pdu = GANTRY_DEFAULT_MAX_PDU,
                                       .timeouts = GANTRY_TIMEOUTS_DEFAULT,
                                       .contexts = contexts,
                                       .tls = tls->enabled ? tls : NULL };
  g_autoptr (GantryAssociation) association = NULL;
  g_autofree guint8 *data = make_object (size);
  gint64 start;
  double seconds;

  g_ptr_array_add (contexts, gantry_context_new (1, CT_IMAGE, proposed, "", 0));
  association = gantry_association_request (&request, NULL, NULL, NULL, error);
  if (association == NULL)
    return FALSE;
  start = g_get_monotonic_time ();
  for (guint n = 0; n < count; n++)
    if (!store (association, data, size, n, error))
      return FALSE;
  seconds = (g_get_monotonic_time () - start) / 1e6;
  g_print ("%9zu bytes: %8.0f objects/s %8.1f MB/s\n", size, count / seconds,
           count / seconds * size / 1e6);
  return gantry_association_release (association, error);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    gsize size;
    guint count;
  } rounds[] = { { 9 * 1024, 20000 }, { 520 * 1024, 2000 }, { 30 * 1024 * 1024, 60 } };
  GantryAcceptorOptions options = { .address = "127.0.0.1",
                                    .max_pdu = GANTRY_DEFAULT_MAX_PDU,
                                    .timeouts = GANTRY_TIMEOUTS_DEFAULT };
  GantryTls tls = { .enabled = argc > 4,
                    .certificate = argc > 4 ? argv[3] : NULL,
                    .key = argc > 4 ? argv[4] : NULL,
                    .no_verify = TRUE };
  g_autoptr (GantryTlsContext) context = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryAcceptor) acceptor = NULL;
  guint16 port = argc > 1 ? atoi (argv[1]) : 0;

  if (port == 0)
    {
      if (tls.enabled)
        options.tls = context = gantry_tls_context_new (&tls, TRUE, &error);
      acceptor = error != NULL ? NULL : gantry_acceptor_new (&options, &funcs, NULL, &error);
      if (acceptor == NULL)
        g_error ("%s", error->message);
      port = gantry_acceptor_get_port (acceptor);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rounds); i++)
    if (!run (port, argc > 2 ? argv[2] : "GANTRY", &tls, rounds[i].size, rounds[i].count, &error))
      {
        g_printerr ("%s\n", error->message);
        return 1;
      }
  return 0;
}
