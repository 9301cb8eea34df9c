/* gantry-listener-card.h - the switch of the receiver, and what to tell the other side
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_LISTENER_CARD (gantry_listener_card_get_type ())
G_DECLARE_FINAL_TYPE (GantryListenerCard, gantry_listener_card, GANTRY, LISTENER_CARD, AdwBin)

/* Listens at once when the settings say so, and follows them from then on. */
void gantry_listener_card_set_engine (GantryListenerCard *self, GantryEngine *engine);
void gantry_listener_card_show (GantryListenerCard *self, const GantryListener *listener);

G_END_DECLS
