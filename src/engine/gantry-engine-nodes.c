/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include "gantry-echo-task.h"
#include "gantry-health-table.h"
#include "gantry-link.h"
#include "gantry-monitor.h"
#include "gantry-node-file.h"
#include "gantry-node-table.h"
#include "gantry-tracer.h"

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

static void
save_node_call (GantryCore *core, gpointer data)
{
  GTask *task = data;
  const GantryNode *node = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gint64 id
      = gantry_node_check (node, &error) ? gantry_node_table_save (core->db, node, &error) : -1;

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

/* ---- Lists of nodes in files ------------------------------------------------------------------
 */

static gboolean
is_taken (GPtrArray *saved, GPtrArray *found, guint n, const char *name)
{
  for (guint i = 0; i < saved->len; i++)
    if (g_ascii_strcasecmp (((GantryNode *)saved->pdata[i])->name, name) == 0)
      return TRUE;
  for (guint i = 0; i < n; i++)
    if (g_ascii_strcasecmp (((GantryNode *)found->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
}

typedef struct
{
  char *database;
  char *path;
  GantryReportFormat format;
} NodeFile;

static void
node_file_free (gpointer data)
{
  NodeFile *self = data;

  g_free (self->database);
  g_free (self->path);
  g_free (self);
}

/* A thread of its own, not that of the questions: a disk of the network may take its time, and
 * every list would wait. */
static void
run_node_file (GantryEngine *self,
               const char *path,
               GantryReportFormat format,
               GTaskThreadFunc func,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  NodeFile *file;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  file = g_new0 (NodeFile, 1);
  file->database = g_strdup (self->database);
  file->path = g_strdup (path);
  file->format = format;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, file, node_file_free);
  g_task_run_in_thread (task, func);
}

/* (nullable): the saved nodes */
static GPtrArray *
list_saved (const NodeFile *file, GError **error)
{
  g_autoptr (GantryDatabase) db = gantry_database_open (file->database, FALSE, error);
  g_autoptr (GPtrArray) saved = db != NULL ? gantry_node_table_list (db, error) : NULL;

  if (saved == NULL || !gantry_database_check (db, error))
    return NULL;
  return g_steal_pointer (&saved);
}

static void
return_nodes (GTask *task, GPtrArray *nodes, GError *error)
{
  if (nodes != NULL)
    g_task_return_pointer (task, g_ptr_array_ref (nodes), (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
read_node_file (GTask *task,
                gpointer engine G_GNUC_UNUSED,
                gpointer data,
                GCancellable *cancellable G_GNUC_UNUSED)
{
  const NodeFile *file = data;
  GError *error = NULL;
  g_autoptr (GPtrArray) found = gantry_node_file_read (file->path, &error);
  g_autoptr (GPtrArray) saved = found != NULL ? list_saved (file, &error) : NULL;

  for (guint i = 0; saved != NULL && i < found->len; i++)
    {
      GantryNode *node = found->pdata[i];
      g_autofree char *name = g_strdup (node->name);

      for (guint n = 2; is_taken (saved, found, i, node->name); n++)
        {
          g_free (node->name);
          node->name = g_strdup_printf ("%s %u", name, n);
        }
    }
  return_nodes (task, saved != NULL ? found : NULL, error);
}

void
gantry_engine_read_nodes_async (GantryEngine *self,
                                const char *path,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  run_node_file (self, path, GANTRY_REPORT_CSV, read_node_file, cancellable, callback, user_data);
}

/* The answer is what was written. */
static void
write_node_file (GTask *task,
                 gpointer engine G_GNUC_UNUSED,
                 gpointer data,
                 GCancellable *cancellable G_GNUC_UNUSED)
{
  const NodeFile *file = data;
  GError *error = NULL;
  g_autoptr (GPtrArray) nodes = list_saved (file, &error);

  for (guint i = nodes != NULL ? nodes->len : 0; i > 0; i--)
    if (((GantryNode *)nodes->pdata[i - 1])->is_self)
      g_ptr_array_remove_index (nodes, i - 1);
  if (nodes != NULL && !gantry_node_file_write (nodes, file->path, file->format, &error))
    g_clear_pointer (&nodes, g_ptr_array_unref);
  return_nodes (task, nodes, error);
}

void
gantry_engine_export_nodes_async (GantryEngine *self,
                                  const char *path,
                                  GantryReportFormat format,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  run_node_file (self, path, format, write_node_file, cancellable, callback, user_data);
}

gboolean
gantry_engine_export_nodes_finish (GantryEngine *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GPtrArray) written = gantry_engine_list_finish (self, result, NULL, error);

  return written != NULL;
}

/* ---- Echo ----------------------------------------------------------------------------------- */

typedef struct
{
  GTask *task; /* not a reference: the task owns this */
  GantryNode *node;
  GantrySendSettings settings; /* the text is ours */
  GantryStepFunc passed;
  gpointer user_data; /* of passed */
  GantryLink *link;
  GantryTracer *tracer;
} EchoRequest;

static void
echo_request_free (gpointer data)
{
  EchoRequest *request = data;

  gantry_link_free (request->link);
  gantry_tracer_unref (request->tracer);
  gantry_record_unref (request->node);
  gantry_send_settings_clear (&request->settings);
  g_free (request);
}

/* A step on its way to who asked. */
typedef struct
{
  GTask *task;
  GantryStep step;
  gint64 elapsed;
} Passed;

static void
passed_free (gpointer data)
{
  Passed *passed = data;

  g_object_unref (passed->task);
  g_free (passed);
}

static gboolean
tell_passed (gpointer data)
{
  const Passed *passed = data;
  const EchoRequest *request = g_task_get_task_data (passed->task);

  if (!g_task_get_completed (passed->task))
    request->passed (passed->step, passed->elapsed, request->user_data);
  return G_SOURCE_REMOVE;
}

/* On the thread of the echo. */
static void
on_passed (GantryStep step, gint64 elapsed, gpointer user_data)
{
  EchoRequest *request = user_data;
  Passed *passed = g_new (Passed, 1);
  g_autoptr (GSource) source = NULL;

  *passed = (Passed){ g_object_ref (request->task), step, elapsed };
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, tell_passed, passed, passed_free);
  g_source_attach (source, g_task_get_context (request->task));
}

void
gantry_engine_run_echo (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  g_autoptr (GTask) task = data;
  EchoRequest *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GantryEcho *echo;

  gantry_tracer_begin (request->tracer);
  echo = gantry_echo_run (request->node, &request->settings,
                          request->passed != NULL ? on_passed : NULL, request,
                          gantry_link_get (request->link), &error);
  gantry_tracer_end ();

  if (echo != NULL)
    g_task_return_pointer (task, echo, gantry_record_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
gantry_engine_echo_async (GantryEngine *self,
                          GantryNode *node,
                          GantryStepFunc passed,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  EchoRequest *request;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  request = g_new0 (EchoRequest, 1);
  request->node = gantry_record_ref (node);
  gantry_send_settings_copy (&request->settings, &self->send);
  request->link = gantry_link_new (self->closing, cancellable);
  request->tracer = gantry_tracer_ref (self->core->tracer);

  request->passed = passed;
  request->user_data = user_data;
  request->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (request->task, request, echo_request_free);
  g_thread_pool_push (self->echoes, request->task, NULL);
}

/* What is to be noted of an echo that a front end asked for. */
typedef struct
{
  GantryNode *node;
  GantryEcho *echo;
} Note;

static void
note_free (gpointer data)
{
  Note *note = data;

  gantry_record_unref (note->node);
  gantry_record_unref (note->echo);
  g_free (note);
}

static void
note_call (GantryCore *core, gpointer data)
{
  const Note *note = data;

  gantry_monitor_note (core->monitor, note->node, note->echo);
}

GantryEcho *
gantry_engine_echo_finish (GantryEngine *self, GAsyncResult *result, GError **error)
{
  const EchoRequest *request = g_task_get_task_data (G_TASK (result));
  GantryEcho *echo = g_task_propagate_pointer (G_TASK (result), error);
  Note *note;

  if (echo != NULL && request->node->id != 0)
    {
      note = g_new (Note, 1);
      *note = (Note){ gantry_record_ref (request->node), gantry_record_ref (echo) };
      gantry_engine_post (self, note_call, note, note_free);
    }
  return echo;
}

/* ---- Health --------------------------------------------------------------------------------- */

static GPtrArray *
read_health (GantryDatabase *db,
             const GantryQuestion *question G_GNUC_UNUSED,
             guint *total,
             GError **error)
{
  GPtrArray *list = gantry_health_table_list (db, error);

  *total = list != NULL ? list->len : 0;
  return list;
}

void
gantry_engine_list_health_async (GantryEngine *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  const GantryQuestion question = { 0 };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_health, &question, cancellable, callback,
                       user_data);
}

static void
echo_all_call (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  gantry_monitor_echo_all (core->monitor);
}

void
gantry_engine_echo_all (GantryEngine *self)
{
  gantry_engine_post (self, echo_all_call, NULL, NULL);
}

static void
watch_call (GantryCore *core, gpointer data)
{
  gantry_monitor_watch (core->monitor, GPOINTER_TO_UINT (data));
}

void
gantry_engine_watch_nodes (GantryEngine *self, guint seconds)
{
  gantry_engine_post (self, watch_call, GUINT_TO_POINTER (seconds), NULL);
}
