/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>

#include "gantry-cli.h"
#include "gantry-files.h"

static const struct
{
  const char *name;
  GantryCommandFunc func;
  const char *what;
} commands[] = {
  { "echo", gantry_cli_echo, N_ ("Ask a node whether it answers, step by step") },
  { "send", gantry_cli_send, N_ ("Send files, folders and archives to a node") },
  { "receive", gantry_cli_receive, N_ ("Receive objects and keep them") },
  { "scenarios", gantry_cli_scenarios, N_ ("List, add and remove ways to misbehave for tests") },
  { "nodes", gantry_cli_nodes, N_ ("List, add, import and export saved nodes") },
  { "probe", gantry_cli_probe, N_ ("Find out what a node accepts") },
  { "jobs", gantry_cli_jobs, N_ ("List the jobs of the send queue") },
  { "report", gantry_cli_report, N_ ("Write the delivery report of a job") },
  { "log", gantry_cli_log, N_ ("Show the associations of the receiver") },
  { "studies", gantry_cli_studies, N_ ("List, copy and remove what was received") },
  { "uid", gantry_cli_uid, N_ ("Tell what a UID, a name, a modality or a status means") },
  { "inspect", gantry_cli_inspect, N_ ("Tell what is in files, folders and archives") },
};

/* Returns: (transfer full): the commands, a line each. */
static char *
list_commands (void)
{
  GString *text = g_string_new (_ ("Commands:"));

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "\n  %-17s %s", commands[i].name, _ (commands[i].what));
  g_string_append (text, "\n\n");
  g_string_append (
      text, _ ("PEER is AET@host:port or the name of a saved node. COMMAND --help tells more."));
  return g_string_free (text, FALSE);
}

static GantryExit
print_usage (GOptionContext *context)
{
  g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

  g_printerr ("%s", help);
  return GANTRY_EXIT_USAGE;
}

int
main (int argc, char *argv[])
{
  GantryCli cli = { 0 };
  GantryExit status = GANTRY_EXIT_USAGE;
  const GOptionEntry entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, &cli.profile, N_ ("Keep everything below DIR"),
      "DIR" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND …");
  g_autoptr (GError) error = NULL;
  g_autofree char *list = NULL;

  gantry_files_raise_limit ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, GANTRY_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  /* What comes behind the command is the command's. */
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  list = list_commands ();
  g_option_context_set_description (context, list);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return gantry_cli_complain ("%s", error->message);
  if (argc < 2)
    return print_usage (context);

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      {
        g_autofree char *program = g_strdup_printf ("gantryctl %s", argv[1]);

        g_set_prgname (program);
        status = commands[i].func (&cli, argc - 1, argv + 1);
        gantry_cli_close (&cli);
        g_free (cli.profile);
        return status;
      }
  return gantry_cli_complain (_ ("There is no command “%s”; gantryctl --help lists them."),
                              argv[1]);
}
