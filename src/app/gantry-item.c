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

static GantryItem *
get_at (GListStore *store, guint position)
{
  g_autoptr (GantryItem) item = g_list_model_get_item (G_LIST_MODEL (store), position);

  return item; /* the store holds it */
}

static guint
count (GListStore *store)
{
  return g_list_model_get_n_items (G_LIST_MODEL (store));
}

/* How many of the first items are those of the first records already; they get their records. */
static guint
sync_beginning (GListStore *store, GPtrArray *records, GantryRecordId id)
{
  guint i = 0, n = MIN (count (store), records->len);

  for (; i < n && get_at (store, i)->id == id (records->pdata[i]); i++)
    gantry_item_set_record (get_at (store, i), records->pdata[i]);
  return i;
}

/* An item for each record, the one that the store has where it has one; the others leave it.
 * Returns: (transfer full) */
static GPtrArray *
take_items (GListStore *store, GPtrArray *records, GantryRecordId id)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) left = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < count (store); i++)
    g_hash_table_insert (left, &get_at (store, i)->id, get_at (store, i));
  for (guint i = 0; i < records->len; i++)
    {
      gint64 key = id (records->pdata[i]);
      GantryItem *item = g_hash_table_lookup (left, &key);

      if (item == NULL)
        item = gantry_item_new (key, records->pdata[i]);
      else
        {
          g_hash_table_remove (left, &key);
          g_object_ref (item);
          gantry_item_set_record (item, records->pdata[i]);
        }
      g_ptr_array_add (items, item);
    }
  for (guint i = count (store); i-- > 0;)
    if (g_hash_table_remove (left, &get_at (store, i)->id))
      g_list_store_remove (store, i);
  return items;
}

/* Whether the store has to get new items only, not others in their order. */
static gboolean
is_in_order (GListStore *store, GPtrArray *items)
{
  guint found = 0, n = count (store);

  for (guint i = 0; found < n && i < items->len; i++)
    found += get_at (store, found) == items->pdata[i];
  return found == n;
}

static void
insert_missing (GListStore *store, GPtrArray *items)
{
  for (guint i = 0, n; i < items->len; i += n)
    {
      GantryItem *at = i < count (store) ? get_at (store, i) : NULL;

      n = 1;
      if (at == items->pdata[i])
        continue;
      while (i + n < items->len && items->pdata[i + n] != at)
        n++;
      g_list_store_splice (store, i, 0, &items->pdata[i], n);
    }
}

/* In one change, so that nobody misses an item that only moved. */
static void
reorder (GListStore *store, GPtrArray *items)
{
  guint first = 0, n = count (store), end = 0;

  while (get_at (store, first) == items->pdata[first])
    first++;
  while (get_at (store, n - 1 - end) == items->pdata[items->len - 1 - end])
    end++;
  g_list_store_splice (store, first, n - first - end, &items->pdata[first],
                       items->len - first - end);
}

void
gantry_item_store_sync (GListStore *store, GPtrArray *records, GantryRecordId id)
{
  g_autoptr (GPtrArray) items = NULL;

  if (sync_beginning (store, records, id) == MAX (records->len, count (store)))
    return;
  items = take_items (store, records, id);
  if (is_in_order (store, items))
    insert_missing (store, items);
  else
    reorder (store, items);
}

GantryItem *
gantry_item_store_find (GListStore *store, gint64 id, guint *position)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      GantryItem *item = get_at (store, i);

      if (item->id == id)
        {
          if (position != NULL)
            *position = i;
          return item;
        }
    }

  return NULL;
}
