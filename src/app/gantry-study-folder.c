/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-study-folder.h"

const char *
gantry_study_get_sample (const GantryStudy *study)
{
  for (guint i = 0; i < study->series->len; i++)
    {
      const GantrySeries *series = g_ptr_array_index (study->series, i);

      if (*series->sample_path != '\0')
        return series->sample_path;
    }
  return NULL;
}

/* Each series has a folder of its own below @folder. */
static gboolean
holds_series (const char *folder, const GantryStudy *study)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = 0;

  for (guint i = 0; i < study->series->len; i++)
    {
      const GantrySeries *series = g_ptr_array_index (study->series, i);
      g_autofree char *own = g_path_get_dirname (series->sample_path);
      g_autofree char *above = g_path_get_dirname (own);

      if (*series->sample_path == '\0')
        continue;
      if (!g_str_equal (above, folder))
        return FALSE;
      g_hash_table_add (folders, g_steal_pointer (&own));
      n++;
    }
  return n > 1 && g_hash_table_size (folders) == n;
}

char *
gantry_study_find_folder (const GantryStudy *study)
{
  const char *sample = gantry_study_get_sample (study);
  g_autofree char *folder = NULL;
  g_autofree char *above = NULL;
  g_autofree char *name = NULL;

  if (sample == NULL)
    return NULL;
  folder = g_path_get_dirname (sample);
  above = g_path_get_dirname (folder);
  name = g_path_get_basename (above);
  if (g_str_equal (name, study->study_uid) || holds_series (above, study))
    return g_steal_pointer (&above);
  return g_steal_pointer (&folder);
}
