/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-association-report.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "gantry-csv.h"
#include "gantry-iso-time.h"
#include "gantry-log-search.h"
#include "gantry-log-table.h"
#include "gantry-whole-file.h"

#define PAGE 256
#define N_COLUMNS 24

static const struct
{
  const char *name;
  gboolean number;
} columns[N_COLUMNS] = {
  { "id", TRUE },
  { "state", FALSE },
  { "ended_by", FALSE },
  { "started", FALSE },
  { "ended", FALSE },
  { "calling", FALSE },
  { "called", FALSE },
  { "peer", FALSE },
  { "implementation_class_uid", FALSE },
  { "implementation_version", FALSE },
  { "peer_max_pdu", TRUE },
  { "our_max_pdu", TRUE },
  { "contexts", TRUE },
  { "contexts_accepted", TRUE },
  { "objects", TRUE },
  { "stored", TRUE },
  { "warnings", TRUE },
  { "refused", TRUE },
  { "not_kept", TRUE },
  { "not_served", TRUE },
  { "bytes", TRUE },
  { "echoes", TRUE },
  { "last_status", FALSE },
  { "result", FALSE },
};

typedef char *Row[N_COLUMNS];

typedef struct
{
  GantryDatabase *db;
  const GantryAssociationFilter *filter;
  const GantryQuestion *question;
  FILE *file;
  GantryReportFormat format;
  JsonGenerator *generator;
  GString *line;
  guint rows;
} Report;

/* ---- One association ------------------------------------------------------------------------ */

static char *
format_int (guint64 value)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, value);
}

/* "" for never. */
static char *
format_time (gint64 when)
{
  char *text = gantry_iso_time (when);

  return text != NULL ? text : g_strdup ("");
}

static guint
count_contexts (GantryDatabase *db, gint64 id, gboolean accepted)
{
  return (guint)gantry_database_get_int (
      db, 0, "SELECT count(*) FROM contexts WHERE association_id = ? AND (? OR accepted <> '')",
      "ii", id, (gint64)!accepted);
}

static void
fill_row (Report *self, const GantryAssociationRecord *r, Row row)
{
  const Row cells = {
    format_int ((guint64)r->id),
    g_strdup (gantry_association_state_to_nick (r->state)),
    g_strdup (gantry_ended_by_to_nick (r->ended_by)),
    format_time (r->started),
    format_time (r->ended),
    g_strdup (r->calling),
    g_strdup (r->called),
    g_strdup (r->peer),
    g_strdup (r->implementation_class_uid),
    g_strdup (r->implementation_version),
    format_int (r->peer_max_pdu),
    format_int (r->our_max_pdu),
    format_int (count_contexts (self->db, r->id, FALSE)),
    format_int (count_contexts (self->db, r->id, TRUE)),
    format_int (r->objects),
    format_int (r->stored),
    format_int (r->warnings),
    format_int (r->refused),
    format_int (r->not_kept),
    format_int (r->not_served),
    format_int (r->bytes),
    format_int (r->echoes),
    r->last_status >= 0 ? g_strdup_printf ("%04X", (guint)r->last_status) : g_strdup (""),
    g_strdup (r->result),
  };

  memcpy (row, cells, sizeof cells);
}

static void
put_json (Report *self, Row row)
{
  g_autoptr (JsonBuilder) json = json_builder_new_immutable ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (json);
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      json_builder_set_member_name (json, columns[i].name);
      if (columns[i].number)
        json_builder_add_int_value (json, g_ascii_strtoll (row[i], NULL, 10));
      else
        json_builder_add_string_value (json, row[i]);
    }
  json_builder_end_object (json);
  root = json_builder_get_root (json);
  json_generator_set_root (self->generator, root);
  if (self->rows > 0)
    fputs (",\n", self->file);
  json_generator_to_gstring (self->generator, self->line);
}

static void
put_row (Report *self, Row row)
{
  g_string_truncate (self->line, 0);
  if (self->format == GANTRY_REPORT_JSON)
    put_json (self, row);
  else
    gantry_csv_append_row (self->line, (const char *const *)row, N_COLUMNS);
  fwrite (self->line->str, 1, self->line->len, self->file);
}

static void
put_association (Report *self, const GantryAssociationRecord *record)
{
  Row row;

  fill_row (self, record, row);
  put_row (self, row);
  self->rows++;
  for (guint i = 0; i < N_COLUMNS; i++)
    g_free (row[i]);
}

/* ---- All of them ---------------------------------------------------------------------------- */

static void
put_begin (Report *self)
{
  const char *names[N_COLUMNS];

  if (self->format == GANTRY_REPORT_JSON)
    {
      fputs ("[\n", self->file);
      return;
    }
  for (guint i = 0; i < N_COLUMNS; i++)
    names[i] = columns[i].name;
  gantry_csv_append_row (self->line, names, N_COLUMNS);
  fwrite (self->line->str, 1, self->line->len, self->file);
}

static gboolean
is_over (gpointer question)
{
  return gantry_question_is_over (question);
}

static gboolean
write_all (Report *self, FILE *file, GError **error)
{
  const GantryQuestion *question = self->question;
  g_autoptr (GArray) ids
      = gantry_log_search (self->db, self->filter, NULL, is_over, (gpointer)question, error);

  if (ids == NULL)
    return FALSE;
  put_begin (self);
  for (guint at = 0; at < ids->len; at += PAGE)
    {
      g_autoptr (GPtrArray) page = gantry_log_table_get_associations (
          self->db, &g_array_index (ids, gint64, at), MIN (PAGE, ids->len - at), error);

      if (page == NULL)
        return FALSE;
      for (guint i = 0; i < page->len; i++)
        put_association (self, page->pdata[i]);
      if (ferror (file))
        return FALSE;
      if (gantry_question_is_over (question))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
          return FALSE;
        }
    }
  if (self->format == GANTRY_REPORT_JSON)
    fputs ("\n]\n", self->file);
  return gantry_database_check (self->db, error);
}

static gboolean
write_file (FILE *file, gpointer data, GError **error)
{
  Report *self = data;
  gboolean good;

  self->file = file;
  self->generator = json_generator_new ();
  self->line = g_string_new (NULL);
  good = write_all (self, file, error);
  g_object_unref (self->generator);
  g_string_free (self->line, TRUE);
  return good;
}

gboolean
gantry_association_report_write (GantryDatabase *db,
                                 const GantryAssociationFilter *filter,
                                 const char *path,
                                 GantryReportFormat format,
                                 const GantryQuestion *question,
                                 GError **error)
{
  Report self = { .db = db, .filter = filter, .question = question, .format = format };

  return gantry_whole_file_write (path, write_file, &self, error);
}
