/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Receive page on a real engine that sends a study to its own receiver: what is seen of the
 * associations, what can be done with the studies, and what the windows of settings accept.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "gantry-association-details.h"
#include "gantry-association-filter-bar.h"
#include "gantry-associations-view.h"
#include "gantry-copy-words.h"
#include "gantry-database.h"
#include "gantry-details-split.h"
#include "gantry-engine.h"
#include "gantry-former-scenarios.h"
#include "gantry-header-window.h"
#include "gantry-paged-item.h"
#include "gantry-pdu-view.h"
#include "gantry-receive-page.h"
#include "gantry-receiver-preferences.h"
#include "gantry-receiver-settings.h"
#include "gantry-record-column.h"
#include "gantry-record-list.h"
#include "gantry-records.h"
#include "gantry-scenario-list.h"
#include "gantry-settings.h"
#include "gantry-studies-view.h"
#include "gantry-study-copy.h"
#include "gantry-study-folder.h"
#include "gantry-test-behaviour.h"
#include "gui-support.h"
#include "name-service.h"

typedef struct
{
  char *folder;
  GantryEngine *engine;
  GtkWidget *window, *toasts, *page;
  guint16 port; /* the receiver is on; 0: not yet */
  gboolean staged, ended;
} Fixture;

/* Data of a test: scenarios that an earlier version kept. */
static const char FORMER[] = "{'a': 'status=A700', 'b': 'delay=1'}";

static void
on_event (GantryEvent *event, gpointer data)
{
  Fixture *f = data;

  if (event->type == GANTRY_EVENT_LISTENER)
    f->port = event->listener.on ? event->listener.port : 0;
  else if (event->type == GANTRY_EVENT_SCAN && !event->scan.running && event->scan.instances > 0)
    f->staged = TRUE;
  else if (event->type == GANTRY_EVENT_JOB && event->job->state == GANTRY_JOB_FINISHED)
    f->ended = TRUE;
  gantry_receive_page_handle_event (GANTRY_RECEIVE_PAGE (f->page), event);
}

static guint
find_free_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);
  return port;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryProfile) profile = NULL;
  GSettings *settings = gantry_settings_get ();
  GantrySendSettings send = GANTRY_SEND_SETTINGS_DEFAULT;
  g_auto (GStrv) keys = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (char **key = keys; *key != NULL; key++)
    g_settings_reset (settings, *key);
  g_settings_set_uint (settings, GANTRY_KEY_RECEIVE_PORT, find_free_port ());
  g_settings_set_uint (settings, GANTRY_KEY_RECEIVE_COMPLETE_SECONDS, 1);
  if (data == FORMER)
    g_settings_set_value (settings, GANTRY_KEY_RECEIVE_SCENARIOS, g_variant_new_parsed (data));

  f->folder = g_dir_make_tmp ("gantry-receive-XXXXXX", &error);
  g_assert_no_error (error);
  profile = gantry_profile_open (f->folder, &error);
  g_assert_no_error (error);
  f->page = g_object_new (GANTRY_TYPE_RECEIVE_PAGE, NULL);
  f->window = g_object_ref_sink (
      g_object_new (ADW_TYPE_WINDOW, "default-width", 1000, "default-height", 700, NULL));
  f->toasts = adw_toast_overlay_new ();
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (f->toasts), f->page);
  adw_window_set_content (ADW_WINDOW (f->window), f->toasts);
  /* One study is one row of the log: a second association might be left without objects. */
  send.associations = 1;
  f->engine = gantry_engine_new (&(GantryEngineOptions){ .profile = profile,
                                                         .draft = "window",
                                                         .send = &send,
                                                         .run_queue = TRUE,
                                                         .run_receiver = TRUE,
                                                         .event_func = on_event,
                                                         .user_data = f },
                                 &error);
  g_assert_no_error (error);
  gantry_receive_page_set_engine (GANTRY_RECEIVE_PAGE (f->page), f->engine);
  gtk_window_present (GTK_WINDOW (f->window));
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const char *const argv[] = { "rm", "-rf", "--", f->folder, NULL };

  gantry_engine_close (f->engine);
  if (f->window != NULL)
    gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_object (&f->window);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  gui_finalize (f->engine); /* what is copied aside may hold it a little longer */
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (f->folder);
}

/* ---- Doing ------------------------------------------------------------------------------------
 */

static void
switch_on (Fixture *f)
{
  g_settings_set_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_ON, TRUE);
  gui_wait_for (f->port != 0);
}

static void
on_sent (GObject *engine, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(gint64 *)data = gantry_engine_send_finish (GANTRY_ENGINE (engine), result, &error);
  g_assert_no_error (error);
}

/* The sample study, by way of the network. */
static void
send_study (Fixture *f, const char *calling)
{
  g_autoptr (GantryNode) node
      = gantry_node_new (0, "me", "GANTRY", "127.0.0.1", f->port, calling, FALSE);
  gint64 job = 0;

  f->staged = f->ended = FALSE;
  gantry_engine_stage_sample (f->engine);
  gui_wait_for (f->staged);
  gantry_engine_send_async (f->engine, node, NULL, 0, NULL, on_sent, &job);
  gui_wait_for (job > 0);
}

static guint
count_received (Fixture *f)
{
  g_autofree char *folder = g_build_filename (f->folder, "received", NULL);

  return gui_count_files (folder);
}

static void
on_listed (GObject *engine, GAsyncResult *result, gpointer data)
{
  *(GPtrArray **)data = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, NULL);
}

static guint
count_in_list (Fixture *f)
{
  g_autoptr (GPtrArray) studies = NULL;
  guint64 objects = 0;

  gantry_engine_list_received_studies_async (f->engine, NULL, NULL, 0, 0, 100, NULL, on_listed,
                                             &studies);
  gui_wait_for (studies != NULL);
  for (guint i = 0; i < studies->len; i++)
    objects += ((GantryStudy *)studies->pdata[i])->objects;
  return (guint)objects;
}

/* An object is kept, and answered, before it is in the list. */
static void
receive_study (Fixture *f, const char *calling)
{
  send_study (f, calling);
  gui_wait_for (f->ended);
  gui_wait_for (count_in_list (f) == count_received (f));
}

static GtkColumnView *
get_table (GtkWidget *view)
{
  return GTK_COLUMN_VIEW (gui_find_type (view, GTK_TYPE_COLUMN_VIEW));
}

static GtkSelectionModel *
get_rows (GtkWidget *view)
{
  return gtk_column_view_get_model (get_table (view));
}

static GtkWidget *
get_associations (Fixture *f)
{
  return gui_find_type (f->page, GANTRY_TYPE_ASSOCIATIONS_VIEW);
}

static GtkWidget *
get_studies (Fixture *f)
{
  GtkWidget *view = gui_find_type (f->page, GANTRY_TYPE_STUDIES_VIEW);
  GtkWidget *stack = gtk_widget_get_ancestor (view, GTK_TYPE_STACK);

  gtk_stack_set_visible_child_name (GTK_STACK (stack), "studies");
  return view;
}

static void
select_first (GtkWidget *view)
{
  gui_wait_for (g_list_model_get_n_items (G_LIST_MODEL (get_rows (view))) > 0);
  gtk_selection_model_select_item (get_rows (view), 0, TRUE);
}

static void
show_tab (GtkWidget *details, const char *name)
{
  gtk_stack_set_visible_child_name (
      gantry_association_details_get_stack (GANTRY_ASSOCIATION_DETAILS (details)), name);
}

/* The log of the receiver, which is on, after one study came from "FIRST". */
static GtkWidget *
receive_first (Fixture *f)
{
  switch_on (f);
  receive_study (f, "FIRST");
  return get_associations (f);
}

/* ---- Associations -----------------------------------------------------------------------------
 */

static void
test_details (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *view, *details;

  view = receive_first (f);
  select_first (view);
  g_assert_null (gui_find_text (view, "No presentation contexts were negotiated.")); /* not yet */
  gui_wait_for (gui_find_part (f->page, "FIRST from localhost (127.0.0.1:") != NULL);
  g_assert_nonnull (gui_find_text (GTK_WIDGET (get_table (view)), "localhost"));
  details = gui_find_type (view, GANTRY_TYPE_ASSOCIATION_DETAILS);

  show_tab (details, "negotiation");
  gui_wait_for (gui_find_part (details, "keeps every attribute (level 2)") != NULL);
  g_assert_nonnull (gui_find_part (details, "keeps digital signatures (level 3)"));
  g_assert_nonnull (gui_find_text (details, "FIRST"));
  show_tab (details, "messages");
  gui_wait_for (gui_find_text (details, "C-STORE") != NULL);
  g_assert_nonnull (gui_find_part (details, "Success (0000)"));
  show_tab (details, "changes");
  gui_wait_for (gui_find_part (details, "good association") != NULL);
}

static char *
get_octets (GtkWidget *details)
{
  GtkWidget *view = gui_find_type (details, GANTRY_TYPE_PDU_VIEW);
  GtkTextView *text = GTK_TEXT_VIEW (gui_find_type (view, GTK_TYPE_TEXT_VIEW));
  char *octets;

  g_object_get (gtk_text_view_get_buffer (text), "text", &octets, NULL);
  return octets;
}

/* What the request says is in the octets, at its place (PS3.8 9.3.2). */
static void
test_octets (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *octets = NULL;
  GtkWidget *details;

  switch_on (f);
  receive_study (f, "OCTETS");
  select_first (get_associations (f));
  details = gui_find_type (get_associations (f), GANTRY_TYPE_ASSOCIATION_DETAILS);
  show_tab (details, "data");
  gui_wait_for ((g_free (octets), octets = get_octets (details), *octets != '\0'));
  g_assert_true (g_str_has_prefix (octets, "A-ASSOCIATE-RQ from the caller, "));
  g_assert_nonnull (strstr (octets, "\n000000  01 00 "));
  g_assert_nonnull (strstr (octets, "OCTETS"));
  g_assert_nonnull (strstr (octets, "A-ASSOCIATE-AC of this workstation, "));
}

static void
type_filter (GtkWidget *view, const char *text)
{
  GtkWidget *entry = gui_find_type (view, GTK_TYPE_SEARCH_ENTRY);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "search-changed");
}

static void
test_filter (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  GtkWidget *view, *bar;

  switch_on (f);
  receive_study (f, "FIRST");
  receive_study (f, "SECOND");
  view = get_associations (f);
  bar = gui_find_type (view, GANTRY_TYPE_ASSOCIATION_FILTER_BAR);
  gui_wait_for (gui_find_text (view, "FIRST") != NULL && gui_find_text (view, "SECOND") != NULL);

  type_filter (view, "seco");
  gui_wait_for (gui_find_text (view, "FIRST") == NULL && gui_find_text (view, "SECOND") != NULL);
  gui_wait_for (gui_find_part (bar, "object") != NULL);
  path = g_build_filename (f->folder, "log.csv", NULL);
  gantry_associations_view_export (GANTRY_ASSOCIATIONS_VIEW (view), path, GANTRY_REPORT_CSV);
  gui_wait_for (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "SECOND"));
  g_assert_null (strstr (text, "FIRST"));

  type_filter (view, "nobody like that");
  gui_wait_for (gui_find_text (view, "No Association Matches") != NULL);
  gantry_association_filter_bar_reset (GANTRY_ASSOCIATION_FILTER_BAR (bar));
  gui_wait_for (gui_find_text (view, "FIRST") != NULL && gui_find_text (view, "SECOND") != NULL);
}

/* The whole title, not a part of it; and the address, whatever the port. */
static void
test_filter_caller (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GantryAssociationFilterBar *bar;
  GantryAssociationFilter filter;
  GtkWidget *view;
  guint minutes;

  switch_on (f);
  receive_study (f, "FIRST");
  receive_study (f, "FIRST2");
  view = get_associations (f);
  bar = GANTRY_ASSOCIATION_FILTER_BAR (gui_find_type (view, GANTRY_TYPE_ASSOCIATION_FILTER_BAR));
  gui_wait_for (gui_find_text (view, "FIRST") != NULL && gui_find_text (view, "FIRST2") != NULL);

  gantry_association_filter_bar_choose (bar, "FIRST", NULL);
  gui_wait_for (gui_find_text (view, "FIRST") != NULL && gui_find_text (view, "FIRST2") == NULL);
  gantry_association_filter_bar_choose (bar, NULL, "127.0.0.1");
  gantry_association_filter_bar_read (bar, &filter, &minutes);
  g_assert_cmpstr (filter.ae_title, ==, "FIRST");
  g_assert_cmpstr (filter.peer, ==, "127.0.0.1");
  gui_wait_for (gui_find_part (GTK_WIDGET (bar), "127.0.0.1") != NULL); /* in the totals */
  g_assert_nonnull (gui_find_text (view, "FIRST"));
  gantry_association_filter_bar_choose (bar, NULL, "127.0.0");
  gui_wait_for (gui_find_text (view, "No Association Matches") != NULL);
  gantry_association_filter_bar_reset (bar);
  gui_wait_for (gui_find_text (view, "FIRST") != NULL && gui_find_text (view, "FIRST2") != NULL);
}

/* The filter's list with @text in it, open or not. */
static GtkDropDown *
find_choice (GtkWidget *root, const char *text, guint *position)
{
  GListModel *model
      = GTK_IS_DROP_DOWN (root) ? gtk_drop_down_get_model (GTK_DROP_DOWN (root)) : NULL;

  for (guint i = 0; model != NULL && i < g_list_model_get_n_items (model); i++)
    if (g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (model), i), text))
      {
        *position = i;
        return GTK_DROP_DOWN (root);
      }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkDropDown *found = find_choice (child, text, position);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static guint
count_open (Fixture *f)
{
  guint n;

  g_object_get (f->page, "active", &n, NULL);
  return n;
}

static void
choose (GtkWidget *bar, const char *text)
{
  guint position = 0;
  GtkDropDown *choice = find_choice (bar, text, &position);

  g_assert_nonnull (choice);
  gtk_drop_down_set_selected (choice, position);
}

/* What is open counts at once. */
static void
test_totals_open (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *bar;

  g_settings_set_string (gantry_settings_get (), GANTRY_KEY_RECEIVE_TEST_BEHAVIOUR, "delay=60000");
  g_settings_set_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_TEST, TRUE);
  switch_on (f);
  bar = gui_find_type (get_associations (f), GANTRY_TYPE_ASSOCIATION_FILTER_BAR);
  choose (bar, "Open now");
  gui_wait_for (gui_find_part (bar, "0 associations · ") != NULL);
  send_study (f, "FIRST");
  gui_wait_for (gui_find_part (bar, "0 associations · ") == NULL);
  g_assert_nonnull (gui_find_part (bar, " · Open now"));
}

/* What was cleared does not count. */
static void
test_totals_cleared (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *view, *bar;

  view = receive_first (f);
  bar = gui_find_type (view, GANTRY_TYPE_ASSOCIATION_FILTER_BAR);
  gui_wait_for (gui_find_text (view, "FIRST") != NULL);
  choose (bar, "In the last hour");
  gui_wait_for (gui_find_part (bar, " · In the last hour") != NULL);
  g_assert_null (gui_find_part (bar, "0 associations · "));
  /* What is open is not. */
  gui_wait_for (count_open (f) == 0);
  gantry_engine_clear_associations (f->engine);
  gui_wait_for (gui_find_part (bar, "0 associations · ") != NULL);
}

/* ---- What cannot be read ----------------------------------------------------------------------
 */

/* Returns: (transfer full): the engine's database, without that table */
static GantryDatabase *
hide_table (Fixture *f, const char *table)
{
  g_autofree char *path = g_build_filename (f->folder, "gantry.db", NULL);
  g_autofree char *sql = g_strdup_printf ("ALTER TABLE %s RENAME TO hidden", table);
  g_autoptr (GError) error = NULL;
  GantryDatabase *db = gantry_database_open (path, TRUE, &error);

  g_assert_no_error (error);
  /* Nothing is to be written meanwhile. */
  gui_wait_for (
      gantry_database_get_int (db, -1, "SELECT count(*) FROM received", "") == count_received (f)
      && gantry_database_get_int (db, -1, "SELECT count(*) FROM messages", "") >= count_received (f)
      && gantry_database_get_int (db, -1, "SELECT count(*) FROM associations WHERE state < 3", "")
             == 0);
  gantry_database_run (db, &error, sql, "");
  g_assert_no_error (error);
  return db;
}

static void
show_table (GantryDatabase *db, const char *table)
{
  g_autofree char *sql = g_strdup_printf ("ALTER TABLE hidden RENAME TO %s", table);
  g_autoptr (GError) error = NULL;

  gantry_database_run (db, &error, sql, "");
  g_assert_no_error (error);
  gantry_database_close (db);
}

/* Nobody knows what it adds up to, and it is not what was shown before. */
static void
test_totals_unread (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *view, *bar;
  GantryDatabase *db;

  g_settings_set_uint (gantry_settings_get (), GANTRY_KEY_RECEIVE_COMPLETE_SECONDS, 3600);
  view = receive_first (f);
  bar = gui_find_type (view, GANTRY_TYPE_ASSOCIATION_FILTER_BAR);
  gui_wait_for (gui_find_text (view, "FIRST") != NULL);
  type_filter (view, "first");
  gui_wait_for (gui_find_part (bar, "object") != NULL);
  db = hide_table (f, "associations");
  choose (bar, "Open now");
  gui_wait_for (gui_find_part (bar, "object") == NULL);
  show_table (db, "associations");
}

/* What is not known is not nothing: neither while it is asked for nor when it cannot be read. */
static void
test_objects_unread (Fixture *f, gconstpointer table)
{
  gboolean objects = g_str_equal (table, "received");
  const char *nothing = objects ? "No objects came over this association."
                                : "No messages came over this association.";
  GtkWidget *view, *details;
  GantryDatabase *db;

  g_settings_set_uint (gantry_settings_get (), GANTRY_KEY_RECEIVE_COMPLETE_SECONDS, 3600);
  view = receive_first (f);
  details = gui_find_type (view, GANTRY_TYPE_ASSOCIATION_DETAILS);
  show_tab (details, objects ? "objects" : "messages");
  db = hide_table (f, table);
  select_first (view);
  do
    {
      g_assert_null (gui_find_text (details, nothing));
      gui_turn ();
    }
  while (gui_find_part (details, "no such table") == NULL);

  /* What is asked again may be known then. */
  show_table (db, table);
  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (get_rows (view)),
                                     GTK_INVALID_LIST_POSITION);
  select_first (view);
  gui_wait_for (gui_find_part (details, objects ? "Stored (0000)" : "Success (0000)") != NULL);
}

/* ---- Studies ----------------------------------------------------------------------------------
 */

static guint
count_studies (GtkWidget *view)
{
  return g_list_model_get_n_items (G_LIST_MODEL (get_rows (view)));
}

static void
count_call (guint *n)
{
  ++*n;
}

static void
test_studies (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) staged = NULL;
  GtkWidget *view, *window, *entry;
  guint hidden = 0;

  switch_on (f);
  receive_study (f, "FIRST");
  view = get_studies (f);
  select_first (view);
  g_assert_true (gtk_widget_activate_action (view, "studies.header", NULL));
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_HEADER_WINDOW)) != NULL);
  gui_wait_for (gui_find_text (window, "(0010,0010)") != NULL);
  type_filter (window, "StudyInstanceUID");
  gui_wait_for (gui_find_text (window, "(0010,0010)") == NULL
                && gui_find_text (window, "(0020,000D)") != NULL);
  type_filter (window, "no element says this");
  gui_wait_for (gui_find_text (window, "No Element Matches") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));

  /* What was sent has left the draft; now it is back. */
  gantry_engine_unstage (f->engine, 0, 0);
  f->staged = FALSE;
  g_assert_true (gtk_widget_activate_action (view, "studies.send-on", NULL));
  gui_wait_for (f->staged);
  gantry_engine_list_staged_async (f->engine, NULL, on_listed, &staged);
  gui_wait_for (staged != NULL);
  g_assert_cmpuint (staged->len, ==, 1);

  type_filter (view, "no patient is called this");
  gui_wait_for (gui_find_text (view, "No Study Matches") != NULL);
  entry = gui_find_type (view, GTK_TYPE_SEARCH_ENTRY);
  gtk_widget_grab_focus (entry);
  g_signal_connect_swapped (entry, "hide", G_CALLBACK (count_call), &hidden);
  type_filter (view, "");
  g_assert_null (gui_find_text (view, "No Studies Received"));
  gui_wait_for (gui_find_text (view, "No Study Matches") == NULL);
  g_assert_cmpuint (count_studies (view), ==, 1);
  /* Who is typing goes on. */
  g_assert_cmpuint (hidden, ==, 0);
}

/* And where nothing is left there is nothing to search in. */
static void
test_filter_nothing (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *view = get_studies (f);

  gui_wait_for (gui_find_text (view, "No Studies Received") != NULL);
  type_filter (view, "anybody");
  gui_wait_for (gui_find_text (view, "No Study Matches") != NULL);
  type_filter (view, "");
  gui_wait_for (gui_find_text (view, "No Studies Received") != NULL);
  g_assert_false (gtk_widget_get_visible (gui_find_type (view, GTK_TYPE_SEARCH_ENTRY)));
}

/* A file manager that writes down what it is to show. Returns: where */
static char *
make_file_manager (Fixture *f)
{
  g_autofree char *program = g_build_filename (f->folder, "file-manager", NULL);
  char *shown = g_build_filename (f->folder, "shown", NULL);
  g_autofree char *script = g_strdup_printf (
      "#!/bin/sh\nprintf %%s \"$1\" >%s.new && mv %s.new %s\n", shown, shown, shown);
  g_autoptr (GAppInfo) app = NULL;

  g_assert_true (
      g_file_set_contents_full (program, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  app = g_app_info_create_from_commandline (program, "Files", G_APP_INFO_CREATE_NONE, NULL);
  g_assert_true (g_app_info_set_as_default_for_type (app, "inode/directory", NULL));
  return shown;
}

/* Whether the file manager was told to show @folder; it is asked anew then. */
static gboolean
is_shown (const char *shown, const char *folder)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (shown, &text, NULL, NULL))
    return FALSE;
  g_assert_cmpstr (text, ==, folder);
  g_unlink (shown);
  return TRUE;
}

/* A study's own, where there is one, also when nothing of it is an image. */
static void
test_open_folder (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *database = g_build_filename (f->folder, "gantry.db", NULL);
  g_autofree char *received = g_build_filename (f->folder, "received", NULL);
  g_autofree char *away = g_build_filename (f->folder, "away", NULL);
  g_autofree char *shown = make_file_manager (f);
  g_autofree char *own = NULL;
  g_autoptr (GantryDatabase) db = NULL;
  g_autoptr (GantryPagedItem) row = NULL;
  GtkWidget *view;

  switch_on (f);
  receive_study (f, "FIRST");
  view = get_studies (f);
  g_assert_true (gtk_widget_activate_action (f->page, "receive.open-folder", NULL)); /* of none */
  gui_wait_for (is_shown (shown, received));

  select_first (view);
  row = g_list_model_get_item (G_LIST_MODEL (get_rows (view)), 0);
  gui_wait_for (gantry_paged_item_get_record (row) != NULL);
  own = g_build_filename (received, ((GantryStudy *)gantry_paged_item_get_record (row))->study_uid,
                          NULL);
  g_assert_true (gtk_widget_activate_action (view, "studies.open-folder", NULL));
  gui_wait_for (is_shown (shown, own));

  db = gantry_database_open (database, TRUE, NULL);
  g_assert_true (gantry_database_run (db, NULL, "UPDATE received SET image = 0", ""));
  type_filter (view, "nobody is called this");
  gui_wait_for (gui_find_text (view, "No Study Matches") != NULL);
  type_filter (view, "");
  gui_wait_for (gui_find_text (view, "No Study Matches") == NULL);
  select_first (view);
  g_assert_true (gtk_widget_activate_action (view, "studies.open-folder", NULL));
  gui_wait_for (is_shown (shown, own));

  g_assert_cmpint (g_rename (own, away), ==, 0);
  g_assert_true (gtk_widget_activate_action (view, "studies.open-folder", NULL));
  gui_wait_for (is_shown (shown, received));
}

/* Whatever the fingers do meanwhile, one object after the other is shown, and none that is not. */
static void
test_header_next (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *last = NULL;
  GtkWidget *view, *window;

  switch_on (f);
  receive_study (f, "FIRST");
  view = get_studies (f);
  select_first (view);
  g_assert_true (gtk_widget_activate_action (view, "studies.header", NULL));
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_HEADER_WINDOW)) != NULL);
  gui_wait_for (gui_find_part (window, "object 1 of ") != NULL);

  /* A search does not keep the object from coming. */
  gtk_widget_activate_action (window, "header.next", NULL);
  type_filter (window, "Study");
  gui_wait_for (gui_find_part (window, "object 2 of ") != NULL);

  /* Before anything is answered. */
  for (guint i = 0; i < 100; i++)
    gtk_widget_activate_action (window, "header.next", NULL);
  gui_wait_for (gui_find_part (window, "object 2 of ") == NULL);
  last = g_strdup_printf ("object %u of %u", count_received (f), count_received (f));
  g_assert_nonnull (gui_find_part (window, last));
  gui_wait_for (gui_find_text (window, "(0020,000D)") != NULL);
  for (guint i = 0; i < 100; i++)
    gtk_widget_activate_action (window, "header.previous", NULL);
  gui_wait_for (gui_find_part (window, "object 1 of ") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

static guint
count_trash (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "Trash", "files", NULL);

  return gui_count_files (folder);
}

/* The sample study is received and selected; how many objects it has. */
static guint
receive_and_select (Fixture *f)
{
  GtkWidget *view;

  g_free (gui_take_notification ());
  switch_on (f);
  receive_study (f, "FIRST");
  gui_wait_for (gui_has_notification ()); /* it is complete */
  view = get_studies (f);
  select_first (view);
  gui_wait_for (gantry_details_split_get_record (
                    GANTRY_DETAILS_SPLIT (gui_find_type (view, GANTRY_TYPE_DETAILS_SPLIT)))
                != NULL);
  return count_received (f);
}

/* Without a question, because it can be undone; and nothing is touched before it is too late. */
static void
test_remove (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint n = receive_and_select (f);
  guint trash = count_trash ();
  GtkWidget *view = get_studies (f);
  GtkWidget *button;

  g_assert_cmpuint (n, >, 1);
  g_assert_true (gtk_widget_activate_action (view, "studies.remove", NULL));
  gui_wait_for (gui_find_text (f->window, "1 study moved to the trash") != NULL);
  gui_wait_for (gui_find_text (view, "No Studies Received") != NULL);
  g_assert_cmpuint (count_received (f), ==, n);
  g_assert_null (gui_find_window (ADW_TYPE_MESSAGE_DIALOG));

  button = gui_find_text (f->toasts, "Undo");
  g_signal_emit_by_name (gtk_widget_get_ancestor (button, GTK_TYPE_BUTTON), "clicked");
  gui_wait_for (count_studies (view) == 1);
  g_assert_cmpuint (count_received (f), ==, n);

  /* By keyboard the same; then it is not undone. */
  gtk_selection_model_select_item (get_rows (view), 0, TRUE);
  g_assert_true (gtk_widget_activate_action (view, "studies.remove", NULL));
  gui_wait_for (count_studies (view) == 0);
  g_assert_true (gtk_widget_activate_action (view, "studies.undo", NULL));
  gui_wait_for (count_studies (view) == 1);
  gtk_selection_model_select_item (get_rows (view), 0, TRUE);
  g_assert_true (gtk_widget_activate_action (view, "studies.remove", NULL));
  gui_wait_for (gui_find_text (f->window, "1 study moved to the trash") != NULL);
  gui_wait_for (count_received (f) == 0); /* the toast has gone */
  gui_wait_for (count_trash () == trash + n);
  gui_wait_for (gui_find_text (view, "No Studies Received") != NULL);
}

/* Twice before the list has answered: it can still be undone. */
static void
test_remove_twice (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint n = receive_and_select (f);
  GtkWidget *view = get_studies (f);

  g_assert_true (gtk_widget_activate_action (view, "studies.remove", NULL));
  g_assert_true (gtk_widget_activate_action (view, "studies.remove", NULL));
  gui_wait_for (gui_find_text (view, "No Studies Received") != NULL);
  g_assert_true (gtk_widget_activate_action (view, "studies.undo", NULL));
  gui_wait_for (count_studies (view) == 1);
  g_assert_cmpuint (count_received (f), ==, n);
}

/* How many objects a row of the list says its study has. */
static guint64
count_listed (GtkWidget *view, guint position)
{
  g_autoptr (GantryPagedItem) row
      = g_list_model_get_item (G_LIST_MODEL (get_rows (view)), position);
  const GantryStudy *study = gantry_paged_item_get_record (row);

  return study != NULL ? study->objects : 0;
}

/* What is selected in one study is not in another one, however alike they are. */
static void
test_series_selection (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *view = get_studies (f);
  GtkWidget *widget = gui_find_type (view, GANTRY_TYPE_DETAILS_SPLIT);
  GantryDetailsSplit *split = GANTRY_DETAILS_SPLIT (widget);
  g_autoptr (GtkWidget) details = NULL;
  GtkSelectionModel *series;
  const GantryStudy *study;
  gint64 first;
  guint n;

  g_object_get (split, "details", &details, NULL);
  series = get_rows (details);
  switch_on (f);
  receive_study (f, "FIRST");
  receive_study (f, "SECOND");
  gui_wait_for (count_studies (view) == 2 && count_listed (view, 0) == count_received (f) / 2
                && count_listed (view, 1) == count_received (f) / 2);
  gtk_selection_model_select_item (get_rows (view), 0, TRUE);
  gui_wait_for ((study = gantry_details_split_get_record (split)) != NULL);
  first = study->id;
  n = study->series->len;
  g_assert_cmpuint (n, >, 0);
  gtk_selection_model_select_item (series, 0, TRUE);
  g_assert_cmpuint (gantry_record_selection_count (series), ==, 1);

  gtk_selection_model_select_item (get_rows (view), 1, TRUE);
  gui_wait_for ((study = gantry_details_split_get_record (split)) != NULL && study->id != first);
  g_assert_cmpuint (study->series->len, ==, n);
  g_assert_cmpuint (gantry_record_selection_count (series), ==, 0);
}

/* In a narrow window a study is selected without its details being open. */
static void
test_narrow (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint n;
  GtkWidget *view = get_studies (f);
  GantryDetailsSplit *split
      = GANTRY_DETAILS_SPLIT (gui_find_type (view, GANTRY_TYPE_DETAILS_SPLIT));
  GtkWidget *window;

  switch_on (f);
  receive_study (f, "FIRST");
  n = count_received (f);
  gui_wait_for (count_studies (view) == 1);
  gui_resize (GTK_WINDOW (f->window), 400, 700);
  gui_wait_for (gantry_details_split_get_narrow (split));
  select_first (view);
  g_assert_false (gantry_details_split_get_open (split));
  g_assert_true (gtk_widget_activate_action (view, "studies.header", NULL));
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_HEADER_WINDOW)) != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_true (gtk_widget_activate_action (view, "studies.remove", NULL));
  gui_wait_for (gui_find_text (view, "No Studies Received") != NULL);
  g_assert_true (gtk_widget_activate_action (view, "studies.undo", NULL));
  gui_wait_for (count_studies (view) == 1);
  g_assert_cmpuint (count_received (f), ==, n);
}

/* All or nothing: what is selected counts also before it has been read. */
static void
test_selection (void)
{
  g_autoptr (GListStore) rows = g_list_store_new (GANTRY_TYPE_PAGED_ITEM);
  g_autoptr (GtkMultiSelection) multi
      = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (rows)));
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (multi);
  g_autoptr (GantryStudy) study = gantry_study_new ();
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) part = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GantryPagedItem) last = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GantryPagedItem) row = gantry_paged_item_new (i, NULL, NULL);

      if (i < 2)
        gantry_paged_item_set_record (row, study);
      g_list_store_append (rows, row);
    }
  none = gantry_record_selection_read (selection);
  g_assert_cmpuint (none->len, ==, 0);
  gtk_selection_model_select_all (selection);
  g_assert_cmpuint (gantry_record_selection_count (selection), ==, 3);
  part = gantry_record_selection_read (selection);
  g_assert_null (part);
  last = g_list_model_get_item (G_LIST_MODEL (rows), 2);
  gantry_paged_item_set_record (last, study);
  all = gantry_record_selection_read (selection);
  g_assert_cmpuint (all->len, ==, 3);
}

static gboolean
no_more (GtkWidget *widget G_GNUC_UNUSED,
         GdkFrameClock *clock G_GNUC_UNUSED,
         gpointer data G_GNUC_UNUSED)
{
  return G_SOURCE_REMOVE;
}

/* GTK numbers all callbacks for frames, one after the other. */
static guint
take_tick_number (GtkWidget *widget)
{
  guint number = gtk_widget_add_tick_callback (widget, no_more, NULL, NULL);

  gtk_widget_remove_tick_callback (widget, number);
  return number;
}

/* What comes while nobody looks is shown later, and costs nothing until then. */
static void
test_hidden_list (void)
{
  GtkWidget *scrolled = g_object_ref_sink (gtk_scrolled_window_new ());
  g_autoptr (GListStore) rows = g_list_store_new (GANTRY_TYPE_PAGED_ITEM);
  guint before;

  gantry_record_columns_follow_top (GTK_SCROLLED_WINDOW (scrolled), G_LIST_MODEL (rows));
  before = take_tick_number (scrolled);
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (GantryPagedItem) row = gantry_paged_item_new (i, NULL, NULL);

      g_list_store_insert (rows, 0, row);
    }
  g_assert_cmpuint (take_tick_number (scrolled) - before, ==, 2); /* with the one that is asked */
  g_object_unref (scrolled);
}

static gboolean
has_key (GtkWidget *widget, const char *key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  gboolean found = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) keys = g_list_model_get_item (controllers, i);

      for (guint k = 0;
           GTK_IS_SHORTCUT_CONTROLLER (keys) && k < g_list_model_get_n_items (G_LIST_MODEL (keys));
           k++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (keys), k);
          g_autofree char *text
              = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));

          found = found || g_str_equal (text, key);
        }
    }
  return found;
}

/* Delete is of the list of studies: with a series in focus it would take the whole study. */
static void
test_keys (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *view = get_studies (f);
  GtkWidget *split = gui_find_type (view, GANTRY_TYPE_DETAILS_SPLIT);
  g_autoptr (GtkWidget) studies = NULL;
  g_autoptr (GtkWidget) series = NULL;

  g_object_get (split, "content", &studies, "details", &series, NULL);
  g_assert_true (has_key (gui_find_type (studies, GTK_TYPE_COLUMN_VIEW), "Delete"));
  for (GtkWidget *widget = gui_find_type (series, GTK_TYPE_COLUMN_VIEW); widget != f->window;
       widget = gtk_widget_get_parent (widget))
    g_assert_false (has_key (widget, "Delete"));
  g_assert_true (has_key (view, "<Control>z"));
}

/* The window goes while something can still be brought back: it is in the trash, and listed
 * nowhere. */
static void
test_remove_and_close (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint n = receive_and_select (f);
  guint trash = count_trash ();
  GtkWidget *view = get_studies (f);

  g_assert_true (gtk_widget_activate_action (view, "studies.remove", NULL));
  gui_wait_for (count_studies (view) == 0);
  g_assert_cmpuint (count_received (f), ==, n);
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_object (&f->window);
  gantry_engine_close (f->engine);
  g_assert_cmpuint (count_received (f), ==, 0);
  g_assert_cmpuint (count_trash (), ==, trash + n);
}

/* A file system in memory has no trash: there a question is asked at once. */
static void
test_remove_for_good (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *folder = g_strdup ("/dev/shm/gantry-gui-XXXXXX");
  GtkWidget *view, *dialog;
  guint n;

  g_assert_nonnull (g_mkdtemp (folder));
  g_settings_set_string (gantry_settings_get (), GANTRY_KEY_RECEIVE_DIRECTORY, folder);
  receive_and_select (f);
  n = gui_count_files (folder);
  g_assert_cmpuint (n, >, 1);
  view = get_studies (f);
  g_assert_true (gtk_widget_activate_action (view, "studies.remove", NULL));
  gui_wait_for ((dialog = gui_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_assert_cmpuint (gui_count_files (folder), ==, n);
  g_assert_cmpuint (count_studies (view), ==, 1);

  g_assert_true (gtk_widget_activate_action (view, "studies.remove", NULL));
  gui_wait_for ((dialog = gui_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "remove");
  gtk_window_destroy (GTK_WINDOW (dialog));
  gui_wait_for (gui_count_files (folder) == 0);
  gui_wait_for (gui_find_text (view, "No Studies Received") != NULL);
  g_rmdir (folder);
}

/* A series of a study by its table's own selection, then all of it. */
static void
test_copy (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint n = receive_and_select (f);
  g_autofree char *target = g_build_filename (f->folder, "stick", NULL);
  GtkWidget *view = get_studies (f);
  GantryReceivedChoice choice = { 0 };
  GtkWidget *split = gui_find_type (view, GANTRY_TYPE_DETAILS_SPLIT);
  const GantryStudy *study = gantry_details_split_get_record (GANTRY_DETAILS_SPLIT (split));
  const GantrySeries *series = study->series->pdata[0];

  g_assert_cmpint (g_mkdir (target, 0700), ==, 0);
  choice.study_id = study->id;
  choice.series_id = series->id;
  gantry_study_copy_to (view, f->engine, &choice, 1, target, GANTRY_LAYOUT_FLAT);
  gui_wait_for (gui_count_files (target) == series->objects);
  g_assert_cmpuint (series->objects, <, n);
  choice.series_id = 0;
  gantry_study_copy_to (view, f->engine, &choice, 1, target, GANTRY_LAYOUT_FLAT);
  gui_wait_for (gui_count_files (target) == n);
}

/* Where it goes on without the window that began it. */
static void
test_copy_and_close (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint n = receive_and_select (f);
  g_autofree char *target = g_build_filename (f->folder, "stick", NULL);
  GtkWidget *view = get_studies (f);
  GtkWidget *split = gui_find_type (view, GANTRY_TYPE_DETAILS_SPLIT);
  const GantryStudy *study = gantry_details_split_get_record (GANTRY_DETAILS_SPLIT (split));
  GantryReceivedChoice choice = { .study_id = study->id };

  g_assert_cmpint (g_mkdir (target, 0700), ==, 0);
  g_object_add_weak_pointer (G_OBJECT (view), (gpointer *)&view);
  gantry_study_copy_to (view, f->engine, &choice, 1, target, GANTRY_LAYOUT_FLAT);
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_object (&f->window);
  g_assert_null (view);
  gui_wait_for (gui_count_files (target) == n);
}

static void
test_folder (void)
{
  static const struct
  {
    const char *first, *second; /* "": no image */
    const char *folder;
  } cases[] = {
    { "/in/1.2/1.2.1/a.dcm", "", "/in/1.2" },
    { "/in/1.2/1.2.1/a.dcm", "/in/1.2/1.2.2/b.dcm", "/in/1.2" },
    { "/in/Doe_1/20260102_CT/1_CT/a.dcm", "/in/Doe_1/20260102_CT/2_CT/b.dcm",
      "/in/Doe_1/20260102_CT" },
    { "/in/Doe_1/20260102_CT/1_CT/a.dcm", "", "/in/Doe_1/20260102_CT/1_CT" },
    { "/in/a.dcm", "/in/b.dcm", "/in" },
    { "", "/in/b.dcm", "/in" },
    { "", "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GantryStudy) study = gantry_study_new ();
      GantrySeries *first = gantry_series_new ();
      GantrySeries *second = gantry_series_new ();
      g_autofree char *folder = NULL;

      gantry_record_set (&study->study_uid, "1.2");
      gantry_record_set (&first->sample_path, cases[i].first);
      gantry_record_set (&second->sample_path, cases[i].second);
      g_ptr_array_add (study->series, first);
      g_ptr_array_add (study->series, second);
      folder = gantry_study_find_folder (study);
      g_assert_cmpstr (folder, ==, cases[i].folder);
      g_assert_cmpstr (gantry_study_get_sample (study), ==,
                       *cases[i].first != '\0'    ? cases[i].first
                       : *cases[i].second != '\0' ? cases[i].second
                                                  : NULL);
    }
}

static void
test_copy_words (void)
{
  static const struct
  {
    GantryCopyResult result;
    const char *text;
  } cases[] = {
    { { 1, 10, 0, 0, FALSE, (char *)"" }, "1 object copied to “stick”." },
    { { 20, 10, 0, 0, FALSE, (char *)"" }, "20 objects copied to “stick”." },
    { { 20, 10, 3, 0, FALSE, (char *)"" },
      "20 objects copied to “stick”. 3 objects there already." },
    { { 4, 10, 0, 1, FALSE, (char *)"x cannot be read: no." },
      "4 objects copied to “stick”. 1 object not readable. x cannot be read: no." },
    { { 0, 0, 0, 0, TRUE, (char *)"" }, "Stopped. 0 objects copied to “stick”." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = gantry_copy_result_describe (&cases[i].result, "/media/stick");

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_complete (Fixture *f, gconstpointer patient)
{
  g_autofree char *text = g_strdup ("");

  g_settings_set_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_NOTIFY_PATIENT,
                          GPOINTER_TO_INT (patient));
  g_free (gui_take_notification ());
  switch_on (f);
  receive_study (f, "FIRST");
  gui_wait_for (gui_has_notification ());
  g_free (text);
  text = gui_take_notification ();
  g_assert_nonnull (strstr (text, "A study has been received"));
  g_assert_nonnull (strstr (text, "object"));
  /* Only a name that may be told comes before the count. */
  g_assert_true ((strstr (text, " · ") != NULL) == GPOINTER_TO_INT (patient));
}

/* ---- Settings ---------------------------------------------------------------------------------
 */

typedef struct
{
  const char *name, *key, *text;
  const char *error; /* part of the sentence; NULL: it is right */
} TextCase;

static const TextCase text_cases[] = {
  { "callers", GANTRY_KEY_RECEIVE_CALLERS, "CT_*, MR 1, ?RAY", NULL },
  { "caller-too-long", GANTRY_KEY_RECEIVE_CALLERS, "01234567890123456", "16 characters" },
  { "caller-backslash", GANTRY_KEY_RECEIVE_CALLERS, "CT\\1", "printable" },
  { "caller-umlaut", GANTRY_KEY_RECEIVE_CALLERS, "RÖNTGEN", "printable" },
  { "networks", GANTRY_KEY_RECEIVE_NETWORKS, "10.0.0.0/8 fd00::/8, 127.0.0.1", NULL },
  { "network-word", GANTRY_KEY_RECEIVE_NETWORKS, "localhost", "no network" },
  { "network-bits", GANTRY_KEY_RECEIVE_NETWORKS, "10.0.0.1/8", "no network" },
  { "folder-none", GANTRY_KEY_RECEIVE_DIRECTORY, "", NULL },
  { "folder", GANTRY_KEY_RECEIVE_DIRECTORY, "/srv/dicom", NULL },
  { "folder-relative", GANTRY_KEY_RECEIVE_DIRECTORY, "dicom", "whole path" },
  { "pattern", GANTRY_KEY_RECEIVE_PATTERN, "{PatientID}/{SOPInstanceUID}", NULL },
  { "pattern-open", GANTRY_KEY_RECEIVE_PATTERN, "{PatientID", "" },
  { "pattern-field", GANTRY_KEY_RECEIVE_PATTERN, "{Nonsense}/{SOPInstanceUID}", "Nonsense" },
  { "command", GANTRY_KEY_RECEIVE_COMPLETE_COMMAND, "/usr/bin/tell 'one two' {path}", NULL },
  { "command-quote", GANTRY_KEY_RECEIVE_COMPLETE_COMMAND, "tell 'one", "quotation mark" },
};

static void
test_texts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (text_cases); i++)
    {
      const TextCase *c = &text_cases[i];
      GantryReceiverPreferences *window = gantry_receiver_preferences_new (NULL);
      GtkWidget *row = gantry_receiver_preferences_get_widget (window, c->key);
      GtkWidget *layout
          = gantry_receiver_preferences_get_widget (window, GANTRY_KEY_RECEIVE_LAYOUT);

      g_test_message ("%s", c->name);
      gtk_window_present (GTK_WINDOW (window));
      adw_combo_row_set_selected (ADW_COMBO_ROW (layout), GANTRY_LAYOUT_PATTERN);
      gtk_editable_set_text (GTK_EDITABLE (row), c->text);
      g_assert_true (gtk_widget_has_css_class (row, "error") == (c->error != NULL));
      gtk_test_accessible_assert_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                                        c->error != NULL ? GTK_ACCESSIBLE_INVALID_TRUE
                                                         : GTK_ACCESSIBLE_INVALID_FALSE);
      if (c->error != NULL)
        g_assert_nonnull (gui_find_part (GTK_WIDGET (window), c->error));
      if (strcmp (c->name, "pattern") == 0)
        g_assert_nonnull (gui_find_part (GTK_WIDGET (window), "Example: "));
      gtk_window_destroy (GTK_WINDOW (window));
    }
}

static GtkWidget *
find_button (GtkWidget *root, const char *label)
{
  return gtk_widget_get_ancestor (gui_find_text (root, label), GTK_TYPE_BUTTON);
}

static void
on_echo (GObject *engine, GAsyncResult *result, gpointer data)
{
  *(GantryEcho **)data = gantry_engine_echo_finish (GANTRY_ENGINE (engine), result, NULL);
}

static gboolean
echo_as (Fixture *f, const char *calling)
{
  g_autoptr (GantryNode) node
      = gantry_node_new (0, "me", "GANTRY", "127.0.0.1", f->port, calling, FALSE);
  g_autoptr (GantryEcho) echo = NULL;

  gantry_engine_echo_async (f->engine, node, NULL, NULL, on_echo, &echo);
  gui_wait_for (echo != NULL);
  return echo->ok;
}

static GSocketConnection *
connect_from (Fixture *f, const char *address)
{
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GSocketClient) client
      = g_object_new (G_TYPE_SOCKET_CLIENT, "local-address", local, NULL);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection
      = g_socket_client_connect_to_host (client, "127.0.0.1", f->port, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static GSocketConnection *
connect_to (Fixture *f)
{
  return connect_from (f, "127.0.0.1");
}

/* Whether the other side has closed it. */
static gboolean
is_over (GSocketConnection *connection)
{
  return g_socket_condition_check (g_socket_connection_get_socket (connection),
                                   G_IO_IN | G_IO_HUP | G_IO_ERR)
         != 0;
}

/* What is applied is what the engine gets, at once; what makes no difference interrupts nobody. */
static void
test_apply (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (GantryReceiverSettings) receiver = { 0 };
  g_autoptr (GSocketConnection) first = NULL;
  g_autoptr (GSocketConnection) second = NULL;
  GantryReceiverPreferences *window = gantry_receiver_preferences_new (GTK_WINDOW (f->window));
  g_auto (GStrv) traced = NULL;
  GtkWidget *widget;

  switch_on (f);
  first = connect_to (f);
  gtk_window_present (GTK_WINDOW (window));
  widget = gantry_receiver_preferences_get_widget (window, GANTRY_KEY_RECEIVE_MAX_ASSOCIATIONS);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (widget), 7);
  widget = gantry_receiver_preferences_get_widget (window, GANTRY_KEY_RECEIVE_CALLERS);
  gtk_editable_set_text (GTK_EDITABLE (widget), "CT_*, FIRST");
  widget = gantry_receiver_preferences_get_widget (window, GANTRY_KEY_TRACE_CALLERS);
  gtk_editable_set_text (GTK_EDITABLE (widget), "MR?");
  g_signal_emit_by_name (find_button (GTK_WIDGET (window), "Apply"), "clicked");
  gui_wait_for (is_over (first));
  gui_wait_for (f->port != 0
                && gui_find_part (f->page, "Open to the callers in the settings") != NULL);
  gantry_receiver_settings_read (&receiver);
  g_assert_cmpuint (receiver.listen.max_associations, ==, 7);
  g_assert_cmpstr (receiver.listen.callers[1], ==, "FIRST");
  g_assert_null (receiver.listen.callers[2]);
  traced = g_settings_get_strv (gantry_settings_get (), GANTRY_KEY_TRACE_CALLERS);
  g_assert_cmpstr (traced[0], ==, "MR?");
  g_assert_null (traced[1]);

  gui_wait_for (echo_as (f, "FIRST")); /* it is on again */
  g_assert_false (echo_as (f, "OTHER"));
  gui_wait_for (gui_find_text (get_associations (f), "rejected") != NULL);

  /* A setting that the receiver does not depend on, and one that it has already. */
  second = connect_to (f);
  g_settings_set_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_NOTIFY, FALSE);
  g_settings_set_uint (gantry_settings_get (), GANTRY_KEY_RECEIVE_MAX_ASSOCIATIONS, 7);
  receive_study (f, "FIRST");
  gui_wait_for (gui_find_text (get_associations (f), "FIRST") != NULL);
  g_assert_false (is_over (second));
}

/* What DCMTK says of a caller that is traced is among the messages, and of nobody else. */
static void
test_trace (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const callers[] = { "LOUD", NULL };
  const GantryTraceSettings settings = { .calling = callers };
  GtkWidget *details;

  switch_on (f);
  gantry_engine_set_trace (f->engine, &settings);
  g_assert_true (echo_as (f, "LOUD"));
  select_first (get_associations (f));
  gui_wait_for (gui_find_part (f->page, "LOUD from localhost (127.0.0.1:") != NULL);
  details = gui_find_type (get_associations (f), GANTRY_TYPE_ASSOCIATION_DETAILS);
  show_tab (details, "messages");
  gui_wait_for (gui_find_part (details, "PDU Type: Associate Request") != NULL);
  g_assert_nonnull (gui_find_text (details, "DCMTK"));
  g_assert_nonnull (gui_find_text (details, "Debug"));

  g_assert_true (echo_as (f, "SILENT"));
  gui_wait_for (gui_find_text (get_associations (f), "SILENT") != NULL);
  select_first (get_associations (f));
  gui_wait_for (gui_find_part (f->page, "SILENT from localhost (127.0.0.1:") != NULL);
  gui_wait_for (gui_find_text (details, "C-ECHO") != NULL);
  g_assert_null (gui_find_text (details, "DCMTK"));
}

/* ---- Names of peers ---------------------------------------------------------------------------
 */

/* Nothing is known of anybody, and nothing is said until the test wants it. */
static void
begin_names (void)
{
  GSettings *settings = gantry_settings_get ();

  name_service_install ();
  g_settings_set_boolean (settings, GANTRY_KEY_SHOW_PEER_NAMES, FALSE);
  g_settings_set_boolean (settings, GANTRY_KEY_SHOW_PEER_NAMES, TRUE);
}

/* What a cell of the table shows, and not the filter beside it. */
static GtkWidget *
find_cell (GtkWidget *view, const char *text)
{
  return gui_find_text (GTK_WIDGET (get_table (view)), text);
}

/* How the only row is read aloud. */
static gboolean
is_read_as (GtkWidget *view, GtkWidget *cell, const char *peer)
{
  g_autoptr (GantryPagedItem) item = g_list_model_get_item (G_LIST_MODEL (get_rows (view)), 0);
  GantryAssociationRecord *record = gantry_paged_item_get_record (item);
  GtkWidget *row = gtk_widget_get_parent (gtk_widget_get_parent (cell));
  g_autofree char *whom
      = peer != NULL ? g_strdup_printf ("%s (%s)", peer, record->peer) : g_strdup (record->peer);
  g_autofree char *text
      = g_strdup_printf ("ECHO from %s, released, 0 objects. %s", whom, record->result);
  g_autofree char *wrong = gtk_test_accessible_check_property (GTK_ACCESSIBLE (row),
                                                               GTK_ACCESSIBLE_PROPERTY_LABEL, text);

  return wrong == NULL;
}

/* While the name service hangs everything is as fast as ever; the name comes into the cells that
 * are there. What is exported and filtered is the address. */
static void
test_name (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (f->folder, "log.csv", NULL);
  g_autofree char *text = NULL;
  GtkWidget *view, *cell;

  begin_names ();
  switch_on (f);
  view = get_associations (f);
  g_assert_true (echo_as (f, "ECHO"));
  gui_wait_for (find_cell (view, "released") != NULL && name_service_is_asked ("127.0.0.1"));
  cell = find_cell (view, "127.0.0.1");
  g_assert_nonnull (cell);
  g_assert_null (gantry_cell_get_tooltip (cell));
  gui_wait_for (is_read_as (view, cell, NULL));
  select_first (view);
  gui_wait_for (gui_find_part (f->page, "ECHO from 127.0.0.1:") != NULL);

  name_service_answer ("127.0.0.1", "ct1.hospital.example");
  gui_wait_for (find_cell (view, "ct1.hospital.example") != NULL);
  g_assert_true (find_cell (view, "ct1.hospital.example") == cell);
  g_assert_cmpstr (gantry_cell_get_tooltip (cell), ==, "ct1.hospital.example (127.0.0.1)");
  g_assert_nonnull (gui_find_part (f->page, "ECHO from ct1.hospital.example (127.0.0.1:"));
  g_assert_true (is_read_as (view, cell, "ct1.hospital.example"));

  receive_study (f, "FIRST");
  gui_wait_for (find_cell (view, "FIRST") != NULL);
  g_assert_cmpuint (name_service_count (), ==, 1);
  gantry_associations_view_export (GANTRY_ASSOCIATIONS_VIEW (view), path, GANTRY_REPORT_CSV);
  gui_wait_for (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "127.0.0.1"));
  g_assert_null (strstr (text, "hospital"));
  type_filter (view, "hospital");
  gui_wait_for (gui_find_text (view, "No Association Matches") != NULL);
  name_service_remove ();
}

/* The address is there whatever somebody calls himself. */
static void
test_name_long (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *name = g_strnfill (253, 'a');
  GtkWidget *view = get_associations (f);
  GtkWidget *title;

  begin_names ();
  switch_on (f);
  gui_resize (GTK_WINDOW (f->window), 360, 640);
  g_assert_true (echo_as (f, "ECHO"));
  gui_wait_for (find_cell (view, "released") != NULL && name_service_is_asked ("127.0.0.1"));
  name_service_answer ("127.0.0.1", name);
  select_first (view);
  gantry_details_split_set_open (
      GANTRY_DETAILS_SPLIT (gui_find_type (view, GANTRY_TYPE_DETAILS_SPLIT)), TRUE);
  gui_wait_for ((title = gui_find_part (view, "… (127.0.0.1:")) != NULL
                && gtk_widget_get_mapped (title));
  gui_wait_for (!pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (title))));
  name_service_remove ();
}

/* A hundred callers get their answers while the one question gets none. */
static void
test_name_stalled (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *view = get_associations (f);

  begin_names ();
  switch_on (f);
  receive_study (f, "FIRST");
  gui_wait_for (find_cell (view, "FIRST") != NULL && find_cell (view, "127.0.0.1") != NULL);
  for (guint i = 0; i < 100; i++)
    g_assert_true (echo_as (f, "ECHO"));
  gui_wait_for (g_list_model_get_n_items (G_LIST_MODEL (get_rows (view))) > 100);
  g_assert_cmpuint (name_service_count (), ==, 1);
  g_assert_cmpuint (name_service_count_open (), ==, 1);
  name_service_remove ();
}

static void
test_name_off (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *view = get_associations (f);
  GSettings *settings = gantry_settings_get ();

  begin_names ();
  g_settings_set_boolean (settings, GANTRY_KEY_SHOW_PEER_NAMES, FALSE);
  switch_on (f);
  g_assert_true (echo_as (f, "ECHO"));
  gui_wait_for (find_cell (view, "released") != NULL);
  select_first (view);
  gui_wait_for (gui_find_part (f->page, "ECHO from 127.0.0.1:") != NULL);
  g_assert_nonnull (find_cell (view, "127.0.0.1"));
  g_assert_cmpuint (name_service_count (), ==, 0);

  g_settings_set_boolean (settings, GANTRY_KEY_SHOW_PEER_NAMES, TRUE);
  gui_wait_for (name_service_is_asked ("127.0.0.1"));
  name_service_answer ("127.0.0.1", "ct1.example");
  gui_wait_for (find_cell (view, "ct1.example") != NULL);

  g_settings_set_boolean (settings, GANTRY_KEY_SHOW_PEER_NAMES, FALSE);
  gui_wait_for (find_cell (view, "127.0.0.1") != NULL);
  g_assert_nonnull (gui_find_part (f->page, "ECHO from 127.0.0.1:"));
  g_assert_cmpuint (name_service_count (), ==, 1);
  name_service_remove ();
}

/* A name that comes late is not put into a cell that shows somebody else by then, nor into one that
 * is gone. */
static void
test_name_recycled (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketConnection) other = NULL;
  GtkWidget *view = get_associations (f);
  GantryAssociationFilterBar *bar
      = GANTRY_ASSOCIATION_FILTER_BAR (gui_find_type (view, GANTRY_TYPE_ASSOCIATION_FILTER_BAR));

  begin_names ();
  switch_on (f);
  g_assert_true (echo_as (f, "ECHO"));
  gui_wait_for (find_cell (view, "127.0.0.1") != NULL);
  other = connect_from (f, "127.0.0.2");
  g_io_stream_close (G_IO_STREAM (other), NULL, NULL);
  gui_wait_for (find_cell (view, "127.0.0.2") != NULL);
  gui_wait_for (name_service_is_asked ("127.0.0.1") && name_service_is_asked ("127.0.0.2"));

  gantry_association_filter_bar_choose (bar, NULL, "127.0.0.2");
  gui_wait_for (find_cell (view, "127.0.0.1") == NULL && find_cell (view, "127.0.0.2") != NULL);
  name_service_answer ("127.0.0.1", "ct1.example");
  gui_wait_for (name_service_count_open () == 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_nonnull (find_cell (view, "127.0.0.2"));
  g_assert_null (find_cell (view, "ct1.example"));
  gantry_association_filter_bar_reset (bar);
  gui_wait_for (find_cell (view, "ct1.example") != NULL && find_cell (view, "127.0.0.2") != NULL);

  gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_object (&f->window);
  name_service_answer ("127.0.0.2", "mr1.example");
  name_service_remove ();
}

/* ---- Test behaviour ---------------------------------------------------------------------------
 */

static void
test_words (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const lines[]
      = { "",
          "status=A700",
          "status=B000 every=3 class=1.2.840.10008.5.1.4.1.1.2 caller=CT_* caller=MR1",
          "delay=500 abort-after=10 drop-after=12",
          "abort-in-data",
          "drop-in-data",
          "reject=1/1/7",
          "reject=2/3/2",
          "ignore no-echo" };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      GantryTestBehaviour *window = gantry_test_behaviour_new (NULL, f->engine);
      g_autofree char *back = NULL;

      gantry_test_behaviour_set_words (window, lines[i]);
      back = gantry_test_behaviour_get_words (window);
      g_assert_cmpstr (back, ==, lines[i]);
      gtk_window_destroy (GTK_WINDOW (window));
    }
}

static guint64
count_warnings (Fixture *f)
{
  g_autoptr (GPtrArray) totals = NULL;

  gantry_engine_sum_associations_async (f->engine, NULL, NULL, on_listed, &totals);
  gui_wait_for (totals != NULL);
  return ((const GantryAssociationTotals *)totals->pdata[0])->warnings;
}

static void
test_scenario (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *banner_text;

  g_assert_null (gui_find_part (f->page, "Test behaviour is on"));
  g_settings_set_string (gantry_settings_get (), GANTRY_KEY_RECEIVE_TEST_BEHAVIOUR, "status=B000");
  g_settings_set_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_TEST, TRUE);
  banner_text = gui_find_part (f->page, "Test behaviour is on");
  g_assert_nonnull (banner_text);
  switch_on (f);
  receive_study (f, "FIRST");
  gui_wait_for (count_warnings (f) > 0); /* the log is written when the association is over */
}

/* Returns: (transfer full): "[name|words]" of each that the engine keeps */
static char *
list_kept (Fixture *f)
{
  g_autoptr (GPtrArray) kept = NULL;
  GString *text = g_string_new (NULL);

  gantry_engine_list_scenarios_async (f->engine, NULL, on_listed, &kept);
  gui_wait_for (kept != NULL);
  for (guint i = 0; i < kept->len; i++)
    {
      const GantryNamedScenario *one = kept->pdata[i];

      g_string_append_printf (text, "[%s|%s]", one->name, one->words);
    }
  return g_string_free (text, FALSE);
}

static void
assert_kept (Fixture *f, const char *expected)
{
  g_autofree char *kept = list_kept (f);

  g_assert_cmpstr (kept, ==, expected);
}

static void
on_scenario_saved (GObject *engine, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  gantry_engine_save_scenario_finish (GANTRY_ENGINE (engine), result, &error);
  g_assert_no_error (error);
  *(gboolean *)data = TRUE;
}

static void
keep (Fixture *f, const char *name, const char *words)
{
  gboolean saved = FALSE;

  gantry_engine_save_scenario_async (f->engine, name, words, NULL, on_scenario_saved, &saved);
  gui_wait_for (saved);
}

static GtkWidget *
open_behaviour (Fixture *f)
{
  GtkWidget *window = GTK_WIDGET (gantry_test_behaviour_new (GTK_WINDOW (f->window), f->engine));

  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static GtkWidget *
get_scenario_row (GtkWidget *window, const char *name)
{
  GtkWidget *label = gui_find_text (window, name);

  g_assert_nonnull (label);
  return gtk_widget_get_ancestor (label, ADW_TYPE_ACTION_ROW);
}

/* Saved, there in the next window, loaded, replaced, forgotten. */
static void
test_scenario_saved (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window = open_behaviour (f);
  GtkWidget *forget;
  g_autofree char *words = NULL;

  gantry_test_behaviour_set_words (GANTRY_TEST_BEHAVIOUR (window), "status=B000");
  gantry_test_behaviour_save (GANTRY_TEST_BEHAVIOUR (window), "Full & <busy>");
  gui_wait_for (gui_find_text (window, "Full & <busy>") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  assert_kept (f, "[Full & <busy>|status=B000]");

  keep (f, "other", "ignore no-echo"); /* as gantryctl does */
  window = open_behaviour (f);
  gui_wait_for (gui_find_text (window, "other") != NULL);
  g_assert_nonnull (gui_find_text (window, "Full & <busy>"));
  adw_action_row_activate (ADW_ACTION_ROW (get_scenario_row (window, "other")));
  words = gantry_test_behaviour_get_words (GANTRY_TEST_BEHAVIOUR (window));
  g_assert_cmpstr (words, ==, "ignore no-echo");
  g_assert_null (gui_find_part (window, "Left out"));

  gantry_test_behaviour_set_words (GANTRY_TEST_BEHAVIOUR (window), "delay=7");
  gantry_test_behaviour_save (GANTRY_TEST_BEHAVIOUR (window), "other");
  gui_wait_for (gui_find_text (window, "ignore no-echo") == NULL);
  assert_kept (f, "[Full & <busy>|status=B000][other|delay=7]");

  forget = gui_find_type (get_scenario_row (window, "Full & <busy>"), GTK_TYPE_BUTTON);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (forget), ==, "Forget: Full & <busy>");
  g_signal_emit_by_name (forget, "clicked");
  gui_wait_for (gui_find_text (window, "Full & <busy>") == NULL);
  g_assert_nonnull (gui_find_text (window, "other"));
  assert_kept (f, "[other|delay=7]");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Why it is not kept is said until it is. */
static void
test_scenario_refused (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window = open_behaviour (f);

  gantry_test_behaviour_set_words (GANTRY_TEST_BEHAVIOUR (window), "status=A7");
  gantry_test_behaviour_save (GANTRY_TEST_BEHAVIOUR (window), "Full");
  gui_wait_for (gui_find_part (window, "“status=A7” cannot be used") != NULL);
  gantry_test_behaviour_set_words (GANTRY_TEST_BEHAVIOUR (window), "status=A700");
  gantry_test_behaviour_save (GANTRY_TEST_BEHAVIOUR (window), "  ");
  gui_wait_for (gui_find_part (window, "needs a name") != NULL);
  assert_kept (f, "");
  gantry_test_behaviour_save (GANTRY_TEST_BEHAVIOUR (window), "Full");
  gui_wait_for (gui_find_text (window, "Full") != NULL);
  g_assert_null (gui_find_part (window, "needs a name"));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* What gantryctl keeps may say more than the window has choices for. */
static void
test_scenario_left_out (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window;

  keep (f, "odd", "delay=5 reject=1/1/5 every=2000000");
  keep (f, "plain", "delay=6");
  window = open_behaviour (f);
  gui_wait_for (gui_find_text (window, "odd") != NULL);
  adw_action_row_activate (ADW_ACTION_ROW (get_scenario_row (window, "odd")));
  g_assert_nonnull (gui_find_part (window, "choice for it: reject=1/1/5 every=2000000"));
  adw_action_row_activate (ADW_ACTION_ROW (get_scenario_row (window, "plain")));
  g_assert_null (gui_find_part (window, "choice for it"));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The answers come when the window is gone; what was to be kept is kept. */
static void
test_scenario_and_close (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window = open_behaviour (f);
  gpointer list = gui_find_type (window, GANTRY_TYPE_SCENARIO_LIST);
  gpointer gone = window;

  g_object_add_weak_pointer (G_OBJECT (window), &gone);
  g_object_add_weak_pointer (G_OBJECT (list), &list);
  gantry_test_behaviour_set_words (GANTRY_TEST_BEHAVIOUR (window), "ignore");
  gantry_test_behaviour_save (GANTRY_TEST_BEHAVIOUR (window), "late");
  gtk_window_destroy (GTK_WINDOW (window));
  gui_wait_for (gone == NULL);
  gui_wait_for (list == NULL); /* it waits for its answers */
  assert_kept (f, "[late|ignore]");
}

static gsize
count_former (void)
{
  g_autoptr (GVariant) left
      = g_settings_get_value (gantry_settings_get (), GANTRY_KEY_RECEIVE_SCENARIOS);

  return g_variant_n_children (left);
}

/* What an earlier version left in the settings before the page had an engine (set_up()), and what
 * is the same there, or has a name that is taken, or cannot be kept. */
static void
test_scenario_former (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GVariant) changed = NULL;

  gui_wait_for (count_former () == 0);
  changed = g_settings_get_user_value (gantry_settings_get (), GANTRY_KEY_RECEIVE_SCENARIOS);
  g_assert_null (changed);
  assert_kept (f, "[a|status=A700][b|delay=1]");

  g_settings_set_value (
      gantry_settings_get (), GANTRY_KEY_RECEIVE_SCENARIOS,
      g_variant_new_parsed ("{'a': 'status=A700', 'b': 'delay=2', 'wrong': 'explode'}"));
  gantry_former_scenarios_carry_over (f->engine);
  gui_wait_for (count_former () == 1);
  assert_kept (f, "[a|status=A700][b|delay=1][b 2|delay=2]");
}

/* Ended in order, and yet not good. */
static void
test_not_kept (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *result, *state;

  g_settings_set_string (gantry_settings_get (), GANTRY_KEY_RECEIVE_TEST_BEHAVIOUR, "ignore");
  g_settings_set_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_TEST, TRUE);
  switch_on (f);
  receive_study (f, "FIRST");
  gui_wait_for (gui_find_part (get_associations (f), "0 stored, ") != NULL);
  result = gui_find_part (get_associations (f), "0 stored, ");
  g_assert_true (g_str_has_suffix (gtk_label_get_text (GTK_LABEL (result)), " not kept"));
  state = gui_find_text (get_associations (f), "released");
  g_assert_nonnull (state);
  g_assert_true (gtk_widget_has_css_class (gtk_widget_get_parent (result), "warning"));
  g_assert_true (gtk_widget_has_css_class (gtk_widget_get_parent (state), "warning"));
}

/* ---- Octets -----------------------------------------------------------------------------------
 */

static void
test_hex (void)
{
  static const guint8 data[] = { 0x01, 0x00, 'G',  'A', 'N', 'T', 'R', 'Y', ' ',
                                 0x7F, 0x80, 0xFF, '<', '&', '>', '.', 'Z' };
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, sizeof data);
  g_autoptr (GBytes) none = g_bytes_new_static (NULL, 0);
  g_autofree char *text = gantry_hex_format (bytes);
  g_autofree char *empty = gantry_hex_format (none);

  g_assert_cmpstr (text, ==,
                   "000000  01 00 47 41 4E 54 52 59  20 7F 80 FF 3C 26 3E 2E  ..GANTRY ...<&>.\n"
                   "000010  5A                                                Z\n");
  g_assert_cmpstr (empty, ==, "");
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);

#define CASE(path, data, func) g_test_add (path, Fixture, data, set_up, func, tear_down)
  CASE ("/receive-page/details", NULL, test_details);
  CASE ("/receive-page/octets", NULL, test_octets);
  CASE ("/receive-page/filter", NULL, test_filter);
  CASE ("/receive-page/studies", NULL, test_studies);
  CASE ("/receive-page/header-next", NULL, test_header_next);
  CASE ("/receive-page/filter/caller", NULL, test_filter_caller);
  CASE ("/receive-page/filter/totals-open", NULL, test_totals_open);
  CASE ("/receive-page/filter/totals-cleared", NULL, test_totals_cleared);
  CASE ("/receive-page/filter/totals-unread", NULL, test_totals_unread);
  CASE ("/receive-page/objects-unread", "received", test_objects_unread);
  CASE ("/receive-page/messages-unread", "messages", test_objects_unread);
  CASE ("/receive-page/copy", NULL, test_copy);
  CASE ("/receive-page/remove", NULL, test_remove);
  CASE ("/receive-page/copy/and-close", NULL, test_copy_and_close);
  CASE ("/receive-page/keys", NULL, test_keys);
  CASE ("/receive-page/filter/nothing", NULL, test_filter_nothing);
  CASE ("/receive-page/narrow", NULL, test_narrow);
  CASE ("/receive-page/series-selection", NULL, test_series_selection);
  CASE ("/receive-page/remove/twice", NULL, test_remove_twice);
  CASE ("/receive-page/remove/and-close", NULL, test_remove_and_close);
  CASE ("/receive-page/remove/for-good", NULL, test_remove_for_good);
  CASE ("/receive-page/complete", GINT_TO_POINTER (FALSE), test_complete);
  CASE ("/receive-page/complete-with-patient", GINT_TO_POINTER (TRUE), test_complete);
  CASE ("/receive-page/apply", NULL, test_apply);
  CASE ("/receive-page/trace", NULL, test_trace);
  CASE ("/receive-page/words", NULL, test_words);
  CASE ("/receive-page/name", NULL, test_name);
  CASE ("/receive-page/name/stalled", NULL, test_name_stalled);
  CASE ("/receive-page/name/long", NULL, test_name_long);
  CASE ("/receive-page/name/off", NULL, test_name_off);
  CASE ("/receive-page/name/recycled", NULL, test_name_recycled);
  CASE ("/receive-page/scenario", NULL, test_scenario);
  CASE ("/receive-page/scenario/saved", NULL, test_scenario_saved);
  CASE ("/receive-page/scenario/refused", NULL, test_scenario_refused);
  CASE ("/receive-page/scenario/left-out", NULL, test_scenario_left_out);
  CASE ("/receive-page/scenario/and-close", NULL, test_scenario_and_close);
  CASE ("/receive-page/scenario/former", FORMER, test_scenario_former);
  CASE ("/receive-page/not-kept", NULL, test_not_kept);
  CASE ("/receive-page/open-folder", NULL, test_open_folder);
#undef CASE
  g_test_add_func ("/receive-page/copy/words", test_copy_words);
  g_test_add_func ("/receive-page/folder", test_folder);
  g_test_add_func ("/receive-page/selection", test_selection);
  g_test_add_func ("/receive-page/hidden-list", test_hidden_list);
  g_test_add_func ("/receive-page/texts", test_texts);
  g_test_add_func ("/receive-page/hex", test_hex);
  return gui_run ();
}
