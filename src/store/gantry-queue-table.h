/* gantry-queue-table.h - jobs and their instances
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On the core thread, inside its transactions; the _list_ and _get_ functions on any connection.
 */
#pragma once

#include "gantry-database.h"
#include "gantry-files.h"
#include "gantry-records.h"

G_BEGIN_DECLS

/* (element-type GantryJob): the last of the queue first */
GPtrArray *gantry_queue_table_list_jobs (GantryDatabase *db, GError **error);
/* (element-type GantryJob): those that wait, in the order in which they are to start */
GPtrArray *gantry_queue_table_list_waiting (GantryDatabase *db, GError **error);
GantryJob *gantry_queue_table_get_job (GantryDatabase *db, gint64 id, GError **error);
/* Also ends a wait for the next try. */
gboolean gantry_queue_table_set_state (GantryDatabase *db,
                                       gint64 job,
                                       GantryJobState state,
                                       const char *message,
                                       gint64 now,
                                       GError **error);
/* The job waits until @retry_at for its try number @tries. */
gboolean gantry_queue_table_set_retry (GantryDatabase *db,
                                       gint64 job,
                                       guint tries,
                                       gint64 retry_at,
                                       const char *message,
                                       GError **error);
/* @message: (out) (transfer full): what one of the answers that trying again may change says */
gboolean gantry_queue_table_get_retryable_message (GantryDatabase *db,
                                                   gint64 job,
                                                   char **message,
                                                   GError **error);
/* A person asked for the job. */
gboolean gantry_queue_table_reset_tries (GantryDatabase *db, gint64 job, GError **error);
/* What a person asked of a job that runs; gantry_queue_table_set_state() ends it. */
gboolean
gantry_queue_table_set_wish (GantryDatabase *db, gint64 job, GantryJobWish wish, GError **error);
/* Where the time of all runs so far went. */
gboolean gantry_queue_table_set_path (GantryDatabase *db,
                                      gint64 job,
                                      const GantryPathFigures *figures,
                                      GError **error);
gboolean gantry_queue_table_set_priority (GantryDatabase *db,
                                          gint64 job,
                                          GantryPriority priority,
                                          GError **error);
/* @overrides: as gantry_send_overrides_to_text() */
gboolean gantry_queue_table_set_overrides (GantryDatabase *db,
                                           gint64 job,
                                           const char *overrides,
                                           GError **error);
/* Puts @job right before @before, or last when that is 0. Nothing happens when @before is gone. */
gboolean gantry_queue_table_move (GantryDatabase *db, gint64 job, gint64 before, GError **error);
gboolean gantry_queue_table_remove_job (GantryDatabase *db, gint64 job, GError **error);
/* The same for a job of any size: it is out of every list at once, its rows are swept later. */
gboolean gantry_queue_table_discard_job (GantryDatabase *db, gint64 job, GError **error);
/* Deletes up to @rows instances of discarded jobs, and those jobs that have none left; not yet of
 * one from or to which instances are on their way. @more: there is something to do yet. */
gboolean gantry_queue_table_sweep (GantryDatabase *db, guint rows, gboolean *more, GError **error);

/* After a crash: what was being sent has no answer, so it waits again. */
gboolean gantry_queue_table_recover (GantryDatabase *db, GError **error);

/* If the job's node is still there, it is sent to where the node is now: the address may have been
 * what was wrong. */
gboolean gantry_queue_table_follow_node (GantryDatabase *db, gint64 job, GError **error);
/* The same for a job that goes on: how we call ourselves stays as it was asked for, and what was to
 * be encrypted stays so. */
gboolean gantry_queue_table_follow_address (GantryDatabase *db, gint64 job, GError **error);

/* The last step of making a job of what belongs to @job already: its title, where it goes, and its
 * place behind all others. */
gboolean gantry_queue_table_enqueue (
    GantryDatabase *db, gint64 job, const GantryNode *node, gint64 now, GError **error);

/* Gives a job the title of what is in it. */
gboolean gantry_queue_table_name (GantryDatabase *db, gint64 job, GError **error);

/* Whether any instance, of any draft or job, is a file below @folder. Also TRUE when that cannot be
 * read. */
gboolean gantry_queue_table_uses_folder (GantryDatabase *db, const char *folder);

/* ---- For the sender ------------------------------------------------------------------------- */

/* What a worker must know to send one instance. */
typedef struct
{
  gint64 id;
  gint64 losses;       /* associations that were lost with it */
  GantryFileMark mark; /* as it was staged */
  guint64 data_offset;
  char *path;
  char *sop_class_uid;
  char *sop_instance_uid;
  char *transfer_syntax;
  char *modality;
} GantryQueueItem;

void gantry_queue_item_free (GantryQueueItem *item);

/* Where an instance stands among those that wait: what cost associations goes last, so that it
 * keeps nothing else from being sent. */
typedef struct
{
  gint64 losses, id;
} GantryQueuePlace;

/* (element-type GantryQueueItem): the next waiting ones behind @after, all zeros: the first, in
 * order */
GPtrArray *gantry_queue_table_next (
    GantryDatabase *db, gint64 job, GantryQueuePlace after, guint limit, GError **error);

gboolean gantry_queue_table_answer (GantryDatabase *db,
                                    gint64 instance,
                                    GantryOutcome outcome,
                                    gint32 status,
                                    const char *message,
                                    gboolean retryable,
                                    gint64 now,
                                    gint64 elapsed,
                                    GError **error);
/* One more association was lost with it. */
gboolean gantry_queue_table_add_loss (GantryDatabase *db, gint64 instance, GError **error);
/* What went out, where it was not the file as it is; "" for what was not changed. */
gboolean gantry_queue_table_set_sent (GantryDatabase *db,
                                      gint64 instance,
                                      const char *sop_class_uid,
                                      const char *transfer_syntax,
                                      GError **error);

/* (element-type GantryForecast): each SOP class with each transfer syntax that waits in a job, or
 * in these studies of it (@n_studies > 0), with counts and octets, in the order in which they came
 */
GPtrArray *gantry_queue_table_list_kinds (
    GantryDatabase *db, gint64 job, const gint64 *study_ids, gsize n_studies, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryQueueItem, gantry_queue_item_free)

G_END_DECLS
