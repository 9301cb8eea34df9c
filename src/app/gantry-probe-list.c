/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-list.h"

#include "gantry-registry.h"
#include "gantry-settings.h"

static void
add_series (GStrvBuilder *uids, const GantrySeries *series)
{
  gsize n;
  const GantrySopClass *table = gantry_sop_class_table (&n);

  if (*series->sop_class_uid != '\0')
    {
      g_strv_builder_add (uids, series->sop_class_uid);
      return;
    }
  for (gsize i = 0; i < n; i++)
    if (*table[i].modality != '\0' && gantry_modalities_have (series->modality, table[i].modality))
      g_strv_builder_add (uids, table[i].uid);
}

GStrv
gantry_probe_list_from_studies (GPtrArray *studies)
{
  g_autoptr (GStrvBuilder) uids = g_strv_builder_new ();

  for (guint i = 0; i < studies->len; i++)
    {
      const GantryStudy *study = studies->pdata[i];

      for (guint j = 0; j < study->series->len; j++)
        add_series (uids, study->series->pdata[j]);
    }
  return g_strv_builder_end (uids);
}

guint
gantry_probe_list_keep (GantryProbeGrid *grid)
{
  guint n = gantry_probe_grid_get_n_rows (grid);
  g_autoptr (GStrvBuilder) uids = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint row = 0; row < n; row++)
    g_strv_builder_add (uids, gantry_probe_grid_get_class_uid (grid, row));
  list = g_strv_builder_end (uids);
  g_settings_set_strv (gantry_settings_get (), GANTRY_KEY_PROBE_LIST, (const char *const *)list);
  return n;
}

GStrv
gantry_probe_list_load (void)
{
  return g_settings_get_strv (gantry_settings_get (), GANTRY_KEY_PROBE_LIST);
}
