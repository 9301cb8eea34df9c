/* gantry-study-columns.h - the columns of tables of received studies and of their series
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-record-column.h"

G_BEGIN_DECLS

/* @view: of #GantryStudy; @scrolled: shows it */
void gantry_study_columns_add (GtkScrolledWindow *scrolled, GtkColumnView *view);
/* The same of #GantrySeries. */
void gantry_series_columns_add (GtkScrolledWindow *scrolled, GtkColumnView *view);

G_END_DECLS
