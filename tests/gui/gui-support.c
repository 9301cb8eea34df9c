/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gui-support.h"

#include "gantry-application.h"
#include "gantry-settings.h"

static GtkApplication *application;
static char *profile;

static gboolean
wake_up (gpointer data G_GNUC_UNUSED)
{
  return G_SOURCE_CONTINUE;
}

void
gui_turn (void)
{
  guint id = g_timeout_add (20, wake_up, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

void
gui_init (int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;

  /* Makes GTK's own accessibility tree, without a bus. */
  g_setenv ("GTK_A11Y", "test", TRUE);
  g_test_init (argc, argv, NULL);
  adw_init ();

  profile = g_dir_make_tmp ("gantry-gui-XXXXXX", &error);
  g_assert_no_error (error);
  g_assert_true (gantry_settings_open (profile, &error));
  g_assert_no_error (error);

  gantry_application_init_resources ();
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", GANTRY_APP_ID ".Test",
                              "flags", G_APPLICATION_NON_UNIQUE, "resource-base-path",
                              "/io/github/gantry/Gantry", NULL);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
}

int
gui_run (void)
{
  const char *const argv[] = { "rm", "-rf", "--", profile, NULL };
  int status = g_test_run ();

  gantry_settings_close ();
  g_object_unref (application);
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (profile);
  return status;
}

GtkApplication *
gui_get_application (void)
{
  return application;
}

const char *
gui_get_profile (void)
{
  return profile;
}

static GtkWidget *
find_label (GtkWidget *root, const char *text, gboolean whole)
{
  const char *shown = NULL;

  if (!gtk_widget_get_visible (root) || !gtk_widget_get_child_visible (root))
    return NULL;
  if (GTK_IS_LABEL (root))
    shown = gtk_label_get_text (GTK_LABEL (root));
  if (shown != NULL && (whole ? g_str_equal (shown, text) : strstr (shown, text) != NULL))
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_label (child, text, whole);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
gui_find_text (GtkWidget *root, const char *text)
{
  return find_label (root, text, TRUE);
}

GtkWidget *
gui_find_part (GtkWidget *root, const char *part)
{
  return find_label (root, part, FALSE);
}

GtkWidget *
gui_find_type (GtkWidget *root, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = gui_find_type (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
gui_find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (g_type_is_a (G_OBJECT_TYPE (window), type) && gtk_widget_get_visible (window))
        return window; /* GTK holds it */
    }
  return NULL;
}
