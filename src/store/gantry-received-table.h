/* gantry-received-table.h - received objects: what came over which association, and what is there
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row tells of one arrival. Of the rows with one path at most one stands for the file and counts
 * in its series; the others only tell that it came. On the core thread, inside its transactions;
 * the _list_ functions on any connection.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-instance.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/**
 * gantry_received_table_add:
 * @instance: (nullable): the header of an object below the folder of received objects; %NULL for
 *   one that is not there
 * @again: the file was there before, and is the same
 * @counted: (out): whether the row stands for a file that was not counted before
 *
 * Says so in the remark when an object with the same SOP Instance UID is in another place.
 */
gboolean gantry_received_table_add (GantryDatabase *db,
                                    const GantryReceived *received,
                                    const GantryInstance *instance,
                                    gboolean again,
                                    gboolean *counted,
                                    GError **error);
gboolean gantry_received_table_knows_path (GantryDatabase *db, const char *path);
/* Of the row that was added last; 0: there is none, G_MAXINT64: that cannot be read. */
gint64 gantry_received_table_last_id (GantryDatabase *db);
GPtrArray *gantry_received_table_list (GantryDatabase *db,
                                       gint64 association_id,
                                       guint offset,
                                       guint limit,
                                       guint *total,
                                       GError **error);

/* Octets of all that is listed below @folder. Reads every row. */
guint64 gantry_received_table_sum (GantryDatabase *db, const char *folder);

/**
 * gantry_received_table_list_oldest:
 * @only_complete: nothing of a study that was not called complete yet
 * @after: (nullable): the last one of the page before
 *
 * What is listed below @folder by time of arrival; not what a job of the queue may still need: one
 * that is not over, or one that did not get this object to its node. Nor of a study whose command
 * has not ended.
 *
 * Returns: (element-type GantryReceived): id, path, size and received are set
 */
GPtrArray *gantry_received_table_list_oldest (GantryDatabase *db,
                                              const char *folder,
                                              gboolean only_complete,
                                              const GantryReceived *after,
                                              guint limit,
                                              GError **error);

/* (element-type GantryReceived): what is listed of a study (@series_id 0) or a series, in order of
 * arrival; @after: only rows behind this one; @total: (nullable) */
GPtrArray *gantry_received_table_list_study (GantryDatabase *db,
                                             gint64 study_id,
                                             gint64 series_id,
                                             gint64 after,
                                             guint offset,
                                             guint limit,
                                             guint *total,
                                             GError **error);

/* Octets of what is listed of a study (@series_id 0) or a series. */
guint64 gantry_received_table_sum_study (GantryDatabase *db, gint64 study_id, gint64 series_id);

/* A study to which something came by an association, and when that was. */
typedef struct
{
  gint64 id, changed;
} GantryPendingStudy;

/* @studies: (element-type GantryPendingStudy): added to: those that were not called complete since
 */
gboolean gantry_received_table_list_pending (GantryDatabase *db, GArray *studies, GError **error);
/* It is called complete, until something comes again. @study_id: 0: of all studies; @command: a
 * command is to be run for it */
gboolean gantry_received_table_set_complete (GantryDatabase *db,
                                             gint64 study_id,
                                             gboolean command,
                                             GError **error);
/* @ids: (element-type gint64): added to: whose command has not ended, in the order of arrival */
gboolean gantry_received_table_list_commands (GantryDatabase *db, GArray *ids, GError **error);
/* Its command has ended. 0: of all studies */
gboolean gantry_received_table_set_commanded (GantryDatabase *db, gint64 study_id, GError **error);

/* The file of @object (id and path count) is gone. That it came stays in the log of its
 * association, with @remark. Nothing happens when its path is another object's by now. */
gboolean gantry_received_table_forget (GantryDatabase *db,
                                       const GantryReceived *object,
                                       const char *remark,
                                       GError **error);

G_END_DECLS
