/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is entered for a node is tried before it is saved, and shows where it breaks; and the colour
 * by which nodes are told apart.
 */
#include <adwaita.h>

#include "gantry-node-chooser.h"
#include "gantry-node-editor.h"
#include "gantry-node-row.h"
#include "gantry-node-swatch.h"
#include "gantry-node-test.h"
#include "gui-support.h"

typedef struct
{
  char *folder;
  GantryEngine *engine;
  GtkWidget *window;
  GListStore *nodes;
  GantryNodeEditor *editor;
  guint16 port; /* of the receiver; 0: off */
  gint64 saved; /* id of the node that was saved last */
} Fixture;

static void
on_event (GantryEvent *event, gpointer data)
{
  if (event->type == GANTRY_EVENT_LISTENER)
    ((Fixture *)data)->port = event->listener.on ? event->listener.port : 0;
}

static void
on_saved (GantryNodeEditor *editor G_GNUC_UNUSED, gint64 id, Fixture *f)
{
  f->saved = id;
}

static void
open_editor (Fixture *f, GantryNode *node)
{
  GtkWidget *editor
      = gantry_node_editor_new (GTK_WINDOW (f->window), f->engine, node, G_LIST_MODEL (f->nodes));

  g_signal_connect (editor, "saved", G_CALLBACK (on_saved), f);
  gtk_window_present (GTK_WINDOW (editor));
  gui_wait_for (gtk_widget_get_mapped (editor));
  f->editor = GANTRY_NODE_EDITOR (editor);
  g_object_add_weak_pointer (G_OBJECT (editor), (gpointer *)&f->editor);
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryProfile) profile = NULL;

  f->folder = g_dir_make_tmp ("gantry-editor-XXXXXX", NULL);
  profile = gantry_profile_open (f->folder, &error);
  g_assert_no_error (error);
  f->engine = gantry_engine_new (&(GantryEngineOptions){ .profile = profile,
                                                         .draft = "window",
                                                         .run_receiver = TRUE,
                                                         .event_func = on_event,
                                                         .user_data = f },
                                 &error);
  g_assert_no_error (error);
  f->nodes = g_list_store_new (GANTRY_TYPE_NODE_ITEM);
  f->window = g_object_ref_sink (
      g_object_new (ADW_TYPE_APPLICATION_WINDOW, "application", gui_get_application (), NULL));
  gtk_window_present (GTK_WINDOW (f->window));
  open_editor (f, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const char *const argv[] = { "rm", "-rf", "--", f->folder, NULL };

  if (f->editor != NULL)
    gtk_window_destroy (GTK_WINDOW (f->editor));
  gantry_engine_close (f->engine);
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_object (&f->window);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (f->engine);
  g_object_unref (f->nodes);
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (f->folder);
}

static void
fill_in (Fixture *f, const char *name, const char *host, guint16 port)
{
  g_autofree char *port_text = g_strdup_printf ("%u", port);
  const char *texts[GANTRY_N_NODE_FIELDS] = { name, "GANTRY", host, port_text, "" };

  for (guint i = 0; i < GANTRY_N_NODE_FIELDS; i++)
    gtk_editable_set_text (gantry_node_editor_get_field (f->editor, i), texts[i]);
}

static GantryNodeTest *
get_test (Fixture *f)
{
  return GANTRY_NODE_TEST (gui_find_type (GTK_WIDGET (f->editor), GANTRY_TYPE_NODE_TEST));
}

/* As the button and F5 do. */
static gboolean
ask (Fixture *f)
{
  return gtk_widget_activate_action (GTK_WIDGET (f->editor), "node.test", NULL);
}

static GtkWidget *
see (Fixture *f, const char *part)
{
  return gui_find_part (GTK_WIDGET (f->editor), part);
}

static void
assert_rung (Fixture *f, const char *title, const char *word)
{
  GtkWidget *label = gui_find_text (GTK_WIDGET (get_test (f)), title);
  GtkWidget *row = gtk_widget_get_ancestor (label, ADW_TYPE_ACTION_ROW);

  g_assert_cmpstr (gtk_widget_get_tooltip_text (gui_find_type (row, GTK_TYPE_IMAGE)), ==, word);
}

/* ---- A test --------------------------------------------------------------------------------- */

static void
test_answers (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;

  settings.port = 0;
  gantry_engine_listen (f->engine, &settings);
  gui_wait_for (f->port != 0);
  /* A name can be given later. */
  fill_in (f, "", "127.0.0.1", f->port);
  g_assert_false (gantry_node_editor_get_valid (f->editor));
  g_assert_true (ask (f));
  g_assert_nonnull (see (f, "Asking…"));
  gui_wait_for (see (f, "Answers in") != NULL);
  g_assert_nonnull (see (f, "127.0.0.1 answers as GANTRY"));
  g_assert_nonnull (see (f, "Success (0000)"));
  g_assert_nonnull (see (f, "PDUs of up to"));
  g_assert_null (see (f, "up since")); /* nothing is remembered of it */
  g_assert_cmpint (f->saved, ==, 0);

  /* What was found out is of this address only; the name is no part of it. */
  gtk_editable_set_text (gantry_node_editor_get_field (f->editor, GANTRY_NODE_FIELD_NAME), "New");
  g_assert_nonnull (see (f, "Answers in"));
  gtk_editable_set_text (gantry_node_editor_get_field (f->editor, GANTRY_NODE_FIELD_PORT), "1");
  g_assert_null (see (f, "Answers in"));
}

/* A whole address at once is another address as well. */
static void
test_pasted (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkEditable *host = gantry_node_editor_get_field (f->editor, GANTRY_NODE_FIELD_HOST);
  int position = 0;

  fill_in (f, "Nobody", "127.0.0.1", 1);
  g_assert_true (ask (f));
  gui_wait_for (see (f, "Does not answer") != NULL);
  gtk_editable_insert_text (gtk_editable_get_delegate (host), "OTHER@127.0.0.2:104", -1, &position);
  g_assert_cmpstr (gtk_editable_get_text (host), ==, "127.0.0.2");
  g_assert_null (see (f, "Does not answer"));
}

/* The answer is in sight, however small the window is. */
static void
test_in_sight (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *scrolled = gui_find_type (GTK_WIDGET (f->editor), GTK_TYPE_SCROLLED_WINDOW);
  GtkWidget *answer;
  double y;

  fill_in (f, "Nobody", "127.0.0.1", 1);
  g_assert_true (ask (f));
  gui_wait_for ((answer = see (f, "Does not answer")) != NULL);
  gui_wait_for (gtk_widget_translate_coordinates (answer, scrolled, 0, 0, NULL, &y) && y > 0
                && y + gtk_widget_get_height (answer) < gtk_widget_get_height (scrolled));
}

static void
test_nobody_listens (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);
  fill_in (f, "Nobody", "127.0.0.1", port);
  g_assert_true (ask (f));
  gui_wait_for (see (f, "Does not answer") != NULL);
  assert_rung (f, "Connection", "failed");
  assert_rung (f, "Association", "not reached");
}

static void
test_no_such_name (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  fill_in (f, "Nowhere", "no-such-host.invalid", 104);
  g_assert_true (ask (f));
  gui_wait_for (see (f, "Does not answer") != NULL);
  assert_rung (f, "Name", "failed");
  assert_rung (f, "Connection", "not reached");
  g_assert_nonnull (see (f, "no-such-host.invalid"));
}

static void
on_accepted (GObject *listener, GAsyncResult *result, gpointer connection)
{
  *(GSocketConnection **)connection
      = g_socket_listener_accept_finish (G_SOCKET_LISTENER (listener), result, NULL, NULL);
}

/* Closed at once, without a word. */
static void
test_closed (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  GSocketConnection *connection = NULL;

  g_socket_listener_accept_async (listener, NULL, on_accepted, &connection);
  fill_in (f, "Closed", "127.0.0.1", port);
  g_assert_true (ask (f));
  gui_wait_for (connection != NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  gui_wait_for (see (f, "Does not answer") != NULL);
  assert_rung (f, "Association", "failed");
  assert_rung (f, "Echo", "not reached");
  g_object_unref (connection);
}

/* A peer that never says a word: stopped, by the same button, in a blink. */
static void
test_stop (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (silent, NULL, NULL);
  gint64 before;

  fill_in (f, "Silent", "127.0.0.1", port);
  g_assert_true (ask (f));
  gui_wait_for (see (f, "Stop") != NULL);
  before = g_get_monotonic_time ();
  g_assert_true (ask (f));
  gui_wait_for (!gantry_node_test_is_running (get_test (f)));
  g_test_message ("stopped within %.1f ms", (double)(g_get_monotonic_time () - before) / 1000);
  g_assert_cmpint (g_get_monotonic_time () - before, <, G_USEC_PER_SEC);
  g_assert_null (see (f, "Does not answer"));

  /* Closing ends it as well. */
  g_assert_true (ask (f));
  g_assert_true (gantry_node_test_is_running (get_test (f)));
  gtk_window_close (GTK_WINDOW (f->editor));
  gui_wait_for (f->editor == NULL);
}

static void
test_not_ready (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  fill_in (f, "Name", "", 104);
  g_assert_true (ask (f)); /* it is there, but off */
  g_assert_false (gantry_node_test_is_running (get_test (f)));
}

/* ---- Colours -------------------------------------------------------------------------------- */

static void
on_nodes (GObject *object, GAsyncResult *result, gpointer data)
{
  *(GPtrArray **)data = gantry_engine_list_finish (GANTRY_ENGINE (object), result, NULL, NULL);
}

static AdwComboRow *
find_color (Fixture *f)
{
  GtkWidget *label = gui_find_text (GTK_WIDGET (f->editor), "Colour");

  g_assert_nonnull (label);
  return ADW_COMBO_ROW (gtk_widget_get_ancestor (label, ADW_TYPE_COMBO_ROW));
}

static GantryNodeSwatch *
find_swatch (GtkWidget *widget)
{
  return GANTRY_NODE_SWATCH (gui_find_type (widget, GANTRY_TYPE_NODE_SWATCH));
}

/* Chosen by its name, kept, and shown wherever a node is chosen. */
static void
test_color (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) nodes = NULL;
  g_autoptr (GantryNodeItem) item = NULL;
  GantryNode *node;
  GtkWidget *row, *chooser, *label;

  fill_in (f, "Research", "127.0.0.1", 104);
  adw_combo_row_set_selected (find_color (f), GANTRY_NODE_COLOR_PURPLE);
  g_signal_emit_by_name (gantry_node_editor_get_field (f->editor, GANTRY_NODE_FIELD_PORT),
                         "entry-activated");
  gui_wait_for (f->saved > 0);
  gantry_engine_list_nodes_async (f->engine, NULL, on_nodes, &nodes);
  gui_wait_for (nodes != NULL);
  g_assert_cmpuint (nodes->len, ==, 2);
  node = nodes->pdata[1];
  g_assert_cmpint (node->color, ==, GANTRY_NODE_COLOR_PURPLE);

  item = gantry_node_item_new (node);
  row = g_object_ref_sink (gantry_node_row_new (item));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (find_swatch (row)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Purple");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Research, Purple, Not asked yet");
  g_object_unref (row);

  chooser = GTK_WIDGET (gantry_node_chooser_present (f->window, f->engine, "Where to?", 0));
  gui_wait_for ((label = gui_find_text (chooser, "Research")) != NULL);
  row = gtk_widget_get_ancestor (label, ADW_TYPE_ACTION_ROW);
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (find_swatch (row)), "purple"));
  gtk_window_destroy (GTK_WINDOW (chooser));

  /* It is there when the node is edited again. */
  gui_wait_for (f->editor == NULL);
  open_editor (f, node);
  g_assert_cmpuint (adw_combo_row_get_selected (find_color (f)), ==, GANTRY_NODE_COLOR_PURPLE);
}

/* The colours of the open list that have the mark. */
static guint
find_marked (GtkWidget *widget, guint *n)
{
  guint marked = 0;

  if (GTK_IS_IMAGE (widget) && gtk_widget_get_opacity (widget) > 0.5
      && g_strcmp0 (gtk_image_get_icon_name (GTK_IMAGE (widget)), "object-select-symbolic") == 0)
    {
      GtkWidget *swatch = gtk_widget_get_first_child (gtk_widget_get_parent (widget));

      for (GantryNodeColor color = GANTRY_NODE_COLOR_NONE + 1; color < GANTRY_N_NODE_COLORS;
           color++)
        if (gtk_widget_has_css_class (swatch, gantry_node_color_to_nick (color)))
          marked |= 1u << color;
    }
  if (GTK_IS_LABEL (widget))
    ++*n;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    marked |= find_marked (child, n);
  return marked;
}

/* The list of colours marks the chosen one, and follows it. */
static void
test_marked (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  AdwComboRow *row = find_color (f);
  GtkWidget *popover = gui_find_type (GTK_WIDGET (row), GTK_TYPE_POPOVER);
  guint n = 0;

  adw_combo_row_set_selected (row, GANTRY_NODE_COLOR_TEAL);
  adw_action_row_activate (ADW_ACTION_ROW (row));
  gui_wait_for (gtk_widget_get_mapped (popover));
  g_assert_cmpuint (find_marked (popover, &n), ==, 1u << GANTRY_NODE_COLOR_TEAL);
  g_assert_cmpuint (n, ==, GANTRY_N_NODE_COLORS);
  adw_combo_row_set_selected (row, GANTRY_NODE_COLOR_RED);
  g_assert_cmpuint (find_marked (popover, &n), ==, 1u << GANTRY_NODE_COLOR_RED);
  gtk_popover_popdown (GTK_POPOVER (popover));
}

/* Without a colour there is no mark and no word. */
static void
test_no_color (void)
{
  g_autoptr (GantryNode) node = gantry_node_new (7, "Plain", "A", "h", 104, "", FALSE);
  g_autoptr (GantryNodeItem) item = gantry_node_item_new (node);
  GtkWidget *row = g_object_ref_sink (gantry_node_row_new (item));

  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (find_swatch (row))));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Plain, Not asked yet");
  g_object_unref (row);
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);

#define CASE(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  CASE ("/node-test/answers", test_answers);
  CASE ("/node-test/pasted", test_pasted);
  CASE ("/node-test/in-sight", test_in_sight);
  CASE ("/node-test/nobody-listens", test_nobody_listens);
  CASE ("/node-test/no-such-name", test_no_such_name);
  CASE ("/node-test/closed", test_closed);
  CASE ("/node-test/stop", test_stop);
  CASE ("/node-test/not-ready", test_not_ready);
  CASE ("/node-color/kept", test_color);
  CASE ("/node-color/marked", test_marked);
#undef CASE
  g_test_add_func ("/node-color/none", test_no_color);
  return gui_run ();
}
