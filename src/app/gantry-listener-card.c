/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-listener-card.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-addresses.h"
#include "gantry-format.h"
#include "gantry-listener-settings.h"
#include "gantry-receiver-settings.h"
#include "gantry-settings.h"

/* How often free space is looked up while the page is visible, s. */
#define SPACE_INTERVAL 15

struct _GantryListenerCard
{
  AdwBin parent_instance;

  GtkSwitch *on_switch;
  GtkLabel *title_label;
  GtkLabel *addresses_label;
  GtkLabel *state_label;
  GtkWidget *copy_button;
  GtkMenuButton *settings_button;
  GtkWidget *failure_box;
  GtkLabel *failure_label;
  GtkWidget *space_box;
  GtkLabel *space_label;

  GantryEngine *engine;
  GSettings *settings;
  gboolean on;    /* as the engine told last */
  char *ae_title; /* what it really listens as */
  guint16 port;
  char *directory;
  char *message; /* "" */
  guint active;
  gboolean tls;       /* encrypted connections only */
  gboolean low_space; /* new objects are refused */
  gint64 free_space;  /* bytes, -1: not known */
  GCancellable *space_query;
  guint space_id;
  guint apply_id;
  char *applied; /* what the receiver was last started with, signed; NULL: it was not */
};

G_DEFINE_FINAL_TYPE (GantryListenerCard, gantry_listener_card, ADW_TYPE_BIN)

/* ---- What it says ------------------------------------------------------------------------- */

static gboolean
is_wanted (GantryListenerCard *self)
{
  return self->settings != NULL && g_settings_get_boolean (self->settings, GANTRY_KEY_RECEIVE_ON);
}

static char *
format_title (GantryListenerCard *self)
{
  g_autofree char *ae_title = NULL;
  guint port;

  if (self->on)
    return g_strdup_printf (_ ("Receiving as %s on port %u"), self->ae_title, self->port);
  if (self->settings == NULL)
    return g_strdup (_ ("The receiver is off"));

  ae_title = g_settings_get_string (self->settings, GANTRY_KEY_RECEIVE_AE_TITLE);
  port = g_settings_get_uint (self->settings, GANTRY_KEY_RECEIVE_PORT);
  if (is_wanted (self) && *self->message == '\0')
    return g_strdup_printf (_ ("Starting as %s on port %u…"), ae_title, port);
  if (is_wanted (self))
    return g_strdup_printf (_ ("Not receiving as %s on port %u"), ae_title, port);
  return g_strdup_printf (_ ("The receiver is off. It would be %s on port %u."), ae_title, port);
}

static gboolean
has_list (GantryListenerCard *self, const char *key)
{
  g_auto (GStrv) list = g_settings_get_strv (self->settings, key);

  return *list != NULL;
}

static const char *
describe_access (GantryListenerCard *self)
{
  if (has_list (self, GANTRY_KEY_RECEIVE_CALLERS) || has_list (self, GANTRY_KEY_RECEIVE_NETWORKS))
    return _ ("Open to the callers in the settings");
  return g_settings_get_boolean (self->settings, GANTRY_KEY_RECEIVE_CHECK_CALLED)
             ? _ ("Open to callers that know the AE title")
             : _ ("Open to any caller");
}

/* Pieces that stand for themselves: "Open to any caller · 2 active · 38 GB free" */
static char *
format_state (GantryListenerCard *self)
{
  g_autoptr (GStrvBuilder) pieces = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  if (!self->on)
    return g_strdup ("");

  g_strv_builder_add (pieces, describe_access (self));
  if (self->tls)
    g_strv_builder_add (pieces, _ ("Encrypted connections only"));
  if (self->active > 0)
    {
      g_autofree char *count = gantry_format_count (self->active);
      g_autofree char *active
          = g_strdup_printf (ngettext ("%s active", "%s active", self->active), count);
      g_strv_builder_add (pieces, active);
    }
  if (self->free_space >= 0)
    {
      g_autofree char *size = gantry_format_size ((guint64)self->free_space);
      g_autofree char *space = g_strdup_printf (_ ("%s free"), size);
      g_strv_builder_add (pieces, space);
    }
  list = g_strv_builder_end (pieces);
  return g_strjoinv (" · ", list);
}

static void
update_space (GantryListenerCard *self)
{
  g_autofree char *size = gantry_format_size ((guint64)MAX (self->free_space, 0));
  g_autofree char *text
      = g_strdup_printf (_ ("The disk is nearly full: %s are free, which is less than the reserve. "
                            "New objects are refused (A700) until you make room; they are taken "
                            "again then."),
                         size);

  gtk_label_set_text (self->space_label, text);
  gtk_widget_set_visible (self->space_box, self->on && self->low_space);
}

static void
update_texts (GantryListenerCard *self)
{
  g_autofree char *title = format_title (self);
  g_autofree char *state = format_state (self);

  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->state_label, state);
  gtk_widget_set_visible (GTK_WIDGET (self->state_label), *state != '\0');
  gtk_label_set_text (self->failure_label, self->message);
  gtk_widget_set_visible (self->failure_box, *self->message != '\0' && is_wanted (self));
  update_space (self);
}

static void
update_addresses (GantryListenerCard *self)
{
  g_auto (GStrv) addresses = gantry_addresses_list ();
  g_autofree char *text = g_strjoinv (", ", addresses);

  gtk_label_set_text (self->addresses_label, text);
}

/* The switch shows what the user wants; its state what is. */
static void
update_switch (GantryListenerCard *self)
{
  gboolean wanted = is_wanted (self);

  if (gtk_switch_get_active (self->on_switch) != wanted)
    gtk_switch_set_active (self->on_switch, wanted);
  gtk_switch_set_state (self->on_switch, wanted && self->on);
}

/* ---- Free space --------------------------------------------------------------------------- */

static void
on_space (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info
      = g_file_query_filesystem_info_finish (G_FILE (object), result, &error);
  GantryListenerCard *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->free_space
      = info != NULL && g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE)
            ? (gint64)g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE)
            : -1;
  update_texts (self);
}

static void
query_space (GantryListenerCard *self)
{
  g_autoptr (GFile) folder = NULL;

  if (!self->on || *self->directory == '\0')
    return;
  g_cancellable_cancel (self->space_query);
  g_clear_object (&self->space_query);
  self->space_query = g_cancellable_new ();
  folder = g_file_new_for_path (self->directory);
  g_file_query_filesystem_info_async (folder, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, G_PRIORITY_DEFAULT,
                                      self->space_query, on_space, self);
}

static gboolean
on_space_timer (gpointer data)
{
  query_space (data);
  return G_SOURCE_CONTINUE;
}

static void
gantry_listener_card_map (GtkWidget *widget)
{
  GantryListenerCard *self = GANTRY_LISTENER_CARD (widget);

  GTK_WIDGET_CLASS (gantry_listener_card_parent_class)->map (widget);
  update_addresses (self);
  query_space (self);
  self->space_id = g_timeout_add_seconds (SPACE_INTERVAL, on_space_timer, self);
}

static void
gantry_listener_card_unmap (GtkWidget *widget)
{
  GantryListenerCard *self = GANTRY_LISTENER_CARD (widget);

  g_clear_handle_id (&self->space_id, g_source_remove);
  GTK_WIDGET_CLASS (gantry_listener_card_parent_class)->unmap (widget);
}

/* ---- Commands ----------------------------------------------------------------------------- */

static void
apply (GantryListenerCard *self)
{
  gantry_record_set (&self->message, "");
  if (is_wanted (self))
    {
      g_auto (GantryReceiverSettings) receiver = { 0 };

      gantry_receiver_settings_read (&receiver);
      g_free (self->applied);
      self->applied = gantry_receiver_settings_sign (&receiver);
      gantry_engine_listen (self->engine, &receiver.listen);
    }
  else
    {
      g_clear_pointer (&self->applied, g_free);
      gantry_engine_stop_listening (self->engine);
    }
  update_switch (self);
  update_texts (self);
}

/* Starting anew aborts what is open, so only for what makes a difference. */
static gboolean
needs_apply (GantryListenerCard *self)
{
  g_auto (GantryReceiverSettings) receiver = { 0 };
  g_autofree char *sign = NULL;

  if (!is_wanted (self) || self->applied == NULL)
    return is_wanted (self) != (self->applied != NULL);
  gantry_receiver_settings_read (&receiver);
  sign = gantry_receiver_settings_sign (&receiver);
  return strcmp (sign, self->applied) != 0;
}

static gboolean
on_apply (gpointer data)
{
  GantryListenerCard *self = data;

  self->apply_id = 0;
  if (needs_apply (self))
    apply (self);
  update_texts (self);
  return G_SOURCE_REMOVE;
}

/* Several keys may change in a row; that is one new start. */
static void
on_setting (GSettings *settings, const char *key, GantryListenerCard *self)
{
  gboolean ours = g_str_has_prefix (key, "receive-")
                  || (g_str_has_prefix (key, "tls-")
                      && g_settings_get_boolean (settings, GANTRY_KEY_RECEIVE_TLS));

  if (ours && self->apply_id == 0)
    self->apply_id = g_idle_add (on_apply, self);
}

static gboolean
on_state_set (GtkSwitch *widget G_GNUC_UNUSED, gboolean on, GantryListenerCard *self)
{
  if (self->settings != NULL && on != is_wanted (self))
    g_settings_set_boolean (self->settings, GANTRY_KEY_RECEIVE_ON, on);
  /* The state follows when the engine has answered. */
  return TRUE;
}

static void
on_copy (GantryListenerCard *self)
{
  g_auto (GStrv) addresses = gantry_addresses_list ();
  g_autofree char *list = g_strjoinv (", ", addresses);
  g_autofree char *ae_title
      = self->on ? g_strdup (self->ae_title)
                 : g_settings_get_string (self->settings, GANTRY_KEY_RECEIVE_AE_TITLE);
  guint port
      = self->on ? self->port : g_settings_get_uint (self->settings, GANTRY_KEY_RECEIVE_PORT);
  /* Translators: lines that are sent to the administrator of the other system */
  g_autofree char *text
      = g_strdup_printf (_ ("AE title: %s\nAddress: %s\nPort: %u\n"), ae_title, list, port);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                              _ ("AE title, addresses and port copied"));
}

/* ---- The class ---------------------------------------------------------------------------- */

static void
gantry_listener_card_dispose (GObject *object)
{
  GantryListenerCard *self = GANTRY_LISTENER_CARD (object);

  g_cancellable_cancel (self->space_query);
  g_clear_object (&self->space_query);
  g_clear_handle_id (&self->space_id, g_source_remove);
  g_clear_handle_id (&self->apply_id, g_source_remove);
  g_clear_object (&self->settings);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_listener_card_parent_class)->dispose (object);
}

static void
gantry_listener_card_finalize (GObject *object)
{
  GantryListenerCard *self = GANTRY_LISTENER_CARD (object);

  g_free (self->ae_title);
  g_free (self->directory);
  g_free (self->message);
  g_free (self->applied);
  G_OBJECT_CLASS (gantry_listener_card_parent_class)->finalize (object);
}

static void
gantry_listener_card_class_init (GantryListenerCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = gantry_listener_card_dispose;
  object_class->finalize = gantry_listener_card_finalize;
  widget_class->map = gantry_listener_card_map;
  widget_class->unmap = gantry_listener_card_unmap;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-listener-card.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryListenerCard, on_switch);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerCard, title_label);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerCard, addresses_label);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerCard, state_label);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerCard, copy_button);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerCard, settings_button);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerCard, failure_box);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerCard, failure_label);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerCard, space_box);
  gtk_widget_class_bind_template_child (widget_class, GantryListenerCard, space_label);
  gtk_widget_class_bind_template_callback (widget_class, on_state_set);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, apply);
}

static void
gantry_listener_card_init (GantryListenerCard *self)
{
  self->ae_title = g_strdup ("");
  self->directory = g_strdup ("");
  self->message = g_strdup ("");
  self->free_space = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_popover (self->settings_button, gantry_listener_settings_new ());
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                           G_CALLBACK (update_addresses), self, G_CONNECT_SWAPPED);
  gtk_widget_set_sensitive (self->copy_button, FALSE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->settings_button), FALSE);
  update_addresses (self);
  update_texts (self);
}

void
gantry_listener_card_set_engine (GantryListenerCard *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_LISTENER_CARD (self));
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  self->settings = g_object_ref (gantry_settings_get ());
  g_signal_connect_object (self->settings, "changed", G_CALLBACK (on_setting), self, 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->on_switch), TRUE);
  gtk_widget_set_sensitive (self->copy_button, TRUE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->settings_button), TRUE);
  if (is_wanted (self))
    apply (self);
  update_texts (self);
}

void
gantry_listener_card_show (GantryListenerCard *self, const GantryListener *listener)
{
  g_return_if_fail (GANTRY_IS_LISTENER_CARD (self));

  gboolean moved = g_strcmp0 (self->directory, listener->directory) != 0;

  self->on = listener->on;
  self->port = listener->port;
  self->active = listener->active;
  self->tls = listener->tls;
  gantry_record_set (&self->ae_title, listener->ae_title);
  gantry_record_set (&self->directory, listener->directory);
  gantry_record_set (&self->message, listener->message);
  self->low_space = listener->low_space;
  if (moved)
    self->free_space = -1;
  if (self->on && listener->free_bytes > 0)
    self->free_space = (gint64)listener->free_bytes;
  if (self->on && self->free_space < 0)
    query_space (self);
  update_switch (self);
  update_texts (self);
}
