/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include "gantry-forecast-task.h"
#include "gantry-node-settings.h"
#include "gantry-queue-table.h"
#include "gantry-tracer.h"

typedef struct
{
  GantryNode *node;
  gint64 *study_ids;
  gsize n_studies;
  GCancellable *inner; /* cancelled by the caller's, and when the engine closes */
  GCancellable *closing;
  gulong closing_handler;
  GantryTracer *tracer;

  /* Filled in by the core thread. */
  GPtrArray *kinds;
  char *calling;
  guint32 max_pdu;
  GantryTimeouts timeouts;
  GantryTls tls;
  GantrySendPolicy policy;
} Forecast;

static void
cancel_inner (GCancellable *cancellable G_GNUC_UNUSED, gpointer inner)
{
  g_cancellable_cancel (inner);
}

static void
forecast_free (gpointer data)
{
  Forecast *self = data;

  g_cancellable_disconnect (self->closing, self->closing_handler);
  gantry_tracer_unref (self->tracer);
  gantry_record_unref (self->node);
  g_object_unref (self->inner);
  g_object_unref (self->closing);
  g_clear_pointer (&self->kinds, g_ptr_array_unref);
  g_free (self->study_ids);
  g_free (self->calling);
  gantry_tls_clear (&self->tls);
  g_free (self);
}

static void
forecast_thread (GTask *task,
                 gpointer source G_GNUC_UNUSED,
                 gpointer data,
                 GCancellable *cancellable)
{
  Forecast *self = data;
  const GantryAssociationRequest request = { .calling = self->calling,
                                             .called = self->node->ae_title,
                                             .host = self->node->host,
                                             .port = self->node->port,
                                             .max_pdu = self->max_pdu,
                                             .timeouts = self->timeouts,
                                             .tls = self->tls.enabled ? &self->tls : NULL,
                                             .extended_negotiation = TRUE };
  g_autoptr (GError) error = NULL;
  gulong handler
      = cancellable == NULL
            ? 0
            : g_cancellable_connect (cancellable, G_CALLBACK (cancel_inner), self->inner, NULL);
  gboolean good;

  gantry_tracer_begin (self->tracer);
  good = gantry_forecast_run (&request, self->kinds, &self->policy, self->inner, &error);
  gantry_tracer_end ();
  if (handler != 0)
    g_cancellable_disconnect (cancellable, handler);
  if (good)
    g_task_return_pointer (task, g_steal_pointer (&self->kinds), (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* The draft, the settings and the node's options as they are now. */
static void
forecast_call (GantryCore *core, gpointer data)
{
  GTask *task = data;
  Forecast *self = g_task_get_task_data (task);
  g_autoptr (GantryNode) saved = gantry_node_as_saved (core->db, self->node, &core->overrides);
  GantryTls tls;
  g_autoptr (GError) error = NULL;

  self->kinds = gantry_queue_table_list_kinds (
      core->db, gantry_queue_table_find_draft (core->db, core->draft), self->study_ids,
      self->n_studies, &error);
  if (self->kinds == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  self->calling = g_strdup (gantry_node_get_calling (saved, &core->send));
  self->max_pdu = gantry_node_get_max_pdu (saved, &core->send);
  self->timeouts = gantry_node_get_timeouts (saved, &core->send);
  gantry_node_get_tls (saved, &core->send, &tls);
  gantry_tls_copy (&self->tls, &tls);
  self->policy = gantry_send_policy_get (&core->send, &saved->options);
  g_task_run_in_thread (task, forecast_thread);
}

void
gantry_engine_forecast_async (GantryEngine *self,
                              GantryNode *node,
                              const gint64 *study_ids,
                              gsize n_studies,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  Forecast *forecast;
  GTask *task;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  forecast = g_new0 (Forecast, 1);
  forecast->node = gantry_record_ref (node);
  forecast->study_ids = g_memdup2 (study_ids, n_studies * sizeof *study_ids);
  forecast->n_studies = n_studies;
  forecast->inner = g_cancellable_new ();
  forecast->tracer = gantry_tracer_ref (self->core->tracer);
  forecast->closing = g_object_ref (self->closing);
  forecast->closing_handler
      = g_cancellable_connect (self->closing, G_CALLBACK (cancel_inner), forecast->inner, NULL);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, forecast, forecast_free);
  gantry_core_post (self->core, forecast_call, task, g_object_unref);
}
