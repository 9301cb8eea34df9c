/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "gantry-cli.h"
#include "gantry-reference.h"

static void
json_texts (JsonBuilder *json, const char *name, const char *const *texts)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
  for (; texts != NULL && *texts != NULL; texts++)
    json_builder_add_string_value (json, *texts);
  json_builder_end_array (json);
}

static void
json_flag (JsonBuilder *json, const char *name, gboolean value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_boolean_value (json, value);
}

static void
print_json (const GantryReference *r)
{
  JsonBuilder *json = gantry_cli_json_begin (gantry_reference_get_type_nick (r));

  gantry_cli_json_text (json, "code", r->code);
  gantry_cli_json_text (json, "meaning", r->name);
  json_texts (json, "older_names", r->older_names);
  gantry_cli_json_text (json, "keyword", r->keyword);
  gantry_cli_json_text (json, "advice", r->advice);
  json_flag (json, "retired", r->retired);
  if (r->sop_class != NULL)
    {
      gantry_cli_json_text (json, "kind", gantry_kind_get_nick (r->sop_class->kind));
      gantry_cli_json_text (json, "modality", r->sop_class->modality);
      json_texts (json, "general", r->sop_class->general);
    }
  if (r->status != NULL)
    {
      g_autofree char *services = gantry_services_to_text (r->status->services);

      gantry_cli_json_text (json, "class", gantry_status_class_get_nick (r->status->status_class));
      gantry_cli_json_text (json, "services", services);
      json_flag (json, "retry_helps", r->status->retry_helps);
    }
  gantry_cli_json_end (json);
}

/* One line each when there are several; all facts of one alone. */
static void
print_text (GPtrArray *found)
{
  if (found->len == 1)
    {
      g_autofree char *facts = gantry_reference_to_text (found->pdata[0]);

      g_print ("%s", facts);
      return;
    }
  for (guint i = 0; i < found->len; i++)
    {
      const GantryReference *r = found->pdata[i];

      g_print ("%-20s %-32s %s%s\n", gantry_reference_get_type_name (r), r->code, r->name,
               r->retired ? _ (" (retired)") : "");
    }
}

static gboolean
find (GantryCli *cli, const char *text)
{
  g_autoptr (GPtrArray) found = gantry_reference_search (text);
  const GantryReference *exact = gantry_reference_lookup (text);

  /* Who gives the very code wants that and nothing that only looks like it. */
  if (exact != NULL)
    {
      g_ptr_array_set_size (found, 0);
      g_ptr_array_add (found, (gpointer)exact);
    }
  if (cli->json)
    for (guint i = 0; i < found->len; i++)
      print_json (found->pdata[i]);
  else
    print_text (found);
  return found->len > 0;
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
