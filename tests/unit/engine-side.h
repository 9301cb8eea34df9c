/* engine-side.h - an engine as a front end sees it, and files to send, for tests
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "gantry-engine.h"

/* An engine with the last of each event that it told. */
typedef struct
{
  GantryProfile *profile;
  GantryEngine *engine;
  GantryJob *job;
  GantryAssociationRecord *association;
  GantryScan scan;
  gboolean listening;
  guint16 port;
  char *listener_message;
  GHashTable *jobs; /* id → the last that was told of it */
  guint n_retries;  /* pauses that were told */
  gint64 retry_at;  /* of the last of them */
  guint n_reordered, n_removed, n_swept;
  guint n_changing; /* times that a job was told to be changing */
  gint64 complete;  /* the last study that was */
  guint n_complete;
  GantryCommandResult *command;
  GPtrArray *traces; /* (element-type GantryEvent) */
  guint n_listener, n_instances, n_received, n_nodes;
} Side;

typedef struct
{
  char *folder;
  Side sender, receiver;
} Fixture;

/* Runs the main context until @condition holds; a test that waits half a minute has failed. */
#define WAIT_FOR(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 wait_until = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;                             \
    guint wait_tick = g_timeout_add (50, side_tick, NULL);                                         \
    while (!(condition) && g_get_monotonic_time () < wait_until)                                   \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (wait_tick);                                                                   \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END

gboolean side_tick (gpointer data);

#define IS_OVER(side) ((side)->job != NULL && (side)->job->state >= GANTRY_JOB_FINISHED)

/* A test with a Fixture of its own. */
typedef struct
{
  const char *name;
  void (*func) (Fixture *f, gconstpointer data);
  const char *data;
} SideTest;

void add_side_tests (const SideTest *tests, gsize n);

void set_up (Fixture *f, gconstpointer data);
void tear_down (Fixture *f, gconstpointer data);
/* @settings: (nullable): else the defaults, without tries by itself */
void open_side_with (
    Fixture *f, Side *side, const char *name, gboolean resume, const GantrySendSettings *settings);
/* As gantryctl does, with what was asked for on the command line. */
void open_side_for (Fixture *f, Side *side, const char *name, const GantrySendOverrides *overrides);
void open_side (Fixture *f, Side *side, const char *name, gboolean resume);
void close_side (Side *side);

/* @n objects in the folder "study", of as many SOP classes as @class_format makes of their number.
 */
char *make_study (Fixture *f, guint n, const char *class_format);
/* The same in another folder; @first: of the numbers that the UIDs end in */
char *make_objects (Fixture *f, const char *name, guint first, guint n, const char *class_format);
void stage (Side *side, const char *path);

/* GAsyncReadyCallback: @user_data is a GAsyncResult ** */
void on_ready (GObject *source, GAsyncResult *result, gpointer user_data);
/* The answer of what @call begins with on_ready and &result. */
#define ANSWER_OF(call)                                                                            \
  ({                                                                                               \
    GAsyncResult *result = NULL;                                                                   \
    call;                                                                                          \
    WAIT_FOR (result != NULL);                                                                     \
    result;                                                                                        \
  })
gint64 send_node (Side *side, GantryNode *node);
gint64 send_to (Side *side, guint16 port);
GPtrArray *get_instances (Side *side, gint64 job);
/* (transfer none): as it was told last; a draft without anything as long as it was not */
const GantryJob *get_job (Side *side, gint64 id);

/* Port 0: a free one. */
void listen_in (Side *side, guint16 port, const char *directory);
void listen_on (Side *side, guint16 port);

/* A peer that accepts connections and says nothing. */
GSocketListener *listen_silently (guint16 *port);
/* Where nobody listens; the port can be listened on later, and is nobody else's until then. */
guint16 find_closed_port (void);
