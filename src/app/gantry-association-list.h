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

/* The template's children, which live as long as the list is shown. Starts as zeros. */
typedef struct
{
  GtkStack *stack; /* shows one of the next two */
  GtkLabel *label;
  GtkWidget *scrolled;
  GtkColumnView *view;     /* in scrolled */
  char *nothing;           /* owned: what is said of an association that brought none */
  GantryPagedModel *model; /* NULL: none */
} GantryAssociationList;

/* @nothing: in the user's language; not said before that is known */
void gantry_association_list_init (GantryAssociationList *self,
                                   GtkStack *stack,
                                   GtkLabel *label,
                                   GtkWidget *scrolled,
                                   GtkColumnView *view,
                                   const char *nothing);
/* @id: 0: of no association. Empty until gantry_association_list_refresh(). */
void gantry_association_list_show (GantryAssociationList *self,
                                   GantryEngine *engine,
                                   gint64 id,
                                   GantryAssociationListFunc func);
/* Asks (again). What goes wrong is said in the place of the list when nothing is listed. */
void gantry_association_list_refresh (GantryAssociationList *self);
/* When the children are going; also twice. */
void gantry_association_list_clear (GantryAssociationList *self);

G_END_DECLS
