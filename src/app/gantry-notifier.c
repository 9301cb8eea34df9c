/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-notifier.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-job-words.h"
#include "gantry-settings.h"

/* One for each job, so that the end of one does not take that of another from the screen. */
static char *
get_id (gint64 job_id)
{
  return g_strdup_printf ("job-%" G_GINT64_FORMAT, job_id);
}

char *
gantry_notifier_describe (const GantryJob *job, gboolean with_patient)
{
  g_autofree char *node = gantry_format_text (job->node->name, 0);
  g_autofree char *title = gantry_format_text (job->title, 0);
  g_autofree char *summary = gantry_job_summarize (job);

  if (with_patient)
    /* Translators: study and patient, a destination, and as in “412 stored, 3 refused” */
    return g_strdup_printf (_ ("%s to %s: %s"), title, node, summary);
  /* Translators: a destination, and as in “412 stored, 3 refused” */
  return g_strdup_printf (_ ("%s: %s"), node, summary);
}

gboolean
gantry_notifier_gave_up (const GantryJob *job)
{
  return job->state == GANTRY_JOB_FINISHED && job->tries > 0 && job->retryable > 0;
}

static const char *
get_title (const GantryJob *job)
{
  if (gantry_notifier_gave_up (job))
    return _ ("Gantry Gave Up Trying");
  if (job->state == GANTRY_JOB_CANCELLED)
    return _ ("Sending Was Cancelled");
  if (gantry_job_count_unsent (job) > 0)
    return _ ("Not Everything Was Stored");
  return _ ("Everything Is Stored");
}

void
gantry_notifier_tell_end (GApplication *application, const GantryJob *job)
{
  GSettings *settings = gantry_settings_get ();
  gboolean stored = gantry_job_count_unsent (job) == 0;
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *id = get_id (job->id);
  g_autofree char *text = NULL;

  if (!g_settings_get_boolean (settings,
                               stored ? GANTRY_KEY_NOTIFY_STORED : GANTRY_KEY_NOTIFY_PROBLEMS))
    return;
  text = gantry_notifier_describe (job,
                                   g_settings_get_boolean (settings, GANTRY_KEY_NOTIFY_PATIENTS));
  notification = g_notification_new (get_title (job));
  g_notification_set_body (notification, text);
  if (!stored)
    g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_default_action_and_target (notification, "app.show-job", "x", job->id);
  g_application_send_notification (application, id, notification);
}

void
gantry_notifier_withdraw (GApplication *application, gint64 job_id)
{
  g_autofree char *id = get_id (job_id);

  g_application_withdraw_notification (application, id);
}
