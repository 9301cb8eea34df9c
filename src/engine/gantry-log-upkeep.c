/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-log-upkeep.h"

#include "gantry-log-table.h"
#include "gantry-pdu-table.h"

#define SWEEP_MS 50
#define SWEEP_ROWS 500
/* How many rows, or octets of PDUs, may come before the log is looked at for what is too much. */
#define LIMIT_EVERY 4096
#define PRUNE_EVERY (4u << 20)
/* Requests that large are not made by anybody who means well; of their contexts, which are about as
 * large, so much stays. */
#define LARGE 16384
#define LARGE_MAX (G_GUINT64_CONSTANT (256) << 20)
#define LARGE_AT_A_TIME 16

struct _GantryLogUpkeep
{
  GantryCore *core;
  GSource *sweep; /* while there is something to do */
  GantryLogSweep at;
  guint rows;     /* since it was looked at */
  guint64 octets; /* of PDUs that may have been added, or have become useless, since then */
  GQueue large;   /* (element-type Large), the oldest first */
  guint64 large_octets;
};

typedef struct
{
  gint64 id;
  guint64 octets;
} Large;

static gboolean
forget_large (GantryLogUpkeep *self, gboolean *more, GError **error)
{
  for (guint i = 0; i < LARGE_AT_A_TIME && self->large_octets > LARGE_MAX; i++)
    {
      g_autofree Large *large = g_queue_pop_head (&self->large);

      self->large_octets -= large->octets;
      if (!gantry_log_table_forget_contexts (self->core->db, large->id, error))
        return FALSE;
    }
  *more |= self->large_octets > LARGE_MAX;
  return TRUE;
}

/* Looking is done once, then it is swept, and at the end the PDUs are. */
static gboolean
step (GantryLogUpkeep *self, gboolean *more, GError **error)
{
  GantryDatabase *db = self->core->db;
  gint64 association = self->at.association;

  if (self->rows >= LIMIT_EVERY
      && !gantry_log_table_limit (db, GANTRY_LOG_ASSOCIATIONS, GANTRY_LOG_MESSAGES, error))
    return FALSE;
  if (!gantry_log_table_sweep (db, SWEEP_ROWS, &self->at, more, error)
      || !forget_large (self, more, error))
    return FALSE;
  if (self->at.association != association)
    self->octets += PRUNE_EVERY;
  return *more || self->octets < PRUNE_EVERY || gantry_pdu_table_prune (db, GANTRY_PDUS_MAX, error);
}

static gboolean
on_sweep (gpointer data)
{
  GantryLogUpkeep *self = data;
  GantryDatabase *db = self->core->db;
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;

  if (gantry_database_begin (db, &error) && step (self, &more, &error)
      && gantry_database_commit (db, &error))
    {
      self->rows = self->rows >= LIMIT_EVERY ? 0 : self->rows;
      self->octets = !more && self->octets >= PRUNE_EVERY ? 0 : self->octets;
    }
  else
    {
      g_warning ("The receiver's log cannot be cleared up: %s", error->message);
      gantry_database_rollback (db);
      self->at = (GantryLogSweep){ 0 }; /* from the start, as nothing of it was done */
      more = FALSE;                     /* until there is more of it */
    }
  if (more)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->sweep, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
start (GantryLogUpkeep *self)
{
  if (self->sweep == NULL)
    self->sweep = gantry_core_add_timer (self->core, SWEEP_MS, on_sweep, self);
}

void
gantry_log_upkeep_note (GantryLogUpkeep *self, guint rows)
{
  self->rows += rows;
  if (self->rows >= LIMIT_EVERY || self->octets >= PRUNE_EVERY || self->large_octets > LARGE_MAX)
    start (self);
}

void
gantry_log_upkeep_note_association (GantryLogUpkeep *self, const GantryAssociationRecord *record)
{
  guint64 octets = (record->request_pdu != NULL ? g_bytes_get_size (record->request_pdu) : 0)
                   + (record->answer_pdu != NULL ? g_bytes_get_size (record->answer_pdu) : 0);
  Large large = { record->id, octets };

  self->octets += octets;
  if (octets < LARGE || record->contexts->len == 0)
    return;
  g_queue_push_tail (&self->large, g_memdup2 (&large, sizeof large));
  self->large_octets += octets;
}

void
gantry_log_upkeep_clear (GantryLogUpkeep *self)
{
  g_autoptr (GError) error = NULL;

  if (!gantry_log_table_clear (self->core->db, &error))
    g_warning ("The receiver's log cannot be cleared: %s", error->message);
  start (self);
}

GantryLogUpkeep *
gantry_log_upkeep_new (GantryCore *core)
{
  GantryLogUpkeep *self = g_new0 (GantryLogUpkeep, 1);

  self->core = core;
  self->rows = LIMIT_EVERY; /* limits of a program that was closed before it came to that */
  self->octets = PRUNE_EVERY;
  g_queue_init (&self->large);
  start (self);
  return self;
}

void
gantry_log_upkeep_free (GantryLogUpkeep *self)
{
  if (self->sweep != NULL)
    g_source_destroy (self->sweep);
  g_clear_pointer (&self->sweep, g_source_unref);
  g_queue_clear_full (&self->large, g_free);
  g_free (self);
}
