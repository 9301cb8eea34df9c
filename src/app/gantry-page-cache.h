/* gantry-page-cache.h - pages of a list, of which the ones used longest ago can be dropped
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GantryPageCache GantryPageCache;

/* What tells two records apart and stays when one of them changes; not 0. */
typedef gint64 (*GantryRecordKey) (gconstpointer record);

GantryPageCache *gantry_page_cache_new (guint page_size);
void gantry_page_cache_free (GantryPageCache *self);

/* @records: (transfer full): of page @number, from position number × page size on */
void gantry_page_cache_take (GantryPageCache *self, guint number, GPtrArray *records);
void gantry_page_cache_clear (GantryPageCache *self);
/* Keeps the @max_pages that were used last. */
void gantry_page_cache_trim (GantryPageCache *self, guint max_pages);
/* Somebody uses the page of that row. */
void gantry_page_cache_touch (GantryPageCache *self, guint position);

/* Returns: (transfer none) (nullable): %NULL when it is not here */
gpointer gantry_page_cache_get (GantryPageCache *self, guint position);
/* Like it, but the record's key; 0 when it is not here. */
gint64 gantry_page_cache_get_key (GantryPageCache *self, guint position, GantryRecordKey key_of);
gboolean
gantry_page_cache_find (GantryPageCache *self, GantryRecordKey key_of, gint64 key, guint *position);
/* Puts @record in the place of those with its key; %FALSE: there are none. */
gboolean gantry_page_cache_replace (GantryPageCache *self, GantryRecordKey key_of, gpointer record);

guint gantry_page_cache_get_n_pages (GantryPageCache *self);
guint gantry_page_cache_get_n_records (GantryPageCache *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryPageCache, gantry_page_cache_free)

G_END_DECLS
