/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-log-search.h"

#include <gio/gio.h>
#include <string.h>

#include "gantry-registry.h"
#include "gantry-text-match.h"

#define ROWS_BETWEEN_STOPS 64

typedef struct
{
  GantryDatabase *db;
  const GantryAssociationFilter *filter;
  GantryLogStop stop;
  gpointer user_data;
  GantryTextMatch *title, *peer, *text;
  gboolean is_uid_part; /* the text could be in a UID */
  GHashTable *classes;  /* SOP class UID -> whether its UID or name contains the text */
  guint rows;
} Search;

static gboolean
is_set (const char *text)
{
  return text != NULL && *text != '\0';
}

gboolean
gantry_association_filter_is_empty (const GantryAssociationFilter *filter)
{
  return filter == NULL
         || (!is_set (filter->ae_title) && !is_set (filter->peer) && !is_set (filter->sop_class_uid)
             && !is_set (filter->modality) && filter->outcomes == 0 && filter->from == 0
             && filter->until == 0 && !is_set (filter->text));
}

/* ---- One association ------------------------------------------------------------------------ */

#define COLUMNS                                                                                    \
  "id, state, started, ended, calling, called, peer, implementation_class, "                       \
  "implementation_version, result, objects, stored, warnings, refused, bytes, echoes, proposed, "  \
  "accepted, not_kept, not_served "

static guint
get_outcomes (GantryRows *rows)
{
  const GantryAssociationRecord record = {
    .state = (GantryAssociationState)gantry_rows_int (rows, 1),
    .warnings = (guint64)gantry_rows_int (rows, 12),
    .refused = (guint64)gantry_rows_int (rows, 13),
    .proposed = (guint)gantry_rows_int (rows, 16),
    .accepted = (guint)gantry_rows_int (rows, 17),
    .not_kept = (guint64)gantry_rows_int (rows, 18),
    .not_served = (guint64)gantry_rows_int (rows, 19),
  };

  return gantry_association_record_get_outcomes (&record);
}

static gboolean
time_matches (const GantryAssociationFilter *filter, GantryRows *rows)
{
  gint64 started = gantry_rows_int (rows, 2);
  gint64 ended = gantry_rows_int (rows, 3);

  return (filter->from == 0 || ended == 0 || ended >= filter->from)
         && (filter->until == 0 || started <= filter->until);
}

static gboolean
class_contains_text (Search *self, const char *uid)
{
  gpointer known;
  g_autofree char *name = NULL;
  gboolean matches;

  if (g_hash_table_lookup_extended (self->classes, uid, NULL, &known))
    return GPOINTER_TO_INT (known);
  name = gantry_uid_describe (uid);
  matches = gantry_text_match_is_in (self->text, uid) || gantry_text_match_is_in (self->text, name);
  g_hash_table_insert (self->classes, g_strdup (uid), GINT_TO_POINTER (matches));
  return matches;
}

static gboolean
contexts_contain_text (Search *self, gint64 id)
{
  GantryRows *rows = gantry_database_query (
      self->db, "SELECT abstract_syntax FROM contexts WHERE association_id = ?", "i", id);

  gboolean found = FALSE;

  while (!found && gantry_rows_next (rows))
    found = class_contains_text (self, gantry_rows_text (rows, 0));
  return gantry_rows_end (rows, NULL) && found;
}

static gboolean
is_over (Search *self)
{
  return ++self->rows % ROWS_BETWEEN_STOPS == 0 && self->stop != NULL
         && self->stop (self->user_data);
}

static gboolean
messages_contain_text (Search *self, gint64 id)
{
  GantryRows *rows = gantry_database_query (
      self->db, "SELECT sop_instance_uid FROM messages WHERE association_id = ?", "i", id);

  gboolean found = FALSE;

  while (!found && gantry_rows_next (rows))
    found = is_over (self) /* then nobody looks at it */
            || gantry_text_match_is_in (self->text, gantry_rows_text (rows, 0));
  return gantry_rows_end (rows, NULL) && found;
}

static gboolean
text_matches (Search *self, GantryRows *rows)
{
  gint64 id = gantry_rows_int (rows, 0);

  if (gantry_text_match_is_empty (self->text))
    return TRUE;
  for (int column = 4; column <= 9; column++)
    if (gantry_text_match_is_in (self->text, gantry_rows_text (rows, column)))
      return TRUE;
  return contexts_contain_text (self, id)
         || (self->is_uid_part && messages_contain_text (self, id));
}

static gboolean
has_class (Search *self, gint64 id)
{
  return !is_set (self->filter->sop_class_uid)
         || gantry_database_get_int (self->db, 0,
                                     "SELECT 1 FROM contexts WHERE association_id = ? AND "
                                     "abstract_syntax = ?",
                                     "is", id, self->filter->sop_class_uid)
                != 0;
}

static gboolean
has_modality (Search *self, gint64 id)
{
  return !is_set (self->filter->modality)
         || gantry_database_get_int (self->db, 0,
                                     "SELECT 1 FROM received WHERE association_id = ? AND "
                                     "modality = ?",
                                     "is", id, self->filter->modality)
                != 0;
}

static gboolean
title_matches (const Search *self, const char *title)
{
  return self->filter->whole && is_set (self->filter->ae_title)
             ? strcmp (title, self->filter->ae_title) == 0
             : gantry_text_match_is_in (self->title, title);
}

/* @peer: with the port, which is another one each time */
static gboolean
peer_matches (const Search *self, const char *peer)
{
  const char *wanted = self->filter->peer;

  return self->filter->whole && is_set (wanted)
             ? g_str_has_prefix (peer, wanted) && strrchr (peer, ':') == peer + strlen (wanted)
             : gantry_text_match_is_in (self->peer, peer);
}

/* What costs nothing is asked first. */
static gboolean
row_matches (Search *self, GantryRows *rows)
{
  gint64 id = gantry_rows_int (rows, 0);

  return (self->filter->outcomes == 0 || (self->filter->outcomes & get_outcomes (rows)) != 0)
         && time_matches (self->filter, rows)
         && (title_matches (self, gantry_rows_text (rows, 4))
             || title_matches (self, gantry_rows_text (rows, 5)))
         && peer_matches (self, gantry_rows_text (rows, 6)) && has_class (self, id)
         && has_modality (self, id) && text_matches (self, rows);
}

/* ---- All of them ---------------------------------------------------------------------------- */

static void
add_to_totals (GantryAssociationTotals *totals, GantryRows *rows)
{
  totals->associations++;
  totals->objects += (guint64)gantry_rows_int (rows, 10);
  totals->stored += (guint64)gantry_rows_int (rows, 11);
  totals->warnings += (guint64)gantry_rows_int (rows, 12);
  totals->refused += (guint64)gantry_rows_int (rows, 13);
  totals->bytes += (guint64)gantry_rows_int (rows, 14);
  totals->echoes += (guint64)gantry_rows_int (rows, 15);
  totals->not_kept += (guint64)gantry_rows_int (rows, 18);
  totals->not_served += (guint64)gantry_rows_int (rows, 19);
}

static gboolean
find (Search *self, GArray *found, GantryAssociationTotals *totals, GError **error)
{
  GantryRows *rows = gantry_database_query (
      self->db, "SELECT " COLUMNS "FROM associations WHERE NOT cleared ORDER BY id DESC", "");

  gboolean stopped = FALSE;

  while (!stopped && gantry_rows_next (rows))
    {
      gint64 id = gantry_rows_int (rows, 0);
      gboolean matches = row_matches (self, rows);

      stopped = self->stop != NULL && (is_over (self) || (matches && self->stop (self->user_data)));
      if (stopped || !matches)
        continue;
      g_array_append_val (found, id);
      if (totals != NULL)
        add_to_totals (totals, rows);
    }
  if (!gantry_rows_end (rows, error))
    return FALSE;
  if (stopped)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  return !stopped && gantry_database_check (self->db, error);
}

GArray *
gantry_log_search (GantryDatabase *db,
                   const GantryAssociationFilter *filter,
                   GantryAssociationTotals *totals,
                   GantryLogStop stop,
                   gpointer user_data,
                   GError **error)
{
  Search self = { .db = db, .filter = filter, .stop = stop, .user_data = user_data };
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean ok;

  self.title = gantry_text_match_new (filter->ae_title);
  self.peer = gantry_text_match_new (filter->peer);
  self.text = gantry_text_match_new (filter->text);
  self.is_uid_part
      = is_set (filter->text) && filter->text[strspn (filter->text, "0123456789. ")] == '\0';
  self.classes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  /* One state of the log, however long it takes. */
  ok = gantry_database_begin_read (db, error) && find (&self, found, totals, error);
  gantry_database_rollback (db);

  gantry_text_match_free (self.title);
  gantry_text_match_free (self.peer);
  gantry_text_match_free (self.text);
  g_hash_table_unref (self.classes);
  return ok ? g_steal_pointer (&found) : NULL;
}

/* ---- What can be searched for --------------------------------------------------------------- */

static char **
list_column (GantryDatabase *db, const char *sql, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  GantryRows *rows = gantry_database_query (db, sql, "i", (gint64)GANTRY_LOG_NAMES_MAX);

  while (gantry_rows_next (rows))
    g_strv_builder_add (names, gantry_rows_text (rows, 0));
  if (!gantry_rows_end (rows, error))
    return NULL;
  return g_strv_builder_end (names);
}

GantryLogNames *
gantry_log_list_names (GantryDatabase *db, GError **error)
{
  g_autoptr (GantryLogNames) names = gantry_log_names_new ();

  g_strfreev (names->ae_titles);
  names->ae_titles = list_column (db,
                                  "SELECT calling AS title FROM associations WHERE NOT cleared AND "
                                  "calling <> '' UNION SELECT called FROM associations WHERE NOT "
                                  "cleared AND called <> '' ORDER BY title LIMIT ?",
                                  error);
  if (names->ae_titles == NULL)
    return NULL;
  /* Without the port and the colon before it. */
  g_strfreev (names->peers);
  names->peers = list_column (db,
                              "SELECT DISTINCT rtrim (rtrim (peer, '0123456789'), ':') AS host "
                              "FROM associations WHERE NOT cleared ORDER BY host LIMIT ?",
                              error);
  if (names->peers == NULL)
    return NULL;
  g_strfreev (names->sop_classes);
  names->sop_classes = list_column (db,
                                    "SELECT DISTINCT abstract_syntax AS class FROM contexts WHERE "
                                    "abstract_syntax <> '' ORDER BY class LIMIT ?",
                                    error);
  return names->sop_classes != NULL ? g_steal_pointer (&names) : NULL;
}
