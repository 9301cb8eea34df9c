/* gantry-node-notifier.h - tells once when a watched node goes down, and when it is back
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names nodes only, never a patient. Main thread only.
 */
#pragma once

#include <gio/gio.h>

#include "gantry-records.h"

G_BEGIN_DECLS

/* Whether @health is news: the last echo changed the state, and was not the first ever. */
gboolean gantry_node_notifier_is_news (const GantryHealth *health);

/* Sends the notification, which replaces an older one of the same node; a click on it activates
 * app.show-node. */
void gantry_node_notifier_tell (GApplication *application,
                                const GantryNode *node,
                                const GantryHealth *health);

G_END_DECLS
