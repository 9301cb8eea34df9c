/* gantry-listener-settings.h - AE title, port and policy of the receiver, to be edited
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_LISTENER_SETTINGS (gantry_listener_settings_get_type ())
G_DECLARE_FINAL_TYPE (
    GantryListenerSettings, gantry_listener_settings, GANTRY, LISTENER_SETTINGS, GtkPopover)

/* Shows what the settings say each time it opens, and writes them when Apply is pressed; who
 * listens hears of it from the settings. */
GtkWidget *gantry_listener_settings_new (void);

G_END_DECLS
