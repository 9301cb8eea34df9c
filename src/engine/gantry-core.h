/* gantry-core.h - the core thread: its main context, its database, and the way out to the front end
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside the engine only. Everything in the struct belongs to the core thread unless it says
 * otherwise.
 */
#pragma once

#include <gio/gio.h>

#include "gantry-channel.h"
#include "gantry-database.h"
#include "gantry-engine.h"
#include "gantry-event-private.h"
#include "gantry-log-file.h"

G_BEGIN_DECLS

typedef struct _GantryCore GantryCore;
typedef struct _GantryStager GantryStager;
typedef struct _GantrySendQueue GantrySendQueue;
typedef struct _GantryReceiver GantryReceiver;
typedef struct _GantryMonitor GantryMonitor;
typedef struct _GantryTracer GantryTracer;

struct _GantryCore
{
  GMainContext *context; /* any thread may attach to it */
  GMainLoop *loop;
  GThread *thread;
  GantryProfile *profile; /* immutable */
  GantryDatabase *db;
  GantryChannel *events;        /* to the front end; any thread may send */
  gboolean per_instance_events; /* immutable */
  char *draft;                  /* immutable */
  gboolean closing;

  /* The settings of what starts next; the text is ours. */
  GantrySendSettings send;
  GantrySendOverrides overrides; /* immutable */

  GantryStager *stager;
  GantryMonitor *monitor;
  GantrySendQueue *queue;   /* NULL: this engine does not send */
  GantryReceiver *receiver; /* NULL: this engine does not receive */
  GantryLogFile *log;       /* NULL: there is no log file */
  GantryTracer *tracer;
};

typedef void (*GantryCoreFunc) (GantryCore *core, gpointer data);

/* Starts the thread. @error: from the database */
GantryCore *
gantry_core_new (const GantryEngineOptions *options, GantryChannel *events, GError **error);

/* Any thread: runs @func on the core thread, in the order of the calls; frees @data there. */
void
gantry_core_post (GantryCore *self, GantryCoreFunc func, gpointer data, GDestroyNotify free_data);

/* Runs @func on the core thread every @interval_ms until it returns G_SOURCE_REMOVE. */
GSource *
gantry_core_add_timer (GantryCore *self, guint interval_ms, GSourceFunc func, gpointer data);

/* Hands an event to the front end; waits while it is behind, and takes the reference. */
void gantry_core_emit (GantryCore *self, GantryEvent *event);

/* A line for the log file, if there is one that wants it. */
void gantry_core_log (GantryCore *self, GantryLogLevel level, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* @settings: path NULL: no log file */
void gantry_core_set_log (GantryCore *self, const GantryLogSettings *settings);

/* Front end's thread: stops the parts in order, joins the thread, frees. */
void gantry_core_close (GantryCore *self);

/* Copies with all texts over what @to holds; and frees these texts. */
void gantry_send_settings_copy (GantrySendSettings *to, const GantrySendSettings *from);
void gantry_send_settings_clear (GantrySendSettings *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GantrySendSettings, gantry_send_settings_clear)

/* A part has come to its end while closing; the last one ends the loop. */
void gantry_core_part_stopped (GantryCore *self);

G_END_DECLS
