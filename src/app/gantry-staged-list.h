/* gantry-staged-list.h - what is going to be sent: studies and their series
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signal "changed" when there is a newer list; "send" (GArray of gint64 study ids) when the user
 * asks for some studies only; "message" (plain text) for a toast.
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_STAGED_LIST (gantry_staged_list_get_type ())
G_DECLARE_FINAL_TYPE (GantryStagedList, gantry_staged_list, GANTRY, STAGED_LIST, AdwBin)

/* Keeps a reference and asks for the list. */
void gantry_staged_list_set_engine (GantryStagedList *self, GantryEngine *engine);
/* Asks again; calls while a question is on its way become one. */
void gantry_staged_list_reload (GantryStagedList *self);

guint gantry_staged_list_get_n_studies (GantryStagedList *self);

/* The model behind the rows: #GtkTreeListModel of #GantryItem, studies with their series below */
GListModel *gantry_staged_list_get_model (GantryStagedList *self);

G_END_DECLS
