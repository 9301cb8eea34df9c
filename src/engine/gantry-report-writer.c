/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-report-writer.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "gantry-csv.h"
#include "gantry-files.h"
#include "gantry-iso-time.h"
#include "gantry-registry.h"

struct _GantryReportWriter
{
  FILE *file;
  GantryReportFormat format;
  JsonGenerator *generator;
  GString *line;
  guint64 rows;
  guint64 counts[GANTRY_N_OUTCOMES];
};

typedef struct
{
  const GantryInstanceRow *row;
  const GantryJobInstance *instance; /* of the row */
  const char *digest, *remark;
} Cells;

/* ---- What is in the columns ----------------------------------------------------------------- */

static char *
get_path (const Cells *cells)
{
  return gantry_path_escape (cells->instance->path);
}

static char *
get_size (const Cells *cells)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, cells->instance->size);
}

static char *
get_digest (const Cells *cells)
{
  return g_strdup (cells->digest);
}

static char *
get_sop_class (const Cells *cells)
{
  return g_strdup (cells->instance->sop_class_uid);
}

static char *
get_sop_class_name (const Cells *cells)
{
  return gantry_uid_describe (cells->instance->sop_class_uid);
}

static char *
get_sop_instance (const Cells *cells)
{
  return g_strdup (cells->instance->sop_instance_uid);
}

static char *
get_study (const Cells *cells)
{
  return g_strdup (cells->row->study_uid);
}

static char *
get_series (const Cells *cells)
{
  return g_strdup (cells->row->series_uid);
}

static char *
get_modality (const Cells *cells)
{
  return g_strdup (cells->instance->modality);
}

static char *
get_syntax (const Cells *cells)
{
  return g_strdup (cells->instance->transfer_syntax);
}

/* As the file says, unless the queue knows better; nothing where nothing was answered. */
static char *
as_sent (const Cells *cells, const char *sent, const char *own)
{
  if (*sent != '\0')
    return g_strdup (sent);
  return cells->instance->status >= 0 ? g_strdup (own) : NULL;
}

static char *
get_sent_class (const Cells *cells)
{
  return as_sent (cells, cells->instance->sent_class_uid, cells->instance->sop_class_uid);
}

static char *
get_sent_syntax (const Cells *cells)
{
  return as_sent (cells, cells->instance->sent_syntax, cells->instance->transfer_syntax);
}

static char *
get_outcome (const Cells *cells)
{
  return g_strdup (gantry_outcome_to_nick (cells->instance->outcome));
}

static char *
get_status (const Cells *cells)
{
  return cells->instance->status >= 0 ? g_strdup_printf ("%04X", (guint)cells->instance->status)
                                      : NULL;
}

static char *
get_comment (const Cells *cells)
{
  return g_strdup (cells->instance->message);
}

static char *
get_time (const Cells *cells)
{
  return gantry_iso_time (cells->instance->finished);
}

static char *
get_elapsed (const Cells *cells)
{
  gint64 elapsed = cells->instance->elapsed;

  if (cells->instance->status < 0)
    return NULL;
  /* With a point in every language. */
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%03d", elapsed / 1000, (int)(elapsed % 1000));
}

static char *
get_remark (const Cells *cells)
{
  return g_strdup (cells->remark);
}

static const struct
{
  const char *name;
  char *(*get) (const Cells *cells); /* NULL: there is none */
  gboolean number;
} columns[] = {
  { "path", get_path },
  { "size", get_size, TRUE },
  { "sha256", get_digest },
  { "sop_class_uid", get_sop_class },
  { "sop_class", get_sop_class_name },
  { "sop_instance_uid", get_sop_instance },
  { "study_instance_uid", get_study },
  { "series_instance_uid", get_series },
  { "modality", get_modality },
  { "transfer_syntax", get_syntax },
  { "sent_sop_class_uid", get_sent_class },
  { "sent_transfer_syntax", get_sent_syntax },
  { "outcome", get_outcome },
  { "status", get_status },
  { "comment", get_comment },
  { "time", get_time },
  { "elapsed_ms", get_elapsed, TRUE },
  { "remark", get_remark },
};

/* ---- CSV ------------------------------------------------------------------------------------ */

static void
add_csv (GantryReportWriter *self, const Cells *cells)
{
  char *row[G_N_ELEMENTS (columns)];

  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    row[i] = cells != NULL ? columns[i].get (cells) : g_strdup (columns[i].name);
  g_string_truncate (self->line, 0);
  gantry_csv_append_row (self->line, (const char *const *)row, G_N_ELEMENTS (columns));
  fwrite (self->line->str, 1, self->line->len, self->file);
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    g_free (row[i]);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void
put_text (JsonBuilder *json, const char *name, const char *text)
{
  json_builder_set_member_name (json, name);
  if (text != NULL)
    json_builder_add_string_value (json, text);
  else
    json_builder_add_null_value (json);
}

static void
put_int (JsonBuilder *json, const char *name, gint64 value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_int_value (json, value);
}

static void
put_time (JsonBuilder *json, const char *name, gint64 when)
{
  g_autofree char *text = gantry_iso_time (when);

  put_text (json, name, text);
}

/* Ends the object that was begun and writes it. */
static void
write_object (GantryReportWriter *self, JsonBuilder *json)
{
  g_autoptr (JsonNode) root = NULL;

  json_builder_end_object (json);
  root = json_builder_get_root (json);
  json_generator_set_root (self->generator, root);
  g_string_truncate (self->line, 0);
  json_generator_to_gstring (self->generator, self->line);
  fwrite (self->line->str, 1, self->line->len, self->file);
}

static JsonBuilder *
begin_object (void)
{
  JsonBuilder *json = json_builder_new_immutable ();

  json_builder_begin_object (json);
  return json;
}

static void
begin_json (GantryReportWriter *self, const GantryJob *job)
{
  g_autoptr (JsonBuilder) json = begin_object ();
  const GantryNode *node = job->node;
  g_autofree char *now = gantry_iso_time (g_get_real_time ());

  put_int (json, "id", job->id);
  put_text (json, "title", job->title);
  put_text (json, "state", gantry_job_state_to_nick (job->state));
  put_text (json, "node", node->name);
  put_text (json, "ae_title", node->ae_title);
  put_text (json, "host", node->host);
  put_int (json, "port", node->port);
  put_time (json, "created", job->created);
  put_time (json, "started", job->started);
  put_time (json, "finished", job->finished);
  put_text (json, "message", job->message);
  fprintf (self->file, "{\"written\":\"%s\",\n\"job\":", now);
  write_object (self, json);
  fputs (",\n\"instances\":[\n", self->file);
}

static void
add_json (GantryReportWriter *self, const Cells *cells)
{
  g_autoptr (JsonBuilder) json = begin_object ();

  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autofree char *text = columns[i].get (cells);

      if (text == NULL || !columns[i].number)
        {
          put_text (json, columns[i].name, text);
          continue;
        }
      json_builder_set_member_name (json, columns[i].name);
      if (strchr (text, '.') != NULL)
        json_builder_add_double_value (json, g_ascii_strtod (text, NULL));
      else
        json_builder_add_int_value (json, g_ascii_strtoll (text, NULL, 10));
    }
  if (self->rows > 0)
    fputs (",\n", self->file);
  write_object (self, json);
}

static void
end_json (GantryReportWriter *self)
{
  g_autoptr (JsonBuilder) json = begin_object ();

  for (guint i = 0; i < GANTRY_N_OUTCOMES; i++)
    put_int (json, gantry_outcome_to_nick (i), (gint64)self->counts[i]);
  fputs ("\n],\n\"counts\":", self->file);
  write_object (self, json);
  fputs ("}\n", self->file);
}

/* ---- Both ----------------------------------------------------------------------------------- */

GantryReportWriter *
gantry_report_writer_new (FILE *file, GantryReportFormat format)
{
  GantryReportWriter *self = g_new0 (GantryReportWriter, 1);

  self->file = file;
  self->format = format;
  self->generator = json_generator_new ();
  self->line = g_string_new (NULL);
  return self;
}

void
gantry_report_writer_free (GantryReportWriter *self)
{
  g_object_unref (self->generator);
  g_string_free (self->line, TRUE);
  g_free (self);
}

void
gantry_report_writer_begin (GantryReportWriter *self, const GantryJob *job)
{
  if (self->format == GANTRY_REPORT_CSV)
    add_csv (self, NULL);
  else
    begin_json (self, job);
}

void
gantry_report_writer_add (GantryReportWriter *self,
                          const GantryInstanceRow *row,
                          const char *digest,
                          const char *remark)
{
  const Cells cells = { row, row->instance, digest, remark };

  if (self->format == GANTRY_REPORT_CSV)
    add_csv (self, &cells);
  else
    add_json (self, &cells);
  self->counts[row->instance->outcome]++;
  self->rows++;
}

void
gantry_report_writer_end (GantryReportWriter *self)
{
  if (self->format == GANTRY_REPORT_JSON)
    end_json (self);
}
