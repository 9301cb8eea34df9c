/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-cli.h"
#include "gantry-probe-export.h"
#include "gantry-registry.h"
#include "gantry-words.h"

typedef struct
{
  GantryCli *cli;
  gboolean over;
  GantryProbe *probe; /* NULL: none could be had */
  GError *error;
} Probe;

static void
on_probe (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Probe *self = user_data;

  self->probe = gantry_engine_probe_finish (GANTRY_ENGINE (source), result, &self->error);
  self->over = TRUE;
  g_main_loop_quit (self->cli->loop);
}

/* ---- JSON: one line a context, then the whole ------------------------------------------------ */

static void
print_json_context (const GantryContext *context)
{
  g_autofree char *sop_class = gantry_uid_describe (context->abstract_syntax);
  JsonBuilder *json = gantry_cli_json_begin ("context");

  gantry_cli_json_text (json, "sop_class_uid", context->abstract_syntax);
  gantry_cli_json_text (json, "sop_class", sop_class);
  gantry_cli_json_text (json, "transfer_syntax", context->proposed[0]);
  gantry_cli_json_text (json, "outcome", context->result == 0 ? "accepted" : "refused");
  gantry_cli_json_int (json, "result", context->result);
  gantry_cli_json_text (json, "message", gantry_context_result_describe (context->result));
  gantry_cli_json_end (json);
}

static void
print_json_extended (const GantryExtended *extended)
{
  JsonBuilder *json = gantry_cli_json_begin ("extended");

  gantry_cli_json_text (json, "sop_class_uid", extended->sop_class_uid);
  gantry_cli_json_int (json, "level", extended->level);
  gantry_cli_json_int (json, "signature_level", extended->signature_level);
  gantry_cli_json_int (json, "coercion", extended->coercion);
  gantry_cli_json_end (json);
}

static void
print_json (const GantryProbe *probe, const char *peer)
{
  guint accepted = 0;
  JsonBuilder *json;

  for (guint i = 0; i < probe->contexts->len; i++)
    {
      const GantryContext *context = probe->contexts->pdata[i];

      accepted += context->result == 0;
      print_json_context (context);
    }
  for (guint i = 0; i < probe->extended->len; i++)
    print_json_extended (probe->extended->pdata[i]);

  json = gantry_cli_json_begin ("probe");
  gantry_cli_json_text (json, "peer", peer);
  gantry_cli_json_text (json, "implementation", probe->implementation);
  gantry_cli_json_int (json, "max_pdu", probe->peer_max_pdu);
  gantry_cli_json_int (json, "associations", probe->associations);
  gantry_cli_json_int (json, "contexts", probe->contexts->len);
  gantry_cli_json_int (json, "accepted", accepted);
  gantry_cli_json_text (json, "outcome", probe->complete ? "complete" : "broken-off");
  gantry_cli_json_double (json, "seconds", (double)probe->elapsed / G_USEC_PER_SEC);
  gantry_cli_json_text (json, "message", probe->message);
  gantry_cli_json_end (json);
}

/* ---- Text: one line a SOP class that is taken, with its transfer syntaxes ---------------------
 */

static void
end_class (const char *uid, GString *syntaxes)
{
  g_autofree char *name = NULL;

  if (syntaxes->len == 0)
    return;
  name = gantry_sop_class_describe (uid);
  g_print ("%s\n    %s\n", name, syntaxes->str);
  g_string_truncate (syntaxes, 0);
}

static void
print_text (const GantryProbe *probe, const char *peer)
{
  g_autoptr (GString) syntaxes = g_string_new (NULL);
  const char *sop_class = "";

  for (guint i = 0; i < probe->contexts->len; i++)
    {
      const GantryContext *context = probe->contexts->pdata[i];
      g_autofree char *syntax = NULL;

      if (strcmp (sop_class, context->abstract_syntax) != 0)
        end_class (sop_class, syntaxes);
      sop_class = context->abstract_syntax;
      if (context->result != 0)
        continue;
      syntax = gantry_transfer_syntax_describe (context->proposed[0]);
      g_string_append_printf (syntaxes, "%s%s", syntaxes->len > 0 ? ", " : "", syntax);
    }
  end_class (sop_class, syntaxes);
  g_print (ngettext ("%s (%s): %s %u association, %.1f s\n",
                     "%s (%s): %s %u associations, %.1f s\n", probe->associations),
           peer, probe->implementation, probe->message, probe->associations,
           (double)probe->elapsed / G_USEC_PER_SEC);
}

/* @path: (nullable) */
static GantryExit
write_table (const GantryProbe *probe, const char *path)
{
  g_autoptr (GError) error = NULL;

  if (path == NULL || gantry_probe_write (probe, path, &error))
    return GANTRY_EXIT_OK;
  g_printerr ("gantryctl: %s\n", error->message);
  return GANTRY_EXIT_NOT_ALL;
}

static GantryExit
probe_once (GantryCli *cli,
            GantryNode *node,
            const char *const *classes,
            const char *peer,
            const char *path)
{
  Probe self = { .cli = cli };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GantryExit status = GANTRY_EXIT_OK;

  gantry_engine_probe_async (cli->engine, node, classes, NULL, NULL, cancellable, on_probe, &self);
  gantry_cli_wait (cli, &self.over, cancellable);

  /* Of one that broke off, the last association is not among those that were had. */
  gantry_cli_settle_trace (
      cli, self.probe != NULL ? self.probe->associations + !self.probe->complete : 1);
  if (self.probe == NULL)
    {
      status = cli->interrupted ? GANTRY_EXIT_NOT_ALL : GANTRY_EXIT_NO_ASSOCIATION;
      g_printerr ("gantryctl: %s\n", self.error != NULL ? self.error->message : "");
    }
  else if (cli->json)
    print_json (self.probe, peer);
  else
    print_text (self.probe, peer);
  if (self.probe != NULL)
    status = write_table (self.probe, path);
  if (self.probe != NULL && !self.probe->complete)
    status = GANTRY_EXIT_NOT_ALL;
  gantry_record_unref (self.probe);
  g_clear_error (&self.error);
  return status;
}

GantryExit
gantry_cli_probe (GantryCli *cli, int argc, char **argv)
{
  g_autofree char *from = NULL;
  g_autofree char *path = NULL;
  g_auto (GStrv) classes = NULL;
  g_auto (GantryTls) tls = { 0 };
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, N_ ("Our AE title"), "AET" },
    { "sop-class", 0, 0, G_OPTION_ARG_STRING_ARRAY, &classes,
      N_ ("Ask for this SOP class only; may be given several times"), "UID" },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &path,
      N_ ("Also write the matrix to a file; a name with .json gets JSON"), "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("One JSON object a line"), NULL },
    { NULL },
  };
  GantryCliTimeouts timeouts = { 0 };
  GantryNodeOptions checked = GANTRY_NODE_OPTIONS_DEFAULT;
  GantryEngineOptions options = { .draft = "gantryctl",
                                  .per_instance_events = TRUE,
                                  .event_func = gantry_cli_on_trace,
                                  .user_data = cli };
  GantrySendSettings settings = GANTRY_SEND_SETTINGS_DEFAULT;
  g_autoptr (GantryNode) node = NULL;
  GOptionContext *context = gantry_cli_options_new (entries, "PEER");

  gantry_cli_add_tls_caller (context, &tls);
  gantry_cli_add_timeouts (context, &timeouts);
  gantry_cli_add_trace (context, cli);
  if (!gantry_cli_options_parse (context, &argc, &argv))
    return GANTRY_EXIT_USAGE;
  if (argc != 2)
    return gantry_cli_complain (_ ("probe needs one PEER."));
  for (guint i = 0; classes != NULL && classes[i] != NULL; i++)
    if (!gantry_uid_is_valid (classes[i]))
      return gantry_cli_complain (_ ("“%s” is not a UID."), classes[i]);
  if (!gantry_cli_check_title (from) || !gantry_cli_check_tls (&tls)
      || !gantry_cli_use_timeouts (&timeouts, &checked))
    return GANTRY_EXIT_USAGE;

  settings.tls = tls;
  settings.calling_ae_title = from != NULL ? from : settings.calling_ae_title;
  options.send = &settings;
  if (!gantry_cli_open (cli, &options))
    return cli->exit;
  node = gantry_cli_find_node (cli, argv[1]);
  if (node == NULL)
    return GANTRY_EXIT_USAGE;
  if (tls.enabled)
    node->options.tls = TRUE;
  gantry_cli_use_timeouts (&timeouts, &node->options);
  return probe_once (cli, node, (const char *const *)classes, argv[1], path);
}
