/* gantry-instance-columns.h - the instances of a job in a table, and one of them in full
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-facts-view.h"
#include "gantry-record-column.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* Columns for rows of #GantryJobInstance. */
void gantry_instance_columns_add (GtkScrolledWindow *scrolled, GtkColumnView *view);

/* The outcome in a few words, with the mark of an object that is not as its file is, or that is
 * sent once more by itself; static */
const char *gantry_instance_get_outcome (const GantryJobInstance *instance);
/* Returns: (transfer full): the name of the file */
char *gantry_instance_get_title (const GantryJobInstance *instance);
/* Everything that is known of @instance. */
void gantry_instance_fill_facts (GantryFactsView *facts, const GantryJobInstance *instance);
/* Returns: (transfer full): one line for the clipboard: path, UID, SOP class, outcome, why; with
 * tabs between them, as spreadsheets take it */
char *gantry_instance_describe (const GantryJobInstance *instance);

G_END_DECLS
