/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gui-support.h"

#include "gantry-application.h"
#include "gantry-settings.h"

static GtkApplication *application;
static char *profile;
static char *notification;
static GDBusConnection *bus; /* held: the name of the service goes with the connection */

static gboolean
wake_up (gpointer data G_GNUC_UNUSED)
{
  return G_SOURCE_CONTINUE;
}

void
gui_turn (void)
{
  guint id = g_timeout_add (20, wake_up, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

static void
add_texts (GtkWidget *widget, GString *texts)
{
  if (!gtk_widget_get_visible (widget) || !gtk_widget_get_child_visible (widget))
    return;
  if (GTK_IS_LABEL (widget))
    g_string_append_printf (texts, " [%s]", gtk_label_get_text (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    add_texts (child, texts);
}

void
gui_waited_in_vain (const char *file, int line, const char *function, const char *condition)
{
  g_autoptr (GString) texts = g_string_new (NULL);
  GListModel *windows = gtk_window_get_toplevels ();

  g_string_append_printf (texts, "waited 20 s for (%s), but the windows show:", condition);
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      add_texts (window, texts);
    }
  g_strdelimit (texts->str, "\n", ' ');
  g_assertion_message (G_LOG_DOMAIN, file, line, function, texts->str);
  abort ();
}

/* The window's own edge may be counted with its size or not. */
#define EDGE_PX 12
#define ASK_AGAIN_US (G_USEC_PER_SEC / 2)

static gboolean
has_size (GtkWindow *window, int width, int height)
{
  return ABS (gtk_widget_get_width (GTK_WIDGET (window)) - width) <= EDGE_PX
         && ABS (gtk_widget_get_height (GTK_WIDGET (window)) - height) <= EDGE_PX;
}

/* A size that the window manager told before, and that arrives after the wish, makes GTK forget the
 * wish: as with a hand at the edge, what did not follow is drawn once more. */
void
gui_resize (GtkWindow *window, int width, int height)
{
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (!has_size (window, width, height) && g_get_monotonic_time () < end)
    {
      gint64 again = g_get_monotonic_time () + ASK_AGAIN_US;

      gtk_window_set_default_size (window, width, height);
      while (!has_size (window, width, height) && g_get_monotonic_time () < again)
        gui_turn ();
    }
  g_assert_true (has_size (window, width, height));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
}

/* ---- Notifications: the test is the desktop's service for them, as there is no other ------------
 */

static const char notifications_xml[]
    = "<node><interface name='org.freedesktop.Notifications'>"
      "<method name='Notify'>"
      "<arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>"
      "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>"
      "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
      "<arg type='u' direction='out'/></method>"
      "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
      "</interface></node>";

static void
notifications_called (GDBusConnection *connection G_GNUC_UNUSED,
                      const char *sender G_GNUC_UNUSED,
                      const char *path G_GNUC_UNUSED,
                      const char *interface G_GNUC_UNUSED,
                      const char *method,
                      GVariant *parameters,
                      GDBusMethodInvocation *invocation,
                      gpointer data G_GNUC_UNUSED)
{
  const char *title, *text;

  if (!g_str_equal (method, "Notify"))
    {
      g_dbus_method_invocation_return_value (invocation, NULL);
      return;
    }
  g_variant_get_child (parameters, 3, "&s", &title);
  g_variant_get_child (parameters, 4, "&s", &text);
  g_free (notification);
  notification = g_strdup_printf ("%s\n%s", title, text);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", 1));
}

static void
serve_notifications (void)
{
  static const GDBusInterfaceVTable functions = { .method_call = notifications_called };
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (notifications_xml, NULL);
  g_autoptr (GVariant) answer = NULL;

  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  if (bus == NULL)
    return;
  g_dbus_connection_register_object (bus, "/org/freedesktop/Notifications", info->interfaces[0],
                                     &functions, NULL, NULL, NULL);
  answer = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "RequestName",
                                        g_variant_new ("(su)", "org.freedesktop.Notifications", 0),
                                        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (answer);
}

gboolean
gui_has_notification (void)
{
  return notification != NULL;
}

char *
gui_take_notification (void)
{
  char *taken = notification != NULL ? notification : g_strdup ("");

  notification = NULL;
  return taken;
}

/* ---- Start and end ------------------------------------------------------------------------------
 */

void
gui_init (int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;

  /* Makes GTK's own accessibility tree, without a bus. */
  g_setenv ("GTK_A11Y", "test", TRUE);
  g_test_init (argc, argv, NULL);
  adw_init ();

  profile = g_dir_make_tmp ("gantry-gui-XXXXXX", &error);
  g_assert_no_error (error);
  g_assert_true (gantry_settings_open (profile, &error));
  g_assert_no_error (error);

  serve_notifications ();
  gantry_application_init_resources ();
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", GANTRY_APP_ID ".Test",
                              "flags", G_APPLICATION_NON_UNIQUE, "resource-base-path",
                              "/io/github/gantry/Gantry", NULL);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
}

int
gui_run (void)
{
  const char *const argv[] = { "rm", "-rf", "--", profile, NULL };
  int status = g_test_run ();

  gantry_settings_close ();
  g_object_unref (application);
  g_clear_object (&bus);
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (profile);
  g_free (notification);
  return status;
}

GtkApplication *
gui_get_application (void)
{
  return application;
}

const char *
gui_get_profile (void)
{
  return profile;
}

static GtkWidget *
find_label (GtkWidget *root, const char *text, gboolean whole)
{
  const char *shown = NULL;

  if (!gtk_widget_get_visible (root) || !gtk_widget_get_child_visible (root))
    return NULL;
  if (GTK_IS_LABEL (root))
    shown = gtk_label_get_text (GTK_LABEL (root));
  if (shown != NULL && (whole ? g_str_equal (shown, text) : strstr (shown, text) != NULL))
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_label (child, text, whole);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
gui_find_text (GtkWidget *root, const char *text)
{
  return find_label (root, text, TRUE);
}

GtkWidget *
gui_find_part (GtkWidget *root, const char *part)
{
  return find_label (root, part, FALSE);
}

GtkWidget *
gui_find_type (GtkWidget *root, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = gui_find_type (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
gui_find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (g_type_is_a (G_OBJECT_TYPE (window), type) && gtk_widget_get_visible (window))
        return window; /* GTK holds it */
    }
  return NULL;
}

void
gui_finalize (gpointer object)
{
  gpointer alive = object;

  g_object_add_weak_pointer (object, &alive);
  g_object_unref (object);
  gui_wait_for (alive == NULL);
}

guint
gui_count_files (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        n += gui_count_files (path);
      else if (!g_str_has_prefix (name, ".gantry-"))
        n++;
    }
  return n;
}
