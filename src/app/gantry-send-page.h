/* gantry-send-page.h - stage studies, choose a destination, watch the queue
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Actions: send.open-files, send.open-folder, send.sample, send.start, send.cancel-scan,
 * send.show-skipped, send.forget-skipped; and those of its parts, destination.* and queue.*. The
 * window has them all as win.*, where menus, shortcuts and D-Bus find them.
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

/* Stages files and folders; what has no path on this computer is told to the user. */
void gantry_send_page_stage (GantrySendPage *self, GFile *const *files, gsize n_files);

/* Chooses a destination by the node's id. */
void gantry_send_page_choose_destination (GantrySendPage *self, gint64 node_id);
/* Runs an action of one of its parts: "destination.check", "queue.cancel", … */
void gantry_send_page_activate (GantrySendPage *self, const char *action, GVariant *parameter);

G_END_DECLS
