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

static void
update (GantryAssociationList *self)
{
  gboolean some = self->model != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0;
  gboolean known = self->model != NULL && gantry_paged_model_get_loaded (self->model);

  gtk_label_set_text (self->label, known ? self->nothing : "");
  gtk_stack_set_visible_child (self->stack, some ? self->scrolled : GTK_WIDGET (self->label));
}

static void
on_failed (GantryAssociationList *self, GError *error)
{
  gtk_label_set_text (self->label, error->message);
}

static void
let_go (GantryAssociationList *self)
{
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
}

void
gantry_association_list_init (GantryAssociationList *self,
                              GtkStack *stack,
                              GtkLabel *label,
                              GtkWidget *scrolled,
                              GtkColumnView *view,
                              const char *nothing)
{
  *self = (GantryAssociationList){ stack, label, scrolled, view, g_strdup (nothing), NULL };
  update (self);
}

void
gantry_association_list_show (GantryAssociationList *self,
                              GantryEngine *engine,
                              gint64 id,
                              GantryAssociationListFunc func)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  let_go (self);
  if (id != 0 && engine != NULL)
    {
      Source *source = g_new0 (Source, 1);

      source->engine = g_object_ref (engine);
      source->id = id;
      source->func = func;
      self->model = gantry_paged_model_new (&funcs, source, source_free);
      g_signal_connect_swapped (self->model, "items-changed", G_CALLBACK (update), self);
      g_signal_connect_swapped (self->model, "notify::loaded", G_CALLBACK (update), self);
      g_signal_connect_swapped (self->model, "refreshed", G_CALLBACK (update), self);
      g_signal_connect_swapped (self->model, "failed", G_CALLBACK (on_failed), self);
      selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->model)));
    }
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  update (self);
}

void
gantry_association_list_refresh (GantryAssociationList *self)
{
  if (self->model != NULL)
    gantry_paged_model_refresh (self->model);
}

void
gantry_association_list_clear (GantryAssociationList *self)
{
  let_go (self);
  g_clear_pointer (&self->nothing, g_free);
}
