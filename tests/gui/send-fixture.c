/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "send-fixture.h"

#include <glib/gstdio.h>

#include "gantry-item.h"
#include "gantry-queue-list.h"
#include "gantry-sample.h"
#include "gantry-send-page.h"
#include "gantry-staged-list.h"

static void
handle_event (GantryEvent *event, gpointer data)
{
  SendFixture *f = data;

  if (event->type == GANTRY_EVENT_LISTENER)
    f->port = event->listener.on ? event->listener.port : 0;
  else if (event->type == GANTRY_EVENT_SCAN && !event->scan.running)
    f->n_scans++;
  if (f->window != NULL)
    gantry_window_handle_event (f->window, event);
}

void
send_fixture_set_up (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
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

void
send_fixture_tear_down (SendFixture *f, gconstpointer data G_GNUC_UNUSED)
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

GListModel *
send_fixture_get_staged (SendFixture *f)
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

void
send_fixture_drop (SendFixture *f, const char *path)
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

void
send_fixture_drop_studies (SendFixture *f)
{
  guint before = f->n_scans;

  send_fixture_drop (f, f->studies);
  gui_wait_for (f->n_scans > before); /* nothing is sent while it goes on */
  gui_wait_for (gui_find_text (f->page, "1 file was skipped") != NULL);
  gui_wait_for (g_list_model_get_n_items (send_fixture_get_staged (f)) > 0);
}

static void
node_saved (GObject *engine, GAsyncResult *result, gpointer data)
{
  SendFixture *f = data;
  g_autoptr (GError) error = NULL;

  f->node_id = gantry_engine_save_node_finish (GANTRY_ENGINE (engine), result, &error);
  g_assert_no_error (error);
}

void
send_fixture_choose_node (SendFixture *f, const char *name, guint16 port)
{
  send_fixture_choose_node_called (f, name, "GANTRY", port);
}

void
send_fixture_choose_node_called (SendFixture *f,
                                 const char *name,
                                 const char *ae_title,
                                 guint16 port)
{
  g_autoptr (GantryNode) node = gantry_node_new (0, name, ae_title, "127.0.0.1", port, "", FALSE);

  f->node_id = 0;
  gantry_engine_save_node_async (f->engine, node, NULL, node_saved, f);
  gui_wait_for (f->node_id != 0);
  gui_wait_for ((gantry_send_page_choose_destination (GANTRY_SEND_PAGE (f->page), f->node_id),
                 gui_find_text (f->page, name) != NULL));
}

void
send_fixture_listen (SendFixture *f, guint16 port)
{
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;

  settings.port = port;
  settings.address = "127.0.0.1";
  gantry_engine_listen (f->engine, &settings);
  gui_wait_for (f->port != 0);
}

guint16
send_fixture_find_closed_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);
  return port;
}

GantryJob *
send_fixture_wait_for_job (SendFixture *f)
{
  GListModel *jobs = gantry_queue_list_get_model (
      GANTRY_QUEUE_LIST (gui_find_type (f->page, GANTRY_TYPE_QUEUE_LIST)));
  g_autoptr (GantryItem) item = NULL;

  gui_wait_for (g_list_model_get_n_items (jobs) > 0);
  item = g_list_model_get_item (jobs, 0);
  return gantry_item_get_record (item); /* the list holds it until it is newer */
}

void
send_fixture_activate (SendFixture *f, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), action, NULL));
}
