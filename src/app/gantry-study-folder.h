/* gantry-study-folder.h - where the files of a received study are
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/* Returns: (transfer none) (nullable): the path of one file of it; %NULL when it has no image */
const char *gantry_study_get_sample (const GantryStudy *study);

/* Returns: (transfer full) (nullable): the folder that is the study's own, as far as the paths of
 * its images tell; else that of one image. %NULL when it has none */
char *gantry_study_find_folder (const GantryStudy *study);

G_END_DECLS
