/* gantry-study-removal.h - studies on their way to the trash, and back while that is still possible
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing is touched while the toast with Undo is seen: what restores from a trash (gvfs) is not on
 * every desktop, and a program that is killed then has lost nothing. When the toast has gone, or
 * the window, the files go.
 */
#pragma once

#include <gtk/gtk.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_STUDY_REMOVAL (gantry_study_removal_get_type ())
G_DECLARE_FINAL_TYPE (GantryStudyRemoval, gantry_study_removal, GANTRY, STUDY_REMOVAL, GObject)

/* @widget: below an #AdwToastOverlay; has the action win.toast */
GantryStudyRemoval *gantry_study_removal_new (GtkWidget *widget, GantryEngine *engine);

/**
 * gantry_study_removal_begin:
 * @studies: (array length=n): ids
 * @path: (nullable): of a file of theirs, or of the folder that it would be in: where there is no
 *   trash, the user is asked whether they shall go for good
 *
 * What is held already goes now. Nothing happens when all of @studies are hidden already, or about
 * to be.
 */
void gantry_study_removal_begin (GantryStudyRemoval *self,
                                 const gint64 *studies,
                                 gsize n,
                                 const char *path);
void gantry_study_removal_undo (GantryStudyRemoval *self);

/* (transfer none) (array length=n) (nullable): what the list leaves out */
const gint64 *gantry_study_removal_get_hidden (GantryStudyRemoval *self, gsize *n);

/* The window goes: so does what is held. Nothing is told any more. */
void gantry_study_removal_close (GantryStudyRemoval *self);

/* Signal "changed": others are left out of the list; undone or not, there is something to undo. */
gboolean gantry_study_removal_can_undo (GantryStudyRemoval *self);

G_END_DECLS
