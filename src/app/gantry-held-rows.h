/* gantry-held-rows.h - the rows of a long list that somebody holds, by position
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row is here from when it is asked for until its last reference goes; it keeps its object
 * wherever the list moves it. Main thread only.
 */
#pragma once

#include "gantry-list-change.h"
#include "gantry-page-cache.h"
#include "gantry-paged-item.h"

G_BEGIN_DECLS

typedef struct _GantryHeldRows GantryHeldRows;

/* @gone: a row without a record was let go */
GantryHeldRows *gantry_held_rows_new (void (*gone) (gpointer user_data), gpointer user_data);
/* Rows that are still held keep their records. */
void gantry_held_rows_free (GantryHeldRows *self);

/* Returns: (transfer full): the row, new and empty when nobody held it */
GantryPagedItem *gantry_held_rows_get (GantryHeldRows *self, guint position);
/* Returns: (transfer full) (nullable) */
GantryPagedItem *gantry_held_rows_find (GantryHeldRows *self, GantryRecordKey key_of, gint64 key);

/* Returns: (transfer full) (element-type GantryListKey): of the rows with a record */
GArray *gantry_held_rows_get_keys (GantryHeldRows *self, GantryRecordKey key_of);
/* Returns: (transfer full): the set of the numbers of the pages of all rows, or only of the
 * @empty ones */
GHashTable *gantry_held_rows_get_pages (GantryHeldRows *self, guint page_size, gboolean empty);

/* Gives them the records that are in @pages. */
void gantry_held_rows_fill (GantryHeldRows *self, GantryPageCache *pages);
/* Moves them with @change. @places: key (gint64 *) -> position of what @change added; rows that
 * were removed and are not there are let go. */
void gantry_held_rows_move (GantryHeldRows *self,
                            const GantryListChange *change,
                            GHashTable *places,
                            GantryRecordKey key_of);

G_END_DECLS
