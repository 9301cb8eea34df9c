/* gantry-receive-page.h - the listener, its associations, what it received
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_RECEIVE_PAGE (gantry_receive_page_get_type ())
G_DECLARE_FINAL_TYPE (GantryReceivePage, gantry_receive_page, GANTRY, RECEIVE_PAGE, AdwBin)

/* Keeps a reference; the window calls it once, before the first event. */
void gantry_receive_page_set_engine (GantryReceivePage *self, GantryEngine *engine);
/* Gets every event of the engine, also those that are not for this page. */
void gantry_receive_page_handle_event (GantryReceivePage *self, GantryEvent *event);

/* To the filter of the list that is shown. */
void gantry_receive_page_focus_filter (GantryReceivePage *self);

G_END_DECLS
