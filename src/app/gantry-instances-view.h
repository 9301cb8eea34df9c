/* gantry-instances-view.h - the instances of a job: which are shown, and what is done to them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Actions: instances.retry, .cancel, .send-again and .copy, about what is selected; .menu, .search
 * and .show-all. Needs win.toast around it. Main thread only.
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"
#include "gantry-item.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_INSTANCES_VIEW (gantry_instances_view_get_type ())
G_DECLARE_FINAL_TYPE (GantryInstancesView, gantry_instances_view, GANTRY, INSTANCES_VIEW, AdwBin)

/* @job: over #GantryJob; the view follows it. Once. */
void
gantry_instances_view_set_job (GantryInstancesView *self, GantryEngine *engine, GantryItem *job);

/* Puts the cursor into the search entry. */
void gantry_instances_view_search (GantryInstancesView *self);

G_END_DECLS
