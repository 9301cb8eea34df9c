/* gantry-study-words.h - studies and series in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All return plain text, never markup, that the caller frees.
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/* "412 images · 415 objects", or "3 objects" where none is an image */
char *gantry_format_images_and_objects (guint64 images, guint64 objects);
/* Why there are two numbers; %NULL when there is only one */
char *gantry_explain_images_and_objects (guint64 images, guint64 objects);

/* "Doe, John", or that there is no name */
char *gantry_study_get_title (const GantryStudy *study);
/* "1122334 · *1991-04-09" */
char *gantry_study_get_identity (const GantryStudy *study);
char *gantry_study_get_description (const GantryStudy *study);
/* The row as one sentence for a screen reader */
char *gantry_study_describe (const GantryStudy *study);

/* "Series 2 · Lung 1.0" */
char *gantry_series_get_title (const GantrySeries *series);
/* "CT Image Storage", or that they differ */
char *gantry_series_get_sop_class (const GantrySeries *series);
char *gantry_series_describe (const GantrySeries *series);

G_END_DECLS
