/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-model.h"

struct _GantryJobModel
{
  GObject parent_instance;

  GantryEngine *engine; /* NULL: none yet, or closed */
  GListStore *jobs;     /* GantryItem */
  GCancellable *closing;
  gboolean asking;
  gboolean ask_again; /* the list changed while it was asked for */
  GHashTable *news;   /* of gint64: the jobs that events told of since it was asked for */
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_MADE,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GantryJobModel, gantry_job_model, G_TYPE_OBJECT)

/* ---- The whole list ------------------------------------------------------------------------- */

static gint64
job_id (gconstpointer record)
{
  return ((const GantryJob *)record)->id;
}

/* An answer says what the queue was when another thread read it; what events told since the
 * question is newer, and holds: also of a job that is not in the answer yet, or still is. */
static void
put_in_news (GantryJobModel *self, GPtrArray *answer)
{
  for (guint i = answer->len; i-- > 0;)
    {
      GantryJob *job = answer->pdata[i];
      GantryItem *item;

      if (!g_hash_table_remove (self->news, &job->id))
        continue;
      item = gantry_item_store_find (self->jobs, job->id, NULL);
      if (item != NULL)
        g_ptr_array_insert (answer, (int)i + 1, gantry_record_ref (gantry_item_get_record (item)));
      g_ptr_array_remove_index (answer, i);
    }
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i-- > 0;)
    {
      g_autoptr (GantryItem) item = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);
      gint64 id = gantry_item_get_id (item);

      if (g_hash_table_contains (self->news, &id))
        g_ptr_array_insert (answer, 0, gantry_record_ref (gantry_item_get_record (item)));
    }
}

static void refresh (GantryJobModel *self);

static void
on_jobs (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryJobModel) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) jobs
      = gantry_engine_list_finish (GANTRY_ENGINE (object), result, NULL, &error);

  self->asking = FALSE;
  if (self->engine == NULL)
    return;
  if (jobs != NULL)
    {
      put_in_news (self, jobs);
      gantry_item_store_sync (self->jobs, jobs, job_id);
      g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
  if (self->ask_again)
    refresh (self);
}

static void
refresh (GantryJobModel *self)
{
  self->ask_again = self->asking;
  if (self->asking || self->engine == NULL)
    return;
  self->asking = TRUE;
  g_hash_table_remove_all (self->news);
  gantry_engine_list_jobs_async (self->engine, self->closing, on_jobs, g_object_ref (self));
}

/* ---- One job -------------------------------------------------------------------------------- */

static void
note_news (GantryJobModel *self, gint64 job)
{
  if (self->asking)
    g_hash_table_add (self->news, g_memdup2 (&job, sizeof job));
}

static void
show_job (GantryJobModel *self, GantryJob *job)
{
  GantryItem *item = gantry_item_store_find (self->jobs, job->id, NULL);

  note_news (self, job->id);
  if (item != NULL)
    gantry_item_set_record (item, job);
  else
    {
      g_autoptr (GantryItem) made = gantry_item_new (job->id, job);

      g_list_store_insert (self->jobs, 0, made);
      g_signal_emit (self, signals[SIGNAL_MADE], 0);
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
remove_job (GantryJobModel *self, gint64 job)
{
  guint position;

  note_news (self, job);
  if (gantry_item_store_find (self->jobs, job, &position) == NULL)
    return;
  g_list_store_remove (self->jobs, position);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* ---- The class ------------------------------------------------------------------------------ */

static void
gantry_job_model_finalize (GObject *object)
{
  GantryJobModel *self = GANTRY_JOB_MODEL (object);

  g_object_unref (self->closing);
  g_object_unref (self->jobs);
  g_hash_table_unref (self->news);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_job_model_parent_class)->finalize (object);
}

static void
gantry_job_model_class_init (GantryJobModelClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gantry_job_model_finalize;

  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MADE]
      = g_signal_new ("made", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gantry_job_model_init (GantryJobModel *self)
{
  self->jobs = g_list_store_new (GANTRY_TYPE_ITEM);
  self->closing = g_cancellable_new ();
  self->news = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

GantryJobModel *
gantry_job_model_new (void)
{
  return g_object_new (GANTRY_TYPE_JOB_MODEL, NULL);
}

void
gantry_job_model_set_engine (GantryJobModel *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_JOB_MODEL (self));
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  refresh (self);
}

void
gantry_job_model_close (GantryJobModel *self)
{
  g_return_if_fail (GANTRY_IS_JOB_MODEL (self));

  g_cancellable_cancel (self->closing);
  g_clear_object (&self->engine);
}

GListStore *
gantry_job_model_get_list (GantryJobModel *self)
{
  g_return_val_if_fail (GANTRY_IS_JOB_MODEL (self), NULL);

  return self->jobs;
}

void
gantry_job_model_handle_event (GantryJobModel *self, GantryEvent *event)
{
  g_return_if_fail (GANTRY_IS_JOB_MODEL (self));

  if (event->type == GANTRY_EVENT_JOB && event->job->state != GANTRY_JOB_DRAFT)
    show_job (self, event->job);
  else if (event->type == GANTRY_EVENT_JOB_REMOVED)
    remove_job (self, event->id);
  /* The colour of a job's node is the one that it has now. */
  else if (event->type == GANTRY_EVENT_JOBS_REORDERED || event->type == GANTRY_EVENT_NODES_CHANGED)
    refresh (self);
}
