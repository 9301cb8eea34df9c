/* gantry-messages-view.h - the messages of one association in their order
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_MESSAGES_VIEW (gantry_messages_view_get_type ())
G_DECLARE_FINAL_TYPE (GantryMessagesView, gantry_messages_view, GANTRY, MESSAGES_VIEW, AdwBin)

/* Shows those of another association; @id 0: none. Keeps a reference to @engine (nullable). */
void
gantry_messages_view_set_association (GantryMessagesView *self, GantryEngine *engine, gint64 id);
/* Looks what is new. */
void gantry_messages_view_refresh (GantryMessagesView *self);

G_END_DECLS
