/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-log.h"

#include <glib/gi18n-lib.h>

#include "gantry-association-lines.h"
#include "gantry-association-tally.h"
#include "gantry-log-table.h"
#include "gantry-log-upkeep.h"
#include "gantry-message-table.h"
#include "gantry-rate.h"
#include "gantry-received-table.h"
#include "gantry-session.h"

#define UPDATES_CAPACITY 1024
#define FLUSH_AT 256
#define FLUSH_MS 50
/* What the database does not take now is tried again, so many updates long; then the next start has
 * to look for what is missing. */
#define RETRY_MS 1000
#define UNWRITTEN_MAX 16384
/* Progress is told, and the rate measured, so often. */
#define TICK_MS 100

typedef struct
{
  GantryAssociationRecord *record;
  GantryRate rate;
  gboolean written; /* the row, its contexts and PDUs are in the database */
  gboolean dirty;   /* there is something to write */
  gboolean untold;  /* there is something to tell */
  gboolean urgent;  /* and it is a new state, which does not wait for the tick */
} Entry;

struct _GantryAssociationLog
{
  GantryCore *core;
  GantryAssociationLogFuncs funcs;
  gpointer user_data;
  GantryChannel *updates;
  GPtrArray *pending;   /* GantryUpdate: not yet applied */
  GPtrArray *unwritten; /* GantryUpdate: messages not yet in the database; empty unless it fails */
  GPtrArray *ended;     /* Entry: over, but not yet in the database */
  GHashTable *open;     /* session → Entry */
  GSource *flush;       /* a flush to come; NULL: none */
  GSource *tick;        /* while one is busy */
  GantryLogUpkeep *upkeep;
  gint64 next_association;
  gboolean opened; /* one was since the last flush: it is told before it is written */
  gboolean lossy;  /* a row could not be written: the next start must look */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  gantry_record_unref (entry->record);
  g_free (entry);
}

static void
stop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* ---- Telling -------------------------------------------------------------------------------- */

static void
tell (GantryAssociationLog *self, Entry *entry)
{
  g_autoptr (GantryAssociationRecord) copy = gantry_association_record_copy (entry->record);

  g_ptr_array_unref (copy->contexts);
  copy->contexts = gantry_record_array_new ();
  g_clear_pointer (&copy->request_pdu, g_bytes_unref);
  g_clear_pointer (&copy->answer_pdu, g_bytes_unref);
  if (!gantry_association_state_is_over (copy->state))
    gantry_rate_get (&entry->rate, &copy->objects_per_second, &copy->bytes_per_second);
  gantry_core_emit (self->core, gantry_event_new_record (GANTRY_EVENT_ASSOCIATION, copy));
  entry->untold = entry->urgent = FALSE;
}

/* Measures and tells progress; ends by itself when nothing moves any more. */
static gboolean
on_tick (gpointer data)
{
  GantryAssociationLog *self = data;
  gint64 now = g_get_monotonic_time ();
  gboolean busy = FALSE;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;
      double before, after, bytes;

      gantry_rate_get (&entry->rate, &before, &bytes);
      gantry_rate_add (&entry->rate, now, entry->record->objects, entry->record->bytes);
      gantry_rate_get (&entry->rate, &after, &bytes);
      busy |= entry->untold || after > 0;
      if (entry->untold || before > 0)
        tell (self, entry);
    }
  if (busy)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->tick, g_source_unref);
  return G_SOURCE_REMOVE;
}

/* ---- Updates -------------------------------------------------------------------------------- */

static void
end_association (GantryAssociationRecord *record, const GantryUpdate *update)
{
  g_autofree char *summary = gantry_association_summarise (record);

  record->state = update->state;
  record->ended_by = update->ended_by;
  record->ended = g_get_real_time ();
  g_free (record->result);
  if (*update->reason == '\0')
    record->result = g_steal_pointer (&summary);
  else
    record->result = gantry_association_has_summary (record)
                         ? g_strdup_printf ("%s · %s", update->reason, summary)
                         : g_strdup (update->reason);
}

static Entry *
add_entry (GantryAssociationLog *self, GantryAssociationRecord *record)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->record = gantry_record_ref (record);
  entry->dirty = TRUE;
  record->id = self->next_association++;
  return entry;
}

/* ---- Applying -------------------------------------------------------------------------------- */

/* What DCMTK said before there was a session goes on as messages of it. */
static void
take_said (GantryAssociationLog *self, GantryUpdate *update)
{
  for (guint i = 0; update->said != NULL && i < update->said->len; i++)
    {
      GantryUpdate *said = g_new0 (GantryUpdate, 1);

      said->type = GANTRY_UPDATE_MESSAGE;
      said->message = gantry_record_ref (update->said->pdata[i]);
      said->message->association_id = update->record->id;
      gantry_association_lines_message (self->core, said->message);
      g_ptr_array_add (self->unwritten, said);
    }
}

/* Brings the records in memory up to date. */
static void
apply_update (GantryAssociationLog *self, GantryUpdate *update)
{
  Entry *entry = g_hash_table_lookup (self->open, update->session);
  GantryAssociationState state;

  switch (update->type)
    {
    case GANTRY_UPDATE_OPENED:
      entry = add_entry (self, update->record);
      self->opened = TRUE;
      gantry_rate_add (&entry->rate, g_get_monotonic_time (), 0, 0);
      g_hash_table_insert (self->open, (gpointer)update->session, entry);
      tell (self, entry);
      gantry_association_lines_begin (self->core, entry->record);
      take_said (self, update);
      break;
    case GANTRY_UPDATE_TURNED_AWAY:
      g_ptr_array_add (self->ended, add_entry (self, update->record));
      take_said (self, update);
      gantry_association_lines_end (self->core, update->record);
      break;
    case GANTRY_UPDATE_MESSAGE:
      if (*update->message->text != '\0')
        {
          update->message->association_id = entry->record->id;
          gantry_association_lines_message (self->core, update->message);
          break;
        }
      state = entry->record->state;
      update->message->association_id = entry->record->id;
      if (update->received != NULL)
        update->received->association_id = entry->record->id;
      gantry_association_tally (entry->record, update->message, update->received);
      gantry_association_lines_message (self->core, update->message);
      entry->dirty = entry->untold = TRUE;
      entry->urgent |= entry->record->state != state;
      if (self->tick == NULL)
        self->tick = gantry_core_add_timer (self->core, TICK_MS, on_tick, self);
      break;
    case GANTRY_UPDATE_ENDED:
      end_association (entry->record, update);
      gantry_association_lines_end (self->core, entry->record);
      entry->dirty = TRUE;
      g_hash_table_steal (self->open, update->session);
      g_ptr_array_add (self->ended, entry);
      break;
    }
}

/* Brings what is pending into memory; messages go on to be written. */
static void
apply_pending (GantryAssociationLog *self)
{
  g_autoptr (GPtrArray) pending = g_steal_pointer (&self->pending);

  self->pending = g_ptr_array_new_with_free_func (gantry_update_free);
  g_ptr_array_set_free_func (pending, NULL);
  for (guint i = 0; i < pending->len; i++)
    {
      GantryUpdate *update = pending->pdata[i];

      apply_update (self, update);
      if (update->type == GANTRY_UPDATE_MESSAGE)
        g_ptr_array_add (self->unwritten, update);
      else
        gantry_update_free (update);
    }
}

/* ---- Into the database ---------------------------------------------------------------------- */

static gboolean
write_message (GantryAssociationLog *self,
               const GantryUpdate *update,
               guint64 *listed,
               GError **error)
{
  gboolean counted = FALSE;

  if (update->received != NULL
      && !gantry_received_table_add (self->core->db, update->received, update->instance,
                                     update->again, &counted, error))
    return FALSE;
  if (counted)
    *listed += update->received->size;
  return gantry_message_table_add (self->core->db, update->message, error);
}

static gboolean
write_entry (GantryAssociationLog *self, Entry *entry, GError **error)
{
  if (!entry->dirty)
    return TRUE;
  if (entry->written)
    {
      if (!gantry_log_table_update_association (self->core->db, entry->record, error))
        return FALSE;
      if (gantry_database_changes (self->core->db) > 0)
        return TRUE;
    }
  /* Also what was given up while the database took nothing. */
  return gantry_log_table_add_association (self->core->db, entry->record, error);
}

/* @listed: (out): octets that are new below the folder */
static gboolean
write_all (GantryAssociationLog *self, guint64 *listed, GError **error)
{
  GHashTableIter iter;
  gpointer entry;

  if (!gantry_database_begin (self->core->db, error))
    return FALSE;
  for (guint i = 0; i < self->unwritten->len; i++)
    if (!write_message (self, self->unwritten->pdata[i], listed, error))
      return FALSE;
  for (guint i = 0; i < self->ended->len; i++)
    if (!write_entry (self, self->ended->pdata[i], error))
      return FALSE;
  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (!write_entry (self, entry, error))
      return FALSE;
  return gantry_database_commit (self->core->db, error);
}

static gboolean
is_anything_new (GantryAssociationLog *self)
{
  GHashTableIter iter;
  gpointer entry;

  if (self->unwritten->len > 0 || self->ended->len > 0)
    return TRUE;
  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (((Entry *)entry)->dirty)
      return TRUE;
  return FALSE;
}

/* What waits for the database must not fill the memory: of associations that are over the facts do.
 */
static void
forget_pdus (GantryAssociationLog *self)
{
  for (guint i = 0; i < self->ended->len; i++)
    {
      GantryAssociationRecord *record = ((Entry *)self->ended->pdata[i])->record;

      g_clear_pointer (&record->request_pdu, g_bytes_unref);
      g_clear_pointer (&record->answer_pdu, g_bytes_unref);
      g_ptr_array_unref (record->contexts);
      record->contexts = gantry_record_array_new ();
    }
}

/* The objects are safe in their files already, and until the database is up to date the mark of
 * their folder stays: what never comes into it, the next start finds. So the peers are not made to
 * wait for it.
 * @written: (inout): FALSE: the database has given it up
 * Returns: FALSE: it is still to be written
 */
static gboolean
save (GantryAssociationLog *self, gboolean *written)
{
  g_autoptr (GError) error = NULL;
  guint64 listed = 0;

  if (!is_anything_new (self))
    return TRUE;
  if (write_all (self, &listed, &error))
    {
      if (listed > 0)
        self->funcs.listed (listed, self->user_data);
      return TRUE;
    }
  gantry_database_rollback (self->core->db);
  g_warning ("The receiver's log cannot be written: %s", error->message);
  if (self->unwritten->len + self->ended->len < UNWRITTEN_MAX)
    {
      forget_pdus (self);
      return FALSE;
    }
  self->lossy = TRUE;
  *written = FALSE;
  return TRUE;
}

static void
settle_entry (GantryAssociationLog *self, Entry *entry)
{
  if (!entry->written)
    gantry_log_upkeep_note_association (self->upkeep, entry->record);
  entry->dirty = FALSE;
  entry->written = TRUE;
}

/* What the database has given up stays unsettled: it still has what was there before. */
static void
settle (GantryAssociationLog *self, gboolean written)
{
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < self->unwritten->len; i++)
    {
      const GantryUpdate *update = self->unwritten->pdata[i];

      if (written && update->instance != NULL)
        self->funcs.settled (update->received->path, self->user_data);
    }
  for (guint i = 0; i < self->ended->len; i++)
    settle_entry (self, self->ended->pdata[i]);
  gantry_log_upkeep_note (self->upkeep, self->unwritten->len + self->ended->len);
  g_ptr_array_set_size (self->unwritten, 0);
  g_ptr_array_set_size (self->ended, 0);
  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    settle_entry (self, value);
}

/* ---- Out as events -------------------------------------------------------------------------- */

/* Objects first: an association that is over has nothing left to tell. */
static void
tell_all (GantryAssociationLog *self, guint first_message, guint first_ended)
{
  gboolean studies = FALSE;
  GHashTableIter iter;
  gpointer entry;

  for (guint i = first_message; i < self->unwritten->len; i++)
    {
      GantryUpdate *update = self->unwritten->pdata[i];

      studies |= update->instance != NULL;
      if (update->received != NULL && self->core->per_instance_events)
        gantry_core_emit (self->core,
                          gantry_event_new_record (GANTRY_EVENT_RECEIVED, update->received));
      if (*update->message->text != '\0' && self->core->per_instance_events)
        gantry_core_emit (self->core,
                          gantry_event_new_record (GANTRY_EVENT_TRACE, update->message));
    }
  for (guint i = first_ended; i < self->ended->len; i++)
    tell (self, self->ended->pdata[i]);
  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (((Entry *)entry)->urgent)
      tell (self, entry);
  if (studies)
    gantry_core_emit (self->core, gantry_event_new (GANTRY_EVENT_STUDIES_CHANGED));
}

static gboolean on_flush (gpointer data);

static void
flush (GantryAssociationLog *self)
{
  guint active = g_hash_table_size (self->open);
  guint first_message = self->unwritten->len;
  guint first_ended = self->ended->len;
  gboolean saved, written = TRUE;

  stop_source (&self->flush);
  apply_pending (self);
  saved = save (self, &written);
  tell_all (self, first_message, first_ended);
  if (saved)
    settle (self, written);
  else
    self->flush = gantry_core_add_timer (self->core, RETRY_MS, on_flush, self);
  self->funcs.flushed (self->opened || active != g_hash_table_size (self->open), self->user_data);
  self->opened = FALSE;
}

static gboolean
on_flush (gpointer data)
{
  flush (data);
  return G_SOURCE_CONTINUE; /* destroyed in flush() */
}

static void
on_update (gpointer item, gpointer user_data)
{
  GantryAssociationLog *self = user_data;

  g_ptr_array_add (self->pending, item);
  if (self->pending->len >= FLUSH_AT)
    flush (self);
  else if (self->flush == NULL)
    self->flush = gantry_core_add_timer (self->core, FLUSH_MS, on_flush, self);
}

/* ---- Life ----------------------------------------------------------------------------------- */

GantryAssociationLog *
gantry_association_log_new (GantryCore *core,
                            gint64 first,
                            const GantryAssociationLogFuncs *funcs,
                            gpointer user_data)
{
  GantryAssociationLog *self = g_new0 (GantryAssociationLog, 1);

  self->core = core;
  self->funcs = *funcs;
  self->user_data = user_data;
  self->pending = g_ptr_array_new_with_free_func (gantry_update_free);
  self->unwritten = g_ptr_array_new_with_free_func (gantry_update_free);
  self->ended = g_ptr_array_new_with_free_func (entry_free);
  self->open = g_hash_table_new_full (NULL, NULL, NULL, entry_free);
  self->next_association = first;
  self->updates
      = gantry_channel_new (core->context, UPDATES_CAPACITY, gantry_update_free, on_update, self);
  self->upkeep = gantry_log_upkeep_new (core);
  return self;
}

void
gantry_association_log_clear (GantryAssociationLog *self)
{
  gantry_log_upkeep_clear (self->upkeep);
}

GantryChannel *
gantry_association_log_get_channel (GantryAssociationLog *self)
{
  return self->updates;
}

void
gantry_association_log_drain (GantryAssociationLog *self)
{
  gantry_channel_drain (self->updates);
  flush (self);
}

guint
gantry_association_log_count_open (GantryAssociationLog *self)
{
  return g_hash_table_size (self->open);
}

gboolean
gantry_association_log_free (GantryAssociationLog *self)
{
  gboolean whole;

  gantry_channel_close (self->updates);
  flush (self);
  whole = !self->lossy && self->unwritten->len == 0;
  gantry_channel_unref (self->updates);
  stop_source (&self->flush);
  stop_source (&self->tick);
  gantry_log_upkeep_free (self->upkeep);
  g_ptr_array_unref (self->pending);
  g_ptr_array_unref (self->unwritten);
  g_ptr_array_unref (self->ended);
  g_hash_table_unref (self->open);
  g_free (self);
  return whole;
}
