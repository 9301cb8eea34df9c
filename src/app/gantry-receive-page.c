/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-receive-page.h"

#include <glib/gi18n-lib.h>

#include "gantry-associations-view.h"
#include "gantry-format.h"
#include "gantry-former-scenarios.h"
#include "gantry-listener-card.h"
#include "gantry-receiver-preferences.h"
#include "gantry-settings.h"
#include "gantry-studies-view.h"
#include "gantry-test-behaviour.h"

struct _GantryReceivePage
{
  AdwBin parent_instance;

  GantryListenerCard *card;
  GtkWidget *test_banner;
  GtkStack *stack;
  GantryAssociationsView *associations;
  GantryStudiesView *studies;

  GantryEngine *engine;
  guint active; /* associations open now */
};

G_DEFINE_FINAL_TYPE (GantryReceivePage, gantry_receive_page, ADW_TYPE_BIN)

enum
{
  PROP_ACTIVE = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
clear_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  gantry_associations_view_clear (GANTRY_RECEIVE_PAGE (widget)->associations);
}

static void
open_folder_activated (GtkWidget *widget,
                       const char *name G_GNUC_UNUSED,
                       GVariant *value G_GNUC_UNUSED)
{
  gantry_studies_view_open_folder (GANTRY_RECEIVE_PAGE (widget)->studies);
}

static void
preferences_activated (GtkWidget *widget,
                       const char *name G_GNUC_UNUSED,
                       GVariant *value G_GNUC_UNUSED)
{
  gtk_window_present (
      GTK_WINDOW (gantry_receiver_preferences_new (GTK_WINDOW (gtk_widget_get_root (widget)))));
}

static void
test_behaviour_activated (GtkWidget *widget,
                          const char *name G_GNUC_UNUSED,
                          GVariant *value G_GNUC_UNUSED)
{
  gtk_window_present (GTK_WINDOW (gantry_test_behaviour_new (
      GTK_WINDOW (gtk_widget_get_root (widget)), GANTRY_RECEIVE_PAGE (widget)->engine)));
}

static void
show_listener (GantryReceivePage *self, const GantryListener *listener)
{
  gantry_listener_card_show (self->card, listener);
  gantry_associations_view_set_listening (self->associations, listener->on);
  if (*listener->directory != '\0')
    gantry_studies_view_set_directory (self->studies, listener->directory);
  if (listener->active != self->active)
    {
      self->active = listener->active;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
    }
}

/* ---- News ----------------------------------------------------------------------------------- */

/* Without the patient, unless the user allows it: a notification is seen on a locked screen. */
static void
tell_complete (const GantryStudy *study)
{
  GSettings *settings = gantry_settings_get ();
  GApplication *application = g_application_get_default ();
  g_autofree char *count = gantry_format_count (study->objects);
  g_autofree char *what = g_strdup_printf (
      ngettext ("%s object (%s)", "%s objects (%s)", study->objects), count, study->modalities);
  g_autofree char *name = gantry_format_text (study->patient_name, 0);
  g_autofree char *text
      = g_settings_get_boolean (settings, GANTRY_KEY_RECEIVE_NOTIFY_PATIENT) && *name != '\0'
            ? g_strjoin (" · ", name, what, NULL)
            : g_strdup (what);
  g_autoptr (GNotification) notification = NULL;

  if (application == NULL || !g_settings_get_boolean (settings, GANTRY_KEY_RECEIVE_NOTIFY))
    return;
  notification = g_notification_new (_ ("A study has been received"));
  g_notification_set_body (notification, text);
  g_application_send_notification (application, "study-complete", notification);
}

static void
toast (GantryReceivePage *self, const char *text)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", text);
}

static void
gantry_receive_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GantryReceivePage *self = GANTRY_RECEIVE_PAGE (object);

  switch (id)
    {
    case PROP_ACTIVE:
      g_value_set_uint (value, self->active);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gantry_receive_page_dispose (GObject *object)
{
  g_clear_object (&GANTRY_RECEIVE_PAGE (object)->engine);
  G_OBJECT_CLASS (gantry_receive_page_parent_class)->dispose (object);
}

static void
gantry_receive_page_class_init (GantryReceivePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = gantry_receive_page_get_property;
  object_class->dispose = gantry_receive_page_dispose;

  properties[PROP_ACTIVE]
      = g_param_spec_uint ("active", NULL, NULL, 0, G_MAXUINT, 0,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (GANTRY_TYPE_LISTENER_CARD);
  g_type_ensure (GANTRY_TYPE_ASSOCIATIONS_VIEW);
  g_type_ensure (GANTRY_TYPE_STUDIES_VIEW);
  gtk_widget_class_install_action (widget_class, "receive.clear", NULL, clear_activated);
  gtk_widget_class_install_action (widget_class, "receive.test-behaviour", NULL,
                                   test_behaviour_activated);
  gtk_widget_class_install_action (widget_class, "receive.preferences", NULL,
                                   preferences_activated);
  gtk_widget_class_install_action (widget_class, "receive.open-folder", NULL,
                                   open_folder_activated);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-receive-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryReceivePage, card);
  gtk_widget_class_bind_template_child (widget_class, GantryReceivePage, test_banner);
  gtk_widget_class_bind_template_child (widget_class, GantryReceivePage, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryReceivePage, associations);
  gtk_widget_class_bind_template_child (widget_class, GantryReceivePage, studies);
}

static void
gantry_receive_page_init (GantryReceivePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
gantry_receive_page_set_engine (GantryReceivePage *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_RECEIVE_PAGE (self));

  g_set_object (&self->engine, engine);
  gantry_former_scenarios_carry_over (engine);
  gantry_associations_view_set_engine (self->associations, engine);
  gantry_studies_view_set_engine (self->studies, engine);
  gantry_listener_card_set_engine (self->card, engine);
  g_settings_bind (gantry_settings_get (), GANTRY_KEY_RECEIVE_TEST, self->test_banner, "visible",
                   G_SETTINGS_BIND_GET);
}

void
gantry_receive_page_handle_event (GantryReceivePage *self, GantryEvent *event)
{
  g_return_if_fail (GANTRY_IS_RECEIVE_PAGE (self));

  if (event->type == GANTRY_EVENT_LISTENER)
    show_listener (self, &event->listener);
  else if (event->type == GANTRY_EVENT_ASSOCIATION)
    gantry_associations_view_update (self->associations, event->association);
  else if (event->type == GANTRY_EVENT_STUDIES_CHANGED)
    gantry_studies_view_refresh (self->studies);
  else if (event->type == GANTRY_EVENT_STUDY_COMPLETE)
    tell_complete (event->study);
  else if (event->type == GANTRY_EVENT_COMMAND && !event->command->ok)
    toast (self, event->command->message);
  else if (event->type == GANTRY_EVENT_LOG && *event->log.message != '\0')
    toast (self, event->log.message);
}

void
gantry_receive_page_focus_filter (GantryReceivePage *self)
{
  g_return_if_fail (GANTRY_IS_RECEIVE_PAGE (self));

  if (gtk_stack_get_visible_child (self->stack) == GTK_WIDGET (self->studies))
    gantry_studies_view_focus_filter (self->studies);
  else
    gantry_associations_view_focus_filter (self->associations);
}
