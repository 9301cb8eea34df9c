/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-nodes-page.h"

struct _GantryNodesPage
{
  AdwBin parent_instance;

  GantryEngine *engine;
};

G_DEFINE_FINAL_TYPE (GantryNodesPage, gantry_nodes_page, ADW_TYPE_BIN)

static void
gantry_nodes_page_dispose (GObject *object)
{
  GantryNodesPage *self = GANTRY_NODES_PAGE (object);

  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_nodes_page_parent_class)->dispose (object);
}

static void
gantry_nodes_page_class_init (GantryNodesPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = gantry_nodes_page_dispose;
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/github/gantry/Gantry/gantry-nodes-page.ui");
}

static void
gantry_nodes_page_init (GantryNodesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
gantry_nodes_page_set_engine (GantryNodesPage *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_NODES_PAGE (self));

  g_set_object (&self->engine, engine);
}

void
gantry_nodes_page_handle_event (GantryNodesPage *self, GantryEvent *event)
{
  g_assert (GANTRY_IS_NODES_PAGE (self) && event != NULL);
}
