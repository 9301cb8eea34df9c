/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-receiver.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-log-table.h"
#include "gantry-node-table.h"
#include "gantry-session.h"

#define UPDATES_CAPACITY 1024
#define FLUSH_AT 256
#define FLUSH_MS 50
#define MAX_UNASSOCIATED 200
/* A fact of the database: set while objects come in, so that only a crash costs a walk at start.
 * "0": closed in order; "1": open with the profile's folder; a path: open with that folder. */
#define FACT_OPEN "receiver-open"
#define OBJECT_DEPTH 2 /* StudyUID/SeriesUID/SOPInstanceUID.dcm */

struct _GantryReceiver
{
  GantryCore *core;
  GantryAcceptor *acceptor; /* NULL: off */
  GantrySessionPolicy policy;
  GPtrArray *pending; /* GantryUpdate: not yet in the database */
  GSource *flush;     /* a flush to come; NULL: none */
  GHashTable *open;   /* session → GantryAssociationRecord */
  gint64 next_association;
  gint64 started;             /* immutable */
  GantryListener listener;    /* as last told */
  GantryListenSettings *next; /* to start with when the acceptor has stopped */
  gboolean lossy;             /* a row could not be written: the next start must look */
  gboolean stopping;          /* the acceptor is being freed on a thread of its own */
  gboolean shutting_down;
  guint reconciling; /* threads at work */
};

static void
settings_free (GantryListenSettings *settings)
{
  g_free ((char *)settings->ae_title);
  g_free ((char *)settings->address);
  g_free ((char *)settings->directory);
  gantry_tls_clear (&settings->tls);
  g_free (settings);
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
write_pending (GantryReceiver *self, GHashTable *touched, GError **error)
{
  GantryDatabase *db = self->core->db;
  GHashTableIter iter;
  gpointer record;

  if (!gantry_database_begin (db, error))
    return FALSE;
  for (guint i = 0; i < self->pending->len; i++)
    {
      const GantryUpdate *update = self->pending->pdata[i];

      if (update->type == GANTRY_UPDATE_OBJECT
          && !gantry_log_table_add_received (db, update->received, update->instance, error))
        return FALSE;
    }
  g_hash_table_iter_init (&iter, touched);
  while (g_hash_table_iter_next (&iter, &record, NULL))
    if (!gantry_log_table_save_association (db, record, TRUE, error))
      return FALSE;
  return gantry_database_commit (db, error);
}

/* Objects first: an association that is over has nothing left to tell. */
static void
emit_pending (GantryReceiver *self, GHashTable *touched)
{
  gboolean studies = FALSE;
  GHashTableIter iter;
  gpointer record;

  for (guint i = 0; i < self->pending->len; i++)
    {
      GantryUpdate *update = self->pending->pdata[i];

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

/* The objects are safe in their files already: what the database cannot take now, the walk at the
 * next start finds. So the peers are not made to wait for it.
 */
static void
flush (GantryReceiver *self)
{
  g_autoptr (GHashTable) touched = g_hash_table_new_full (NULL, NULL, gantry_record_unref, NULL);
  g_autoptr (GError) error = NULL;
  guint active = g_hash_table_size (self->open);

  if (self->flush != NULL)
    {
      g_source_destroy (self->flush);
      g_clear_pointer (&self->flush, g_source_unref);
    }
  for (guint i = 0; i < self->pending->len; i++)
    {
      GantryUpdate *update = self->pending->pdata[i];
      GantryAssociationRecord *record = apply_update (self, update);

      g_hash_table_add (touched, gantry_record_ref (record));
      if (update->type == GANTRY_UPDATE_OPENED)
        emit_association (self, record);
      else if (update->type == GANTRY_UPDATE_ENDED)
        g_hash_table_remove (self->open, update->session);
    }
  if (!write_pending (self, touched, &error))
    {
      gantry_database_rollback (self->core->db);
      g_warning ("The receiver's log cannot be written: %s", error->message);
      self->lossy = TRUE;
    }
  emit_pending (self, touched);
  g_ptr_array_set_size (self->pending, 0);
  if (active != g_hash_table_size (self->open))
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
                                  self->listener.port, self->listener.tls, &changed, NULL)
      && changed)
    gantry_core_emit (self->core, gantry_event_new (GANTRY_EVENT_NODES_CHANGED));
}

static gboolean
make_keeper (GantryReceiver *self, const char *directory, GError **error)
{
  GantryProfile *profile = self->core->profile;
  g_autofree char *incoming = NULL;
  g_autofree char *quarantine = NULL;

  g_clear_pointer (&self->policy.keeper, gantry_keeper_free);
  if (directory == NULL)
    {
      self->policy.keeper = gantry_keeper_new (gantry_profile_get_received (profile),
                                               gantry_profile_get_incoming (profile),
                                               gantry_profile_get_quarantine (profile));
      gantry_keeper_clean (self->policy.keeper);
      return TRUE;
    }

  /* On the same file system as the folder, or renaming would be copying. */
  incoming = g_build_filename (directory, ".incoming", NULL);
  quarantine = g_build_filename (directory, ".quarantine", NULL);
  if (g_mkdir_with_parents (incoming, 0700) != 0 || g_mkdir_with_parents (quarantine, 0700) != 0)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
                   _ ("The folder %s cannot be written to."), directory);
      return FALSE;
    }
  self->policy.keeper = gantry_keeper_new (directory, incoming, quarantine);
  gantry_keeper_clean (self->policy.keeper);
  return TRUE;
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
  const char *mark = settings->directory != NULL ? settings->directory : "1";
  g_autoptr (GantryTlsContext) tls = NULL;
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
  if (settings->tls.enabled)
    options.tls = tls = gantry_tls_context_new (&settings->tls, TRUE, &error);
  if (error == NULL && make_keeper (self, settings->directory, &error)
      && gantry_log_table_set_fact (self->core->db, FACT_OPEN, mark, &error))
    self->acceptor = gantry_acceptor_new (&options, &gantry_session_funcs, &self->policy, &error);

  self->listener.on = self->acceptor != NULL;
  self->listener.tls = settings->tls.enabled;
  self->listener.port
      = self->acceptor != NULL ? gantry_acceptor_get_port (self->acceptor) : settings->port;
  gantry_record_set (&self->listener.message, error != NULL ? error->message : "");
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
  GantryListenSettings *copy = g_memdup2 (settings, sizeof *settings);

  copy->ae_title = g_strdup (settings->ae_title);
  copy->address = g_strdup (settings->address);
  /* What is kept is listed by its path, which must not depend on where a program was started. */
  copy->directory
      = settings->directory != NULL ? g_canonicalize_filename (settings->directory, NULL) : NULL;
  gantry_tls_copy (&copy->tls, &settings->tls);
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

/* ---- After a crash -------------------------------------------------------------------------- */

/* A file that was acknowledged, and whose row in the database was lost with the power. */
typedef struct
{
  GantryReceived *received;
  GantryInstance *instance;
} Lost;

static void
lost_free (gpointer data)
{
  Lost *lost = data;

  gantry_record_unref (lost->received);
  gantry_instance_unref (lost->instance);
  g_free (lost);
}

static void
add_lost (GantryCore *core, gpointer data)
{
  Lost *lost = data;
  g_autoptr (GError) error = NULL;

  if (gantry_log_table_knows_path (core->db, lost->received->path))
    return;
  if (!gantry_log_table_add_received (core->db, lost->received, lost->instance, &error))
    g_warning ("A received object is not listed: %s", error->message);
  gantry_core_emit (core, gantry_event_new (GANTRY_EVENT_STUDIES_CHANGED));
}

static void
post_lost (GantryCore *core, const char *path, GantryInstance *instance)
{
  Lost *lost = g_new (Lost, 1);

  lost->received = gantry_received_new ();
  gantry_record_set (&lost->received->path, path);
  gantry_record_set (&lost->received->sop_class_uid, instance->sop_class_uid);
  gantry_record_set (&lost->received->sop_instance_uid, instance->sop_instance_uid);
  gantry_record_set (&lost->received->transfer_syntax, instance->transfer_syntax);
  gantry_record_set (&lost->received->modality, instance->modality);
  lost->received->size = instance->size - instance->data_offset;
  lost->received->received = instance->modified;
  lost->instance = instance;
  gantry_core_post (core, add_lost, lost, lost_free);
}

/* Only what is older than this start: newer files are on their way to the database by themselves.
 * And only where the keeper puts objects: a folder of the user's choice may hold other things too.
 */
static void
reconcile_folder (GantryCore *core, const char *folder, guint depth)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GantryInstance) instance = NULL;

      if (depth < OBJECT_DEPTH)
        {
          /* Not the hidden ones: what is on its way, and what is in quarantine. */
          if (*name != '.' && g_file_test (path, G_FILE_TEST_IS_DIR)
              && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
            reconcile_folder (core, path, depth + 1);
          continue;
        }
      instance = g_str_has_suffix (name, ".dcm") ? gantry_instance_read (path, NULL) : NULL;
      if (instance != NULL && instance->modified < core->receiver->started)
        post_lost (core, path, g_steal_pointer (&instance));
    }
}

static void
reconciled (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  core->receiver->reconciling--;
  if (core->receiver->shutting_down)
    gantry_core_part_stopped (core);
}

typedef struct
{
  GantryCore *core;
  char *folder;
} Reconciling;

static gpointer
reconcile (gpointer data)
{
  Reconciling *work = data;

  reconcile_folder (work->core, work->folder, 0);
  gantry_core_post (work->core, reconciled, NULL, NULL);
  g_free (work->folder);
  g_free (work);
  return NULL;
}

static void
reconcile_call (GantryCore *core, gpointer folder)
{
  Reconciling *work = g_new (Reconciling, 1);

  *work = (Reconciling){ core, g_strdup (folder) };
  core->receiver->reconciling++;
  g_thread_unref (g_thread_new ("gantry-reconcile", reconcile, work));
}

/* ---- Life ----------------------------------------------------------------------------------- */

GantryReceiver *
gantry_receiver_new (GantryCore *core, const GantryListenSettings *settings, GError **error)
{
  const GantryListenSettings defaults = GANTRY_LISTEN_SETTINGS_DEFAULT;
  GantryReceiver *self;
  g_autofree char *open = NULL;

  if (!gantry_profile_lock (core->profile, GANTRY_PROFILE_RECEIVER, error)
      || !gantry_log_table_recover (core->db, _ ("Gantry ended while this association was open."),
                                    g_get_real_time (), error))
    return NULL;

  self = g_new0 (GantryReceiver, 1);
  self->core = core;
  self->started = g_get_real_time ();
  self->pending = g_ptr_array_new_with_free_func (gantry_update_free);
  self->open = g_hash_table_new_full (NULL, NULL, NULL, gantry_record_unref);
  self->next_association = gantry_log_table_next_association (core->db);
  self->policy.updates
      = gantry_channel_new (core->context, UPDATES_CAPACITY, gantry_update_free, on_update, self);
  if (settings == NULL)
    settings = &defaults;
  gantry_record_set (&self->listener.ae_title, settings->ae_title);
  gantry_record_set (&self->listener.message, "");
  self->listener.port = settings->port;
  self->listener.tls = settings->tls.enabled;
  self->listener.directory = g_strdup (gantry_profile_get_received (core->profile));
  set_self_node (self);

  open = gantry_log_table_get_fact (core->db, FACT_OPEN);
  if (open != NULL && g_strcmp0 (open, "0") != 0)
    gantry_core_post (
        core, reconcile_call,
        g_strdup (g_path_is_absolute (open) ? open : gantry_profile_get_received (core->profile)),
        g_free);
  return self;
}

void
gantry_receiver_shut_down (GantryReceiver *self)
{
  self->shutting_down = TRUE;
  gantry_receiver_stop (self);
}

gboolean
gantry_receiver_is_idle (GantryReceiver *self)
{
  if (self->stopping || self->reconciling > 0)
    return FALSE;
  return TRUE;
}

void
gantry_receiver_free (GantryReceiver *self)
{
  gantry_channel_close (self->policy.updates);
  flush (self);
  if (!self->lossy)
    gantry_log_table_set_fact (self->core->db, FACT_OPEN, "0", NULL);
  gantry_channel_unref (self->policy.updates);
  g_clear_pointer (&self->policy.keeper, gantry_keeper_free);
  g_free (self->policy.ae_title);
  g_ptr_array_unref (self->pending);
  g_hash_table_unref (self->open);
  g_free (self->listener.ae_title);
  g_free (self->listener.directory);
  g_free (self->listener.message);
  g_free (self);
}
