/* gantry-receiver-preferences.h - the window with everything about receiving
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is changed counts when Apply is pressed, all at once: the receiver starts anew at most once.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_RECEIVER_PREFERENCES (gantry_receiver_preferences_get_type ())
G_DECLARE_FINAL_TYPE (
    GantryReceiverPreferences, gantry_receiver_preferences, GANTRY, RECEIVER_PREFERENCES, AdwWindow)

/* Reads and writes gantry_settings_get(). @parent: (nullable) */
GantryReceiverPreferences *gantry_receiver_preferences_new (GtkWindow *parent);

/* The widget that shows a setting, for tests: a GtkEditable, GtkSpinButton, GtkSwitch or
 * AdwComboRow. Returns: (transfer none) (nullable) */
GtkWidget *gantry_receiver_preferences_get_widget (GantryReceiverPreferences *self,
                                                   const char *key);

G_END_DECLS
