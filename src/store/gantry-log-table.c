/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-log-table.h"

#include <gio/gio.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-message-table.h"
#include "gantry-pdu-table.h"
#include "gantry-registry.h"

/* More than come before the log is looked at again. */
#define ARRIVALS_AT_A_TIME 8192

gint64
gantry_log_table_next_association (GantryDatabase *db, GError **error)
{
  gint64 id = 1;

  /* Ids are never used again, also not after the log was cleared: objects go on naming theirs. */
  return gantry_database_read_int (
             db, &id, error,
             "SELECT 1 + max (coalesce ((SELECT max (id) FROM associations), 0), "
             "coalesce ((SELECT max (association_id) FROM received), 0))",
             "")
             ? id
             : -1;
}

static gboolean
save_contexts (GantryDatabase *db, const GantryAssociationRecord *r, GError **error)
{
  for (guint i = 0; i < r->contexts->len; i++)
    {
      const GantryContext *context = r->contexts->pdata[i];
      g_autofree char *proposed = g_strjoinv ("\\", context->proposed);

      if (!gantry_database_run (
              db, error,
              "INSERT OR REPLACE INTO contexts (association_id, context_id, abstract_syntax, "
              "proposed, accepted, result) VALUES (?, ?, ?, ?, ?, ?)",
              "iisssi", r->id, (gint64)context->id, context->abstract_syntax, proposed,
              context->accepted, (gint64)context->result))
        return FALSE;
    }
  return TRUE;
}

gboolean
gantry_log_table_add_association (GantryDatabase *db,
                                  const GantryAssociationRecord *r,
                                  GError **error)
{
  gint64 request = gantry_pdu_table_add (db, r->request_pdu, error);
  gint64 answer = request >= 0 ? gantry_pdu_table_add (db, r->answer_pdu, error) : -1;

  return answer >= 0
         && gantry_database_run (
             db, error,
             "INSERT INTO associations (id, state, started, ended, calling, called, peer, "
             "implementation_class, implementation_version, peer_max_pdu, our_max_pdu, objects, "
             "stored, warnings, refused, bytes, echoes, result, ended_by, last_status, "
             "proposed, accepted, not_kept, not_served, request_pdu, answer_pdu) VALUES (?, ?, ?, "
             "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif (?, 0), "
             "nullif (?, 0))",
             "iiiisssssiiiiiiiisiiiiiiii", r->id, (gint64)r->state, r->started, r->ended,
             r->calling, r->called, r->peer, r->implementation_class_uid, r->implementation_version,
             (gint64)r->peer_max_pdu, (gint64)r->our_max_pdu, (gint64)r->objects, (gint64)r->stored,
             (gint64)r->warnings, (gint64)r->refused, (gint64)r->bytes, (gint64)r->echoes,
             r->result, (gint64)r->ended_by, (gint64)r->last_status, (gint64)r->proposed,
             (gint64)r->accepted, (gint64)r->not_kept, (gint64)r->not_served, request, answer)
         && save_contexts (db, r, error);
}

gboolean
gantry_log_table_update_association (GantryDatabase *db,
                                     const GantryAssociationRecord *r,
                                     GError **error)
{
  return gantry_database_run (
      db, error,
      "UPDATE associations SET state = ?, ended = ?, objects = ?, stored = ?, warnings = ?, "
      "refused = ?, bytes = ?, echoes = ?, result = ?, ended_by = ?, last_status = ?, not_kept = "
      "?, not_served = ? WHERE id = ?",
      "iiiiiiiisiiiii", (gint64)r->state, r->ended, (gint64)r->objects, (gint64)r->stored,
      (gint64)r->warnings, (gint64)r->refused, (gint64)r->bytes, (gint64)r->echoes, r->result,
      (gint64)r->ended_by, (gint64)r->last_status, (gint64)r->not_kept, (gint64)r->not_served,
      r->id);
}

gboolean
gantry_log_table_recover (GantryDatabase *db, const char *result, gint64 now, GError **error)
{
  return gantry_database_run (
      db, error, "UPDATE associations SET state = ?, ended = ?, result = ? WHERE state < ?", "iisi",
      (gint64)GANTRY_ASSOCIATION_ABORTED, now, result, (gint64)GANTRY_ASSOCIATION_RELEASED);
}

/* ---- Clearing ------------------------------------------------------------------------------- */

gboolean
gantry_log_table_clear (GantryDatabase *db, GError **error)
{
  return gantry_database_run (
      db, error, "UPDATE associations SET cleared = 1 WHERE state >= ? AND NOT cleared", "i",
      (gint64)GANTRY_ASSOCIATION_RELEASED);
}

gboolean
gantry_log_table_limit (GantryDatabase *db, guint64 associations, guint64 messages, GError **error)
{
  /* Ids are given in order, so the oldest have the lowest; none is looked at twice. */
  return gantry_database_run (
             db, error,
             "UPDATE associations SET cleared = 1 WHERE id <= (SELECT max (id) FROM associations) "
             "- ? AND state >= ? AND NOT cleared",
             "ii", (gint64)associations, (gint64)GANTRY_ASSOCIATION_RELEASED)
         && gantry_database_run (
             db, error,
             "DELETE FROM received WHERE id IN (SELECT id FROM received WHERE series_id IS NULL "
             "AND id <= (SELECT max (id) FROM received) - ? ORDER BY id LIMIT ?)",
             "ii", (gint64)messages, (gint64)ARRIVALS_AT_A_TIME)
         && gantry_message_table_prune (db, messages, error);
}

/* Of the next @rows that an association has brought, those that stand for no file. Returns: how
 * many were looked at, or -1 */
static gint64
sweep_arrivals (GantryDatabase *db, guint rows, GantryLogSweep *at, GError **error)
{
  GantryRows *next = gantry_database_query (
      db,
      "SELECT count(*), max (id) FROM (SELECT id FROM received WHERE association_id = ? AND id > ? "
      "ORDER BY id LIMIT ?)",
      "iii", at->association, at->after, (gint64)rows);
  gint64 n = 0, last = 0;

  if (gantry_rows_next (next))
    {
      n = gantry_rows_int (next, 0);
      last = gantry_rows_int (next, 1);
    }
  if (!gantry_rows_end (next, error))
    return -1;
  if (n == 0)
    return 0;
  if (!gantry_database_run (db, error,
                            "DELETE FROM received WHERE association_id = ? AND id > ? AND id <= ? "
                            "AND series_id IS NULL",
                            "iii", at->association, at->after, last))
    return -1;
  at->after = last;
  return n;
}

gboolean
gantry_log_table_sweep (
    GantryDatabase *db, guint rows, GantryLogSweep *at, gboolean *more, GError **error)
{
  guint done = 0;

  while (done < rows)
    {
      gint64 n, id = gantry_database_get_int (
                    db, 0, "SELECT id FROM associations WHERE cleared ORDER BY id LIMIT 1", "");

      *more = id != 0;
      if (id == 0)
        return TRUE;
      if (at->association != id)
        *at = (GantryLogSweep){ id, 0 };
      n = sweep_arrivals (db, rows - done, at, error);
      if (n < 0)
        return FALSE;
      done += (guint)n;
      if (n > 0)
        continue;
      if (!gantry_database_run (db, error,
                                "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE "
                                "association_id = ? LIMIT ?)",
                                "ii", id, (gint64)(rows - done)))
        return FALSE;
      done += gantry_database_changes (db);
      if (done < rows
          && !gantry_database_run (db, error, "DELETE FROM associations WHERE id = ?", "i", id))
        return FALSE;
      done++;
    }
  return TRUE;
}

gboolean
gantry_log_table_forget_contexts (GantryDatabase *db, gint64 association_id, GError **error)
{
  return gantry_database_run (db, error, "DELETE FROM contexts WHERE association_id = ?", "i",
                              association_id);
}

/* ---- Reading -------------------------------------------------------------------------------- */

#define SELECT_ASSOCIATIONS                                                                        \
  "SELECT id, state, started, ended, calling, called, peer, implementation_class, "                \
  "implementation_version, "                                                                       \
  "peer_max_pdu, objects, stored, warnings, refused, bytes, echoes, result, our_max_pdu, "         \
  "ended_by, last_status, request_pdu, answer_pdu, proposed, accepted, not_kept, not_served FROM " \
  "associations "

static GantryAssociationRecord *
read_association (GantryRows *rows)
{
  GantryAssociationRecord *r = gantry_association_record_new ();

  r->id = gantry_rows_int (rows, 0);
  r->state = (GantryAssociationState)gantry_rows_int (rows, 1);
  r->started = gantry_rows_int (rows, 2);
  r->ended = gantry_rows_int (rows, 3);
  gantry_record_set (&r->calling, gantry_rows_text (rows, 4));
  gantry_record_set (&r->called, gantry_rows_text (rows, 5));
  gantry_record_set (&r->peer, gantry_rows_text (rows, 6));
  gantry_record_set (&r->implementation_class_uid, gantry_rows_text (rows, 7));
  gantry_record_set (&r->implementation_version, gantry_rows_text (rows, 8));
  r->peer_max_pdu = (guint32)gantry_rows_int (rows, 9);
  r->objects = (guint64)gantry_rows_int (rows, 10);
  r->stored = (guint64)gantry_rows_int (rows, 11);
  r->warnings = (guint64)gantry_rows_int (rows, 12);
  r->refused = (guint64)gantry_rows_int (rows, 13);
  r->bytes = (guint64)gantry_rows_int (rows, 14);
  r->echoes = (guint)gantry_rows_int (rows, 15);
  gantry_record_set (&r->result, gantry_rows_text (rows, 16));
  r->our_max_pdu = (guint32)gantry_rows_int (rows, 17);
  r->ended_by = (GantryEndedBy)gantry_rows_int (rows, 18);
  r->last_status = (gint32)gantry_rows_int (rows, 19);
  r->proposed = (guint)gantry_rows_int (rows, 22);
  r->accepted = (guint)gantry_rows_int (rows, 23);
  r->not_kept = (guint64)gantry_rows_int (rows, 24);
  r->not_served = (guint64)gantry_rows_int (rows, 25);
  return r;
}

GPtrArray *
gantry_log_table_list_associations (
    GantryDatabase *db, guint offset, guint limit, guint *total, GError **error)
{
  g_autoptr (GPtrArray) records = gantry_record_array_new ();
  GantryRows *rows = gantry_database_query (
      db, SELECT_ASSOCIATIONS "WHERE NOT cleared ORDER BY id DESC LIMIT ? OFFSET ?", "ii",
      (gint64)limit, (gint64)offset);

  while (gantry_rows_next (rows))
    g_ptr_array_add (records, read_association (rows));
  if (!gantry_rows_end (rows, error))
    return NULL;
  *total = (guint)gantry_database_get_int (
      db, 0, "SELECT count(*) FROM associations WHERE NOT cleared", "");
  return g_steal_pointer (&records);
}

GPtrArray *
gantry_log_table_get_associations (GantryDatabase *db,
                                   const gint64 *ids,
                                   gsize n_ids,
                                   GError **error)
{
  g_autoptr (GPtrArray) records = gantry_record_array_new ();

  for (gsize i = 0; i < n_ids; i++)
    {
      GantryRows *rows
          = gantry_database_query (db, SELECT_ASSOCIATIONS "WHERE id = ?", "i", ids[i]);

      while (gantry_rows_next (rows))
        g_ptr_array_add (records, read_association (rows));
      if (!gantry_rows_end (rows, error))
        return NULL;
    }
  return g_steal_pointer (&records);
}

gboolean
gantry_log_table_sum (GantryDatabase *db, GantryAssociationTotals *totals, GError **error)
{
  GantryRows *rows
      = gantry_database_query (db,
                               "SELECT count(*), sum (objects), sum (stored), sum (warnings), "
                               "sum (refused), sum (bytes), sum (echoes), sum (not_kept), "
                               "sum (not_served) FROM associations WHERE "
                               "NOT cleared",
                               "");
  guint64 *const members[] = { &totals->associations, &totals->objects,  &totals->stored,
                               &totals->warnings,     &totals->refused,  &totals->bytes,
                               &totals->echoes,       &totals->not_kept, &totals->not_served };

  while (gantry_rows_next (rows))
    for (guint i = 0; i < G_N_ELEMENTS (members); i++)
      *members[i] = (guint64)gantry_rows_int (rows, (int)i);
  return gantry_rows_end (rows, error);
}

static gboolean
read_contexts (GantryDatabase *db, GantryAssociationRecord *record, GError **error)
{
  GantryRows *rows
      = gantry_database_query (db,
                               "SELECT context_id, abstract_syntax, proposed, accepted, result "
                               "FROM contexts WHERE association_id = ? ORDER BY context_id",
                               "i", record->id);

  while (gantry_rows_next (rows))
    {
      g_auto (GStrv) proposed = g_strsplit (gantry_rows_text (rows, 2), "\\", -1);

      g_ptr_array_add (record->contexts, gantry_context_new ((guint8)gantry_rows_int (rows, 0),
                                                             gantry_rows_text (rows, 1),
                                                             (const char *const *)proposed,
                                                             gantry_rows_text (rows, 3),
                                                             (guint8)gantry_rows_int (rows, 4)));
    }
  return gantry_rows_end (rows, error);
}

GantryAssociationRecord *
gantry_log_table_get_association (GantryDatabase *db, gint64 id, GError **error)
{
  g_autoptr (GantryAssociationRecord) record = NULL;
  gint64 request = 0, answer = 0;
  GantryRows *rows
      = gantry_database_query (db, SELECT_ASSOCIATIONS "WHERE id = ? AND NOT cleared", "i", id);

  if (gantry_rows_next (rows))
    {
      record = read_association (rows);
      request = gantry_rows_int (rows, 20);
      answer = gantry_rows_int (rows, 21);
    }
  if (!gantry_rows_end (rows, error))
    return NULL;
  if (record == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such association");
      return NULL;
    }
  return gantry_pdu_table_get (db, request, &record->request_pdu, error)
                 && gantry_pdu_table_get (db, answer, &record->answer_pdu, error)
                 && read_contexts (db, record, error)
             ? g_steal_pointer (&record)
             : NULL;
}

/* Whether it is good for nothing but an echo; a caller's other associations are something else. */
static gboolean
is_echo_only (const GantryAssociationRecord *record)
{
  for (guint i = 0; i < record->contexts->len; i++)
    if (strcmp (((GantryContext *)record->contexts->pdata[i])->abstract_syntax,
                GANTRY_UID_VERIFICATION)
        != 0)
      return FALSE;
  return record->contexts->len > 0;
}

/* So many good ones are looked at. */
#define CANDIDATES "100"

gint64
gantry_log_table_find_before (GantryDatabase *db, const GantryAssociationRecord *record)
{
  g_autofree char *host = g_strdup (record->peer);
  char *colon = strrchr (host, ':');

  if (colon != NULL)
    colon[1] = '\0';
  /* What is before the port, with the colon, as rtrim() leaves it. Good is what had contexts and
   * did all that it came for. First come those that did not refuse a class which is proposed now,
   * too; a class that this receiver never takes leaves the others. */
  return gantry_database_get_int (
      db, 0,
      "SELECT id FROM (SELECT id FROM associations AS a WHERE calling = ?1 AND id < ?2 "
      "AND state = ?3 AND NOT cleared AND rtrim (peer, '0123456789') = ?4 AND refused = 0 "
      "AND not_kept = 0 AND not_served = 0 AND (?5 OR stored + warnings > 0) "
      "AND EXISTS (SELECT 1 FROM contexts WHERE association_id = a.id AND accepted <> '') "
      "AND ?5 = NOT EXISTS (SELECT 1 FROM contexts WHERE association_id = a.id "
      "AND abstract_syntax <> ?6) ORDER BY id DESC LIMIT " CANDIDATES ") AS good "
      "ORDER BY EXISTS (SELECT 1 FROM contexts WHERE association_id = good.id AND abstract_syntax "
      "IN (SELECT abstract_syntax FROM contexts WHERE association_id = ?2) "
      "GROUP BY abstract_syntax HAVING max (accepted) = ''), id DESC LIMIT 1",
      "siisis", record->calling, record->id, (gint64)GANTRY_ASSOCIATION_RELEASED, host,
      (gint64)is_echo_only (record), GANTRY_UID_VERIFICATION);
}

gboolean
gantry_log_table_get_fact (GantryDatabase *db, const char *name, char **value, GError **error)
{
  GantryRows *rows
      = gantry_database_query (db, "SELECT value FROM facts WHERE name = ?", "s", name);

  *value = gantry_rows_next (rows) ? g_strdup (gantry_rows_text (rows, 0)) : NULL;
  return gantry_rows_end (rows, error);
}

gboolean
gantry_log_table_set_fact (GantryDatabase *db, const char *name, const char *value, GError **error)
{
  return gantry_database_run (db, error, "INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)",
                              "ss", name, value);
}
