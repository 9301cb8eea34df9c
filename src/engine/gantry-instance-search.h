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

/* What gantry_instance_search_look() and gantry_instance_search_pick() look at, besides job and
 * filter. */
typedef struct
{
  guint outcomes; /* 1 << GantryOutcome, or'ed: those that matter; not for picking */
  gsize n_runs;
  GantryRun runs[];
} GantryInstanceLook;

/* A #GantryReaderFunc without rows: @total becomes the outcomes that there are; the question's data
 * is the #GantryInstanceLook. */
GPtrArray *gantry_instance_search_look (GantryDatabase *db,
                                        const GantryQuestion *question,
                                        guint *total,
                                        GError **error);

/* A #GantryReaderFunc with one row: the ids, a #GArray of gint64, of the rows in the runs, all from
 * one state of the list; without runs of all that match now. @total: of the list. The question's
 * memory is the #GantryInstanceSearch and its data the #GantryInstanceLook. */
GPtrArray *gantry_instance_search_pick (GantryDatabase *db,
                                        const GantryQuestion *question,
                                        guint *total,
                                        GError **error);

G_END_DECLS
