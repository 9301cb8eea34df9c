/* gantry-monitor.h - asks the saved nodes how they are, and remembers what they said
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread; the echoes run on a pool of their own, side by side.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

GantryMonitor *gantry_monitor_new (GantryCore *core);
void gantry_monitor_free (GantryMonitor *self);

/* C-ECHO to every saved node that is not being asked already. */
void gantry_monitor_echo_all (GantryMonitor *self);
/* The same now and each @seconds; 0: no more. */
void gantry_monitor_watch (GantryMonitor *self, guint seconds);
/* What somebody else's echo of a saved node found out. */
void gantry_monitor_note (GantryMonitor *self, const GantryNode *node, const GantryEcho *echo);

/* Cancels what runs; reports by gantry_core_part_stopped(). */
void gantry_monitor_stop (GantryMonitor *self);
gboolean gantry_monitor_is_idle (GantryMonitor *self);

G_END_DECLS
