/* gantry-file-setting-row.h - a row that shows which file a setting names, and lets it be chosen
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_FILE_SETTING_ROW (gantry_file_setting_row_get_type ())
G_DECLARE_FINAL_TYPE (
    GantryFileSettingRow, gantry_file_setting_row, GANTRY, FILE_SETTING_ROW, AdwActionRow)

/**
 * gantry_file_setting_row_new:
 * @key: of the settings: a path as text, "" for none
 * @title: what the file is for; shown and spoken
 * @none: what it means that there is none, as a sentence
 */
GtkWidget *gantry_file_setting_row_new (const char *key, const char *title, const char *none);

G_END_DECLS
