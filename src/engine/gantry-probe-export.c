/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-export.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "gantry-csv.h"
#include "gantry-error.h"
#include "gantry-peer.h"
#include "gantry-registry.h"

/* PS3.8 9.3.3.2, Result/Reason */
static const char *
get_result_nick (guint8 result)
{
  static const char *const nicks[] = { "accepted", "refused by the application", "refused",
                                       "SOP class not supported", "transfer syntax not supported" };

  return result < G_N_ELEMENTS (nicks) ? nicks[result] : "refused";
}

static const char *
get_usual_modality (const char *sop_class)
{
  const GantrySopClass *known = gantry_sop_class_lookup (sop_class);

  return known != NULL ? known->modality : "";
}

/* The place of @uid, which gets the next one if it has none. */
static guint
find_place (GHashTable *places, GPtrArray *list, const char *uid)
{
  gpointer place;

  if (g_hash_table_lookup_extended (places, uid, NULL, &place))
    return GPOINTER_TO_UINT (place);
  g_hash_table_insert (places, (gpointer)uid, GUINT_TO_POINTER (list->len));
  g_ptr_array_add (list, (gpointer)uid);
  return list->len - 1;
}

/* ---- CSV ------------------------------------------------------------------------------------ */

#define N_CLASS_CELLS 3

static void
append_titles (GString *text, GPtrArray *syntaxes)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (cells, g_strdup ("SOP Class UID"));
  g_ptr_array_add (cells, g_strdup ("SOP Class"));
  g_ptr_array_add (cells, g_strdup ("Modality"));
  for (guint i = 0; i < syntaxes->len; i++)
    {
      g_autofree char *name = gantry_transfer_syntax_describe (syntaxes->pdata[i]);

      g_ptr_array_add (cells, g_strdup_printf ("%s (%s)", name, (char *)syntaxes->pdata[i]));
    }
  gantry_csv_append_row (text, (const char *const *)cells->pdata, cells->len);
}

char *
gantry_probe_to_csv (const GantryProbe *probe)
{
  g_autoptr (GHashTable) class_places = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) syntax_places = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) classes = g_ptr_array_new ();
  g_autoptr (GPtrArray) syntaxes = g_ptr_array_new ();
  GString *text = g_string_new (NULL);
  g_autofree const char **cells = NULL;

  for (guint i = 0; i < probe->contexts->len; i++)
    {
      const GantryContext *context = probe->contexts->pdata[i];

      find_place (class_places, classes, context->abstract_syntax);
      find_place (syntax_places, syntaxes, context->proposed[0]);
    }
  cells = g_new0 (const char *, (gsize)classes->len * syntaxes->len + 1);
  for (guint i = 0; i < probe->contexts->len; i++)
    {
      const GantryContext *context = probe->contexts->pdata[i];
      guint row = find_place (class_places, classes, context->abstract_syntax);

      cells[row * syntaxes->len + find_place (syntax_places, syntaxes, context->proposed[0])]
          = get_result_nick (context->result);
    }

  append_titles (text, syntaxes);
  for (guint row = 0; row < classes->len; row++)
    {
      g_autofree const char **line = g_new (const char *, syntaxes->len + N_CLASS_CELLS);
      g_autofree char *name = gantry_sop_class_describe (classes->pdata[row]);

      line[0] = classes->pdata[row];
      line[1] = name;
      line[2] = get_usual_modality (classes->pdata[row]);
      for (guint i = 0; i < syntaxes->len; i++)
        {
          const char *cell = cells[row * syntaxes->len + i];

          line[N_CLASS_CELLS + i] = cell != NULL ? cell : "";
        }
      gantry_csv_append_row (text, line, syntaxes->len + N_CLASS_CELLS);
    }
  return g_string_free (text, FALSE);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void
add_text (JsonBuilder *json, const char *name, const char *value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

static void
add_int (JsonBuilder *json, const char *name, gint64 value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_int_value (json, value);
}

static void
add_facts (JsonBuilder *json, const GantryProbe *probe)
{
  g_autofree char *peer
      = gantry_peer_format (probe->node->ae_title, probe->node->host, probe->node->port);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (probe->started / G_USEC_PER_SEC);
  g_autofree char *started = g_date_time_format_iso8601 (time);

  add_text (json, "node", probe->node->name);
  add_text (json, "peer", peer);
  add_text (json, "started", started);
  json_builder_set_member_name (json, "seconds");
  json_builder_add_double_value (json, (double)probe->elapsed / G_USEC_PER_SEC);
  json_builder_set_member_name (json, "complete");
  json_builder_add_boolean_value (json, probe->complete);
  add_text (json, "message", probe->message);
  add_text (json, "implementation", probe->implementation);
  add_int (json, "max_pdu", probe->peer_max_pdu);
  add_int (json, "associations", probe->associations);
}

static void
add_context (JsonBuilder *json, const GantryContext *context)
{
  g_autofree char *name = gantry_uid_describe (context->abstract_syntax);
  g_autofree char *syntax = gantry_transfer_syntax_describe (context->proposed[0]);

  json_builder_begin_object (json);
  add_text (json, "sop_class_uid", context->abstract_syntax);
  add_text (json, "sop_class", name);
  add_text (json, "modality", get_usual_modality (context->abstract_syntax));
  add_text (json, "transfer_syntax", context->proposed[0]);
  add_text (json, "transfer_syntax_name", syntax);
  add_text (json, "outcome", context->result == 0 ? "accepted" : "refused");
  add_int (json, "result", context->result);
  add_text (json, "reason", get_result_nick (context->result));
  json_builder_end_object (json);
}

static void
add_extended (JsonBuilder *json, const GantryExtended *extended)
{
  json_builder_begin_object (json);
  add_text (json, "sop_class_uid", extended->sop_class_uid);
  add_int (json, "level", extended->level);
  add_int (json, "signature_level", extended->signature_level);
  add_int (json, "coercion", extended->coercion);
  json_builder_end_object (json);
}

char *
gantry_probe_to_json (const GantryProbe *probe)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (json);
  add_facts (json, probe);
  json_builder_set_member_name (json, "contexts");
  json_builder_begin_array (json);
  for (guint i = 0; i < probe->contexts->len; i++)
    add_context (json, probe->contexts->pdata[i]);
  json_builder_end_array (json);
  json_builder_set_member_name (json, "extended");
  json_builder_begin_array (json);
  for (guint i = 0; i < probe->extended->len; i++)
    add_extended (json, probe->extended->pdata[i]);
  json_builder_end_array (json);
  json_builder_end_object (json);

  root = json_builder_get_root (json);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_data (generator, NULL);
}

/* ---- Files ---------------------------------------------------------------------------------- */

gboolean
gantry_probe_write (const GantryProbe *probe, const char *path, GError **error)
{
  g_autofree char *lower = g_utf8_strdown (path, -1);
  g_autofree char *text = g_str_has_suffix (lower, ".json") ? gantry_probe_to_json (probe)
                                                            : gantry_probe_to_csv (probe);
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GError) reason = NULL;

  if (g_file_set_contents (path, text, -1, &reason))
    return TRUE;
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
               _ ("The probe cannot be written to “%s”: %s. Choose another place."), shown,
               reason->message);
  return FALSE;
}
