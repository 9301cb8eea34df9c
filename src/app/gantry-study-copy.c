/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-study-copy.h"

#include <glib/gi18n-lib.h>

#include "gantry-copy-words.h"
#include "gantry-settings.h"
#include "gantry-window.h"
#include "gantry-work-dialog.h"

#define CHOICE "layout"

typedef struct
{
  GtkWidget *widget; /* weak; NULL: its window has been closed */
  GantryEngine *engine;
  GantryReceivedChoice *choices;
  gsize n;
  char *folder;
  GantryLayout layout;
  GantryWorkDialog *dialog; /* NULL: not yet */
} Copy;

static Copy *
copy_new (GtkWidget *widget, GantryEngine *engine, const GantryReceivedChoice *choices, gsize n)
{
  Copy *copy = g_new0 (Copy, 1);

  g_set_weak_pointer (&copy->widget, widget);
  copy->engine = g_object_ref (engine);
  copy->choices = g_memdup2 (choices, n * sizeof *choices);
  copy->n = n;
  return copy;
}

static void
copy_free (Copy *copy)
{
  g_clear_pointer (&copy->dialog, gantry_work_dialog_free);
  g_clear_weak_pointer (&copy->widget);
  g_object_unref (copy->engine);
  g_free (copy->choices);
  g_free (copy->folder);
  g_free (copy);
}

/* ---- Copying ----------------------------------------------------------------------------------
 */

static void
progress (guint64 done, guint64 total, gpointer data)
{
  gantry_work_dialog_set_progress (((Copy *)data)->dialog, done, total);
}

static void
copied (GObject *engine, GAsyncResult *answer, gpointer data)
{
  Copy *copy = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryCopyResult) result
      = gantry_engine_copy_received_finish (GANTRY_ENGINE (engine), answer, &error);
  g_autofree char *text = result != NULL ? gantry_copy_result_describe (result, copy->folder)
                                         : g_strdup (error->message);

  gantry_window_tell (copy->widget, text);
  copy_free (copy);
}

static void
copy_start (Copy *copy)
{
  copy->dialog = gantry_work_dialog_new (copy->widget, FALSE, _ ("Copying Objects"),
                                         _ ("What is in the folder already is not overwritten."),
                                         _ ("Objects copied"));
  gantry_engine_copy_received_async (
      copy->engine, copy->choices, copy->n, copy->folder, copy->layout, progress,
      gantry_work_dialog_get_cancellable (copy->dialog), copied, copy);
}

/* ---- Where to ---------------------------------------------------------------------------------
 */

static const struct
{
  const char *id, *title;
  GantryLayout layout;
} layouts[] = {
  { "patient", N_ ("By patient and date"), GANTRY_LAYOUT_PATIENT },
  { "uids", N_ ("By UIDs"), GANTRY_LAYOUT_UIDS },
  { "flat", N_ ("All in one folder"), GANTRY_LAYOUT_FLAT },
};

static GantryLayout
get_kept (void)
{
  return (GantryLayout)g_settings_get_enum (gantry_settings_get (), GANTRY_KEY_RECEIVE_LAYOUT);
}

/* As the receiver keeps them comes first, unless that is a pattern of the user's own: what GTK 4.8
 * shows of a list of choices is its first. */
static void
add_layouts (GtkFileChooser *chooser)
{
  const char *ids[G_N_ELEMENTS (layouts) + 1] = { NULL };
  const char *titles[G_N_ELEMENTS (layouts) + 1] = { NULL };
  guint n = 0;

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
      if ((layouts[i].layout == get_kept ()) == (pass == 0))
        {
          ids[n] = layouts[i].id;
          titles[n++] = _ (layouts[i].title);
        }
  gtk_file_chooser_add_choice (chooser, CHOICE, _ ("Folders:"), ids, titles);
  gtk_file_chooser_set_choice (chooser, CHOICE, ids[0]);
}

static GantryLayout
read_layout (GtkFileChooser *chooser)
{
  const char *chosen = gtk_file_chooser_get_choice (chooser, CHOICE);
  GantryLayout kept = get_kept ();

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
    if (g_strcmp0 (chosen, layouts[i].id) == 0)
      return layouts[i].layout;
  return kept != GANTRY_LAYOUT_PATTERN ? kept : layouts[0].layout;
}

static void
folder_chosen (GtkNativeDialog *chooser, int response, Copy *copy)
{
  g_autoptr (GFile) folder = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  copy->folder = folder != NULL ? g_file_get_path (folder) : NULL;
  copy->layout = read_layout (GTK_FILE_CHOOSER (chooser));
  if (copy->folder != NULL)
    {
      copy_start (copy);
    }
  else
    {
      if (folder != NULL)
        gantry_window_tell (copy->widget, _ ("Choose a folder on this computer."));
      copy_free (copy);
    }
  g_object_unref (chooser);
}

void
gantry_study_copy_present (GtkWidget *widget,
                           GantryEngine *engine,
                           const GantryReceivedChoice *choices,
                           gsize n)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _ ("Copy to a Folder"), GTK_WINDOW (root), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Copy"),
      _ ("_Cancel"));

  g_autoptr (GFile) home = g_file_new_for_path (g_get_home_dir ());

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), home, NULL);
  add_layouts (GTK_FILE_CHOOSER (chooser));
  g_signal_connect (chooser, "response", G_CALLBACK (folder_chosen),
                    copy_new (widget, engine, choices, n));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
gantry_study_copy_to (GtkWidget *widget,
                      GantryEngine *engine,
                      const GantryReceivedChoice *choices,
                      gsize n,
                      const char *folder,
                      GantryLayout layout)
{
  Copy *copy = copy_new (widget, engine, choices, n);

  copy->folder = g_strdup (folder);
  copy->layout = layout;
  copy_start (copy);
}
