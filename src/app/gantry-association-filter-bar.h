/* gantry-association-filter-bar.h - which associations are shown, and whether the newest is
 * followed SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signal "changed": another filter. The menu's actions are the associations view's.
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_ASSOCIATION_FILTER_BAR (gantry_association_filter_bar_get_type ())
G_DECLARE_FINAL_TYPE (GantryAssociationFilterBar,
                      gantry_association_filter_bar,
                      GANTRY,
                      ASSOCIATION_FILTER_BAR,
                      AdwBin)

/* Who is asked what there is to choose, each time before it is seen. */
void gantry_association_filter_bar_set_engine (GantryAssociationFilterBar *self,
                                               GantryEngine *engine);
/* Only those with that AE title, and from that address (without port); %NULL: as it was. */
void gantry_association_filter_bar_choose (GantryAssociationFilterBar *self,
                                           const char *ae_title,
                                           const char *peer);
/* What is chosen now; texts are valid until the next change.
 * @minutes: (out): how far back from now it goes, which is not in @filter; 0: as far as there is
 * Returns: whether that is a filter at all */
gboolean gantry_association_filter_bar_read (GantryAssociationFilterBar *self,
                                             GantryAssociationFilter *filter,
                                             guint *minutes);
/* Everything is shown again. */
void gantry_association_filter_bar_reset (GantryAssociationFilterBar *self);
/* What all associations that are shown add up to; only said while there is a filter.
 * @totals: (nullable): nobody knows */
void gantry_association_filter_bar_set_totals (GantryAssociationFilterBar *self,
                                               const GantryAssociationTotals *totals);
/* The list whose top is where new ones come in. Once. */
void gantry_association_filter_bar_follow (GantryAssociationFilterBar *self,
                                           GtkScrolledWindow *scrolled);
/* For the shortcut. */
void gantry_association_filter_bar_focus (GantryAssociationFilterBar *self);

G_END_DECLS
