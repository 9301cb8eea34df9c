/* gantry-log-table.h - incoming associations, their contexts, and received objects
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-database.h"
#include "gantry-instance.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* The id that the next association may take. */
gint64 gantry_log_table_next_association (GantryDatabase *db);
/* Adds or replaces by id; @with_contexts: also writes record->contexts, once they are answered. */
gboolean gantry_log_table_save_association (GantryDatabase *db,
                                            const GantryAssociationRecord *record,
                                            gboolean with_contexts,
                                            GError **error);
/* Associations that were open when the program ended in a hurry. */
gboolean
gantry_log_table_recover (GantryDatabase *db, const char *result, gint64 now, GError **error);
gboolean gantry_log_table_clear (GantryDatabase *db, GError **error);
GPtrArray *gantry_log_table_list_associations (
    GantryDatabase *db, guint offset, guint limit, guint *total, GError **error);
/* One element or none, with its contexts. */
GPtrArray *gantry_log_table_get_association (GantryDatabase *db, gint64 id, GError **error);

/* Small facts about the profile; NULL or text that the caller frees. */
char *gantry_log_table_get_fact (GantryDatabase *db, const char *name);
gboolean
gantry_log_table_set_fact (GantryDatabase *db, const char *name, const char *value, GError **error);

G_END_DECLS
