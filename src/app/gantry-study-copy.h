/* gantry-study-copy.h - received objects, copied to a folder that the user chooses
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

/**
 * gantry_study_copy_present:
 * @widget: has the action win.toast, for what comes of it
 * @choices: (array length=n): copied
 *
 * Asks for a folder and for the names below it, then copies.
 */
void gantry_study_copy_present (GtkWidget *widget,
                                GantryEngine *engine,
                                const GantryReceivedChoice *choices,
                                gsize n);

/* The second half. Progress is shown when it takes longer than a moment, with a way to stop it. */
void gantry_study_copy_to (GtkWidget *widget,
                           GantryEngine *engine,
                           const GantryReceivedChoice *choices,
                           gsize n,
                           const char *folder,
                           GantryLayout layout);

G_END_DECLS
