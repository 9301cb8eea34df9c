/* gantry-draft-table.h - what is staged to be sent, until it is a job
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On the core thread, inside its transactions; the _list_ and _find functions on any connection.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-instance.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* The id of the draft called @name; made when there is none. -1 with @error. */
gint64 gantry_draft_table_open (GantryDatabase *db, const char *name, GError **error);
/* The same without making one: 0 when there is none. */
gint64 gantry_draft_table_find (GantryDatabase *db, const char *name);

/* A file that is in the draft already is left as it is, unless it has changed since, and @added is
 * %FALSE. So it is when the draft has another file with the same SOP Instance UID: @twin is the
 * path of that one, else %NULL. */
gboolean gantry_draft_table_add (GantryDatabase *db,
                                 gint64 draft,
                                 const GantryInstance *instance,
                                 gboolean *added,
                                 char **twin,
                                 GError **error);
gboolean gantry_draft_table_add_skipped (GantryDatabase *db,
                                         gint64 draft,
                                         const char *path,
                                         GantrySkippedKind kind,
                                         const char *reason,
                                         GError **error);
/* Of @path and all below it: it is looked at anew. */
gboolean gantry_draft_table_forget_skipped_at (GantryDatabase *db,
                                               gint64 draft,
                                               const char *path,
                                               GError **error);
gboolean gantry_draft_table_forget_skipped (GantryDatabase *db, gint64 draft, GError **error);
/* Those of @least or worse, the worst first. */
GPtrArray *gantry_draft_table_list_skipped (GantryDatabase *db,
                                            gint64 draft,
                                            GantrySkippedKind least,
                                            guint limit,
                                            guint *total,
                                            GError **error);

/* @series_id 0: the whole study; both 0: everything. */
gboolean gantry_draft_table_unstage (
    GantryDatabase *db, gint64 draft, gint64 study_id, gint64 series_id, GError **error);

/* Makes a waiting job of the draft, or of some of its studies (@n_studies > 0). Returns its id, 0
 * when there was nothing in it, -1 with @error. What was lost is still told of the next draft. */
gint64 gantry_draft_table_submit (GantryDatabase *db,
                                  gint64 draft,
                                  const GantryNode *node,
                                  const gint64 *study_ids,
                                  gsize n_studies,
                                  gint64 now,
                                  GError **error);

G_END_DECLS
