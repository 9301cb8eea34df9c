/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-core.h"

#include "gantry-monitor.h"
#include "gantry-receiver.h"
#include "gantry-send-queue.h"
#include "gantry-stager.h"
#include "gantry-tracer.h"

typedef struct
{
  GantryCore *core;
  GantryCoreFunc func;
  gpointer data;
  GDestroyNotify free_data;
} Call;

static gboolean
run_call (gpointer data)
{
  Call *call = data;

  call->func (call->core, call->data);
  return G_SOURCE_REMOVE;
}

static void
free_call (gpointer data)
{
  Call *call = data;

  if (call->free_data != NULL)
    call->free_data (call->data);
  g_free (call);
}

void
gantry_core_post (GantryCore *self, GantryCoreFunc func, gpointer data, GDestroyNotify free_data)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Call *call = g_new (Call, 1);

  *call = (Call){ self, func, data, free_data };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, run_call, call, free_call);
  g_source_attach (source, self->context);
}

GSource *
gantry_core_add_timer (GantryCore *self, guint interval_ms, GSourceFunc func, gpointer data)
{
  GSource *source = g_timeout_source_new (interval_ms);

  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, self->context);
  return source;
}

void
gantry_core_emit (GantryCore *self, GantryEvent *event)
{
  gantry_channel_send (self->events, event);
}

/* On the log's thread. */
static void
on_log_trouble (const char *message, guint64 dropped, gpointer user_data)
{
  GantryCore *self = user_data;
  GantryEvent *event = gantry_event_new (GANTRY_EVENT_LOG);

  event->log.message = g_strdup (message);
  event->log.dropped = dropped;
  gantry_core_emit (self, event);
}

void
gantry_core_log (GantryCore *self, GantryLogLevel level, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (!gantry_log_file_wants (self->log, level))
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  gantry_log_file_write (self->log, level, text);
}

void
gantry_core_set_log (GantryCore *self, const GantryLogSettings *settings)
{
  g_clear_pointer (&self->log, gantry_log_file_free);
  if (settings->path != NULL)
    self->log = gantry_log_file_new (settings, on_log_trouble, self);
}

static gpointer
core_main (gpointer data)
{
  GantryCore *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

void
gantry_send_settings_clear (GantrySendSettings *self)
{
  g_clear_pointer ((char **)&self->calling_ae_title, g_free);
  gantry_tls_clear (&self->tls);
}

void
gantry_send_settings_copy (GantrySendSettings *to, const GantrySendSettings *from)
{
  GantrySendSettings copy = *from;

  copy.calling_ae_title = g_strdup (from->calling_ae_title);
  gantry_tls_copy (&copy.tls, &from->tls);
  gantry_send_settings_clear (to);
  *to = copy;
}

static void
core_free (GantryCore *self)
{
  g_clear_pointer (&self->stager, gantry_stager_free);
  g_clear_pointer (&self->monitor, gantry_monitor_free);
  g_clear_pointer (&self->queue, gantry_send_queue_free);
  g_clear_pointer (&self->receiver, gantry_receiver_free);
  gantry_tracer_close (self->tracer);
  gantry_tracer_unref (self->tracer);
  g_clear_pointer (&self->log, gantry_log_file_free);
  g_clear_pointer (&self->db, gantry_database_close);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  gantry_profile_unref (self->profile);
  gantry_channel_unref (self->events);
  gantry_send_settings_clear (&self->send);
  gantry_send_overrides_clear (&self->overrides);
  g_free (self->draft);
  g_free (self);
}

static gboolean
make_parts (GantryCore *self, const GantryEngineOptions *options, GError **error)
{
  self->stager = gantry_stager_new (self);
  self->monitor = gantry_monitor_new (self);
  if (options->run_queue)
    {
      self->queue = gantry_send_queue_new (self, options->resume, error);
      if (self->queue == NULL)
        return FALSE;
    }
  if (options->run_receiver)
    {
      self->receiver = gantry_receiver_new (self, options->listen, error);
      if (self->receiver == NULL)
        return FALSE;
    }
  return TRUE;
}

GantryCore *
gantry_core_new (const GantryEngineOptions *options, GantryChannel *events, GError **error)
{
  GantryCore *self = g_new0 (GantryCore, 1);

  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->profile = gantry_profile_ref (options->profile);
  self->events = gantry_channel_ref (events);
  self->per_instance_events = options->per_instance_events;
  self->draft = g_strdup (options->draft);
  gantry_send_settings_copy (&self->send,
                             options->send != NULL ? options->send : &GANTRY_SEND_SETTINGS_DEFAULT);
  self->overrides = GANTRY_SEND_OVERRIDES_NONE;
  if (options->overrides != NULL)
    gantry_send_overrides_add (&self->overrides, options->overrides);

  self->tracer = gantry_tracer_new (self);
  gantry_tracer_set (self->tracer, &options->trace);
  self->db = gantry_database_open (gantry_profile_get_database (self->profile), TRUE, error);
  if (self->db == NULL || !make_parts (self, options, error))
    {
      core_free (self);
      return NULL;
    }
  self->thread = g_thread_new ("gantry-core", core_main, self);
  return self;
}

/* The parts that have workers are asked to end; each reports when its last one has. */
static void
stop_parts (GantryCore *self, gpointer data G_GNUC_UNUSED)
{
  self->closing = TRUE;
  gantry_stager_stop (self->stager);
  gantry_monitor_stop (self->monitor);
  if (self->queue != NULL)
    gantry_send_queue_stop (self->queue);
  if (self->receiver != NULL)
    gantry_receiver_shut_down (self->receiver);
  gantry_core_part_stopped (self);
}

void
gantry_core_part_stopped (GantryCore *self)
{
  if (self->closing && gantry_monitor_is_idle (self->monitor)
      && (self->queue == NULL || gantry_send_queue_is_idle (self->queue))
      && (self->receiver == NULL || gantry_receiver_is_idle (self->receiver)))
    g_main_loop_quit (self->loop);
}

void
gantry_core_close (GantryCore *self)
{
  gantry_core_post (self, stop_parts, NULL, NULL);
  g_thread_join (self->thread);
  core_free (self);
}
