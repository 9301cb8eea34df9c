/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-paged-model.h"

#include "gantry-held-rows.h"
#include "gantry-page-loader.h"
#include "gantry-records.h"

/* Between two refreshes when the list changes all the time, ms. */
#define REFRESH_PAUSE 100
/* A selection looks for its item among all added rows; beyond this many that takes too long, and
 * the list is told of a removal and an addition instead. */
#define MAX_REPLACED 2000

struct _GantryPagedModel
{
  GObject parent_instance;

  const GantryPagedSource *funcs;
  GantryPageLoader *loader;
  guint page_size;
  guint max_pages;

  guint total;
  gboolean loaded;
  GantryHeldRows *rows;
  GantryPageCache *pages;
  GHashTable *failed; /* set of page numbers that are not asked for again before a refresh */
  guint last_asked;   /* position; what the user looks at comes first */
  guint pump_id;

  gboolean refreshing;
  gboolean refresh_again;
  guint refresh_id;
  GQueue to_refresh;       /* page numbers not asked for yet */
  GantryPageCache *staged; /* of the refresh under way */
  guint staged_total;
};

static void gantry_paged_model_list_model_init (GListModelInterface *iface);
static void start_refresh (GantryPagedModel *self);
static void pump (GantryPagedModel *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (GantryPagedModel,
                               gantry_paged_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      gantry_paged_model_list_model_init))

enum
{
  PROP_LOADED = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint failed_signal, refreshed_signal;

/* ---- Rows --------------------------------------------------------------------------------- */

static gboolean
on_pump (gpointer data)
{
  GantryPagedModel *self = data;

  self->pump_id = 0;
  pump (self);
  return G_SOURCE_REMOVE;
}

/* Before the next frame, but after whoever asks for rows now has asked for all of them: a list that
 * is dragged through a million rows lets go of most of them in the same breath. */
static void
queue_pump (GantryPagedModel *self)
{
  if (self->pump_id == 0)
    self->pump_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_pump, self, NULL);
}

static void
on_row_gone (gpointer self)
{
  queue_pump (self);
}

static GType
gantry_paged_model_get_item_type (GListModel *list G_GNUC_UNUSED)
{
  return GANTRY_TYPE_PAGED_ITEM;
}

static guint
gantry_paged_model_get_n_items (GListModel *list)
{
  return GANTRY_PAGED_MODEL (list)->total;
}

static gpointer
gantry_paged_model_get_item (GListModel *list, guint position)
{
  GantryPagedModel *self = GANTRY_PAGED_MODEL (list);
  GantryPagedItem *item;
  gpointer record;

  if (position >= self->total)
    return NULL;

  gantry_page_cache_touch (self->pages, position);
  item = gantry_held_rows_get (self->rows, position);
  if (gantry_paged_item_get_record (item) != NULL)
    return item;
  record = gantry_page_cache_get (self->pages, position);
  if (record != NULL)
    {
      gantry_paged_item_set_record (item, record);
    }
  else
    {
      self->last_asked = position;
      queue_pump (self);
    }
  return item;
}

static void
gantry_paged_model_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = gantry_paged_model_get_item_type;
  iface->get_n_items = gantry_paged_model_get_n_items;
  iface->get_item = gantry_paged_model_get_item;
}

/* ---- Pages -------------------------------------------------------------------------------- */

static void
take_page (GantryPagedModel *self, guint number, GPtrArray *records, guint total)
{
  if (total != self->total)
    {
      /* The list changed since; positions of this answer are not ours. */
      g_ptr_array_unref (records);
      gantry_paged_model_refresh (self);
      return;
    }
  /* A page that is shorter than it should be must not be asked for again and again. */
  if (records->len < MIN (self->page_size, total - MIN (total, number * self->page_size)))
    g_hash_table_add (self->failed, GUINT_TO_POINTER (number));
  gantry_page_cache_take (self->pages, number, records);
  gantry_page_cache_trim (self->pages, self->max_pages);
  gantry_held_rows_fill (self->rows, self->pages);
}

/* ---- Refresh ------------------------------------------------------------------------------ */

static gint64
staged_key (guint position, gpointer data)
{
  GantryPagedModel *self = data;

  return gantry_page_cache_get_key (self->staged, position, self->funcs->key);
}

static GantryListChange
find_change (GantryPagedModel *self)
{
  g_autoptr (GArray) known = gantry_held_rows_get_keys (self->rows, self->funcs->key);

  return gantry_list_change_find (known, self->total, self->staged_total, staged_key, self);
}

/* Rows stay the same objects; the ones that nobody finds again are let go. */
static void
move_rows (GantryPagedModel *self, const GantryListChange *change)
{
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < MIN (change->added, MAX_REPLACED); i++)
    {
      gint64 key = staged_key (change->start + i, self);
      if (key != 0)
        g_hash_table_insert (places, g_memdup2 (&key, sizeof key),
                             GUINT_TO_POINTER (change->start + i));
    }
  gantry_held_rows_move (self->rows, change, places, self->funcs->key);
}

/* All the answers are in. */
static void
apply_refresh (GantryPagedModel *self)
{
  guint total = self->staged_total;
  GantryListChange change = find_change (self);

  if (change.removed > 0 && change.added > MAX_REPLACED)
    {
      GantryListChange removal = { change.start, change.removed, 0 };

      move_rows (self, &removal);
      self->total -= change.removed;
      gantry_page_cache_clear (self->pages);
      g_list_model_items_changed (G_LIST_MODEL (self), change.start, change.removed, 0);
      change.removed = 0;
    }

  move_rows (self, &change);
  gantry_page_cache_free (self->pages);
  self->pages = g_steal_pointer (&self->staged);
  self->staged = gantry_page_cache_new (self->page_size);
  g_hash_table_remove_all (self->failed);
  self->refreshing = FALSE;
  self->total = total;
  gantry_held_rows_fill (self->rows, self->pages);

  if (change.removed > 0 || change.added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), change.start, change.removed, change.added);
  gantry_page_cache_trim (self->pages, self->max_pages);
  if (!self->loaded)
    {
      self->loaded = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADED]);
    }
}

static gboolean
on_refresh (gpointer data)
{
  GantryPagedModel *self = data;

  self->refresh_id = 0;
  start_refresh (self);
  return G_SOURCE_REMOVE;
}

static void
end_refresh (GantryPagedModel *self)
{
  self->refreshing = FALSE;
  g_queue_clear (&self->to_refresh);
  gantry_page_cache_clear (self->staged);
  if (self->refresh_again && self->refresh_id == 0)
    self->refresh_id = g_timeout_add (REFRESH_PAUSE, on_refresh, self);
  self->refresh_again = FALSE;
  queue_pump (self);
}

static void
take_refreshed (GantryPagedModel *self, guint number, GPtrArray *records, guint total)
{
  if (gantry_page_cache_get_n_pages (self->staged) > 0 && total != self->staged_total)
    self->refresh_again = TRUE; /* it changed between two answers */
  self->staged_total = total;
  gantry_page_cache_take (self->staged, number, records);
}

/* ---- Questions ---------------------------------------------------------------------------- */

static void
take_failure (GantryPagedModel *self, guint number, GError *error)
{
  if (self->refreshing)
    {
      /* What we have is better than nothing. The rest of it would fail the same way. */
      gantry_page_loader_abandon (self->loader);
      end_refresh (self);
    }
  else
    {
      g_hash_table_add (self->failed, GUINT_TO_POINTER (number));
    }
  g_signal_emit (self, failed_signal, 0, error);
}

static void
on_page (guint number, GPtrArray *records, guint total, GError *error, gpointer data)
{
  GantryPagedModel *self = data;

  g_object_ref (self);
  if (records == NULL)
    take_failure (self, number, error);
  else if (self->refreshing)
    take_refreshed (self, number, records, total);
  else
    take_page (self, number, records, total);
  if (self->refreshing && gantry_page_loader_is_idle (self->loader)
      && g_queue_is_empty (&self->to_refresh))
    {
      gboolean again = self->refresh_again;

      apply_refresh (self);
      end_refresh (self);
      if (!again)
        g_signal_emit (self, refreshed_signal, 0);
    }
  queue_pump (self);
  g_object_unref (self);
}

/* Pages of which somebody holds an empty row. */
static GHashTable *
wanted_pages (GantryPagedModel *self)
{
  GHashTable *wanted = gantry_held_rows_get_pages (self->rows, self->page_size, TRUE);
  GHashTableIter iter;
  gpointer number;

  g_hash_table_iter_init (&iter, self->failed);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    g_hash_table_remove (wanted, number);
  return wanted;
}

static gpointer
nearest_page (GHashTable *wanted, guint number)
{
  GHashTableIter iter;
  gpointer candidate, nearest = NULL;
  guint least = G_MAXUINT;

  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &candidate, NULL))
    {
      guint n = GPOINTER_TO_UINT (candidate);
      guint distance = n > number ? n - number : number - n;

      if (distance < least)
        {
          least = distance;
          nearest = candidate;
        }
    }
  return nearest;
}

static void
pump_pages (GantryPagedModel *self)
{
  g_autoptr (GHashTable) wanted = wanted_pages (self);

  gantry_page_loader_keep (self->loader, wanted);
  while (!gantry_page_loader_is_busy (self->loader) && g_hash_table_size (wanted) > 0)
    {
      gpointer number = nearest_page (wanted, self->last_asked / self->page_size);

      g_hash_table_remove (wanted, number);
      gantry_page_loader_ask (self->loader, GPOINTER_TO_UINT (number), self->page_size);
    }
}

static void
pump (GantryPagedModel *self)
{
  if (!self->refreshing)
    {
      pump_pages (self);
      return;
    }
  while (!gantry_page_loader_is_busy (self->loader) && !g_queue_is_empty (&self->to_refresh))
    gantry_page_loader_ask (self->loader, GPOINTER_TO_UINT (g_queue_pop_head (&self->to_refresh)),
                            self->page_size);
}

static void
start_refresh (GantryPagedModel *self)
{
  g_autoptr (GHashTable) numbers = gantry_held_rows_get_pages (self->rows, self->page_size, FALSE);
  GHashTableIter iter;
  gpointer number;

  gantry_page_loader_abandon (self->loader);
  if (g_hash_table_size (numbers) == 0)
    g_hash_table_add (numbers, GUINT_TO_POINTER (0)); /* for the count */

  self->refreshing = TRUE;
  g_hash_table_iter_init (&iter, numbers);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    g_queue_push_tail (&self->to_refresh, number);
  pump (self);
}

/* ---- The class ---------------------------------------------------------------------------- */

static void
gantry_paged_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOADED)
    g_value_set_boolean (value, GANTRY_PAGED_MODEL (object)->loaded);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gantry_paged_model_dispose (GObject *object)
{
  GantryPagedModel *self = GANTRY_PAGED_MODEL (object);
  g_clear_handle_id (&self->pump_id, g_source_remove);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_pointer (&self->loader, gantry_page_loader_free);
  g_clear_pointer (&self->rows, gantry_held_rows_free);
  G_OBJECT_CLASS (gantry_paged_model_parent_class)->dispose (object);
}

static void
gantry_paged_model_finalize (GObject *object)
{
  GantryPagedModel *self = GANTRY_PAGED_MODEL (object);

  gantry_page_cache_free (self->pages);
  gantry_page_cache_free (self->staged);
  g_hash_table_unref (self->failed);
  g_queue_clear (&self->to_refresh);
  G_OBJECT_CLASS (gantry_paged_model_parent_class)->finalize (object);
}

static void
gantry_paged_model_class_init (GantryPagedModelClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = gantry_paged_model_get_property;
  object_class->dispose = gantry_paged_model_dispose;
  object_class->finalize = gantry_paged_model_finalize;

  props[PROP_LOADED]
      = g_param_spec_boolean ("loaded", NULL, NULL, FALSE,
                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  failed_signal = g_signal_new ("failed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  refreshed_signal = g_signal_new ("refreshed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gantry_paged_model_init (GantryPagedModel *self)
{
  self->page_size = GANTRY_PAGED_MODEL_PAGE;
  self->max_pages = GANTRY_PAGED_MODEL_MAX_PAGES;
  self->rows = gantry_held_rows_new (on_row_gone, self);
  self->pages = gantry_page_cache_new (self->page_size);
  self->staged = gantry_page_cache_new (self->page_size);
  self->failed = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->to_refresh);
}

GantryPagedModel *
gantry_paged_model_new (const GantryPagedSource *funcs, gpointer source, GDestroyNotify source_free)
{
  GantryPagedModel *self = g_object_new (GANTRY_TYPE_PAGED_MODEL, NULL);

  self->funcs = funcs;
  self->loader = gantry_page_loader_new (funcs, source, source_free, on_page, self);
  return self;
}

void
gantry_paged_model_set_sizes (GantryPagedModel *self, guint page_size, guint max_pages)
{
  g_return_if_fail (GANTRY_IS_PAGED_MODEL (self));
  g_return_if_fail (page_size > 0 && max_pages > 0);
  g_return_if_fail (!self->loaded);

  self->page_size = page_size;
  self->max_pages = max_pages;
  gantry_page_cache_free (self->pages);
  self->pages = gantry_page_cache_new (page_size);
  gantry_page_cache_free (self->staged);
  self->staged = gantry_page_cache_new (page_size);
}

void
gantry_paged_model_refresh (GantryPagedModel *self)
{
  g_return_if_fail (GANTRY_IS_PAGED_MODEL (self));

  if (self->refreshing)
    self->refresh_again = TRUE;
  else if (self->refresh_id == 0)
    self->refresh_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_refresh, self, NULL);
}

gboolean
gantry_paged_model_update (GantryPagedModel *self, gpointer record)
{
  gint64 key;
  gboolean found;

  g_return_val_if_fail (GANTRY_IS_PAGED_MODEL (self), FALSE);
  g_return_val_if_fail (record != NULL, FALSE);

  key = self->funcs->key (record);
  gantry_page_loader_update (self->loader, record);
  /* Of a refresh, what has been answered already may be older. */
  gantry_page_cache_replace (self->staged, self->funcs->key, record);
  found = gantry_page_cache_replace (self->pages, self->funcs->key, record);
  /* Rows may outlive their page. */
  g_autoptr (GantryPagedItem) row = gantry_paged_model_find (self, key);
  if (row != NULL)
    gantry_paged_item_set_record (row, record);
  return found || row != NULL;
}

GantryPagedItem *
gantry_paged_model_find (GantryPagedModel *self, gint64 key)
{
  GantryPagedItem *item;
  guint position;

  g_return_val_if_fail (GANTRY_IS_PAGED_MODEL (self), NULL);

  item = gantry_held_rows_find (self->rows, self->funcs->key, key);
  if (item != NULL)
    return item;
  if (gantry_page_cache_find (self->pages, self->funcs->key, key, &position))
    return g_list_model_get_item (G_LIST_MODEL (self), position);
  return NULL;
}

gboolean
gantry_paged_model_get_loaded (GantryPagedModel *self)
{
  g_return_val_if_fail (GANTRY_IS_PAGED_MODEL (self), FALSE);

  return self->loaded;
}

guint
gantry_paged_model_get_n_cached (GantryPagedModel *self)
{
  g_return_val_if_fail (GANTRY_IS_PAGED_MODEL (self), 0);

  return gantry_page_cache_get_n_records (self->pages);
}
