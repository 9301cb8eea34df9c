/* gantry-instance-source.h - the instances of a job, of the kind that a filter lets through
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-engine.h"
#include "gantry-paged-model.h"

G_BEGIN_DECLS

/* Returns: (transfer full): rows of #GantryJobInstance, in sending order; @filter is copied */
GantryPagedModel *
gantry_instance_model_new (GantryEngine *engine, gint64 job_id, const GantryInstanceFilter *filter);

/* Returns: (transfer none): of such a model */
const GantryInstanceFilter *gantry_instance_model_get_filter (GantryPagedModel *model);

G_END_DECLS
