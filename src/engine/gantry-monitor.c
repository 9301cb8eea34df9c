/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-monitor.h"

#include "gantry-echo-task.h"
#include "gantry-health-table.h"
#include "gantry-node-table.h"

struct _GantryMonitor
{
  GantryCore *core;
  GThreadPool *pool;
  GCancellable *cancellable;
  GHashTable *asked; /* ids of the nodes that are being asked */
  GSource *timer;    /* NULL: not watching */
};

typedef struct
{
  GantryMonitor *monitor;
  GantryNode *node;
  GantrySendSettings settings; /* the text is ours */
  GantryEcho *echo;            /* NULL: cancelled */
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  gantry_record_unref (asked->node);
  gantry_record_unref (asked->echo);
  gantry_send_settings_clear (&asked->settings);
  g_free (asked);
}

void
gantry_monitor_note (GantryMonitor *self, const GantryNode *node, const GantryEcho *echo)
{
  g_autoptr (GantryHealth) health = NULL;
  g_autoptr (GError) error = NULL;
  gboolean noted;

  if (!gantry_health_table_add (self->core->db, node, echo, &noted, &error))
    g_warning ("What a node answered cannot be written: %s", error->message);
  else if (noted)
    health = gantry_health_table_get (self->core->db, node->id, &error);
  if (noted && error != NULL)
    g_warning ("What a node answered cannot be read: %s", error->message);
  if (health != NULL)
    gantry_core_emit (self->core, gantry_event_new_record (GANTRY_EVENT_HEALTH, health));
}

static void
answered_call (GantryCore *core, gpointer data)
{
  Asked *asked = data;
  GantryMonitor *self = asked->monitor;

  g_hash_table_remove (self->asked, &asked->node->id);
  if (asked->echo != NULL)
    gantry_monitor_note (self, asked->node, asked->echo);
  gantry_core_part_stopped (core);
}

/* On a thread of the pool. */
static void
ask (gpointer data, gpointer user_data)
{
  Asked *asked = data;
  GantryMonitor *self = user_data;

  asked->echo
      = gantry_echo_run (asked->node, &asked->settings, NULL, NULL, self->cancellable, NULL);
  gantry_core_post (self->core, answered_call, asked, asked_free);
}

void
gantry_monitor_echo_all (GantryMonitor *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) nodes = gantry_node_table_list (self->core->db, &error);

  if (nodes == NULL)
    g_warning ("The nodes cannot be read: %s", error->message);
  for (guint i = 0; nodes != NULL && i < nodes->len && !self->core->closing; i++)
    {
      GantryNode *node = nodes->pdata[i];
      Asked *asked;

      if (!g_hash_table_add (self->asked, g_memdup2 (&node->id, sizeof node->id)))
        continue;
      asked = g_new0 (Asked, 1);
      asked->monitor = self;
      asked->node = gantry_record_ref (node);
      gantry_send_settings_copy (&asked->settings, &self->core->send);
      g_thread_pool_push (self->pool, asked, NULL);
    }
}

static gboolean
on_timer (gpointer data)
{
  gantry_monitor_echo_all (data);
  return G_SOURCE_CONTINUE;
}

static void
stop_timer (GantryMonitor *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
gantry_monitor_watch (GantryMonitor *self, guint seconds)
{
  stop_timer (self);
  if (seconds == 0)
    return;
  gantry_monitor_echo_all (self);
  self->timer = gantry_core_add_timer (self->core, seconds * 1000, on_timer, self);
}

void
gantry_monitor_stop (GantryMonitor *self)
{
  stop_timer (self);
  g_cancellable_cancel (self->cancellable);
}

gboolean
gantry_monitor_is_idle (GantryMonitor *self)
{
  return g_hash_table_size (self->asked) == 0;
}

GantryMonitor *
gantry_monitor_new (GantryCore *core)
{
  GantryMonitor *self = g_new0 (GantryMonitor, 1);

  self->core = core;
  self->pool = g_thread_pool_new (ask, self, GANTRY_ECHOES_AT_ONCE, FALSE, NULL);
  self->cancellable = g_cancellable_new ();
  self->asked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return self;
}

void
gantry_monitor_free (GantryMonitor *self)
{
  stop_timer (self);
  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->asked);
  g_free (self);
}
