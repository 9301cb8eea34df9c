/* gantry-destination-bar.h - where to send, whether it answers, and Send
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Actions: destination.check, destination.receive-here. The Send button names send.start, an action
 * of the page. Signal "changed": another node, or none. Signal "forecast" (GantryNode *): Check was
 * pressed while there is something to send.
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_DESTINATION_BAR (gantry_destination_bar_get_type ())
G_DECLARE_FINAL_TYPE (GantryDestinationBar, gantry_destination_bar, GANTRY, DESTINATION_BAR, AdwBin)

/* Keeps a reference and asks for the nodes. */
void gantry_destination_bar_set_engine (GantryDestinationBar *self, GantryEngine *engine);
void gantry_destination_bar_handle_event (GantryDestinationBar *self, GantryEvent *event);

/* Whether there is something to send. Then Check asks what the node would take of it, which
 * includes whether it answers; else it is an echo. */
void gantry_destination_bar_set_staged (GantryDestinationBar *self, gboolean staged);

/* Returns: (transfer none) (nullable): the node that is chosen */
GantryNode *gantry_destination_bar_get_node (GantryDestinationBar *self);
/* Chooses a node by its id, if it is there. */
void gantry_destination_bar_choose (GantryDestinationBar *self, gint64 node_id);

G_END_DECLS
