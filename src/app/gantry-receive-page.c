/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-receive-page.h"

struct _GantryReceivePage
{
  AdwBin parent_instance;

  GantryEngine *engine;
  guint active; /* associations open now */
};

G_DEFINE_FINAL_TYPE (GantryReceivePage, gantry_receive_page, ADW_TYPE_BIN)

enum
{
  PROP_ACTIVE = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
gantry_receive_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GantryReceivePage *self = GANTRY_RECEIVE_PAGE (object);

  switch (id)
    {
    case PROP_ACTIVE:
      g_value_set_uint (value, self->active);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gantry_receive_page_dispose (GObject *object)
{
  GantryReceivePage *self = GANTRY_RECEIVE_PAGE (object);

  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_receive_page_parent_class)->dispose (object);
}

static void
gantry_receive_page_class_init (GantryReceivePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = gantry_receive_page_dispose;
  object_class->get_property = gantry_receive_page_get_property;

  properties[PROP_ACTIVE]
      = g_param_spec_uint ("active", NULL, NULL, 0, G_MAXUINT, 0,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/github/gantry/Gantry/gantry-receive-page.ui");
}

static void
gantry_receive_page_init (GantryReceivePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
gantry_receive_page_set_engine (GantryReceivePage *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_RECEIVE_PAGE (self));

  g_set_object (&self->engine, engine);
}

void
gantry_receive_page_handle_event (GantryReceivePage *self, GantryEvent *event)
{
  if (event->type == GANTRY_EVENT_LISTENER && event->listener.active != self->active)
    {
      self->active = event->listener.active;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
    }
}
