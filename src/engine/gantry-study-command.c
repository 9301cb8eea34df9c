/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-study-command.h"

#include "gantry-files.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STOP_MS 1000
#define STDERR_TAIL 2048
#define LAST_READS 64 /* a pipe holds no more; somebody else may go on writing to it */

struct _GantryStudyCommand
{
  GantryCore *core;
  gint64 study_id;
  GantryStudyCommandEnded ended;
  gpointer user_data;

  GSubprocess *process;
  GInputStream *errors; /* of the process */
  GCancellable *reading;
  gboolean reads, runs; /* what is still to come back */
  char buffer[1024];
  GString *tail; /* of standard error */

  guint limit_seconds;
  GSource *limit;
  gboolean too_long;
};

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
      gboolean first;

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
      first = text->len == 0;
      g_string_append (text, v->value);
      for (char *dash = text->str; first && *dash == '-'; dash++)
        *dash = '_';
      p = end + 1;
    }
  return g_string_free (text, FALSE);
}

/* The folder that all files of the study are below; NULL with @error. */
static char *
find_folder (GantryDatabase *db, gint64 study, GError **error)
{
  GantryRows *rows
      = gantry_database_query (db,
                               "SELECT min (path), max (path) FROM received WHERE series_id IN "
                               "(SELECT id FROM series WHERE study_id = ?)",
                               "i", study);
  g_autofree char *first = NULL, *last = NULL;
  gsize same = 0, slash = 0;

  if (gantry_rows_next (rows))
    {
      first = g_strdup (gantry_rows_text (rows, 0));
      last = g_strdup (gantry_rows_text (rows, 1));
    }
  if (!gantry_rows_end (rows, error))
    return NULL;
  if (first == NULL)
    return g_strdup ("");
  /* What the first and the last in order have in common, all between them have, too. */
  for (; first[same] != '\0' && first[same] == last[same]; same++)
    if (first[same] == '/')
      slash = same;
  return g_strndup (first, slash);
}

/* Who sent the newest of its objects: calling and called AE title, and address; NULL with
 * @error. */
static char **
find_caller (GantryDatabase *db, gint64 study, GError **error)
{
  g_auto (GStrv) caller = g_new0 (char *, 4);
  GantryRows *rows = gantry_database_query (
      db,
      "SELECT calling, called, peer FROM received JOIN associations ON associations.id = "
      "association_id WHERE series_id IN (SELECT id FROM series WHERE study_id = ?) "
      "ORDER BY received.id DESC LIMIT 1",
      "i", study);
  gboolean known = gantry_rows_next (rows);

  for (int i = 0; i < 3; i++)
    caller[i] = g_strdup (known ? gantry_rows_text (rows, i) : "");
  return gantry_rows_end (rows, error) ? g_steal_pointer (&caller) : NULL;
}

static char **
make_arguments (GantryDatabase *db, char *const *command, const GantryStudy *study, GError **error)
{
  g_autofree char *path = find_folder (db, study->id, error);
  g_autofree char *objects = g_strdup_printf ("%" PRIu64, study->objects);
  g_auto (GStrv) caller = path != NULL ? find_caller (db, study->id, error) : NULL;
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  char *program;

  const GantryPlaceholder values[] = {
    { "path", path },
    { "study_uid", study->study_uid },
    { "patient_id", study->patient_id },
    { "accession", study->accession },
    { "modalities", study->modalities },
    { "objects", objects },
    { "calling", caller != NULL ? caller[0] : "" },
    { "called", caller != NULL ? caller[1] : "" },
    { "peer", caller != NULL ? caller[2] : "" },
    { NULL, NULL },
  };

  if (caller == NULL)
    return NULL;
  /* Never from the folder that the program happens to be in. */
  program = g_path_is_absolute (command[0]) || strchr (command[0], '/') == NULL
                ? g_find_program_in_path (command[0])
                : NULL;
  if (program == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _ ("There is no program “%s” that can be run. Give its whole path."),
                   command[0]);
      return NULL;
    }
  g_ptr_array_add (arguments, program);
  for (char *const *argument = command + 1; *argument != NULL; argument++)
    g_ptr_array_add (arguments, gantry_command_expand (*argument, values));
  g_ptr_array_add (arguments, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&arguments), FALSE);
}

/* ---- Running -------------------------------------------------------------------------------- */

void
gantry_study_command_free (GantryStudyCommand *self)
{
  g_source_destroy (self->limit);
  g_source_unref (self->limit);
  g_object_unref (self->process);
  g_object_unref (self->reading);
  g_string_free (self->tail, TRUE);
  g_free (self);
}

static char *
describe_end (const GantryStudyCommand *self)
{
  g_autofree char *valid = g_utf8_make_valid (self->tail->str, (gssize)self->tail->len);
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->too_long)
    g_string_printf (
        text,
        _ ("The command for a complete study did not end within %u seconds, and was stopped."),
        self->limit_seconds);
  else if (!g_subprocess_get_if_exited (self->process))
    g_string_printf (text, _ ("The command for a complete study was ended by signal %d."),
                     g_subprocess_get_term_sig (self->process));
  else if (g_subprocess_get_exit_status (self->process) == 0)
    g_string_assign (text, _ ("The command for a complete study has ended well."));
  else
    g_string_printf (text, _ ("The command for a complete study has ended with status %d."),
                     g_subprocess_get_exit_status (self->process));
  g_strstrip (valid);
  if (*valid != '\0')
    g_string_append_printf (text, " %s", valid);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_errors (GantryStudyCommand *self, gssize n)
{
  g_string_append_len (self->tail, self->buffer, n);
  if (self->tail->len > STDERR_TAIL)
    g_string_erase (self->tail, 0, (gssize)(self->tail->len - STDERR_TAIL));
}

static void
finish (GantryStudyCommand *self)
{
  g_autofree char *message = NULL;
  gssize n = 1;

  if (self->reads || self->runs)
    return;
  for (guint i = 0; i < LAST_READS && n > 0; i++)
    {
      n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (self->errors),
                                                    self->buffer, sizeof self->buffer, NULL, NULL);
      if (n > 0)
        add_errors (self, n);
    }
  message = describe_end (self);
  self->ended (self,
               !self->too_long && g_subprocess_get_if_exited (self->process)
                   ? g_subprocess_get_exit_status (self->process)
                   : -1,
               message, self->user_data);
}

static void read_errors (GantryStudyCommand *self);

static void
on_errors (GObject *source, GAsyncResult *result, gpointer data)
{
  GantryStudyCommand *self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  self->reads = FALSE;
  if (n > 0)
    add_errors (self, n);
  if (n > 0 && self->runs)
    read_errors (self);
  finish (self);
}

static void
read_errors (GantryStudyCommand *self)
{
  self->reads = TRUE;
  g_input_stream_read_async (self->errors, self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT,
                             self->reading, on_errors, self);
}

/* What it has started may keep standard error open, and is none of our business. */
static void
on_exit_of_process (GObject *source, GAsyncResult *result, gpointer data)
{
  GantryStudyCommand *self = data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  self->runs = FALSE;
  g_cancellable_cancel (self->reading);
  finish (self);
}

/* To all of its process group, which is there as long as the process is. */
static void
send_signal (GantryStudyCommand *self, int number)
{
  const char *identifier = g_subprocess_get_identifier (self->process);

  if (identifier != NULL)
    kill ((pid_t)-atoi (identifier), number);
}

static gboolean
on_limit (gpointer data)
{
  GantryStudyCommand *self = data;

  self->too_long = TRUE;
  send_signal (self, SIGKILL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_stop (gpointer data)
{
  send_signal (data, SIGKILL);
  return G_SOURCE_REMOVE;
}

void
gantry_study_command_stop (GantryStudyCommand *self)
{
  g_source_destroy (self->limit);
  g_source_unref (self->limit);
  self->limit = gantry_core_add_timer (self->core, STOP_MS, on_stop, self);
  send_signal (self, SIGTERM);
}

/* Between fork() and exec(). */
static void
make_group (gpointer data G_GNUC_UNUSED)
{
  setpgid (0, 0);
  gantry_files_restore_limit ();
}

GantryStudyCommand *
gantry_study_command_start (GantryCore *core,
                            const GantryStudy *study,
                            char *const *command,
                            guint limit_seconds,
                            GantryStudyCommandEnded ended,
                            gpointer user_data,
                            GError **error)
{
  g_auto (GStrv) arguments = make_arguments (core->db, command, study, error);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  GSubprocess *process = NULL;
  GantryStudyCommand *self;

  g_subprocess_launcher_set_child_setup (launcher, make_group, NULL, NULL);
  if (arguments != NULL)
    process = g_subprocess_launcher_spawnv (launcher, (const char *const *)arguments, error);
  if (process == NULL)
    return NULL;

  self = g_new0 (GantryStudyCommand, 1);
  self->core = core;
  self->study_id = study->id;
  self->ended = ended;
  self->user_data = user_data;
  self->process = process;
  self->errors = g_subprocess_get_stderr_pipe (process);
  self->reading = g_cancellable_new ();
  self->tail = g_string_new (NULL);
  self->limit_seconds = limit_seconds;
  self->limit = gantry_core_add_timer (core, limit_seconds * 1000, on_limit, self);
  self->runs = TRUE;
  read_errors (self);
  g_subprocess_wait_async (process, NULL, on_exit_of_process, self);
  return self;
}

gint64
gantry_study_command_get_study (const GantryStudyCommand *self)
{
  return self->study_id;
}
