/* gantry-job-menu.h - what can be done with a job, as a menu
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The entries are actions of the queue with the job's id; the priority is a choice, whose action
 * job.priority the widget gets that shows the menu.
 */
#pragma once

#include <gtk/gtk.h>

#include "gantry-records.h"

G_BEGIN_DECLS

/* Once for each widget, before the first menu; below the queue or the job's window. */
void gantry_job_menu_install (GtkWidget *widget);

/**
 * gantry_job_menu_create:
 * @widget: the one that was installed
 * @in_window: leaves out the way to the details
 *
 * Returns: (transfer full): the menu for @job as it is now
 */
GMenuModel *gantry_job_menu_create (GtkWidget *widget, const GantryJob *job, gboolean in_window);

G_END_DECLS
