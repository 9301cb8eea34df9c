/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net-pair.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gantry-registry.h"

/* ---- The acceptor's side -------------------------------------------------------------------- */

static gint
is_set (NetScp *self, const gint *member)
{
  gint value;

  g_mutex_lock (&self->lock);
  value = *member;
  g_mutex_unlock (&self->lock);
  return value;
}

static gboolean
on_negotiate (GantryAssociation *association, GantryReject *reject, gpointer user_data)
{
  NetScp *self = user_data;
  const GantryAssociationFacts *facts = gantry_association_get_facts (association);
  gboolean refuse = is_set (self, &self->refuse_contexts);

  g_mutex_lock (&self->lock);
  self->extended = facts->proposed_extended->len;
  g_free (self->last_calling);
  self->last_calling = g_strdup (facts->calling);
  self->last_peer_max_pdu = facts->peer_max_pdu;
  g_mutex_unlock (&self->lock);
  if (is_set (self, &self->busy))
    {
      *reject = (GantryReject){ 2, 3, 1 };
      return FALSE;
    }
  if (is_set (self, &self->reject))
    {
      *reject = (GantryReject){ 1, 1, 7 };
      return FALSE;
    }
  for (guint i = 0; i < facts->contexts->len && !refuse; i++)
    {
      const GantryContext *context = facts->contexts->pdata[i];

      gantry_association_answer (association, context->id,
                                 self->choose != NULL ? self->choose (context)
                                                      : context->proposed[0],
                                 self->refusal != 0 ? (guint8)self->refusal : 4);
    }
  return TRUE;
}

static gpointer
on_begin (const GantryCommand *request,
          const char *transfer_syntax,
          guint16 *status,
          char **comment,
          gpointer user_data)
{
  NetScp *self = user_data;
  const char *dot;
  guint number;

  if (is_set (self, &self->refuse_begin))
    {
      *status = 0xA700;
      *comment = g_strdup ("full");
      return NULL;
    }
  g_mutex_lock (&self->lock);
  g_free (self->last_class);
  g_free (self->last_instance);
  g_free (self->last_syntax);
  self->last_class = g_strdup (request->sop_class_uid);
  self->last_instance = g_strdup (request->sop_instance_uid);
  self->last_syntax = g_strdup (transfer_syntax);
  dot = strrchr (request->sop_instance_uid, '.');
  number = dot != NULL ? (guint)g_ascii_strtoull (dot + 1, NULL, 10) : 0;
  g_array_append_val (self->numbers, number);
  g_array_append_val (self->priorities, request->priority);
  g_mutex_unlock (&self->lock);
  return g_byte_array_new ();
}

static gboolean
on_write (gpointer object, const guint8 *data, gsize length, gpointer user_data G_GNUC_UNUSED)
{
  g_byte_array_append (object, data, length);
  return TRUE;
}

static guint16
on_finish (gpointer object, char **comment G_GNUC_UNUSED, gpointer user_data)
{
  NetScp *self = user_data;
  gint answer;

  g_mutex_lock (&self->lock);
  g_byte_array_unref (self->last_object);
  self->last_object = object;
  self->objects++;
  g_cond_broadcast (&self->changed);
  while (self->wait_at == (gint)self->objects)
    g_cond_wait (&self->changed, &self->lock);
  answer = self->answer;
  /* The last of so many: from now on, success. */
  if (self->answers > 0 && --self->answers == 0)
    self->answer = 0;
  g_mutex_unlock (&self->lock);
  return (guint16)answer;
}

static void
on_drop (gpointer object, gpointer user_data)
{
  NetScp *self = user_data;

  g_byte_array_unref (object);
  g_mutex_lock (&self->lock);
  self->dropped++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
on_answered (const GantryExchange *exchange, gpointer user_data)
{
  NetScp *self = user_data;

  g_mutex_lock (&self->lock);
  self->echoes += exchange->request->field == GANTRY_COMMAND_C_ECHO_RQ && exchange->status == 0;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static const GantryStoreSink sink = { on_begin, on_write, on_finish, on_drop, on_answered };

static void
on_serve (GantryAssociation *association, gpointer user_data)
{
  NetScp *self = user_data;
  GError *error = NULL;
  gboolean released;

  g_mutex_lock (&self->lock);
  self->serving++;
  g_cond_broadcast (&self->changed);
  while (self->hold)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);

  released = gantry_store_scp_serve (association, 2000, &sink, self, &error);

  g_mutex_lock (&self->lock);
  self->served++;
  self->released += released;
  if (error != NULL)
    {
      g_clear_error (&self->last_error);
      self->last_error = error;
    }
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
on_turned_away (const GantryTurnedAway *what, gpointer user_data)
{
  NetScp *self = user_data;

  g_assert_true (g_str_has_prefix (what->peer_address, "127.0.0.1:"));
  g_assert_true ((what->reject != NULL) != (what->error != NULL));
  g_mutex_lock (&self->lock);
  self->turned_away++;
  if (what->reject != NULL)
    self->last_reject = *what->reject;
  else
    {
      g_clear_error (&self->last_error);
      self->last_error = g_error_copy (what->error);
    }
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
on_line (GantryTraceLevel level G_GNUC_UNUSED, gint64 when, const char *line, gpointer user_data)
{
  NetScp *self = user_data;

  g_assert_cmpint (ABS (g_get_real_time () - when), <, G_TIME_SPAN_MINUTE);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->lines, g_strdup (line));
  g_mutex_unlock (&self->lock);
}

static void
on_arrived (const char *calling, gpointer user_data)
{
  NetScp *self = user_data;

  if (g_strcmp0 (calling, self->traced) == 0)
    gantry_trace_begin (on_line, self);
}

static void
on_gone (gpointer user_data)
{
  NetScp *self = user_data;

  gantry_trace_end ();
  g_mutex_lock (&self->lock);
  self->n_gone++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static const GantryAcceptorFuncs funcs = { .negotiate = on_negotiate,
                                           .serve = on_serve,
                                           .turned_away = on_turned_away,
                                           .arrived = on_arrived,
                                           .gone = on_gone };

NetScp *
net_scp_new (void (*change) (GantryAcceptorOptions *options))
{
  GantryAcceptorOptions options = { .max_pdu = GANTRY_DEFAULT_MAX_PDU,
                                    .timeouts = { 2000, 2000, 2000, 2000 },
                                    .max_associations = 50,
                                    .max_unassociated = 50 };
  NetScp *self = g_new0 (NetScp, 1);
  GError *error = NULL;

  if (change != NULL)
    change (&options);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->last_object = g_byte_array_new ();
  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint));
  self->priorities = g_array_new (FALSE, FALSE, sizeof (guint16));
  self->acceptor = gantry_acceptor_new (&options, &funcs, self, &error);
  g_assert_no_error (error);
  return self;
}

void
net_scp_free (NetScp *self)
{
  g_clear_pointer (&self->acceptor, gantry_acceptor_free);
  g_clear_error (&self->last_error);
  g_free (self->last_class);
  g_free (self->last_instance);
  g_free (self->last_syntax);
  g_free (self->last_calling);
  g_array_unref (self->numbers);
  g_array_unref (self->priorities);
  g_ptr_array_unref (self->lines);
  g_byte_array_unref (self->last_object);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

guint16
net_scp_get_port (NetScp *self)
{
  return gantry_acceptor_get_port (self->acceptor);
}

void
net_scp_set (NetScp *self, gint *member, gint value)
{
  g_mutex_lock (&self->lock);
  *member = value;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
net_scp_wait (NetScp *self, const guint *counter, guint value)
{
  gint64 end = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&self->lock);
  while (*counter < value)
    if (!g_cond_wait_until (&self->changed, &self->lock, end))
      break;
  g_assert_cmpuint (*counter, >=, value);
  g_mutex_unlock (&self->lock);
}

/* ---- The requestor's side ------------------------------------------------------------------- */

GPtrArray *
net_contexts_new (void)
{
  static const char *const explicit_le[] = { GANTRY_UID_EXPLICIT_LE, NULL };
  static const char *const implicit_le[] = { GANTRY_UID_IMPLICIT_LE, NULL };
  static const char *const unknown[] = { UNKNOWN_SYNTAX, NULL };
  GPtrArray *contexts = gantry_record_array_new ();

  g_ptr_array_add (contexts, gantry_context_new (1, GANTRY_UID_VERIFICATION, implicit_le, "", 0));
  g_ptr_array_add (contexts, gantry_context_new (3, CT_IMAGE, explicit_le, "", 0));
  g_ptr_array_add (contexts, gantry_context_new (5, CT_IMAGE, unknown, "", 0));
  return contexts;
}

GantryAssociation *
net_request (guint16 port,
             GPtrArray *contexts,
             const GantryTimeouts *timeouts,
             guint32 max_pdu,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GPtrArray) own = contexts == NULL ? net_contexts_new () : g_ptr_array_ref (contexts);
  GantryAssociationRequest request = { .calling = "TESTER",
                                       .called = "GANTRY",
                                       .host = "127.0.0.1",
                                       .port = port,
                                       .max_pdu = max_pdu,
                                       .timeouts = { 5000, 5000, 10000, 10000 },
                                       .contexts = own };

  if (timeouts != NULL)
    request.timeouts = *timeouts;
  return gantry_association_request (&request, cancellable, NULL, NULL, error);
}

GantryAssociation *
net_connect (guint16 port)
{
  g_autoptr (GError) error = NULL;
  GantryAssociation *association
      = net_request (port, NULL, NULL, GANTRY_DEFAULT_MAX_PDU, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (association);
  return association;
}

gboolean
net_store (GantryAssociation *association,
           const char *transfer_syntax,
           const guint8 *data,
           gsize length,
           guint16 *status,
           GError **error)
{
  guint8 id = gantry_association_find_context (association, CT_IMAGE, transfer_syntax);
  GantryCommand command = { .field = GANTRY_COMMAND_C_STORE_RQ,
                            .message_id = 7,
                            .sop_class_uid = CT_IMAGE,
                            .sop_instance_uid = "1.2.3.4.5" };
  GantryCommand response;

  g_assert_cmpuint (id, !=, 0);
  if (!gantry_association_send (association, id, &command, data, length, NULL, NULL, error)
      || gantry_association_receive (association, 10000, &id, &response, error)
             != GANTRY_RECEIVED_COMMAND)
    return FALSE;
  g_assert_cmphex (response.field, ==, GANTRY_COMMAND_C_STORE_RSP);
  g_assert_cmpuint (response.message_id_responded_to, ==, 7);
  *status = response.status;
  return TRUE;
}

/* ---- PDUs by hand ---------------------------------------------------------------------------- */

void
net_append_item (GByteArray *to, guint8 type, const void *value, gsize length)
{
  guint8 head[] = { type, 0, length >> 8, length };

  g_byte_array_append (to, head, sizeof head);
  g_byte_array_append (to, value, length);
}

GByteArray *
net_associate_begin (guint8 type)
{
  GByteArray *pdu = g_byte_array_new ();
  guint8 fixed[74] = { type, 0, 0, 0, 0, 0, 0, 1 };

  memset (fixed + 10, ' ', 32);
  memcpy (fixed + 10, "GANTRY", 6);
  memcpy (fixed + 26, "TESTER", 6);
  g_byte_array_append (pdu, fixed, sizeof fixed);
  net_append_item (pdu, 0x10, GANTRY_UID_APPLICATION_CONTEXT_NAME, 21);
  return pdu;
}

void
net_associate_end (GByteArray *pdu)
{
  guint32 length = htonl (pdu->len - 6);

  memcpy (pdu->data + 2, &length, sizeof length);
}

static void
append_answer (GByteArray *to, guint8 id, guint8 result, const char *transfer_syntax)
{
  g_autoptr (GByteArray) context = g_byte_array_new ();
  guint8 head[] = { id, 0, result, 0 };

  g_byte_array_append (context, head, sizeof head);
  net_append_item (context, 0x40, transfer_syntax, strlen (transfer_syntax));
  net_append_item (to, 0x21, context->data, context->len);
}

GByteArray *
net_accept_pdu (const guint8 *results)
{
  static const guint8 max_pdu[] = { 0, 0, 0x40, 0 };
  GByteArray *pdu = net_associate_begin (2);
  g_autoptr (GByteArray) user = g_byte_array_new ();

  append_answer (pdu, 1, results != NULL ? results[0] : 0, GANTRY_UID_IMPLICIT_LE);
  append_answer (pdu, 3, results != NULL ? results[1] : 0, GANTRY_UID_EXPLICIT_LE);
  append_answer (pdu, 5, results != NULL ? results[2] : 0, UNKNOWN_SYNTAX);
  net_append_item (user, 0x51, max_pdu, sizeof max_pdu);
  net_append_item (user, 0x52, "1.2.3", 5);
  net_append_item (pdu, 0x50, user->data, user->len);
  net_associate_end (pdu);
  return pdu;
}

GByteArray *
net_raw_read_pdu (int fd)
{
  GByteArray *pdu = g_byte_array_new ();
  gsize length;

  g_byte_array_set_size (pdu, 6);
  g_assert_cmpint (recv (fd, pdu->data, 6, MSG_WAITALL), ==, 6);
  length = (gsize)pdu->data[2] << 24 | pdu->data[3] << 16 | pdu->data[4] << 8 | pdu->data[5];
  g_byte_array_set_size (pdu, 6 + length);
  g_assert_cmpint (recv (fd, pdu->data + 6, length, MSG_WAITALL), ==, length);
  return pdu;
}

/* ---- Plain sockets -------------------------------------------------------------------------- */

int
net_raw_connect (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  struct timeval patience = { 10, 0 };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  g_assert_cmpint (connect (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  return fd;
}

int
net_raw_listen (guint16 *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 16), ==, 0);
  getsockname (fd, (struct sockaddr *)&address, &length);
  *port = ntohs (address.sin_port);
  return fd;
}
