/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-channel.h"

/* Handling more than this many items in one dispatch would keep GTK from drawing
 * a frame while a peer floods us.
 */
#define BATCH 64

struct _GantryChannel
{
  GMutex lock;
  GCond has_room;
  GQueue items;
  guint capacity;
  gboolean closed;
  GSource *source; /* cleared on close; NULL means nobody will drain */

  GDestroyNotify item_free;
  GantryChannelFunc func;
  gpointer user_data;
};

static gboolean
gantry_channel_dispatch (gpointer data)
{
  GantryChannel *self = data;

  for (guint n = 0; n < BATCH; n++)
    {
      gpointer item;

      g_mutex_lock (&self->lock);
      item = self->closed ? NULL : g_queue_pop_head (&self->items);
      if (item == NULL && self->source != NULL)
        g_source_set_ready_time (self->source, -1);
      g_cond_signal (&self->has_room);
      g_mutex_unlock (&self->lock);

      if (item == NULL)
        break;

      /* Unlocked, because the handler may close the channel. */
      self->func (item, self->user_data);
    }

  return G_SOURCE_CONTINUE;
}

static gboolean
source_dispatch (GSource *source G_GNUC_UNUSED, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs source_funcs = { .dispatch = source_dispatch };

static void
gantry_channel_clear (gpointer data)
{
  GantryChannel *self = data;

  g_queue_clear_full (&self->items, self->item_free);
  g_cond_clear (&self->has_room);
  g_mutex_clear (&self->lock);
}

GantryChannel *
gantry_channel_new (GMainContext *context,
                    guint capacity,
                    GDestroyNotify item_free,
                    GantryChannelFunc func,
                    gpointer user_data)
{
  GantryChannel *self = g_atomic_rc_box_new0 (GantryChannel);

  g_mutex_init (&self->lock);
  g_cond_init (&self->has_room);
  g_queue_init (&self->items);
  self->capacity = capacity;
  self->item_free = item_free;
  self->func = func;
  self->user_data = user_data;

  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[gantry-channel]");
  g_source_set_callback (self->source, gantry_channel_dispatch, gantry_channel_ref (self),
                         (GDestroyNotify)gantry_channel_unref);
  g_source_attach (self->source, context);

  return self;
}

/**
 * gantry_channel_send:
 * @item: (transfer full): freed here if the channel is closed
 *
 * Blocks while the channel is full, so that a slow window slows the socket
 * instead of growing the heap. Never call it from the receiving thread.
 *
 * Returns: %FALSE once closed, which tells the worker to stop
 */
gboolean
gantry_channel_send (GantryChannel *self, gpointer item)
{
  gboolean sent = FALSE;

  g_mutex_lock (&self->lock);
  while (!self->closed && self->items.length >= self->capacity)
    g_cond_wait (&self->has_room, &self->lock);
  if (!self->closed)
    {
      g_queue_push_tail (&self->items, g_steal_pointer (&item));
      g_source_set_ready_time (self->source, 0);
      sent = TRUE;
    }
  g_mutex_unlock (&self->lock);

  if (item != NULL)
    self->item_free (item);

  return sent;
}

/**
 * gantry_channel_drain:
 *
 * Handles everything that is in the channel now, without waiting for the main context. In the
 * receiving thread only: for the moment when the last sender is known to have ended.
 */
void
gantry_channel_drain (GantryChannel *self)
{
  for (;;)
    {
      gpointer item;

      g_mutex_lock (&self->lock);
      item = self->closed ? NULL : g_queue_pop_head (&self->items);
      g_cond_signal (&self->has_room);
      g_mutex_unlock (&self->lock);
      if (item == NULL)
        return;
      self->func (item, self->user_data);
    }
}

/* Wakes blocked senders first: a window that closed and then joined its worker
 * would otherwise wait for ever on a worker waiting for room.
 */
void
gantry_channel_close (GantryChannel *self)
{
  GSource *source;

  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  source = g_steal_pointer (&self->source);
  g_cond_broadcast (&self->has_room);
  g_mutex_unlock (&self->lock);

  if (source != NULL)
    {
      g_source_destroy (source);
      g_source_unref (source);
    }
}

GantryChannel *
gantry_channel_ref (GantryChannel *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
gantry_channel_unref (GantryChannel *self)
{
  g_atomic_rc_box_release_full (self, gantry_channel_clear);
}
