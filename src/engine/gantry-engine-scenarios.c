/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-scenario-table.h"
#include "gantry-scenario.h"

static GPtrArray *
read_scenarios (GantryDatabase *db,
                const GantryQuestion *question G_GNUC_UNUSED,
                guint *total,
                GError **error)
{
  GPtrArray *scenarios = gantry_scenario_table_list (db, error);

  *total = scenarios != NULL ? scenarios->len : 0;
  return scenarios;
}

void
gantry_engine_list_scenarios_async (GantryEngine *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  const GantryQuestion question = { 0 };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_scenarios, &question, cancellable, callback,
                       user_data);
}

/* ---- Changing ------------------------------------------------------------------------------- */

static gboolean
complain (GError **error, const char *sentence)
{
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_SETTING, sentence);
  return FALSE;
}

static gboolean
check_name (const char *name, GError **error)
{
  g_autofree char *shown = gantry_text_escape (name);

  if (*name == '\0')
    return complain (error, _ ("A test behaviour that is to be kept needs a name."));
  if (strcmp (shown, name) != 0)
    return complain (error, _ ("The name of a test behaviour is one line without control "
                               "characters."));
  if (g_utf8_strlen (name, -1) <= GANTRY_SCENARIO_NAME_MAX)
    return TRUE;
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_SETTING,
               _ ("The name of a test behaviour has at most %d characters."),
               GANTRY_SCENARIO_NAME_MAX);
  return FALSE;
}

static gboolean
check_scenario (const GantryNamedScenario *scenario, GError **error)
{
  g_autoptr (GantryScenario) parsed = NULL;

  if (!check_name (scenario->name, error))
    return FALSE;
  parsed = gantry_scenario_parse (scenario->words, error);
  return parsed != NULL;
}

/* What comes of a change, for who asked for it. */
static void
answer (GTask *task, GError *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
save_call (GantryCore *core, gpointer data)
{
  GTask *task = data;
  const GantryNamedScenario *scenario = g_task_get_task_data (task);
  GError *error = NULL;

  if (check_scenario (scenario, &error))
    gantry_scenario_table_put (core->db, scenario, &error);
  answer (task, error);
}

static void
remove_call (GantryCore *core, gpointer data)
{
  GTask *task = data;
  const GantryNamedScenario *scenario = g_task_get_task_data (task);
  GError *error = NULL;

  gantry_scenario_table_remove (core->db, scenario->name, &error);
  answer (task, error);
}

/* Has the core do @call, and takes @scenario. */
static void
change (GantryEngine *self,
        GantryCoreFunc call,
        GantryNamedScenario *scenario,
        GCancellable *cancellable,
        GAsyncReadyCallback callback,
        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, scenario, gantry_record_unref);
  gantry_core_post (self->core, call, task, g_object_unref);
}

/* Returns: (transfer full): @words with one space between two of them */
static char *
join_words (const char *words)
{
  g_auto (GStrv) list = g_strsplit_set (words, " \t\n", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) some = NULL;

  for (char **word = list; *word != NULL; word++)
    if (**word != '\0')
      g_strv_builder_add (builder, *word);
  some = g_strv_builder_end (builder);
  return g_strjoinv (" ", some);
}

void
gantry_engine_save_scenario_async (GantryEngine *self,
                                   const char *name,
                                   const char *words,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autofree char *stripped = NULL;
  g_autofree char *joined = NULL;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  stripped = g_strstrip (g_strdup (name));
  joined = join_words (words);
  change (self, save_call, gantry_named_scenario_new (stripped, joined), cancellable, callback,
          user_data);
}

gboolean
gantry_engine_save_scenario_finish (GantryEngine *self G_GNUC_UNUSED,
                                    GAsyncResult *result,
                                    GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
gantry_engine_remove_scenario_async (GantryEngine *self,
                                     const char *name,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  if (gantry_engine_is_open (self, callback, user_data))
    change (self, remove_call, gantry_named_scenario_new (name, ""), cancellable, callback,
            user_data);
}

gboolean
gantry_engine_remove_scenario_finish (GantryEngine *self G_GNUC_UNUSED,
                                      GAsyncResult *result,
                                      GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
