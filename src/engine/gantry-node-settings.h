/* gantry-node-settings.h - a node's own options, and the settings where it has none
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-association.h"
#include "gantry-database.h"
#include "gantry-engine.h"

G_BEGIN_DECLS

/* @node with the options that are saved for it now, if it is still among the saved ones. What
 * @overrides say comes before them. Any connection. */
GantryNode *gantry_node_as_saved (GantryDatabase *db,
                                  const GantryNode *node,
                                  const GantrySendOverrides *overrides);

/* @settings: (out): @general with what @overrides say before it; to be cleared, whatever was in it
 * before is not */
void gantry_send_settings_get (const GantrySendSettings *general,
                               const GantrySendOverrides *overrides,
                               GantrySendSettings *settings);

/* @overrides: (out): the job's own with what is said @now before them; to be cleared.
 * @error: %GANTRY_ERROR_STORAGE: the job's cannot be read; then they say nothing */
gboolean gantry_job_get_overrides (const GantryJob *job,
                                   const GantrySendOverrides *now,
                                   GantrySendOverrides *overrides,
                                   GError **error);

/* (transfer none): our AE title towards @node */
const char *gantry_node_get_calling (const GantryNode *node, const GantrySendSettings *settings);
guint32 gantry_node_get_max_pdu (const GantryNode *node, const GantrySendSettings *settings);
guint gantry_node_get_associations (const GantryNode *node, const GantrySendSettings *settings);
GantryTimeouts gantry_node_get_timeouts (const GantryNode *node,
                                         const GantrySendSettings *settings);
/* @tls: (out): enabled when connections to @node are encrypted; its texts belong to @settings. */
void
gantry_node_get_tls (const GantryNode *node, const GantrySendSettings *settings, GantryTls *tls);

G_END_DECLS
