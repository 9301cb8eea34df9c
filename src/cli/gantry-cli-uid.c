/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-cli.h"
#include "gantry-registry.h"
#include "gantry-words.h"

static void
print_row (GantryCli *cli, const char *type, const char *code, const char *meaning)
{
  JsonBuilder *json;

  if (!cli->json)
    {
      g_print ("%-12s %-32s %s\n", type, code, meaning);
      return;
    }
  json = gantry_cli_json_begin (type);
  gantry_cli_json_text (json, "code", code);
  gantry_cli_json_text (json, "meaning", meaning);
  gantry_cli_json_end (json);
}

static gboolean
contains (const char *text, const char *folded)
{
  g_autofree char *lower = g_utf8_casefold (text, -1);

  return strstr (lower, folded) != NULL;
}

/* A status is four hexadecimal digits, with or without 0x. */
static gboolean
find_status (GantryCli *cli, const char *text)
{
  g_autofree char *meaning = NULL;
  g_autofree char *code = NULL;
  const char *digits = g_ascii_strncasecmp (text, "0x", 2) == 0 ? text + 2 : text;

  if (strlen (digits) != 4 || strspn (digits, "0123456789abcdefABCDEF") != 4)
    return FALSE;
  code = g_ascii_strup (digits, -1);
  meaning = gantry_status_describe ((guint16)g_ascii_strtoull (digits, NULL, 16), NULL);
  print_row (cli, "status", code, meaning);
  return TRUE;
}

static gboolean
find (GantryCli *cli, const char *text)
{
  static const char *const types[] = {
    [GANTRY_UID_SOP_CLASS] = "sop-class",          [GANTRY_UID_META_SOP_CLASS] = "meta-class",
    [GANTRY_UID_TRANSFER_SYNTAX] = "syntax",       [GANTRY_UID_SERVICE_CLASS] = "service",
    [GANTRY_UID_WELL_KNOWN_INSTANCE] = "instance", [GANTRY_UID_APPLICATION_CONTEXT] = "context",
  };
  g_autofree char *folded = g_utf8_casefold (text, -1);
  gboolean found = find_status (cli, text);
  gsize n;
  const GantryUid *uids;
  const GantryModality *modality = gantry_modality_lookup (text);

  if (modality != NULL)
    {
      print_row (cli, "modality", modality->code, modality->meaning);
      found = TRUE;
    }
  uids = gantry_uid_table (&n);
  for (gsize i = 0; i < n; i++)
    if (strcmp (uids[i].uid, text) == 0 || contains (uids[i].name, folded))
      {
        print_row (cli, types[uids[i].type], uids[i].uid, uids[i].name);
        found = TRUE;
      }
  if (!found && gantry_uid_is_valid (text))
    {
      g_autofree char *meaning = gantry_uid_describe (text);

      print_row (cli, "uid", text, meaning);
      found = TRUE;
    }
  return found;
}

GantryExit
gantry_cli_uid (GantryCli *cli, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("One JSON object a line"), NULL },
    { NULL },
  };
  GantryExit status = GANTRY_EXIT_OK;

  if (!gantry_cli_parse (&argc, &argv, entries, "TEXT…"))
    return GANTRY_EXIT_USAGE;
  if (argc < 2)
    return gantry_cli_complain (
        _ ("uid needs a UID, part of a name, a modality code or a status."));

  for (int i = 1; i < argc; i++)
    if (!find (cli, argv[i]))
      {
        g_printerr (_ ("gantryctl: nothing is known by “%s”.\n"), argv[i]);
        status = GANTRY_EXIT_NOT_ALL;
      }
  return status;
}
