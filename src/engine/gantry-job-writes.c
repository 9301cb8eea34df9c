/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-writes.h"

gboolean
gantry_job_writes_start (GantryDatabase *db,
                         const GantryJob *job,
                         const GantrySendOverrides *asked,
                         GError **error)
{
  g_autofree char *text = gantry_send_overrides_to_text (asked);

  return (g_str_equal (text, job->overrides)
          || gantry_queue_table_set_overrides (db, job->id, text, error))
         && (asked->priority < 0 || asked->priority == (gint)job->priority
             || gantry_queue_table_set_priority (db, job->id, (GantryPriority)asked->priority,
                                                 error))
         && gantry_queue_table_set_state (db, job->id, GANTRY_JOB_RUNNING, "", g_get_real_time (),
                                          error);
}

gboolean
gantry_job_writes_sending (GantryDatabase *db, const gint64 *sending, guint n, GError **error)
{
  for (guint i = 0; i < n; i++)
    if (!gantry_queue_table_answer (db, sending[i], GANTRY_OUTCOME_SENDING, -1, "", FALSE, 0, 0,
                                    error))
      return FALSE;
  return TRUE;
}

gboolean
gantry_answer_still_waits (const GantryAnswer *answer, gboolean cancelled)
{
  return answer->outcome == GANTRY_OUTCOME_CANCELLED && !cancelled;
}

static gboolean
write_answer (GantryDatabase *db, const GantryAnswer *a, gboolean waits, GError **error)
{
  gint64 id = a->item->id;

  return (waits ? gantry_queue_table_answer (db, id, GANTRY_OUTCOME_WAITING, -1, "", FALSE, 0, 0,
                                             error)
                : gantry_queue_table_answer (db, id, a->outcome, a->status, a->message,
                                             a->retryable, a->finished, a->elapsed, error))
         && (!a->lost || gantry_queue_table_add_loss (db, id, error))
         && ((*a->sent_class_uid == '\0' && *a->sent_syntax == '\0')
             || gantry_queue_table_set_sent (db, id, a->sent_class_uid, a->sent_syntax, error));
}

gboolean
gantry_job_writes_answers (GantryDatabase *db,
                           GPtrArray *answers,
                           gboolean cancelled,
                           GError **error)
{
  for (guint i = 0; i < answers->len; i++)
    {
      const GantryAnswer *answer = answers->pdata[i];

      if (!write_answer (db, answer, gantry_answer_still_waits (answer, cancelled), error))
        return FALSE;
    }
  return TRUE;
}

gboolean
gantry_job_writes_path (GantryDatabase *db,
                        gint64 id,
                        const GantryPathFigures *path,
                        GError **error)
{
  g_autoptr (GantryJob) job = NULL;

  if (path->stores == 0)
    return TRUE;
  job = gantry_queue_table_get_job (db, id, error);
  if (job == NULL)
    return FALSE;
  gantry_path_figures_add (&job->path, path);
  return gantry_queue_table_set_path (db, id, &job->path, error);
}
