/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-event-private.h"

GantryEvent *
gantry_event_new (GantryEventType type)
{
  GantryEvent *event = g_atomic_rc_box_new0 (GantryEvent);

  event->type = type;
  return event;
}

GantryEvent *
gantry_event_new_record (GantryEventType type, gpointer record)
{
  GantryEvent *event = gantry_event_new (type);

  /* The record members share their place in the union. */
  event->job = gantry_record_ref (record);
  return event;
}

GantryEvent *
gantry_event_ref (GantryEvent *event)
{
  return g_atomic_rc_box_acquire (event);
}

static void
gantry_event_clear (gpointer data)
{
  GantryEvent *event = data;

  switch (event->type)
    {
    case GANTRY_EVENT_JOB:
    case GANTRY_EVENT_INSTANCE:
    case GANTRY_EVENT_ASSOCIATION:
    case GANTRY_EVENT_RECEIVED:
    case GANTRY_EVENT_HEALTH:
    case GANTRY_EVENT_STUDY_COMPLETE:
    case GANTRY_EVENT_COMMAND:
    case GANTRY_EVENT_TRACE:
      gantry_record_unref (event->job);
      break;
    case GANTRY_EVENT_LISTENER:
      g_free (event->listener.ae_title);
      g_free (event->listener.directory);
      g_free (event->listener.message);
      break;
    case GANTRY_EVENT_SCAN:
      g_free (event->scan.error);
      break;
    case GANTRY_EVENT_LOG:
      g_free (event->log.message);
      break;
    case GANTRY_EVENT_DRAFT_CHANGED:
    case GANTRY_EVENT_JOB_REMOVED:
    case GANTRY_EVENT_JOBS_REORDERED:
    case GANTRY_EVENT_STUDIES_CHANGED:
    case GANTRY_EVENT_NODES_CHANGED:
    case GANTRY_EVENT_QUEUE_HELD:
    case GANTRY_EVENT_QUEUE_SWEPT:
    case GANTRY_EVENT_PROBE_KEPT:
      break;
    }
}

void
gantry_event_unref (GantryEvent *event)
{
  g_atomic_rc_box_release_full (event, gantry_event_clear);
}
