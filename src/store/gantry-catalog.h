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

/* (element-type GantryStudy), series included */
GPtrArray *gantry_catalog_list (GantryDatabase *db,
                                gint64 owner,
                                GantryCatalogOrder order,
                                guint offset,
                                guint limit,
                                guint *total,
                                GError **error);

/* Drops studies without series, and series without objects when @owner is a draft. */
gboolean gantry_catalog_prune (GantryDatabase *db, gint64 owner, GError **error);

G_END_DECLS
