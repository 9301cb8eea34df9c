/* gantry-notifier.h - tells of jobs that ended while nobody looked
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a notification says can be read by others, also on a locked screen: no patient is named in
 * one unless the preferences say so. Main thread only.
 */
#pragma once

#include <gio/gio.h>

#include "gantry-records.h"

G_BEGIN_DECLS

/* Sends one, or none when the preferences say so. A click on it activates app.show-job. */
void gantry_notifier_tell_end (GApplication *application, const GantryJob *job);
/* The user has seen the job by now. */
void gantry_notifier_withdraw (GApplication *application, gint64 job_id);

/* Returns: (transfer full): "PACS1: 412 stored, 3 refused", and @with_patient "CT Chest · Doe,
 * John" before it; exported for tests */
char *gantry_notifier_describe (const GantryJob *job, gboolean with_patient);
/* Returns: whether Gantry tried again by itself and has stopped to; exported for tests */
gboolean gantry_notifier_gave_up (const GantryJob *job);

G_END_DECLS
