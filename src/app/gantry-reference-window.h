/* gantry-reference-window.h - SOP classes, transfer syntaxes, modalities and statuses to look up
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_REFERENCE_WINDOW (gantry_reference_window_get_type ())
G_DECLARE_FINAL_TYPE (
    GantryReferenceWindow, gantry_reference_window, GANTRY, REFERENCE_WINDOW, AdwWindow)

/* Shows the window, a new one over @parent (nullable) when there is none; it can stay open beside
 * the work. @code: (nullable): a UID, modality or status to look for. Returns: (transfer none) */
GantryReferenceWindow *gantry_reference_window_present (GtkWindow *parent, const char *code);

/* As if it had been typed. */
void gantry_reference_window_search (GantryReferenceWindow *self, const char *text);

G_END_DECLS
