/* gantry-study-words.h - studies and series in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All return plain text, never markup, that the caller frees.
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/* "X-Ray Radiation Dose SR": the name without the word that all storage SOP classes have */
char *gantry_sop_class_shorten (const char *uid);

/* "412 images · 415 objects", or "3 objects" where none is an image */
char *gantry_format_images_and_objects (guint64 images, guint64 objects);
/* Why there are two numbers, and what the other objects are: "2 images and 1 other object: X-Ray
 * Radiation Dose SR. Some viewers count both together." What an object is when it is no image:
 * "No image, but 1 object: Comprehensive SR." %NULL when there are images only */
char *gantry_study_explain_counts (const GantryStudy *study);
char *gantry_series_explain_counts (const GantrySeries *series);

/* "Doe, John", or that there is no name */
char *gantry_study_get_title (const GantryStudy *study);
/* "1122334 · *1991-04-09" */
char *gantry_study_get_identity (const GantryStudy *study);
char *gantry_study_get_description (const GantryStudy *study);
/* "CT Chest · Doe, John · 2026-11-20", to tell it from others */
char *gantry_study_describe_briefly (const GantryStudy *study);
/* The row as one sentence for a screen reader */
char *gantry_study_describe (const GantryStudy *study);

/* "Series 2 · Lung 1.0" */
char *gantry_series_get_title (const GantrySeries *series);
/* "CT Image Storage"; for what is no image its kind, "X-Ray Radiation Dose SR"; or that they
 * differ */
char *gantry_series_get_sop_class (const GantrySeries *series);
/* "Structured report: X-Ray Radiation Dose SR Storage (1.2.840.10008.5.1.4.1.1.88.67)" */
char *gantry_series_explain_sop_class (const GantrySeries *series);
/* The icon where a picture would be, for what is in the series. Static */
const char *gantry_series_get_icon (const GantrySeries *series);
char *gantry_series_describe (const GantrySeries *series);

G_END_DECLS
