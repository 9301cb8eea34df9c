/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window of a job on a real engine: what of it is shown, what is picked in it, and what is done
 * with that.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "gantry-bulk-selection.h"
#include "gantry-details-split.h"
#include "gantry-instances-view.h"
#include "gantry-job-window.h"
#include "gantry-node-chooser.h"
#include "gantry-paged-item.h"
#include "gantry-queue-list.h"
#include "gantry-report-export.h"
#include "send-fixture.h"
#include "synthetic-queue.h"

/* Of what is selected in it. */
static gboolean
activate (GtkWidget *window, const char *action)
{
  return gtk_widget_activate_action (gui_find_type (window, GANTRY_TYPE_INSTANCES_VIEW), action,
                                     NULL);
}

/* What there is in the table. */
static GtkSelectionModel *
get_rows (GtkWidget *window)
{
  return gtk_column_view_get_model (GTK_COLUMN_VIEW (gui_find_type (window, GTK_TYPE_COLUMN_VIEW)));
}

static guint
count_rows (GtkWidget *window)
{
  return g_list_model_get_n_items (G_LIST_MODEL (get_rows (window)));
}

/* The first regular file below a folder that is not the note. */
static char *
find_object (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      char *path = g_build_filename (directory, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          char *found = find_object (path);

          g_free (path);
          if (found != NULL)
            return found;
        }
      else if (!g_str_has_suffix (name, ".TXT"))
        return path;
      else
        g_free (path);
    }
  return NULL;
}

/* A job of which one object failed, since its file was not there when its turn came. Returns: the
 * window on it; @hidden: where the file is now, to be put back to @path */
static GtkWidget *
open_job_with_failure (SendFixture *f, char **path, char **hidden)
{
  GtkWidget *window;

  send_fixture_drop_studies (f);
  send_fixture_listen (f, 0);
  send_fixture_choose_node (f, "Here", f->port);
  *path = find_object (f->studies);
  *hidden = g_strconcat (*path, ".gone", NULL);
  g_assert_cmpint (g_rename (*path, *hidden), ==, 0);
  send_fixture_activate (f, "win.send");
  gui_wait_for (gui_find_part (f->page, "1 failed") != NULL);

  gtk_widget_activate_action (gui_find_type (f->page, GANTRY_TYPE_QUEUE_LIST), "queue.details", "x",
                              (gint64)1);
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_JOB_WINDOW)) != NULL);
  gui_wait_for (count_rows (window) == gui_count_files (f->studies) - 1);
  return window;
}

static void
choose_outcome (GtkWidget *window, guint row)
{
  gtk_drop_down_set_selected (GTK_DROP_DOWN (gui_find_type (window, GTK_TYPE_DROP_DOWN)), row);
}

enum
{
  ROW_ALL,
  ROW_WAITING,
  ROW_STORED,
  ROW_WARNINGS,
  ROW_REFUSED,
  ROW_NOT_ACCEPTED,
  ROW_FAILED,
};

static void
search (GtkWidget *window, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (gui_find_type (window, GTK_TYPE_SEARCH_ENTRY)), text);
}

static void
test_filter (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = NULL;
  g_autofree char *hidden = NULL;
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;
  GtkWidget *window = open_job_with_failure (f, &path, &hidden);
  guint all = count_rows (window);

  choose_outcome (window, ROW_FAILED);
  gui_wait_for (count_rows (window) == 1);
  g_assert_nonnull (gui_find_text (window, "Failed"));
  shown = g_strdup_printf ("1 of %u shown", all);
  gui_wait_for (gui_find_text (window, shown) != NULL);
  choose_outcome (window, ROW_STORED);
  gui_wait_for (count_rows (window) == all - 1);
  choose_outcome (window, ROW_REFUSED);
  gui_wait_for (gui_find_text (window, "No Such Objects") != NULL);
  g_assert_true (activate (window, "instances.show-all"));
  gui_wait_for (count_rows (window) == all);

  /* By a part of the path, and by the name of the SOP class, in any case of letters. */
  name = g_path_get_basename (path);
  search (window, name);
  gui_wait_for (count_rows (window) == 1);
  search (window, "ct image");
  gui_wait_for (count_rows (window) > 1);
  search (window, "nothing is called like this");
  gui_wait_for (gui_find_text (window, "No Such Objects") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* What a receiver that takes its time is said to do, for people who see it and who hear it. */
static void
test_advice (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;
  GtkWidget *window, *label;

  settings.port = 0;
  settings.address = "127.0.0.1";
  settings.test_behaviour = "delay=200";
  send_fixture_drop_studies (f);
  gantry_engine_listen (f->engine, &settings);
  gui_wait_for (f->port != 0);
  send_fixture_choose_node (f, "Slow", f->port);
  send_fixture_activate (f, "win.send");
  gui_wait_for (gui_find_part (f->page, "stored") != NULL);

  gtk_widget_activate_action (gui_find_type (f->page, GANTRY_TYPE_QUEUE_LIST), "queue.details", "x",
                              (gint64)1);
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_JOB_WINDOW)) != NULL);
  gui_wait_for ((label = gui_find_part (window, " to store each object")) != NULL);
  g_assert_true (gtk_widget_is_visible (label));
  g_assert_true (gtk_widget_get_focusable (label));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_no_advice (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window;

  send_fixture_drop_studies (f);
  send_fixture_listen (f, 0);
  send_fixture_choose_node (f, "Fast", f->port);
  send_fixture_activate (f, "win.send");
  gui_wait_for (gui_find_part (f->page, "stored") != NULL);
  gtk_widget_activate_action (gui_find_type (f->page, GANTRY_TYPE_QUEUE_LIST), "queue.details", "x",
                              (gint64)1);
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_JOB_WINDOW)) != NULL);
  gui_wait_for (count_rows (window) > 0);
  g_assert_null (gui_find_part (window, "The receiver takes"));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* One row shows its details, several say how many they are; a person tries them again. */
static void
test_retry_selection (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = NULL;
  g_autofree char *hidden = NULL;
  g_autofree char *stored = NULL;
  GtkWidget *window = open_job_with_failure (f, &path, &hidden);
  guint all = count_rows (window);
  GtkSelectionModel *rows = get_rows (window);

  gtk_selection_model_select_item (rows, 0, TRUE);
  gui_wait_for (gui_find_text (window, "SOP Instance UID") != NULL);
  gtk_selection_model_select_range (rows, 0, 3, TRUE);
  gui_wait_for (gui_find_text (window, "3 objects selected") != NULL);
  g_assert_null (gui_find_text (window, "SOP Instance UID"));

  g_assert_cmpint (g_rename (hidden, path), ==, 0);
  choose_outcome (window, ROW_FAILED);
  gui_wait_for (count_rows (window) == 1);
  gtk_selection_model_select_all (rows);
  g_assert_true (activate (window, "instances.retry"));
  stored = g_strdup_printf ("%u stored", all);
  gui_wait_for (gui_find_text (window, stored) != NULL);
  gui_wait_for (gui_find_text (window, "No Such Objects") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Some of a job, to another node: a new job, and the old one stays as it is. */
static void
test_send_again (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = NULL;
  g_autofree char *hidden = NULL;
  GtkWidget *window = open_job_with_failure (f, &path, &hidden);
  GtkWidget *chooser, *list;
  GtkListBoxRow *row;

  send_fixture_choose_node (f, "Elsewhere", f->port);
  choose_outcome (window, ROW_STORED);
  gui_wait_for (count_rows (window) == gui_count_files (f->studies) - 2);
  gtk_selection_model_select_range (get_rows (window), 0, 2, TRUE);
  g_assert_true (activate (window, "instances.send-again"));
  gui_wait_for ((chooser = gui_find_window (GANTRY_TYPE_NODE_CHOOSER)) != NULL);
  g_assert_nonnull (gui_find_part (chooser, "2 objects are sent again"));
  gui_wait_for (gui_find_text (chooser, "Elsewhere") != NULL);
  g_assert_nonnull (gui_find_part (chooser, "where they were sent before"));

  /* The one that is meant, most likely, is chosen already. */
  list = gui_find_type (chooser, GTK_TYPE_LIST_BOX);
  gui_wait_for ((row = gtk_list_box_get_selected_row (GTK_LIST_BOX (list))) != NULL);
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, "Elsewhere");
  g_signal_emit_by_name (list, "row-activated", row);
  gui_wait_for (gui_find_text (f->page, "2 stored") != NULL);
  g_assert_nonnull (gui_find_part (f->page, "to Elsewhere"));
  g_assert_nonnull (gui_find_part (f->page, "1 failed"));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_export (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = NULL;
  g_autofree char *hidden = NULL;
  GtkWidget *window = open_job_with_failure (f, &path, &hidden);
  g_autofree char *report = g_strconcat (f->studies, "/../report.csv", NULL);
  g_autofree char *json = g_strconcat (f->studies, "/../report.JSON", NULL);
  g_autofree char *text = NULL;
  g_autofree char *object = NULL;
  g_auto (GStrv) lines = NULL;

  gantry_report_export_to (window, f->engine, 1, report);
  gui_wait_for (gui_find_part (window, "The delivery report is in “report.csv”.") != NULL);
  g_assert_true (g_file_get_contents (report, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), >, gui_count_files (f->studies) - 1);
  g_assert_nonnull (strstr (text, path));

  gantry_report_export_to (window, f->engine, 1, json);
  gui_wait_for (g_file_test (json, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (json, &object, NULL, NULL));
  g_assert_true (*object == '{' || *object == '[');

  /* Where nothing can be written it says so. */
  gantry_report_export_to (window, f->engine, 1, "/proc/report.csv");
  gui_wait_for (gui_find_part (window, "/proc") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* ---- A job of thousands -------------------------------------------------------------------------
 */

#define ROWS 3000
#define REFUSED_ROW 1500
#define WAITING_ROW 2500

/* A job of which everything is stored but two of its instances, and the window on it. */
typedef struct
{
  GantryProfile *profile;
  GantryDatabase *db; /* a second connection */
  GantryEngine *engine;
  GantryItem *job;
  GListStore *jobs;
  GtkWidget *queue, *parent, *window;
} Long;

static void
set_outcome (Long *f, guint row, GantryOutcome outcome)
{
  g_assert_true (gantry_database_run (f->db, NULL,
                                      "UPDATE instances SET outcome = ? WHERE sop_instance_uid = "
                                      "'1.2.826.3.' || ?",
                                      "ii", (gint64)outcome, (gint64)row));
}

static gint64
get_outcome (Long *f, guint row)
{
  return gantry_database_get_int (
      f->db, -1, "SELECT outcome FROM instances WHERE sop_instance_uid = '1.2.826.3.' || ?", "i",
      (gint64)row);
}

static void
long_set_up (Long *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *directory = g_build_filename (gui_get_profile (), "XXXXXX", NULL);
  g_autoptr (GantryJob) job = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  g_assert_nonnull (g_mkdtemp (directory));
  f->profile = gantry_profile_open (directory, &error);
  g_assert_no_error (error);
  f->db = gantry_database_open (gantry_profile_get_database (f->profile), TRUE, &error);
  g_assert_no_error (error);
  id = synthetic_job_new (f->db, ROWS, &error);
  g_assert_no_error (error);
  g_assert_true (gantry_database_run (f->db, NULL, "UPDATE instances SET outcome = ?", "i",
                                      (gint64)GANTRY_OUTCOME_STORED));
  set_outcome (f, REFUSED_ROW, GANTRY_OUTCOME_REFUSED);
  set_outcome (f, WAITING_ROW, GANTRY_OUTCOME_WAITING);
  job = gantry_queue_table_get_job (f->db, id, &error);
  g_assert_no_error (error);

  f->engine = gantry_engine_new (
      &(GantryEngineOptions){ .profile = f->profile, .draft = "window", .run_queue = TRUE },
      &error);
  g_assert_no_error (error);
  f->job = gantry_item_new (id, job);
  f->jobs = g_list_store_new (GANTRY_TYPE_ITEM);
  g_list_store_append (f->jobs, f->job);
  f->queue = gtk_label_new ("queue");
  f->parent = g_object_new (GTK_TYPE_WINDOW, "child", f->queue, NULL);
  gtk_window_present (GTK_WINDOW (f->parent));
  f->window = GTK_WIDGET (gantry_job_window_present (f->queue, f->jobs, f->engine, f->job));
}

static void
long_tear_down (Long *f, gconstpointer data G_GNUC_UNUSED)
{
  if (f->window != NULL)
    gtk_window_destroy (GTK_WINDOW (f->window));
  gtk_window_destroy (GTK_WINDOW (f->parent));
  g_object_unref (f->job);
  g_object_unref (f->jobs);
  gantry_engine_close (f->engine);
  g_object_unref (f->engine);
  gantry_database_close (f->db);
  gantry_profile_unref (f->profile);
}

static GtkWidget *
find_button (GtkWidget *root, const char *action)
{
  if (GTK_IS_BUTTON (root)
      && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (root)), action) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, action);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
can (GtkWidget *window, const char *action)
{
  return gtk_widget_get_sensitive (find_button (window, action));
}

static void
wait_for (GtkWidget *window, gboolean retry, gboolean cancel)
{
  gui_wait_for (can (window, "instances.retry") == retry
                && can (window, "instances.cancel") == cancel);
}

/* Whatever is selected, what can be done with it is known, and nothing else is offered. */
static void
test_many (Long *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkSelectionModel *rows;

  gui_wait_for (count_rows (f->window) == ROWS);
  rows = get_rows (f->window);
  gtk_selection_model_select_all (rows);
  wait_for (f->window, TRUE, TRUE);
  gtk_selection_model_select_range (rows, 0, REFUSED_ROW + 1, TRUE);
  gtk_selection_model_select_range (rows, 0, REFUSED_ROW, TRUE); /* before the answer */
  wait_for (f->window, FALSE, FALSE);
  g_assert_true (can (f->window, "instances.send-again"));
  gtk_selection_model_select_range (rows, 0, REFUSED_ROW + 1, TRUE);
  wait_for (f->window, TRUE, FALSE);
  gtk_selection_model_select_range (rows, REFUSED_ROW + 1, ROWS - REFUSED_ROW - 1, TRUE);
  wait_for (f->window, FALSE, TRUE);
  gtk_selection_model_unselect_item (rows, WAITING_ROW);
  wait_for (f->window, FALSE, FALSE);
  gtk_selection_model_select_item (rows, REFUSED_ROW, TRUE);
  wait_for (f->window, TRUE, FALSE);
  /* Its record is not in memory yet. */
  gtk_selection_model_select_item (rows, WAITING_ROW, TRUE);
  wait_for (f->window, FALSE, TRUE);

  /* All that is shown is not all of the job. */
  choose_outcome (f->window, ROW_STORED);
  gui_wait_for (count_rows (f->window) == ROWS - 2);
  gtk_selection_model_select_all (rows);
  wait_for (f->window, FALSE, FALSE);
  search (f->window, "patient-00001");
  gui_wait_for (count_rows (f->window) == 999);
  gtk_selection_model_select_all (rows);
  choose_outcome (f->window, ROW_ALL);
  gui_wait_for (count_rows (f->window) == 1000);
  gtk_selection_model_select_all (rows);
  wait_for (f->window, TRUE, FALSE);
}

/* What was refused and will be sent again by itself says so, and that can be cancelled. */
static void
test_tried_again (Long *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkSelectionModel *rows;

  gui_wait_for (count_rows (f->window) == ROWS);
  rows = get_rows (f->window);
  gtk_selection_model_select_range (rows, 0, REFUSED_ROW + 1, TRUE);
  wait_for (f->window, TRUE, FALSE);
  g_assert_true (gantry_database_run (f->db, NULL,
                                      "UPDATE instances SET retryable = 1 WHERE outcome = ?", "i",
                                      (gint64)GANTRY_OUTCOME_REFUSED));
  g_object_notify (G_OBJECT (f->job), "record");
  wait_for (f->window, TRUE, TRUE);

  choose_outcome (f->window, ROW_REFUSED);
  gui_wait_for (gui_find_part (f->window, "Refused for now") != NULL);
  gtk_selection_model_select_all (rows);
  wait_for (f->window, TRUE, TRUE);
  g_assert_true (activate (f->window, "instances.cancel"));
  gui_wait_for (gantry_database_get_int (f->db, -1, "SELECT retryable FROM jobs", "") == 0);
  g_object_notify (G_OBJECT (f->job), "record");
  gui_wait_for (gui_find_part (f->window, "Refused for now") == NULL);
  g_assert_cmpint (get_outcome (f, REFUSED_ROW), ==, GANTRY_OUTCOME_REFUSED);
  wait_for (f->window, TRUE, FALSE);
}

/* The queue may ask before it removes the job, and be told not to. */
static void
test_removed (Long *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window = f->window;

  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *)&window);
  gtk_widget_activate_action (f->window, "queue.remove", "x", gantry_item_get_id (f->job));
  g_assert_nonnull (window);
  g_assert_true (gtk_widget_get_visible (window));
  f->window = NULL;
  g_list_store_remove_all (f->jobs);
  gui_wait_for (window == NULL);
}

/* As Shift+F10 does where the focus is. */
static gboolean
press_menu_key (GtkWidget *table)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (table);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) keys = g_list_model_get_item (controllers, i);

      for (guint k = 0;
           GTK_IS_SHORTCUT_CONTROLLER (keys) && k < g_list_model_get_n_items (G_LIST_MODEL (keys));
           k++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (keys), k);
          g_autofree char *trigger
              = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));

          if (strstr (trigger, "<Shift>F10") != NULL)
            return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, table,
                                                 NULL);
        }
    }
  return FALSE;
}

/* The menu is about the row at which it opens, not about one that was picked before. */
static void
test_menu_key (Long *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *table = gui_find_type (f->window, GTK_TYPE_COLUMN_VIEW);
  GtkWidget *row, *menu;
  GtkSelectionModel *rows;

  gui_wait_for (count_rows (f->window) == ROWS);
  rows = get_rows (f->window);
  gtk_selection_model_select_item (rows, 0, TRUE);
  row = gtk_widget_get_next_sibling (
      gtk_widget_get_first_child (gtk_widget_get_last_child (table)));
  g_assert_true (gtk_widget_grab_focus (row));
  g_assert_true (press_menu_key (table));
  g_assert_false (gtk_selection_model_is_selected (rows, 0));
  g_assert_true (gtk_selection_model_is_selected (rows, 1));

  gui_wait_for ((menu = gui_find_type (f->window, GTK_TYPE_POPOVER_MENU)) != NULL);
  gtk_popover_popdown (GTK_POPOVER (menu));
  gui_wait_for (gui_find_type (f->window, GTK_TYPE_POPOVER_MENU) == NULL);
}

static void
on_listed (GObject *engine, GAsyncResult *result, gpointer data)
{
  *(GPtrArray **)data = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, NULL);
}

/* A list that could not be read is read when the job moves on. */
static void
test_read_again (Long *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) studies = NULL;

  gui_wait_for (count_rows (f->window) == ROWS);
  g_assert_true (gantry_database_run (f->db, NULL, "DROP INDEX instances_by_outcome", ""));
  /* Of no job: so that its connection knows before it is asked for the list. */
  gantry_engine_list_job_studies_async (f->engine, 0, NULL, on_listed, &studies);
  gui_wait_for (studies != NULL);
  choose_outcome (f->window, ROW_REFUSED);
  gui_wait_for (gui_find_part (f->window, "no such index") != NULL);
  g_assert_true (gantry_database_run (
      f->db, NULL, "CREATE INDEX instances_by_outcome ON instances (job_id, outcome)", ""));
  g_assert_cmpuint (count_rows (f->window), ==, ROWS);
  g_object_notify (G_OBJECT (f->job), "record");
  gui_wait_for (count_rows (f->window) == 1);
}

/* Of many rows exactly those are tried again. */
static void
test_retry_many (Long *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkSelectionModel *rows;

  set_outcome (f, 2, GANTRY_OUTCOME_CANCELLED);
  set_outcome (f, 2000, GANTRY_OUTCOME_CANCELLED);
  gui_wait_for (count_rows (f->window) == ROWS);
  rows = get_rows (f->window);
  gtk_selection_model_select_range (rows, 10, 1800, TRUE);
  wait_for (f->window, TRUE, FALSE);
  g_assert_true (activate (f->window, "instances.retry"));
  gui_wait_for (get_outcome (f, REFUSED_ROW) != GANTRY_OUTCOME_REFUSED);
  g_assert_cmpint (get_outcome (f, 2), ==, GANTRY_OUTCOME_CANCELLED);
  g_assert_cmpint (get_outcome (f, 2000), ==, GANTRY_OUTCOME_CANCELLED);
  g_assert_cmpint (get_outcome (f, 11), ==, GANTRY_OUTCOME_STORED);
}

/* A window that is closed before its answers are there is gone at once, and what it was told to do
 * is done. */
static void
test_close_early (Long *f, gconstpointer data)
{
  gpointer window = f->window, view = gui_find_type (f->window, GANTRY_TYPE_INSTANCES_VIEW);

  g_object_add_weak_pointer (window, &window);
  g_object_add_weak_pointer (view, &view);
  if (GPOINTER_TO_INT (data))
    {
      gui_wait_for (count_rows (f->window) == ROWS);
      gtk_selection_model_select_range (get_rows (f->window), 10, 1800, TRUE);
      wait_for (f->window, TRUE, FALSE);
      gtk_selection_model_select_range (get_rows (f->window), 10, 1801, TRUE);
      choose_outcome (f->window, ROW_STORED); /* the list is still that of all */
      g_assert_true (activate (f->window, "instances.retry"));
    }
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_assert_null (window);
  g_assert_null (view);
  f->window = NULL;
  if (GPOINTER_TO_INT (data))
    gui_wait_for (get_outcome (f, REFUSED_ROW) != GANTRY_OUTCOME_REFUSED);
  /* The others' answers are before this one's. */
  f->window = GTK_WIDGET (gantry_job_window_present (f->queue, f->jobs, f->engine, f->job));
  gui_wait_for (count_rows (f->window) == ROWS);
  choose_outcome (f->window, ROW_STORED);
  gui_wait_for (count_rows (f->window) < ROWS && count_rows (f->window) > 0);
}

/* ---- Selecting in long lists --------------------------------------------------------------------
 */

/* A list that makes its items when asked, and counts them. */
#define TEST_TYPE_LONG_LIST (test_long_list_get_type ())
G_DECLARE_FINAL_TYPE (TestLongList, test_long_list, TEST, LONG_LIST, GObject)

struct _TestLongList
{
  GObject parent_instance;
  guint asked;
};

#define LONG 100000

static GType
long_list_get_item_type (GListModel *list G_GNUC_UNUSED)
{
  return G_TYPE_OBJECT;
}

static guint
long_list_get_n_items (GListModel *list G_GNUC_UNUSED)
{
  return LONG;
}

static gpointer
long_list_get_item (GListModel *list, guint position)
{
  if (position >= LONG)
    return NULL;
  TEST_LONG_LIST (list)->asked++;
  return g_object_new (G_TYPE_OBJECT, NULL);
}

static void
long_list_init (GListModelInterface *iface)
{
  iface->get_item_type = long_list_get_item_type;
  iface->get_n_items = long_list_get_n_items;
  iface->get_item = long_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestLongList,
                               test_long_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, long_list_init))

static void
test_long_list_class_init (TestLongListClass *klass G_GNUC_UNUSED)
{
}

static void
test_long_list_init (TestLongList *self G_GNUC_UNUSED)
{
}

static void
check_runs (GantryBulkSelection *bulk, const GantryRun *expected, guint n)
{
  g_autoptr (GArray) runs = gantry_bulk_selection_get_runs (bulk);

  g_assert_cmpuint (runs->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      const GantryRun *run = &g_array_index (runs, GantryRun, i);

      g_assert_cmpuint (run->offset, ==, expected[i].offset);
      g_assert_cmpuint (run->n, ==, expected[i].n);
    }
}

static void
test_bulk_selection (void)
{
  g_autoptr (TestLongList) list = g_object_new (TEST_TYPE_LONG_LIST, NULL);
  g_autoptr (GantryBulkSelection) bulk = gantry_bulk_selection_new ();
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (bulk);

  gantry_bulk_selection_set_model (bulk, G_LIST_MODEL (list));
  g_assert_cmpuint (gantry_bulk_selection_get_n_selected (bulk), ==, 0);

  /* All of it, without reading any of it. */
  g_assert_true (gtk_selection_model_select_all (selection));
  g_assert_true (gantry_bulk_selection_get_everything (bulk));
  g_assert_cmpuint (gantry_bulk_selection_get_n_selected (bulk), ==, LONG);
  g_assert_true (gtk_selection_model_is_selected (selection, LONG - 1));
  g_assert_cmpuint (list->asked, ==, 0);

  /* Picking starts anew. */
  g_assert_true (gtk_selection_model_select_item (selection, 5, FALSE));
  g_assert_false (gantry_bulk_selection_get_everything (bulk));
  g_assert_cmpuint (gantry_bulk_selection_get_n_selected (bulk), ==, 1);
  g_assert_true (gtk_selection_model_select_range (selection, 10, 4, FALSE));
  g_assert_cmpuint (gantry_bulk_selection_get_n_selected (bulk), ==, 5);
  g_assert_true (gtk_selection_model_unselect_item (selection, 5));
  g_assert_cmpuint (gantry_bulk_selection_get_n_selected (bulk), ==, 4);
  g_assert_true (gtk_selection_model_unselect_all (selection));
  g_assert_cmpuint (gantry_bulk_selection_get_n_selected (bulk), ==, 0);

  /* A long part of it, also without reading it; what comes before it moves it along. */
  g_assert_true (gtk_selection_model_select_range (selection, 0, 3, TRUE));
  g_assert_true (gantry_bulk_selection_is_held (bulk));
  list->asked = 0;
  g_assert_true (gtk_selection_model_select_range (selection, 1000, LONG - 2000, TRUE));
  g_assert_true (gtk_selection_model_select_item (selection, 5, FALSE));
  g_assert_true (gtk_selection_model_unselect_item (selection, 2000));
  g_assert_false (gantry_bulk_selection_is_held (bulk));
  g_assert_cmpuint (gantry_bulk_selection_get_n_selected (bulk), ==, LONG - 2000);
  g_assert_true (gtk_selection_model_is_selected (selection, 5));
  g_assert_false (gtk_selection_model_is_selected (selection, 2000));
  check_runs (bulk, (const GantryRun[]){ { 5, 1 }, { 1000, 1000 }, { 2001, LONG - 3001 } }, 3);
  g_list_model_items_changed (G_LIST_MODEL (list), 100, 0, 7);
  check_runs (bulk, (const GantryRun[]){ { 5, 1 }, { 1007, 1000 }, { 2008, LONG - 3001 } }, 3);
  g_list_model_items_changed (G_LIST_MODEL (list), 100, 7, 0);
  g_assert_cmpuint (list->asked, <=, 3); /* the ones that were held before */
  /* Few of them are held again. */
  g_assert_true (gtk_selection_model_unselect_range (selection, 1100, LONG));
  g_assert_true (gantry_bulk_selection_is_held (bulk));
  check_runs (bulk, (const GantryRun[]){ { 5, 1 }, { 1000, 100 } }, 2);
  g_assert_true (gtk_selection_model_unselect_all (selection));
  check_runs (bulk, NULL, 0);

  /* Another list has nothing selected. */
  g_assert_true (gtk_selection_model_select_all (selection));
  gantry_bulk_selection_set_model (bulk, NULL);
  g_assert_cmpuint (gantry_bulk_selection_get_n_selected (bulk), ==, 0);
  g_assert_false (gantry_bulk_selection_get_everything (bulk));
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);

#define ADD(name, func)                                                                            \
  g_test_add (name, SendFixture, NULL, send_fixture_set_up, func, send_fixture_tear_down)
  ADD ("/job-window/filter", test_filter);
  ADD ("/job-window/advice", test_advice);
  ADD ("/job-window/no-advice", test_no_advice);
  ADD ("/job-window/retry-selection", test_retry_selection);
  ADD ("/job-window/send-again", test_send_again);
  ADD ("/job-window/export", test_export);
#undef ADD
#define ADD(name, func, data)                                                                      \
  g_test_add (name, Long, GINT_TO_POINTER (data), long_set_up, func, long_tear_down)
  ADD ("/job-window/many", test_many, 0);
  ADD ("/job-window/tried-again", test_tried_again, 0);
  ADD ("/job-window/removed", test_removed, 0);
  ADD ("/job-window/retry-many", test_retry_many, 0);
  ADD ("/job-window/menu-key", test_menu_key, 0);
  ADD ("/job-window/read-again", test_read_again, 0);
  ADD ("/job-window/close-early", test_close_early, FALSE);
  ADD ("/job-window/close-while-acting", test_close_early, TRUE);
#undef ADD
  g_test_add_func ("/job-window/bulk-selection", test_bulk_selection);

  return gui_run ();
}
