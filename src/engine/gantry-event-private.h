/* gantry-event-private.h - making events; inside the engine only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-event.h"

G_BEGIN_DECLS

GantryEvent *gantry_event_new (GantryEventType type);
/* For the types that carry a record: takes a reference of its own. */
GantryEvent *gantry_event_new_record (GantryEventType type, gpointer record);

G_END_DECLS
