/* gantry-instance-search.h - pages of the instances that match a filter
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Remembers which ones matched, so that only the first page of a long list takes the time of a
 * search. On the thread of the one reader that it is used with.
 */
#pragma once

#include "gantry-reader.h"
#include "gantry-records.h"

G_BEGIN_DECLS

typedef struct _GantryInstanceSearch GantryInstanceSearch;

GantryInstanceSearch *gantry_instance_search_new (void);
void gantry_instance_search_free (GantryInstanceSearch *self); /* after the reader */

/* A #GantryReaderFunc; the question's memory is the #GantryInstanceSearch. */
GPtrArray *gantry_instance_search_answer (GantryDatabase *db,
                                          const GantryQuestion *question,
                                          guint *total,
                                          GError **error);

G_END_DECLS
