/* gantry-send-again.h - asks where to, and sends some of a job there as a new job
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

/**
 * gantry_send_again_present:
 * @widget: in whose window's front it asks; has the action win.toast, for what comes of it
 * @selection: copied
 * @job: the one that @selection is of
 * @n: how many instances that are
 */
void gantry_send_again_present (GtkWidget *widget,
                                GantryEngine *engine,
                                const GantrySelection *selection,
                                const GantryJob *job,
                                guint64 n);

G_END_DECLS
