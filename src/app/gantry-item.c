/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-item.h"

struct _GantryItem
{
  GObject parent_instance;

  gint64 id;
  gpointer record;
  GListStore *children; /* NULL until asked for */
};

enum
{
  PROP_RECORD = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GantryItem, gantry_item, G_TYPE_OBJECT)

static void
gantry_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GantryItem *self = GANTRY_ITEM (object);

  switch (id)
    {
    case PROP_RECORD:
      g_value_set_pointer (value, self->record);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gantry_item_finalize (GObject *object)
{
  GantryItem *self = GANTRY_ITEM (object);

  gantry_record_unref (self->record);
  g_clear_object (&self->children);
  G_OBJECT_CLASS (gantry_item_parent_class)->finalize (object);
}

static void
gantry_item_class_init (GantryItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gantry_item_get_property;
  object_class->finalize = gantry_item_finalize;

  properties[PROP_RECORD] = g_param_spec_pointer (
      "record", NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
gantry_item_init (GantryItem *self G_GNUC_UNUSED)
{
}

GantryItem *
gantry_item_new (gint64 id, gpointer record)
{
  GantryItem *self = g_object_new (GANTRY_TYPE_ITEM, NULL);

  self->id = id;
  self->record = gantry_record_ref (record);
  return self;
}

gint64
gantry_item_get_id (GantryItem *self)
{
  g_return_val_if_fail (GANTRY_IS_ITEM (self), 0);

  return self->id;
}

gpointer
gantry_item_get_record (GantryItem *self)
{
  g_return_val_if_fail (GANTRY_IS_ITEM (self), NULL);

  return self->record;
}

void
gantry_item_set_record (GantryItem *self, gpointer record)
{
  g_return_if_fail (GANTRY_IS_ITEM (self));

  if (record == self->record)
    return;
  gantry_record_unref (self->record);
  self->record = gantry_record_ref (record);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECORD]);
}

GListStore *
gantry_item_get_children (GantryItem *self)
{
  g_return_val_if_fail (GANTRY_IS_ITEM (self), NULL);

  if (self->children == NULL)
    self->children = g_list_store_new (GANTRY_TYPE_ITEM);
  return self->children;
}

static void
remove_missing (GListStore *store, GHashTable *wanted)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (store)); i-- > 0;)
    {
      g_autoptr (GantryItem) item = g_list_model_get_item (G_LIST_MODEL (store), i);

      if (!g_hash_table_contains (wanted, &item->id))
        g_list_store_remove (store, i);
    }
}

void
gantry_item_store_sync (GListStore *store, GPtrArray *records, GantryRecordId id)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < records->len; i++)
    {
      gint64 key = id (records->pdata[i]);

      g_hash_table_add (wanted, g_memdup2 (&key, sizeof key));
    }
  remove_missing (store, wanted);

  for (guint i = 0; i < records->len; i++)
    {
      gint64 key = id (records->pdata[i]);
      g_autoptr (GantryItem) item = g_list_model_get_item (G_LIST_MODEL (store), i);
      guint position;

      if (item != NULL && item->id == key)
        {
          gantry_item_set_record (item, records->pdata[i]);
          continue;
        }

      /* Either new, or the order changed, which is rare. */
      g_clear_object (&item);
      item = gantry_item_store_find (store, key, &position);
      if (item != NULL)
        {
          g_object_ref (item);
          g_list_store_remove (store, position);
          gantry_item_set_record (item, records->pdata[i]);
        }
      else
        item = gantry_item_new (key, records->pdata[i]);
      g_list_store_insert (store, i, item);
    }
}

GantryItem *
gantry_item_store_find (GListStore *store, gint64 id, guint *position)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (GantryItem) item = g_list_model_get_item (G_LIST_MODEL (store), i);

      if (item->id == id)
        {
          if (position != NULL)
            *position = i;
          return item; /* the store holds it */
        }
    }

  return NULL;
}
