/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include "gantry-draft-table.h"
#include "gantry-forecast-task.h"
#include "gantry-link.h"
#include "gantry-node-settings.h"
#include "gantry-probe-table.h"
#include "gantry-queue-table.h"
#include "gantry-tracer.h"

typedef struct
{
  GantryNode *node;
  gint64 *study_ids;
  gsize n_studies;
  char *draft, *database;
  GantryLink *link;
  GantryTracer *tracer;
  GPtrArray *kinds; /* what is asked for, and then known */

  /* Filled in by the core thread. */
  GantryProbe *probe; /* NULL: there is none */
  char *calling;
  guint32 max_pdu;
  GantryTimeouts timeouts;
  GantryTls tls;
  GantrySendPolicy policy;
} Forecast;

static void
forecast_free (gpointer data)
{
  Forecast *self = data;

  gantry_link_free (self->link);
  gantry_tracer_unref (self->tracer);
  gantry_record_unref (self->node);
  gantry_record_unref (self->probe);
  g_clear_pointer (&self->kinds, g_ptr_array_unref);
  g_free (self->study_ids);
  g_free (self->draft);
  g_free (self->database);
  g_free (self->calling);
  gantry_tls_clear (&self->tls);
  g_free (self);
}

/* Reads all that is staged, so not on the core thread. */
static gboolean
read_kinds (Forecast *self, GError **error)
{
  g_autoptr (GantryDatabase) db = gantry_database_open (self->database, FALSE, error);

  if (db == NULL)
    return FALSE;
  self->kinds = gantry_queue_table_list_kinds (db, gantry_draft_table_find (db, self->draft),
                                               self->study_ids, self->n_studies, error);
  return self->kinds != NULL && gantry_database_check (db, error);
}

static void
forecast_thread (GTask *task,
                 gpointer source G_GNUC_UNUSED,
                 gpointer data,
                 GCancellable *cancellable G_GNUC_UNUSED)
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
  gboolean good;

  gantry_tracer_begin (self->tracer);
  good = read_kinds (self, &error)
         && gantry_forecast_run (&request, self->probe, self->kinds, &self->policy,
                                 gantry_link_get (self->link), &error);
  gantry_tracer_end ();
  if (good)
    g_task_return_pointer (task, g_steal_pointer (&self->kinds), (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* The newest that came to its end, at the address that the node has now. Returns: (transfer full)
 * (nullable) */
static GantryProbe *
find_probe (GantryDatabase *db, const GantryNode *node)
{
  g_autoptr (GPtrArray) probes
      = node->id != 0 ? gantry_probe_table_list (db, node->id, NULL) : NULL;

  for (guint i = 0; probes != NULL && i < probes->len; i++)
    {
      const GantryProbe *probe = probes->pdata[i];

      if (probe->complete && g_str_equal (probe->node->ae_title, node->ae_title)
          && g_str_equal (probe->node->host, node->host) && probe->node->port == node->port)
        return gantry_probe_table_get (db, probe->id, NULL);
    }
  return NULL;
}

/* The settings and the node's options as they are now. */
static void
forecast_call (GantryCore *core, gpointer data)
{
  GTask *task = data;
  Forecast *self = g_task_get_task_data (task);
  g_autoptr (GantryNode) saved = NULL;
  g_auto (GantrySendSettings) settings = { 0 };
  GantryTls tls;
  g_autoptr (GError) error = NULL;

  gantry_database_check (core->db, NULL); /* of what was read before */
  saved = gantry_node_as_saved (core->db, self->node, &core->overrides);
  self->probe = find_probe (core->db, saved);
  if (!gantry_database_check (core->db, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  gantry_send_settings_get (&core->send, &core->overrides, &settings);
  self->calling = g_strdup (gantry_node_get_calling (saved, &settings));
  self->max_pdu = gantry_node_get_max_pdu (saved, &settings);
  self->timeouts = gantry_node_get_timeouts (saved, &settings);
  gantry_node_get_tls (saved, &settings, &tls);
  gantry_tls_copy (&self->tls, &tls);
  self->policy = gantry_send_policy_get (&settings, &saved->options);
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
  forecast->draft = g_strdup (self->draft);
  forecast->database = g_strdup (self->database);
  forecast->link = gantry_link_new (self->closing, cancellable);
  forecast->tracer = gantry_tracer_ref (self->core->tracer);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, forecast, forecast_free);
  gantry_core_post (self->core, forecast_call, task, g_object_unref);
}
