/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-job-events.h"

#include "gantry-doctor.h"
#include "gantry-instance-table.h"
#include "gantry-queue-table.h"

#define PAGE 256

void
gantry_job_events_job (GantryCore *core, GantryJob *job)
{
  gantry_doctor_advise (job);
  gantry_core_emit (core, gantry_event_new_record (GANTRY_EVENT_JOB, job));
}

void
gantry_job_events_trouble (GantryCore *core, gint64 id, const char *message)
{
  g_autoptr (GantryJob) job = gantry_queue_table_get_job (core->db, id, NULL);

  if (job == NULL)
    return;
  gantry_record_set (&job->message, message);
  gantry_job_events_job (core, job);
}

void
gantry_job_events_answer (GantryCore *core, gint64 job, const GantryAnswer *answer)
{
  const GantryQueueItem *item = answer->item;
  g_autoptr (GantryJobInstance) instance = NULL;

  if (!core->per_instance_events)
    return;
  instance = gantry_job_instance_new ();
  instance->id = item->id;
  instance->job_id = job;
  g_free (instance->path); /* a file name, in whatever encoding it is */
  instance->path = g_strdup (item->path);
  gantry_record_set (&instance->sop_class_uid, item->sop_class_uid);
  gantry_record_set (&instance->sop_instance_uid, item->sop_instance_uid);
  gantry_record_set (&instance->transfer_syntax, item->transfer_syntax);
  gantry_record_set (&instance->modality, item->modality);
  instance->size = item->mark.size;
  instance->outcome = answer->outcome;
  instance->status = answer->status;
  gantry_record_set (&instance->message, answer->message);
  instance->tried_again = answer->retryable;
  instance->finished = answer->finished;
  instance->elapsed = answer->elapsed;
  gantry_record_set (&instance->sent_class_uid, answer->sent_class_uid);
  gantry_record_set (&instance->sent_syntax, answer->sent_syntax);
  gantry_core_emit (core, gantry_event_new_record (GANTRY_EVENT_INSTANCE, instance));
}

void
gantry_job_events_instances (GantryCore *core, GArray *ids)
{
  for (guint i = 0; core->per_instance_events && i < ids->len; i += PAGE)
    {
      g_autoptr (GPtrArray) page = gantry_instance_table_get (
          core->db, &g_array_index (ids, gint64, i), MIN (ids->len - i, PAGE), NULL);

      for (guint k = 0; page != NULL && k < page->len; k++)
        gantry_core_emit (core, gantry_event_new_record (GANTRY_EVENT_INSTANCE, page->pdata[k]));
    }
}
