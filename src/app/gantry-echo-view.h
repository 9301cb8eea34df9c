/* gantry-echo-view.h - how a node answered: the sentence, and the ladder of steps below it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-node-item.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_ECHO_VIEW (gantry_echo_view_get_type ())
G_DECLARE_FINAL_TYPE (GantryEchoView, gantry_echo_view, GANTRY, ECHO_VIEW, AdwBin)

/* Shows @item as it is now; it does not follow it. @offer_receiver: with a button for the action
 * node.listen */
void gantry_echo_view_show (GantryEchoView *self, GantryNodeItem *item, gboolean offer_receiver);

G_END_DECLS
