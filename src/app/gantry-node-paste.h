/* gantry-node-paste.h - addresses as people copy them, AET@host:port, turned into nodes
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "gantry-records.h"

G_BEGIN_DECLS

/**
 * gantry_node_paste_parse:
 * @text: an address a line; empty lines do not count
 * @taken: (nullable): #GantryNodeItem whose names are taken
 * @error: %GANTRY_ERROR_ADDRESS with a sentence that names the line
 *
 * Each node is named after its AE title, with a number behind it if that name is taken.
 *
 * Returns: (transfer full) (element-type GantryNode): with ids 0; one wrong line and there is none
 */
GPtrArray *gantry_node_paste_parse (const char *text, GListModel *taken, GError **error);

/* "ARCHIVE@10.0.0.5:104", what can be pasted. */
char *gantry_node_paste_format (const GantryNode *node);

G_END_DECLS
