/* gantry-paged-item.h - one row of a GantryPagedModel, filled in when its page arrives
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_PAGED_ITEM (gantry_paged_item_get_type ())
G_DECLARE_FINAL_TYPE (GantryPagedItem, gantry_paged_item, GANTRY, PAGED_ITEM, GObject)

/* Called when the last reference goes, so that the model can forget the row. */
typedef void (*GantryPagedItemGone) (GantryPagedItem *item, gpointer user_data);

GantryPagedItem *
gantry_paged_item_new (guint position, GantryPagedItemGone gone, gpointer user_data);

/* Returns: (transfer none) (nullable): the record; %NULL until the page is there. The property
 * "record" (a pointer) notifies when it comes or changes. */
gpointer gantry_paged_item_get_record (GantryPagedItem *self);
void gantry_paged_item_set_record (GantryPagedItem *self, gpointer record);

guint gantry_paged_item_get_position (GantryPagedItem *self);
void gantry_paged_item_set_position (GantryPagedItem *self, guint position);

/* The row is not in the model any more; it keeps its record for whoever still shows it. */
void gantry_paged_item_detach (GantryPagedItem *self);

G_END_DECLS
