/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "gantry-cli.h"
#include "gantry-copy-words.h"

#define PAGE 500

typedef struct
{
  GantryCli *cli;
  GCancellable *cancellable;
  gboolean over; /* the question that was asked last */
  GPtrArray *studies;
  guint total;
  GantryCopyResult *copy;
  GError *error; /* of the first question that failed */
} Studies;

/* What is to be copied or removed. */
typedef struct
{
  const GantryStudy *study;
  const GantrySeries *series; /* NULL: all of the study */
} Chosen;

static void
wait_for_answer (Studies *self)
{
  self->over = FALSE;
  gantry_cli_wait (self->cli, &self->over, self->cancellable);
}

static void
answered (Studies *self)
{
  self->over = TRUE;
  g_main_loop_quit (self->cli->loop);
}

/* ---- Which there are ------------------------------------------------------------------------ */

static void
on_studies (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  Studies *self = user_data;

  self->studies
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, &self->total, &self->error);
  answered (self);
}

static gboolean
list (Studies *self, const char *text, guint offset, guint limit)
{
  g_clear_pointer (&self->studies, g_ptr_array_unref);
  gantry_engine_list_received_studies_async (self->cli->engine, text, NULL, 0, offset, limit,
                                             self->cancellable, on_studies, self);
  wait_for_answer (self);
  return self->studies != NULL;
}

static void
print_studies (Studies *self, const char *text)
{
  guint offset = 0;

  do
    {
      if (!list (self, text, offset, PAGE))
        return;
      for (guint i = 0; i < self->studies->len; i++)
        gantry_cli_print_study (self->cli, self->studies->pdata[i], TRUE);
      offset += PAGE;
    }
  while (!self->cli->interrupted && offset < self->total);
}

/* ---- Which are meant ------------------------------------------------------------------------ */

/* Adds what @name names: a study by its number or UID, a series by its UID. */
static gboolean
choose (const GantryStudy *study, const char *name, GArray *chosen)
{
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, study->id);
  Chosen one = { study, NULL };
  gboolean found = FALSE;

  if (strcmp (name, number) == 0 || strcmp (name, study->study_uid) == 0)
    {
      g_array_append_val (chosen, one);
      return TRUE;
    }
  for (guint i = 0; i < study->series->len; i++)
    {
      one.series = study->series->pdata[i];
      if (strcmp (name, one.series->series_uid) != 0)
        continue;
      g_array_append_val (chosen, one);
      found = TRUE;
    }
  return found;
}

/* @names: NULL: all of them. Returns: (transfer full) (nullable) (element-type Chosen): NULL when
 * one of them is not there, which is said: then nothing is to be done. */
static GArray *
find_chosen (Studies *self, char **names)
{
  g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (Chosen));

  /* One snapshot: what comes meanwhile moves the pages of a list. */
  if (!list (self, NULL, 0, G_MAXINT))
    return NULL;
  for (guint i = 0; names == NULL && i < self->studies->len; i++)
    {
      Chosen one = { self->studies->pdata[i], NULL };

      g_array_append_val (chosen, one);
    }
  for (; names != NULL && *names != NULL; names++)
    {
      gboolean found = FALSE;

      for (guint i = 0; i < self->studies->len; i++)
        found |= choose (self->studies->pdata[i], *names, chosen);
      if (found)
        continue;
      g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _ ("Nothing that was received is called “%s”; the command studies lists it."),
                   *names);
      return NULL;
    }
  return g_steal_pointer (&chosen);
}

/* ---- Copying -------------------------------------------------------------------------------- */

static void
on_copied (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  Studies *self = user_data;

  self->copy = gantry_engine_copy_received_finish (GANTRY_ENGINE (engine), result, &self->error);
  answered (self);
}

static gboolean
is_whole (const GantryCopyResult *result)
{
  return !result->stopped && result->failed == 0;
}

static void
print_copy (GantryCli *cli, const GantryCopyResult *result, const char *folder, double seconds)
{
  g_autofree char *text = gantry_copy_result_describe (result, folder);
  JsonBuilder *json;

  if (!cli->json)
    {
      (is_whole (result) ? g_print : g_printerr) ("%s\n", text);
      return;
    }
  json = gantry_cli_json_begin ("summary");
  gantry_cli_json_int (json, "copied", (gint64)result->copied);
  gantry_cli_json_int (json, "present", (gint64)result->present);
  gantry_cli_json_int (json, "failed", (gint64)result->failed);
  gantry_cli_json_int (json, "bytes", (gint64)result->bytes);
  gantry_cli_json_text (json, "outcome", result->stopped ? "stopped" : "complete");
  gantry_cli_json_double (json, "seconds", seconds);
  gantry_cli_json_text (json, "message", result->message);
  gantry_cli_json_end (json);
}

static GantryExit
copy (Studies *self, GArray *chosen, const char *folder, GantryLayout layout)
{
  g_autofree GantryReceivedChoice *choices = g_new0 (GantryReceivedChoice, chosen->len + 1);
  gint64 before = g_get_monotonic_time ();
  GantryExit status;

  for (guint i = 0; i < chosen->len; i++)
    {
      const Chosen *one = &g_array_index (chosen, Chosen, i);

      choices[i].study_id = one->study->id;
      choices[i].series_id = one->series != NULL ? one->series->id : 0;
    }
  gantry_engine_copy_received_async (self->cli->engine, choices, chosen->len, folder, layout, NULL,
                                     self->cancellable, on_copied, self);
  wait_for_answer (self);
  if (self->copy == NULL)
    {
      self->copy = gantry_copy_result_new ();
      self->copy->stopped = TRUE;
      gantry_record_set (&self->copy->message, self->error->message);
      g_clear_error (&self->error);
    }
  print_copy (self->cli, self->copy, folder,
              (double)(g_get_monotonic_time () - before) / G_USEC_PER_SEC);
  status = is_whole (self->copy) ? GANTRY_EXIT_OK : GANTRY_EXIT_NOT_ALL;
  gantry_record_unref (self->copy);
  return status;
}

/* ---- Removing ------------------------------------------------------------------------------- */

static void
on_removed (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  Studies *self = user_data;

  gantry_engine_remove_received_finish (GANTRY_ENGINE (engine), result, &self->error);
  answered (self);
}

static void
print_removed (GantryCli *cli, const Chosen *one, gboolean for_good, const char *message)
{
  const char *uid = one->series != NULL ? one->series->series_uid : one->study->study_uid;
  JsonBuilder *json;

  if (!cli->json && message != NULL)
    g_printerr ("gantryctl: %s: %s\n", uid, message);
  else if (!cli->json)
    g_print (for_good ? _ ("Deleted: %s\n") : _ ("Moved to the trash: %s\n"), uid);
  if (!cli->json)
    return;
  json = gantry_cli_json_begin ("removed");
  gantry_cli_json_int (json, "id", one->study->id);
  gantry_cli_json_text (json, "study_uid", one->study->study_uid);
  if (one->series != NULL)
    gantry_cli_json_text (json, "series_uid", one->series->series_uid);
  gantry_cli_json_text (json, "outcome",
                        message != NULL ? "failed"
                        : for_good      ? "deleted"
                                        : "trashed");
  gantry_cli_json_text (json, "message", message != NULL ? message : "");
  gantry_cli_json_end (json);
}

static GantryExit
remove_chosen (Studies *self, GArray *chosen, gboolean for_good)
{
  guint removed = 0;
  JsonBuilder *json;

  for (guint i = 0; i < chosen->len && !self->cli->interrupted; i++)
    {
      const Chosen *one = &g_array_index (chosen, Chosen, i);

      gantry_engine_remove_received_async (self->cli->engine, one->study->id,
                                           one->series != NULL ? one->series->id : 0, G_MAXINT64,
                                           for_good, self->cancellable, on_removed, self);
      wait_for_answer (self);
      print_removed (self->cli, one, for_good, self->error != NULL ? self->error->message : NULL);
      removed += self->error == NULL;
      g_clear_error (&self->error);
    }
  if (self->cli->json)
    {
      json = gantry_cli_json_begin ("summary");
      gantry_cli_json_int (json, "removed", removed);
      gantry_cli_json_int (json, "left", chosen->len - removed);
      gantry_cli_json_end (json);
    }
  return removed == chosen->len ? GANTRY_EXIT_OK : GANTRY_EXIT_NOT_ALL;
}

/* ---- The command ---------------------------------------------------------------------------- */

/* As they were given. */
typedef struct
{
  char *filter, *copy_to, *layout_name;
  gboolean all, trash, delete;
  GantryLayout layout;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->filter);
  g_free (options->copy_to);
  g_free (options->layout_name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_options (GantryCli *cli, Options *o, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "filter", 0, 0, G_OPTION_ARG_STRING, &o->filter,
      N_ ("List only those with this in a name, number, description, UID, date or modality"),
      "TEXT" },
    { "copy-to", 0, 0, G_OPTION_ARG_FILENAME, &o->copy_to,
      N_ ("Copy them to a folder, where nothing is overwritten"), "DIR" },
    { "layout", 0, 0, G_OPTION_ARG_STRING, &o->layout_name,
      N_ ("Folders and names there: uids, patient or flat"), "NAME" },
    { "trash", 0, 0, G_OPTION_ARG_NONE, &o->trash, N_ ("Move them to the trash"), NULL },
    { "delete", 0, 0, G_OPTION_ARG_NONE, &o->delete,
      N_ ("Delete them for good, for instance where there is no trash"), NULL },
    { "all", 0, 0, G_OPTION_ARG_NONE, &o->all, N_ ("All that there are, instead of some"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("One JSON object a line"), NULL },
    { NULL },
  };

  return gantry_cli_options_parse (gantry_cli_options_new (entries, "[STUDY|SERIES…]"), argc, argv);
}

/* Whether they make sense together; complains if not. */
static gboolean
check_options (Options *o, gboolean named)
{
  int actions = (o->copy_to != NULL) + o->trash + o->delete;
  const char *mistake = NULL;

  if (actions > 1)
    mistake = _ ("Of --copy-to, --trash and --delete only one can be done at a time.");
  else if (actions == 1 && named == o->all)
    mistake = _ ("What is copied or removed has to be named by number or UID, or it is --all.");
  else if (actions == 0 && (named || o->all))
    mistake = _ ("What is to become of them? --copy-to, --trash or --delete says it; --filter "
                 "lists some.");
  else if (o->filter != NULL && actions > 0)
    mistake = _ ("--filter is for the list; what is copied or removed is named.");
  else if (o->layout_name != NULL
           && (o->copy_to == NULL || !gantry_cli_parse_layout (o->layout_name, &o->layout)))
    mistake = _ ("--layout is uids, patient or flat, and goes with --copy-to.");
  if (mistake != NULL)
    gantry_cli_complain ("%s", mistake);
  return mistake == NULL;
}

static GantryExit
do_it (Studies *self, const Options *o, char **names)
{
  g_autoptr (GArray) chosen = NULL;

  if (o->copy_to == NULL && !o->trash && !o->delete)
    {
      print_studies (self, o->filter);
      return self->cli->interrupted ? GANTRY_EXIT_NOT_ALL : GANTRY_EXIT_OK;
    }
  chosen = find_chosen (self, o->all ? NULL : names);
  if (chosen == NULL)
    return GANTRY_EXIT_NOT_ALL;
  return o->copy_to != NULL ? copy (self, chosen, o->copy_to, o->layout)
                            : remove_chosen (self, chosen, o->delete);
}

GantryExit
gantry_cli_studies (GantryCli *cli, int argc, char **argv)
{
  g_auto (Options) given = { .layout = GANTRY_LAYOUT_UIDS };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Studies self = { .cli = cli, .cancellable = cancellable };
  GantryEngineOptions options = { .draft = "gantryctl" };
  GantryExit status;

  if (!parse_options (cli, &given, &argc, &argv) || !check_options (&given, argc > 1))
    return GANTRY_EXIT_USAGE;
  /* Who receives might just get again what is removed: only one of them at a time. */
  options.run_receiver = given.trash || given.delete;
  if (!gantry_cli_open (cli, &options))
    return cli->exit;

  status = do_it (&self, &given, argv + 1);
  g_clear_pointer (&self.studies, g_ptr_array_unref);
  if (self.error == NULL)
    return status;
  if (!g_error_matches (self.error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gantry_cli_complain ("%s", self.error->message);
  g_clear_error (&self.error);
  return GANTRY_EXIT_NOT_ALL;
}
