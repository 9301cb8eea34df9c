/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>

#include "gantry-cli.h"

static const struct
{
  const char *name;
  GantryCommandFunc func;
  const char *usage;
} commands[] = {
  { "echo", gantry_cli_echo, "PEER [--from AET] [--count N] [--interval SECONDS] [--json]" },
  { "send", gantry_cli_send,
    "PEER PATH… [--from AET] [--associations N] [--max-pdu BYTES] [--report FILE] [--json]" },
  { "receive", gantry_cli_receive,
    "[--aet AET] [--port N] [--output DIR] [--layout NAME] [--json] [option…]" },
  { "nodes", gantry_cli_nodes,
    "[--add NAME=PEER] [--remove NAME] [--import FILE] [--export FILE] [--json]" },
  { "probe", gantry_cli_probe, "PEER [--from AET] [--sop-class UID] [--json]" },
  { "jobs", gantry_cli_jobs, "[--json]" },
  { "report", gantry_cli_report, "JOB FILE.csv|FILE.json" },
  { "log", gantry_cli_log, "[--filter TEXT] [--export FILE.csv|FILE.json] [--json]" },
  { "uid", gantry_cli_uid, "TEXT… [--json]" },
  { "inspect", gantry_cli_inspect, "PATH… [--json]" },
};

static GantryExit
print_usage (void)
{
  g_printerr (_ ("Usage: gantryctl [--profile DIR] COMMAND …\n\n"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_printerr ("  %-8s %s\n", commands[i].name, commands[i].usage);
  g_printerr (
      _ ("\nPEER is AET@host:port or the name of a saved node. COMMAND --help tells more.\n"));
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

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, GANTRY_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  /* What comes behind the command is the command's. */
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return gantry_cli_complain ("%s", error->message);
  if (argc < 2)
    return print_usage ();

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      {
        status = commands[i].func (&cli, argc - 1, argv + 1);
        gantry_cli_close (&cli);
        g_free (cli.profile);
        return status;
      }
  return print_usage ();
}
