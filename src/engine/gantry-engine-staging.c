/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include "gantry-catalog.h"
#include "gantry-draft-table.h"
#include "gantry-stager.h"

/* ---- Staging -------------------------------------------------------------------------------- */

static void
stage_call (GantryCore *core, gpointer data)
{
  gantry_stager_stage (core->stager, data);
}

void
gantry_engine_stage (GantryEngine *self, const char *const *paths)
{
  if (paths[0] != NULL)
    gantry_engine_post (self, stage_call, g_strdupv ((char **)paths), (GDestroyNotify)g_strfreev);
}

void
gantry_engine_stage_sample (GantryEngine *self)
{
  gantry_engine_post (self, stage_call, NULL, NULL);
}

static void
cancel_scan_call (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  gantry_stager_cancel (core->stager);
}

void
gantry_engine_cancel_scan (GantryEngine *self)
{
  gantry_engine_post (self, cancel_scan_call, NULL, NULL);
}

typedef struct
{
  gint64 study_id, series_id;
} Unstage;

/* @draft: (out): 0: there is none, and nothing is done: that is the owner of what was received */
static gboolean
write_unstage (GantryCore *core, const Unstage *unstage, gint64 *draft, GError **error)
{
  if (!gantry_database_begin (core->db, error))
    return FALSE;
  *draft = gantry_draft_table_find (core->db, core->draft);
  return (*draft == 0
          || gantry_draft_table_unstage (core->db, *draft, unstage->study_id, unstage->series_id,
                                         error))
         && gantry_database_commit (core->db, error);
}

static void
unstage_call (GantryCore *core, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 draft = -1;

  if (!write_unstage (core, data, &draft, &error))
    {
      g_warning ("What was staged cannot be removed: %s", error->message);
      gantry_database_rollback (core->db);
    }
  else if (core->queue != NULL)
    gantry_stager_clean (core->stager);
  if (draft != 0)
    gantry_core_emit (core, gantry_event_new (GANTRY_EVENT_DRAFT_CHANGED));
}

void
gantry_engine_unstage (GantryEngine *self, gint64 study_id, gint64 series_id)
{
  Unstage *unstage = g_new (Unstage, 1);

  *unstage = (Unstage){ study_id, series_id };
  gantry_engine_post (self, unstage_call, unstage, g_free);
}

static void
forget_skipped_call (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  gantry_draft_table_forget_skipped (core->db, gantry_draft_table_find (core->db, core->draft),
                                     NULL);
  gantry_core_emit (core, gantry_event_new (GANTRY_EVENT_DRAFT_CHANGED));
}

void
gantry_engine_forget_skipped (GantryEngine *self)
{
  gantry_engine_post (self, forget_skipped_call, NULL, NULL);
}

static GPtrArray *
read_staged (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  gint64 draft = gantry_draft_table_find (db, question->text);

  if (draft == 0)
    return gantry_record_array_new ();
  return gantry_catalog_list (db, draft, GANTRY_CATALOG_OLDEST_FIRST, NULL, 0, G_MAXINT, total,
                              error);
}

void
gantry_engine_list_staged_async (GantryEngine *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  const GantryQuestion question = { .text = self->draft };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_staged, &question, cancellable, callback,
                       user_data);
}

static GPtrArray *
read_skipped (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  return gantry_draft_table_list_skipped (db, gantry_draft_table_find (db, question->text),
                                          (GantrySkippedKind)question->id, question->limit, total,
                                          error);
}

void
gantry_engine_list_skipped_async (GantryEngine *self,
                                  GantrySkippedKind least,
                                  guint limit,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  const GantryQuestion question = { .text = self->draft, .id = least, .limit = limit };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_skipped, &question, cancellable, callback,
                       user_data);
}
