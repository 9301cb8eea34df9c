/* gantry-csv.h - tables as text, for spreadsheets (RFC 4180)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A line of the table. A cell that a spreadsheet would take for a formula (=, +, -, @ in front)
 * gets an apostrophe in front, unless it is a number: what comes from a peer must not be run. */
void gantry_csv_append_row (GString *text, const char *const *cells, guint n);

/* (element-type GPtrArray of char *): the rows that are not empty. Commas or semicolons, whichever
 * the first line has more of. @error: %GANTRY_ERROR_FILE when a quote is never closed */
GPtrArray *gantry_csv_parse (const char *text, GError **error);

G_END_DECLS
