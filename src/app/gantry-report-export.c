/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-report-export.h"

#include <glib/gi18n-lib.h>

#include "gantry-window.h"
#include "gantry-work-dialog.h"

typedef struct
{
  GtkWidget *widget; /* weak; NULL: its window has been closed */
  GantryEngine *engine;
  gint64 job_id;
  char *path;
  GantryWorkDialog *dialog; /* NULL: not yet */
} Export;

static Export *
export_new (GtkWidget *widget, GantryEngine *engine, gint64 job_id)
{
  Export *export = g_new0 (Export, 1);

  g_set_weak_pointer (&export->widget, widget);
  export->engine = g_object_ref (engine);
  export->job_id = job_id;
  return export;
}

static void
export_free (Export *export)
{
  g_clear_pointer (&export->dialog, gantry_work_dialog_free);
  g_clear_weak_pointer (&export->widget);
  g_object_unref (export->engine);
  g_free (export->path);
  g_free (export);
}

/* ---- Progress ---------------------------------------------------------------------------------
 */

static void
progress (guint64 done, guint64 total, gpointer data)
{
  gantry_work_dialog_set_progress (((Export *)data)->dialog, done, total);
}

static void
exported (GObject *engine, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = gantry_engine_export_report_finish (GANTRY_ENGINE (engine), result, &error);
  g_autofree char *name = g_path_get_basename (export->path);
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *text = NULL;

  if (ok)
    /* Translators: %s is the name of a file */
    text = g_strdup_printf (_ ("The delivery report is in “%s”."), shown);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    text = g_strdup (_ ("Stopped. No report was written."));
  else
    text = g_strdup (error->message);
  gantry_window_tell (export->widget, text);
  export_free (export);
}

static void
export_start (Export *export)
{
  g_autofree char *lower = g_utf8_strdown (export->path, -1);
  GantryReportFormat format
      = g_str_has_suffix (lower, ".json") ? GANTRY_REPORT_JSON : GANTRY_REPORT_CSV;

  export->dialog = gantry_work_dialog_new (export->widget, TRUE, _ ("Writing the Delivery Report"),
                                           _ ("Each file is read once more, for its SHA-256."),
                                           _ ("Files read"));
  gantry_engine_export_report_async (export->engine, export->job_id, export->path, format, progress,
                                     gantry_work_dialog_get_cancellable (export->dialog), exported,
                                     export);
}

/* ---- Where to ---------------------------------------------------------------------------------
 */

static void
add_filter (GtkFileChooser *chooser)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("A table (.csv) or JSON (.json), as the name ends"));
  gtk_file_filter_add_suffix (filter, "csv");
  gtk_file_filter_add_suffix (filter, "json");
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
file_chosen (GtkNativeDialog *chooser, int response, Export *export)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  export->path = file != NULL ? g_file_get_path (file) : NULL;
  if (export->path != NULL)
    {
      export_start (export);
    }
  else
    {
      if (file != NULL)
        gantry_window_tell (export->widget, _ ("Choose a folder on this computer."));
      export_free (export);
    }
  g_object_unref (chooser);
}

void
gantry_report_export_present (GtkWidget *widget, GantryEngine *engine, gint64 job_id)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkFileChooserNative *chooser
      = gtk_file_chooser_native_new (_ ("Export Delivery Report"), GTK_WINDOW (root),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d");
  /* No patient in it: file names are seen by everybody. */
  g_autofree char *name
      = g_strdup_printf ("gantry-report-%s-%" G_GINT64_FORMAT ".csv", date, job_id);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  add_filter (GTK_FILE_CHOOSER (chooser));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  g_signal_connect (chooser, "response", G_CALLBACK (file_chosen),
                    export_new (widget, engine, job_id));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
gantry_report_export_to (GtkWidget *widget, GantryEngine *engine, gint64 job_id, const char *path)
{
  Export *export = export_new (widget, engine, job_id);

  export->path = g_strdup (path);
  export_start (export);
}
