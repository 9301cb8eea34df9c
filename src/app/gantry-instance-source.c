/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-instance-source.h"

/* Records asked for at once when only their ids are wanted. */
#define IDS_PAGE 4096

typedef struct
{
  GantryEngine *engine;
  gint64 job_id;
  GantryInstanceFilter filter;
  char *text;  /* of the filter */
  GArray *ids; /* collected so far */
} Source;

static Source *
source_new (GantryEngine *engine, gint64 job_id, const GantryInstanceFilter *filter)
{
  Source *source = g_new0 (Source, 1);

  source->engine = g_object_ref (engine);
  source->job_id = job_id;
  source->text = g_strdup (filter->text);
  source->filter = *filter;
  source->filter.text = source->text;
  return source;
}

static void
source_free (gpointer data)
{
  Source *source = data;

  g_object_unref (source->engine);
  g_free (source->text);
  g_clear_pointer (&source->ids, g_array_unref);
  g_free (source);
}

static void
source_fetch (guint offset,
              guint limit,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer callback_data,
              gpointer data)
{
  Source *source = data;

  gantry_engine_list_instances_async (source->engine, source->job_id, &source->filter, offset,
                                      limit, cancellable, callback, callback_data);
}

static GPtrArray *
source_finish (GAsyncResult *result, guint *total, GError **error, gpointer data)
{
  return gantry_engine_list_finish (((Source *)data)->engine, result, total, error);
}

static gint64
source_key (gconstpointer record)
{
  return ((const GantryJobInstance *)record)->id;
}

static const GantryPagedSource source_funcs = { source_fetch, source_finish, source_key };

GantryPagedModel *
gantry_instance_model_new (GantryEngine *engine, gint64 job_id, const GantryInstanceFilter *filter)
{
  return gantry_paged_model_new (&source_funcs, source_new (engine, job_id, filter), source_free);
}

static void ids_listed (GObject *object, GAsyncResult *result, gpointer data);

static void
list_ids (GTask *task)
{
  Source *source = g_task_get_task_data (task);

  source_fetch (source->ids->len, IDS_PAGE, g_task_get_cancellable (task), ids_listed, task,
                source);
}

static void
ids_listed (GObject *object G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Source *source = g_task_get_task_data (task);
  GError *error = NULL;
  guint total = 0;
  g_autoptr (GPtrArray) page = source_finish (result, &total, &error, source);

  if (page == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < page->len; i++)
    {
      gint64 id = source_key (page->pdata[i]);

      g_array_append_val (source->ids, id);
    }
  if (page->len > 0 && source->ids->len < total)
    list_ids (g_steal_pointer (&task));
  else
    g_task_return_pointer (task, g_steal_pointer (&source->ids), (GDestroyNotify)g_array_unref);
}

void
gantry_instance_ids_async (GantryEngine *engine,
                           gint64 job_id,
                           const GantryInstanceFilter *filter,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (engine, cancellable, callback, user_data);
  Source *source = source_new (engine, job_id, filter);

  source->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_task_set_task_data (task, source, source_free);
  list_ids (task);
}

GArray *
gantry_instance_ids_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
