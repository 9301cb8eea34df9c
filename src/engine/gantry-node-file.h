/* gantry-node-file.h - lists of nodes in files: ours, DCMTK's and Orthanc's
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any thread.
 */
#pragma once

#include "gantry-engine.h"

G_BEGIN_DECLS

/**
 * gantry_node_file_read:
 * @error: %GANTRY_ERROR_FILE with a sentence that names the line or the node that is wrong
 *
 * Tells the forms apart by what is in the file: JSON of ours, the DicomModalities of an Orthanc
 * configuration, the HostTable of a dcmqrscp.cfg, or CSV with a line of titles.
 *
 * Returns: (element-type GantryNode): all of them, checked, with ids 0; one wrong node and there is
 *   none
 */
GPtrArray *gantry_node_file_read (const char *path, GError **error);

/* Written whole or not at all. @error: %GANTRY_ERROR_STORAGE */
gboolean gantry_node_file_write (GPtrArray *nodes,
                                 const char *path,
                                 GantryReportFormat format,
                                 GError **error);

/* @error: what is wrong with the node's name, titles or address, as the user may mend it */
gboolean gantry_node_check (const GantryNode *node, GError **error);

G_END_DECLS
