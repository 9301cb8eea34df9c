/* gantry-probe-list.h - which SOP classes somebody needs: of the staged studies, or a list that is
 * kept in the settings
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-probe-grid.h"

G_BEGIN_DECLS

/* @studies: (element-type GantryStudy): a series of several SOP classes counts with all classes
 * that its modality usually has. Returns: (transfer full): UIDs, some perhaps twice */
GStrv gantry_probe_list_from_studies (GPtrArray *studies);

/* Keeps the rows that @grid shows as the list. Returns: how many they are */
guint gantry_probe_list_keep (GantryProbeGrid *grid);

/* Returns: (transfer full): UIDs; empty: there is no list */
GStrv gantry_probe_list_load (void);

G_END_DECLS
