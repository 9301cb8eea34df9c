/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DCMTK's own messages, as the engine keeps and tells them.
 */
#include <string.h>

#include "engine-side.h"
#include "net-pair.h"

static GantryAssociation *
connect_as (Fixture *f, const char *calling)
{
  g_autoptr (GPtrArray) contexts = net_contexts_new ();
  g_autoptr (GError) error = NULL;
  GantryAssociationRequest request = { .calling = calling,
                                       .called = "GANTRY",
                                       .host = "127.0.0.1",
                                       .port = f->receiver.port,
                                       .max_pdu = GANTRY_DEFAULT_MAX_PDU,
                                       .timeouts = GANTRY_TIMEOUTS_DEFAULT,
                                       .contexts = contexts };
  GantryAssociation *association = gantry_association_request (&request, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return association;
}

static void
echo (GantryAssociation *association)
{
  guint16 status = 0xFFFF;

  g_assert_true (gantry_echo_scu (association, &status, NULL));
  g_assert_cmphex (status, ==, 0);
}

static GPtrArray *
finish (Side *side, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows;

  WAIT_FOR (*result != NULL);
  rows = gantry_engine_list_finish (side->engine, *result, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (result);
  return rows;
}

/* How many there are of @calling's that are over. */
static guint
count_ended (Fixture *f, const char *calling, gint64 *latest)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) all = NULL;
  guint n = 0;

  gantry_engine_list_associations_async (f->receiver.engine, NULL, 0, 100, NULL, on_ready, &result);
  all = finish (&f->receiver, &result);
  for (guint i = all->len; i-- > 0;)
    {
      const GantryAssociationRecord *record = all->pdata[i];

      if (strcmp (record->calling, calling) != 0
          || !gantry_association_state_is_over (record->state))
        continue;
      n++;
      *latest = record->id;
    }
  return n;
}

/* Messages of the association that are DCMTK's, and that are not. */
static void
count_messages (Fixture *f, gint64 id, guint *lines, guint *commands, gboolean *names_silent)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) messages = NULL;

  *lines = *commands = 0;
  *names_silent = FALSE;
  gantry_engine_list_messages_async (f->receiver.engine, id, 0, 10000, NULL, on_ready, &result);
  messages = finish (&f->receiver, &result);
  for (guint i = 0; i < messages->len; i++)
    {
      const GantryMessage *message = messages->pdata[i];

      if (*message->text == '\0')
        {
          ++*commands;
          g_assert_cmphex (message->command, ==, 0x0030);
          continue;
        }
      ++*lines;
      *names_silent |= strstr (message->text, "SILENT") != NULL;
      g_assert_cmpint (message->association_id, ==, id);
      g_assert_cmphex (message->command, ==, 0);
      g_assert_cmpint (message->started, >, 0);
      g_assert_null (strchr (message->text, '\n'));
    }
}

static void
assert_ended (Fixture *f, const char *calling, guint n, gboolean traced)
{
  guint lines, commands;
  gboolean names_silent;
  gint64 id = 0;

  WAIT_FOR (count_ended (f, calling, &id) == n);
  count_messages (f, id, &lines, &commands, &names_silent);
  g_assert_cmpuint (commands, ==, 2);
  g_assert_cmpuint (lines > 0, ==, traced);
  g_assert_false (names_silent);
}

static void
listen_here (Fixture *f)
{
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;

  settings.port = 0;
  settings.reserve_bytes = 0;
  settings.reserve_percent = 0;
  settings.address = "127.0.0.1";
  gantry_engine_listen (f->receiver.engine, &settings);
  WAIT_FOR (f->receiver.listening);
}

static void
trace (Side *side, const char *calling, gboolean once)
{
  const char *const callers[] = { calling, NULL };
  const GantryTraceSettings settings = { .calling = callers, .once = once };

  gantry_engine_set_trace (side->engine, &settings);
}

/* Both stand at the same time. */
static void
run_two (Fixture *f)
{
  g_autoptr (GantryAssociation) loud = connect_as (f, "LOUD");
  g_autoptr (GantryAssociation) silent = connect_as (f, "SILENT");

  for (guint i = 0; i < 2; i++)
    {
      echo (loud);
      echo (silent);
    }
  g_assert_true (gantry_association_release (silent, NULL));
  g_assert_true (gantry_association_release (loud, NULL));
}

static gboolean
file_has (const char *path, const char *text)
{
  g_autofree char *content = NULL;

  return g_file_get_contents (path, &content, NULL, NULL) && strstr (content, text) != NULL;
}

static void
test_one_of_two (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *log = g_build_filename (f->folder, "gantry.log", NULL);
  GantryLogSettings settings = GANTRY_LOG_SETTINGS_DEFAULT;
  gint64 id = 0;

  settings.path = log;
  settings.level = GANTRY_LOG_DEBUG;
  gantry_engine_set_log (f->receiver.engine, &settings);
  listen_here (f);
  trace (&f->receiver, "L?UD*", FALSE);
  run_two (f);
  assert_ended (f, "SILENT", 1, FALSE);
  assert_ended (f, "LOUD", 1, TRUE);
  WAIT_FOR (f->receiver.traces->len > 0); /* told after it is written */
  g_assert_cmpuint (count_ended (f, "LOUD", &id), ==, 1);
  for (guint i = 0; i < f->receiver.traces->len; i++)
    g_assert_cmpint (((GantryEvent *)f->receiver.traces->pdata[i])->message->association_id, ==,
                     id);
  WAIT_FOR (file_has (log, "DCMTK, debug: Calling Application Name:    LOUD"));
  g_assert_false (file_has (log, "Calling Application Name:    SILENT"));

  trace (&f->receiver, NULL, FALSE);
  run_two (f);
  assert_ended (f, "LOUD", 2, FALSE);
}

/* Below debug nothing of it comes into the file. */
static void
test_log_level (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *log = g_build_filename (f->folder, "gantry.log", NULL);
  GantryLogSettings settings = GANTRY_LOG_SETTINGS_DEFAULT;

  settings.path = log;
  settings.level = GANTRY_LOG_VERBOSE;
  gantry_engine_set_log (f->receiver.engine, &settings);
  listen_here (f);
  trace (&f->receiver, "*", FALSE);
  {
    g_autoptr (GantryAssociation) association = connect_as (f, "LOUD");

    echo (association);
    echo (association);
    g_assert_true (gantry_association_release (association, NULL));
  }
  assert_ended (f, "LOUD", 1, TRUE);
  WAIT_FOR (file_has (log, "released"));
  g_assert_false (file_has (log, "DCMTK,"));
}

static void
test_next (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  listen_here (f);
  trace (&f->receiver, "LOUD", TRUE);
  run_two (f);
  assert_ended (f, "SILENT", 1, FALSE);
  assert_ended (f, "LOUD", 1, TRUE);
  run_two (f);
  assert_ended (f, "LOUD", 2, FALSE);
}

/* Who is refused is heard of as well: that is when people ask. */
static void
test_refused (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;
  const char *const callers[] = { "NOBODY", NULL };
  g_autoptr (GPtrArray) contexts = net_contexts_new ();
  guint lines, commands;
  gboolean names_silent;
  gint64 id = 0;

  settings.port = 0;
  settings.reserve_bytes = 0;
  settings.reserve_percent = 0;
  settings.address = "127.0.0.1";
  settings.callers = callers;
  gantry_engine_listen (f->receiver.engine, &settings);
  WAIT_FOR (f->receiver.listening);
  trace (&f->receiver, "TESTER", FALSE);
  g_assert_null (
      net_request (f->receiver.port, contexts, &GANTRY_TIMEOUTS_DEFAULT, 16384, NULL, NULL));
  WAIT_FOR (count_ended (f, "TESTER", &id) == 1);
  count_messages (f, id, &lines, &commands, &names_silent);
  g_assert_cmpuint (lines, >, 0);
  g_assert_cmpuint (commands, ==, 0);
}

static void
on_echo (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GantryEcho **)user_data = gantry_engine_echo_finish (GANTRY_ENGINE (source), result, NULL);
}

static guint
count_ends (Side *side)
{
  guint n = 0;

  for (guint i = 0; i < side->traces->len; i++)
    n += ((GantryEvent *)side->traces->pdata[i])->message == NULL;
  return n;
}

/* Every association of ours is numbered, and its end is told. */
static void
test_outgoing (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const GantryTraceSettings settings = { .outgoing = TRUE };
  g_autoptr (GantryNode) node = NULL;
  g_autofree char *folder = make_objects (f, "one", 1, 3, NULL);

  listen_here (f);
  node = gantry_node_new (0, "Receiver", "GANTRY", "127.0.0.1", f->receiver.port, "", FALSE);
  gantry_engine_set_trace (f->sender.engine, &settings);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GantryEcho) answer = NULL;

      gantry_engine_echo_async (f->sender.engine, node, NULL, NULL, on_echo, &answer);
      WAIT_FOR (answer != NULL);
      g_assert_true (answer->ok);
    }
  stage (&f->sender, folder);
  send_to (&f->sender, f->receiver.port);
  WAIT_FOR (IS_OVER (&f->sender));
  WAIT_FOR (count_ends (&f->sender) == 3);
  for (guint i = 0, last = 1; i < f->sender.traces->len; i++)
    {
      const GantryEvent *event = f->sender.traces->pdata[i];

      g_assert_cmpint (event->id, ==, last);
      last += event->message == NULL;
    }
  g_assert_cmpuint (f->sender.traces->len, >, 6);
  g_assert_cmpuint (f->receiver.traces->len, ==, 0);
}

/* A caller with much to say does not fill the list. */
static void
test_limit (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
  g_autoptr (GPtrArray) syntaxes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GantryAssociation) association = NULL;
  GantryAssociationRequest request = { .calling = "LOUD",
                                       .called = "GANTRY",
                                       .host = "127.0.0.1",
                                       .max_pdu = GANTRY_DEFAULT_MAX_PDU,
                                       .timeouts = GANTRY_TIMEOUTS_DEFAULT,
                                       .contexts = contexts };
  guint lines, commands;
  gboolean names_silent;
  gint64 id = 0;

  for (guint i = 0; i < 40; i++)
    g_ptr_array_add (syntaxes, g_strdup_printf ("1.2.826.0.1.3680043.2.1143.99.%u", i));
  g_ptr_array_add (syntaxes, NULL);
  for (guint i = 0; i < 128; i++)
    {
      g_autofree char *uid = g_strdup_printf ("1.2.840.10008.5.1.4.1.1.%u", i + 1);

      g_ptr_array_add (contexts, gantry_context_new (2 * i + 1, uid,
                                                     (const char *const *)syntaxes->pdata, "", 0));
    }
  listen_here (f);
  request.port = f->receiver.port;
  trace (&f->receiver, "*", FALSE);
  association = gantry_association_request (&request, NULL, NULL, NULL, NULL);
  g_assert_nonnull (association);
  g_assert_true (gantry_association_release (association, NULL));
  WAIT_FOR (count_ended (f, "LOUD", &id) == 1);
  count_messages (f, id, &lines, &commands, &names_silent);
  g_assert_cmpuint (lines, ==, GANTRY_TRACE_LINES);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/trace/limit", test_limit },       { "/trace/log-level", test_log_level },
    { "/trace/next", test_next },         { "/trace/one-of-two", test_one_of_two },
    { "/trace/outgoing", test_outgoing }, { "/trace/refused", test_refused },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
