/* gantry-send-page.h - stage studies, choose a destination, watch the queue
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_SEND_PAGE (gantry_send_page_get_type ())
G_DECLARE_FINAL_TYPE (GantrySendPage, gantry_send_page, GANTRY, SEND_PAGE, AdwBin)

/* Keeps a reference; the window calls it once, before the first event. */
void gantry_send_page_set_engine (GantrySendPage *self, GantryEngine *engine);
/* Gets every event of the engine, also those that are not for this page. */
void gantry_send_page_handle_event (GantrySendPage *self, GantryEvent *event);

G_END_DECLS
