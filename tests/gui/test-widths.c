/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each page and window fits a window of 360 pixels, in the language that LANGUAGE names, also with
 * something in it.
 */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

#include "gantry-association-details.h"
#include "gantry-associations-view.h"
#include "gantry-echo-ladder.h"
#include "gantry-forecast-window.h"
#include "gantry-header-window.h"
#include "gantry-item.h"
#include "gantry-job-window.h"
#include "gantry-node-editor.h"
#include "gantry-node-import-window.h"
#include "gantry-node-item.h"
#include "gantry-nodes-page.h"
#include "gantry-preferences.h"
#include "gantry-probe-window.h"
#include "gantry-receive-page.h"
#include "gantry-receiver-preferences.h"
#include "gantry-record-list.h"
#include "gantry-reference-window.h"
#include "gantry-send-page.h"
#include "gantry-settings.h"
#include "gantry-skipped-window.h"
#include "gantry-studies-view.h"
#include "gantry-test-behaviour.h"
#include "send-fixture.h"

#define NARROW 360
#define LONG_NAME "Archive of the Department of Radiology"

/* ---- Measuring ----------------------------------------------------------------------------------
 */

static int
get_minimum (GtkWidget *widget)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

/* The way to what is widest. */
static void
explain (GtkWidget *widget)
{
  while (widget != NULL)
    {
      GtkWidget *widest = NULL;

      g_test_message ("%4d %s %s", get_minimum (widget), G_OBJECT_TYPE_NAME (widget),
                      GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : "");
      for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
           child = gtk_widget_get_next_sibling (child))
        if (widest == NULL || get_minimum (child) > get_minimum (widest))
          widest = child;
      widget = widest;
    }
}

/* What changes with the width does so soon after it. */
static void
check (GtkWidget *widget, int width)
{
  gint64 end = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  while (get_minimum (widget) > width && g_get_monotonic_time () < end)
    gui_turn ();
  if (get_minimum (widget) <= width)
    return;
  explain (widget);
  g_test_fail ();
}

/* As little as that of a text tells nobody anything: "…" and a letter or two. */
#define TEXT_MIN 48

/* What is shown of it is enough to know what it is, and no list is wider than its place. */
static void
check_shown (GtkWidget *widget)
{
  GtkPolicyType policy = GTK_POLICY_AUTOMATIC;

  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget) && gtk_widget_get_width (widget) < TEXT_MIN
      && pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget))))
    {
      g_test_message ("%d pixels for “%s”", gtk_widget_get_width (widget),
                      gtk_label_get_text (GTK_LABEL (widget)));
      g_test_fail ();
    }
  if (GTK_IS_SCROLLED_WINDOW (widget))
    gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (widget), &policy, NULL);
  if (policy == GTK_POLICY_EXTERNAL
      && get_minimum (gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (widget)))
             > gtk_widget_get_width (widget))
    {
      g_test_message ("in %d pixels:", gtk_widget_get_width (widget));
      explain (gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (widget)));
      g_test_fail ();
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_shown (child);
}

/* By and by, as with a hand at its edge, so that what is for the wide and what is for the narrow
 * can change places. What is measured is in it: the frame around is the desktop's. */
static void
check_window (GtkWidget *window)
{
  static const int widths[] = { 620, 480, NARROW };

  for (guint i = 0; i < G_N_ELEMENTS (widths) && !g_test_failed (); i++)
    {
      if (i > 0)
        check (gtk_window_get_child (GTK_WINDOW (window)), widths[i]);
      if (!g_test_failed ())
        gui_resize (GTK_WINDOW (window), widths[i], 640);
    }
  check (gtk_window_get_child (GTK_WINDOW (window)), NARROW);
  gtk_test_widget_wait_for_draw (window);
  check_shown (window);
}

static void
check_and_close (GtkWidget *window)
{
  check_window (window);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
present_and_check (gpointer window)
{
  gtk_window_present (GTK_WINDOW (window));
  check_and_close (GTK_WIDGET (window));
}

/* ---- The pages ----------------------------------------------------------------------------------
 */

/* Also opened as narrow as that. */
static void
test_empty (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  check (gtk_window_get_child (GTK_WINDOW (f->window)), NARROW);
  check_window (GTK_WIDGET (f->window));
}

/* The sample study. */
static void
stage (SendFixture *f)
{
  guint before = f->n_scans;

  send_fixture_activate (f, "win.sample");
  gui_wait_for (f->n_scans > before); /* nothing is sent while it goes on */
  gui_wait_for (g_list_model_get_n_items (send_fixture_get_staged (f)) > 0);
}

static void
test_send (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window;

  stage (f);
  send_fixture_choose_node (f, LONG_NAME, send_fixture_find_closed_port ());
  check_window (GTK_WIDGET (f->window));
  send_fixture_activate (f, "win.send");
  gui_wait_for (send_fixture_wait_for_job (f)->state == GANTRY_JOB_WAITING);
  check_window (GTK_WIDGET (f->window));

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.show-job", "x", (gint64)1);
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_JOB_WINDOW)) != NULL);
  check_window (window);
  gui_wait_for (gui_find_type (window, GTK_TYPE_COLUMN_VIEW) != NULL);
  {
    GtkSelectionModel *rows = gtk_column_view_get_model (
        GTK_COLUMN_VIEW (gui_find_type (window, GTK_TYPE_COLUMN_VIEW)));

    gui_wait_for (g_list_model_get_n_items (G_LIST_MODEL (rows)) > 0);
    gtk_selection_model_select_all (rows);
    check_window (window);
    gtk_selection_model_select_item (rows, 0, TRUE);
    check_and_close (window);
  }
}

static void
show_page (SendFixture *f, const char *name)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "win.page", "s", name));
  check_window (GTK_WIDGET (f->window));
}

static void
select_first (GtkWidget *list)
{
  GtkSelectionModel *rows
      = gtk_column_view_get_model (GTK_COLUMN_VIEW (gui_find_type (list, GTK_TYPE_COLUMN_VIEW)));

  gui_wait_for (g_list_model_get_n_items (G_LIST_MODEL (rows)) > 0);
  gtk_selection_model_select_item (rows, 0, TRUE);
}

/* Both views, with what was received and what is known of it. */
static void
test_receive (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *page = gui_find_type (GTK_WIDGET (f->window), GANTRY_TYPE_RECEIVE_PAGE);
  GtkWidget *view = gui_find_type (page, GANTRY_TYPE_ASSOCIATIONS_VIEW);
  GtkWidget *window;

  show_page (f, "receive");
  send_fixture_listen (f, 0);
  stage (f);
  send_fixture_choose_node (f, LONG_NAME, f->port);
  send_fixture_activate (f, "win.send");
  gui_wait_for (send_fixture_wait_for_job (f)->state == GANTRY_JOB_FINISHED);
  show_page (f, "receive");
  select_first (view);
  check_window (GTK_WIDGET (f->window));

  view = gui_find_type (page, GANTRY_TYPE_STUDIES_VIEW);
  gtk_stack_set_visible_child (GTK_STACK (gtk_widget_get_parent (view)), view);
  select_first (view);
  check_window (GTK_WIDGET (f->window));

  gantry_header_window_present (GTK_WINDOW (f->window), f->engine, 1);
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_HEADER_WINDOW)) != NULL);
  check_and_close (window);
}

static void
test_nodes (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *page = gui_find_type (GTK_WIDGET (f->window), GANTRY_TYPE_NODES_PAGE);
  GtkWidget *ladder;

  stage (f);
  send_fixture_choose_node (f, LONG_NAME, send_fixture_find_closed_port ());
  show_page (f, "nodes");
  g_assert_true (
      gtk_widget_activate_action (GTK_WIDGET (f->window), "win.show-node", "x", f->node_id));
  gui_wait_for ((ladder = gui_find_type (page, GANTRY_TYPE_ECHO_LADDER)) != NULL);
  check_window (GTK_WIDGET (f->window));
  gtk_widget_activate_action (page, "node.echo", NULL);
  gui_wait_for (gui_find_part (page, _ ("Does not answer")) != NULL);
  check_window (GTK_WIDGET (f->window));
}

/* ---- The windows --------------------------------------------------------------------------------
 */

/* Each of its pages. */
static void
check_preferences (GtkWidget *window)
{
  AdwViewStack *stack = ADW_VIEW_STACK (gui_find_type (window, ADW_TYPE_VIEW_STACK));
  g_autoptr (GtkSelectionModel) pages = adw_view_stack_get_pages (stack);

  gtk_window_present (GTK_WINDOW (window));
  /* What is chosen, and what it means */
  adw_combo_row_set_selected (ADW_COMBO_ROW (gui_find_type (window, ADW_TYPE_COMBO_ROW)), 2);
  gui_wait_for (gui_find_part (window, _ ("Always When Needed")) != NULL);
  g_assert_nonnull (gui_find_part (window, _ ("Also images that were compressed with loss are "
                                              "decompressed. No new loss is added.")));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (pages)); i++)
    {
      gtk_selection_model_select_item (pages, i, TRUE);
      check_window (window);
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_settings (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWindow *parent = GTK_WINDOW (f->window);

  check_preferences (GTK_WIDGET (gantry_preferences_new (parent)));
  present_and_check (gantry_receiver_preferences_new (parent));
  present_and_check (gantry_test_behaviour_new (parent, f->engine));
}

static void
test_probe (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = NULL;
  GtkWidget *window;
  GantryProbeGrid *grid;

  send_fixture_listen (f, 0);
  stage (f);
  send_fixture_choose_node (f, LONG_NAME, f->port);
  node = gantry_node_new (f->node_id, LONG_NAME, "GANTRY", "127.0.0.1", f->port, "", FALSE);
  window = gantry_probe_window_new (GTK_WINDOW (f->window), f->engine, node);
  gtk_window_present (GTK_WINDOW (window));
  check_window (window);
  grid = gantry_probe_window_get_grid (GANTRY_PROBE_WINDOW (window));
  gui_wait_for (gantry_probe_grid_get_n_rows (grid) > 0);
  check_and_close (window);

  gantry_forecast_window_present (f->page, f->engine, node);
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_FORECAST_WINDOW)) != NULL);
  gui_wait_for (gui_find_part (window, "CT") != NULL);
  check_and_close (window);
}

static void
test_node_windows (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWindow *parent = GTK_WINDOW (f->window);
  g_autoptr (GListStore) nodes = g_list_store_new (GANTRY_TYPE_NODE_ITEM);
  g_autoptr (GPtrArray) found = gantry_record_array_new ();

  present_and_check (gantry_node_editor_new (parent, f->engine, NULL, G_LIST_MODEL (nodes)));
  g_ptr_array_add (found, gantry_node_new (0, LONG_NAME, "ARCHIVE", "archive.radiology.example.org",
                                           104, "", FALSE));
  present_and_check (gantry_node_import_window_new (parent, f->engine, found, "nodes.json"));
}

static void
test_other_windows (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window;

  stage (f);
  gantry_skipped_window_present (f->page, f->engine);
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_SKIPPED_WINDOW)) != NULL);
  check_and_close (window);
  check_and_close (GTK_WIDGET (gantry_reference_window_present (GTK_WINDOW (f->window), "CT")));
}

/* What the test is for: without the translations it would measure English twice. */
static void
test_language (void)
{
  g_assert_cmpstr (_ ("Nodes"), ==, g_str_equal (g_getenv ("LANGUAGE"), "de") ? "Knoten" : "Nodes");
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*run) (SendFixture *, gconstpointer);
  } tests[] = {
    { "/widths/empty", test_empty },
    { "/widths/send", test_send },
    { "/widths/receive", test_receive },
    { "/widths/nodes", test_nodes },
    { "/widths/settings", test_settings },
    { "/widths/probe", test_probe },
    { "/widths/node-windows", test_node_windows },
    { "/widths/other-windows", test_other_windows },
  };

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("GANTRY_TEST_LOCALES"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  gui_init (&argc, &argv);
  g_test_add_func ("/widths/language", test_language);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, SendFixture, NULL, send_fixture_set_up, tests[i].run,
                send_fixture_tear_down);
  return gui_run ();
}
