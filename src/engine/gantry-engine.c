/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-echo-task.h"
#include "gantry-engine-private.h"

#include "gantry-listen-settings.h"
#include "gantry-receiver.h"
#include "gantry-tracer.h"

#define EVENTS_CAPACITY 1024
#define REPORTS_AT_A_TIME 2

G_DEFINE_FINAL_TYPE (GantryEngine, gantry_engine, G_TYPE_OBJECT)

static void
gantry_engine_finalize (GObject *object)
{
  GantryEngine *self = GANTRY_ENGINE (object);

  gantry_engine_close (self);
  g_clear_pointer (&self->events, gantry_channel_unref);
  g_clear_object (&self->closing);
  gantry_send_settings_clear (&self->send);
  g_free (self->draft);
  g_free (self->database);
  g_free (self->pictures_folder);
  G_OBJECT_CLASS (gantry_engine_parent_class)->finalize (object);
}

static void
gantry_engine_class_init (GantryEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gantry_engine_finalize;
}

static void
gantry_engine_init (GantryEngine *self)
{
  self->closing = g_cancellable_new ();
  gantry_send_settings_copy (&self->send, &GANTRY_SEND_SETTINGS_DEFAULT);
}

static void
on_event (gpointer item, gpointer user_data)
{
  g_autoptr (GantryEvent) event = item;
  GantryEngine *self = user_data;

  if (self->event_func != NULL)
    self->event_func (event, self->user_data);
}

static void
unref_event (gpointer event)
{
  gantry_event_unref (event);
}

GantryEngine *
gantry_engine_new (const GantryEngineOptions *options, GError **error)
{
  g_autoptr (GantryEngine) self = g_object_new (GANTRY_TYPE_ENGINE, NULL);

  self->event_func = options->event_func;
  self->user_data = options->user_data;
  self->draft = g_strdup (options->draft);
  self->database = g_strdup (gantry_profile_get_database (options->profile));
  self->pictures_folder = g_strdup (gantry_profile_get_pictures (options->profile));
  self->events = gantry_channel_new (g_main_context_get_thread_default (), EVENTS_CAPACITY,
                                     unref_event, on_event, self);
  if (options->send != NULL)
    gantry_send_settings_copy (&self->send, options->send);
  self->core = gantry_core_new (options, self->events, error);
  if (self->core == NULL)
    return NULL;
  self->reader = gantry_reader_new (self->database, error);
  if (self->reader == NULL)
    return NULL;
  self->searcher = gantry_reader_new (self->database, error);
  if (self->searcher == NULL)
    return NULL;
  self->search = gantry_instance_search_new ();
  self->log_searcher = gantry_reader_new (self->database, error);
  if (self->log_searcher == NULL)
    return NULL;
  self->log_search = gantry_association_search_new ();
  self->headers = gantry_reader_new (self->database, error);
  if (self->headers == NULL)
    return NULL;
  self->echoes
      = g_thread_pool_new (gantry_engine_run_echo, NULL, GANTRY_ECHOES_AT_ONCE, FALSE, NULL);
  self->pictures = g_thread_pool_new (gantry_engine_render_picture, NULL, 1, FALSE, NULL);
  self->reports
      = g_thread_pool_new (gantry_engine_write_report, NULL, REPORTS_AT_A_TIME, FALSE, NULL);
  self->copies = g_thread_pool_new (gantry_engine_copy_received, NULL, 1, FALSE, NULL);
  return g_steal_pointer (&self);
}

void
gantry_engine_close (GantryEngine *self)
{
  /* First, so that nobody who is blocked for want of room keeps what follows from ending. */
  if (self->events != NULL)
    gantry_channel_close (self->events);
  g_cancellable_cancel (self->closing);
  g_clear_pointer (&self->core, gantry_core_close);
  g_clear_pointer (&self->reader, gantry_reader_free);
  g_clear_pointer (&self->searcher, gantry_reader_free);
  g_clear_pointer (&self->search, gantry_instance_search_free);
  g_clear_pointer (&self->log_searcher, gantry_reader_free);
  g_clear_pointer (&self->log_search, gantry_association_search_free);
  g_clear_pointer (&self->headers, gantry_reader_free);
  if (self->echoes != NULL)
    g_thread_pool_free (g_steal_pointer (&self->echoes), FALSE, TRUE);
  if (self->pictures != NULL)
    g_thread_pool_free (g_steal_pointer (&self->pictures), FALSE, TRUE);
  if (self->reports != NULL)
    g_thread_pool_free (g_steal_pointer (&self->reports), FALSE, TRUE);
  if (self->copies != NULL)
    g_thread_pool_free (g_steal_pointer (&self->copies), FALSE, TRUE);
}

gboolean
gantry_engine_is_open (GantryEngine *self, GAsyncReadyCallback callback, gpointer user_data)
{
  if (self->core != NULL)
    return TRUE;
  g_task_report_new_error (self, callback, user_data, NULL, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                           "closed");
  return FALSE;
}

void
gantry_engine_post (GantryEngine *self,
                    GantryCoreFunc func,
                    gpointer data,
                    GDestroyNotify free_data)
{
  if (self->core != NULL)
    gantry_core_post (self->core, func, data, free_data);
  else if (free_data != NULL)
    free_data (data);
}

/* ---- Settings ------------------------------------------------------------------------------- */

static void
set_send_settings (GantryCore *core, gpointer data)
{
  gantry_send_settings_copy (&core->send, data);
}

static void
free_send_settings (gpointer data)
{
  gantry_send_settings_clear (data);
  g_free (data);
}

void
gantry_engine_set_send_settings (GantryEngine *self, const GantrySendSettings *settings)
{
  GantrySendSettings *copy = g_new0 (GantrySendSettings, 1);

  gantry_send_settings_copy (&self->send, settings);
  gantry_send_settings_copy (copy, settings);
  gantry_engine_post (self, set_send_settings, copy, free_send_settings);
}

static void
listen_call (GantryCore *core, gpointer data)
{
  gantry_receiver_listen (core->receiver, data);
}

static void
free_listen_settings (gpointer data)
{
  gantry_listen_settings_free (data);
}

void
gantry_engine_listen (GantryEngine *self, const GantryListenSettings *settings)
{
  gantry_engine_post (self, listen_call, gantry_listen_settings_copy (settings),
                      free_listen_settings);
}

static void
stop_listening_call (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  gantry_receiver_stop (core->receiver);
}

void
gantry_engine_stop_listening (GantryEngine *self)
{
  gantry_engine_post (self, stop_listening_call, NULL, NULL);
}

static void
set_log_call (GantryCore *core, gpointer data)
{
  gantry_core_set_log (core, data);
}

static void
free_log_settings (gpointer data)
{
  GantryLogSettings *settings = data;

  g_free ((char *)settings->path);
  g_free (settings);
}

void
gantry_engine_set_log (GantryEngine *self, const GantryLogSettings *settings)
{
  GantryLogSettings *copy = g_memdup2 (settings, sizeof *settings);

  copy->path = g_strdup (settings->path);
  gantry_engine_post (self, set_log_call, copy, free_log_settings);
}

void
gantry_engine_set_trace (GantryEngine *self, const GantryTraceSettings *settings)
{
  if (self->core != NULL)
    gantry_tracer_set (self->core->tracer, settings);
}

GPtrArray *
gantry_engine_list_finish (GantryEngine *self G_GNUC_UNUSED,
                           GAsyncResult *result,
                           guint *total,
                           GError **error)
{
  GPtrArray *rows;

  if (gantry_reader_is_answer (result))
    return gantry_reader_answer (result, total, error);
  rows = g_task_propagate_pointer (G_TASK (result), error);
  if (total != NULL)
    *total = rows != NULL ? rows->len : 0;
  return rows;
}
