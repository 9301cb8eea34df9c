/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-watch-bar.h"

#include <glib/gi18n-lib.h>

#include "gantry-settings.h"

struct _GantryWatchBar
{
  AdwBin parent_instance;

  GtkSwitch *watch;
  GtkDropDown *interval;

  GantryEngine *engine;
};

G_DEFINE_FINAL_TYPE (GantryWatchBar, gantry_watch_bar, ADW_TYPE_BIN)

/* Seconds, in the order of the drop-down. */
static const guint intervals[] = { 5, 10, 30, 60, 300, 900 };

static char *
describe_interval (guint seconds)
{
  if (seconds < 60)
    return g_strdup_printf (ngettext ("every %u second", "every %u seconds", seconds), seconds);
  return g_strdup_printf (ngettext ("every %u minute", "every %u minutes", seconds / 60),
                          seconds / 60);
}

/* A number between two of ours was written by hand: the next longer one is shown, the engine takes
 * it as it is. */
static gboolean
seconds_to_index (GValue *value, GVariant *variant, gpointer data G_GNUC_UNUSED)
{
  guint index = 0;

  while (index + 1 < G_N_ELEMENTS (intervals) && intervals[index] < g_variant_get_uint32 (variant))
    index++;
  g_value_set_uint (value, index);
  return TRUE;
}

static GVariant *
index_to_seconds (const GValue *value,
                  const GVariantType *type G_GNUC_UNUSED,
                  gpointer data G_GNUC_UNUSED)
{
  guint index = g_value_get_uint (value);

  return index < G_N_ELEMENTS (intervals) ? g_variant_new_uint32 (intervals[index]) : NULL;
}

static void
apply (GantryWatchBar *self)
{
  GSettings *settings = gantry_settings_get ();

  gantry_engine_watch_nodes (self->engine,
                             g_settings_get_boolean (settings, GANTRY_KEY_WATCH_NODES)
                                 ? g_settings_get_uint (settings, GANTRY_KEY_WATCH_SECONDS)
                                 : 0);
}

static void
gantry_watch_bar_dispose (GObject *object)
{
  g_clear_object (&GANTRY_WATCH_BAR (object)->engine);
  G_OBJECT_CLASS (gantry_watch_bar_parent_class)->dispose (object);
}

static void
gantry_watch_bar_class_init (GantryWatchBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_watch_bar_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-watch-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryWatchBar, watch);
  gtk_widget_class_bind_template_child (widget_class, GantryWatchBar, interval);
}

static void
gantry_watch_bar_init (GantryWatchBar *self)
{
  GSettings *settings = gantry_settings_get ();
  g_autoptr (GtkStringList) texts = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (intervals); i++)
    gtk_string_list_take (texts, describe_interval (intervals[i]));
  gtk_drop_down_set_model (self->interval, G_LIST_MODEL (texts));
  if (settings == NULL)
    return;
  g_settings_bind (settings, GANTRY_KEY_WATCH_NODES, self->watch, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind_with_mapping (settings, GANTRY_KEY_WATCH_SECONDS, self->interval, "selected",
                                G_SETTINGS_BIND_DEFAULT, seconds_to_index, index_to_seconds, NULL,
                                NULL);
}

void
gantry_watch_bar_set_engine (GantryWatchBar *self, GantryEngine *engine)
{
  GSettings *settings = gantry_settings_get ();

  g_return_if_fail (GANTRY_IS_WATCH_BAR (self));
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (settings, "changed::" GANTRY_KEY_WATCH_NODES, G_CALLBACK (apply), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::" GANTRY_KEY_WATCH_SECONDS, G_CALLBACK (apply), self,
                           G_CONNECT_SWAPPED);
  if (g_settings_get_boolean (settings, GANTRY_KEY_WATCH_NODES))
    apply (self);
}
