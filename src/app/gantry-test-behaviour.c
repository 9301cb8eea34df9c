/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-test-behaviour.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-registry.h"
#include "gantry-scenario-list.h"
#include "gantry-setting-rows.h"
#include "gantry-settings.h"

struct _GantryTestBehaviour
{
  AdwWindow parent_instance;

  GtkWidget *apply_button;
  AdwPreferencesGroup *main_group, *answer_group, *which_group, *association_group, *saved_group;

  GtkSwitch *on, *ignore, *no_echo;
  GtkEditable *status, *classes, *callers, *name;
  GtkLabel *status_note, *classes_note, *callers_note, *words;
  GtkSpinButton *every, *delay, *abort_after, *drop_after;
  AdwComboRow *in_data, *reject, *reason;
  GantryScenarioList *saved;
  GtkWidget *save_button;
  gboolean filling; /* the widgets are being told, not used */
};

G_DEFINE_FINAL_TYPE (GantryTestBehaviour, gantry_test_behaviour, ADW_TYPE_WINDOW)

/* ---- What there is to choose ------------------------------------------------------------------
 */

static const char *const in_data_titles[] = { N_ ("Nothing"), N_ ("Abort"), N_ ("Drop"), NULL };
static const char *const in_data_words[] = { NULL, "abort-in-data", "drop-in-data" };

static const char *const reject_titles[]
    = { N_ ("Do not reject"), N_ ("Permanently"), N_ ("For now"), NULL };

/* Source and reason, PS3.8 table 9-21 */
static const char *const reason_titles[] = { N_ ("No reason given"),
                                             N_ ("Application context not supported"),
                                             N_ ("Calling AE title not recognized"),
                                             N_ ("Called AE title not recognized"),
                                             N_ ("No reason given, by the provider"),
                                             N_ ("Protocol version not supported"),
                                             N_ ("Temporary congestion"),
                                             N_ ("Local limit exceeded"),
                                             NULL };
static const char *const reason_words[]
    = { "1/1", "1/2", "1/3", "1/7", "2/1", "2/2", "3/1", "3/2" };

/* ---- From the widgets to words ----------------------------------------------------------------
 */

static void
add_list (GString *text, const char *word, GtkEditable *entry)
{
  g_auto (GStrv) list = g_strsplit_set (gtk_editable_get_text (entry), ", ;", -1);

  for (char **one = list; *one != NULL; one++)
    if (**one != '\0')
      g_string_append_printf (text, " %s=%s", word, *one);
}

static void
add_number (GString *text, const char *word, GtkSpinButton *spin, int usual)
{
  int value = gtk_spin_button_get_value_as_int (spin);

  if (value != usual)
    g_string_append_printf (text, " %s=%d", word, value);
}

char *
gantry_test_behaviour_get_words (GantryTestBehaviour *self)
{
  GString *text = g_string_new (NULL);
  guint in_data, reject, reason;

  g_return_val_if_fail (GANTRY_IS_TEST_BEHAVIOUR (self), NULL);

  in_data = adw_combo_row_get_selected (self->in_data);
  reject = adw_combo_row_get_selected (self->reject);
  reason = adw_combo_row_get_selected (self->reason);
  if (*gtk_editable_get_text (self->status) != '\0')
    g_string_append_printf (text, " status=%s", gtk_editable_get_text (self->status));
  add_number (text, "every", self->every, 1);
  add_list (text, "class", self->classes);
  add_list (text, "caller", self->callers);
  add_number (text, "delay", self->delay, 0);
  add_number (text, "abort-after", self->abort_after, 0);
  add_number (text, "drop-after", self->drop_after, 0);
  if (in_data > 0 && in_data < G_N_ELEMENTS (in_data_words))
    g_string_append_printf (text, " %s", in_data_words[in_data]);
  if (reject > 0 && reason < G_N_ELEMENTS (reason_words))
    g_string_append_printf (text, " reject=%u/%s", reject, reason_words[reason]);
  if (gtk_switch_get_active (self->ignore))
    g_string_append (text, " ignore");
  if (gtk_switch_get_active (self->no_echo))
    g_string_append (text, " no-echo");
  return g_strchug (g_string_free (text, FALSE));
}

/* ---- And back ---------------------------------------------------------------------------------
 */

static void
append_to (GtkEditable *entry, const char *value)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (entry));
  g_autofree char *longer = *text != '\0' ? g_strjoin (", ", text, value, NULL) : g_strdup (value);

  gtk_editable_set_text (entry, longer);
}

static void
set_reject (GantryTestBehaviour *self, const char *value)
{
  if ((*value != '1' && *value != '2') || value[1] != '/')
    return;
  for (guint i = 0; i < G_N_ELEMENTS (reason_words); i++)
    if (strcmp (value + 2, reason_words[i]) == 0)
      {
        adw_combo_row_set_selected (self->reject, *value == '1' ? 1 : 2);
        adw_combo_row_set_selected (self->reason, i);
      }
}

static void
set_word (GantryTestBehaviour *self, const char *word, const char *value)
{
  GtkSpinButton *spin = strcmp (word, "every") == 0         ? self->every
                        : strcmp (word, "delay") == 0       ? self->delay
                        : strcmp (word, "abort-after") == 0 ? self->abort_after
                        : strcmp (word, "drop-after") == 0  ? self->drop_after
                                                            : NULL;

  if (spin != NULL)
    gtk_spin_button_set_value (spin, g_ascii_strtod (value, NULL));
  else if (strcmp (word, "status") == 0)
    gtk_editable_set_text (self->status, value);
  else if (strcmp (word, "class") == 0)
    append_to (self->classes, value);
  else if (strcmp (word, "caller") == 0)
    append_to (self->callers, value);
  else if (strcmp (word, "reject") == 0)
    set_reject (self, value);
}

static void
set_flag (GantryTestBehaviour *self, const char *word)
{
  if (strcmp (word, "ignore") == 0)
    gtk_switch_set_active (self->ignore, TRUE);
  else if (strcmp (word, "no-echo") == 0)
    gtk_switch_set_active (self->no_echo, TRUE);
  for (guint i = 1; i < G_N_ELEMENTS (in_data_words); i++)
    if (strcmp (word, in_data_words[i]) == 0)
      adw_combo_row_set_selected (self->in_data, i);
}

static void
clear (GantryTestBehaviour *self)
{
  gtk_editable_set_text (self->status, "");
  gtk_editable_set_text (self->classes, "");
  gtk_editable_set_text (self->callers, "");
  gtk_spin_button_set_value (self->every, 1);
  gtk_spin_button_set_value (self->delay, 0);
  gtk_spin_button_set_value (self->abort_after, 0);
  gtk_spin_button_set_value (self->drop_after, 0);
  adw_combo_row_set_selected (self->in_data, 0);
  adw_combo_row_set_selected (self->reject, 0);
  adw_combo_row_set_selected (self->reason, 0);
  gtk_switch_set_active (self->ignore, FALSE);
  gtk_switch_set_active (self->no_echo, FALSE);
}

/* ---- Checking ---------------------------------------------------------------------------------
 */

static const char *
status_help (void)
{
  return _ ("Four hexadecimal digits: A700 out of resources, B000 stored with a warning, C000 "
            "cannot understand. Empty: the true one. Objects that get a failure are not kept.");
}

static const char *
classes_help (void)
{
  return _ ("SOP class UIDs, divided by commas. Empty: all.");
}

static const char *
callers_help (void)
{
  return _ ("Calling AE titles without spaces, divided by commas; with * and ?. Empty: all.");
}

static gboolean
check_status (GantryTestBehaviour *self)
{
  const char *text = gtk_editable_get_text (self->status);
  g_autoptr (GError) error = NULL;
  gboolean good = strlen (text) == 4;

  for (const char *c = text; *c != '\0'; c++)
    good = good && g_ascii_isxdigit (*c);
  if (!good && *text != '\0')
    g_set_error (&error, GANTRY_ERROR, GANTRY_ERROR_SETTING,
                 _ ("“%s” is no status: write four digits from 0 to 9 and A to F."), text);
  gantry_setting_row_show_error (GTK_WIDGET (self->status), self->status_note, status_help (),
                                 error);
  return error == NULL;
}

static gboolean
check_classes (GantryTestBehaviour *self)
{
  g_auto (GStrv) list = g_strsplit_set (gtk_editable_get_text (self->classes), ", ;", -1);
  g_autoptr (GError) error = NULL;

  for (char **uid = list; *uid != NULL && error == NULL; uid++)
    if (**uid != '\0' && !gantry_uid_is_valid (*uid))
      g_set_error (&error, GANTRY_ERROR, GANTRY_ERROR_SETTING, _ ("“%s” is no UID."), *uid);
  gantry_setting_row_show_error (GTK_WIDGET (self->classes), self->classes_note, classes_help (),
                                 error);
  return error == NULL;
}

static void
changed (GantryTestBehaviour *self)
{
  g_autofree char *text = NULL;
  g_autofree char *shown = NULL;
  gboolean good, some;

  if (self->filling)
    return;
  text = gantry_test_behaviour_get_words (self);
  some = *text != '\0';
  good = check_status (self);
  good = check_classes (self) && good;
  shown = some ? g_strdup (text) : g_strdup (_ ("Nothing is chosen yet."));
  gtk_label_set_text (self->words, shown);
  gtk_widget_set_visible (GTK_WIDGET (self->reason), adw_combo_row_get_selected (self->reject) > 0);
  gtk_widget_set_sensitive (self->save_button,
                            good && some && *gtk_editable_get_text (self->name) != '\0');
  /* On, but as usual: that would be a lie. */
  gtk_widget_set_sensitive (self->apply_button,
                            good && (some || !gtk_switch_get_active (self->on)));
}

void
gantry_test_behaviour_set_words (GantryTestBehaviour *self, const char *text)
{
  g_auto (GStrv) words = NULL;

  g_return_if_fail (GANTRY_IS_TEST_BEHAVIOUR (self));

  words = g_strsplit (text, " ", -1);
  self->filling = TRUE;
  clear (self);
  for (char **word = words; *word != NULL; word++)
    {
      char *equals = strchr (*word, '=');

      if (equals == NULL)
        {
          set_flag (self, *word);
          continue;
        }
      *equals = '\0';
      set_word (self, *word, equals + 1);
    }
  self->filling = FALSE;
  changed (self);
}

static void
apply (GantryTestBehaviour *self)
{
  GSettings *settings = gantry_settings_get ();
  g_autofree char *text = gantry_test_behaviour_get_words (self);

  if (!gtk_widget_is_sensitive (self->apply_button))
    return;
  g_settings_set_string (settings, GANTRY_KEY_RECEIVE_TEST_BEHAVIOUR, text);
  g_settings_set_boolean (settings, GANTRY_KEY_RECEIVE_TEST, gtk_switch_get_active (self->on));
  gtk_window_close (GTK_WINDOW (self));
}

/* ---- Saved scenarios --------------------------------------------------------------------------
 */

void
gantry_test_behaviour_save (GantryTestBehaviour *self, const char *name)
{
  g_autofree char *text = NULL;

  g_return_if_fail (GANTRY_IS_TEST_BEHAVIOUR (self));

  text = gantry_test_behaviour_get_words (self);
  gantry_scenario_list_save (self->saved, name, text);
}

static void
save_clicked (GantryTestBehaviour *self)
{
  gantry_test_behaviour_save (self, gtk_editable_get_text (self->name));
}

/* Words can come from elsewhere, and say what no widget here does. */
static void
tell_left_out (GantryTestBehaviour *self, const char *words)
{
  g_autofree char *text = gantry_test_behaviour_get_words (self);
  g_auto (GStrv) taken = g_strsplit (text, " ", -1);
  g_auto (GStrv) all = g_strsplit (words, " ", -1);
  g_autoptr (GString) left = g_string_new (NULL);
  g_autofree char *message = NULL;

  for (char **word = all; *word != NULL; word++)
    if (!g_strv_contains ((const char *const *)taken, *word))
      g_string_append_printf (left, "%s%s", left->len > 0 ? " " : "", *word);
  if (left->len > 0)
    message = g_strdup_printf (_ ("Left out, as this window has no choice for it: %s"), left->str);
  gantry_scenario_list_tell (self->saved, message);
}

static void
saved_chosen (GantryTestBehaviour *self, const char *name, const char *words)
{
  gtk_editable_set_text (self->name, name);
  gantry_test_behaviour_set_words (self, words);
  tell_left_out (self, words);
}

/* ---- The class --------------------------------------------------------------------------------
 */

static GtkSwitch *
make_switch (GantryTestBehaviour *self,
             AdwPreferencesGroup *group,
             const char *title,
             const char *subtitle)
{
  GtkWidget *widget = gtk_switch_new ();

  gantry_setting_row_add (group, title, subtitle, widget);
  g_signal_connect_swapped (widget, "notify::active", G_CALLBACK (changed), self);
  return GTK_SWITCH (widget);
}

static GtkSpinButton *
make_number (GantryTestBehaviour *self,
             AdwPreferencesGroup *group,
             const char *title,
             const char *subtitle,
             int least,
             int most)
{
  GtkWidget *widget = gtk_spin_button_new_with_range (least, most, 1);

  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (widget), TRUE);
  gantry_setting_row_add (group, title, subtitle, widget);
  g_signal_connect_swapped (widget, "value-changed", G_CALLBACK (changed), self);
  return GTK_SPIN_BUTTON (widget);
}

static GtkEditable *
make_text (GantryTestBehaviour *self, AdwPreferencesGroup *group, const char *title)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (changed), self);
  adw_preferences_group_add (group, row);
  return GTK_EDITABLE (row);
}

static AdwComboRow *
make_choice (GantryTestBehaviour *self,
             AdwPreferencesGroup *group,
             const char *title,
             const char *subtitle,
             const char *const *words)
{
  GtkWidget *row = gantry_setting_row_add_choice (group, title, subtitle, words);

  g_signal_connect_swapped (row, "notify::selected", G_CALLBACK (changed), self);
  return ADW_COMBO_ROW (row);
}

static void
make_answers (GantryTestBehaviour *self)
{
  self->on = make_switch (self, self->main_group, _ ("Misbehave"),
                          _ ("The window says so all the time while this is on"));
  self->status = make_text (self, self->answer_group, _ ("Answer with Status"));
  self->status_note = gantry_setting_row_add_note (self->answer_group, status_help ());
  self->delay = make_number (self, self->answer_group, _ ("Wait, Milliseconds"),
                             _ ("Before each answer"), 0, 600000);
  self->ignore = make_switch (self, self->answer_group, _ ("Keep Nothing"),
                              _ ("Answers success and throws the object away"));
  self->no_echo
      = make_switch (self, self->answer_group, _ ("No Echo"), _ ("Verification is not accepted"));
  self->every = make_number (self, self->which_group, _ ("Every So Many Objects"),
                             _ ("3: each third one; 1: all of them"), 1, 1000000);
  self->classes = make_text (self, self->which_group, _ ("SOP Classes"));
  self->classes_note = gantry_setting_row_add_note (self->which_group, classes_help ());
  self->callers = make_text (self, self->which_group, _ ("Callers"));
  self->callers_note = gantry_setting_row_add_note (self->which_group, callers_help ());
}

static void
make_associations (GantryTestBehaviour *self)
{
  AdwPreferencesGroup *group = self->association_group;
  GtkWidget *save = gtk_button_new_with_mnemonic (_ ("_Save"));

  self->abort_after
      = make_number (self, group, _ ("Abort After, Objects"), _ ("0: never"), 0, 1000000);
  self->drop_after = make_number (self, group, _ ("Drop the Connection After, Objects"),
                                  _ ("Without a word; 0: never"), 0, 1000000);
  self->in_data = make_choice (self, group, _ ("In the Middle of a Data Set"),
                               _ ("While an object is being received"), in_data_titles);
  self->reject = make_choice (self, group, _ ("Reject Associations"),
                              _ ("Nothing is received then"), reject_titles);
  self->reason
      = make_choice (self, group, _ ("Reason"), _ ("As the caller is told"), reason_titles);
  self->words = gantry_setting_row_add_note (self->saved_group, "");
  gtk_label_set_selectable (self->words, TRUE);
  self->name = make_text (self, self->saved_group, _ ("Name of This Scenario"));
  gtk_widget_set_valign (save, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (save), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Save"),
                                  -1);
  g_signal_connect_swapped (save, "clicked", G_CALLBACK (save_clicked), self);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self->name), save);
  self->save_button = save;
  self->saved = g_object_new (GANTRY_TYPE_SCENARIO_LIST, NULL);
  g_signal_connect_swapped (self->saved, "chosen", G_CALLBACK (saved_chosen), self);
  adw_preferences_group_add (self->saved_group, GTK_WIDGET (self->saved));
}

static void
gantry_test_behaviour_class_init (GantryTestBehaviourClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-test-behaviour.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryTestBehaviour, apply_button);
  gtk_widget_class_bind_template_child (widget_class, GantryTestBehaviour, main_group);
  gtk_widget_class_bind_template_child (widget_class, GantryTestBehaviour, answer_group);
  gtk_widget_class_bind_template_child (widget_class, GantryTestBehaviour, which_group);
  gtk_widget_class_bind_template_child (widget_class, GantryTestBehaviour, association_group);
  gtk_widget_class_bind_template_child (widget_class, GantryTestBehaviour, saved_group);
  gtk_widget_class_bind_template_callback (widget_class, apply);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
gantry_test_behaviour_init (GantryTestBehaviour *self)
{
  g_autofree char *words
      = g_settings_get_string (gantry_settings_get (), GANTRY_KEY_RECEIVE_TEST_BEHAVIOUR);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->filling = TRUE;
  make_answers (self);
  make_associations (self);
  gtk_switch_set_active (self->on,
                         g_settings_get_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_TEST));
  gantry_test_behaviour_set_words (self, words);
}

GantryTestBehaviour *
gantry_test_behaviour_new (GtkWindow *parent, GantryEngine *engine)
{
  GantryTestBehaviour *self
      = g_object_new (GANTRY_TYPE_TEST_BEHAVIOUR, "transient-for", parent, NULL);

  gantry_scenario_list_set_engine (self->saved, engine);
  return self;
}
