/* gantry-probe-extended.h - what a node answered to extended negotiation (PS3.4 B.3.1), in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_PROBE_EXTENDED (gantry_probe_extended_get_type ())
G_DECLARE_FINAL_TYPE (GantryProbeExtended, gantry_probe_extended, GANTRY, PROBE_EXTENDED, AdwBin)

/* @answers: (element-type GantryExtended): SOP classes with the same answer share a line. Returns:
 * how many there are */
guint gantry_probe_extended_show (GantryProbeExtended *self, GPtrArray *answers);

G_END_DECLS
