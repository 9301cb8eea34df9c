/* gantry-report-export.h - the delivery report of a job, saved where the user says
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

/* Asks for a file, then exports; @widget has the action win.toast, for what comes of it. */
void gantry_report_export_present (GtkWidget *widget, GantryEngine *engine, gint64 job_id);

/* The second half: a path that ends in .json is written as JSON, all others as CSV. Progress is
 * shown when it takes longer than a moment, with a way to stop it. */
void
gantry_report_export_to (GtkWidget *widget, GantryEngine *engine, gint64 job_id, const char *path);

G_END_DECLS
