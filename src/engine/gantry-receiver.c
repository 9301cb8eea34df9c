/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-receiver.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-log-table.h"
#include "gantry-node-table.h"
#include "gantry-received-table.h"
#include "gantry-reconcile.h"
#include "gantry-retention.h"
#include "gantry-session.h"

#define UPDATES_CAPACITY 1024
#define FLUSH_AT 256
#define FLUSH_MS 50
#define MAX_UNASSOCIATED 200
/* What the database does not take now is tried again, so many updates long; then the next start has
 * to look for what is missing. */
#define RETRY_MS 1000
#define UNWRITTEN_MAX 16384
#define SPACE_MS 2000

struct _GantryReceiver
{
  GantryCore *core;
  GantryAcceptor *acceptor; /* NULL: off */
  GantrySessionPolicy policy;
  GPtrArray *pending; /* GantryUpdate: not yet applied */
  GPtrArray
      *unwritten;      /* GantryUpdate: applied, not yet in the database; empty unless that fails */
  GHashTable *touched; /* GantryAssociationRecord: changed, not yet in the database */
  GSource *flush;      /* a flush to come; NULL: none */
  GHashTable *open;    /* session → GantryAssociationRecord */
  gint64 next_association;
  GantryListener listener;    /* as last told */
  GantryListenSettings *next; /* to start with when the acceptor has stopped */
  gboolean lossy;             /* a row could not be written: the next start must look */
  gboolean stopping;          /* the acceptor is being freed on a thread of its own */
  gboolean shutting_down;
  GantryReconcile *reconcile;
  GantryRetention *retention; /* NULL: everything stays */
  GSource *space;             /* looks at the disk while the receiver is on */
};

static void
settings_free (GantryListenSettings *settings)
{
  g_free ((char *)settings->ae_title);
  g_free ((char *)settings->address);
  g_free ((char *)settings->directory);
  g_free ((char *)settings->pattern);
  g_strfreev ((char **)settings->callers);
  g_strfreev ((char **)settings->networks);
  g_strfreev ((char **)settings->complete_command);
  g_free (settings);
}

static GantryListenSettings *
settings_copy (const GantryListenSettings *settings)
{
  GantryListenSettings *copy = g_memdup2 (settings, sizeof *settings);

  copy->ae_title = g_strdup (settings->ae_title);
  copy->address = g_strdup (settings->address);
  /* What is kept is listed by its path, which must not depend on where a program was started. */
  copy->directory
      = settings->directory != NULL ? g_canonicalize_filename (settings->directory, NULL) : NULL;
  copy->pattern = g_strdup (settings->pattern);
  copy->callers = (const char *const *)g_strdupv ((char **)settings->callers);
  copy->networks = (const char *const *)g_strdupv ((char **)settings->networks);
  copy->complete_command = (const char *const *)g_strdupv ((char **)settings->complete_command);
  return copy;
}

/* ---- Events --------------------------------------------------------------------------------- */

static void
emit_listener (GantryReceiver *self)
{
  GantryEvent *event = gantry_event_new (GANTRY_EVENT_LISTENER);

  self->listener.active = g_hash_table_size (self->open);
  event->listener = self->listener;
  event->listener.ae_title = g_strdup (self->listener.ae_title);
  event->listener.directory = g_strdup (self->listener.directory);
  event->listener.message = g_strdup (self->listener.message);
  gantry_core_emit (self->core, event);
}

static void
emit_association (GantryReceiver *self, const GantryAssociationRecord *record)
{
  g_autoptr (GantryAssociationRecord) copy = gantry_association_record_copy (record);

  g_ptr_array_unref (copy->contexts);
  copy->contexts = gantry_record_array_new ();
  gantry_core_emit (self->core, gantry_event_new_record (GANTRY_EVENT_ASSOCIATION, copy));
}

/* Whether there is something to tell about it. */
static gboolean
look_at_space (GantryReceiver *self)
{
  gboolean was_low = self->listener.low_space;

  if (self->policy.keeper == NULL)
    return FALSE;
  gantry_keeper_get_space (self->policy.keeper, &self->listener.low_space,
                           &self->listener.free_bytes);
  return self->listener.low_space != was_low;
}

/* Somebody may make room, or take it, while nothing comes. */
static gboolean
on_space (gpointer data)
{
  if (look_at_space (data))
    emit_listener (data);
  return G_SOURCE_CONTINUE;
}

/* ---- Updates: into the database, then out as events ------------------------------------------ */

/* "2 stored", "12 stored, 1 of them with a warning, 3 refused", "Echo answered". */
static char *
summarise (const GantryAssociationRecord *record)
{
  guint64 stored = record->stored + record->warnings;

  if (record->objects == 0 && record->echoes > 0)
    return g_strdup (_ ("Echo answered"));
  if (record->objects == 0)
    return g_strdup (_ ("Nothing was sent"));
  if (record->warnings == 0 && record->refused == 0)
    return g_strdup_printf (_ ("%" PRIu64 " stored"), stored);
  if (record->refused == 0)
    return g_strdup_printf (_ ("%" PRIu64 " stored, %" PRIu64 " of them with a warning"), stored,
                            record->warnings);
  if (record->warnings == 0)
    return g_strdup_printf (_ ("%" PRIu64 " stored, %" PRIu64 " refused"), stored, record->refused);
  return g_strdup_printf (
      _ ("%" PRIu64 " stored, %" PRIu64 " of them with a warning, %" PRIu64 " refused"), stored,
      record->warnings, record->refused);
}

static void
count_object (GantryAssociationRecord *record, const GantryReceived *received)
{
  record->objects++;
  record->bytes += received->size;
  record->state = GANTRY_ASSOCIATION_RECEIVING;
  if (received->status == 0)
    record->stored++;
  else if ((received->status & 0xF000) == 0xB000)
    record->warnings++;
  else
    record->refused++;
}

static void
end_association (GantryAssociationRecord *record, const GantryUpdate *update)
{
  g_autofree char *summary = summarise (record);

  record->state = update->state;
  record->ended = g_get_real_time ();
  g_free (record->result);
  if (*update->reason == '\0')
    record->result = g_steal_pointer (&summary);
  else
    record->result = record->objects > 0 ? g_strdup_printf ("%s · %s", update->reason, summary)
                                         : g_strdup (update->reason);
}

/* Brings the records in memory up to date; returns the one that the update is about. */
static GantryAssociationRecord *
apply_update (GantryReceiver *self, GantryUpdate *update)
{
  GantryAssociationRecord *record = update->record;

  switch (update->type)
    {
    case GANTRY_UPDATE_OPENED:
      record->id = self->next_association++;
      g_hash_table_insert (self->open, (gpointer)update->session, gantry_record_ref (record));
      break;
    case GANTRY_UPDATE_TURNED_AWAY:
      record->id = self->next_association++;
      break;
    case GANTRY_UPDATE_OBJECT:
      record = g_hash_table_lookup (self->open, update->session);
      update->received->association_id = record->id;
      count_object (record, update->received);
      break;
    case GANTRY_UPDATE_ECHO:
      record = g_hash_table_lookup (self->open, update->session);
      record->echoes++;
      break;
    case GANTRY_UPDATE_ENDED:
      record = g_hash_table_lookup (self->open, update->session);
      end_association (record, update);
      break;
    }
  return record;
}

static gboolean
write_object (GantryReceiver *self, const GantryUpdate *update, guint64 *listed, GError **error)
{
  gboolean counted;

  if (!gantry_received_table_add (self->core->db, update->received, update->instance, update->again,
                                  &counted, error))
    return FALSE;
  if (counted)
    *listed += update->received->size;
  return TRUE;
}

/* @listed: (out): octets that are new below the folder */
static gboolean
write_unwritten (GantryReceiver *self, guint64 *listed, GError **error)
{
  GantryDatabase *db = self->core->db;
  GHashTableIter iter;
  gpointer record;

  if (!gantry_database_begin (db, error))
    return FALSE;
  for (guint i = 0; i < self->unwritten->len; i++)
    if (!write_object (self, self->unwritten->pdata[i], listed, error))
      return FALSE;
  g_hash_table_iter_init (&iter, self->touched);
  while (g_hash_table_iter_next (&iter, &record, NULL))
    if (!gantry_log_table_save_association (db, record, TRUE, error))
      return FALSE;
  return gantry_database_commit (db, error);
}

static void
settle (GantryReceiver *self)
{
  for (guint i = 0; i < self->unwritten->len; i++)
    {
      const GantryUpdate *update = self->unwritten->pdata[i];

      if (update->again && self->policy.keeper != NULL)
        gantry_keeper_settle (self->policy.keeper, update->received->path);
    }
  g_ptr_array_set_size (self->unwritten, 0);
  g_hash_table_remove_all (self->touched);
}

/* Objects first: an association that is over has nothing left to tell. */
static void
emit_updates (GantryReceiver *self, guint first, GHashTable *touched)
{
  gboolean studies = FALSE;
  GHashTableIter iter;
  gpointer record;

  for (guint i = first; i < self->unwritten->len; i++)
    {
      GantryUpdate *update = self->unwritten->pdata[i];

      studies |= update->instance != NULL;
      if (update->type == GANTRY_UPDATE_OBJECT && self->core->per_instance_events)
        gantry_core_emit (self->core,
                          gantry_event_new_record (GANTRY_EVENT_RECEIVED, update->received));
    }
  g_hash_table_iter_init (&iter, touched);
  while (g_hash_table_iter_next (&iter, &record, NULL))
    emit_association (self, record);
  if (studies)
    gantry_core_emit (self->core, gantry_event_new (GANTRY_EVENT_STUDIES_CHANGED));
}

/* Brings what is pending into memory; objects go on to be written. */
static void
apply_pending (GantryReceiver *self, GHashTable *touched)
{
  g_autoptr (GPtrArray) pending = g_steal_pointer (&self->pending);

  self->pending = g_ptr_array_new_with_free_func (gantry_update_free);
  g_ptr_array_set_free_func (pending, NULL);
  for (guint i = 0; i < pending->len; i++)
    {
      GantryUpdate *update = pending->pdata[i];
      GantryAssociationRecord *record = apply_update (self, update);

      g_hash_table_add (touched, gantry_record_ref (record));
      g_hash_table_add (self->touched, gantry_record_ref (record));
      if (update->type == GANTRY_UPDATE_OPENED)
        emit_association (self, record);
      else if (update->type == GANTRY_UPDATE_ENDED)
        g_hash_table_remove (self->open, update->session);
      if (update->type == GANTRY_UPDATE_OBJECT)
        g_ptr_array_add (self->unwritten, update);
      else
        gantry_update_free (update);
    }
}

/* The objects are safe in their files already, and until the database is up to date the mark of
 * their folder stays: what never comes into it, the next start finds. So the peers are not made to
 * wait for it.
 */
static gboolean
save (GantryReceiver *self)
{
  g_autoptr (GError) error = NULL;
  guint64 listed = 0;

  if (self->unwritten->len == 0 && g_hash_table_size (self->touched) == 0)
    return TRUE;
  if (write_unwritten (self, &listed, &error))
    {
      if (self->retention != NULL && listed > 0)
        gantry_retention_note (self->retention, listed);
      return TRUE;
    }
  gantry_database_rollback (self->core->db);
  g_warning ("The receiver's log cannot be written: %s", error->message);
  if (self->unwritten->len < UNWRITTEN_MAX)
    return FALSE;
  self->lossy = TRUE;
  return TRUE;
}

static gboolean on_flush (gpointer data);

static void
flush (GantryReceiver *self)
{
  g_autoptr (GHashTable) touched = g_hash_table_new_full (NULL, NULL, gantry_record_unref, NULL);
  guint active = g_hash_table_size (self->open);
  guint first = self->unwritten->len;
  gboolean saved;

  if (self->flush != NULL)
    {
      g_source_destroy (self->flush);
      g_clear_pointer (&self->flush, g_source_unref);
    }
  apply_pending (self, touched);
  saved = save (self);
  emit_updates (self, first, touched);
  if (saved)
    settle (self);
  else
    self->flush = gantry_core_add_timer (self->core, RETRY_MS, on_flush, self);
  if (active != g_hash_table_size (self->open) || look_at_space (self))
    emit_listener (self);
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
  GantryReceiver *self = user_data;

  g_ptr_array_add (self->pending, item);
  if (self->pending->len >= FLUSH_AT)
    flush (self);
  else if (self->flush == NULL)
    self->flush = gantry_core_add_timer (self->core, FLUSH_MS, on_flush, self);
}

/* ---- On and off ----------------------------------------------------------------------------- */

static void
set_self_node (GantryReceiver *self)
{
  gboolean changed = FALSE;

  if (gantry_node_table_set_self (self->core->db, _ ("This workstation"), self->listener.ae_title,
                                  self->listener.port, &changed, NULL)
      && changed)
    gantry_core_emit (self->core, gantry_event_new (GANTRY_EVENT_NODES_CHANGED));
}

static gboolean
make_keeper (GantryReceiver *self, const GantryListenSettings *settings, GError **error)
{
  GantryProfile *profile = self->core->profile;
  g_autofree char *incoming = NULL;
  g_autofree char *quarantine = NULL;
  GantryKeeperOptions options = { .received = self->listener.directory,
                                  .incoming = gantry_profile_get_incoming (profile),
                                  .quarantine = gantry_profile_get_quarantine (profile),
                                  .layout = settings->layout,
                                  .pattern = settings->pattern,
                                  .reserve_bytes = settings->reserve_bytes,
                                  .reserve_percent = settings->reserve_percent,
                                  .refuse_unsafe = settings->refuse_unsafe };

  /* On the same file system as the folder, or renaming would be copying. */
  if (settings->directory != NULL)
    {
      options.incoming = incoming = g_build_filename (settings->directory, ".incoming", NULL);
      options.quarantine = quarantine = g_build_filename (settings->directory, ".quarantine", NULL);
      if (g_mkdir_with_parents (incoming, 0700) != 0
          || g_mkdir_with_parents (quarantine, 0700) != 0)
        {
          g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
                       _ ("The folder %s cannot be written to."), settings->directory);
          return FALSE;
        }
    }
  self->policy.keeper = gantry_keeper_new (&options, error);
  if (self->policy.keeper == NULL)
    return FALSE;
  gantry_keeper_clean (self->policy.keeper);
  return gantry_reconcile_mark (self->reconcile, options.received,
                                gantry_keeper_get_depth (self->policy.keeper), error);
}

/* What only runs while the receiver is on. */
static void
stop_keeping (GantryReceiver *self)
{
  if (self->space != NULL)
    {
      g_source_destroy (self->space);
      g_clear_pointer (&self->space, g_source_unref);
    }
  g_clear_pointer (&self->retention, gantry_retention_free);
  g_clear_pointer (&self->policy.keeper, gantry_keeper_free);
  self->listener.low_space = FALSE;
}

static void
start_keeping (GantryReceiver *self, const GantryListenSettings *settings)
{
  look_at_space (self);
  self->space = gantry_core_add_timer (self->core, SPACE_MS, on_space, self);
  if (settings->keep_days > 0 || settings->keep_bytes > 0)
    self->retention
        = gantry_retention_new (self->core, self->policy.keeper, self->listener.directory,
                                settings->keep_days, settings->keep_bytes);
}

static void
start (GantryReceiver *self, const GantryListenSettings *settings)
{
  GantryAcceptorOptions options = {
    .address = settings->address,
    .port = settings->port,
    .max_pdu = settings->max_pdu,
    .timeouts = GANTRY_TIMEOUTS_DEFAULT,
    .max_associations = settings->max_associations,
    .max_unassociated = MAX_UNASSOCIATED,
  };
  g_autoptr (GError) error = NULL;

  options.timeouts.acse = settings->acse_seconds * 1000;
  options.timeouts.idle = settings->idle_seconds * 1000;
  g_free (self->policy.ae_title);
  self->policy.ae_title = g_strdup (settings->ae_title);
  self->policy.check_called = settings->check_called;
  self->policy.idle_timeout_ms = options.timeouts.idle;

  gantry_record_set (&self->listener.ae_title, settings->ae_title);
  g_free (self->listener.directory);
  self->listener.directory
      = g_strdup (settings->directory != NULL ? settings->directory
                                              : gantry_profile_get_received (self->core->profile));
  if (make_keeper (self, settings, &error))
    self->acceptor = gantry_acceptor_new (&options, &gantry_session_funcs, &self->policy, &error);

  self->listener.on = self->acceptor != NULL;
  self->listener.port
      = self->acceptor != NULL ? gantry_acceptor_get_port (self->acceptor) : settings->port;
  gantry_record_set (&self->listener.message, error != NULL ? error->message : "");
  if (self->acceptor != NULL)
    start_keeping (self, settings);
  else
    stop_keeping (self);
  set_self_node (self);
  emit_listener (self);
}

static void
acceptor_freed (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  GantryReceiver *self = core->receiver;
  GantryListenSettings *next = g_steal_pointer (&self->next);

  gantry_channel_drain (self->policy.updates);
  flush (self);
  stop_keeping (self);
  self->stopping = FALSE;
  self->listener.on = FALSE;
  gantry_record_set (&self->listener.message, "");
  if (next != NULL && !self->shutting_down)
    start (self, next);
  else
    emit_listener (self);
  g_clear_pointer (&next, settings_free);
  if (self->shutting_down)
    gantry_core_part_stopped (core);
}

/* Waits for the workers, which wait for the core thread to take their updates: so not there. */
static gpointer
free_acceptor (gpointer data)
{
  GantryReceiver *self = data;

  gantry_acceptor_free (g_steal_pointer (&self->acceptor));
  gantry_core_post (self->core, acceptor_freed, NULL, NULL);
  return NULL;
}

void
gantry_receiver_stop (GantryReceiver *self)
{
  g_clear_pointer (&self->next, settings_free);
  if (self->acceptor == NULL || self->stopping)
    return;
  self->stopping = TRUE;
  g_thread_unref (g_thread_new ("gantry-stop", free_acceptor, self));
}

void
gantry_receiver_listen (GantryReceiver *self, const GantryListenSettings *settings)
{
  GantryListenSettings *copy = settings_copy (settings);

  gantry_receiver_stop (self);
  if (self->stopping)
    {
      self->next = copy;
      return;
    }
  start (self, copy);
  settings_free (copy);
}

void
gantry_receiver_clear_log (GantryReceiver *self)
{
  gantry_log_table_clear (self->core->db, NULL);
  emit_listener (self);
}

void
gantry_receiver_note_listed (GantryReceiver *self, const GantryReceived *received)
{
  g_autofree char *folder = g_strconcat (self->listener.directory, "/", NULL);

  if (self->retention != NULL && g_str_has_prefix (received->path, folder))
    gantry_retention_note (self->retention, received->size);
}

/* ---- Life ----------------------------------------------------------------------------------- */

GantryReceiver *
gantry_receiver_new (GantryCore *core, const GantryListenSettings *settings, GError **error)
{
  const GantryListenSettings defaults = GANTRY_LISTEN_SETTINGS_DEFAULT;
  GantryReceiver *self;

  if (!gantry_profile_lock (core->profile, GANTRY_PROFILE_RECEIVER, error)
      || !gantry_log_table_recover (core->db, _ ("Gantry ended while this association was open."),
                                    g_get_real_time (), error))
    return NULL;

  /* A limit on the size of files is then an error like a full disk, not the end of the process. */
  signal (SIGXFSZ, SIG_IGN);

  self = g_new0 (GantryReceiver, 1);
  self->core = core;
  self->pending = g_ptr_array_new_with_free_func (gantry_update_free);
  self->unwritten = g_ptr_array_new_with_free_func (gantry_update_free);
  self->touched = g_hash_table_new_full (NULL, NULL, gantry_record_unref, NULL);
  self->open = g_hash_table_new_full (NULL, NULL, NULL, gantry_record_unref);
  self->next_association = gantry_log_table_next_association (core->db);
  self->policy.updates
      = gantry_channel_new (core->context, UPDATES_CAPACITY, gantry_update_free, on_update, self);
  if (settings == NULL)
    settings = &defaults;
  gantry_record_set (&self->listener.ae_title, settings->ae_title);
  gantry_record_set (&self->listener.message, "");
  self->listener.port = settings->port;
  self->listener.directory = g_strdup (gantry_profile_get_received (core->profile));
  set_self_node (self);

  self->reconcile = gantry_reconcile_new (core);
  return self;
}

void
gantry_receiver_shut_down (GantryReceiver *self)
{
  self->shutting_down = TRUE;
  gantry_reconcile_stop (self->reconcile);
  gantry_receiver_stop (self);
}

gboolean
gantry_receiver_is_idle (GantryReceiver *self)
{
  return !self->stopping && gantry_reconcile_is_idle (self->reconcile);
}

void
gantry_receiver_free (GantryReceiver *self)
{
  gantry_channel_close (self->policy.updates);
  flush (self);
  gantry_reconcile_free (self->reconcile, !self->lossy && self->unwritten->len == 0);
  gantry_channel_unref (self->policy.updates);
  stop_keeping (self);
  g_free (self->policy.ae_title);
  if (self->flush != NULL)
    g_source_destroy (self->flush);
  g_clear_pointer (&self->flush, g_source_unref);
  g_ptr_array_unref (self->pending);
  g_ptr_array_unref (self->unwritten);
  g_hash_table_unref (self->touched);
  g_hash_table_unref (self->open);
  g_free (self->listener.ae_title);
  g_free (self->listener.directory);
  g_free (self->listener.message);
  g_free (self);
}
