/* gantry-study-row.h - a study in the staged list
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_STUDY_ROW (gantry_study_row_get_type ())
G_DECLARE_FINAL_TYPE (GantryStudyRow, gantry_study_row, GANTRY, STUDY_ROW, AdwBin)

GtkWidget *gantry_study_row_new (void);
void gantry_study_row_show (GantryStudyRow *self, const GantryStudy *study);

G_END_DECLS
