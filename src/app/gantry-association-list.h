/* gantry-association-list.h - what one association brought, as a list that loads as it is seen
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "gantry-engine.h"
#include "gantry-paged-model.h"

G_BEGIN_DECLS

/* gantry_engine_list_received_async() or gantry_engine_list_messages_async() */
typedef void (*GantryAssociationListFunc) (GantryEngine *engine,
                                           gint64 association_id,
                                           guint offset,
                                           guint limit,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);

/**
 * gantry_association_list_show:
 * @list: (inout): what @view shows; replaced. %NULL: nothing
 * @id: 0: of no association
 * @changed: (swapped with @data): when there are other rows; until the list is replaced
 */
void gantry_association_list_show (GantryPagedModel **list,
                                   GtkColumnView *view,
                                   GantryEngine *engine,
                                   gint64 id,
                                   GantryAssociationListFunc func,
                                   GCallback changed,
                                   gpointer data);
/* Without a view; also when it is none. */
void gantry_association_list_clear (GantryPagedModel **list, gpointer data);

G_END_DECLS
