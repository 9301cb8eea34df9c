/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Send page on a real engine: what is dropped is staged, what is sent is received by our own
 * receiver, what cannot be sent says so.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "gantry-engine.h"
#include "gantry-facts-view.h"
#include "gantry-job-window.h"
#include "gantry-preferences.h"
#include "gantry-queue-list.h"
#include "gantry-sample.h"
#include "gantry-send-page.h"
#include "gantry-series-row.h"
#include "gantry-settings.h"
#include "gantry-skipped-window.h"
#include "gantry-staged-list.h"
#include "gantry-study-row.h"
#include "gantry-window.h"
#include "gui-support.h"

typedef struct
{
  GantryEngine *engine;
  GantryWindow *window;
  GtkWidget *page;
  char *studies; /* a folder with a sample study and a text file */
  guint16 port;  /* of our receiver, 0: off */
  gint64 node_id;
} Fixture;

static void
handle_event (GantryEvent *event, gpointer data)
{
  Fixture *f = data;

  if (event->type == GANTRY_EVENT_LISTENER)
    f->port = event->listener.on ? event->listener.port : 0;
  if (f->window != NULL)
    gantry_window_handle_event (f->window, event);
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_build_filename (gui_get_profile (), "XXXXXX", NULL);
  g_autofree char *note = NULL;
  g_autoptr (GantryProfile) profile = NULL;

  g_assert_nonnull (g_mkdtemp (directory));
  f->studies = g_build_filename (directory, "studies", NULL);
  g_mkdir (f->studies, 0700);
  g_assert_true (gantry_sample_write (f->studies, &error));
  note = g_build_filename (f->studies, "READ <b>ME & GO.TXT", NULL);
  g_assert_true (g_file_set_contents (note, "not DICOM", -1, &error));

  profile = gantry_profile_open (directory, &error);
  g_assert_no_error (error);
  f->engine = gantry_engine_new (&(GantryEngineOptions){ .profile = profile,
                                                         .draft = "window",
                                                         .run_queue = TRUE,
                                                         .run_receiver = TRUE,
                                                         .event_func = handle_event,
                                                         .user_data = f },
                                 &error);
  g_assert_no_error (error);
  f->window = gantry_window_new (gui_get_application ());
  gantry_window_set_engine (f->window, f->engine);
  f->page = gui_find_type (GTK_WIDGET (f->window), GANTRY_TYPE_SEND_PAGE);
  gtk_window_present (GTK_WINDOW (f->window));
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gpointer alive = f->window;

  g_object_add_weak_pointer (G_OBJECT (f->window), &alive);
  gtk_window_destroy (GTK_WINDOW (f->window));
  gui_wait_for (alive == NULL);
  f->window = NULL;
  gantry_engine_close (f->engine);
  g_object_unref (f->engine);
  g_free (f->studies);
}

static GListModel *
staged (Fixture *f)
{
  return gantry_staged_list_get_model (
      GANTRY_STAGED_LIST (gui_find_type (f->page, GANTRY_TYPE_STAGED_LIST)));
}

static GtkDropTarget *
find_drop_target (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        return GTK_DROP_TARGET (controller); /* the widget holds it */
    }
  g_assert_not_reached ();
}

static void
drop (Fixture *f, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GSList) list = g_slist_append (NULL, file);
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_list (list));
  g_signal_emit_by_name (find_drop_target (f->page), "drop", &value, 10.0, 10.0, &taken);
  g_assert_true (taken);
}

static void
drop_studies (Fixture *f)
{
  drop (f, f->studies);
  gui_wait_for (gui_find_text (f->page, "1 file was skipped") != NULL);
  gui_wait_for (g_list_model_get_n_items (staged (f)) > 0);
}

static void
node_saved (GObject *engine, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;
  g_autoptr (GError) error = NULL;

  f->node_id = gantry_engine_save_node_finish (GANTRY_ENGINE (engine), result, &error);
  g_assert_no_error (error);
}

/* Saves a node and chooses it as the destination. */
static void
choose_node (Fixture *f, const char *name, guint16 port)
{
  g_autoptr (GantryNode) node = gantry_node_new (0, name, "GANTRY", "127.0.0.1", port, "", FALSE);

  gantry_engine_save_node_async (f->engine, node, NULL, node_saved, f);
  gui_wait_for (f->node_id != 0);
  while (gui_find_text (f->page, name) == NULL)
    {
      gui_turn ();
      gantry_send_page_choose_destination (GANTRY_SEND_PAGE (f->page), f->node_id);
    }
}

static void
listen_here (Fixture *f)
{
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;

  settings.port = 0;
  settings.address = "127.0.0.1";
  gantry_engine_listen (f->engine, &settings);
  gui_wait_for (f->port != 0);
}

static void
activate (Fixture *f, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), action, NULL));
}

/* ---- The tests --------------------------------------------------------------------------------
 */

static void
test_empty (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gui_wait_for (gui_find_text (f->page, "Drop Studies Here") != NULL);
  g_assert_null (gui_find_text (f->page, "Queue"));
  /* Nothing to send: pressing Send does nothing, and does not crash. */
  activate (f, "win.send");
  g_assert_nonnull (gui_find_text (f->page, "Drop Studies Here"));
}

static void
test_drop (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window;

  drop_studies (f);
  gui_wait_for (gui_find_type (f->page, GANTRY_TYPE_STUDY_ROW) != NULL);
  gui_wait_for (gui_find_type (f->page, GANTRY_TYPE_SERIES_ROW) != NULL);
  g_assert_nonnull (gui_find_part (f->page, "Series "));
  g_assert_nonnull (gui_find_part (f->page, " images · "));
  g_assert_nonnull (gui_find_part (f->page, "1 study · "));

  /* What was not DICOM is named, with the reason, as it is. */
  activate (f, "win.show-skipped");
  window = gui_find_window (GANTRY_TYPE_SKIPPED_WINDOW);
  gui_wait_for (gui_find_part (window, "READ <b>ME & GO.TXT") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The picture of a series comes from the cache that the engine fills. */
static void
test_picture (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *row, *picture;

  drop_studies (f);
  gui_wait_for ((row = gui_find_type (f->page, GANTRY_TYPE_SERIES_ROW)) != NULL);
  picture = gui_find_type (row, GTK_TYPE_PICTURE);
  gui_wait_for (gtk_picture_get_paintable (GTK_PICTURE (picture)) != NULL);
}

static void
test_remove (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *list;

  drop_studies (f);
  list = gui_find_type (gui_find_type (f->page, GANTRY_TYPE_STAGED_LIST), GTK_TYPE_LIST_VIEW);
  gtk_selection_model_select_item (gtk_list_view_get_model (GTK_LIST_VIEW (list)), 0, TRUE);
  gtk_widget_activate_action (list, "staged.remove", NULL);
  gui_wait_for (g_list_model_get_n_items (staged (f)) == 0);
}

static guint
count_files (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      n += g_file_test (path, G_FILE_TEST_IS_DIR) ? count_files (path) : 1;
    }
  return n;
}

/* A clicked outcome says everything that is known of it, and closes again. */
static void
check_facts (GtkWidget *window, guint n)
{
  GtkColumnView *view = GTK_COLUMN_VIEW (gui_find_type (window, GTK_TYPE_COLUMN_VIEW));
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (gtk_column_view_get_model (view));
  GtkWidget *facts = gui_find_type (window, GANTRY_TYPE_FACTS_VIEW);
  g_autofree char *text = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, n);
  g_assert_null (gtk_single_selection_get_selected_item (selection));
  gtk_single_selection_set_selected (selection, 0);
  gui_wait_for (gui_find_text (facts, "0000: Success") != NULL);
  g_assert_nonnull (gui_find_part (facts, "CT Image Storage\n1.2.840.10008.5.1.4.1.1.2"));
  g_assert_nonnull (gui_find_part (facts, "1.2.840.10008.1.2"));
  g_assert_nonnull (gui_find_text (facts, "Ended at"));
  text = gantry_facts_view_get_text (GANTRY_FACTS_VIEW (facts));
  g_assert_nonnull (strstr (text, "What happened: Stored"));
  g_assert_nonnull (strstr (text, "\nFile: /"));

  gtk_widget_activate_action (facts, "details.close", NULL);
  g_assert_null (gtk_single_selection_get_selected_item (selection));
}

static void
test_send (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *profile = g_path_get_dirname (f->studies);
  g_autofree char *received = g_build_filename (profile, "received", NULL);
  g_autofree char *summary = NULL;
  guint sent = count_files (f->studies) - 1;
  GtkWidget *window;

  drop_studies (f);
  listen_here (f);
  choose_node (f, "Here", f->port);
  activate (f, "win.send");

  summary = g_strdup_printf ("%u stored", sent);
  gui_wait_for (gui_find_text (f->page, summary) != NULL);
  g_assert_cmpuint (count_files (received), ==, sent);
  gui_wait_for (g_list_model_get_n_items (staged (f)) == 0);
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

  activate (f, "win.clear-queue");
  gui_wait_for (gui_find_text (f->page, "Queue") == NULL);
}

/* From a telephone's width to that of a wall: everything keeps its place, without a warning. */
static void
test_widths (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const int widths[] = { 360, 600, 900, 1250, 360, 1000 };

  /* Until the window manager has placed the window it may forget another size. */
  gui_wait_for (gtk_window_is_active (GTK_WINDOW (f->window)));
  drop_studies (f);
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      GtkWidget *window = GTK_WIDGET (f->window);

      gtk_window_set_default_size (GTK_WINDOW (window), widths[i], 600);
      gui_wait_for (ABS (gtk_widget_get_width (window) - widths[i]) <= 12);
      gtk_test_widget_wait_for_draw (window);
      gui_wait_for (gtk_widget_get_child_visible (f->page));
      g_assert_cmpint (gtk_widget_get_width (f->page), <=, gtk_widget_get_width (window));
    }
}

/* A port that nobody listens on: the job ends in words, and can be tried again. */
static void
test_refused (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *summary = g_strdup_printf ("%u failed", count_files (f->studies) - 1);
  GListModel *jobs;

  g_socket_listener_close (listener);
  drop_studies (f);
  choose_node (f, "Nobody", port);
  activate (f, "win.send");

  gui_wait_for (gui_find_text (f->page, summary) != NULL);
  g_assert_null (gui_find_part (f->page, "stored"));
  jobs = gantry_queue_list_get_model (
      GANTRY_QUEUE_LIST (gui_find_type (f->page, GANTRY_TYPE_QUEUE_LIST)));
  g_assert_cmpuint (g_list_model_get_n_items (jobs), ==, 1);

  /* Clearing would forget what is not stored, so it is asked. */
  activate (f, "win.clear-queue");
  gui_wait_for (gui_find_window (ADW_TYPE_MESSAGE_DIALOG) != NULL);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (gui_find_window (ADW_TYPE_MESSAGE_DIALOG)),
                               "remove");
  gui_wait_for (g_list_model_get_n_items (jobs) == 0);
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

static void
test_preferences (void)
{
  GantryPreferences *preferences = gantry_preferences_new (NULL);
  GSettings *settings = gantry_settings_get ();
  GtkWidget *entry = gui_find_type (GTK_WIDGET (preferences), ADW_TYPE_ENTRY_ROW);
  g_autofree char *kept = NULL;

  gtk_editable_set_text (GTK_EDITABLE (entry), "CT_SCAN_1");
  gtk_editable_set_text (GTK_EDITABLE (entry), "BACK\\SLASH");
  g_assert_true (gtk_widget_has_css_class (entry, "error"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  g_assert_true (gtk_widget_has_css_class (entry, "error"));
  kept = g_settings_get_string (settings, GANTRY_KEY_CALLING_AE_TITLE);
  g_assert_cmpstr (kept, ==, "CT_SCAN_1");
  gtk_editable_set_text (GTK_EDITABLE (entry), "GANTRY");
  g_assert_false (gtk_widget_has_css_class (entry, "error"));
  gtk_window_destroy (GTK_WINDOW (preferences));
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

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/send-page/empty", test_empty);
  ADD ("/send-page/drop", test_drop);
  ADD ("/send-page/picture", test_picture);
  ADD ("/send-page/remove", test_remove);
  ADD ("/send-page/send", test_send);
  ADD ("/send-page/refused", test_refused);
  ADD ("/send-page/widths", test_widths);
#undef ADD
  g_test_add_func ("/send-page/text-is-text", test_text_is_text);
  g_test_add_func ("/preferences/validated", test_preferences);
  g_test_add_func ("/settings/in-the-profile", test_settings_file);

  return gui_run ();
}
