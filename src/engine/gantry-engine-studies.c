/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include <glib/gi18n-lib.h>

#include "gantry-elements.h"
#include "gantry-error.h"
#include "gantry-received-table.h"
#include "gantry-receiver.h"
#include "gantry-stager.h"
#include "gantry-text-match.h"

/* ---- Removing and sending on ---------------------------------------------------------------- */

typedef struct
{
  GTask *task; /* NULL for staging */
  gint64 study_id, series_id;
  gint64 until;
  gboolean for_good;
} Selection;

static void
remove_call (GantryCore *core, gpointer data)
{
  Selection *selection = data;

  if (core->receiver == NULL)
    {
      g_task_return_new_error (
          selection->task, GANTRY_ERROR, GANTRY_ERROR_BUSY,
          _ ("Another Gantry receives into this profile, and only that one can "
             "remove what came."));
      return;
    }
  gantry_remover_remove (gantry_receiver_get_remover (core->receiver),
                         g_steal_pointer (&selection->task), selection->study_id,
                         selection->series_id, selection->until, selection->for_good);
}

static void
selection_free (gpointer data)
{
  Selection *selection = data;

  g_clear_object (&selection->task);
  g_free (selection);
}

void
gantry_engine_remove_received_async (GantryEngine *self,
                                     gint64 study_id,
                                     gint64 series_id,
                                     gint64 until,
                                     gboolean for_good,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  Selection *selection;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  selection = g_new0 (Selection, 1);
  selection->task = g_task_new (self, cancellable, callback, user_data);
  /* What is gone is gone, cancelled or not. */
  g_task_set_check_cancellable (selection->task, FALSE);
  selection->study_id = study_id;
  selection->series_id = series_id;
  selection->until = until;
  selection->for_good = for_good;
  gantry_core_post (self->core, remove_call, selection, selection_free);
}

gboolean
gantry_engine_remove_received_finish (GantryEngine *self G_GNUC_UNUSED,
                                      GAsyncResult *result,
                                      GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
stage_call (GantryCore *core, gpointer data)
{
  const Selection *selection = data;
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autoptr (GPtrArray) objects = gantry_received_table_list_study (
      core->db, selection->study_id, selection->series_id, 0, 0, G_MAXINT, NULL, NULL);

  for (guint i = 0; objects != NULL && i < objects->len; i++)
    g_ptr_array_add (paths, ((GantryReceived *)objects->pdata[i])->path);
  if (paths->len == 0)
    return;
  g_ptr_array_add (paths, NULL);
  gantry_stager_stage (core->stager, (const char *const *)paths->pdata);
}

void
gantry_engine_stage_received (GantryEngine *self, gint64 study_id, gint64 series_id)
{
  Selection *selection = g_new0 (Selection, 1);

  selection->study_id = study_id;
  selection->series_id = series_id;
  gantry_engine_post (self, stage_call, selection, selection_free);
}

/* ---- Lists ---------------------------------------------------------------------------------- */

static GPtrArray *
read_objects (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  return gantry_received_table_list_study (db, question->study_id, question->id, 0,
                                           question->offset, question->limit, total, error);
}

void
gantry_engine_list_study_objects_async (GantryEngine *self,
                                        gint64 study_id,
                                        gint64 series_id,
                                        guint offset,
                                        guint limit,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  const GantryQuestion question
      = { .study_id = study_id, .id = series_id, .offset = offset, .limit = limit };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_objects, &question, cancellable, callback,
                       user_data);
}

static gboolean
element_matches (const GantryTextMatch *match, const GantryHeaderElement *element)
{
  g_autofree char *tag = g_strdup_printf ("(%04X,%04X)", element->tag >> 16, element->tag & 0xFFFF);
  g_autofree char *digits = g_strdup_printf ("%08X", element->tag);
  g_auto (GStrv) words = g_strsplit (element->name, " ", -1);
  g_autofree char *keyword = g_strjoinv ("", words);

  return gantry_text_match_is_in (match, tag) || gantry_text_match_is_in (match, digits)
         || gantry_text_match_is_in (match, element->name)
         || gantry_text_match_is_in (match, keyword)
         || gantry_text_match_is_in (match, element->value);
}

static GPtrArray *
read_elements (GantryDatabase *db G_GNUC_UNUSED,
               const GantryQuestion *question,
               guint *total,
               GError **error)
{
  g_autoptr (GPtrArray) elements
      = gantry_elements_list (question->data, GANTRY_ELEMENTS_MAX, error);
  g_autoptr (GantryTextMatch) match = gantry_text_match_new (question->text);
  GPtrArray *found;

  if (elements == NULL)
    return NULL;
  found = gantry_record_array_new ();
  for (guint i = 0; i < elements->len && !gantry_question_is_over (question); i++)
    if (gantry_text_match_is_empty (match) || element_matches (match, elements->pdata[i]))
      g_ptr_array_add (found, gantry_record_ref (elements->pdata[i]));
  *total = found->len;
  return found;
}

void
gantry_engine_list_elements_async (GantryEngine *self,
                                   const char *path,
                                   const char *text,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GantryQuestion question = { .text = text };

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  question.data = g_strdup (path);
  question.free_data = g_free;
  gantry_reader_ask (self->headers, self, read_elements, &question, cancellable, callback,
                     user_data);
}
