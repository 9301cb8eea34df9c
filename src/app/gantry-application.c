/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-application.h"

#include <glib/gi18n-lib.h>

#include "gantry-engine.h"
#include "gantry-error.h"
#include "gantry-preferences.h"
#include "gantry-profile.h"
#include "gantry-reference-window.h"
#include "gantry-resources.h"
#include "gantry-settings.h"
#include "gantry-window.h"

struct _GantryApplication
{
  AdwApplication parent_instance;

  char *profile; /* NULL: the default one */
  GantryEngine *engine;
  GantryWindow *window; /* weak: GTK owns it until it is closed */
  char *log;            /* path of the log file; NULL: there is no engine yet */
  gboolean quitting;    /* closing the window ends the program, whatever the settings say */
  char *not_receiving;  /* why the receiver is not on although it should be; NULL: it is */
};

G_DEFINE_FINAL_TYPE (GantryApplication, gantry_application, ADW_TYPE_APPLICATION)

/* ---- Settings that others follow ----------------------------------------------------------------
 */

/* @title, @tls: (out): own the texts in the result */
static GantrySendSettings
read_send_settings (char **title, GantryTls *tls)
{
  GSettings *settings = gantry_settings_get ();
  GantrySendSettings send = GANTRY_SEND_SETTINGS_DEFAULT;

  *title = g_settings_get_string (settings, GANTRY_KEY_CALLING_AE_TITLE);
  send.calling_ae_title = *title;
  send.max_pdu = g_settings_get_uint (settings, GANTRY_KEY_MAX_PDU);
  send.associations = g_settings_get_uint (settings, GANTRY_KEY_ASSOCIATIONS);
  send.connect_seconds = g_settings_get_uint (settings, GANTRY_KEY_CONNECT_SECONDS);
  send.acse_seconds = g_settings_get_uint (settings, GANTRY_KEY_ACSE_SECONDS);
  send.dimse_seconds = g_settings_get_uint (settings, GANTRY_KEY_DIMSE_SECONDS);
  send.idle_seconds = g_settings_get_uint (settings, GANTRY_KEY_IDLE_SECONDS);
  send.transcoding = (GantryTranscoding)g_settings_get_enum (settings, GANTRY_KEY_TRANSCODING);
  send.fall_back = g_settings_get_boolean (settings, GANTRY_KEY_FALL_BACK);
  send.retry_limit = g_settings_get_boolean (settings, GANTRY_KEY_RETRY)
                         ? g_settings_get_uint (settings, GANTRY_KEY_RETRY_LIMIT)
                         : 0;
  send.retry_seconds = g_settings_get_uint (settings, GANTRY_KEY_RETRY_SECONDS);
  gantry_settings_read_tls (tls, FALSE);
  send.tls = *tls;
  return send;
}

static void
apply_send_settings (GantryApplication *self)
{
  g_autofree char *title = NULL;
  g_auto (GantryTls) tls = { 0 };
  GantrySendSettings send = read_send_settings (&title, &tls);

  gantry_engine_set_send_settings (self->engine, &send);
}

static void
apply_color_scheme (void)
{
  static const AdwColorScheme schemes[]
      = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };
  int scheme = g_settings_get_enum (gantry_settings_get (), GANTRY_KEY_COLOR_SCHEME);

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[scheme]);
}

static void
apply_log (GantryApplication *self)
{
  int level = g_settings_get_enum (gantry_settings_get (), GANTRY_KEY_LOG_LEVEL);
  GantryLogSettings log = GANTRY_LOG_SETTINGS_DEFAULT;

  if (level > 0)
    {
      log.path = self->log;
      log.level = (GantryLogLevel)(level - 1);
      log.max_bytes = (guint64)g_settings_get_uint (gantry_settings_get (), GANTRY_KEY_LOG_MIB)
                      << 20;
      log.files = g_settings_get_uint (gantry_settings_get (), GANTRY_KEY_LOG_FILES);
    }
  gantry_engine_set_log (self->engine, &log);
}

static void
apply_trace (GantryApplication *self)
{
  g_auto (GStrv) callers = g_settings_get_strv (gantry_settings_get (), GANTRY_KEY_TRACE_CALLERS);
  const GantryTraceSettings trace = { .calling = (const char *const *)callers };

  gantry_engine_set_trace (self->engine, &trace);
}

static void
setting_changed (GantryApplication *self, const char *key)
{
  if (g_str_equal (key, GANTRY_KEY_COLOR_SCHEME))
    apply_color_scheme ();
  else if (g_str_has_prefix (key, "log-") && self->engine != NULL)
    apply_log (self);
  else if (g_str_equal (key, GANTRY_KEY_TRACE_CALLERS) && self->engine != NULL)
    apply_trace (self);
  else if (self->engine != NULL)
    apply_send_settings (self);
}

/* ---- Start and end ------------------------------------------------------------------------------
 */

static void
handle_event (GantryEvent *event, gpointer user_data)
{
  GantryApplication *self = user_data;

  if (event->type == GANTRY_EVENT_LISTENER)
    {
      g_clear_pointer (&self->not_receiving, g_free);
      if (!event->listener.on && *event->listener.message != '\0')
        self->not_receiving = g_strdup (event->listener.message);
    }
  if (self->window != NULL)
    gantry_window_handle_event (self->window, event);
}

static gboolean
start_engine (GantryApplication *self, GError **error)
{
  g_autoptr (GantryProfile) profile = gantry_profile_open (self->profile, error);
  g_autofree char *title = NULL;
  g_autofree char *own_title
      = g_settings_get_string (gantry_settings_get (), GANTRY_KEY_RECEIVE_AE_TITLE);
  GantryListenSettings listen = GANTRY_LISTEN_SETTINGS_DEFAULT;
  g_auto (GantryTls) tls = { 0 };
  GantrySendSettings send = read_send_settings (&title, &tls);

  if (profile == NULL)
    return FALSE;
  listen.ae_title = own_title;
  listen.port = (guint16)g_settings_get_uint (gantry_settings_get (), GANTRY_KEY_RECEIVE_PORT);
  listen.tls.enabled = g_settings_get_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_TLS);
  self->engine = gantry_engine_new (&(GantryEngineOptions){ .profile = profile,
                                                            .draft = "window",
                                                            .run_queue = TRUE,
                                                            .resume = TRUE,
                                                            .send = &send,
                                                            .run_receiver = TRUE,
                                                            .listen = &listen,
                                                            .event_func = handle_event,
                                                            .user_data = self },
                                    error);
  if (self->engine != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (gantry_profile_get_database (profile));

      self->log = g_build_filename (folder, "receiver.log", NULL);
      apply_log (self);
      apply_trace (self);
    }
  return self->engine != NULL;
}

/* ---- The receiver without a window --------------------------------------------------------------
 */

static void
tell_background (GantryApplication *self)
{
  g_autoptr (GNotification) notification = g_notification_new (_ ("Gantry is still receiving"));

  g_notification_set_body (notification,
                           _ ("The window is closed and the receiver is on. Start Gantry again to "
                              "see the window, or quit to switch the receiver off."));
  g_notification_set_default_action (notification, "app.show-window");
  g_notification_add_button (notification, _ ("Quit"), "app.quit");
  g_application_send_notification (G_APPLICATION (self), "background", notification);
}

/* Who closed the window counts on a receiver that stays. */
static void
tell_not_receiving (GantryApplication *self)
{
  g_autoptr (GNotification) notification = g_notification_new (_ ("Gantry is not receiving"));

  g_notification_set_body (notification, self->not_receiving);
  g_notification_set_default_action (notification, "app.show-window");
  g_application_send_notification (G_APPLICATION (self), "background", notification);
}

/* Off the screen it keeps the application running, and shows what happened meanwhile when it is
 * back. */
static gboolean
window_close_requested (GantryApplication *self)
{
  GSettings *settings = gantry_settings_get ();

  if (self->quitting || self->engine == NULL
      || !g_settings_get_boolean (settings, GANTRY_KEY_RECEIVE_ON)
      || !g_settings_get_boolean (settings, GANTRY_KEY_RECEIVE_IN_BACKGROUND))
    return GDK_EVENT_PROPAGATE;
  if (self->not_receiving != NULL)
    {
      tell_not_receiving (self);
      return GDK_EVENT_PROPAGATE;
    }
  /* Started again with a profile of its own, it would be another program and not bring this window
   * back. */
  if ((g_application_get_flags (G_APPLICATION (self)) & G_APPLICATION_NON_UNIQUE) != 0)
    {
      gtk_window_minimize (GTK_WINDOW (self->window));
      return GDK_EVENT_STOP;
    }
  gantry_window_leave_screen (self->window);
  tell_background (self);
  return GDK_EVENT_STOP;
}

static void
ensure_window (GantryApplication *self)
{
  g_autoptr (GError) error = NULL;
  gboolean started;

  if (self->window != NULL)
    return;

  /* The engine first: it says what it does as soon as the main loop turns, and not before. */
  started = start_engine (self, &error);
  g_set_weak_pointer (&self->window, gantry_window_new (GTK_APPLICATION (self)));
  g_signal_connect_object (self->window, "close-request", G_CALLBACK (window_close_requested), self,
                           G_CONNECT_SWAPPED);
  if (started)
    gantry_window_set_engine (self->window, self->engine);
  else
    gantry_window_show_failure (self->window,
                                g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_BUSY)
                                    ? _ ("Already Running")
                                    : _ ("Gantry Cannot Start"),
                                error->message);
}

/* Whether it is there, off the screen or not made yet. */
static void
show_window (GantryApplication *self)
{
  ensure_window (self);
  gantry_window_come_back (self->window);
  g_application_withdraw_notification (G_APPLICATION (self), "background");
}

static void
gantry_application_activate (GApplication *application)
{
  show_window (GANTRY_APPLICATION (application));
}

static void
gantry_application_open (GApplication *application,
                         GFile **files,
                         int n_files,
                         const char *hint G_GNUC_UNUSED)
{
  GantryApplication *self = GANTRY_APPLICATION (application);

  show_window (self);
  gantry_window_stage (self->window, files, (gsize)n_files);
}

static gint
gantry_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  GantryApplication *self = GANTRY_APPLICATION (application);
  g_autoptr (GError) error = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Gantry %s\n", GANTRY_VERSION);
      return 0;
    }

  g_variant_dict_lookup (options, "profile", "^ay", &self->profile);
  /* A profile of its own is a workstation of its own, whatever else runs in this session. */
  if (self->profile != NULL || g_getenv ("GANTRY_PROFILE") != NULL)
    g_application_set_flags (application,
                             g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
  if (gantry_settings_open (self->profile, &error))
    return -1;
  g_printerr ("%s\n", error->message);
  return 1;
}

static gint
gantry_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
  g_auto (GStrv) arguments = g_application_command_line_get_arguments (line, NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (char **argument = arguments + 1; *arguments != NULL && *argument != NULL; argument++)
    g_ptr_array_add (files, g_application_command_line_create_file_for_arg (line, *argument));
  if (files->len > 0)
    g_application_open (application, (GFile **)files->pdata, (int)files->len, "");
  else
    g_application_activate (application);
  return 0;
}

/* ---- Actions ------------------------------------------------------------------------------------
 */

static void
preferences_activated (GSimpleAction *action G_GNUC_UNUSED,
                       GVariant *parameter G_GNUC_UNUSED,
                       gpointer user_data)
{
  GantryApplication *self = user_data;

  gtk_window_present (GTK_WINDOW (
      gantry_preferences_new (self->window != NULL ? GTK_WINDOW (self->window) : NULL)));
}

static void
reference_activated (GSimpleAction *action G_GNUC_UNUSED,
                     GVariant *parameter G_GNUC_UNUSED,
                     gpointer user_data)
{
  GantryApplication *self = user_data;

  gantry_reference_window_present (self->window != NULL ? GTK_WINDOW (self->window) : NULL, NULL);
}

/* From the notification that the window is closed. */
static void
show_window_activated (GSimpleAction *action G_GNUC_UNUSED,
                       GVariant *parameter G_GNUC_UNUSED,
                       gpointer user_data)
{
  g_application_activate (user_data);
}

/* Made when it is wanted, and gone when it is closed: GTK's own way keeps it hidden, and a screen
 * reader that asks the application for one window too many then gets the last of the hidden ones,
 * which has no accessible path yet, and ends the program (GtkAtSpiRoot of GTK 4.8). */
static void
shortcuts_activated (GSimpleAction *action G_GNUC_UNUSED,
                     GVariant *parameter G_GNUC_UNUSED,
                     gpointer user_data)
{
  GantryApplication *self = user_data;
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/io/github/gantry/Gantry/gantry-shortcuts.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (window, GTK_WINDOW (self->window));
  gtk_window_present (window);
}

/* From a notification, also when the window was closed since. */
static void
show_job_activated (GSimpleAction *action G_GNUC_UNUSED, GVariant *id, gpointer user_data)
{
  GantryApplication *self = user_data;

  show_window (self);
  gtk_widget_activate_action_variant (GTK_WIDGET (self->window), "win.show-job", id);
}

/* From a notification, also when the window was closed since. */
static void
show_node_activated (GSimpleAction *action G_GNUC_UNUSED, GVariant *id, gpointer user_data)
{
  GantryApplication *self = user_data;

  show_window (self);
  gtk_widget_activate_action_variant (GTK_WIDGET (self->window), "win.show-node", id);
}

static void
about_activated (GSimpleAction *action G_GNUC_UNUSED,
                 GVariant *parameter G_GNUC_UNUSED,
                 gpointer user_data)
{
  GantryApplication *self = user_data;

  adw_show_about_window (GTK_WINDOW (self->window), "application-name", _ ("Gantry"),
                         "application-icon", GANTRY_APP_ID, "version", GANTRY_VERSION, "comments",
                         _ ("Sends and receives DICOM studies"), "developer-name",
                         _ ("The Gantry contributors"), "license-type", GTK_LICENSE_GPL_3_0,
                         "translator-credits", _ ("translator-credits"), NULL);
}

static void
quit_activated (GSimpleAction *action G_GNUC_UNUSED,
                GVariant *parameter G_GNUC_UNUSED,
                gpointer user_data)
{
  GantryApplication *self = user_data;

  self->quitting = TRUE;
  g_application_withdraw_notification (G_APPLICATION (self), "background");
  if (self->window != NULL)
    gtk_window_close (GTK_WINDOW (self->window));
  else
    g_application_quit (G_APPLICATION (self));
}

static const GActionEntry actions[] = {
  { .name = "preferences", .activate = preferences_activated },
  { .name = "reference", .activate = reference_activated },
  { .name = "show-window", .activate = show_window_activated },
  { .name = "shortcuts", .activate = shortcuts_activated },
  { .name = "show-job", .activate = show_job_activated, .parameter_type = "x" },
  { .name = "show-node", .activate = show_node_activated, .parameter_type = "x" },
  { .name = "about", .activate = about_activated },
  { .name = "quit", .activate = quit_activated },
};

static const struct
{
  const char *action;
  const char *accels[3];
} shortcuts[] = {
  { "app.preferences", { "<Control>comma" } },
  { "app.reference", { "F1" } },
  { "app.shortcuts", { "<Control>question" } },
  { "app.quit", { "<Control>q" } },
  { "win.open-files", { "<Control>o" } },
  { "win.open-folder", { "<Control><Shift>o" } },
  { "win.send", { "<Control>Return", "<Control>KP_Enter" } },
  { "win.filter", { "<Control>f" } },
  { "win.page::send", { "<Alt>1" } },
  { "win.page::receive", { "<Alt>2" } },
  { "win.page::nodes", { "<Alt>3" } },
};

/* ---- The class ----------------------------------------------------------------------------------
 */

static void
gantry_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (gantry_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action,
                                           shortcuts[i].accels);
  gtk_window_set_default_icon_name (GANTRY_APP_ID);
  apply_color_scheme ();
  g_signal_connect_object (gantry_settings_get (), "changed", G_CALLBACK (setting_changed),
                           application, G_CONNECT_SWAPPED);
}

/* The window is gone from the screen by now; the engine's threads end here, which takes no longer
 * than the abort of what is still open. */
static void
gantry_application_shutdown (GApplication *application)
{
  GantryApplication *self = GANTRY_APPLICATION (application);

  if (self->engine != NULL)
    gantry_engine_close (self->engine);
  G_APPLICATION_CLASS (gantry_application_parent_class)->shutdown (application);
  g_clear_object (&self->engine);
  gantry_settings_close ();
}

static void
gantry_application_finalize (GObject *object)
{
  GantryApplication *self = GANTRY_APPLICATION (object);

  g_clear_weak_pointer (&self->window);
  g_free (self->profile);
  g_free (self->log);
  g_free (self->not_receiving);
  G_OBJECT_CLASS (gantry_application_parent_class)->finalize (object);
}

static void
gantry_application_class_init (GantryApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gantry_application_finalize;
  application_class->startup = gantry_application_startup;
  application_class->activate = gantry_application_activate;
  application_class->open = gantry_application_open;
  application_class->handle_local_options = gantry_application_handle_local_options;
  application_class->command_line = gantry_application_command_line;
  application_class->shutdown = gantry_application_shutdown;
}

static void
gantry_application_init (GantryApplication *self)
{
  static const GOptionEntry options[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Keep all state in this folder"),
      N_ ("DIR") },
    { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _ ("[FILE…]"));
}

void
gantry_application_init_resources (void)
{
  static gsize done;

  if (g_once_init_enter (&done))
    {
      gantry_app_register_resource ();
      g_once_init_leave (&done, 1);
    }
}

GantryApplication *
gantry_application_new (GApplicationFlags flags)
{
  gantry_application_init_resources ();
  return g_object_new (GANTRY_TYPE_APPLICATION, "application-id", GANTRY_APP_ID, "flags",
                       flags | G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE,
                       "resource-base-path", "/io/github/gantry/Gantry", NULL);
}
