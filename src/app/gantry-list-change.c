/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-list-change.h"

static int
compare_positions (gconstpointer a, gconstpointer b)
{
  guint pa = ((const GantryListKey *)a)->position, pb = ((const GantryListKey *)b)->position;

  return pa < pb ? -1 : pa > pb;
}

GantryListChange
gantry_list_change_find (
    GArray *known, guint old_total, guint new_total, GantryListKeyFunc new_key, gpointer user_data)
{
  guint start = MIN (old_total, new_total), end;

  g_array_sort (known, compare_positions);
  end = start;
  for (guint i = 0; i < known->len; i++)
    {
      const GantryListKey *row = &g_array_index (known, GantryListKey, i);
      gint64 key;

      if (row->position >= start)
        break;
      key = new_key (row->position, user_data);
      if (key != 0 && key != row->key)
        start = row->position;
    }

  /* The same from the other side; rows are counted from the end of each list. */
  end -= start;
  for (guint i = known->len; i-- > 0;)
    {
      const GantryListKey *row = &g_array_index (known, GantryListKey, i);
      guint from_end = old_total - 1 - row->position;
      gint64 key;

      if (from_end >= end)
        break;
      key = new_key (new_total - 1 - from_end, user_data);
      if (key != 0 && key != row->key)
        end = from_end;
    }
  return (GantryListChange){ start, old_total - start - end, new_total - start - end };
}
