/* gantry-association-report.h - the log of associations as a file, for spreadsheets and scripts
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing of it is translated but the sentences of results: scripts read it. CSV is that of
 * base/gantry-csv.h, with a line of names; JSON is one array of objects with the same members,
 * written while it is made, so that it need not fit into memory.
 */
#pragma once

#include "gantry-engine.h"
#include "gantry-reader.h"

G_BEGIN_DECLS

/* On a reader's thread. Whole or not at all; ends when @question is over.
 * @error: %GANTRY_ERROR_STORAGE, %G_IO_ERROR_CANCELLED */
gboolean gantry_association_report_write (GantryDatabase *db,
                                          const GantryAssociationFilter *filter,
                                          const char *path,
                                          GantryReportFormat format,
                                          const GantryQuestion *question,
                                          GError **error);

G_END_DECLS
