/* gantry-list-card.h - the frame of a list that is as high as its rows, as long as there is room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For templates, around a #GtkScrolledWindow with a list: below the height of its rows it scrolls,
 * but never gets lower than the property "floor". Popovers can be further children.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_LIST_CARD (gantry_list_card_get_type ())
G_DECLARE_FINAL_TYPE (GantryListCard, gantry_list_card, GANTRY, LIST_CARD, GtkWidget)

G_END_DECLS
