/* gantry-setting-rows.h - rows of preferences that are made in code
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A row with @widget at its end, which gets @title as its accessible name. */
void gantry_setting_row_add (AdwPreferencesGroup *group,
                             const char *title,
                             const char *subtitle,
                             GtkWidget *widget);
/* @words: (array zero-terminated=1): not translated. Returns: (transfer none): an #AdwComboRow */
GtkWidget *gantry_setting_row_add_choice (AdwPreferencesGroup *group,
                                          const char *title,
                                          const char *subtitle,
                                          const char *const *words);
/* A row that only says something. Returns: (transfer none) */
GtkLabel *gantry_setting_row_add_note (AdwPreferencesGroup *group, const char *text);
/* @note below @row says what @error (nullable) is, else @text. */
void gantry_setting_row_show_error (GtkWidget *row,
                                    GtkLabel *note,
                                    const char *text,
                                    const GError *error);

G_END_DECLS
