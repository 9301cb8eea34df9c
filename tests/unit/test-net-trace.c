/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DCMTK's own messages about one association, while others go on beside it.
 */
#include <string.h>

#include "gantry-error.h"
#include "net-pair.h"

#define N_ECHOES 20

/* Both stand before either goes on. */
typedef struct
{
  GMutex lock;
  GCond changed;
  guint here;
} Meeting;

typedef struct
{
  guint16 port;
  const char *calling;
  GPtrArray *lines; /* (element-type utf8): what was heard; NULL: it does not listen */
  Meeting *meeting;
} Caller;

static void
meet (Meeting *self, guint all)
{
  g_mutex_lock (&self->lock);
  self->here++;
  g_cond_broadcast (&self->changed);
  while (self->here < all)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

static void
on_line (GantryTraceLevel level, gint64 when G_GNUC_UNUSED, const char *line, gpointer user_data)
{
  g_assert_cmpint (level, <=, GANTRY_TRACE_ERROR);
  g_assert_null (strchr (line, '\n'));
  g_assert_true (gantry_trace_get_data () == user_data);
  g_ptr_array_add (user_data, g_strdup (line));
}

static gpointer
call (gpointer data)
{
  Caller *self = data;
  g_autoptr (GPtrArray) contexts = net_contexts_new ();
  GantryAssociationRequest request = { .calling = self->calling,
                                       .called = "GANTRY",
                                       .host = "127.0.0.1",
                                       .port = self->port,
                                       .max_pdu = GANTRY_DEFAULT_MAX_PDU,
                                       .timeouts = { 2000, 2000, 2000, 2000 },
                                       .contexts = contexts };
  g_autoptr (GantryAssociation) association = NULL;
  g_autoptr (GError) error = NULL;
  guint16 status;

  if (self->lines != NULL)
    gantry_trace_begin (on_line, self->lines);
  association = gantry_association_request (&request, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  meet (self->meeting, 2);
  for (guint i = 0; i < N_ECHOES; i++)
    g_assert_true (gantry_echo_scu (association, &status, NULL));
  meet (self->meeting, 4);
  g_assert_true (gantry_association_release (association, &error));
  gantry_trace_end ();
  return NULL;
}

static gboolean
is_said (GPtrArray *lines, const char *part)
{
  for (guint i = 0; i < lines->len; i++)
    if (strstr (lines->pdata[i], part) != NULL)
      return TRUE;
  return FALSE;
}

static void
run_two (NetScp *scp, GPtrArray *lines)
{
  Meeting meeting = { 0 };
  Caller loud = { net_scp_get_port (scp), "LOUD", lines, &meeting };
  Caller silent = { net_scp_get_port (scp), "SILENT", NULL, &meeting };
  GThread *threads[2];

  g_mutex_init (&meeting.lock);
  g_cond_init (&meeting.changed);
  threads[0] = g_thread_new ("loud", call, &loud);
  threads[1] = g_thread_new ("silent", call, &silent);
  g_thread_join (threads[0]);
  g_thread_join (threads[1]);
  net_scp_wait (scp, &scp->n_gone, 2);
  g_mutex_clear (&meeting.lock);
  g_cond_clear (&meeting.changed);
}

static void
assert_only_loud (GPtrArray *lines)
{
  if (g_test_verbose ())
    for (guint i = 0; i < lines->len; i++)
      g_test_message ("%s", (const char *)lines->pdata[i]);
  g_assert_true (is_said (lines, "Request Parameters:"));
  g_assert_true (is_said (lines, "Association Parameters Negotiated:"));
  g_assert_true (is_said (lines, "LOUD"));
  g_assert_false (is_said (lines, "SILENT"));
}

static void
test_requestor (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  run_two (scp, lines);
  assert_only_loud (lines);
  g_assert_cmpuint (scp->lines->len, ==, 0);
  net_scp_free (scp);
}

static void
test_acceptor (void)
{
  NetScp *scp = net_scp_new (NULL);

  scp->traced = "LOUD";
  run_two (scp, NULL);
  assert_only_loud (scp->lines);
  net_scp_free (scp);
}

/* A thread serves one after the other; what it heard of one does not go on with the next. */
static void
test_silent_afterwards (void)
{
  NetScp *scp = net_scp_new (NULL);
  guint said;

  scp->traced = "LOUD";
  run_two (scp, NULL);
  said = scp->lines->len;
  scp->traced = NULL;
  run_two (scp, NULL);
  net_scp_wait (scp, &scp->n_gone, 4);
  g_assert_cmpuint (scp->lines->len, ==, said);
  net_scp_free (scp);
}

/* What DCMTK says of a refusal is heard, too. */
static void
test_rejected (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) contexts = net_contexts_new ();
  g_autoptr (GError) error = NULL;

  scp->reject = TRUE;
  scp->traced = "TESTER";
  gantry_trace_begin (on_line, lines);
  g_assert_null (net_request (net_scp_get_port (scp), contexts, &GANTRY_TIMEOUTS_DEFAULT, 16384,
                              NULL, &error));
  gantry_trace_end ();
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_REJECTED);
  g_assert_true (is_said (lines, "Request Parameters:"));
  g_assert_false (is_said (lines, "Association Parameters Negotiated:"));
  g_assert_true (is_said (lines, "Association Rejected"));
  net_scp_wait (scp, &scp->n_gone, 1);
  g_assert_true (is_said (scp->lines, "Request Parameters:"));
  net_scp_free (scp);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net-trace/requestor", test_requestor);
  g_test_add_func ("/net-trace/acceptor", test_acceptor);
  g_test_add_func ("/net-trace/silent-afterwards", test_silent_afterwards);
  g_test_add_func ("/net-trace/rejected", test_rejected);
  return g_test_run ();
}
