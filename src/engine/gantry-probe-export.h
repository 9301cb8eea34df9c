/* gantry-probe-export.h - a probe as a table for spreadsheets, and as JSON for programs
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure functions, any thread. Nothing of it is translated, but the sentence of the result: scripts
 * read it.
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/* One line a SOP class, one column a transfer syntax. A cell is "accepted", "transfer syntax not
 * supported", "SOP class not supported", "refused by the application", "refused", or empty where
 * nothing was asked. */
char *gantry_probe_to_csv (const GantryProbe *probe);

/* One object with the facts of the probe, the array of its contexts and that of the extended
 * negotiation. */
char *gantry_probe_to_json (const GantryProbe *probe);

/* Either, as the name of @path ends (.json, else CSV); whole or not at all. @error:
 * %GANTRY_ERROR_STORAGE */
gboolean gantry_probe_write (const GantryProbe *probe, const char *path, GError **error);

G_END_DECLS
