/* gantry-instance-filter-bar.h - which instances of a job are shown: by text, outcome and study
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signal "changed": another choice was made. Main thread only.
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_INSTANCE_FILTER_BAR (gantry_instance_filter_bar_get_type ())
G_DECLARE_FINAL_TYPE (
    GantryInstanceFilterBar, gantry_instance_filter_bar, GANTRY, INSTANCE_FILTER_BAR, AdwBin)

/* Puts the job's counts behind the outcomes. */
void gantry_instance_filter_bar_set_job (GantryInstanceFilterBar *self, const GantryJob *job);
/* @studies: (element-type GantryStudy): there is a choice only when there is more than one */
void gantry_instance_filter_bar_set_studies (GantryInstanceFilterBar *self, GPtrArray *studies);

/* Fills in what was chosen; the text is the bar's and stays until the next signal. */
void gantry_instance_filter_bar_get_filter (GantryInstanceFilterBar *self,
                                            GantryInstanceFilter *filter);
/* Whether anything is left out. */
gboolean gantry_instance_filter_bar_is_filtering (GantryInstanceFilterBar *self);

/* Shows everything again; the focus stays. */
void gantry_instance_filter_bar_reset (GantryInstanceFilterBar *self);
/* Puts the cursor into the search entry. */
void gantry_instance_filter_bar_focus (GantryInstanceFilterBar *self);

G_END_DECLS
