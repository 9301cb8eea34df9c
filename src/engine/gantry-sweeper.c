/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-sweeper.h"

#include "gantry-queue-table.h"

#define ROWS 2000 /* some 20 ms */
#define PAUSE_MS 20

struct _GantrySweeper
{
  GantryCore *core;
  GSource *timer; /* NULL: there is nothing to sweep */
};

static void
stop (GantrySweeper *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static gboolean
on_timer (gpointer data)
{
  GantrySweeper *self = data;
  GantryDatabase *db = self->core->db;
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;

  if (!gantry_database_begin (db, &error) || !gantry_queue_table_sweep (db, ROWS, &more, &error)
      || !gantry_database_commit (db, &error))
    {
      g_warning ("A removed job cannot be deleted: %s", error->message);
      gantry_database_rollback (db);
      more = FALSE; /* the disk may have room at the next start */
    }
  if (!more)
    stop (self);
  return G_SOURCE_CONTINUE;
}

void
gantry_sweeper_start (GantrySweeper *self)
{
  if (self->timer == NULL)
    self->timer = gantry_core_add_timer (self->core, PAUSE_MS, on_timer, self);
}

GantrySweeper *
gantry_sweeper_new (GantryCore *core)
{
  GantrySweeper *self = g_new0 (GantrySweeper, 1);

  self->core = core;
  gantry_sweeper_start (self);
  return self;
}

void
gantry_sweeper_free (GantrySweeper *self)
{
  stop (self);
  g_free (self);
}
