/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-completion.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "gantry-catalog.h"
#include "gantry-received-table.h"

#define LOOK_MS 250
#define COMMANDS_AT_A_TIME 2
#define COMMAND_SECONDS 600
#define STDERR_TAIL 2048

struct _GantryCompletion
{
  GantryCore *core;
  guint seconds; /* 0: nobody asks */
  char **command;
  GSource *look;  /* while a study is pending */
  GQueue waiting; /* (element-type gint64 *): studies whose command has not been run yet */
  guint n_running;
  GCancellable *closing;
};

/* A command that runs. */
typedef struct
{
  GantryCompletion *owner;
  gint64 study_id;
  GSubprocess *process;
  GInputStream *errors;
  char buffer[1024];
  GString *tail; /* of standard error */
  GSource *limit;
  gboolean too_long;
} Run;

/* ---- Arguments ------------------------------------------------------------------------------ */

char *
gantry_command_expand (const char *argument, const GantryPlaceholder *values)
{
  GString *text = g_string_new (NULL);
  const char *p = argument;

  while (*p != '\0')
    {
      const GantryPlaceholder *v = values;
      const char *end = *p == '{' ? strchr (p, '}') : NULL;

      if ((p[0] == '{' || p[0] == '}') && p[1] == p[0])
        {
          g_string_append_c (text, *p);
          p += 2;
          continue;
        }
      while (end != NULL && v->name != NULL
             && (strlen (v->name) != (gsize)(end - p - 1)
                 || strncmp (v->name, p + 1, strlen (v->name)) != 0))
        v++;
      if (end == NULL || v->name == NULL)
        {
          g_string_append_c (text, *p++);
          continue;
        }
      g_string_append (text, v->value);
      for (char *dash = text->str; p == argument && *dash == '-'; dash++)
        *dash = '_';
      p = end + 1;
    }
  return g_string_free (text, FALSE);
}

/* The folder that all files of the study are below. */
static char *
find_folder (GantryDatabase *db, gint64 study)
{
  GantryRows *rows
      = gantry_database_query (db, NULL,
                               "SELECT min (path), max (path) FROM received WHERE series_id IN "
                               "(SELECT id FROM series WHERE study_id = ?)",
                               "i", study);
  g_autofree char *first = NULL;
  const char *last;
  gsize same = 0, slash = 0;

  if (rows == NULL || !gantry_rows_next (rows))
    return g_strdup ("");
  /* What the first and the last in order have in common, all between them have, too. */
  first = g_strdup (gantry_rows_text (rows, 0));
  last = gantry_rows_text (rows, 1);
  for (; first[same] != '\0' && first[same] == last[same]; same++)
    if (first[same] == '/')
      slash = same;
  gantry_rows_end (rows);
  return g_strndup (first, slash);
}

static char **
make_arguments (GantryCompletion *self, const GantryStudy *study, GError **error)
{
  GantryDatabase *db = self->core->db;
  g_autofree char *path = find_folder (db, study->id);
  g_autofree char *objects = g_strdup_printf ("%" PRIu64, study->objects);
  g_auto (GStrv) caller = g_new0 (char *, 4);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  GantryRows *rows = gantry_database_query (
      db, NULL,
      "SELECT calling, called, peer FROM received JOIN associations ON associations.id = "
      "association_id WHERE series_id IN (SELECT id FROM series WHERE study_id = ?) "
      "ORDER BY received.id DESC LIMIT 1",
      "i", study->id);
  gboolean known = rows != NULL && gantry_rows_next (rows);
  char *program;

  for (int i = 0; i < 3; i++)
    caller[i] = g_strdup (known ? gantry_rows_text (rows, i) : "");
  if (known)
    gantry_rows_end (rows);

  const GantryPlaceholder values[] = {
    { "path", path },
    { "study_uid", study->study_uid },
    { "patient_id", study->patient_id },
    { "accession", study->accession },
    { "modalities", study->modalities },
    { "objects", objects },
    { "calling", caller[0] },
    { "called", caller[1] },
    { "peer", caller[2] },
    { NULL, NULL },
  };

  /* Never from the folder that the program happens to be in. */
  program = g_path_is_absolute (self->command[0]) || strchr (self->command[0], '/') == NULL
                ? g_find_program_in_path (self->command[0])
                : NULL;
  if (program == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _ ("There is no program “%s” that can be run. Give its whole path."),
                   self->command[0]);
      return NULL;
    }
  g_ptr_array_add (arguments, program);
  for (char **argument = self->command + 1; *argument != NULL; argument++)
    g_ptr_array_add (arguments, gantry_command_expand (*argument, values));
  g_ptr_array_add (arguments, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&arguments), FALSE);
}

/* ---- Running -------------------------------------------------------------------------------- */

static void run_next (GantryCompletion *self);

static void
tell_result (GantryCompletion *self, gint64 study_id, int exit_status, const char *message)
{
  g_autoptr (GantryCommandResult) result = gantry_command_result_new ();

  result->study_id = study_id;
  result->exit_status = exit_status;
  result->ok = exit_status == 0;
  gantry_record_set (&result->message, message);
  gantry_core_log (self->core, result->ok ? GANTRY_LOG_NORMAL : GANTRY_LOG_QUIET, "%s",
                   result->message);
  gantry_core_emit (self->core, gantry_event_new_record (GANTRY_EVENT_COMMAND, result));
}

static void
run_free (Run *run)
{
  if (run->limit != NULL)
    g_source_destroy (run->limit);
  g_clear_pointer (&run->limit, g_source_unref);
  g_object_unref (run->process);
  g_string_free (run->tail, TRUE);
  g_free (run);
}

static char *
describe_end (const Run *run)
{
  g_autofree char *valid = g_utf8_make_valid (run->tail->str, (gssize)run->tail->len);
  g_autoptr (GString) text = g_string_new (NULL);

  if (run->too_long)
    g_string_printf (
        text,
        _ ("The command for a complete study did not end within %d minutes, and was stopped."),
        COMMAND_SECONDS / 60);
  else if (!g_subprocess_get_if_exited (run->process))
    g_string_printf (text, _ ("The command for a complete study was ended by signal %d."),
                     g_subprocess_get_term_sig (run->process));
  else if (g_subprocess_get_exit_status (run->process) == 0)
    g_string_assign (text, _ ("The command for a complete study has ended well."));
  else
    g_string_printf (text, _ ("The command for a complete study has ended with status %d."),
                     g_subprocess_get_exit_status (run->process));
  g_strstrip (valid);
  if (*valid != '\0')
    g_string_append_printf (text, " %s", valid);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  Run *run = data;
  GantryCompletion *self = run->owner;
  g_autofree char *message = NULL;

  if (g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL))
    {
      message = describe_end (run);
      tell_result (self, run->study_id,
                   !run->too_long && g_subprocess_get_if_exited (run->process)
                       ? g_subprocess_get_exit_status (run->process)
                       : -1,
                   message);
    }
  self->n_running--;
  run_free (run);
  run_next (self);
  if (g_cancellable_is_cancelled (self->closing))
    gantry_core_part_stopped (self->core);
}

static gboolean
on_limit (gpointer data)
{
  Run *run = data;

  run->too_long = TRUE;
  g_subprocess_force_exit (run->process);
  return G_SOURCE_REMOVE;
}

/* Reads to the end of standard error, then waits for the end of the process. A child that keeps it
 * open is left alone when the time is over. */
static void
on_errors (GObject *source, GAsyncResult *result, gpointer data)
{
  Run *run = data;
  GantryCompletion *self = run->owner;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n > 0 && !run->too_long)
    {
      g_string_append_len (run->tail, run->buffer, n);
      if (run->tail->len > STDERR_TAIL)
        g_string_erase (run->tail, 0, (gssize)(run->tail->len - STDERR_TAIL));
      g_input_stream_read_async (run->errors, run->buffer, sizeof run->buffer, G_PRIORITY_DEFAULT,
                                 self->closing, on_errors, run);
      return;
    }
  g_subprocess_wait_async (run->process, self->closing, on_ended, run);
}

static gboolean
start_run (GantryCompletion *self, gint64 study_id, GError **error)
{
  g_autoptr (GantryStudy) study = gantry_catalog_get_study (self->core->db, study_id, error);
  g_auto (GStrv) arguments = study != NULL ? make_arguments (self, study, error) : NULL;
  GSubprocess *process
      = arguments != NULL
            ? g_subprocess_newv ((const char *const *)arguments,
                                 G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                                 error)
            : NULL;
  Run *run;

  if (process == NULL)
    return FALSE;
  run = g_new0 (Run, 1);
  run->owner = self;
  run->study_id = study_id;
  run->process = process;
  run->errors = g_subprocess_get_stderr_pipe (process);
  run->tail = g_string_new (NULL);
  run->limit = gantry_core_add_timer (self->core, COMMAND_SECONDS * 1000, on_limit, run);
  self->n_running++;
  g_input_stream_read_async (run->errors, run->buffer, sizeof run->buffer, G_PRIORITY_DEFAULT,
                             self->closing, on_errors, run);
  return TRUE;
}

static void
run_next (GantryCompletion *self)
{
  while (self->n_running < COMMANDS_AT_A_TIME && self->waiting.length > 0
         && !g_cancellable_is_cancelled (self->closing))
    {
      g_autofree gint64 *study_id = g_queue_pop_head (&self->waiting);
      g_autoptr (GError) error = NULL;

      if (self->command != NULL && !start_run (self, *study_id, &error))
        tell_result (self, *study_id, -1, error->message);
    }
}

/* ---- Looking -------------------------------------------------------------------------------- */

static void
complete (GantryCompletion *self, gint64 study_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryStudy) study = NULL;

  if (!gantry_received_table_set_complete (self->core->db, study_id, &error))
    {
      g_warning ("A complete study cannot be noted: %s", error->message);
      return;
    }
  study = gantry_catalog_get_study (self->core->db, study_id, NULL);
  if (study == NULL || study->objects == 0)
    return;
  gantry_core_log (self->core, GANTRY_LOG_NORMAL, "Study complete: %s, %" PRIu64 " objects",
                   study->study_uid, study->objects);
  gantry_core_emit (self->core, gantry_event_new_record (GANTRY_EVENT_STUDY_COMPLETE, study));
  if (self->command == NULL)
    return;
  g_queue_push_tail (&self->waiting, g_memdup2 (&study_id, sizeof study_id));
  run_next (self);
}

static gboolean
on_look (gpointer data)
{
  GantryCompletion *self = data;
  g_autoptr (GArray) due = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean more = self->seconds > 0
                  && gantry_received_table_list_pending (self->core->db,
                                                         (gint64)self->seconds * G_USEC_PER_SEC,
                                                         g_get_real_time (), due);

  for (guint i = 0; i < due->len; i++)
    complete (self, g_array_index (due, gint64, i));
  if (more)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->look, g_source_unref);
  return G_SOURCE_REMOVE;
}

void
gantry_completion_note (GantryCompletion *self)
{
  if (self->look == NULL && self->seconds > 0)
    self->look = gantry_core_add_timer (self->core, LOOK_MS, on_look, self);
}

/* What nobody asked for must not be told when somebody asks later. */
static void
forget_pending (GantryCompletion *self)
{
  if (self->seconds == 0)
    gantry_received_table_set_complete (self->core->db, 0, NULL);
}

void
gantry_completion_set (GantryCompletion *self, const GantryListenSettings *settings)
{
  g_strfreev (self->command);
  self->command = g_strdupv ((char **)settings->complete_command);
  if (self->command != NULL && self->command[0] == NULL)
    g_clear_pointer (&self->command, g_strfreev);
  self->seconds = settings->complete_seconds;
  forget_pending (self);
  gantry_completion_note (self);
}

GantryCompletion *
gantry_completion_new (GantryCore *core)
{
  GantryCompletion *self = g_new0 (GantryCompletion, 1);

  self->core = core;
  self->closing = g_cancellable_new ();
  g_queue_init (&self->waiting);
  return self;
}

void
gantry_completion_stop (GantryCompletion *self)
{
  g_cancellable_cancel (self->closing);
}

gboolean
gantry_completion_is_idle (GantryCompletion *self)
{
  return self->n_running == 0;
}

void
gantry_completion_free (GantryCompletion *self)
{
  if (self->look != NULL)
    g_source_destroy (self->look);
  g_clear_pointer (&self->look, g_source_unref);
  g_queue_clear_full (&self->waiting, g_free);
  forget_pending (self);
  g_strfreev (self->command);
  g_object_unref (self->closing);
  g_free (self);
}
