/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-tracer.h"

#include <inttypes.h>

#include "gantry-trace.h"

#define CAPACITY 256

struct _GantryTracer
{
  GantryCore *core;
  GantryChannel *events; /* GantryEvent: on their way to the core thread */

  GMutex lock;
  gboolean outgoing; /* under the lock, as are the others */
  char **calling;    /* NULL: nobody */
  gboolean once;
  gint64 n_outgoing;
};

/* An association of ours that is heard; of its thread. */
typedef struct
{
  GantryTracer *tracer;
  gint64 id;
  guint n_lines;
} Outgoing;

/* Core thread. */
static void
on_event (gpointer item, gpointer user_data)
{
  GantryTracer *self = user_data;
  GantryEvent *event = item;

  if (event->message != NULL)
    gantry_core_log (self->core, GANTRY_LOG_DEBUG, "[→%" PRId64 "] DCMTK, %s: %s", event->id,
                     gantry_trace_level_to_nick (event->message->level), event->message->text);
  if (self->core->per_instance_events)
    gantry_core_emit (self->core, event);
  else
    gantry_event_unref (event);
}

static void
free_event (gpointer event)
{
  gantry_event_unref (event);
}

GantryTracer *
gantry_tracer_new (GantryCore *core)
{
  GantryTracer *self = g_atomic_rc_box_new0 (GantryTracer);

  self->core = core;
  self->events = gantry_channel_new (core->context, CAPACITY, free_event, on_event, self);
  g_mutex_init (&self->lock);
  return self;
}

GantryTracer *
gantry_tracer_ref (GantryTracer *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
tracer_clear (gpointer data)
{
  GantryTracer *self = data;

  gantry_channel_unref (self->events);
  g_strfreev (self->calling);
  g_mutex_clear (&self->lock);
}

void
gantry_tracer_unref (GantryTracer *self)
{
  g_atomic_rc_box_release_full (self, tracer_clear);
}

void
gantry_tracer_close (GantryTracer *self)
{
  gantry_channel_close (self->events);
}

void
gantry_tracer_set (GantryTracer *self, const GantryTraceSettings *settings)
{
  g_mutex_lock (&self->lock);
  self->outgoing = settings->outgoing;
  g_strfreev (self->calling);
  self->calling = g_strdupv ((char **)settings->calling);
  self->once = settings->once;
  g_mutex_unlock (&self->lock);
}

gboolean
gantry_tracer_wants (GantryTracer *self, const char *calling)
{
  gboolean wanted = FALSE;

  g_mutex_lock (&self->lock);
  for (char **one = self->calling; one != NULL && *one != NULL && !wanted; one++)
    wanted = g_pattern_match_simple (*one, calling);
  if (wanted && self->once)
    g_clear_pointer (&self->calling, g_strfreev);
  g_mutex_unlock (&self->lock);
  return wanted;
}

GantryMessage *
gantry_tracer_make_message (guint *n_lines, GantryTraceLevel level, gint64 when, const char *line)
{
  GantryMessage *message;

  if (*n_lines >= GANTRY_TRACE_LINES)
    return NULL;
  ++*n_lines;
  message = gantry_message_new ();
  message->level = level;
  message->started = when;
  gantry_record_set (&message->text,
                     *n_lines < GANTRY_TRACE_LINES ? line : "… and so on: the rest is left out");
  return message;
}

/* On the association's thread. */
static void
on_line (GantryTraceLevel level, gint64 when, const char *line, gpointer user_data)
{
  Outgoing *outgoing = user_data;
  GantryMessage *message = gantry_tracer_make_message (&outgoing->n_lines, level, when, line);
  GantryEvent *event;

  if (message == NULL)
    return;
  event = gantry_event_new_record (GANTRY_EVENT_TRACE, message);
  gantry_record_unref (message);
  event->id = outgoing->id;
  gantry_channel_send (outgoing->tracer->events, event);
}

void
gantry_tracer_begin (GantryTracer *self)
{
  Outgoing *outgoing;
  gint64 id = 0;

  g_mutex_lock (&self->lock);
  if (self->outgoing)
    id = ++self->n_outgoing;
  g_mutex_unlock (&self->lock);
  if (id == 0)
    return;
  outgoing = g_new0 (Outgoing, 1);
  outgoing->tracer = gantry_tracer_ref (self);
  outgoing->id = id;
  gantry_trace_begin (on_line, outgoing);
}

void
gantry_tracer_end (void)
{
  Outgoing *outgoing = gantry_trace_get_data ();
  GantryEvent *event;

  if (outgoing == NULL)
    return;
  gantry_trace_end ();
  event = gantry_event_new (GANTRY_EVENT_TRACE);
  event->id = outgoing->id;
  gantry_channel_send (outgoing->tracer->events, event);
  gantry_tracer_unref (outgoing->tracer);
  g_free (outgoing);
}
