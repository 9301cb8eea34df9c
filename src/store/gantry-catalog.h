/* gantry-catalog.h - studies and series, of the draft, of a job, or received
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-database.h"
#include "gantry-instance.h"
#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_OWNER_RECEIVED G_GINT64_CONSTANT (0) /* other owners are jobs */

/* Finds or makes the study and the series of @instance. Returns the series' id, or -1. */
gint64 gantry_catalog_add (
    GantryDatabase *db, gint64 owner, const GantryInstance *instance, gint64 now, GError **error);

typedef enum
{
  GANTRY_CATALOG_OLDEST_FIRST, /* in the order they were added */
  GANTRY_CATALOG_LAST_CHANGED_FIRST,
} GantryCatalogOrder;

/* (element-type GantryStudy), series included
 * @except: (nullable): ids that are left out, as in ",3,7," */
GPtrArray *gantry_catalog_list (GantryDatabase *db,
                                gint64 owner,
                                GantryCatalogOrder order,
                                const char *except,
                                guint offset,
                                guint limit,
                                guint *total,
                                GError **error);

/**
 * gantry_catalog_search:
 * @text: part of what is said about a study, or of a modality or description of its series; upper
 *   or lower case
 *
 * The same for those that match, the one that changed last first. Looks at every study.
 */
GPtrArray *gantry_catalog_search (GantryDatabase *db,
                                  gint64 owner,
                                  const char *text,
                                  const char *except,
                                  guint offset,
                                  guint limit,
                                  guint *total,
                                  GError **error);
/* One of them, without series; NULL with @error, %G_IO_ERROR_NOT_FOUND when it is gone. */
GantryStudy *gantry_catalog_get_study (GantryDatabase *db, gint64 id, GError **error);

/* Drops studies without series, and series without objects when @owner is a draft. */
gboolean gantry_catalog_prune (GantryDatabase *db, gint64 owner, GError **error);

G_END_DECLS
