/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-instance-source.h"

#define FILTER "gantry-instance-filter"

typedef struct
{
  GantryEngine *engine;
  gint64 job_id;
  GantryInstanceFilter filter;
  char *text; /* of the filter */
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
  Source *source = source_new (engine, job_id, filter);
  GantryPagedModel *model = gantry_paged_model_new (&source_funcs, source, source_free);

  g_object_set_data (G_OBJECT (model), FILTER, &source->filter); /* lives as long as the model */
  return model;
}

const GantryInstanceFilter *
gantry_instance_model_get_filter (GantryPagedModel *model)
{
  return g_object_get_data (G_OBJECT (model), FILTER);
}
