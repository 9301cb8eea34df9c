/* gantry-csv.h - tables as text, for spreadsheets (RFC 4180)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A line of the table; %NULL is an empty cell. A cell that a spreadsheet may take for a formula (=,
 * +, -, @, a tabulator in front) gets an apostrophe in front: what comes from a peer must not be
 * run. So does one that begins with an apostrophe. */
void gantry_csv_append_row (GString *text, const char *const *cells, guint n);

/* (element-type GPtrArray of char *): the rows that are not empty. Commas or semicolons, whichever
 * the first line has more of. What gantry_csv_append_row() put in front is taken off. @error:
 * %GANTRY_ERROR_FILE when a quote is never closed */
GPtrArray *gantry_csv_parse (const char *text, GError **error);

G_END_DECLS
