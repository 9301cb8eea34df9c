/* gantry-page-loader.h - asks a source for pages of a list, a few at a time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Main thread only.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a list needs to know about its source. */
typedef struct
{
  /* Asks for a page. @callback is called exactly once, later, also when @cancellable is. */
  void (*fetch) (guint offset,
                 guint limit,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer callback_data,
                 gpointer source);
  /* Returns: (transfer full): the records of gantry-records.h, and in @total how many there are;
   * %NULL with @error */
  GPtrArray *(*finish) (GAsyncResult *result, guint *total, GError **error, gpointer source);
  /* What tells two records apart and stays when one of them changes; not 0. */
  gint64 (*key) (gconstpointer record);
} GantryPagedSource;

typedef struct _GantryPageLoader GantryPageLoader;

/* Page @number as it was asked for. @records: (transfer full): %NULL with @error. The loader may be
 * freed in it. */
typedef void (*GantryPageLoaded) (
    guint number, GPtrArray *records, guint total, GError *error, gpointer user_data);

/* @source: handed to @funcs, and freed with @source_free (nullable) when no question needs it */
GantryPageLoader *gantry_page_loader_new (const GantryPagedSource *funcs,
                                          gpointer source,
                                          GDestroyNotify source_free,
                                          GantryPageLoaded loaded,
                                          gpointer user_data);
/* Nothing is told any more. */
void gantry_page_loader_free (GantryPageLoader *self);

void gantry_page_loader_ask (GantryPageLoader *self, guint number, guint page_size);
/* Whether as much is under way as should be. */
gboolean gantry_page_loader_is_busy (GantryPageLoader *self);
gboolean gantry_page_loader_is_idle (GantryPageLoader *self);

/* Nobody waits for the questions under way any more. */
void gantry_page_loader_abandon (GantryPageLoader *self);
/* Only for pages in @wanted, a set of numbers; those that are under way are taken out of it. */
void gantry_page_loader_keep (GantryPageLoader *self, GHashTable *wanted);

/* @record is newer than what the questions under way will say. */
void gantry_page_loader_update (GantryPageLoader *self, gpointer record);

G_END_DECLS
