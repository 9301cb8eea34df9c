/* gantry-preferences.h - the preferences window
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_PREFERENCES (gantry_preferences_get_type ())
G_DECLARE_FINAL_TYPE (
    GantryPreferences, gantry_preferences, GANTRY, PREFERENCES, AdwPreferencesWindow)

/* Changes gantry_settings_get() as things are typed; what is not valid is said and not kept. */
GantryPreferences *gantry_preferences_new (GtkWindow *parent);

G_END_DECLS
