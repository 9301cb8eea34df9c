/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-former-scenarios.h"

#include <string.h>

#include "gantry-settings.h"

/* One on its way. */
typedef struct
{
  GSettings *settings;
  char *name; /* in the settings */
} Former;

static void
former_free (Former *former)
{
  g_object_unref (former->settings);
  g_free (former->name);
  g_free (former);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Former, former_free)

/* Takes one out of the settings, the last with the key. */
static void
drop (GSettings *settings, const char *name)
{
  g_autoptr (GVariant) old = g_settings_get_value (settings, GANTRY_KEY_RECEIVE_SCENARIOS);
  GVariantBuilder builder;
  GVariantIter iter;
  const char *key, *words;
  guint n = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_iter_init (&iter, old);
  while (g_variant_iter_next (&iter, "{&s&s}", &key, &words))
    if (strcmp (key, name) != 0)
      {
        g_variant_builder_add (&builder, "{ss}", key, words);
        n++;
      }
  g_settings_set_value (settings, GANTRY_KEY_RECEIVE_SCENARIOS, g_variant_builder_end (&builder));
  if (n == 0)
    g_settings_reset (settings, GANTRY_KEY_RECEIVE_SCENARIOS);
}

static void
on_saved (GObject *engine, GAsyncResult *result, gpointer data)
{
  g_autoptr (Former) former = data;
  g_autoptr (GError) error = NULL;

  if (gantry_engine_save_scenario_finish (GANTRY_ENGINE (engine), result, &error))
    drop (former->settings, former->name);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_message ("A saved test behaviour stays in the settings: %s", error->message);
}

static const char *
find_words (GPtrArray *kept, const char *name)
{
  for (guint i = 0; i < kept->len; i++)
    if (strcmp (((GantryNamedScenario *)kept->pdata[i])->name, name) == 0)
      return ((GantryNamedScenario *)kept->pdata[i])->words;
  return NULL;
}

static void
carry_over (
    GantryEngine *engine, GSettings *settings, GPtrArray *kept, const char *name, const char *words)
{
  g_autofree char *free_name = g_strdup (name);
  const char *known;
  Former *former;

  for (guint n = 2; (known = find_words (kept, free_name)) != NULL && strcmp (known, words) != 0;
       n++)
    {
      g_free (free_name);
      free_name = g_strdup_printf ("%s %u", name, n);
    }
  g_ptr_array_add (kept, gantry_named_scenario_new (free_name, words));
  former = g_new (Former, 1);
  *former = (Former){ g_object_ref (settings), g_strdup (name) };
  gantry_engine_save_scenario_async (engine, free_name, words, NULL, on_saved, former);
}

static void
on_listed (GObject *engine, GAsyncResult *result, gpointer data)
{
  g_autoptr (GSettings) settings = data;
  g_autoptr (GVariant) former = g_settings_get_value (settings, GANTRY_KEY_RECEIVE_SCENARIOS);
  g_autoptr (GPtrArray) kept
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, NULL);
  GVariantIter iter;
  const char *name, *words;

  g_variant_iter_init (&iter, former);
  while (kept != NULL && g_variant_iter_next (&iter, "{&s&s}", &name, &words))
    carry_over (GANTRY_ENGINE (engine), settings, kept, name, words);
}

void
gantry_former_scenarios_carry_over (GantryEngine *engine)
{
  GSettings *settings = gantry_settings_get ();
  g_autoptr (GVariant) former = g_settings_get_value (settings, GANTRY_KEY_RECEIVE_SCENARIOS);

  if (g_variant_n_children (former) > 0)
    gantry_engine_list_scenarios_async (engine, NULL, on_listed, g_object_ref (settings));
}
