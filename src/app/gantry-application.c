/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-application.h"

#include <glib/gi18n-lib.h>

#include "gantry-engine.h"
#include "gantry-profile.h"
#include "gantry-resources.h"
#include "gantry-settings.h"
#include "gantry-window.h"

struct _GantryApplication
{
  AdwApplication parent_instance;

  GantryEngine *engine;
  GantryWindow *window; /* not owned: GTK does, until it is closed */
  char *profile;        /* NULL: the default one */
};

G_DEFINE_FINAL_TYPE (GantryApplication, gantry_application, ADW_TYPE_APPLICATION)

static void
on_event (GantryEvent *event, gpointer user_data)
{
  GantryApplication *self = user_data;

  if (self->window != NULL)
    gantry_window_handle_event (self->window, event);
}

static gboolean
start_engine (GantryApplication *self, GError **error)
{
  g_autoptr (GantryProfile) profile = NULL;

  if (!gantry_settings_open (self->profile, error))
    return FALSE;
  profile = gantry_profile_open (self->profile, error);
  if (profile == NULL)
    return FALSE;

  self->engine = gantry_engine_new (&(GantryEngineOptions){ .profile = profile,
                                                            .draft = "window",
                                                            .run_queue = TRUE,
                                                            .run_receiver = TRUE,
                                                            .event_func = on_event,
                                                            .user_data = self },
                                    error);
  return self->engine != NULL;
}

static void
gantry_application_activate (GApplication *application)
{
  GantryApplication *self = GANTRY_APPLICATION (application);
  g_autoptr (GError) error = NULL;

  if (self->window == NULL)
    {
      gboolean started = start_engine (self, &error);

      self->window = gantry_window_new (GTK_APPLICATION (self));
      if (started)
        gantry_window_set_engine (self->window, self->engine);
      else
        gantry_window_show_failure (self->window, _ ("Gantry Cannot Start"), error->message);
    }
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
gantry_application_shutdown (GApplication *application)
{
  GantryApplication *self = GANTRY_APPLICATION (application);

  if (self->engine != NULL)
    gantry_engine_close (self->engine);
  g_clear_object (&self->engine);
  gantry_settings_close ();
  G_APPLICATION_CLASS (gantry_application_parent_class)->shutdown (application);
}

static void
gantry_application_finalize (GObject *object)
{
  GantryApplication *self = GANTRY_APPLICATION (object);

  g_free (self->profile);
  G_OBJECT_CLASS (gantry_application_parent_class)->finalize (object);
}

static void
gantry_application_class_init (GantryApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->finalize = gantry_application_finalize;
  application_class->activate = gantry_application_activate;
  application_class->shutdown = gantry_application_shutdown;
}

static void
gantry_application_init (GantryApplication *self G_GNUC_UNUSED)
{
}

void
gantry_application_init_resources (void)
{
  static gsize done;

  if (g_once_init_enter (&done))
    {
      gantry_app_register_resource ();
      g_once_init_leave (&done, 1);
    }
}

GantryApplication *
gantry_application_new (GApplicationFlags flags)
{
  gantry_application_init_resources ();
  return g_object_new (GANTRY_TYPE_APPLICATION, "application-id", GANTRY_APP_ID, "flags", flags,
                       "resource-base-path", "/io/github/gantry/Gantry", NULL);
}
