/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The saved nodes of an engine: asked one by one, all at once, or watched; probed; remembered.
 */
#include <gio/gio.h>
#include <string.h>

#include "gantry-csv.h"
#include "gantry-engine.h"
#include "gantry-files.h"
#include "gantry-registry.h"

typedef struct
{
  char *folder;
  GantryProfile *profile;
  GantryEngine *engine;
  guint16 port;     /* of its own receiver */
  GPtrArray *heard; /* GantryHealth, in the order of the events */
  gint64 kept;      /* id of the probe that was kept last */
  guint n_kept;
} Fixture;

#define WAIT_FOR(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 wait_until = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;                             \
    guint wait_tick = g_timeout_add (50, tick, NULL);                                              \
    while (!(condition) && g_get_monotonic_time () < wait_until)                                   \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (wait_tick);                                                                   \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END

static gboolean
tick (gpointer data G_GNUC_UNUSED)
{
  return G_SOURCE_CONTINUE;
}

static void
on_event (GantryEvent *event, gpointer user_data)
{
  Fixture *f = user_data;

  if (event->type == GANTRY_EVENT_HEALTH)
    g_ptr_array_add (f->heard, gantry_record_ref (event->health));
  else if (event->type == GANTRY_EVENT_PROBE_KEPT)
    {
      f->kept = event->id;
      f->n_kept++;
    }
  else if (event->type == GANTRY_EVENT_LISTENER)
    f->port = event->listener.on ? event->listener.port : 0;
}

static void
open_engine (Fixture *f)
{
  GantrySendSettings send = GANTRY_SEND_SETTINGS_DEFAULT;
  GantryEngineOptions options
      = { .draft = "test", .run_receiver = TRUE, .event_func = on_event, .user_data = f };
  g_autoptr (GError) error = NULL;

  send.connect_seconds = 1;
  options.send = &send;
  f->profile = options.profile = gantry_profile_open (f->folder, &error);
  g_assert_no_error (error);
  f->engine = gantry_engine_new (&options, &error);
  g_assert_no_error (error);
}

static void
close_engine (Fixture *f)
{
  gantry_engine_close (f->engine);
  g_clear_object (&f->engine);
  g_clear_pointer (&f->profile, gantry_profile_unref);
}

static void
listen_on (Fixture *f, guint16 port)
{
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;

  settings.ae_title = "SELF";
  settings.port = port;
  gantry_engine_listen (f->engine, &settings);
  WAIT_FOR (f->port != 0);
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->folder = g_dir_make_tmp ("gantry-test-XXXXXX", NULL);
  f->heard = gantry_record_array_new ();
  open_engine (f);
  listen_on (f, 0);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  close_engine (f);
  gantry_remove_tree (f->folder);
  g_ptr_array_unref (f->heard);
  g_free (f->folder);
}

static void
on_ready (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GantryNode *
save_as (Fixture *f, gint64 id, const char *name, guint16 port, const char *calling)
{
  g_autoptr (GantryNode) node
      = gantry_node_new (id, name, "SELF", "127.0.0.1", port, calling, FALSE);
  g_autoptr (GAsyncResult) result = NULL;

  gantry_engine_save_node_async (f->engine, node, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  id = gantry_engine_save_node_finish (f->engine, result, NULL);
  g_assert_cmpint (id, >, 0);
  return gantry_node_new (id, name, "SELF", "127.0.0.1", port, calling, FALSE);
}

static GantryNode *
save (Fixture *f, gint64 id, const char *name, guint16 port)
{
  return save_as (f, id, name, port, "");
}

/* What an echo told so far; the first member is what on_ready() sets. */
typedef struct
{
  GAsyncResult *result;
  GantryEcho *told;
} Asked;

static void
on_passed (GantryStep step, gint64 elapsed, gpointer user_data)
{
  Asked *asked = user_data;

  g_assert_null (asked->result);
  g_assert_cmpint (asked->told->elapsed[step], ==, -1);
  for (GantryStep before = 0; before < step; before++)
    g_assert_true (before == GANTRY_STEP_TLS || asked->told->elapsed[before] >= 0);
  asked->told->elapsed[step] = elapsed;
}

/* Every step that is passed is told, in order, before the answer. */
static GantryEcho *
echo (Fixture *f, GantryNode *node)
{
  g_autoptr (GantryEcho) told = gantry_echo_new ();
  Asked asked = { .told = told };
  g_autoptr (GAsyncResult) result = NULL;
  GantryEcho *answer;

  gantry_engine_echo_async (f->engine, node, on_passed, NULL, on_ready, &asked);
  WAIT_FOR (asked.result != NULL);
  result = asked.result;
  answer = gantry_engine_echo_finish (f->engine, result, NULL);
  for (GantryStep step = 0; step < GANTRY_STEP_RELEASE; step++)
    if (answer->ok || step < answer->failed_step)
      g_assert_cmpint (told->elapsed[step], ==, answer->elapsed[step]);
    else
      g_assert_cmpint (told->elapsed[step], ==, -1);
  return answer;
}

static GPtrArray *
list_health (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *list;

  gantry_engine_list_health_async (f->engine, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  list = gantry_engine_list_finish (f->engine, result, NULL, &error);
  g_assert_no_error (error);
  return list;
}

static const GantryHealth *
last_heard (Fixture *f, gint64 node)
{
  for (guint i = f->heard->len; i > 0; i--)
    if (((GantryHealth *)f->heard->pdata[i - 1])->node_id == node)
      return f->heard->pdata[i - 1];
  return NULL;
}

/* ---- Health --------------------------------------------------------------------------------- */

static void
test_echo_is_kept (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = save (f, 0, "Archive", f->port);
  g_autoptr (GPtrArray) kept = NULL;
  const GantryHealth *health;
  gint64 since;

  for (guint i = 0; i < GANTRY_HEALTH_ECHOES + 5; i++)
    {
      g_autoptr (GantryEcho) answer = echo (f, node);

      g_assert_true (answer->ok);
    }
  WAIT_FOR (f->heard->len == GANTRY_HEALTH_ECHOES + 5);
  since = ((GantryHealth *)f->heard->pdata[0])->since;
  g_assert_cmpint (since, ==, ((GantryHealth *)f->heard->pdata[0])->last->started);

  close_engine (f);
  open_engine (f);
  kept = list_health (f);
  g_assert_cmpuint (kept->len, ==, 1);
  health = kept->pdata[0];
  g_assert_cmpint (health->since, ==, since);
  g_assert_true (health->last->ok);
  g_assert_cmpuint (health->n_round_trips, ==, GANTRY_HEALTH_ECHOES);
  for (guint i = 0; i < GANTRY_N_STEPS; i++)
    g_assert_cmpint (health->last->elapsed[i], ==, last_heard (f, node->id)->last->elapsed[i]);
  for (guint i = 0; i < health->n_round_trips; i++)
    g_assert_cmpint (health->round_trips[i], >, 0);
}

static void
test_down_and_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = save (f, 0, "Archive", f->port);
  g_autoptr (GantryEcho) up = echo (f, node);
  g_autoptr (GantryEcho) down = NULL;
  g_autoptr (GantryEcho) still_down = NULL;
  const GantryHealth *health;

  gantry_engine_stop_listening (f->engine);
  WAIT_FOR (f->port == 0);
  down = echo (f, node);
  still_down = echo (f, node);
  WAIT_FOR (f->heard->len == 3);
  g_assert_true (up->ok);
  g_assert_false (down->ok);

  health = f->heard->pdata[1];
  g_assert_cmpint (health->since, ==, down->started);
  health = f->heard->pdata[2];
  g_assert_cmpint (health->since, ==, down->started);
  g_assert_cmpint (health->last->started, ==, still_down->started);
  g_assert_cmpint (health->last->failed_step, ==, GANTRY_STEP_CONNECTION);
  g_assert_cmpstr (health->last->message, ==, still_down->message);
  g_assert_cmpint (health->round_trips[0], >, 0);
  g_assert_cmpint (health->round_trips[1], ==, -1);
}

/* What is known of an address says nothing of another. */
static void
test_moved (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = save (f, 0, "Archive", f->port);
  g_autoptr (GantryEcho) first = echo (f, node);
  g_autoptr (GantryNode) renamed = save (f, node->id, "PACS", f->port);
  g_autoptr (GPtrArray) kept = list_health (f);
  g_autoptr (GantryNode) moved = save (f, node->id, "PACS", 1);
  g_autoptr (GantryEcho) late = echo (f, node);
  g_autoptr (GantryNode) other = save (f, 0, "Other", 1); /* behind the note */
  g_autoptr (GPtrArray) forgotten = list_health (f);

  g_assert_cmpint (renamed->id, ==, node->id);
  g_assert_cmpint (moved->id, ==, node->id);
  g_assert_cmpint (other->id, !=, node->id);
  g_assert_true (first->ok);
  g_assert_true (late->ok);
  g_assert_cmpuint (kept->len, ==, 1);
  g_assert_cmpuint (forgotten->len, ==, 0);
  g_assert_cmpuint (f->heard->len, ==, 1);
}

/* Nor does it of the same address, asked under another name. */
static void
test_called_otherwise (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = save (f, 0, "Archive", f->port);
  g_autoptr (GantryEcho) first = echo (f, node);
  g_autoptr (GantryNode) renamed = save (f, node->id, "PACS", f->port); /* behind the note */
  g_autoptr (GPtrArray) kept = list_health (f);
  g_autoptr (GantryNode) other = save_as (f, node->id, "PACS", f->port, "OTHER");
  g_autoptr (GPtrArray) forgotten = list_health (f);
  g_autoptr (GantryEcho) late = echo (f, node);
  g_autoptr (GantryEcho) again = echo (f, other);

  g_assert_true (first->ok);
  g_assert_true (late->ok);
  g_assert_true (again->ok);
  g_assert_cmpint (renamed->id, ==, node->id);
  g_assert_cmpuint (kept->len, ==, 1);
  g_assert_cmpuint (forgotten->len, ==, 0);
  WAIT_FOR (f->heard->len == 2);
  g_assert_cmpint (last_heard (f, node->id)->last->started, ==, again->started);
}

static void
test_removed (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = save (f, 0, "Archive", f->port);
  g_autoptr (GantryEcho) first = echo (f, node);
  g_autoptr (GantryEcho) late = NULL;
  g_autoptr (GantryNode) other = NULL;
  g_autoptr (GPtrArray) kept = NULL;

  g_assert_true (first->ok);
  gantry_engine_remove_node (f->engine, node->id);
  late = echo (f, node);
  other = save (f, 0, "Other", 1); /* behind the note on the core thread */
  kept = list_health (f);
  g_assert_cmpuint (kept->len, ==, 0);
}

/* ---- All of them ---------------------------------------------------------------------------- */

#define N_SILENT 40

/* Accepts connections and says nothing. */
static GSocketListener *
listen_silently (guint16 *port)
{
  GSocketListener *listener = g_socket_listener_new ();

  g_socket_listener_set_backlog (listener, 2 * N_SILENT);
  *port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  return listener;
}

/* The healthy one is heard of while the silent ones are waited for; closing waits for none. */
static void
test_echo_all (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 silent_port;
  g_autoptr (GSocketListener) silent G_GNUC_UNUSED = listen_silently (&silent_port);
  g_autoptr (GantryNode) good = save (f, 0, "Ward", f->port);
  g_autoptr (GantryNode) closed = save (f, 0, "Willow PACS", 1);
  gint64 before;

  for (guint i = 0; i < N_SILENT; i++)
    {
      g_autofree char *name = g_strdup_printf ("Silent %u", i);

      gantry_record_unref (save (f, 0, name, silent_port));
    }
  gantry_engine_echo_all (f->engine);
  WAIT_FOR (last_heard (f, good->id) != NULL && last_heard (f, closed->id) != NULL);
  for (guint i = 0; i < f->heard->len; i++)
    {
      const GantryHealth *health = f->heard->pdata[i];

      g_assert_true (health->last->ok || health->node_id == closed->id);
    }
  g_assert_true (last_heard (f, good->id)->last->ok);
  g_assert_false (last_heard (f, closed->id)->last->ok);

  before = g_get_monotonic_time ();
  close_engine (f);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 5 * G_USEC_PER_SEC);
  open_engine (f);
}

/* The same of echoes that a person asks for one by one. */
static void
test_echo_beside_silent (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 silent_port;
  g_autoptr (GSocketListener) silent G_GNUC_UNUSED = listen_silently (&silent_port);
  g_autoptr (GantryNode) good = save (f, 0, "Archive", f->port);
  g_autoptr (GantryNode) dead = save (f, 0, "Silent", silent_port);
  g_autoptr (GantryEcho) answer = NULL;
  Asked asked[N_SILENT] = { 0 };

  for (guint i = 0; i < N_SILENT; i++)
    gantry_engine_echo_async (f->engine, dead, NULL, NULL, on_ready, &asked[i]);
  answer = echo (f, good);
  g_assert_true (answer->ok);
  for (guint i = 0; i < N_SILENT; i++)
    g_assert_null (asked[i].result);

  close_engine (f);
  for (guint i = 0; i < N_SILENT; i++)
    {
      WAIT_FOR (asked[i].result != NULL);
      g_object_unref (asked[i].result);
    }
  open_engine (f);
}

static void
test_watch (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = save (f, 0, "Archive", f->port);
  guint heard;

  gantry_engine_watch_nodes (f->engine, 1);
  WAIT_FOR (last_heard (f, node->id) != NULL && last_heard (f, node->id)->n_round_trips >= 3);
  gantry_engine_watch_nodes (f->engine, 0);
  /* An answer in order: none that was under way comes after it. */
  g_clear_pointer (&f->heard, g_ptr_array_unref);
  f->heard = gantry_record_array_new ();
  gantry_engine_echo_all (f->engine);
  WAIT_FOR (last_heard (f, node->id) != NULL);
  heard = last_heard (f, node->id)->n_round_trips;
  g_assert_cmpuint (heard, <=, 5);
}

/* ---- Probes --------------------------------------------------------------------------------- */

static void
on_progress (guint done, guint total, gpointer user_data)
{
  GAsyncResult **result = user_data;

  g_assert_null (*result);
  g_assert_cmpuint (done, <=, total);
}

static GantryProbe *
probe (Fixture *f, GantryNode *node, const char *const *classes, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gantry_engine_probe_async (f->engine, node, classes, NULL, on_progress, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  return gantry_engine_probe_finish (f->engine, result, error);
}

static GPtrArray *
list_probes (Fixture *f, gint64 id, gboolean whole)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (whole)
    gantry_engine_get_probe_async (f->engine, id, NULL, on_ready, &result);
  else
    gantry_engine_list_probes_async (f->engine, id, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  return gantry_engine_list_finish (f->engine, result, NULL, NULL);
}

static guint
count_accepted (const GantryProbe *p)
{
  guint n = 0;

  for (guint i = 0; i < p->contexts->len; i++)
    n += ((GantryContext *)p->contexts->pdata[i])->result == 0;
  return n;
}

/* What is retired comes last. */
static void
check_order (const GantryProbe *p)
{
  gboolean before = FALSE;

  for (guint i = 0; i < p->contexts->len; i++)
    {
      const GantryContext *context = p->contexts->pdata[i];
      gboolean retired = gantry_sop_class_is_retired (context->abstract_syntax);

      g_assert_true (retired || !before);
      before = retired;
    }
  g_assert_true (before);
}

static void
test_probe (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const ct_only[] = { "1.2.840.10008.5.1.4.1.1.2", NULL };
  g_autoptr (GantryNode) node = save (f, 0, "Archive", f->port);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryProbe) first = probe (f, node, NULL, &error);
  g_autoptr (GantryProbe) some = probe (f, node, ct_only, &error);
  g_autoptr (GantryNode) other = save (f, 0, "Other", 1); /* behind the keeping of them */
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) whole = NULL;
  const GantryProbe *kept;

  g_assert_no_error (error);
  g_assert_cmpint (other->id, !=, node->id);
  WAIT_FOR (f->n_kept == 1);
  list = list_probes (f, node->id, FALSE);
  g_assert_true (first->complete);
  g_assert_cmpuint (first->associations, ==, (first->contexts->len + 127) / 128);
  g_assert_cmpuint (count_accepted (first), ==, first->contexts->len);
  g_assert_cmpuint (some->associations, ==, 1);
  g_assert_cmpuint (list->len, ==, 1); /* the part is not kept */

  kept = list->pdata[0];
  g_assert_cmpint (kept->id, ==, f->kept);
  g_assert_cmpuint (kept->contexts->len, ==, 0);
  g_assert_cmpstr (kept->message, ==, first->message);
  whole = list_probes (f, kept->id, TRUE);
  g_assert_cmpuint (whole->len, ==, 1);
  kept = whole->pdata[0];
  g_assert_cmpuint (kept->contexts->len, ==, first->contexts->len);
  g_assert_cmpuint (count_accepted (kept), ==, count_accepted (first));
  g_assert_cmpuint (kept->extended->len, ==, first->extended->len);
  g_assert_cmpstr (kept->node->name, ==, "Archive");
  check_order (first);
  check_order (kept);
}

static void
test_probe_nobody (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = save (f, 0, "Old PACS", 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (probe (f, node, NULL, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (strlen (error->message), >, 20);
}

/* ---- Tables as text ------------------------------------------------------------------------- */

static void
test_csv (Fixture *f G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const cells[] = { "plain", "",   "a,b;c", "say \"x\"", "two\nlines", "=1+1",
                                       "-5",    "@x", "'s",    "'=1",       "+1;2" };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) rows = NULL;
  GPtrArray *row;

  gantry_csv_append_row (text, cells, G_N_ELEMENTS (cells));
  gantry_csv_append_row (text, cells, 1);
  rows = gantry_csv_parse (text->str, NULL);
  g_assert_cmpuint (rows->len, ==, 2);
  row = rows->pdata[0];
  g_assert_cmpuint (row->len, ==, G_N_ELEMENTS (cells));
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    g_assert_cmpstr (row->pdata[i], ==, cells[i]);
  g_assert_cmpstr (text->str, ==,
                   "plain,,\"a,b;c\",\"say "
                   "\"\"x\"\"\",\"two\nlines\",'=1+1,'-5,'@x,''s,''=1,\"'+1;2\"\r\nplain\r\n");
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/nodes/health/kept", test_echo_is_kept },
    { "/nodes/health/down-and-up", test_down_and_up },
    { "/nodes/health/moved", test_moved },
    { "/nodes/health/called-otherwise", test_called_otherwise },
    { "/nodes/health/removed", test_removed },
    { "/nodes/echo-all", test_echo_all },
    { "/nodes/echo-beside-silent", test_echo_beside_silent },
    { "/nodes/watch", test_watch },
    { "/nodes/probe", test_probe },
    { "/nodes/probe/nobody", test_probe_nobody },
    { "/csv/there-and-back", test_csv },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
