/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-file.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "gantry-csv.h"
#include "gantry-error.h"
#include "gantry-peer.h"

/* A list of nodes is small; anything larger is another file. */
#define SIZE_MAX_BYTES (1 << 20)

gboolean
gantry_node_check (const GantryNode *node, GError **error)
{
  g_autofree char *text = gantry_peer_format (node->ae_title, node->host, node->port);
  g_autoptr (GantryPeer) peer = NULL;

  if (*node->name == '\0')
    {
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS, _ ("The node needs a name."));
      return FALSE;
    }
  if (*node->calling_ae_title != '\0' && !gantry_ae_title_check (node->calling_ae_title, error))
    return FALSE;
  peer = gantry_peer_parse (text, error);
  return peer != NULL;
}

static gboolean fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_FILE, message);
  return FALSE;
}

/* @port: as text or -1 in @number; takes @node's place in @nodes only when everything is right. */
static gboolean
add_node (GPtrArray *nodes,
          const char *name,
          const char *ae_title,
          const char *host,
          gint64 port,
          const char *calling,
          const char *notes,
          GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GantryNode) node = NULL;

  if (port < 1 || port > 65535)
    return fail (error, _ ("The port of “%s” is not between 1 and 65535."),
                 *name != '\0' ? name : ae_title);
  node = gantry_node_new (0, *name != '\0' ? name : ae_title, ae_title, host, (guint16)port,
                          calling, FALSE);
  gantry_record_set (&node->notes, notes);
  if (!gantry_node_check (node, &reason))
    return fail (error, _ ("“%s” cannot be read: %s"), node->name, reason->message);
  g_ptr_array_add (nodes, g_steal_pointer (&node));
  return TRUE;
}

/* ---- What a node has beyond its address, in both formats: whole numbers, left out where unset --
 */

typedef struct
{
  const char *name;
  gsize offset; /* in GantryNodeOptions, of a gint or a guint */
  gint unset, most;
} Option;

#define OPTION(field, unset, most)                                                                 \
  {                                                                                                \
#field, G_STRUCT_OFFSET(GantryNodeOptions, field), unset, most                                 \
  }

static const Option known_options[] = {
  OPTION (max_pdu, 0, 131072),
  OPTION (associations, 0, 8),
  OPTION (connect_seconds, 0, 600),
  OPTION (acse_seconds, 0, 600),
  OPTION (dimse_seconds, 0, 3600),
  OPTION (idle_seconds, 0, 3600),
  OPTION (transcoding, -1, GANTRY_N_TRANSCODINGS - 1),
  OPTION (fall_back, -1, 1),
  OPTION (tls, -1, 1),
};

#define N_OPTIONS G_N_ELEMENTS (known_options)

static gint
get_option (const GantryNode *node, const Option *option)
{
  return G_STRUCT_MEMBER (gint, &node->options, option->offset);
}

static void
set_option (GantryNode *node, const Option *option, gint64 value)
{
  G_STRUCT_MEMBER (gint, &node->options, option->offset)
      = (gint)CLAMP (value, option->unset, option->most);
}

/* ---- CSV ------------------------------------------------------------------------------------ */

enum
{
  COLUMN_NAME,
  COLUMN_AE_TITLE,
  COLUMN_HOST,
  COLUMN_PORT,
  COLUMN_CALLING,
  COLUMN_NOTES,
  COLUMN_COLOR,
  N_COLUMNS
};

/* The options follow them. */
static const char *const columns[N_COLUMNS]
    = { "name", "ae_title", "host", "port", "calling_ae_title", "notes", "color" };

#define N_CELLS (N_COLUMNS + N_OPTIONS)

static const char *
get_title (guint column)
{
  return column < N_COLUMNS ? columns[column] : known_options[column - N_COLUMNS].name;
}

static gboolean
read_titles (GPtrArray *row, int *places, GError **error)
{
  for (guint i = 0; i < N_CELLS; i++)
    {
      places[i] = -1;
      for (guint j = 0; j < row->len; j++)
        if (g_ascii_strcasecmp (row->pdata[j], get_title (i)) == 0)
          places[i] = (int)j;
    }
  if (places[COLUMN_AE_TITLE] < 0 || places[COLUMN_HOST] < 0 || places[COLUMN_PORT] < 0)
    return fail (error, _ ("This is no list of nodes. A CSV file needs a first line with the "
                           "titles “ae_title”, “host” and “port”."));
  return TRUE;
}

static const char *
get_cell (GPtrArray *row, int place)
{
  return place >= 0 && (guint)place < row->len ? row->pdata[place] : "";
}

static gboolean
read_cell_options (GPtrArray *row, const int *places, GantryNode *node, GError **error)
{
  for (guint i = 0; i < N_OPTIONS; i++)
    {
      const char *cell = get_cell (row, places[N_COLUMNS + i]);
      gint64 value = 0;

      if (*cell == '\0')
        continue;
      if (!g_ascii_string_to_signed (cell, 10, G_MININT, G_MAXINT, &value, NULL))
        return fail (error, _ ("“%s” cannot be read: “%s” is no whole number for “%s”."),
                     node->name, cell, known_options[i].name);
      set_option (node, &known_options[i], value);
    }
  return TRUE;
}

static gboolean
read_row (GPtrArray *row, const int *places, GPtrArray *nodes, GError **error)
{
  gint64 port = 0;
  GantryNode *node;

  /* Anything but a number stays 0, which is no port. */
  g_ascii_string_to_signed (get_cell (row, places[COLUMN_PORT]), 10, 1, 65535, &port, NULL);

  if (!add_node (nodes, get_cell (row, places[COLUMN_NAME]),
                 get_cell (row, places[COLUMN_AE_TITLE]), get_cell (row, places[COLUMN_HOST]), port,
                 get_cell (row, places[COLUMN_CALLING]), get_cell (row, places[COLUMN_NOTES]),
                 error))
    return FALSE;
  node = nodes->pdata[nodes->len - 1];
  node->color = gantry_node_color_from_nick (get_cell (row, places[COLUMN_COLOR]));
  return read_cell_options (row, places, node, error);
}

static gboolean
read_csv (const char *text, GPtrArray *nodes, GError **error)
{
  g_autoptr (GPtrArray) rows = gantry_csv_parse (text, error);
  int places[N_CELLS];

  if (rows == NULL)
    return FALSE;
  if (rows->len == 0)
    return fail (error, _ ("The file is empty: there is no node in it."));
  if (!read_titles (rows->pdata[0], places, error))
    return FALSE;
  for (guint i = 1; i < rows->len; i++)
    if (!read_row (rows->pdata[i], places, nodes, error))
      return FALSE;
  return TRUE;
}

static void
append_node (GString *text, const GantryNode *node)
{
  char port[8], numbers[N_OPTIONS][16] = { "" };
  const char *cells[N_CELLS] = { node->name,
                                 node->ae_title,
                                 node->host,
                                 port,
                                 node->calling_ae_title,
                                 node->notes,
                                 gantry_node_color_to_nick (node->color) };

  g_snprintf (port, sizeof port, "%u", node->port);
  for (guint i = 0; i < N_OPTIONS; i++)
    {
      gint value = get_option (node, &known_options[i]);

      if (value != known_options[i].unset)
        g_snprintf (numbers[i], sizeof numbers[i], "%d", value);
      cells[N_COLUMNS + i] = numbers[i];
    }
  gantry_csv_append_row (text, cells, N_CELLS);
}

static char *
write_csv (GPtrArray *nodes)
{
  GString *text = g_string_new (NULL);
  const char *titles[N_CELLS];

  for (guint i = 0; i < N_CELLS; i++)
    titles[i] = get_title (i);
  gantry_csv_append_row (text, titles, N_CELLS);
  for (guint i = 0; i < nodes->len; i++)
    append_node (text, nodes->pdata[i]);
  return g_string_free (text, FALSE);
}

/* ---- JSON: ours, {"nodes": [{…}]}, and Orthanc's DicomModalities -------------------------------
 */

static const char *
get_text (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : "";
}

static gint64
get_int (JsonObject *object, const char *member, gint64 fallback)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_INT64
             ? json_node_get_int (node)
             : fallback;
}

static gboolean
read_ours (JsonArray *array, GPtrArray *nodes, GError **error)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;
      GantryNode *node;

      if (object == NULL)
        return fail (error, _ ("Node %u of the list cannot be read."), i + 1);
      if (!add_node (nodes, get_text (object, "name"), get_text (object, "ae_title"),
                     get_text (object, "host"), get_int (object, "port", 0),
                     get_text (object, "calling_ae_title"), get_text (object, "notes"), error))
        return FALSE;
      node = nodes->pdata[nodes->len - 1];
      node->color = gantry_node_color_from_nick (get_text (object, "color"));
      for (guint o = 0; o < N_OPTIONS; o++)
        set_option (node, &known_options[o],
                    get_int (object, known_options[o].name, known_options[o].unset));
    }
  return TRUE;
}

static const char *
get_element_text (JsonArray *array, guint i)
{
  JsonNode *node = i < json_array_get_length (array) ? json_array_get_element (array, i) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : "";
}

/* "name": ["AET", "host", port, …] or "name": {"AET", "Host", "Port", …} */
static gboolean
read_orthanc (JsonObject *modalities, GPtrArray *nodes, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, modalities);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      if (JSON_NODE_HOLDS_OBJECT (value))
        {
          JsonObject *object = json_node_get_object (value);

          if (!add_node (nodes, name, get_text (object, "AET"), get_text (object, "Host"),
                         get_int (object, "Port", 0), get_text (object, "LocalAet"), "", error))
            return FALSE;
        }
      else if (JSON_NODE_HOLDS_ARRAY (value))
        {
          JsonArray *array = json_node_get_array (value);
          JsonNode *port
              = json_array_get_length (array) > 2 ? json_array_get_element (array, 2) : NULL;

          if (!add_node (nodes, name, get_element_text (array, 0), get_element_text (array, 1),
                         port != NULL && JSON_NODE_HOLDS_VALUE (port) ? json_node_get_int (port)
                                                                      : 0,
                         "", "", error))
            return FALSE;
        }
      else
        return fail (error, _ ("“%s” cannot be read: an AE title, a host and a port are expected."),
                     name);
    }
  return TRUE;
}

/* Orthanc's configuration comes full of comments, which JSON does not know: they become blanks. */
static void
blank_comments (char *text)
{
  gboolean quoted = FALSE;

  for (; *text != '\0'; text++)
    {
      const char *end = NULL;

      if (quoted && text[0] == '\\' && text[1] != '\0')
        text++;
      else if (*text == '"')
        quoted = !quoted;
      else if (!quoted && text[0] == '/' && text[1] == '/')
        end = text + strcspn (text, "\n");
      else if (!quoted && text[0] == '/' && text[1] == '*')
        {
          end = strstr (text + 2, "*/");
          end = end != NULL ? end + 2 : text + strlen (text);
        }
      if (end == NULL)
        continue;
      memset (text, ' ', (gsize)(end - text));
      text += end - text - 1;
    }
}

static gboolean
read_json (char *text, GPtrArray *nodes, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) reason = NULL;
  JsonNode *root;
  JsonObject *object;
  JsonNode *member;

  blank_comments (text);
  if (!json_parser_load_from_data (parser, text, -1, &reason))
    return fail (error, _ ("The file is no valid JSON: %s"), reason->message);
  root = json_parser_get_root (parser);
  object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  member = object != NULL ? json_object_get_member (object, "nodes") : NULL;
  if (member != NULL && JSON_NODE_HOLDS_ARRAY (member))
    return read_ours (json_node_get_array (member), nodes, error);
  member = object != NULL ? json_object_get_member (object, "DicomModalities") : NULL;
  if (member != NULL && JSON_NODE_HOLDS_OBJECT (member))
    return read_orthanc (json_node_get_object (member), nodes, error);
  return fail (error, _ ("There is no list of nodes in this file: neither “nodes” nor Orthanc’s "
                         "“DicomModalities”."));
}

static void
add_text (JsonBuilder *json, const char *name, const char *value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

static void
add_int (JsonBuilder *json, const char *name, gint64 value, gint64 unset)
{
  if (value == unset)
    return;
  json_builder_set_member_name (json, name);
  json_builder_add_int_value (json, value);
}

static void
add_json_node (JsonBuilder *json, const GantryNode *node)
{
  json_builder_begin_object (json);
  add_text (json, "name", node->name);
  add_text (json, "ae_title", node->ae_title);
  add_text (json, "host", node->host);
  add_int (json, "port", node->port, 0);
  add_text (json, "calling_ae_title", node->calling_ae_title);
  add_text (json, "notes", node->notes);
  add_text (json, "color", gantry_node_color_to_nick (node->color));
  for (guint i = 0; i < N_OPTIONS; i++)
    add_int (json, known_options[i].name, get_option (node, &known_options[i]),
             known_options[i].unset);
  json_builder_end_object (json);
}

static char *
write_json (GPtrArray *nodes)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "nodes");
  json_builder_begin_array (json);
  for (guint i = 0; i < nodes->len; i++)
    add_json_node (json, nodes->pdata[i]);
  json_builder_end_array (json);
  json_builder_end_object (json);
  root = json_builder_get_root (json);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_data (generator, NULL);
}

/* ---- dcmqrscp.cfg: "name = (AET, host, port)" between HostTable BEGIN and END -------------------
 */

static gboolean
read_host (const char *line, GPtrArray *nodes, GError **error)
{
  g_autoptr (GRegex) regex = g_regex_new (
      "^\\s*(\\S+)\\s*=\\s*\\(\\s*([^,]*?)\\s*,\\s*([^,]*?)\\s*,\\s*(\\d+)\\s*\\)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_auto (GStrv) words = NULL;

  /* Groups of names ("all = one, two") are no nodes of their own. */
  if (!g_regex_match (regex, line, 0, &match))
    return TRUE;
  words = g_match_info_fetch_all (match);
  return add_node (nodes, words[1], words[2], words[3], g_ascii_strtoll (words[4], NULL, 10), "",
                   "", error);
}

static gboolean
read_host_table (const char *text, GPtrArray *nodes, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean inside = FALSE;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (*line == '#')
        continue;
      if (g_str_has_prefix (line, "HostTable"))
        inside = strstr (line, "BEGIN") != NULL;
      else if (inside && !read_host (line, nodes, error))
        return FALSE;
    }
  return TRUE;
}

/* The name stands for itself in some line; in a note of another list it may be, too. */
static gboolean
is_host_table (const char *text)
{
  return g_regex_match_simple ("^[ \\t]*HostTable[ \\t]+BEGIN", text, G_REGEX_MULTILINE, 0);
}

/* ---- Files ---------------------------------------------------------------------------------- */

static char *
load (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GFileInfo) info
      = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                           G_FILE_QUERY_INFO_NONE, NULL, &reason);
  g_autofree char *text = NULL;

  if (info == NULL)
    fail (error, _ ("The file cannot be read: %s"), reason->message);
  else if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR
           || g_file_info_get_size (info) > SIZE_MAX_BYTES)
    fail (error, _ ("This is no list of nodes: it is too large, or no regular file."));
  else if (!g_file_get_contents (path, &text, NULL, &reason))
    fail (error, _ ("The file cannot be read: %s"), reason->message);
  else if (!g_utf8_validate (text, -1, NULL))
    fail (error, _ ("The file is not encoded in UTF-8."));
  else
    return g_steal_pointer (&text);
  return NULL;
}

static char *
skip_space (char *text)
{
  if (g_str_has_prefix (text, "\xEF\xBB\xBF"))
    text += 3;
  while (g_ascii_isspace (*text))
    text++;
  return text;
}

GPtrArray *
gantry_node_file_read (const char *path, GError **error)
{
  g_autofree char *text = load (path, error);
  g_autoptr (GPtrArray) nodes = gantry_record_array_new ();
  char *start;
  gboolean done;

  if (text == NULL)
    return NULL;
  start = skip_space (text);
  if (*start == '{' || g_str_has_prefix (start, "/*") || g_str_has_prefix (start, "//"))
    done = read_json (start, nodes, error);
  else if (is_host_table (start))
    done = read_host_table (start, nodes, error);
  else
    done = read_csv (start, nodes, error);

  if (done && nodes->len == 0)
    done = fail (error, _ ("There is no node in this file."));
  return done ? g_steal_pointer (&nodes) : NULL;
}

gboolean
gantry_node_file_write (GPtrArray *nodes,
                        const char *path,
                        GantryReportFormat format,
                        GError **error)
{
  g_autofree char *text = format == GANTRY_REPORT_CSV ? write_csv (nodes) : write_json (nodes);
  g_autoptr (GError) reason = NULL;

  if (g_file_set_contents (path, text, -1, &reason))
    return TRUE;
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE, _ ("The list cannot be written: %s"),
               reason->message);
  return FALSE;
}
