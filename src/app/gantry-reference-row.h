/* gantry-reference-row.h - an entry of the reference, or a heading, in the list
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-reference-item.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_REFERENCE_ROW (gantry_reference_row_get_type ())
G_DECLARE_FINAL_TYPE (GantryReferenceRow, gantry_reference_row, GANTRY, REFERENCE_ROW, AdwBin)

GtkWidget *gantry_reference_row_new (void);
/* @grouped: there are headings, which say what the entries are */
void
gantry_reference_row_show (GantryReferenceRow *self, GantryReferenceItem *item, gboolean grouped);

G_END_DECLS
