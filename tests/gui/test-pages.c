/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Receive and the Nodes page in one process with the real engine: what they check, say and
 * show. Needs a display: tests/gui/session.
 */
#include <adwaita.h>
#include <glib/gstdio.h>

#include "gantry-application.h"
#include "gantry-association-details.h"
#include "gantry-echo-ladder.h"
#include "gantry-listener-card.h"
#include "gantry-node-editor.h"
#include "gantry-node-item.h"
#include "gantry-node-row.h"
#include "gantry-nodes-page.h"
#include "gantry-paged-item.h"
#include "gantry-receive-page.h"
#include "gantry-record-column.h"
#include "gantry-settings.h"

typedef struct
{
  char *folder;
  GantryEngine *engine;
  GtkWindow *window;
  GantryReceivePage *receive;
  GantryNodesPage *nodes;
  GantryListener listener; /* the last that was told; texts not kept */
  guint16 port;            /* free when the test began */
} Fixture;

static gboolean
on_timeout (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

#define WAIT(condition)                                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gboolean late = FALSE;                                                                         \
    guint timer = g_timeout_add (10000, on_timeout, &late);                                        \
    while (!(condition) && !late)                                                                  \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_assert_true (condition);                                                                     \
    if (!late)                                                                                     \
      g_source_remove (timer);                                                                     \
  }                                                                                                \
  G_STMT_END

/* ---- Looking ------------------------------------------------------------------------------ */

/* The first descendant of that type that shows @text (%NULL: any). */
static GtkWidget *
find (gpointer root, GType type, const char *text)
{
  GtkWidget *widget = root;

  if (gtk_widget_get_mapped (widget) && g_type_is_a (G_OBJECT_TYPE (widget), type)
      && (text == NULL
          || (GTK_IS_LABEL (widget)
              && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, text);
      if (found != NULL)
        return found;
    }
  return NULL;
}

#define SEES(root, text) (find (root, GTK_TYPE_LABEL, text) != NULL)

static GtkListBox *
node_list (Fixture *f)
{
  GtkWidget *row = find (f->nodes, GANTRY_TYPE_NODE_ROW, NULL);

  return row != NULL ? GTK_LIST_BOX (gtk_widget_get_parent (row)) : NULL;
}

/* ---- Fixture ------------------------------------------------------------------------------ */

static void
on_event (GantryEvent *event, gpointer data)
{
  Fixture *f = data;

  if (event->type == GANTRY_EVENT_LISTENER)
    f->listener = event->listener;
  gantry_receive_page_handle_event (f->receive, event);
  gantry_nodes_page_handle_event (f->nodes, event);
}

static guint16
find_free_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);
  return port;
}

static void
set_up (Fixture *f, gconstpointer page)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryProfile) profile = NULL;
  GtkWidget *stack = gtk_stack_new ();

  f->folder = g_dir_make_tmp ("gantry-pages-XXXXXX", &error);
  g_assert_no_error (error);
  g_assert_true (gantry_settings_open (f->folder, &error));
  g_assert_no_error (error);
  profile = gantry_profile_open (f->folder, &error);
  g_assert_no_error (error);
  f->port = find_free_port ();
  g_settings_set_uint (gantry_settings_get (), GANTRY_KEY_RECEIVE_PORT, f->port);

  f->receive = g_object_new (GANTRY_TYPE_RECEIVE_PAGE, NULL);
  f->nodes = g_object_new (GANTRY_TYPE_NODES_PAGE, NULL);
  gtk_stack_add_named (GTK_STACK (stack), GTK_WIDGET (f->receive), "receive");
  gtk_stack_add_named (GTK_STACK (stack), GTK_WIDGET (f->nodes), "nodes");
  gtk_stack_set_visible_child_name (GTK_STACK (stack), page);
  f->window = g_object_ref_sink (
      g_object_new (ADW_TYPE_WINDOW, "default-width", 900, "default-height", 600, NULL));
  adw_window_set_content (ADW_WINDOW (f->window), stack);

  f->engine = gantry_engine_new (&(GantryEngineOptions){ .profile = profile,
                                                         .draft = "window",
                                                         .run_receiver = TRUE,
                                                         .event_func = on_event,
                                                         .user_data = f },
                                 &error);
  g_assert_no_error (error);
  gantry_receive_page_set_engine (f->receive, f->engine);
  gantry_nodes_page_set_engine (f->nodes, f->engine);
  gtk_window_present (f->window);
  WAIT (gtk_widget_get_mapped (GTK_WIDGET (f->window)));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

static void
tear_down (Fixture *f, gconstpointer page G_GNUC_UNUSED)
{
  gantry_engine_close (f->engine);
  gtk_window_destroy (f->window);
  g_clear_object (&f->window);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (f->engine);
  gantry_settings_close ();
  remove_tree (f->folder);
  g_free (f->folder);
}

/* ---- The editor --------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  GantryNodeField field;
  const char *text;
  const char *error; /* part of the sentence; NULL: it is right */
} FieldCase;

static const FieldCase field_cases[] = {
  { "name", GANTRY_NODE_FIELD_NAME, "PACS 1", NULL },
  { "name-empty", GANTRY_NODE_FIELD_NAME, "  ", "name" },
  { "name-taken", GANTRY_NODE_FIELD_NAME, "Taken", "already" },
  { "title", GANTRY_NODE_FIELD_AE_TITLE, "ARCHIVE", NULL },
  { "title-empty", GANTRY_NODE_FIELD_AE_TITLE, "", "AE title" },
  { "title-sixteen", GANTRY_NODE_FIELD_AE_TITLE, "0123456789ABCDEF", NULL },
  { "title-seventeen", GANTRY_NODE_FIELD_AE_TITLE, "0123456789ABCDEFG", "16" },
  { "title-backslash", GANTRY_NODE_FIELD_AE_TITLE, "A\\B", "" },
  { "host-name", GANTRY_NODE_FIELD_HOST, "pacs.hospital.example", NULL },
  { "host-ipv4", GANTRY_NODE_FIELD_HOST, "10.0.0.5", NULL },
  { "host-ipv6", GANTRY_NODE_FIELD_HOST, "2001:db8::17", NULL },
  { "host-empty", GANTRY_NODE_FIELD_HOST, "", "host name" },
  { "host-space", GANTRY_NODE_FIELD_HOST, "pacs 1", "" },
  { "host-url", GANTRY_NODE_FIELD_HOST, "http://pacs", "" },
  { "port", GANTRY_NODE_FIELD_PORT, "11112", NULL },
  { "port-largest", GANTRY_NODE_FIELD_PORT, "65535", NULL },
  { "port-zero", GANTRY_NODE_FIELD_PORT, "0", "65535" },
  { "port-too-large", GANTRY_NODE_FIELD_PORT, "65536", "65535" },
  { "port-word", GANTRY_NODE_FIELD_PORT, "dicom", "65535" },
  { "port-signed", GANTRY_NODE_FIELD_PORT, "+104", "65535" },
  { "calling", GANTRY_NODE_FIELD_CALLING, "WS_12", NULL },
  { "calling-none", GANTRY_NODE_FIELD_CALLING, "", NULL },
  { "calling-too-long", GANTRY_NODE_FIELD_CALLING, "0123456789ABCDEFG", "16" },
};

static const char *const right_texts[] = { "Archive", "ARCHIVE", "10.0.0.5", "104", "" };

static void
fill_in (GantryNodeEditor *editor, const char *const *texts)
{
  for (guint i = 0; i < GANTRY_N_NODE_FIELDS; i++)
    gtk_editable_set_text (gantry_node_editor_get_field (editor, i), texts[i]);
}

static GantryNodeEditor *
open_editor (Fixture *f, GListStore *nodes)
{
  g_autoptr (GantryNode) taken = gantry_node_new (77, "Taken", "A", "h", 104, "", FALSE);
  g_autoptr (GantryNodeItem) item = gantry_node_item_new (taken);
  GtkWidget *editor;

  g_list_store_append (nodes, item);
  editor = gantry_node_editor_new (f->window, f->engine, NULL, G_LIST_MODEL (nodes));
  gtk_window_present (GTK_WINDOW (editor));
  WAIT (gtk_widget_get_mapped (editor));
  return GANTRY_NODE_EDITOR (editor);
}

static void
test_fields (Fixture *f, gconstpointer page G_GNUC_UNUSED)
{
  g_autoptr (GListStore) nodes = g_list_store_new (GANTRY_TYPE_NODE_ITEM);
  GantryNodeEditor *editor = open_editor (f, nodes);

  for (gsize i = 0; i < G_N_ELEMENTS (field_cases); i++)
    {
      const FieldCase *c = &field_cases[i];
      const char *error;

      g_test_message ("%s", c->name);
      fill_in (editor, right_texts);
      g_assert_true (gantry_node_editor_get_valid (editor));
      gtk_editable_set_text (gantry_node_editor_get_field (editor, c->field), c->text);
      error = gantry_node_editor_get_error (editor, c->field);
      g_assert_true (gantry_node_editor_get_valid (editor) == (c->error == NULL));
      if (c->error == NULL)
        {
          g_assert_null (error);
          continue;
        }
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error, c->error));
      gtk_test_accessible_assert_state (
          GTK_ACCESSIBLE (gantry_node_editor_get_field (editor, c->field)),
          GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE);
    }
  gtk_window_destroy (GTK_WINDOW (editor));
}

/* Nobody is told off before they have typed anything. */
static void
test_fresh_is_silent (Fixture *f, gconstpointer page G_GNUC_UNUSED)
{
  g_autoptr (GListStore) nodes = g_list_store_new (GANTRY_TYPE_NODE_ITEM);
  GantryNodeEditor *editor = open_editor (f, nodes);

  g_assert_false (gantry_node_editor_get_valid (editor));
  for (guint i = 0; i < GANTRY_N_NODE_FIELDS; i++)
    g_assert_null (gantry_node_editor_get_error (editor, i));
  gtk_window_destroy (GTK_WINDOW (editor));
}

static void
insert (GantryNodeEditor *editor, GantryNodeField field, const char *text)
{
  GtkEditable *text_widget
      = gtk_editable_get_delegate (gantry_node_editor_get_field (editor, field));
  int position = 0;

  gtk_editable_insert_text (text_widget, text, -1, &position);
}

#define TEXT(editor, field) gtk_editable_get_text (gantry_node_editor_get_field (editor, field))

static void
test_paste (Fixture *f, gconstpointer page G_GNUC_UNUSED)
{
  g_autoptr (GListStore) nodes = g_list_store_new (GANTRY_TYPE_NODE_ITEM);
  GantryNodeEditor *editor = open_editor (f, nodes);

  insert (editor, GANTRY_NODE_FIELD_HOST, "ARCHIVE@[2001:db8::17]:4242\n");
  g_assert_cmpstr (TEXT (editor, GANTRY_NODE_FIELD_NAME), ==, "ARCHIVE");
  g_assert_cmpstr (TEXT (editor, GANTRY_NODE_FIELD_AE_TITLE), ==, "ARCHIVE");
  g_assert_cmpstr (TEXT (editor, GANTRY_NODE_FIELD_HOST), ==, "2001:db8::17");
  g_assert_cmpstr (TEXT (editor, GANTRY_NODE_FIELD_PORT), ==, "4242");
  g_assert_true (gantry_node_editor_get_valid (editor));

  /* A name that is there is the user's own. */
  gtk_editable_set_text (gantry_node_editor_get_field (editor, GANTRY_NODE_FIELD_NAME), "Mine");
  insert (editor, GANTRY_NODE_FIELD_HOST, "OTHER@10.0.0.6:105");
  g_assert_cmpstr (TEXT (editor, GANTRY_NODE_FIELD_NAME), ==, "Mine");
  g_assert_cmpstr (TEXT (editor, GANTRY_NODE_FIELD_HOST), ==, "10.0.0.6");

  /* What is no address is text like any other. */
  gtk_editable_set_text (gantry_node_editor_get_field (editor, GANTRY_NODE_FIELD_HOST), "");
  insert (editor, GANTRY_NODE_FIELD_HOST, "10.0.0.7");
  g_assert_cmpstr (TEXT (editor, GANTRY_NODE_FIELD_HOST), ==, "10.0.0.7");
  gtk_window_destroy (GTK_WINDOW (editor));
}

/* ---- Nodes -------------------------------------------------------------------------------- */

static void
on_saved (GantryNodeEditor *editor G_GNUC_UNUSED, gint64 id, gint64 *saved)
{
  *saved = id;
}

/* By way of the dialog, like a user; returns the row. */
static GtkListBoxRow *
add_node (Fixture *f, const char *name, const char *host, guint16 port)
{
  g_autoptr (GListStore) nodes = g_list_store_new (GANTRY_TYPE_NODE_ITEM);
  g_autofree char *port_text = g_strdup_printf ("%u", port);
  const char *texts[] = { name, "SOMEBODY", host, port_text, "" };
  GantryNodeEditor *editor = open_editor (f, nodes);
  gint64 saved = 0;

  fill_in (editor, texts);
  g_signal_connect (editor, "saved", G_CALLBACK (on_saved), &saved);
  g_signal_emit_by_name (gantry_node_editor_get_field (editor, GANTRY_NODE_FIELD_PORT),
                         "entry-activated");
  WAIT (saved > 0);
  WAIT (SEES (f->nodes, name));
  return GTK_LIST_BOX_ROW (
      gtk_widget_get_ancestor (find (f->nodes, GTK_TYPE_LABEL, name), GANTRY_TYPE_NODE_ROW));
}

static void
test_self_explains_itself (Fixture *f, gconstpointer page G_GNUC_UNUSED)
{
  g_autofree char *address = g_strdup_printf ("GANTRY@localhost:%u", f->port);

  WAIT (SEES (f->nodes, "This workstation"));
  WAIT (gtk_list_box_get_selected_row (node_list (f)) != NULL);
  gtk_widget_activate_action (GTK_WIDGET (f->nodes), "node.edit", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, 1);
  gtk_widget_activate_action (GTK_WIDGET (f->nodes), "node.delete", NULL);
  g_assert_false (SEES (f->nodes, "removed"));

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->nodes), "node.echo", NULL));
  WAIT (SEES (f->nodes, "Does not answer"));
  g_assert_true (SEES (f->nodes, "receiver of this workstation is off"));
  g_assert_true (SEES (f->nodes, "Switch Receiver On"));

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->nodes), "node.listen", NULL));
  WAIT (f->listener.on);
  g_assert_false (SEES (f->nodes, "Switch Receiver On"));
  WAIT (SEES (f->nodes, address)); /* it follows the receiver */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->nodes), "node.echo", NULL));
  WAIT (SEES (f->nodes, "Answers in"));
}

static void
test_unreachable (Fixture *f, gconstpointer page G_GNUC_UNUSED)
{
  GtkListBoxRow *row = add_node (f, "Nobody <b>home</b>", "127.0.0.1", f->port);
  GantryNodeItem *item = gantry_node_row_get_item (GANTRY_NODE_ROW (row));
  GantryEcho *echo;

  gtk_list_box_select_row (node_list (f), row);
  gtk_widget_activate_action (GTK_WIDGET (f->nodes), "node.echo", NULL);
  g_assert_true (gantry_node_item_get_running (item));
  WAIT (!gantry_node_item_get_running (item));

  echo = gantry_node_item_get_echo (item);
  g_assert_nonnull (echo);
  g_assert_false (echo->ok);
  g_assert_cmpint (gantry_echo_ladder_get_rung (echo, GANTRY_STEP_NAME), ==, GANTRY_RUNG_PASSED);
  g_assert_cmpint (gantry_echo_ladder_get_rung (echo, GANTRY_STEP_CONNECTION), ==,
                   GANTRY_RUNG_FAILED);
  WAIT (SEES (f->nodes, "Does not answer"));
  g_assert_true (SEES (f->nodes, echo->message));
  g_assert_true (SEES (f->nodes, "Nobody <b>home</b>")); /* text, not markup */
}

/* A peer that accepts the connection and never says a word. */
static void
test_cancel (Fixture *f, gconstpointer page G_GNUC_UNUSED)
{
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (silent, NULL, NULL);
  GtkListBoxRow *row = add_node (f, "Silent", "127.0.0.1", port);
  GantryNodeItem *item = gantry_node_row_get_item (GANTRY_NODE_ROW (row));
  gint64 start;

  gtk_list_box_select_row (node_list (f), row);
  gtk_widget_activate_action (GTK_WIDGET (f->nodes), "node.echo", NULL);
  WAIT (SEES (f->nodes, "Asking…"));
  start = g_get_monotonic_time ();
  gtk_widget_activate_action (GTK_WIDGET (f->nodes), "node.cancel", NULL);
  WAIT (!gantry_node_item_get_running (item));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
  g_assert_null (gantry_node_item_get_echo (item));
  WAIT (SEES (f->nodes, "Not asked yet"));
}

static void
test_delete_and_undo (Fixture *f, gconstpointer page G_GNUC_UNUSED)
{
  GtkListBoxRow *row = add_node (f, "Old PACS", "127.0.0.1", f->port);
  GtkWidget *undo;

  gtk_list_box_select_row (node_list (f), row);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->nodes), "node.delete", NULL));
  WAIT (!SEES (node_list (f), "Old PACS"));
  WAIT (SEES (f->nodes, "“Old PACS” removed"));
  undo = gtk_widget_get_ancestor (find (f->nodes, GTK_TYPE_LABEL, "Undo"), GTK_TYPE_BUTTON);
  g_signal_emit_by_name (undo, "clicked");
  WAIT (SEES (node_list (f), "Old PACS"));
}

/* ---- The ladder --------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  gboolean tried, ok;
  GantryStep failed;
  const char *rungs; /* one letter a step: Unknown, Passed, Failed, Not reached */
} LadderCase;

static const LadderCase ladder_cases[] = {
  { "not-tried", FALSE, FALSE, 0, "UUUUUU" },
  { "good", TRUE, TRUE, 0, "PPPPPP" },
  { "name", TRUE, FALSE, GANTRY_STEP_NAME, "FNNNNN" },
  { "connection", TRUE, FALSE, GANTRY_STEP_CONNECTION, "PFNNNN" },
  { "own-files", TRUE, FALSE, GANTRY_STEP_TLS, "NNFNNN" },
  { "association", TRUE, FALSE, GANTRY_STEP_ASSOCIATION, "PPPFNN" },
  { "echo", TRUE, FALSE, GANTRY_STEP_MESSAGE, "PPPPFN" },
  { "release", TRUE, FALSE, GANTRY_STEP_RELEASE, "PPPPPF" },
};

static void
test_ladder (gconstpointer data)
{
  const LadderCase *c = data;
  g_autoptr (GantryEcho) echo = gantry_echo_new ();
  g_autoptr (GantryNode) node = gantry_node_new (1, "N", "A", "h", 104, "", FALSE);
  g_autoptr (GtkWidget) ladder = g_object_ref_sink (g_object_new (GANTRY_TYPE_ECHO_LADDER, NULL));

  echo->ok = c->ok;
  echo->failed_step = c->failed;
  for (GantryStep step = 0; step < GANTRY_N_STEPS; step++)
    g_assert_cmpint ("UPFN"[gantry_echo_ladder_get_rung (c->tried ? echo : NULL, step)], ==,
                     c->rungs[step]);
  gantry_echo_ladder_show (GANTRY_ECHO_LADDER (ladder), node, c->tried ? echo : NULL);
}

/* ---- Receive ------------------------------------------------------------------------------ */

static void
test_switch (Fixture *f, gconstpointer page G_GNUC_UNUSED)
{
  GtkSwitch *on = GTK_SWITCH (find (f->receive, GTK_TYPE_SWITCH, NULL));
  g_autofree char *text = g_strdup_printf ("Receiving as GANTRY on port %u", f->port);

  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (on), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Receiver");
  WAIT (SEES (f->receive, "No Associations Yet"));
  g_assert_true (SEES (f->receive, "The receiver is off"));
  gtk_switch_set_active (on, TRUE);
  WAIT (SEES (f->receive, text));
  WAIT (SEES (f->receive, "Open to any caller"));
  g_assert_true (gtk_switch_get_state (on));
  g_assert_true (g_settings_get_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_ON));

  gtk_switch_set_active (on, FALSE);
  WAIT (SEES (f->receive, "The receiver is off"));
  g_assert_false (g_settings_get_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_ON));
}

/* The engine's word on the disk, from its first to its last. */
static void
test_low_space (Fixture *f, gconstpointer page G_GNUC_UNUSED)
{
  GantryListenerCard *card
      = GANTRY_LISTENER_CARD (find (f->receive, GANTRY_TYPE_LISTENER_CARD, NULL));
  GantryListener listener = { .on = TRUE,
                              .ae_title = (char *)"GANTRY",
                              .port = 11112,
                              .directory = f->folder,
                              .message = (char *)"",
                              .free_bytes = 123456789,
                              .low_space = TRUE };

  gantry_listener_card_show (card, &listener);
  g_assert_true (SEES (f->receive, "The disk is nearly full: 123"));
  g_assert_true (SEES (f->receive, "A700"));
  listener.low_space = FALSE;
  gantry_listener_card_show (card, &listener);
  g_assert_false (SEES (f->receive, "The disk is nearly full"));
  listener.low_space = TRUE;
  listener.on = FALSE;
  gantry_listener_card_show (card, &listener);
  g_assert_false (SEES (f->receive, "The disk is nearly full"));
}

static void
test_port_in_use (Fixture *f, gconstpointer page G_GNUC_UNUSED)
{
  g_autoptr (GSocketListener) other = g_socket_listener_new ();
  GtkSwitch *on = GTK_SWITCH (find (f->receive, GTK_TYPE_SWITCH, NULL));

  g_assert_true (g_socket_listener_add_inet_port (other, f->port, NULL, NULL));
  gtk_switch_set_active (on, TRUE);
  WAIT (SEES (f->receive, "Not receiving as GANTRY"));
  g_assert_true (SEES (f->receive, "Try Again"));
  g_assert_true (gtk_switch_get_active (on)); /* what the user wants */
  g_assert_false (gtk_switch_get_state (on)); /* what is */

  /* Another port in the settings is tried at once. */
  g_settings_set_uint (gantry_settings_get (), GANTRY_KEY_RECEIVE_PORT, find_free_port ());
  WAIT (SEES (f->receive, "Receiving as GANTRY"));
  g_assert_false (SEES (f->receive, "Try Again"));
}

static void
on_echo (GObject *object, GAsyncResult *result, gpointer data)
{
  *(GantryEcho **)data = gantry_engine_echo_finish (GANTRY_ENGINE (object), result, NULL);
}

static void
echo_ourselves (Fixture *f, const char *calling)
{
  g_autoptr (GantryNode) node
      = gantry_node_new (0, "me", "GANTRY", "127.0.0.1", f->port, calling, FALSE);
  g_autoptr (GantryEcho) echo = NULL;

  gantry_engine_echo_async (f->engine, node, NULL, NULL, on_echo, &echo);
  WAIT (echo != NULL);
  g_assert_true (echo->ok);
}

static GtkColumnView *
associations_table (Fixture *f)
{
  return GTK_COLUMN_VIEW (find (f->receive, GTK_TYPE_COLUMN_VIEW, NULL));
}

static gboolean
is_newest_released (Fixture *f)
{
  GListModel *rows = G_LIST_MODEL (gtk_column_view_get_model (associations_table (f)));
  g_autoptr (GantryPagedItem) row = g_list_model_get_item (rows, 0);
  const GantryAssociationRecord *record = gantry_paged_item_get_record (row);

  return record != NULL && record->state == GANTRY_ASSOCIATION_RELEASED;
}

/* A real association is shown as it happens; another one does not take the selection away. */
static void
test_association (Fixture *f, gconstpointer page G_GNUC_UNUSED)
{
  GtkSingleSelection *selection;
  GtkStack *details;

  g_settings_set_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_ON, TRUE);
  WAIT (f->listener.on);
  echo_ourselves (f, "FIRST");
  WAIT (SEES (f->receive, "FIRST"));
  WAIT (SEES (f->receive, "released"));

  selection = GTK_SINGLE_SELECTION (gtk_column_view_get_model (associations_table (f)));
  g_assert_null (gtk_single_selection_get_selected_item (selection));
  gtk_single_selection_set_selected (selection, 0);
  WAIT (SEES (f->receive, "FIRST from localhost (127.0.0.1:"));
  WAIT (SEES (f->receive, "Verification SOP Class"));
  g_assert_cmpstr (
      gantry_cell_get_tooltip (find (f->receive, GTK_TYPE_LABEL, "Verification SOP Class")), ==,
      "Verification SOP Class (1.2.840.10008.1.1)");

  echo_ourselves (f, "SECOND");
  WAIT (SEES (f->receive, "SECOND"));
  g_assert_cmpuint (gtk_single_selection_get_selected (selection), ==, 1);
  g_assert_true (SEES (f->receive, "FIRST from localhost (127.0.0.1:"));

  details = gantry_association_details_get_stack (
      GANTRY_ASSOCIATION_DETAILS (find (f->receive, GANTRY_TYPE_ASSOCIATION_DETAILS, NULL)));
  gtk_stack_set_visible_child_name (details, "objects");
  WAIT (SEES (f->receive, "No objects came over this association."));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (details), "details.close", NULL));
  g_assert_null (gtk_single_selection_get_selected_item (selection));

  WAIT (is_newest_released (f)); /* what is open is not cleared */
  gantry_engine_clear_associations (f->engine);
  WAIT (SEES (f->receive, "No Associations Yet"));
}

int
main (int argc, char *argv[])
{
  /* Lets the tests ask what a screen reader would be told. */
  g_setenv ("GTK_A11Y", "test", TRUE);
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  gantry_application_init_resources ();

#define CASE(path, page, func) g_test_add (path, Fixture, page, set_up, func, tear_down)
  CASE ("/node-editor/fields", "nodes", test_fields);
  CASE ("/node-editor/fresh-is-silent", "nodes", test_fresh_is_silent);
  CASE ("/node-editor/paste", "nodes", test_paste);
  CASE ("/nodes/self-explains-itself", "nodes", test_self_explains_itself);
  CASE ("/nodes/unreachable", "nodes", test_unreachable);
  CASE ("/nodes/cancel", "nodes", test_cancel);
  CASE ("/nodes/delete-and-undo", "nodes", test_delete_and_undo);
  CASE ("/receive/switch", "receive", test_switch);
  CASE ("/receive/low-space", "receive", test_low_space);
  CASE ("/receive/port-in-use", "receive", test_port_in_use);
  CASE ("/receive/association", "receive", test_association);
#undef CASE
  for (gsize i = 0; i < G_N_ELEMENTS (ladder_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/echo-ladder/", ladder_cases[i].name, NULL);
      g_test_add_data_func (path, &ladder_cases[i], test_ladder);
    }
  return g_test_run ();
}
