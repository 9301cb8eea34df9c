/* gantry-forecast-task.h - what a node would take, found out with associations that send nothing
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-association.h"
#include "gantry-proposal.h"

G_BEGIN_DECLS

/**
 * gantry_forecast_run:
 * @probe: (nullable): what the node said to its newest probe, for when it does not answer now
 * @kinds: (element-type GantryForecast): SOP classes and transfer syntaxes; the rest is filled in
 * @error: as from gantry_association_request()
 *
 * Blocks, on a thread of its own: opens the associations that a send would, one after the other.
 * Cancelling ends it at once.
 */
gboolean gantry_forecast_run (const GantryAssociationRequest *request,
                              const GantryProbe *probe,
                              GPtrArray *kinds,
                              const GantrySendPolicy *policy,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS
