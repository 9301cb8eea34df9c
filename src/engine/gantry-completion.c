/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-completion.h"

#include <inttypes.h>

#include "gantry-catalog.h"
#include "gantry-error.h"
#include "gantry-received-table.h"
#include "gantry-study-command.h"

#define LOOK_MS 250
#define COMMANDS_AT_A_TIME 2

struct _GantryCompletion
{
  GantryCore *core;
  void (*released) (gpointer user_data);
  gpointer user_data;

  guint seconds; /* 0: nobody asks */
  gboolean set;  /* somebody has said so */
  char **command;
  guint command_seconds;

  GHashTable *pending; /* id → Pending */
  GSource *look;       /* while a study is pending */
  GQueue waiting;      /* (element-type gint64 *): whose command has not been run yet */
  GPtrArray *running;  /* GantryStudyCommand */
  gboolean unread;     /* the last look saw nothing, and that was told */
  gboolean closing;
};

/* A study to which something came. */
typedef struct
{
  gint64 id;
  gint64 changed; /* when, by the clock that people set: only tells one arrival from another */
  gint64 since;   /* when we saw that, by one that nobody sets */
} Pending;

/* ---- Commands ------------------------------------------------------------------------------- */

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

static gboolean
is_waiting (GantryCompletion *self, gint64 study_id)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    if (*(gint64 *)l->data == study_id)
      return TRUE;
  return FALSE;
}

static gboolean
is_running (GantryCompletion *self, gint64 study_id)
{
  for (guint i = 0; i < self->running->len; i++)
    if (gantry_study_command_get_study (self->running->pdata[i]) == study_id)
      return TRUE;
  return FALSE;
}

/* The command of a study has ended, or never will begin. */
static void
release (GantryCompletion *self, gint64 study_id, int exit_status, const char *message)
{
  g_autoptr (GError) error = NULL;

  if (!is_waiting (self, study_id)
      && !gantry_received_table_set_commanded (self->core->db, study_id, &error))
    g_warning ("The end of a command cannot be noted: %s", error->message);
  tell_result (self, study_id, exit_status, message);
  self->released (self->user_data);
}

static void run_next (GantryCompletion *self);

static void
on_ended (GantryStudyCommand *command, int exit_status, const char *message, gpointer user_data)
{
  GantryCompletion *self = user_data;
  gint64 study_id = gantry_study_command_get_study (command);

  g_ptr_array_remove_fast (self->running, command);
  if (!self->closing)
    release (self, study_id, exit_status, message);
  run_next (self);
  if (self->closing)
    gantry_core_part_stopped (self->core);
}

/* The first that waits and is not being run for what it was before. */
static GList *
find_next (GantryCompletion *self)
{
  GList *l = self->waiting.head;

  while (l != NULL && is_running (self, *(gint64 *)l->data))
    l = l->next;
  return l;
}

static void
run_next (GantryCompletion *self)
{
  GList *next;

  while (self->running->len < COMMANDS_AT_A_TIME && !self->closing
         && (next = find_next (self)) != NULL)
    {
      g_autofree gint64 *study_id = next->data;
      g_autoptr (GError) error = NULL;
      g_autoptr (GantryStudy) study = gantry_catalog_get_study (self->core->db, *study_id, &error);
      GantryStudyCommand *command;

      g_queue_delete_link (&self->waiting, next);
      if (study == NULL)
        {
          /* Else somebody has removed it. What cannot be read is run by the next start. */
          if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
            tell_result (self, *study_id, -1, error->message);
          continue;
        }
      command = gantry_study_command_start (self->core, study, self->command, self->command_seconds,
                                            on_ended, self, &error);
      if (command != NULL)
        g_ptr_array_add (self->running, command);
      else if (g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE))
        tell_result (self, *study_id, -1, error->message);
      else
        release (self, *study_id, -1, error->message);
    }
}

static void
add_waiting (GantryCompletion *self, gint64 study_id)
{
  if (!is_waiting (self, study_id))
    g_queue_push_tail (&self->waiting, g_memdup2 (&study_id, sizeof study_id));
}

/* What an earlier run did not come to, or not to the end of. */
static void
resume_commands (GantryCompletion *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!gantry_received_table_list_commands (self->core->db, ids, &error))
    g_warning ("Studies whose command is to be run cannot be read: %s", error->message);
  for (guint i = 0; i < ids->len; i++)
    if (!is_running (self, g_array_index (ids, gint64, i)))
      add_waiting (self, g_array_index (ids, gint64, i));
  run_next (self);
}

/* ---- Looking -------------------------------------------------------------------------------- */

/* Returns: whether that is noted, and done with. */
static gboolean
complete (GantryCompletion *self, gint64 study_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryStudy) study = gantry_catalog_get_study (self->core->db, study_id, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_clear_error (&error);
  if (error != NULL
      || !gantry_received_table_set_complete (self->core->db, study_id, self->command != NULL,
                                              &error))
    {
      g_warning ("A complete study cannot be noted: %s", error->message);
      return FALSE;
    }
  if (study == NULL || study->objects == 0)
    return TRUE;
  gantry_core_log (self->core, GANTRY_LOG_NORMAL, "Study complete: %s, %" PRIu64 " objects",
                   study->study_uid, study->objects);
  gantry_core_emit (self->core, gantry_event_new_record (GANTRY_EVENT_STUDY_COMPLETE, study));
  if (self->command != NULL)
    add_waiting (self, study_id);
  return TRUE;
}

/* Whether nothing came for long enough; begins to measure when something has. */
static gboolean
is_due (GantryCompletion *self, gint64 id, gint64 changed, gint64 now)
{
  Pending *pending = g_hash_table_lookup (self->pending, &id);

  if (pending == NULL)
    {
      pending = g_new0 (Pending, 1);
      pending->id = id;
      g_hash_table_add (self->pending, pending);
    }
  if (pending->since == 0 || pending->changed != changed)
    {
      pending->changed = changed;
      pending->since = now;
    }
  return now - pending->since >= (gint64)self->seconds * G_USEC_PER_SEC;
}

static gboolean
on_look (gpointer data)
{
  GantryCompletion *self = data;
  g_autoptr (GArray) pending = g_array_new (FALSE, FALSE, sizeof (GantryPendingStudy));
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_monotonic_time ();
  gboolean more = FALSE;

  if (self->seconds > 0
      && !gantry_received_table_list_pending (self->core->db, pending,
                                              self->unread ? NULL : &error))
    {
      if (error != NULL)
        g_warning ("Studies that may be complete cannot be read: %s", error->message);
      self->unread = TRUE;
      return G_SOURCE_CONTINUE;
    }
  self->unread = FALSE;
  for (guint i = 0; i < pending->len; i++)
    {
      const GantryPendingStudy *study = &g_array_index (pending, GantryPendingStudy, i);

      if (!is_due (self, study->id, study->changed, now))
        more = TRUE;
      else
        {
          g_hash_table_remove (self->pending, &study->id);
          more |= !complete (self, study->id); /* later, when the database takes it again */
        }
    }
  run_next (self);
  if (more)
    return G_SOURCE_CONTINUE;
  g_hash_table_remove_all (self->pending); /* of what is not there any more */
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
  if (self->set && self->seconds == 0)
    gantry_received_table_set_complete (self->core->db, 0, FALSE, NULL);
}

/* Nothing is to be run for them any more; whose command runs is released when it ends. */
static void
release_idle (GantryCompletion *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!gantry_received_table_list_commands (self->core->db, ids, &error))
    g_warning ("Studies whose command is not to be run cannot be read: %s", error->message);
  for (guint i = 0; i < ids->len; i++)
    if (!is_running (self, g_array_index (ids, gint64, i)))
      gantry_received_table_set_commanded (self->core->db, g_array_index (ids, gint64, i), NULL);
}

void
gantry_completion_set (GantryCompletion *self, const GantryListenSettings *settings)
{
  g_strfreev (self->command);
  self->command = g_strdupv ((char **)settings->complete_command);
  if (self->command != NULL && self->command[0] == NULL)
    g_clear_pointer (&self->command, g_strfreev);
  self->command_seconds = settings->command_seconds;
  self->seconds = settings->complete_seconds;
  self->set = TRUE;
  forget_pending (self);
  if (self->command != NULL)
    resume_commands (self);
  else
    {
      g_queue_clear_full (&self->waiting, g_free);
      release_idle (self);
    }
  gantry_completion_note (self);
}

GantryCompletion *
gantry_completion_new (GantryCore *core, void (*released) (gpointer user_data), gpointer user_data)
{
  GantryCompletion *self = g_new0 (GantryCompletion, 1);

  self->core = core;
  self->released = released;
  self->user_data = user_data;
  self->pending = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->running = g_ptr_array_new_with_free_func ((GDestroyNotify)gantry_study_command_free);
  g_queue_init (&self->waiting);
  return self;
}

void
gantry_completion_stop (GantryCompletion *self)
{
  self->closing = TRUE;
  for (guint i = 0; i < self->running->len; i++)
    gantry_study_command_stop (self->running->pdata[i]);
}

gboolean
gantry_completion_is_idle (GantryCompletion *self)
{
  return self->running->len == 0;
}

void
gantry_completion_free (GantryCompletion *self)
{
  if (self->look != NULL)
    g_source_destroy (self->look);
  g_clear_pointer (&self->look, g_source_unref);
  g_queue_clear_full (&self->waiting, g_free);
  forget_pending (self);
  g_hash_table_unref (self->pending);
  g_ptr_array_unref (self->running);
  g_strfreev (self->command);
  g_free (self);
}
