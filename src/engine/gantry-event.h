/* gantry-event.h - everything that happens in the engine, as the front ends hear of it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

typedef enum
{
  GANTRY_EVENT_SCAN,          /* progress and end of a scan; coalesced */
  GANTRY_EVENT_DRAFT_CHANGED, /* what is staged changed; coalesced */
  GANTRY_EVENT_JOB,           /* a job is new or changed; progress coalesced, states never */
  GANTRY_EVENT_JOB_REMOVED,
  GANTRY_EVENT_JOBS_REORDERED,  /* the list of jobs has another order; the jobs are the same */
  GANTRY_EVENT_INSTANCE,        /* an instance has its outcome; only with per_instance_events */
  GANTRY_EVENT_LISTENER,        /* the receiver is on, off, could not start, is out of
                                    space or has room again */
  GANTRY_EVENT_ASSOCIATION,     /* an incoming association is new or changed; without contexts.
                                   Progress of one at most 20 times a second, states always */
  GANTRY_EVENT_STUDY_COMPLETE,  /* nothing came to a study for complete_seconds: study, without
                                   series. Once, until something comes to it again */
  GANTRY_EVENT_COMMAND,         /* the command for a complete study has ended */
  GANTRY_EVENT_LOG,             /* the log file cannot be written, or can be again */
  GANTRY_EVENT_RECEIVED,        /* an object was kept or refused; only with per_instance_events */
  GANTRY_EVENT_STUDIES_CHANGED, /* received studies changed; coalesced */
  GANTRY_EVENT_NODES_CHANGED,
  GANTRY_EVENT_TRACE,  /* a line of DCMTK's about an association: message; of ours, id numbers it,
                          and message NULL says that it is over. Only with per_instance_events */
  GANTRY_EVENT_HEALTH, /* a saved node was asked, and answered or not */
  GANTRY_EVENT_QUEUE_SWEPT, /* of removed jobs nothing is left, nor of what was unpacked for them:
                               after the start, and after jobs were removed */
  GANTRY_EVENT_QUEUE_HELD,  /* nothing is being sent any more, and all answers have been told */
  GANTRY_EVENT_PROBE_KEPT,  /* a probe of a saved node can be read: id, that of the probe */
} GantryEventType;

typedef struct
{
  guint64 files, instances, bytes;
  guint64 skipped, lost; /* the lost among the skipped: see GantrySkippedKind */
  gboolean running, cancelled;
  char
      *error; /* why it ended before everything was looked at; NULL: it did not, or was cancelled */
} GantryScan;

typedef struct
{
  gboolean on;
  char *ae_title;
  guint16 port;
  char *directory; /* where received objects go */
  char *message;   /* why it is not on although it was asked to be; "" */
  guint active;    /* associations open now */
  /* Less is free than the reserve: new objects are answered with A700 until there is room again. */
  gboolean low_space;
  guint64 free_bytes; /* when last looked at; 0 before it was on */
  gboolean tls;       /* encrypted connections only */
} GantryListener;

typedef struct
{
  char *message;   /* why nothing is written; "": it is */
  guint64 dropped; /* lines that a slow disk has cost so far */
} GantryLogState;

/* Immutable; freed with gantry_event_unref() from whichever thread is last. */
typedef struct
{
  GantryEventType type;
  gint64 id; /* JOB_REMOVED, TRACE, PROBE_KEPT */
  union
  {
    GantryScan scan;
    GantryListener listener;
    GantryJob *job;
    GantryJobInstance *instance;
    GantryAssociationRecord *association;
    GantryReceived *received;
    GantryMessage *message;
    GantryHealth *health;
    GantryStudy *study;
    GantryCommandResult *command;
    GantryLogState log;
  };
} GantryEvent;

GantryEvent *gantry_event_ref (GantryEvent *event);
void gantry_event_unref (GantryEvent *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryEvent, gantry_event_unref)

G_END_DECLS
