/* gantry-probe-compare.h - the choice of another probe that one is compared with
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

/* Signals: "changed" when another one is there to compare with, or none any more; "failed" (char *)
 * with a sentence when the chosen one cannot be read. */
#define GANTRY_TYPE_PROBE_COMPARE (gantry_probe_compare_get_type ())
G_DECLARE_FINAL_TYPE (GantryProbeCompare, gantry_probe_compare, GANTRY, PROBE_COMPARE, AdwBin)

/* Offers what @engine keeps: every older probe of the node of @shown, the newest of any other. Both
 * are kept. */
void
gantry_probe_compare_set_probe (GantryProbeCompare *self, GantryEngine *engine, GantryProbe *shown);
/* Gets every event of the engine. What was chosen stays so while it is kept. */
void gantry_probe_compare_handle_event (GantryProbeCompare *self, GantryEvent *event);
/* Returns: (transfer none) (nullable): the chosen one, whole; %NULL: nothing is compared, or it is
 *   being read */
GantryProbe *gantry_probe_compare_get_other (GantryProbeCompare *self);

G_END_DECLS
