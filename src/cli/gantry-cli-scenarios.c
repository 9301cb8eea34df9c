/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-cli.h"
#include "gantry-error.h"

/* One question at a time: its answer, or why there is none. */
typedef struct
{
  GantryCli *cli;
  gboolean over;
  GPtrArray *list;
  GError *error;
} Question;

static void
on_list (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;

  question->list
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, &question->error);
  question->over = TRUE;
  g_main_loop_quit (question->cli->loop);
}

static void
on_saved (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;

  gantry_engine_save_scenario_finish (GANTRY_ENGINE (engine), result, &question->error);
  question->over = TRUE;
  g_main_loop_quit (question->cli->loop);
}

static void
on_removed (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;

  gantry_engine_remove_scenario_finish (GANTRY_ENGINE (engine), result, &question->error);
  question->over = TRUE;
  g_main_loop_quit (question->cli->loop);
}

/* Also when a signal comes: the database does not let anybody wait. What went wrong is said.
 * Returns: what the command has come to so far */
static GantryExit
wait_for_answer (Question *question)
{
  GantryExit status = GANTRY_EXIT_OK;

  gantry_cli_wait (question->cli, &question->over, NULL);
  if (question->error != NULL)
    {
      gantry_cli_complain ("%s", question->error->message);
      /* A name or words that cannot be kept are the caller's. */
      status = g_error_matches (question->error, GANTRY_ERROR, GANTRY_ERROR_SETTING)
                   ? GANTRY_EXIT_USAGE
                   : GANTRY_EXIT_NOT_ALL;
    }
  g_clear_error (&question->error);
  return status;
}

/* Returns: (transfer full) (nullable): %NULL when it cannot be read, which is said */
static GPtrArray *
list_kept (GantryCli *cli)
{
  Question question = { .cli = cli };

  gantry_engine_list_scenarios_async (cli->engine, NULL, on_list, &question);
  cli->exit = wait_for_answer (&question);
  return question.list;
}

/* Returns: (nullable): %NULL when there is none of that name, which is said */
static const GantryNamedScenario *
find_in (GPtrArray *list, const char *name)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    {
      const GantryNamedScenario *one = list->pdata[i];

      if (strcmp (one->name, name) == 0)
        return one;
      g_string_append_printf (known, "%s“%s”", i > 0 ? ", " : "", one->name);
    }
  if (list->len > 0)
    gantry_cli_complain (_ ("No test behaviour is kept under the name “%s”. There are: %s."), name,
                         known->str);
  else
    gantry_cli_complain (_ ("No test behaviour is kept under the name “%s”: none is kept at all "
                            "yet. The command scenarios adds one."),
                         name);
  return NULL;
}

char *
gantry_cli_find_scenario (GantryCli *cli, const char *name)
{
  g_autoptr (GPtrArray) list = list_kept (cli);
  const GantryNamedScenario *found;

  if (list == NULL)
    return NULL;
  found = find_in (list, name);
  if (found == NULL)
    cli->exit = GANTRY_EXIT_USAGE;
  return found != NULL ? g_strdup (found->words) : NULL;
}

/* ---- What can be done ----------------------------------------------------------------------- */

static GantryExit
print_all (GantryCli *cli)
{
  g_autoptr (GPtrArray) list = list_kept (cli);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const GantryNamedScenario *one = list->pdata[i];
      JsonBuilder *json;

      if (!cli->json)
        {
          g_print ("%-24s %s\n", one->name, one->words);
          continue;
        }
      json = gantry_cli_json_begin ("scenario");
      gantry_cli_json_text (json, "name", one->name);
      gantry_cli_json_text (json, "words", one->words);
      gantry_cli_json_end (json);
    }
  return cli->exit;
}

static GantryExit
add (GantryCli *cli, char **arguments)
{
  g_autofree char *words = g_strjoinv (" ", arguments + 1);
  Question question = { .cli = cli };

  gantry_engine_save_scenario_async (cli->engine, arguments[0], words, NULL, on_saved, &question);
  return wait_for_answer (&question);
}

/* All of them, or none when one is not there. */
static GantryExit
remove_all (GantryCli *cli, char **names)
{
  g_autoptr (GPtrArray) list = list_kept (cli);
  GantryExit status = cli->exit;

  for (char **name = names; list != NULL && *name != NULL; name++)
    if (find_in (list, *name) == NULL)
      return GANTRY_EXIT_USAGE;
  for (char **name = names; list != NULL && *name != NULL && status == GANTRY_EXIT_OK; name++)
    {
      Question question = { .cli = cli };

      gantry_engine_remove_scenario_async (cli->engine, *name, NULL, on_removed, &question);
      status = wait_for_answer (&question);
    }
  return status;
}

/* ---- The command ---------------------------------------------------------------------------- */

static gboolean
check_arguments (char **arguments)
{
  guint n = arguments != NULL ? g_strv_length (arguments) : 0;

  if (n == 0 || (strcmp (arguments[0], "add") == 0 && n >= 3)
      || (strcmp (arguments[0], "remove") == 0 && n >= 2))
    return TRUE;
  gantry_cli_complain (_ ("scenarios alone lists them; “add NAME WORDS” keeps one and “remove "
                          "NAME…” removes some."));
  return FALSE;
}

GantryExit
gantry_cli_scenarios (GantryCli *cli, int argc, char **argv)
{
  g_auto (GStrv) arguments = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("One JSON object a line"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments, NULL, NULL },
    { NULL },
  };
  GantryEngineOptions options = { .draft = "gantryctl" };

  if (!gantry_cli_parse (&argc, &argv, entries, "[add NAME WORDS | remove NAME…]")
      || !check_arguments (arguments))
    return GANTRY_EXIT_USAGE;
  if (!gantry_cli_open (cli, &options))
    return cli->exit;

  if (arguments == NULL)
    return print_all (cli);
  if (strcmp (arguments[0], "add") == 0)
    return add (cli, arguments + 1);
  return remove_all (cli, arguments + 1);
}
