/* gantry-work-dialog.h - how far something long is, with a way to stop it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is over within a moment shows nothing. Main thread.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _GantryWorkDialog GantryWorkDialog;

/**
 * gantry_work_dialog_new:
 * @widget: over whose window it is shown
 * @modal: nothing else can be done in that window meanwhile
 * @bar: what the bar is called for those who cannot see it
 */
GantryWorkDialog *gantry_work_dialog_new (
    GtkWidget *widget, gboolean modal, const char *title, const char *text, const char *bar);
void gantry_work_dialog_free (GantryWorkDialog *self);

/* (transfer none): of the work; cancelled by the user */
GCancellable *gantry_work_dialog_get_cancellable (GantryWorkDialog *self);
void gantry_work_dialog_set_progress (GantryWorkDialog *self, guint64 done, guint64 total);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryWorkDialog, gantry_work_dialog_free)

G_END_DECLS
