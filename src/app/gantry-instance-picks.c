/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-instance-picks.h"

#include <glib/gi18n-lib.h>

#include "gantry-record-list.h"

GPtrArray *
gantry_instance_picks_get_records (GantryBulkSelection *selection)
{
  if (!gantry_bulk_selection_is_held (selection))
    return NULL;
  return gantry_record_selection_read (GTK_SELECTION_MODEL (selection));
}

void
gantry_instance_picks_find_outcomes_async (const GantryInstancePicks *picks,
                                           guint outcomes,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data)
{
  g_autoptr (GArray) runs = gantry_bulk_selection_get_runs (picks->selection);

  gantry_engine_find_outcomes_async (picks->engine, picks->job_id, &picks->filter,
                                     (const GantryRun *)runs->data, runs->len, outcomes,
                                     cancellable, callback, user_data);
}

/* ---- Which instances they are ------------------------------------------------------------------
 */

typedef struct
{
  gint64 job_id;
  GantryInstanceFilter filter;
  char *text; /* of the filter */
  guint64 n;
  GArray *ids; /* gint64; NULL: all of the job, or of the filter's study */
  guint total; /* how long the list must be; 0: it does not matter */
} Resolution;

static void
resolution_free (gpointer data)
{
  Resolution *self = data;

  g_free (self->text);
  g_clear_pointer (&self->ids, g_array_unref);
  g_free (self);
}

static void
picked (GObject *engine, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Resolution *self = g_task_get_task_data (task);
  GError *error = NULL;
  guint total = 0;

  self->ids = gantry_engine_pick_instances_finish (GANTRY_ENGINE (engine), result, &total, &error);
  if (self->ids == NULL)
    g_task_return_error (task, error);
  else if (self->total != 0 && self->total != total)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                             _ ("The list has changed meanwhile. Try again."));
  else
    g_task_return_boolean (task, TRUE);
}

static GArray *
get_ids (GPtrArray *records)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < records->len; i++)
    g_array_append_val (ids, ((const GantryJobInstance *)records->pdata[i])->id);
  return ids;
}

static Resolution *
resolution_new (const GantryInstancePicks *picks)
{
  Resolution *self = g_new0 (Resolution, 1);

  self->job_id = picks->job_id;
  self->text = g_strdup (picks->filter.text);
  self->filter = picks->filter;
  self->filter.text = self->text;
  self->n = gantry_bulk_selection_get_n_selected (picks->selection);
  return self;
}

void
gantry_instance_picks_resolve_async (const GantryInstancePicks *picks,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (picks->engine, cancellable, callback, user_data);
  g_autoptr (GPtrArray) records = gantry_instance_picks_get_records (picks->selection);
  Resolution *self = resolution_new (picks);
  gboolean everything = gantry_bulk_selection_get_everything (picks->selection);
  g_autoptr (GArray) runs = NULL;

  g_task_set_task_data (task, self, resolution_free);
  if (everything && picks->filter.outcomes == 0 && picks->filter.text == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (records != NULL)
    {
      self->ids = get_ids (records);
      g_task_return_boolean (task, TRUE);
      return;
    }
  runs = gantry_bulk_selection_get_runs (picks->selection);
  if (everything)
    g_array_set_size (runs, 0); /* what comes in later too */
  else
    self->total = g_list_model_get_n_items (G_LIST_MODEL (picks->selection));
  gantry_engine_pick_instances_async (picks->engine, picks->job_id, &picks->filter,
                                      (const GantryRun *)runs->data, runs->len, cancellable, picked,
                                      g_steal_pointer (&task));
}

gboolean
gantry_instance_picks_resolve_finish (GAsyncResult *result,
                                      GantrySelection *selection,
                                      guint64 *n,
                                      GError **error)
{
  const Resolution *self = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *selection = (GantrySelection){ .job_id = self->job_id, .study_id = self->filter.study_id };
  *n = self->n;
  if (self->ids != NULL)
    {
      selection->instance_ids = (const gint64 *)self->ids->data;
      selection->n_instances = *n = self->ids->len;
    }
  return TRUE;
}
