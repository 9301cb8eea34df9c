/* gantry-paged-model.h - a list as long as its source, in the memory of a few pages
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The source answers "records from offset, at most limit, and how many there are" some time later;
 * this is a #GListModel of #GantryPagedItem over it. Rows that nobody holds cost nothing. A row
 * that is held before its page is there is empty and fills in later ("record" notifies). Main
 * thread only.
 */
#pragma once

#include "gantry-page-loader.h"
#include "gantry-paged-item.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_PAGED_MODEL (gantry_paged_model_get_type ())
G_DECLARE_FINAL_TYPE (GantryPagedModel, gantry_paged_model, GANTRY, PAGED_MODEL, GObject)

#define GANTRY_PAGED_MODEL_PAGE 128     /* records a page, by default */
#define GANTRY_PAGED_MODEL_MAX_PAGES 16 /* pages kept, by default */

/**
 * gantry_paged_model_new:
 * @funcs: (not copied): lives longer than the model
 * @source: handed to @funcs
 * @source_free: (nullable): called with @source when neither model nor question needs it
 *
 * Empty until gantry_paged_model_refresh() has its answer.
 */
GantryPagedModel *gantry_paged_model_new (const GantryPagedSource *funcs,
                                          gpointer source,
                                          GDestroyNotify source_free);

/* Before the first refresh: other sizes than the default. */
void gantry_paged_model_set_sizes (GantryPagedModel *self, guint page_size, guint max_pages);

/**
 * gantry_paged_model_refresh:
 *
 * Asks again for the rows that somebody holds, and for the count, and tells the difference: rows
 * that are still there are the same objects, so a list keeps what it shows and what is selected,
 * also when newer rows came in above. Cheap to call often; calls while one is on its way become
 * one.
 */
void gantry_paged_model_refresh (GantryPagedModel *self);

/**
 * gantry_paged_model_update:
 * @record: (transfer none): a newer version of a record
 *
 * Puts @record in the place of the one with its key.
 *
 * Returns: %FALSE when no page here has that key: it may be new, so refresh
 */
gboolean gantry_paged_model_update (GantryPagedModel *self, gpointer record);

/* Returns: (transfer full) (nullable): the row with that key, among those that are in memory */
GantryPagedItem *gantry_paged_model_find (GantryPagedModel *self, gint64 key);

/* Whether the source has answered at all: an empty list and an unknown one look different.
 * Property "loaded", notifies once. */
gboolean gantry_paged_model_get_loaded (GantryPagedModel *self);

/* How many records are in memory, for tests and the curious. */
guint gantry_paged_model_get_n_cached (GantryPagedModel *self);

/* Signal "failed" (GError *): the source could not answer. Rows stay as they are until the next
 * refresh.
 *
 * Signal "refreshed": the list is as the source has answered since the last call of
 * gantry_paged_model_refresh(). */

G_END_DECLS
