/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-receiver-preferences.h"

#include <glib/gi18n-lib.h>

#include "gantry-error.h"
#include "gantry-receiver-settings.h"
#include "gantry-setting-rows.h"
#include "gantry-settings.h"

struct _GantryReceiverPreferences
{
  AdwWindow parent_instance;

  GtkWidget *apply_button;
  GtkRevealer *warning;
  AdwPreferencesGroup *callers_group, *limits_group, *taken_group, *place_group, *room_group,
      *complete_group, *log_group;

  GHashTable *widgets; /* key to what shows it; the widgets are the window's */
  GHashTable *notes;   /* key of a text to the label below it */
  GtkLabel *example;
  GtkWidget *pattern_note;
  GtkNativeDialog *chooser; /* NULL: not open */
};

G_DEFINE_FINAL_TYPE (GantryReceiverPreferences, gantry_receiver_preferences, ADW_TYPE_WINDOW)

/* ---- What there is to set ---------------------------------------------------------------------
 */

typedef struct
{
  const char *key, *title, *subtitle; /* marked with N_() */
} Setting;

static const Setting limits[] = {
  { GANTRY_KEY_RECEIVE_MAX_ASSOCIATIONS, N_ ("Associations at the Same Time"),
    N_ ("More callers are told to try again later") },
  { GANTRY_KEY_RECEIVE_MAX_UNASSOCIATED, N_ ("Silent Connections"),
    N_ ("Connections that have not asked for an association yet") },
  { GANTRY_KEY_RECEIVE_ACSE_SECONDS, N_ ("Association, Seconds"),
    N_ ("How long a connection may take to ask for an association") },
  { GANTRY_KEY_RECEIVE_DIMSE_SECONDS, N_ ("Message, Seconds"),
    N_ ("How long the rest of a message that has begun may take") },
  { GANTRY_KEY_RECEIVE_IDLE_SECONDS, N_ ("Pause, Seconds"),
    N_ ("How long a caller may be silent between two messages") },
  { GANTRY_KEY_RECEIVE_MAX_PDU, N_ ("Largest PDU, Bytes"),
    N_ ("How much a caller may send at once; more is faster") },
};

static const Setting room[] = {
  { GANTRY_KEY_RECEIVE_RESERVE_MIB, N_ ("Reserve, MiB"),
    N_ ("With less free space than this, new objects are refused (A700)") },
  { GANTRY_KEY_RECEIVE_RESERVE_PERCENT, N_ ("Reserve, Percent of the Disk"),
    N_ ("The smaller of both reserves counts; 0 in both: no reserve") },
  { GANTRY_KEY_RECEIVE_KEEP_DAYS, N_ ("Remove After, Days"),
    N_ ("Older objects are removed, but not before they were sent on; 0: never") },
  { GANTRY_KEY_RECEIVE_KEEP_GIB, N_ ("Remove Above, GiB"),
    N_ ("The oldest objects make room for new ones; 0: no limit") },
};

/* A row shows about twenty letters of what is chosen. */
static const char *const classes[]
    = { N_ ("Of the standard"), N_ ("Also declared ones"), N_ ("Any, also private"), NULL };
static const char *const syntaxes[]
    = { N_ ("As the caller prefers"), N_ ("Uncompressed first"),  N_ ("Explicit VR LE first"),
        N_ ("Explicit VR BE first"),  N_ ("Implicit VR LE only"), NULL };
static const char *const layouts[] = { N_ ("By UIDs"), N_ ("By patient and date"),
                                       N_ ("All in one folder"), N_ ("Own pattern"), NULL };

static const char *const log_levels[]
    = { N_ ("No log file"),   N_ ("Only what went wrong"), N_ ("Also associations"),
        N_ ("Also messages"), N_ ("Also patients’ data"),  NULL };

static void changed (GantryReceiverPreferences *self);

/* ---- Rows -------------------------------------------------------------------------------------
 */

/* The limits are the schema's. */
static void
add_number (GantryReceiverPreferences *self, AdwPreferencesGroup *group, const Setting *setting)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) key = NULL;
  g_autoptr (GVariant) range = NULL;
  g_autoptr (GVariant) pair = NULL;
  guint least, most;
  GtkWidget *spin;

  g_object_get (gantry_settings_get (), "settings-schema", &schema, NULL);
  key = g_settings_schema_get_key (schema, setting->key);
  range = g_settings_schema_key_get_range (key);
  g_variant_get (range, "(sv)", NULL, &pair);
  g_variant_get (pair, "(uu)", &least, &most);
  spin = gtk_spin_button_new_with_range (least, most, most > 100000 && least > 0 ? 4096 : 1);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin),
                             g_settings_get_uint (gantry_settings_get (), setting->key));
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (changed), self);
  gantry_setting_row_add (group, _ (setting->title), _ (setting->subtitle), spin);
  g_hash_table_insert (self->widgets, (gpointer)setting->key, spin);
}

static void
add_switch (GantryReceiverPreferences *self, AdwPreferencesGroup *group, const Setting *setting)
{
  GtkWidget *widget = gtk_switch_new ();

  gtk_switch_set_active (GTK_SWITCH (widget),
                         g_settings_get_boolean (gantry_settings_get (), setting->key));
  g_signal_connect_swapped (widget, "notify::active", G_CALLBACK (changed), self);
  gantry_setting_row_add (group, _ (setting->title), _ (setting->subtitle), widget);
  g_hash_table_insert (self->widgets, (gpointer)setting->key, widget);
}

static void
add_choice (GantryReceiverPreferences *self,
            AdwPreferencesGroup *group,
            const Setting *setting,
            const char *const *words)
{
  GtkWidget *row
      = gantry_setting_row_add_choice (group, _ (setting->title), _ (setting->subtitle), words);

  adw_combo_row_set_selected (ADW_COMBO_ROW (row),
                              (guint)g_settings_get_enum (gantry_settings_get (), setting->key));
  g_signal_connect_swapped (row, "notify::selected", G_CALLBACK (changed), self);
  g_hash_table_insert (self->widgets, (gpointer)setting->key, row);
}

/* Below the text stands what it is for, or what is wrong with it. */
static GtkWidget *
add_text (GantryReceiverPreferences *self,
          AdwPreferencesGroup *group,
          const Setting *setting,
          const char *text)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (setting->title));
  gtk_editable_set_text (GTK_EDITABLE (row), text);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (changed), self);
  adw_preferences_group_add (group, row);
  g_hash_table_insert (self->widgets, (gpointer)setting->key, row);
  g_hash_table_insert (self->notes, (gpointer)setting->key,
                       gantry_setting_row_add_note (group, _ (setting->subtitle)));
  g_object_set_data (G_OBJECT (row), "gantry-setting", (gpointer)setting);
  return row;
}

static void
add_list (GantryReceiverPreferences *self, AdwPreferencesGroup *group, const Setting *setting)
{
  g_auto (GStrv) list = g_settings_get_strv (gantry_settings_get (), setting->key);
  g_autofree char *text = g_strjoinv (", ", list);

  add_text (self, group, setting, text);
}

GtkWidget *
gantry_receiver_preferences_get_widget (GantryReceiverPreferences *self, const char *key)
{
  g_return_val_if_fail (GANTRY_IS_RECEIVER_PREFERENCES (self), NULL);

  return g_hash_table_lookup (self->widgets, key);
}

/* ---- Checking ---------------------------------------------------------------------------------
 */

static const char *
get_text (GantryReceiverPreferences *self, const char *key)
{
  return gtk_editable_get_text (g_hash_table_lookup (self->widgets, key));
}

static void
show_error (GantryReceiverPreferences *self, const char *key, const GError *error)
{
  GtkWidget *row = g_hash_table_lookup (self->widgets, key);
  GtkWidget *note = g_hash_table_lookup (self->notes, key);
  const Setting *setting = g_object_get_data (G_OBJECT (row), "gantry-setting");

  gantry_setting_row_show_error (row, GTK_LABEL (note), _ (setting->subtitle), error);
}

static gboolean
check_list (GantryReceiverPreferences *self,
            const char *key,
            char **(*parse) (const char *text, GError **error))
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) list = parse (get_text (self, key), &error);

  show_error (self, key, error);
  return list != NULL;
}

static gboolean
check_directory (GantryReceiverPreferences *self)
{
  const char *text = get_text (self, GANTRY_KEY_RECEIVE_DIRECTORY);
  g_autoptr (GError) error = NULL;

  if (*text != '\0' && !g_path_is_absolute (text))
    g_set_error_literal (&error, GANTRY_ERROR, GANTRY_ERROR_SETTING,
                         _ ("Write the whole path of the folder, from the first “/” on."));
  show_error (self, GANTRY_KEY_RECEIVE_DIRECTORY, error);
  return error == NULL;
}

static guint
get_choice (GantryReceiverPreferences *self, const char *key)
{
  return adw_combo_row_get_selected (g_hash_table_lookup (self->widgets, key));
}

/* The example is the engine's own answer for what is typed. */
static gboolean
check_layout (GantryReceiverPreferences *self)
{
  GantryLayout layout = (GantryLayout)get_choice (self, GANTRY_KEY_RECEIVE_LAYOUT);
  gboolean own = layout == GANTRY_LAYOUT_PATTERN;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = gantry_engine_describe_layout (
      layout, own ? get_text (self, GANTRY_KEY_RECEIVE_PATTERN) : NULL, &error);
  g_autofree char *text = path != NULL ? g_strdup_printf (_ ("Example: %s"), path) : NULL;
  GtkWidget *row = g_hash_table_lookup (self->widgets, GANTRY_KEY_RECEIVE_PATTERN);

  gtk_widget_set_visible (row, own);
  gtk_widget_set_visible (self->pattern_note, own);
  show_error (self, GANTRY_KEY_RECEIVE_PATTERN, error);
  gtk_label_set_text (self->example, text != NULL ? text : "");
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->example)), text != NULL);
  return path != NULL;
}

static void
changed (GantryReceiverPreferences *self)
{
  gboolean ok;

  /* While the rows are being made. */
  if (self->example == NULL)
    return;
  ok = check_list (self, GANTRY_KEY_RECEIVE_CALLERS, gantry_receiver_parse_callers);
  ok = check_list (self, GANTRY_KEY_RECEIVE_NETWORKS, gantry_receiver_parse_networks) && ok;
  ok = check_list (self, GANTRY_KEY_TRACE_CALLERS, gantry_receiver_parse_callers) && ok;
  ok = check_directory (self) && ok;
  ok = check_list (self, GANTRY_KEY_RECEIVE_COMPLETE_COMMAND, gantry_receiver_parse_command) && ok;
  ok = check_layout (self) && ok;
  gtk_widget_set_sensitive (self->apply_button, ok);
  gtk_revealer_set_reveal_child (
      self->warning, g_settings_get_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_ON));
}

/* ---- Applying ---------------------------------------------------------------------------------
 */

static void
keep_list (GantryReceiverPreferences *self,
           const char *key,
           char **(*parse) (const char *text, GError **error))
{
  g_auto (GStrv) list = parse (get_text (self, key), NULL);

  g_settings_set_strv (gantry_settings_get (), key, (const char *const *)list);
}

static void
keep_widget (const char *key, GtkWidget *widget)
{
  GSettings *settings = gantry_settings_get ();

  if (GTK_IS_SPIN_BUTTON (widget))
    {
      gtk_spin_button_update (GTK_SPIN_BUTTON (widget)); /* what is typed and not yet a value */
      g_settings_set_uint (settings, key,
                           (guint)gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (widget)));
    }
  else if (GTK_IS_SWITCH (widget))
    g_settings_set_boolean (settings, key, gtk_switch_get_active (GTK_SWITCH (widget)));
  else if (ADW_IS_COMBO_ROW (widget))
    g_settings_set_enum (settings, key, (int)adw_combo_row_get_selected (ADW_COMBO_ROW (widget)));
}

static void
apply (GantryReceiverPreferences *self)
{
  GSettings *settings = gantry_settings_get ();
  GHashTableIter iter;
  gpointer key, widget;

  if (!gtk_widget_is_sensitive (self->apply_button))
    return;
  g_hash_table_iter_init (&iter, self->widgets);
  while (g_hash_table_iter_next (&iter, &key, &widget))
    keep_widget (key, widget);
  keep_list (self, GANTRY_KEY_RECEIVE_CALLERS, gantry_receiver_parse_callers);
  keep_list (self, GANTRY_KEY_RECEIVE_NETWORKS, gantry_receiver_parse_networks);
  keep_list (self, GANTRY_KEY_TRACE_CALLERS, gantry_receiver_parse_callers);
  g_settings_set_string (settings, GANTRY_KEY_RECEIVE_DIRECTORY,
                         get_text (self, GANTRY_KEY_RECEIVE_DIRECTORY));
  g_settings_set_string (settings, GANTRY_KEY_RECEIVE_PATTERN,
                         get_text (self, GANTRY_KEY_RECEIVE_PATTERN));
  g_settings_set_string (settings, GANTRY_KEY_RECEIVE_COMPLETE_COMMAND,
                         get_text (self, GANTRY_KEY_RECEIVE_COMPLETE_COMMAND));
  gtk_window_close (GTK_WINDOW (self));
}

/* ---- The folder -------------------------------------------------------------------------------
 */

static void
folder_chosen (GtkNativeDialog *chooser, int response, GantryReceiverPreferences *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser))
                               : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL && g_utf8_validate (path, -1, NULL))
    gtk_editable_set_text (g_hash_table_lookup (self->widgets, GANTRY_KEY_RECEIVE_DIRECTORY), path);
  g_clear_object (&self->chooser);
}

static void
choose_folder (GantryReceiverPreferences *self)
{
  if (self->chooser != NULL)
    return;
  self->chooser = GTK_NATIVE_DIALOG (gtk_file_chooser_native_new (
      _ ("Folder of Received Objects"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
      _ ("_Choose"), _ ("_Cancel")));
  gtk_native_dialog_set_modal (self->chooser, TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (folder_chosen), self, 0);
  gtk_native_dialog_show (self->chooser);
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
add_callers (GantryReceiverPreferences *self)
{
  static const Setting check = { GANTRY_KEY_RECEIVE_CHECK_CALLED, N_ ("Called AE Title Must Match"),
                                 N_ ("Callers that ask for another AE title are rejected") };
  static const Setting callers
      = { GANTRY_KEY_RECEIVE_CALLERS, N_ ("Calling AE Titles"),
          N_ ("Who may call, divided by commas; * and ? stand for what varies: CT_*, MR1. Empty: "
              "anybody.") };
  static const Setting networks
      = { GANTRY_KEY_RECEIVE_NETWORKS, N_ ("Networks"),
          N_ ("From which addresses, divided by commas: 10.0.0.0/8, fd00::/8. Empty: from "
              "anywhere.") };

  add_switch (self, self->callers_group, &check);
  add_list (self, self->callers_group, &callers);
  add_list (self, self->callers_group, &networks);
}

static void
add_taken (GantryReceiverPreferences *self)
{
  static const Setting which
      = { GANTRY_KEY_RECEIVE_CLASSES, N_ ("SOP Classes"),
          N_ ("Those of the standard, also those that a caller declares as storage, or any") };
  static const Setting order = { GANTRY_KEY_RECEIVE_SYNTAXES, N_ ("Transfer Syntax"),
                                 N_ ("Which one is taken when a caller proposes several") };
  static const Setting unsafe
      = { GANTRY_KEY_RECEIVE_REFUSE_UNSAFE, N_ ("Refuse Invalid UIDs"),
          N_ ("Otherwise such objects are kept under safe names and marked") };

  add_choice (self, self->taken_group, &which, classes);
  add_choice (self, self->taken_group, &order, syntaxes);
  add_switch (self, self->taken_group, &unsafe);
}

static void
add_place (GantryReceiverPreferences *self)
{
  static const Setting folder = { GANTRY_KEY_RECEIVE_DIRECTORY, N_ ("Folder"),
                                  N_ ("Empty: in the profile of this workstation. What was "
                                      "received before stays where it is.") };
  static const Setting layout = { GANTRY_KEY_RECEIVE_LAYOUT, N_ ("Names of Folders and Files"),
                                  N_ ("They are made of checked text only") };
  static const Setting pattern
      = { GANTRY_KEY_RECEIVE_PATTERN, N_ ("Pattern"),
          N_ ("Folders and the file, divided by “/”, with fields in braces.") };
  GSettings *settings = gantry_settings_get ();
  g_autofree char *path = g_settings_get_string (settings, GANTRY_KEY_RECEIVE_DIRECTORY);
  g_autofree char *own = g_settings_get_string (settings, GANTRY_KEY_RECEIVE_PATTERN);
  g_autofree char *fields = g_strjoinv ("}, {", (char **)gantry_engine_list_layout_fields ());
  GtkWidget *button = gtk_button_new_from_icon_name ("folder-open-symbolic");
  GtkWidget *row = add_text (self, self->place_group, &folder, path);
  g_autofree char *list = g_strdup_printf ("{%s}", fields);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Choose a Folder"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Choose a folder"), -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (choose_folder), self);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), button);

  add_choice (self, self->place_group, &layout, layouts);
  row = add_text (self, self->place_group, &pattern, own);
  gtk_widget_set_tooltip_text (row, list);
  self->pattern_note
      = gtk_widget_get_parent (g_hash_table_lookup (self->notes, GANTRY_KEY_RECEIVE_PATTERN));
  gtk_widget_set_tooltip_text (self->pattern_note, list);
  self->example = gantry_setting_row_add_note (self->place_group, "");
  gtk_label_set_selectable (self->example, TRUE);
}

static void
add_complete (GantryReceiverPreferences *self)
{
  static const Setting seconds
      = { GANTRY_KEY_RECEIVE_COMPLETE_SECONDS, N_ ("After, Seconds"),
          N_ ("How long nothing new may come to a study until it counts as complete; 0: never") };
  static const Setting notify = { GANTRY_KEY_RECEIVE_NOTIFY, N_ ("Notify"),
                                  N_ ("Says how much came, and nothing about the patient") };
  static const Setting patient
      = { GANTRY_KEY_RECEIVE_NOTIFY_PATIENT, N_ ("Name the Patient in Notifications"),
          N_ ("Anybody who sees the screen can read it, also while it is locked") };
  static const Setting command
      = { GANTRY_KEY_RECEIVE_COMPLETE_COMMAND, N_ ("Command"),
          N_ ("Run without a shell. {path}, {study_uid}, {patient_id}, {accession}, {modalities}, "
              "{objects}, {calling}, {called} and {peer} become what they say. Empty: none.") };
  g_autofree char *text
      = g_settings_get_string (gantry_settings_get (), GANTRY_KEY_RECEIVE_COMPLETE_COMMAND);

  add_number (self, self->complete_group, &seconds);
  add_switch (self, self->complete_group, &notify);
  add_switch (self, self->complete_group, &patient);
  add_text (self, self->complete_group, &command, text);
}

static void
add_log (GantryReceiverPreferences *self)
{
  static const Setting background
      = { GANTRY_KEY_RECEIVE_IN_BACKGROUND, N_ ("Keep Receiving When the Window Is Closed"),
          N_ ("A notification says so; starting Gantry again shows the window") };
  static const Setting names
      = { GANTRY_KEY_SHOW_PEER_NAMES, N_ ("Show Names of Peers"),
          N_ ("Asks the network’s name service for the name of each address that connects") };
  static const Setting level
      = { GANTRY_KEY_LOG_LEVEL, N_ ("Log File"), N_ ("receiver.log in the profile’s folder") };
  static const Setting size = { GANTRY_KEY_LOG_MIB, N_ ("Size of a Log File, MiB"),
                                N_ ("When it is full, another one is begun") };
  static const Setting files
      = { GANTRY_KEY_LOG_FILES, N_ ("Log Files Kept"),
          N_ ("receiver.log, receiver.log.1 and so on; the oldest is deleted") };

  static const Setting trace
      = { GANTRY_KEY_TRACE_CALLERS, N_ ("Callers to Trace"),
          N_ ("What the network library says of their associations is listed with the messages. "
              "AE titles, divided by commas: CT_*, MR1. Empty: of none.") };

  add_switch (self, self->log_group, &background);
  add_switch (self, self->log_group, &names);
  add_choice (self, self->log_group, &level, log_levels);
  add_number (self, self->log_group, &size);
  add_number (self, self->log_group, &files);
  add_list (self, self->log_group, &trace);
}

static void
gantry_receiver_preferences_dispose (GObject *object)
{
  GantryReceiverPreferences *self = GANTRY_RECEIVER_PREFERENCES (object);

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (self->chooser);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->widgets, g_hash_table_unref);
  g_clear_pointer (&self->notes, g_hash_table_unref);
  G_OBJECT_CLASS (gantry_receiver_preferences_parent_class)->dispose (object);
}

static void
gantry_receiver_preferences_class_init (GantryReceiverPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_receiver_preferences_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-receiver-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryReceiverPreferences, apply_button);
  gtk_widget_class_bind_template_child (widget_class, GantryReceiverPreferences, warning);
  gtk_widget_class_bind_template_child (widget_class, GantryReceiverPreferences, callers_group);
  gtk_widget_class_bind_template_child (widget_class, GantryReceiverPreferences, limits_group);
  gtk_widget_class_bind_template_child (widget_class, GantryReceiverPreferences, taken_group);
  gtk_widget_class_bind_template_child (widget_class, GantryReceiverPreferences, place_group);
  gtk_widget_class_bind_template_child (widget_class, GantryReceiverPreferences, room_group);
  gtk_widget_class_bind_template_child (widget_class, GantryReceiverPreferences, complete_group);
  gtk_widget_class_bind_template_child (widget_class, GantryReceiverPreferences, log_group);
  gtk_widget_class_bind_template_callback (widget_class, apply);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
gantry_receiver_preferences_init (GantryReceiverPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->widgets = g_hash_table_new (g_str_hash, g_str_equal);
  self->notes = g_hash_table_new (g_str_hash, g_str_equal);
  add_callers (self);
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    add_number (self, self->limits_group, &limits[i]);
  add_taken (self);
  for (guint i = 0; i < G_N_ELEMENTS (room); i++)
    add_number (self, self->room_group, &room[i]);
  add_complete (self);
  add_log (self);
  add_place (self);
  changed (self);
  gtk_widget_set_sensitive (self->apply_button, FALSE); /* nothing is changed yet */
  gtk_revealer_set_reveal_child (self->warning, FALSE);
}

GantryReceiverPreferences *
gantry_receiver_preferences_new (GtkWindow *parent)
{
  return g_object_new (GANTRY_TYPE_RECEIVER_PREFERENCES, "transient-for", parent, NULL);
}
