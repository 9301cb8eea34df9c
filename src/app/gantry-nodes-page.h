/* gantry-nodes-page.h - remote application entities, and whether they answer
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_NODES_PAGE (gantry_nodes_page_get_type ())
G_DECLARE_FINAL_TYPE (GantryNodesPage, gantry_nodes_page, GANTRY, NODES_PAGE, AdwBin)

/* Keeps a reference; the window calls it once, before the first event. */
void gantry_nodes_page_set_engine (GantryNodesPage *self, GantryEngine *engine);
/* Gets every event of the engine, also those that are not for this page. */
void gantry_nodes_page_handle_event (GantryNodesPage *self, GantryEvent *event);
/* Shows the details of a node, as soon as it is known. */
void gantry_nodes_page_select (GantryNodesPage *self, gint64 id);

G_END_DECLS
