/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-association-list.h"

/* What the list asks: it outlives who shows it by one answer. */
typedef struct
{
  GantryEngine *engine;
  gint64 id;
  GantryAssociationListFunc func;
} Source;

static void
source_free (gpointer data)
{
  Source *source = data;

  g_object_unref (source->engine);
  g_free (source);
}

static void
fetch (guint offset,
       guint limit,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer callback_data,
       gpointer data)
{
  Source *source = data;

  source->func (source->engine, source->id, offset, limit, cancellable, callback, callback_data);
}

static GPtrArray *
finish (GAsyncResult *result, guint *total, GError **error, gpointer data)
{
  return gantry_engine_list_finish (((Source *)data)->engine, result, total, error);
}

/* Both kinds of records begin with it. */
G_STATIC_ASSERT (G_STRUCT_OFFSET (GantryReceived, id) == 0);
G_STATIC_ASSERT (G_STRUCT_OFFSET (GantryMessage, id) == 0);

static gint64
get_key (gconstpointer record)
{
  return *(const gint64 *)record;
}

static const GantryPagedSource funcs = { fetch, finish, get_key };

void
gantry_association_list_clear (GantryPagedModel **list, gpointer data)
{
  if (*list != NULL)
    g_signal_handlers_disconnect_by_data (*list, data);
  g_clear_object (list);
}

void
gantry_association_list_show (GantryPagedModel **list,
                              GtkColumnView *view,
                              GantryEngine *engine,
                              gint64 id,
                              GantryAssociationListFunc func,
                              GCallback changed,
                              gpointer data)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  gantry_association_list_clear (list, data);
  if (id != 0 && engine != NULL)
    {
      Source *source = g_new0 (Source, 1);

      source->engine = g_object_ref (engine);
      source->id = id;
      source->func = func;
      *list = gantry_paged_model_new (&funcs, source, source_free);
      g_signal_connect_swapped (*list, "items-changed", changed, data);
      selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (*list)));
    }
  gtk_column_view_set_model (view, GTK_SELECTION_MODEL (selection));
}
