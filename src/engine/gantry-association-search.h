/* gantry-association-search.h - pages and totals of the associations that match a filter
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Remembers which ones matched, so that only the first page of a long log takes the time of a
 * search. On the thread of the one reader that it is used with.
 */
#pragma once

#include "gantry-reader.h"
#include "gantry-records.h"

G_BEGIN_DECLS

typedef struct _GantryAssociationSearch GantryAssociationSearch;

GantryAssociationSearch *gantry_association_search_new (void);
void gantry_association_search_free (GantryAssociationSearch *self); /* after the reader */

GantryAssociationFilter *gantry_association_filter_copy (const GantryAssociationFilter *filter);
void gantry_association_filter_free (gpointer filter);

/* #GantryReaderFuncs; the question's memory is the #GantryAssociationSearch, its data the filter.
 */
GPtrArray *gantry_association_search_list (GantryDatabase *db,
                                           const GantryQuestion *question,
                                           guint *total,
                                           GError **error);
GPtrArray *gantry_association_search_sum (GantryDatabase *db,
                                          const GantryQuestion *question,
                                          guint *total,
                                          GError **error);

G_END_DECLS
