/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-paged-item.h"

#include "gantry-records.h"

struct _GantryPagedItem
{
  GObject parent_instance;

  guint position;
  gpointer record;
  GantryPagedItemGone gone; /* NULL once detached */
  gpointer user_data;
};

G_DEFINE_FINAL_TYPE (GantryPagedItem, gantry_paged_item, G_TYPE_OBJECT)

enum
{
  PROP_RECORD = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
gantry_paged_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GantryPagedItem *self = GANTRY_PAGED_ITEM (object);

  if (id == PROP_RECORD)
    g_value_set_pointer (value, self->record);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gantry_paged_item_finalize (GObject *object)
{
  GantryPagedItem *self = GANTRY_PAGED_ITEM (object);

  if (self->gone != NULL)
    self->gone (self, self->user_data);
  g_clear_pointer (&self->record, gantry_record_unref);
  G_OBJECT_CLASS (gantry_paged_item_parent_class)->finalize (object);
}

static void
gantry_paged_item_class_init (GantryPagedItemClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = gantry_paged_item_get_property;
  object_class->finalize = gantry_paged_item_finalize;

  props[PROP_RECORD] = g_param_spec_pointer (
      "record", NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
gantry_paged_item_init (GantryPagedItem *self G_GNUC_UNUSED)
{
}

GantryPagedItem *
gantry_paged_item_new (guint position, GantryPagedItemGone gone, gpointer user_data)
{
  GantryPagedItem *self = g_object_new (GANTRY_TYPE_PAGED_ITEM, NULL);

  self->position = position;
  self->gone = gone;
  self->user_data = user_data;
  return self;
}

gpointer
gantry_paged_item_get_record (GantryPagedItem *self)
{
  g_return_val_if_fail (GANTRY_IS_PAGED_ITEM (self), NULL);

  return self->record;
}

void
gantry_paged_item_set_record (GantryPagedItem *self, gpointer record)
{
  g_return_if_fail (GANTRY_IS_PAGED_ITEM (self));
  g_return_if_fail (record != NULL);

  if (self->record == record)
    return;
  gantry_record_ref (record);
  g_clear_pointer (&self->record, gantry_record_unref);
  self->record = record;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RECORD]);
}

guint
gantry_paged_item_get_position (GantryPagedItem *self)
{
  return self->position;
}

void
gantry_paged_item_set_position (GantryPagedItem *self, guint position)
{
  self->position = position;
}

void
gantry_paged_item_detach (GantryPagedItem *self)
{
  self->gone = NULL;
}
