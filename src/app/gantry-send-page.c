/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-send-page.h"

struct _GantrySendPage
{
  AdwBin parent_instance;

  GantryEngine *engine;
};

G_DEFINE_FINAL_TYPE (GantrySendPage, gantry_send_page, ADW_TYPE_BIN)

static void
gantry_send_page_dispose (GObject *object)
{
  GantrySendPage *self = GANTRY_SEND_PAGE (object);

  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_send_page_parent_class)->dispose (object);
}

static void
gantry_send_page_class_init (GantrySendPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = gantry_send_page_dispose;
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/github/gantry/Gantry/gantry-send-page.ui");
}

static void
gantry_send_page_init (GantrySendPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
gantry_send_page_set_engine (GantrySendPage *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_SEND_PAGE (self));

  g_set_object (&self->engine, engine);
}

void
gantry_send_page_handle_event (GantrySendPage *self, GantryEvent *event)
{
  g_assert (GANTRY_IS_SEND_PAGE (self) && event != NULL);
}
