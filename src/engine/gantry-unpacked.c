/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-unpacked.h"

#include "gantry-files.h"
#include "gantry-queue-table.h"

struct _GantryUnpacked
{
  GantryCore *core;
  GThreadPool *removers; /* one: of GPtrArray of folders */
  gint stopping;         /* atomic */
};

static void
swept_call (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  gantry_core_emit (core, gantry_event_new (GANTRY_EVENT_QUEUE_SWEPT));
}

static void
remove_folders (gpointer data, gpointer user_data)
{
  GantryUnpacked *self = user_data;
  g_autoptr (GPtrArray) folders = data;

  for (guint i = 0; i < folders->len && !g_atomic_int_get (&self->stopping); i++)
    gantry_remove_tree (folders->pdata[i]);
  gantry_core_post (self->core, swept_call, NULL, NULL);
}

void
gantry_unpacked_clean (GantryUnpacked *self)
{
  const char *staging = gantry_profile_get_staging (self->core->profile);
  g_autoptr (GDir) dir = g_dir_open (staging, 0, NULL);
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      char *folder = g_build_filename (staging, name, NULL);

      if (gantry_queue_table_uses_folder (self->core->db, folder))
        g_free (folder);
      else
        g_ptr_array_add (folders, folder);
    }
  g_thread_pool_push (self->removers, folders, NULL);
}

GantryUnpacked *
gantry_unpacked_new (GantryCore *core)
{
  GantryUnpacked *self = g_new0 (GantryUnpacked, 1);

  self->core = core;
  self->removers = g_thread_pool_new (remove_folders, self, 1, FALSE, NULL);
  return self;
}

void
gantry_unpacked_free (GantryUnpacked *self)
{
  g_atomic_int_set (&self->stopping, TRUE);
  g_thread_pool_free (self->removers, FALSE, TRUE);
  g_free (self);
}
