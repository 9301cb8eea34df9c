/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Send page on a real engine: what is dropped is send_fixture_get_staged, what is sent is
 * received by our own receiver, what cannot be sent says so.
 */
#include "config.h"

#include <string.h>

#include "gantry-destination-bar.h"
#include "gantry-engine.h"
#include "gantry-event-private.h"
#include "gantry-facts-view.h"
#include "gantry-forecast-window.h"
#include "gantry-item.h"
#include "gantry-job-row.h"
#include "gantry-job-window.h"
#include "gantry-node-chooser.h"
#include "gantry-preferences.h"
#include "gantry-queue-list.h"
#include "gantry-quick-look.h"
#include "gantry-send-page.h"
#include "gantry-series-row.h"
#include "gantry-settings.h"
#include "gantry-skipped-window.h"
#include "gantry-staged-list.h"
#include "gantry-study-row.h"
#include "gui-support.h"
#include "send-fixture.h"

static GListModel *
get_jobs (SendFixture *f)
{
  return gantry_queue_list_get_model (
      GANTRY_QUEUE_LIST (gui_find_type (f->page, GANTRY_TYPE_QUEUE_LIST)));
}

/* ---- The tests --------------------------------------------------------------------------------
 */

static void
test_empty (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gui_wait_for (gui_find_text (f->page, "Drop Studies Here") != NULL);
  g_assert_null (gui_find_text (f->page, "Queue"));
  /* Nothing to send: pressing Send does nothing, and does not crash. */
  send_fixture_activate (f, "win.send");
  g_assert_nonnull (gui_find_text (f->page, "Drop Studies Here"));
}

static void
test_drop (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window;

  send_fixture_drop_studies (f);
  gui_wait_for (gui_find_type (f->page, GANTRY_TYPE_STUDY_ROW) != NULL);
  gui_wait_for (gui_find_type (f->page, GANTRY_TYPE_SERIES_ROW) != NULL);
  g_assert_nonnull (gui_find_part (f->page, "Series "));
  g_assert_nonnull (gui_find_part (f->page, " images · "));
  g_assert_nonnull (gui_find_part (f->page, "1 study · "));

  /* What was not DICOM is named, with the reason, as it is. */
  send_fixture_activate (f, "win.show-skipped");
  window = gui_find_window (GANTRY_TYPE_SKIPPED_WINDOW);
  gui_wait_for (gui_find_part (window, "READ <b>ME & GO.TXT") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* What cannot be sent is not counted with what nobody wants to. */
static void
test_lost (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (f->studies, "empty.dcm", NULL);
  GtkWidget *window;

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  send_fixture_drop_studies (f);
  gui_wait_for (gui_find_text (f->page, "1 file cannot be sent") != NULL);
  g_assert_nonnull (gui_find_text (f->page, "1 file was skipped"));
  send_fixture_activate (f, "win.show-skipped");
  window = gui_find_window (GANTRY_TYPE_SKIPPED_WINDOW);
  gui_wait_for (gui_find_part (window, "empty.dcm") != NULL);
  g_assert_nonnull (gui_find_part (window, "READ <b>ME & GO.TXT"));
  gtk_window_destroy (GTK_WINDOW (window));

  /* It is still known after all else was sent, until somebody has taken note of it. */
  send_fixture_choose_node (f, "Nobody", send_fixture_find_closed_port ());
  send_fixture_activate (f, "win.send");
  gui_wait_for (gui_find_text (f->page, "1 file was skipped") == NULL);
  gui_wait_for (gui_find_text (f->page, "Try Now") != NULL);
  g_assert_nonnull (gui_find_text (f->page, "1 file cannot be sent"));
  send_fixture_activate (f, "win.show-skipped");
  window = gui_find_window (GANTRY_TYPE_SKIPPED_WINDOW);
  gui_wait_for (gui_find_part (window, "empty.dcm") != NULL);
  g_assert_null (gui_find_part (window, "READ <b>ME & GO.TXT"));
  gtk_window_destroy (GTK_WINDOW (window));
  gtk_widget_activate_action (f->page, "send.forget-skipped", NULL);
  gui_wait_for (gui_find_text (f->page, "1 file cannot be sent") == NULL);
}

static void
tell_scan (SendFixture *f, gboolean running)
{
  g_autoptr (GantryEvent) event = gantry_event_new (GANTRY_EVENT_SCAN);

  event->scan.running = running;
  gantry_window_handle_event (f->window, event);
}

/* While a study is still being found, nothing sends what there is of it as if it were the whole. */
static void
test_while_scanning (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *list;

  send_fixture_drop_studies (f);
  send_fixture_choose_node (f, "Nobody", send_fixture_find_closed_port ());
  list = gui_find_type (gui_find_type (f->page, GANTRY_TYPE_STAGED_LIST), GTK_TYPE_LIST_VIEW);
  gtk_selection_model_select_item (gtk_list_view_get_model (GTK_LIST_VIEW (list)), 0, TRUE);
  tell_scan (f, TRUE);
  gtk_widget_activate_action (list, "staged.send-selected", NULL);
  gui_wait_for (gui_find_part (GTK_WIDGET (f->window), "still being looked through") != NULL);
  g_assert_cmpuint (g_list_model_get_n_items (get_jobs (f)), ==, 0);

  tell_scan (f, FALSE);
  gtk_widget_activate_action (list, "staged.send-selected", NULL);
  gui_wait_for (g_list_model_get_n_items (get_jobs (f)) == 1);
}

static void
change_database (SendFixture *f, const char *sql)
{
  g_autofree char *directory = g_path_get_dirname (f->studies);
  g_autofree char *path = g_build_filename (directory, "gantry.db", NULL);
  const char *argv[] = { "/usr/bin/python3",
                         "-c",
                         "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute(sys.argv[2])",
                         path,
                         sql,
                         NULL };
  int status = -1;

  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                               &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

/* A part that the disk did not take is no end of the user's choice, and that is said until it is
 * dismissed. */
static void
test_no_room (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);

  change_database (f, "CREATE TRIGGER no BEFORE INSERT ON instances BEGIN "
                      "SELECT RAISE (FAIL, 'there is no room'); END");
  send_fixture_drop (f, f->studies);
  gui_wait_for (gui_find_part (f->page, "there is no room") != NULL);
  g_assert_null (gui_find_part (GTK_WIDGET (f->window), "Cancelled."));
  change_database (f, "DROP TRIGGER no");
  send_fixture_drop_studies (f);
  g_assert_nonnull (gui_find_part (f->page, "there is no room"));

  gtk_widget_activate_action (f->page, "send.forget-trouble", NULL);
  gui_wait_for (gui_find_part (f->page, "there is no room") == NULL);
  g_log_set_always_fatal (fatal);
}

/* The picture of a series comes from the cache that the engine fills. */
static void
test_picture (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *row, *picture;

  send_fixture_drop_studies (f);
  gui_wait_for ((row = gui_find_type (f->page, GANTRY_TYPE_SERIES_ROW)) != NULL);
  picture = gui_find_type (row, GTK_TYPE_PICTURE);
  gui_wait_for (gtk_picture_get_paintable (GTK_PICTURE (picture)) != NULL);
}

static void
test_remove (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *list;

  send_fixture_drop_studies (f);
  list = gui_find_type (gui_find_type (f->page, GANTRY_TYPE_STAGED_LIST), GTK_TYPE_LIST_VIEW);
  gtk_selection_model_select_item (gtk_list_view_get_model (GTK_LIST_VIEW (list)), 0, TRUE);
  gtk_widget_activate_action (list, "staged.remove", NULL);
  gui_wait_for (g_list_model_get_n_items (send_fixture_get_staged (f)) == 0);
}

/* A clicked outcome says everything that is known of it, and closes again. */
static void
check_facts (GtkWidget *window, guint n)
{
  GtkColumnView *view = GTK_COLUMN_VIEW (gui_find_type (window, GTK_TYPE_COLUMN_VIEW));
  GtkSelectionModel *selection = gtk_column_view_get_model (view);
  GtkWidget *facts = gui_find_type (window, GANTRY_TYPE_FACTS_VIEW);
  g_autofree char *text = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, n);
  g_assert_false (gtk_selection_model_is_selected (selection, 0));
  gtk_selection_model_select_item (selection, 0, TRUE);
  gui_wait_for (gui_find_text (facts, "0000: Success") != NULL);
  g_assert_nonnull (gui_find_part (facts, "CT Image Storage\n1.2.840.10008.5.1.4.1.1.2"));
  g_assert_nonnull (gui_find_part (facts, "1.2.840.10008.1.2"));
  g_assert_nonnull (gui_find_text (facts, "Ended At"));
  text = gantry_facts_view_get_text (GANTRY_FACTS_VIEW (facts));
  g_assert_nonnull (strstr (text, "What Happened: Stored"));
  g_assert_nonnull (strstr (text, "\nFile: /"));

  gtk_widget_activate_action (facts, "details.close", NULL);
  g_assert_false (gtk_selection_model_is_selected (selection, 0));
}

static void
test_send (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *profile = g_path_get_dirname (f->studies);
  g_autofree char *received = g_build_filename (profile, "received", NULL);
  g_autofree char *summary = NULL;
  guint sent = gui_count_files (f->studies) - 1;
  GtkWidget *window;

  send_fixture_drop_studies (f);
  send_fixture_listen (f, 0);
  send_fixture_choose_node (f, "Here", f->port);
  send_fixture_activate (f, "win.send");

  summary = g_strdup_printf ("%u stored", sent);
  gui_wait_for (gui_find_text (f->page, summary) != NULL);
  g_assert_cmpuint (gui_count_files (received), ==, sent);
  gui_wait_for (g_list_model_get_n_items (send_fixture_get_staged (f)) == 0);
  g_assert_cmpint (g_settings_get_int64 (gantry_settings_get (), GANTRY_KEY_LAST_DESTINATION), ==,
                   f->node_id);

  /* Each object says what became of it. */
  gtk_widget_activate_action (gui_find_type (f->page, GANTRY_TYPE_QUEUE_LIST), "queue.details", "x",
                              (gint64)1);
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_JOB_WINDOW)) != NULL);
  gui_wait_for (gui_find_text (window, "Stored") != NULL);
  gui_wait_for (gui_find_text (window, "0000") != NULL);
  check_facts (window, sent);
  gtk_window_destroy (GTK_WINDOW (window));

  send_fixture_activate (f, "win.clear-queue");
  gui_wait_for (gui_find_text (f->page, "Queue") == NULL);
}

/* From a telephone's width to that of a wall: everything keeps its place, without a warning. */
static void
test_widths (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const int widths[] = { 360, 600, 900, 1250, 360, 1000 };

  send_fixture_drop_studies (f);
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      gui_resize (GTK_WINDOW (f->window), widths[i], 600);
      gui_wait_for (gtk_widget_get_child_visible (f->page));
      g_assert_cmpint (gtk_widget_get_width (f->page), <=,
                       gtk_widget_get_width (GTK_WIDGET (f->window)));
    }
}

static gint64
get_job_at (SendFixture *f, guint position)
{
  g_autoptr (GantryItem) item = g_list_model_get_item (get_jobs (f), position);

  return gantry_item_get_id (item);
}

static GantryJobState
get_state_at (SendFixture *f, guint position)
{
  g_autoptr (GantryItem) item = g_list_model_get_item (get_jobs (f), position);

  return ((GantryJob *)gantry_item_get_record (item))->state;
}

static void
activate_for_job (SendFixture *f, const char *action, gint64 job)
{
  g_assert_true (gtk_widget_activate_action (gui_find_type (f->page, GANTRY_TYPE_QUEUE_LIST),
                                             action, "x", job));
}

/* Also with all the buttons that a job can have, nothing of its row is cut off. */
static void
test_narrow_queue (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window = GTK_WIDGET (f->window), *row, *menu;
  graphene_rect_t place, all;

  send_fixture_drop_studies (f);
  send_fixture_choose_node (f, "Nobody", send_fixture_find_closed_port ());
  send_fixture_activate (f, "win.send");
  gui_wait_for (gui_find_text (f->page, "Try Now") != NULL);
  gui_resize (GTK_WINDOW (window), 360, 640);
  row = gui_find_type (f->page, GANTRY_TYPE_JOB_ROW);
  menu = gui_find_type (row, GTK_TYPE_MENU_BUTTON);
  g_assert_true (gtk_widget_compute_bounds (menu, window, &place));
  g_assert_true (
      gtk_widget_compute_bounds (gui_find_type (f->page, GANTRY_TYPE_QUEUE_LIST), window, &all));
  g_assert_cmpfloat (place.origin.x + place.size.width, <=, all.origin.x + all.size.width);
}

/* A port that nobody listens on: the job says why it waits, and counts down; a person need not
 * wait for that. */
static void
test_unreachable (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port = send_fixture_find_closed_port ();
  guint n = gui_count_files (f->studies) - 1;
  g_autofree char *stored = g_strdup_printf ("%u stored", n);
  g_autofree char *first = NULL;
  GtkWidget *state;

  send_fixture_drop_studies (f);
  send_fixture_choose_node (f, "Nobody", port);
  send_fixture_activate (f, "win.send");

  gui_wait_for ((state = gui_find_part (f->page, "Next try in 0:")) != NULL);
  g_assert_nonnull (gui_find_part (f->page, "(1 of 10)"));
  g_assert_nonnull (gui_find_text (f->page, "Try Now"));
  g_assert_null (gui_find_part (f->page, "stored"));
  first = g_strdup (gtk_label_get_text (GTK_LABEL (state)));
  gui_wait_for (!g_str_equal (gtk_label_get_text (GTK_LABEL (state)), first));

  send_fixture_listen (f, port);
  activate_for_job (f, "queue.resume", 1);
  gui_wait_for (gui_find_text (f->page, stored) != NULL);
  g_assert_null (gui_find_text (f->page, "Try Now"));
}

/* Jobs for one node wait in an order that can be changed. */
static void
test_order (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port = send_fixture_find_closed_port ();
  gint64 last;

  for (guint i = 1; i <= 3; i++)
    {
      send_fixture_drop_studies (f);
      /* One listener under two names. */
      if (i < 3)
        send_fixture_choose_node_called (f, i == 1 ? "Nobody" : "Nobody else",
                                         i == 1 ? "ONE" : "OTHER", port);
      send_fixture_activate (f, "win.send");
      gui_wait_for (g_list_model_get_n_items (get_jobs (f)) == i);
      gui_wait_for (g_list_model_get_n_items (send_fixture_get_staged (f)) == 0);
    }
  for (guint i = 0; i < 3; i++)
    activate_for_job (f, "queue.pause", get_job_at (f, i));
  for (guint i = 0; i < 3; i++)
    gui_wait_for (get_state_at (f, i) == GANTRY_JOB_PAUSED); /* nothing passes one that runs */

  last = get_job_at (f, 0);
  activate_for_job (f, "queue.sooner", last);
  gui_wait_for (get_job_at (f, 1) == last);
  activate_for_job (f, "queue.sooner", last);
  gui_wait_for (get_job_at (f, 2) == last);
  activate_for_job (f, "queue.later", last);
  gui_wait_for (get_job_at (f, 1) == last);

  g_assert_true (gtk_widget_activate_action (gui_find_type (f->page, GANTRY_TYPE_QUEUE_LIST),
                                             "queue.priority", "(xi)", last, GANTRY_PRIORITY_HIGH));
  gui_wait_for (gui_find_part (f->page, "High priority") != NULL);
}

static const char *
get_focused_type (SendFixture *f)
{
  return G_OBJECT_TYPE_NAME (gtk_root_get_focus (GTK_ROOT (f->window)));
}

/* By the Tab key to the row, so that it can be opened and has its menu; then to its buttons. */
static void
test_row_by_keyboard (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *queue = gui_find_type (f->page, GANTRY_TYPE_QUEUE_LIST);
  GtkWidget *list = gui_find_type (queue, GTK_TYPE_LIST_VIEW);
  GtkWidget *row;

  send_fixture_drop_studies (f);
  send_fixture_choose_node (f, "Nobody", send_fixture_find_closed_port ());
  send_fixture_activate (f, "win.send");
  gui_wait_for (gui_find_text (f->page, "Try Now") != NULL);
  row = gtk_widget_get_parent (gui_find_type (queue, GANTRY_TYPE_JOB_ROW));
  g_assert_true (gtk_widget_child_focus (list, GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_widget_is_focus (row));
  g_assert_true (gtk_widget_child_focus (list, GTK_DIR_TAB_FORWARD));
  g_assert_cmpstr (get_focused_type (f), ==, "GtkButton");
  g_assert_true (gtk_widget_child_focus (list, GTK_DIR_TAB_BACKWARD));
  g_assert_true (gtk_widget_is_focus (row));
  for (guint i = 0; i < 4; i++) /* Try Now, Pause, Cancel, the menu */
    g_assert_true (gtk_widget_child_focus (list, GTK_DIR_TAB_FORWARD));
  g_assert_false (gtk_widget_child_focus (list, GTK_DIR_TAB_FORWARD));
}

static void
echoed (GObject *engine, GAsyncResult *result, gpointer data)
{
  *(GantryEcho **)data = gantry_engine_echo_finish (GANTRY_ENGINE (engine), result, NULL);
}

/* What was answered is no longer said when somebody else has found out that it is not so. */
static void
test_answer (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryEcho) echo = NULL;
  GtkWidget *bar = gui_find_type (f->page, GANTRY_TYPE_DESTINATION_BAR);

  send_fixture_drop_studies (f);
  send_fixture_choose_node (f, "Nobody", send_fixture_find_closed_port ());
  send_fixture_activate (f, "win.send");
  gui_wait_for (g_list_model_get_n_items (send_fixture_get_staged (f)) == 0);
  send_fixture_listen (f, 0);
  send_fixture_choose_node (f, "Here", f->port);
  send_fixture_activate (f, "win.check");
  gui_wait_for (gui_find_part (bar, "ms)") != NULL);

  gantry_engine_stop_listening (f->engine);
  gui_wait_for (f->port == 0);
  gantry_engine_echo_async (f->engine,
                            gantry_destination_bar_get_node (GANTRY_DESTINATION_BAR (bar)), NULL,
                            NULL, echoed, &echo);
  gui_wait_for (echo != NULL);
  gui_wait_for (gui_find_part (bar, "nothing listens") != NULL);
  g_assert_null (gui_find_part (bar, "ms)"));
}

/* Check asks what the node would take, and sends nothing; then the same is sent from there. */
static void
test_forecast (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint n = gui_count_files (f->studies) - 1;
  g_autofree char *summary = g_strdup_printf ("%u objects: all will be taken as they are.", n);
  g_autofree char *stored = g_strdup_printf ("%u stored", n);
  GtkWidget *window;

  send_fixture_drop_studies (f);
  send_fixture_listen (f, 0);
  send_fixture_choose_node (f, "Here", f->port);
  send_fixture_activate (f, "win.check");
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_FORECAST_WINDOW)) != NULL);
  gui_wait_for (gui_find_text (window, summary) != NULL);
  g_assert_nonnull (gui_find_text (window, "CT Image Storage"));
  g_assert_nonnull (gui_find_text (window, "Taken as it is"));
  g_assert_nonnull (gui_find_part (window, "Here · GANTRY@127.0.0.1:"));
  g_assert_cmpuint (g_list_model_get_n_items (get_jobs (f)), ==, 0);

  g_signal_emit_by_name (gui_find_type (window, GANTRY_TYPE_FORECAST_WINDOW), "send");
  gtk_window_close (GTK_WINDOW (window));
  gui_wait_for (gui_find_text (f->page, stored) != NULL);
}

/* Nobody answers: the sentence, and another try when somebody does. */
static void
test_forecast_fails (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port = send_fixture_find_closed_port ();
  GtkWidget *window;

  send_fixture_drop_studies (f);
  send_fixture_choose_node (f, "Nobody", port);
  send_fixture_activate (f, "win.check");
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_FORECAST_WINDOW)) != NULL);
  gui_wait_for (gui_find_text (window, "The Node Cannot Be Asked") != NULL);
  g_assert_nonnull (gui_find_part (window, "nothing listens on port"));
  g_assert_nonnull (gui_find_text (window, "Send Anyway"));

  send_fixture_listen (f, port);
  g_signal_emit_by_name (gtk_widget_get_parent (gui_find_text (window, "Try Again")), "clicked");
  gui_wait_for (gui_find_part (window, "all will be taken as they are") != NULL);
  gtk_window_close (GTK_WINDOW (window));
  g_assert_cmpuint (g_list_model_get_n_items (get_jobs (f)), ==, 0);
}

/* Destroys the window of a type; there is nothing of it left then. */
static void
close_at_once (GType type)
{
  gpointer window = gui_find_window (type);

  g_assert_nonnull (window);
  g_object_add_weak_pointer (window, &window);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_null (window);
}

/* Windows that are closed before what they asked for is known. */
static void
test_close_early (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketListener) silent = g_socket_listener_new (); /* takes calls, says nothing */
  GtkWidget *list = gui_find_type (f->page, GANTRY_TYPE_STAGED_LIST);

  send_fixture_drop_studies (f);
  send_fixture_choose_node (f, "Silent", g_socket_listener_add_any_inet_port (silent, NULL, NULL));

  send_fixture_activate (f, "win.check");
  close_at_once (GANTRY_TYPE_FORECAST_WINDOW);
  send_fixture_activate (f, "win.check");
  for (guint i = 0; i < 5; i++)
    gui_turn (); /* the association is being asked for */
  close_at_once (GANTRY_TYPE_FORECAST_WINDOW);
  send_fixture_activate (f, "win.show-skipped");
  close_at_once (GANTRY_TYPE_SKIPPED_WINDOW);
  gantry_node_chooser_present (f->page, f->engine, "Where to?", 0);
  close_at_once (GANTRY_TYPE_NODE_CHOOSER);
  gtk_selection_model_select_item (
      gtk_list_view_get_model (GTK_LIST_VIEW (gui_find_type (list, GTK_TYPE_LIST_VIEW))), 1, TRUE);
  gtk_widget_activate_action (list, "staged.quick-look", NULL);
  close_at_once (GANTRY_TYPE_QUICK_LOOK);

  /* Their answers come before this one's. */
  gantry_staged_list_reload (GANTRY_STAGED_LIST (list));
  send_fixture_activate (f, "win.show-skipped");
  gui_wait_for (gui_find_part (gui_find_window (GANTRY_TYPE_SKIPPED_WINDOW), "READ") != NULL);
  close_at_once (GANTRY_TYPE_SKIPPED_WINDOW);

  /* The window of all goes while its parts ask. */
  gantry_staged_list_reload (GANTRY_STAGED_LIST (list));
  send_fixture_activate (f, "win.send");
}

/* The end of a job is told to somebody who looks elsewhere, without the patient. */
static void
test_notification (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *told = NULL;
  g_autofree char *wanted
      = g_strdup_printf ("Everything Is Stored\nHere: %u stored", gui_count_files (f->studies) - 1);

  send_fixture_drop_studies (f);
  send_fixture_listen (f, 0);
  send_fixture_choose_node (f, "Here", f->port);
  g_free (gui_take_notification ());
  gtk_window_minimize (GTK_WINDOW (f->window));
  gui_wait_for (!gtk_window_is_active (GTK_WINDOW (f->window)));
  send_fixture_activate (f, "win.send");
  gui_wait_for (gui_has_notification ());
  told = gui_take_notification ();
  g_assert_cmpstr (told, ==, wanted);
  gtk_window_present (GTK_WINDOW (f->window));
}

/* Cancelled: nothing of it is stored, and it can be sent after all. */
static void
test_cancelled (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *summary = g_strdup_printf ("%u cancelled", gui_count_files (f->studies) - 1);
  GListModel *jobs = get_jobs (f);

  send_fixture_drop_studies (f);
  send_fixture_choose_node (f, "Nobody", send_fixture_find_closed_port ());
  send_fixture_activate (f, "win.send");
  gui_wait_for (gui_find_part (f->page, "Next try in") != NULL);
  activate_for_job (f, "queue.cancel", 1);
  gui_wait_for (gui_find_text (f->page, summary) != NULL);

  /* Clearing would forget what is not stored, so it is asked. */
  send_fixture_activate (f, "win.clear-queue");
  gui_wait_for (gui_find_window (ADW_TYPE_MESSAGE_DIALOG) != NULL);

  /* One that ends before the answer was not asked about. */
  send_fixture_drop_studies (f);
  send_fixture_activate (f, "win.send");
  gui_wait_for (g_list_model_get_n_items (jobs) == 2);
  activate_for_job (f, "queue.cancel", 2);
  gui_wait_for (get_state_at (f, 0) == GANTRY_JOB_CANCELLED);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (gui_find_window (ADW_TYPE_MESSAGE_DIALOG)),
                               "remove");
  gui_wait_for (g_list_model_get_n_items (jobs) == 1);
  g_assert_cmpint (get_job_at (f, 0), ==, 2);
}

/* Patient text is text: neither markup nor a title. */
static void
test_text_is_text (void)
{
  g_autoptr (GantryStudy) study = gantry_study_new ();
  GtkWidget *row = g_object_ref_sink (gantry_study_row_new ());

  gantry_record_set (&study->patient_name, "<b>Doe</b> &amp; \"John\"");
  gantry_record_set (&study->description, "<span size='99999'>x");
  gantry_study_row_show (GANTRY_STUDY_ROW (row), study);
  g_assert_nonnull (gui_find_text (row, "<b>Doe</b> &amp; \"John\""));
  g_assert_nonnull (gui_find_text (row, "<span size='99999'>x"));
  g_object_unref (row);
}

/* What is chosen is in the settings, and says what it means. */
static void
test_policy (void)
{
  GantryPreferences *preferences = gantry_preferences_new (NULL);
  GSettings *settings = gantry_settings_get ();
  GtkWidget *row = gui_find_type (GTK_WIDGET (preferences), ADW_TYPE_COMBO_ROW);

  g_assert_cmpint (g_settings_get_enum (settings, GANTRY_KEY_TRANSCODING), ==,
                   GANTRY_TRANSCODING_LOSSLESS);
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (row)), ==, 1);
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), 0);
  g_assert_cmpint (g_settings_get_enum (settings, GANTRY_KEY_TRANSCODING), ==,
                   GANTRY_TRANSCODING_NEVER);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==,
                   "Never\nObjects go out as their files are, or not at all.");
  g_settings_reset (settings, GANTRY_KEY_TRANSCODING);
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (row)), ==, 1);
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static void
test_preferences (void)
{
  GantryPreferences *preferences = gantry_preferences_new (NULL);
  GSettings *settings = gantry_settings_get ();
  GtkWidget *entry = gui_find_type (GTK_WIDGET (preferences), ADW_TYPE_ENTRY_ROW);
  g_autofree char *kept = NULL;

  gtk_editable_set_text (GTK_EDITABLE (entry), "CT_SCAN_1");
  g_signal_emit_by_name (entry, "apply");
  gtk_editable_set_text (GTK_EDITABLE (entry), "BACK\\SLASH");
  g_assert_true (gtk_widget_has_css_class (entry, "error"));
  g_signal_emit_by_name (entry, "apply");
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  g_assert_true (gtk_widget_has_css_class (entry, "error"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "HALF"); /* typed, and no more */
  g_assert_false (gtk_widget_has_css_class (entry, "error"));
  kept = g_settings_get_string (settings, GANTRY_KEY_CALLING_AE_TITLE);
  g_assert_cmpstr (kept, ==, "CT_SCAN_1");
  gtk_editable_set_text (GTK_EDITABLE (entry), "GANTRY");
  gtk_window_present (GTK_WINDOW (preferences));
  gtk_window_close (GTK_WINDOW (preferences));
  g_free (kept);
  kept = g_settings_get_string (settings, GANTRY_KEY_CALLING_AE_TITLE);
  g_assert_cmpstr (kept, ==, "GANTRY");
}

/* All settings stay in the profile. */
static void
test_settings_file (void)
{
  g_autofree char *file = g_build_filename (gui_get_profile (), "settings.ini", NULL);
  g_autofree char *text = NULL;

  g_settings_set_uint (gantry_settings_get (), GANTRY_KEY_ASSOCIATIONS, 3);
  g_settings_sync ();
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "associations=3"));
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);

#define ADD(name, func)                                                                            \
  g_test_add (name, SendFixture, NULL, send_fixture_set_up, func, send_fixture_tear_down)
  ADD ("/send-page/empty", test_empty);
  ADD ("/send-page/drop", test_drop);
  ADD ("/send-page/lost", test_lost);
  ADD ("/send-page/while-scanning", test_while_scanning);
  ADD ("/send-page/no-room", test_no_room);
  ADD ("/send-page/picture", test_picture);
  ADD ("/send-page/remove", test_remove);
  ADD ("/send-page/send", test_send);
  ADD ("/send-page/unreachable", test_unreachable);
  ADD ("/send-page/order", test_order);
  ADD ("/send-page/row-by-keyboard", test_row_by_keyboard);
  ADD ("/send-page/cancelled", test_cancelled);
  ADD ("/send-page/answer", test_answer);
  ADD ("/send-page/forecast", test_forecast);
  ADD ("/send-page/forecast-fails", test_forecast_fails);
  ADD ("/send-page/close-early", test_close_early);
  ADD ("/send-page/notification", test_notification);
  ADD ("/send-page/widths", test_widths);
  ADD ("/send-page/narrow-queue", test_narrow_queue);
#undef ADD
  g_test_add_func ("/send-page/text-is-text", test_text_is_text);
  g_test_add_func ("/preferences/validated", test_preferences);
  g_test_add_func ("/preferences/policy", test_policy);
  g_test_add_func ("/settings/in-the-profile", test_settings_file);

  return gui_run ();
}
