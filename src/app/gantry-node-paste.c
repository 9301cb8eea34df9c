/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-paste.h"

#include <glib/gi18n-lib.h>

#include "gantry-error.h"
#include "gantry-format.h"
#include "gantry-node-item.h"
#include "gantry-peer.h"

/* Nobody copies more by hand; there is a file format for it. */
#define MAX_LINES 500

static GHashTable *
list_names (GListModel *items)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; items != NULL && i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (GantryNodeItem) item = g_list_model_get_item (items, i);

      g_hash_table_add (names, g_strdup (gantry_node_item_get_node (item)->name));
    }
  return names;
}

static char *
make_name (GHashTable *names, const char *wanted)
{
  char *name = g_strdup (wanted);

  for (guint n = 2; g_hash_table_contains (names, name); n++)
    {
      g_free (name);
      name = g_strdup_printf ("%s %u", wanted, n);
    }
  g_hash_table_add (names, g_strdup (name));
  return name;
}

static gboolean
fail (GError **error, guint line, const char *text, const char *reason)
{
  g_autofree char *shown = gantry_format_text (text, 40);

  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
               /* Translators: a line of what was pasted, its text, and what is wrong with it */
               _ ("Line %u of what was copied, “%s”, is no address of a node. %s"), line, shown,
               reason);
  return FALSE;
}

static gboolean
parse_line (GPtrArray *nodes, GHashTable *names, const char *text, guint line, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GantryPeer) peer = gantry_peer_parse (text, &reason);
  g_autofree char *name = NULL;

  if (peer == NULL)
    return fail (error, line, text, reason->message);
  name = make_name (names, gantry_peer_get_ae_title (peer));
  g_ptr_array_add (nodes, gantry_node_new (0, name, gantry_peer_get_ae_title (peer),
                                           gantry_peer_get_host (peer), gantry_peer_get_port (peer),
                                           "", FALSE));
  return TRUE;
}

GPtrArray *
gantry_node_paste_parse (const char *text, GListModel *taken, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", MAX_LINES + 1);
  g_autoptr (GHashTable) names = list_names (taken);
  g_autoptr (GPtrArray) nodes = gantry_record_array_new ();

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_strstrip (lines[i]);
      if (*lines[i] != '\0' && !parse_line (nodes, names, lines[i], i + 1, error))
        return NULL;
    }
  if (nodes->len > 0)
    return g_steal_pointer (&nodes);
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                       _ ("There is no text to paste. Copy an address like PACS@10.0.0.5:104 "
                          "first."));
  return NULL;
}

char *
gantry_node_paste_format (const GantryNode *node)
{
  return gantry_peer_format (node->ae_title, node->host, node->port);
}
