/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-session-trace.h"

#include "gantry-trace.h"
#include "gantry-tracer.h"

typedef struct
{
  const GantrySessionPolicy *policy;
  gconstpointer session; /* NULL: not yet, or no more */
  GPtrArray *untold;     /* (element-type GantryMessage) */
  guint n_lines;
} Trace;

static void
on_line (GantryTraceLevel level, gint64 when, const char *line, gpointer user_data)
{
  Trace *self = user_data;
  GantryMessage *message = gantry_tracer_make_message (&self->n_lines, level, when, line);
  GantryUpdate *update;

  if (message == NULL)
    return;
  /* The association is not in the log yet. */
  if (self->session == NULL)
    {
      g_ptr_array_add (self->untold, message);
      return;
    }
  update = g_new0 (GantryUpdate, 1);
  update->type = GANTRY_UPDATE_MESSAGE;
  update->session = self->session;
  update->message = message;
  gantry_channel_send (self->policy->updates, update);
}

void
gantry_session_trace_begin (const char *calling, gpointer policy)
{
  Trace *self;

  if (!gantry_tracer_wants (((const GantrySessionPolicy *)policy)->tracer, calling))
    return;
  self = g_new0 (Trace, 1);
  self->policy = policy;
  self->untold = gantry_record_array_new ();
  gantry_trace_begin (on_line, self);
}

GPtrArray *
gantry_session_trace_take (void)
{
  Trace *self = gantry_trace_get_data ();
  GPtrArray *untold;

  if (self == NULL)
    return NULL;
  untold = self->untold;
  self->untold = gantry_record_array_new ();
  return untold;
}

void
gantry_session_trace_attach (gconstpointer session)
{
  Trace *self = gantry_trace_get_data ();

  if (self != NULL)
    self->session = session;
}

void
gantry_session_trace_end (gpointer policy G_GNUC_UNUSED)
{
  Trace *self = gantry_trace_get_data ();

  if (self == NULL)
    return;
  gantry_trace_end ();
  g_ptr_array_unref (self->untold);
  g_free (self);
}
