/* gantry-echo-task.h - one C-ECHO to a node, and what it found out
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "gantry-association.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* @tls: as enabled or not for this node. Blocks; for a worker thread. NULL only when cancelled.
 * (PS3.4 Annex A) */
GantryEcho *gantry_echo_run (const GantryNode *node,
                             const char *calling,
                             guint32 max_pdu,
                             const GantryTimeouts *timeouts,
                             const GantryTls *tls,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
