/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include "gantry-event-private.h"
#include "gantry-link.h"
#include "gantry-probe-table.h"
#include "gantry-probe-task.h"

/* ---- Asking --------------------------------------------------------------------------------- */

typedef struct
{
  GTask *task; /* not a reference: the task owns this */
  GantryNode *node;
  GantrySendSettings settings; /* the text is ours */
  char **sop_classes;
  char **transfer_syntaxes;
  GantryProbeProgress progress;
  gpointer user_data; /* of progress */
  GantryLink *link;
  GantryTracer *tracer;
} Probing;

static void
probing_free (gpointer data)
{
  Probing *probing = data;

  gantry_link_free (probing->link);
  gantry_tracer_unref (probing->tracer);
  gantry_record_unref (probing->node);
  g_strfreev (probing->sop_classes);
  g_strfreev (probing->transfer_syntaxes);
  gantry_send_settings_clear (&probing->settings);
  g_free (probing);
}

typedef struct
{
  GTask *task;
  guint done, total;
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  g_object_unref (step->task);
  g_free (step);
}

static gboolean
tell_step (gpointer data)
{
  const Step *step = data;
  const Probing *probing = g_task_get_task_data (step->task);

  if (!g_task_get_completed (step->task))
    probing->progress (step->done, step->total, probing->user_data);
  return G_SOURCE_REMOVE;
}

/* On the thread of the run; told on the thread that asked. */
static void
on_progress (guint done, guint total, gpointer user_data)
{
  Probing *probing = user_data;
  g_autoptr (GSource) source = NULL;
  Step *step;

  if (probing->progress == NULL)
    return;
  step = g_new (Step, 1);
  *step = (Step){ g_object_ref (probing->task), done, total };
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, tell_step, step, step_free);
  g_source_attach (source, g_task_get_context (probing->task));
}

static void
probe_thread (GTask *task,
              gpointer source G_GNUC_UNUSED,
              gpointer data,
              GCancellable *cancellable G_GNUC_UNUSED)
{
  Probing *probing = data;
  const GantryProbeRequest request = {
    .node = probing->node,
    .settings = &probing->settings,
    .sop_classes = (const char *const *)probing->sop_classes,
    .transfer_syntaxes = (const char *const *)probing->transfer_syntaxes,
    .progress = on_progress,
    .user_data = probing,
    .tracer = probing->tracer,
  };
  g_autoptr (GError) error = NULL;
  GantryProbe *probe;

  probe = gantry_probe_run (&request, gantry_link_get (probing->link), &error);
  if (probe != NULL)
    g_task_return_pointer (task, probe, gantry_record_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
gantry_engine_probe_async (GantryEngine *self,
                           GantryNode *node,
                           const char *const *sop_classes,
                           const char *const *transfer_syntaxes,
                           GantryProbeProgress progress,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Probing *probing;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  task = g_task_new (self, cancellable, callback, user_data);
  probing = g_new0 (Probing, 1);
  probing->task = task;
  probing->node = gantry_record_ref (node);
  gantry_send_settings_copy (&probing->settings, &self->send);
  probing->sop_classes = g_strdupv ((char **)sop_classes);
  probing->transfer_syntaxes = g_strdupv ((char **)transfer_syntaxes);
  probing->progress = progress;
  probing->user_data = user_data;
  probing->link = gantry_link_new (self->closing, cancellable);
  probing->tracer = gantry_tracer_ref (self->core->tracer);
  g_task_set_task_data (task, probing, probing_free);
  g_task_run_in_thread (task, probe_thread);
}

static void
keep_call (GantryCore *core, gpointer probe)
{
  g_autoptr (GError) error = NULL;

  gint64 id = gantry_probe_table_add (core->db, probe, &error);
  GantryEvent *event;

  if (id < 0)
    g_warning ("A probe cannot be written: %s", error->message);
  if (id <= 0)
    return;
  event = gantry_event_new (GANTRY_EVENT_PROBE_KEPT);
  event->id = id;
  gantry_core_emit (core, event);
}

GantryProbe *
gantry_engine_probe_finish (GantryEngine *self, GAsyncResult *result, GError **error)
{
  const Probing *probing = g_task_get_task_data (G_TASK (result));
  GantryProbe *probe = g_task_propagate_pointer (G_TASK (result), error);

  /* A part of the picture must not be taken for all of it later. */
  if (probe != NULL && probe->complete && probe->node->id != 0 && probing->sop_classes == NULL
      && probing->transfer_syntaxes == NULL)
    gantry_engine_post (self, keep_call, gantry_record_ref (probe), gantry_record_unref);
  return probe;
}

/* ---- Those that are kept -------------------------------------------------------------------- */

static GPtrArray *
read_probes (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  GPtrArray *probes = gantry_probe_table_list (db, question->id, error);

  *total = probes != NULL ? probes->len : 0;
  return probes;
}

void
gantry_engine_list_probes_async (GantryEngine *self,
                                 gint64 node_id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  const GantryQuestion question = { .id = node_id };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_probes, &question, cancellable, callback,
                       user_data);
}

static GPtrArray *
read_probe (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GantryProbe *probe = gantry_probe_table_get (db, question->id, &reason);
  GPtrArray *probes;

  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  probes = gantry_record_array_new ();
  if (probe != NULL)
    g_ptr_array_add (probes, probe);
  *total = probes->len;
  return probes;
}

void
gantry_engine_get_probe_async (GantryEngine *self,
                               gint64 id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  const GantryQuestion question = { .id = id };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_probe, &question, cancellable, callback, user_data);
}
