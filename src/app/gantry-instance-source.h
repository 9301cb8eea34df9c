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

/* The ids of all of them, for a command about all of them; a page at a time, so that nothing waits
 * long. */
void gantry_instance_ids_async (GantryEngine *engine,
                                gint64 job_id,
                                const GantryInstanceFilter *filter,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* Returns: (transfer full) (element-type gint64) */
GArray *gantry_instance_ids_finish (GAsyncResult *result, GError **error);

G_END_DECLS
