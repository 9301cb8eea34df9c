/* gantry-receiver.h - the listener as the user sees it: on or off, who is there, what came
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread. Its sessions run on the acceptor's workers and report through a bounded channel, so
 * a slow disk or window slows the peers and never grows the heap.
 */
#pragma once

#include "gantry-core.h"
#include "gantry-remover.h"

G_BEGIN_DECLS

/* Takes the profile's receiver role. @settings: (nullable): what it is called until it listens */
GantryReceiver *
gantry_receiver_new (GantryCore *core, const GantryListenSettings *settings, GError **error);
void gantry_receiver_free (GantryReceiver *self);

/* @settings: copied. What listens already is stopped first. */
void gantry_receiver_listen (GantryReceiver *self, const GantryListenSettings *settings);
void gantry_receiver_stop (GantryReceiver *self);
void gantry_receiver_clear_log (GantryReceiver *self);

/* Whether the row of an object that is there is still on its way. */
gboolean gantry_receiver_expects (GantryReceiver *self, const char *path);

/* An object of an earlier run was found and is listed now. */
void gantry_receiver_note_listed (GantryReceiver *self, const GantryReceived *received);

/* (transfer none) */
GantryRemover *gantry_receiver_get_remover (GantryReceiver *self);

/* Stops for good; reports by gantry_core_part_stopped(). */
void gantry_receiver_shut_down (GantryReceiver *self);
gboolean gantry_receiver_is_idle (GantryReceiver *self);

G_END_DECLS
