/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-exchange.h"

#include <glib/gi18n-lib.h>

#include "gantry-node-import-window.h"

/* What a question to the engine is about; a reference to the widget, so that it is there for the
 * answer. */
typedef struct
{
  GtkWidget *widget;
  GantryEngine *engine;
  char *path;
} Exchange;

static Exchange *
exchange_new (GtkWidget *widget, GantryEngine *engine, const char *path)
{
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->widget = g_object_ref (widget);
  exchange->engine = g_object_ref (engine);
  exchange->path = g_strdup (path);
  return exchange;
}

static void
exchange_free (Exchange *exchange)
{
  g_object_unref (exchange->widget);
  g_object_unref (exchange->engine);
  g_free (exchange->path);
  g_free (exchange);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Exchange, exchange_free)

static GtkWindow *
get_window (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return root != NULL ? GTK_WINDOW (root) : NULL;
}

static char *
get_shown_name (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  return g_filename_display_name (name);
}

void
gantry_node_exchange_complain (GtkWidget *widget, const char *title, const char *message)
{
  GtkWidget *dialog = adw_message_dialog_new (get_window (widget), title, message);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- In -------------------------------------------------------------------------------------- */

static void
on_added (GtkWidget *widget, guint n)
{
  g_autofree char *text = g_strdup_printf (ngettext ("%u node added", "%u nodes added", n), n);

  gtk_widget_activate_action (widget, "win.toast", "s", text);
}

void
gantry_node_exchange_ask (GtkWidget *widget,
                          GantryEngine *engine,
                          GPtrArray *nodes,
                          const char *source)
{
  GtkWidget *window = gantry_node_import_window_new (get_window (widget), engine, nodes, source);

  g_signal_connect_object (window, "added", G_CALLBACK (on_added), widget, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Exchange) exchange = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) nodes
      = gantry_engine_list_finish (GANTRY_ENGINE (object), result, NULL, &error);
  g_autofree char *name = get_shown_name (exchange->path);
  g_autofree char *source = NULL;

  if (nodes == NULL)
    {
      gantry_node_exchange_complain (exchange->widget, _ ("Nothing Was Imported"), error->message);
      return;
    }
  if (nodes->len == 0)
    {
      source = g_strdup_printf (_ ("“%s” can be read, but there is no node in it."), name);
      gantry_node_exchange_complain (exchange->widget, _ ("Nothing Was Imported"), source);
      return;
    }
  source = g_strdup_printf (ngettext ("%u node is in “%s”. Nothing is saved yet.",
                                      "%u nodes are in “%s”. Nothing is saved yet.", nodes->len),
                            nodes->len, name);
  gantry_node_exchange_ask (exchange->widget, exchange->engine, nodes, source);
}

void
gantry_node_exchange_import_from (GtkWidget *widget, GantryEngine *engine, const char *path)
{
  gantry_engine_read_nodes_async (engine, path, NULL, on_read, exchange_new (widget, engine, path));
}

/* ---- Out ------------------------------------------------------------------------------------- */

static void
on_written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Exchange) exchange = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = get_shown_name (exchange->path);
  g_autofree char *text = NULL;

  if (!gantry_engine_export_nodes_finish (GANTRY_ENGINE (object), result, &error))
    {
      gantry_node_exchange_complain (exchange->widget, _ ("Nothing Was Exported"), error->message);
      return;
    }
  text = g_strdup_printf (_ ("The nodes are in “%s”."), name);
  gtk_widget_activate_action (exchange->widget, "win.toast", "s", text);
}

void
gantry_node_exchange_export_to (GtkWidget *widget, GantryEngine *engine, const char *path)
{
  g_autofree char *lower = g_utf8_strdown (path, -1);

  gantry_engine_export_nodes_async (
      engine, path, g_str_has_suffix (lower, ".json") ? GANTRY_REPORT_JSON : GANTRY_REPORT_CSV,
      NULL, on_written, exchange_new (widget, engine, path));
}

/* ---- File dialogs ---------------------------------------------------------------------------- */

static void
file_chosen (GtkNativeDialog *chooser, int response, Exchange *exchange)
{
  gboolean out
      = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (chooser)) == GTK_FILE_CHOOSER_ACTION_SAVE;
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  path = file != NULL ? g_file_get_path (file) : NULL;
  if (path != NULL && out)
    gantry_node_exchange_export_to (exchange->widget, exchange->engine, path);
  else if (path != NULL)
    gantry_node_exchange_import_from (exchange->widget, exchange->engine, path);
  else if (file != NULL)
    gtk_widget_activate_action (exchange->widget, "win.toast", "s",
                                _ ("Choose a folder on this computer."));
  exchange_free (exchange);
  g_object_unref (chooser);
}

static void
choose (GtkWidget *widget,
        GantryEngine *engine,
        const char *title,
        GtkFileChooserAction action,
        const char *accept,
        const char *filter_name,
        const char *const *suffixes)
{
  GtkFileChooserNative *chooser
      = gtk_file_chooser_native_new (title, get_window (widget), action, accept, _ ("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_filter_set_name (filter, filter_name);
  for (guint i = 0; suffixes[i] != NULL; i++)
    gtk_file_filter_add_suffix (filter, suffixes[i]);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  if (action == GTK_FILE_CHOOSER_ACTION_SAVE)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "gantry-nodes.csv");
  else
    {
      g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

      gtk_file_filter_set_name (all, _ ("All Files"));
      gtk_file_filter_add_pattern (all, "*");
      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), all);
    }
  g_signal_connect (chooser, "response", G_CALLBACK (file_chosen),
                    exchange_new (widget, engine, NULL));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
gantry_node_exchange_import (GtkWidget *widget, GantryEngine *engine)
{
  const char *const suffixes[] = { "csv", "json", "cfg", NULL };

  choose (widget, engine, _ ("Import Nodes"), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"),
          _ ("CSV, JSON, orthanc.json or dcmqrscp.cfg"), suffixes);
}

void
gantry_node_exchange_export (GtkWidget *widget, GantryEngine *engine)
{
  const char *const suffixes[] = { "csv", "json", NULL };

  choose (widget, engine, _ ("Export Nodes"), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"),
          _ ("A table (.csv) or JSON (.json), as the name ends"), suffixes);
}
