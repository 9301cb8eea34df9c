/* gantry-echo-task.h - one C-ECHO to a node, and what it found out
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

/* Each holds a thread until it is answered or its time is up: silent nodes must not hold up those
 * that answer. */
#define GANTRY_ECHOES_AT_ONCE 256

/* Blocks; for a worker thread. NULL only when cancelled. (PS3.4 Annex A)
 * @settings: where @node has no options of its own
 * @passed: (nullable): each step as it is passed, on this thread, with @user_data */
GantryEcho *gantry_echo_run (const GantryNode *node,
                             const GantrySendSettings *settings,
                             GantryStepFunc passed,
                             gpointer user_data,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
