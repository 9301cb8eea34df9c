/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-notifier.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"

gboolean
gantry_node_notifier_is_news (const GantryHealth *health)
{
  return health->last != NULL && health->n_round_trips > 1
         && health->since == health->last->started;
}

void
gantry_node_notifier_tell (GApplication *application,
                           const GantryNode *node,
                           const GantryHealth *health)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *id = g_strdup_printf ("node-%" G_GINT64_FORMAT, node->id);
  g_autofree char *name
      = node->is_self ? g_strdup (_ ("This workstation")) : gantry_format_text (node->name, 0);
  g_autofree char *title = g_strdup_printf (
      health->last->ok ? _ ("%s Answers Again") : _ ("%s Does Not Answer"), name);

  notification = g_notification_new (title);
  g_notification_set_body (notification, health->last->message);
  if (!health->last->ok)
    g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_default_action_and_target (notification, "app.show-node", "x", node->id);
  g_application_send_notification (application, id, notification);
}
