/* gantry-channel.h - one-way, bounded, closable queue from workers to a main context
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GantryChannel GantryChannel;

/* Called in the receiving context; owns @item. */
typedef void (*GantryChannelFunc) (gpointer item, gpointer user_data);

GantryChannel *gantry_channel_new (GMainContext *context,
                                   guint capacity,
                                   GDestroyNotify item_free,
                                   GantryChannelFunc func,
                                   gpointer user_data);
gboolean gantry_channel_send (GantryChannel *self, gpointer item);
void gantry_channel_drain (GantryChannel *self);
void gantry_channel_close (GantryChannel *self);
GantryChannel *gantry_channel_ref (GantryChannel *self);
void gantry_channel_unref (GantryChannel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryChannel, gantry_channel_unref)

G_END_DECLS
