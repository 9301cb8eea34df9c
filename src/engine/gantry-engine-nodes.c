/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include <glib/gi18n-lib.h>

#include "gantry-echo-task.h"
#include "gantry-error.h"
#include "gantry-node-settings.h"
#include "gantry-node-table.h"
#include "gantry-peer.h"

/* ---- Nodes ---------------------------------------------------------------------------------- */

static GPtrArray *
read_nodes (GantryDatabase *db,
            const GantryQuestion *question G_GNUC_UNUSED,
            guint *total,
            GError **error)
{
  GPtrArray *nodes = gantry_node_table_list (db, error);

  *total = nodes != NULL ? nodes->len : 0;
  return nodes;
}

void
gantry_engine_list_nodes_async (GantryEngine *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  const GantryQuestion question = { 0 };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_nodes, &question, cancellable, callback, user_data);
}

static gboolean
check_node (const GantryNode *node, GError **error)
{
  g_autofree char *text = gantry_peer_format (node->ae_title, node->host, node->port);
  g_autoptr (GantryPeer) peer = NULL;

  if (*node->name == '\0')
    {
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS, _ ("The node needs a name."));
      return FALSE;
    }
  if (*node->calling_ae_title != '\0' && !gantry_ae_title_check (node->calling_ae_title, error))
    return FALSE;
  peer = gantry_peer_parse (text, error);
  return peer != NULL;
}

static void
save_node_call (GantryCore *core, gpointer data)
{
  GTask *task = data;
  const GantryNode *node = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gint64 id = check_node (node, &error) ? gantry_node_table_save (core->db, node, &error) : -1;

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_task_return_int (task, (gssize)id);
  gantry_core_emit (core, gantry_event_new (GANTRY_EVENT_NODES_CHANGED));
}

void
gantry_engine_save_node_async (GantryEngine *self,
                               GantryNode *node,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, gantry_record_ref (node), gantry_record_unref);
  gantry_core_post (self->core, save_node_call, task, g_object_unref);
}

gint64
gantry_engine_save_node_finish (GantryEngine *self G_GNUC_UNUSED,
                                GAsyncResult *result,
                                GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
remove_node_call (GantryCore *core, gpointer data)
{
  gantry_node_table_remove (core->db, *(gint64 *)data, NULL);
  gantry_core_emit (core, gantry_event_new (GANTRY_EVENT_NODES_CHANGED));
}

void
gantry_engine_remove_node (GantryEngine *self, gint64 node_id)
{
  gantry_engine_post (self, remove_node_call, g_memdup2 (&node_id, sizeof node_id), g_free);
}

/* ---- Echo ----------------------------------------------------------------------------------- */

typedef struct
{
  GantryNode *node;
  char *calling;
  guint32 max_pdu;
  GantryTimeouts timeouts;
  GantryTls tls;
  GCancellable *inner; /* cancelled by the caller's, and when the engine closes */
  GCancellable *closing;
  gulong closing_handler;
} EchoRequest;

static void
cancel_inner (GCancellable *cancellable G_GNUC_UNUSED, gpointer inner)
{
  g_cancellable_cancel (inner);
}

static void
echo_request_free (gpointer data)
{
  EchoRequest *request = data;

  g_cancellable_disconnect (request->closing, request->closing_handler);
  gantry_record_unref (request->node);
  g_object_unref (request->inner);
  g_object_unref (request->closing);
  g_free (request->calling);
  gantry_tls_clear (&request->tls);
  g_free (request);
}

static void
echo_thread (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data, GCancellable *cancellable)
{
  EchoRequest *request = data;
  g_autoptr (GError) error = NULL;
  gulong handler
      = cancellable == NULL
            ? 0
            : g_cancellable_connect (cancellable, G_CALLBACK (cancel_inner), request->inner, NULL);
  GantryEcho *echo = gantry_echo_run (request->node, request->calling, request->max_pdu,
                                      &request->timeouts, &request->tls, request->inner, &error);

  if (handler != 0)
    g_cancellable_disconnect (cancellable, handler);
  if (echo != NULL)
    g_task_return_pointer (task, echo, gantry_record_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
gantry_engine_echo_async (GantryEngine *self,
                          GantryNode *node,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  EchoRequest *request;
  GantryTls tls;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  request = g_new0 (EchoRequest, 1);
  request->node = gantry_record_ref (node);
  request->calling = g_strdup (self->send.calling_ae_title);
  request->max_pdu = self->send.max_pdu;
  request->timeouts = GANTRY_TIMEOUTS_DEFAULT;
  request->timeouts.connect = self->send.connect_seconds * 1000;
  request->timeouts.acse = self->send.acse_seconds * 1000;
  /* An echo is small: who takes longer than this for it is broken. */
  request->timeouts.dimse = MIN (self->send.dimse_seconds * 1000, request->timeouts.acse);
  gantry_node_get_tls (node, &self->send, &tls);
  gantry_tls_copy (&request->tls, &tls);
  request->inner = g_cancellable_new ();
  request->closing = g_object_ref (self->closing);
  request->closing_handler
      = g_cancellable_connect (self->closing, G_CALLBACK (cancel_inner), request->inner, NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, request, echo_request_free);
  g_task_run_in_thread (task, echo_thread);
}

GantryEcho *
gantry_engine_echo_finish (GantryEngine *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
