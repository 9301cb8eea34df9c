/* gantry-node-tls.h - whether connections to a node are encrypted, and how
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-engine.h"

G_BEGIN_DECLS

/* @tls: (out): enabled when they are; its texts belong to @settings. */
void
gantry_node_get_tls (const GantryNode *node, const GantrySendSettings *settings, GantryTls *tls);

G_END_DECLS
