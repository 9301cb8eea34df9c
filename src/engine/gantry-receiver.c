/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-receiver.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <signal.h>

#include "gantry-association-log.h"
#include "gantry-completion.h"
#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-listen-settings.h"
#include "gantry-log-table.h"
#include "gantry-node-table.h"
#include "gantry-reconcile.h"
#include "gantry-retention.h"
#include "gantry-session.h"

#define SPACE_MS 2000

struct _GantryReceiver
{
  GantryCore *core;
  GantryAcceptor *acceptor; /* NULL: off */
  GantrySessionPolicy policy;
  GantryAssociationLog *log;
  GantryListener listener;    /* as last told */
  GantryListenSettings *next; /* to start with when the acceptor has stopped */
  gboolean stopping;          /* the acceptor is being freed on a thread of its own */
  gboolean shutting_down;
  GantryReconcile *reconcile;
  GantryCompletion *completion;
  GantryRemover *remover;
  GantryRetention *retention; /* NULL: everything stays */
  GSource *space;             /* looks at the disk while the receiver is on */
};

/* ---- Events --------------------------------------------------------------------------------- */

static void
emit_listener (GantryReceiver *self)
{
  GantryEvent *event = gantry_event_new (GANTRY_EVENT_LISTENER);

  self->listener.active = gantry_association_log_count_open (self->log);
  event->listener = self->listener;
  event->listener.ae_title = g_strdup (self->listener.ae_title);
  event->listener.directory = g_strdup (self->listener.directory);
  event->listener.message = g_strdup (self->listener.message);
  gantry_core_emit (self->core, event);
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

/* ---- What sessions report ------------------------------------------------------------------- */

static void
on_settled (const char *path, gpointer user_data)
{
  GantryReceiver *self = user_data;

  gantry_remover_settle (self->remover, path);
}

static void
on_listed (guint64 octets, gpointer user_data)
{
  GantryReceiver *self = user_data;

  gantry_completion_note (self->completion);
  if (self->retention != NULL)
    gantry_retention_note (self->retention, octets);
}

/* The command of a study has ended. */
static void
on_released (gpointer user_data)
{
  GantryReceiver *self = user_data;

  if (self->retention != NULL)
    gantry_retention_wake (self->retention);
}

static void
on_flushed (gboolean changed, gpointer user_data)
{
  if (look_at_space (user_data) || changed)
    emit_listener (user_data);
}

static const GantryAssociationLogFuncs log_funcs = { on_settled, on_listed, on_flushed };

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
                                  .keep_days = settings->keep_days,
                                  .keep_bytes = settings->keep_bytes,
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
  gantry_remover_set_keeper (self->remover, self->policy.keeper);
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
  gantry_remover_set_keeper (self->remover, NULL);
  g_clear_pointer (&self->policy.keeper, gantry_keeper_free);
  self->listener.low_space = FALSE;
}

static void
start_keeping (GantryReceiver *self, const GantryListenSettings *settings)
{
  look_at_space (self);
  gantry_completion_set (self->completion, settings);
  self->space = gantry_core_add_timer (self->core, SPACE_MS, on_space, self);
  if (settings->keep_days > 0 || settings->keep_bytes > 0)
    self->retention = gantry_retention_new (self->core, self->policy.keeper,
                                            self->listener.directory, settings);
}

static void
clear_policy (GantryReceiver *self)
{
  g_clear_pointer (&self->policy.access, gantry_access_free);
  g_clear_pointer (&self->policy.scenario, gantry_scenario_free);
}

static gboolean
make_policy (GantryReceiver *self, const GantryListenSettings *settings, GError **error)
{
  clear_policy (self);
  self->policy.access = gantry_access_new (settings, error);
  if (self->policy.access == NULL)
    return FALSE;
  if (settings->test_behaviour != NULL)
    self->policy.scenario = gantry_scenario_parse (settings->test_behaviour, error);
  return settings->test_behaviour == NULL || self->policy.scenario != NULL;
}

/* Files that are open at a time, at most: a connection's socket and what wakes its thread; for an
 * association also the object on its way in, its folder, and another with which it is compared; and
 * all else that this process does. */
#define FILES_OF_CONNECTION 2
#define FILES_OF_ASSOCIATION 6
#define FILES_OF_OTHERS 128
#define UNASSOCIATED_LEAST 8

/* Who connects and says nothing must not take the files of those that store. */
static gboolean
fit_files (GantryAcceptorOptions *options, GError **error)
{
  guint limit = gantry_files_get_limit ();
  /* As many may be on their way out. */
  guint least = FILES_OF_OTHERS + 2 * FILES_OF_CONNECTION * UNASSOCIATED_LEAST;
  guint most = limit > least ? (limit - least) / FILES_OF_ASSOCIATION : 0;
  guint left;

  if (most == 0 || options->max_associations > most)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_SETTING,
                   _ ("The system lets Gantry have %1$u files open, which is enough for %2$u "
                      "associations at the same time. Allow fewer, or raise that limit (ulimit -n, "
                      "or LimitNOFILE= of a service)."),
                   limit, most);
      return FALSE;
    }
  left = limit - FILES_OF_OTHERS - FILES_OF_ASSOCIATION * options->max_associations;
  options->max_unassociated = MIN (options->max_unassociated, left / (2 * FILES_OF_CONNECTION));
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
    .max_unassociated = settings->max_unassociated,
  };
  g_autoptr (GantryTlsContext) tls = NULL;
  g_autoptr (GError) error = NULL;

  options.timeouts.acse = settings->acse_seconds * 1000;
  /* Of a message that has begun; the next one may be long in coming. */
  options.timeouts.idle = settings->dimse_seconds * 1000;
  self->policy.idle_timeout_ms = settings->idle_seconds * 1000;

  gantry_record_set (&self->listener.ae_title, settings->ae_title);
  g_free (self->listener.directory);
  self->listener.directory
      = g_strdup (settings->directory != NULL ? settings->directory
                                              : gantry_profile_get_received (self->core->profile));
  if (settings->tls.enabled)
    options.tls = tls = gantry_tls_context_new (&settings->tls, TRUE, &error);
  if (error == NULL && fit_files (&options, &error) && make_policy (self, settings, &error)
      && make_keeper (self, settings, &error))
    self->acceptor = gantry_acceptor_new (&options, &gantry_session_funcs, &self->policy, &error);

  self->listener.on = self->acceptor != NULL;
  self->listener.tls = settings->tls.enabled;
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

  gantry_association_log_drain (self->log);
  stop_keeping (self);
  self->stopping = FALSE;
  self->listener.on = FALSE;
  gantry_record_set (&self->listener.message, "");
  if (next != NULL && !self->shutting_down)
    start (self, next);
  else
    emit_listener (self);
  g_clear_pointer (&next, gantry_listen_settings_free);
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
  g_clear_pointer (&self->next, gantry_listen_settings_free);
  if (self->acceptor == NULL || self->stopping)
    return;
  self->stopping = TRUE;
  g_thread_unref (g_thread_new ("gantry-stop", free_acceptor, self));
}

void
gantry_receiver_listen (GantryReceiver *self, const GantryListenSettings *settings)
{
  GantryListenSettings *copy = gantry_listen_settings_copy (settings);

  gantry_receiver_stop (self);
  if (self->stopping)
    {
      self->next = copy;
      return;
    }
  start (self, copy);
  gantry_listen_settings_free (copy);
}

void
gantry_receiver_clear_log (GantryReceiver *self)
{
  gantry_association_log_clear (self->log);
  emit_listener (self);
}

gboolean
gantry_receiver_expects (GantryReceiver *self, const char *path)
{
  return self->policy.keeper != NULL && gantry_keeper_is_unsettled (self->policy.keeper, path);
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
  GantryReconcile *reconcile;
  GantryReceiver *self;
  gint64 first;

  if (!gantry_profile_lock (core->profile, GANTRY_PROFILE_RECEIVER, error)
      || !gantry_log_table_recover (core->db, _ ("Gantry ended while this association was open."),
                                    g_get_real_time (), error))
    return NULL;
  first = gantry_log_table_next_association (core->db, error);
  reconcile = first >= 0 ? gantry_reconcile_new (core, error) : NULL;
  if (reconcile == NULL)
    return NULL;

  /* A limit on the size of files is then an error like a full disk, and a pipe without a reader is
   * one, too, not the end of the process. */
  signal (SIGXFSZ, SIG_IGN);
  signal (SIGPIPE, SIG_IGN);

  self = g_new0 (GantryReceiver, 1);
  self->core = core;
  self->reconcile = reconcile;
  self->log = gantry_association_log_new (core, first, &log_funcs, self);
  self->completion = gantry_completion_new (core, on_released, self);
  self->remover = gantry_remover_new (core);
  self->policy.tracer = core->tracer;
  self->policy.updates = gantry_association_log_get_channel (self->log);
  if (settings == NULL)
    settings = &defaults;
  gantry_record_set (&self->listener.ae_title, settings->ae_title);
  gantry_record_set (&self->listener.message, "");
  self->listener.port = settings->port;
  self->listener.tls = settings->tls.enabled;
  self->listener.directory = g_strdup (gantry_profile_get_received (core->profile));
  set_self_node (self);
  return self;
}

GantryRemover *
gantry_receiver_get_remover (GantryReceiver *self)
{
  return self->remover;
}

void
gantry_receiver_shut_down (GantryReceiver *self)
{
  self->shutting_down = TRUE;
  gantry_reconcile_stop (self->reconcile);
  gantry_completion_stop (self->completion);
  gantry_remover_stop (self->remover);
  gantry_receiver_stop (self);
}

gboolean
gantry_receiver_is_idle (GantryReceiver *self)
{
  return !self->stopping && gantry_reconcile_is_idle (self->reconcile)
         && gantry_completion_is_idle (self->completion) && gantry_remover_is_idle (self->remover);
}

void
gantry_receiver_free (GantryReceiver *self)
{
  gantry_reconcile_free (self->reconcile, gantry_association_log_free (self->log));
  gantry_completion_free (self->completion);
  stop_keeping (self);
  gantry_remover_free (self->remover);
  clear_policy (self);
  g_free (self->listener.ae_title);
  g_free (self->listener.directory);
  g_free (self->listener.message);
  g_free (self);
}
