/* gantry-association-columns.h - the columns of a table of associations
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-record-column.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* @view: of #GantryAssociationRecord; @scrolled: shows it */
void gantry_association_columns_add (GtkScrolledWindow *scrolled, GtkColumnView *view);
/* (transfer full): the address without the port, which is another one each time */
char *gantry_association_columns_format_peer (const GantryAssociationRecord *record);

G_END_DECLS
