/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "gantry-cli-access.h"
#include "gantry-cli-keeping.h"
#include "gantry-cli-watching.h"
#include "gantry-files.h"
#include "gantry-registry.h"

typedef struct
{
  GantryCli *cli;
  gboolean listening;
  gboolean low_space;
  gboolean failed;
  gboolean stopping;
  char *example;    /* a path in the layout that was asked for */
  GHashTable *told; /* ids of the associations whose beginning was printed */
} Receive;

static void
tell_space (Receive *self, const GantryListener *listener)
{
  JsonBuilder *json;

  if (listener->low_space == self->low_space)
    return;
  self->low_space = listener->low_space;
  if (!self->cli->json)
    {
      g_autofree char *size = g_format_size (listener->free_bytes);

      g_print (listener->low_space
                   ? _ ("The disk is nearly full (%s free): new objects are refused until there is "
                        "room again.\n")
                   : _ ("There is room on the disk again (%s free): objects are taken.\n"),
               size);
      return;
    }
  json = gantry_cli_json_begin ("space");
  gantry_cli_json_text (json, "state", listener->low_space ? "low" : "enough");
  gantry_cli_json_int (json, "free", (gint64)listener->free_bytes);
  gantry_cli_json_end (json);
}

static void
on_listener (Receive *self, const GantryListener *listener)
{
  JsonBuilder *json;

  if (!listener->on)
    {
      if (*listener->message != '\0')
        {
          gantry_cli_complain ("%s", listener->message);
          self->failed = TRUE;
        }
      /* Could not begin, or, after SIGTERM, has told of the associations that were cut off. */
      if (self->failed || self->stopping)
        g_main_loop_quit (self->cli->loop);
      return;
    }
  if (self->listening)
    {
      tell_space (self, listener);
      return;
    }

  self->listening = TRUE;
  if (!self->cli->json)
    {
      g_autofree char *directory = gantry_path_escape (listener->directory);

      g_print (_ ("Receiving as %s on port %u into %s\n"), listener->ae_title, listener->port,
               directory);
      if (listener->tls)
        g_print (_ ("Only encrypted connections (TLS) are taken\n"));
      g_print (_ ("An object there: %s\n"), self->example);
    }
  else
    {
      json = gantry_cli_json_begin ("listening");
      gantry_cli_json_text (json, "aet", listener->ae_title);
      gantry_cli_json_int (json, "port", listener->port);
      gantry_cli_json_path (json, "directory", listener->directory);
      gantry_cli_json_text (json, "example", self->example);
      if (listener->tls)
        gantry_cli_json_text (json, "security", "tls");
      gantry_cli_json_end (json);
    }
  tell_space (self, listener);
}

/* An association is told when it begins and when it ends, not for each object. */
static gboolean
is_news (Receive *self, const GantryAssociationRecord *record)
{
  gpointer key = GINT_TO_POINTER ((gint)record->id);
  gboolean over = gantry_association_state_is_over (record->state);

  if (over)
    {
      g_hash_table_remove (self->told, key);
      return TRUE;
    }
  return g_hash_table_add (self->told, key);
}

static void
on_association (Receive *self, const GantryAssociationRecord *record)
{
  GantryAssociationState state
      = record->state == GANTRY_ASSOCIATION_RECEIVING ? GANTRY_ASSOCIATION_OPEN : record->state;
  JsonBuilder *json;

  if (!is_news (self, record))
    return;
  if (!self->cli->json)
    {
      g_print ("%s %s → %s (%s) %s\n", gantry_association_state_to_nick (state), record->calling,
               record->called, record->peer, record->result);
      return;
    }
  json = gantry_cli_json_begin ("association");
  gantry_cli_json_int (json, "id", record->id);
  gantry_cli_json_text (json, "state", gantry_association_state_to_nick (state));
  gantry_cli_json_text (json, "calling", record->calling);
  gantry_cli_json_text (json, "called", record->called);
  gantry_cli_json_text (json, "peer", record->peer);
  gantry_cli_json_text (json, "implementation", record->implementation_version);
  gantry_cli_json_int (json, "objects", (gint64)record->objects);
  gantry_cli_json_int (json, "stored", (gint64)record->stored);
  gantry_cli_json_int (json, "warning", (gint64)record->warnings);
  gantry_cli_json_int (json, "refused", (gint64)record->refused);
  gantry_cli_json_int (json, "not_kept", (gint64)record->not_kept);
  gantry_cli_json_int (json, "not_served", (gint64)record->not_served);
  gantry_cli_json_int (json, "contexts", record->proposed);
  gantry_cli_json_int (json, "contexts_accepted", record->accepted);
  gantry_cli_json_int (json, "echoes", record->echoes);
  gantry_cli_json_int (json, "bytes", (gint64)record->bytes);
  gantry_cli_json_text (json, "message", record->result);
  gantry_cli_json_end (json);
}

static void
on_received (Receive *self, const GantryReceived *received)
{
  g_autofree char *sop_class = gantry_uid_describe (received->sop_class_uid);
  g_autofree char *status = g_strdup_printf ("%04X", (guint)received->status);
  JsonBuilder *json;

  if (!self->cli->json)
    {
      g_autofree char *path = gantry_path_escape (received->path);
      g_autofree char *remark = gantry_text_escape (received->remark);

      g_print ("%s %s %s %s\n", status, sop_class, path, remark);
      return;
    }
  json = gantry_cli_json_begin ("stored");
  gantry_cli_json_int (json, "id", received->association_id);
  gantry_cli_json_path (json, "path", received->path);
  gantry_cli_json_text (json, "sop_class_uid", received->sop_class_uid);
  gantry_cli_json_text (json, "sop_class", sop_class);
  gantry_cli_json_text (json, "modality", received->modality);
  gantry_cli_json_text (json, "sop_instance_uid", received->sop_instance_uid);
  gantry_cli_json_text (json, "transfer_syntax", received->transfer_syntax);
  gantry_cli_json_int (json, "bytes", (gint64)received->size);
  gantry_cli_json_text (json, "status", status);
  gantry_cli_json_text (json, "message", received->remark);
  gantry_cli_json_end (json);
}

static void
on_event (GantryEvent *event, gpointer user_data)
{
  Receive *self = user_data;

  if (event->type == GANTRY_EVENT_LISTENER)
    on_listener (self, &event->listener);
  else if (event->type == GANTRY_EVENT_ASSOCIATION)
    on_association (self, event->association);
  else if (event->type == GANTRY_EVENT_RECEIVED)
    on_received (self, event->received);
  else
    gantry_cli_tell_watching (self->cli, event);
}

static GantryExit
listen_until_interrupted (Receive *self, const GantryListenSettings *settings)
{
  GantryCli *cli = self->cli;

  self->told = g_hash_table_new (NULL, NULL);
  gantry_engine_listen (cli->engine, settings);
  g_main_loop_run (cli->loop);
  if (cli->interrupted && self->listening)
    {
      self->stopping = TRUE;
      gantry_engine_stop_listening (cli->engine);
      g_main_loop_run (cli->loop);
    }
  gantry_cli_close (cli);
  g_hash_table_unref (self->told);
  return self->failed ? GANTRY_EXIT_NOT_ALL : GANTRY_EXIT_OK;
}

/* A certificate of ours switches encryption on; what else is said of it needs that. */
static gboolean
use_tls (GantryTls *tls)
{
  tls->enabled = tls->certificate != NULL;
  if (tls->enabled || (tls->authorities == NULL && !tls->require_client))
    return TRUE;
  gantry_cli_complain (_ ("A receiver that encrypts needs --tls-cert, and --tls-key."));
  return FALSE;
}

GantryExit
gantry_cli_receive (GantryCli *cli, int argc, char **argv)
{
  g_autofree char *aet = NULL;
  g_autofree char *output = NULL;
  g_autofree char *address = NULL;
  int port = 11112;
  g_auto (GantryCliAccess) access = { 0 };
  g_auto (GantryTls) tls = { 0 };
  g_auto (GantryCliKeeping) keeping = { 0 };
  g_auto (GantryCliWatching) watching = GANTRY_CLI_WATCHING_INIT;
  GantryLogSettings log = GANTRY_LOG_SETTINGS_DEFAULT;
  g_autofree char *example = NULL;
  Receive self = { .cli = cli };
  const GOptionEntry entries[] = {
    { "aet", 0, 0, G_OPTION_ARG_STRING, &aet, N_ ("Our AE title"), "AET" },
    { "port", 'p', 0, G_OPTION_ARG_INT, &port, N_ ("Port; 0 takes a free one"), "N" },
    { "address", 0, 0, G_OPTION_ARG_STRING, &address, N_ ("Listen on this address only"), "IP" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_ ("Where objects go"), "DIR" },
    { "tls-require-client", 0, 0, G_OPTION_ARG_NONE, &tls.require_client,
      N_ ("Callers must show a certificate that is trusted"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("One JSON object a line"), NULL },
    { NULL },
  };
  GantryEngineOptions options = { .draft = "gantryctl",
                                  .run_receiver = TRUE,
                                  .per_instance_events = TRUE,
                                  .event_func = on_event,
                                  .user_data = &self };
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;
  GOptionContext *context = gantry_cli_options_new (entries, "");

  gantry_cli_add_tls (context, &tls);
  gantry_cli_add_access (context, &access);
  gantry_cli_add_keeping (context, &keeping);
  gantry_cli_add_watching (context, &watching);
  if (!gantry_cli_options_parse (context, &argc, &argv))
    return GANTRY_EXIT_USAGE;
  if (argc != 1 || port < 0 || port > 65535)
    return gantry_cli_complain (_ ("receive takes options only; the port is 0 to 65535."));
  if (!gantry_cli_check_title (aet) || !gantry_cli_check_tls (&tls)
      || !gantry_cli_use_access (&access, &settings)
      || !gantry_cli_use_watching (&watching, &settings, &log)
      || !gantry_cli_use_keeping (&keeping, &settings, &example) || !use_tls (&tls))
    return GANTRY_EXIT_USAGE;

  if (!gantry_cli_open (cli, &options) || !gantry_cli_use_behaviour (&access, cli, &settings))
    return cli->exit;
  if (cli->interrupted)
    return GANTRY_EXIT_OK;
  settings.ae_title = aet != NULL ? aet : settings.ae_title;
  settings.port = (guint16)port;
  settings.tls = tls;
  settings.address = address;
  settings.directory = output;
  if (log.path != NULL)
    gantry_engine_set_log (cli->engine, &log);
  gantry_cli_watching_trace (&watching, cli);
  self.example = example;
  gantry_cli_begin_stream (cli);
  return listen_until_interrupted (&self, &settings);
}
