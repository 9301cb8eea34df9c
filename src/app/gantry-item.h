/* gantry-item.h - a record of the engine as an object that lists can hold
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The record is immutable; the item stays while newer versions of its record come and go, so a list
 * keeps its selection, its scroll position and what is expanded. Main thread only.
 */
#pragma once

#include <gio/gio.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_ITEM (gantry_item_get_type ())
G_DECLARE_FINAL_TYPE (GantryItem, gantry_item, GANTRY, ITEM, GObject)

/* @id: what tells it from its neighbours; @record: keeps a reference */
GantryItem *gantry_item_new (gint64 id, gpointer record);
gint64 gantry_item_get_id (GantryItem *self);
/* Returns: (transfer none): the newest version; the property "record" notifies of a newer one */
gpointer gantry_item_get_record (GantryItem *self);
void gantry_item_set_record (GantryItem *self, gpointer record);

/* The rows below this one, made when first asked for: a #GListStore of #GantryItem */
GListStore *gantry_item_get_children (GantryItem *self);

typedef gint64 (*GantryRecordId) (gconstpointer record);

/* Makes @store (of #GantryItem) show @records, in their order, with as few changes as that takes.
 */
void gantry_item_store_sync (GListStore *store, GPtrArray *records, GantryRecordId id);
/* Returns: (transfer none) (nullable) */
GantryItem *gantry_item_store_find (GListStore *store, gint64 id, guint *position);

G_END_DECLS
