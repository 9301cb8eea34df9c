/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-scenario.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-registry.h"
#include "gantry-words.h"

#define DELAY_MAX_MS 600000

struct _GantryScenario
{
  gint32 status; /* -1: as usual */
  guint every;   /* at least 1 */
  char **classes, **callers;
  guint delay_ms;
  guint abort_after, drop_after; /* 0: never */
  gboolean abort_in_data, drop_in_data;
  gboolean rejects;
  GantryReject reject;
  gboolean ignore, no_echo;
  gint counted; /* atomic: objects that it is about */
};

/* ---- Reading -------------------------------------------------------------------------------- */

static gboolean
complain (const char *word, GError **error)
{
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_SETTING,
               _ ("The test behaviour “%s” cannot be used."), word);
  return FALSE;
}

static gboolean
read_count (const char *value, guint most, guint *count)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, 1, most, &number, NULL))
    return FALSE;
  *count = (guint)number;
  return TRUE;
}

static gboolean
read_status (const char *value, gint32 *status)
{
  guint64 number;

  if (strlen (value) != 4 || !g_ascii_string_to_unsigned (value, 16, 0, 0xFFFF, &number, NULL))
    return FALSE;
  *status = (gint32)number;
  return TRUE;
}

static gboolean
read_reject (const char *value, GantryScenario *self)
{
  g_auto (GStrv) parts = g_strsplit (value, "/", -1);
  guint numbers[3];

  if (g_strv_length (parts) != 3)
    return FALSE;
  for (guint i = 0; i < 3; i++)
    if (!read_count (parts[i], 255, &numbers[i]))
      return FALSE;
  if (numbers[0] > 2 || numbers[1] > 3) /* PS3.8 9.3.4 */
    return FALSE;
  self->rejects = TRUE;
  self->reject = (GantryReject){ (guint8)numbers[0], (guint8)numbers[1], (guint8)numbers[2] };
  return TRUE;
}

static gboolean
read_value (GantryScenario *self,
            const char *name,
            const char *value,
            GStrvBuilder *classes,
            GStrvBuilder *callers)
{
  if (strcmp (name, "status") == 0)
    return read_status (value, &self->status);
  if (strcmp (name, "every") == 0)
    return read_count (value, G_MAXINT, &self->every);
  if (strcmp (name, "delay") == 0)
    return read_count (value, DELAY_MAX_MS, &self->delay_ms);
  if (strcmp (name, "abort-after") == 0)
    return read_count (value, G_MAXINT, &self->abort_after);
  if (strcmp (name, "drop-after") == 0)
    return read_count (value, G_MAXINT, &self->drop_after);
  if (strcmp (name, "reject") == 0)
    return read_reject (value, self);
  if (strcmp (name, "class") == 0 && gantry_uid_is_valid (value))
    {
      g_strv_builder_add (classes, value);
      return TRUE;
    }
  if (strcmp (name, "caller") == 0 && *value != '\0')
    {
      g_strv_builder_add (callers, value);
      return TRUE;
    }
  return FALSE;
}

static gboolean
read_flag (GantryScenario *self, const char *word)
{
  gboolean *flag = strcmp (word, "abort-in-data") == 0  ? &self->abort_in_data
                   : strcmp (word, "drop-in-data") == 0 ? &self->drop_in_data
                   : strcmp (word, "ignore") == 0       ? &self->ignore
                   : strcmp (word, "no-echo") == 0      ? &self->no_echo
                                                        : NULL;

  if (flag == NULL)
    return FALSE;
  *flag = TRUE;
  return TRUE;
}

static gboolean
read_word (GantryScenario *self,
           const char *word,
           GStrvBuilder *classes,
           GStrvBuilder *callers,
           GError **error)
{
  const char *equals = strchr (word, '=');
  g_autofree char *name = equals != NULL ? g_strndup (word, (gsize)(equals - word)) : NULL;

  if (name != NULL ? read_value (self, name, equals + 1, classes, callers) : read_flag (self, word))
    return TRUE;
  return complain (word, error);
}

static char **
end_list (GStrvBuilder *builder)
{
  char **list = g_strv_builder_end (builder);

  if (list[0] == NULL)
    g_clear_pointer (&list, g_strfreev);
  return list;
}

GantryScenario *
gantry_scenario_parse (const char *text, GError **error)
{
  g_autoptr (GantryScenario) self = g_new0 (GantryScenario, 1);
  g_autoptr (GStrvBuilder) classes = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) callers = g_strv_builder_new ();
  g_auto (GStrv) words = g_strsplit_set (text, " \t\n", -1);
  gboolean empty = TRUE;

  self->status = -1;
  self->every = 1;
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] == '\0')
        continue;
      empty = FALSE;
      if (!read_word (self, words[i], classes, callers, error))
        return NULL;
    }
  self->classes = end_list (classes);
  self->callers = end_list (callers);
  if (!empty)
    return g_steal_pointer (&self);
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_SETTING,
                       _ ("The test behaviour says nothing."));
  return NULL;
}

void
gantry_scenario_free (GantryScenario *self)
{
  g_strfreev (self->classes);
  g_strfreev (self->callers);
  g_free (self);
}

/* ---- Deciding ------------------------------------------------------------------------------- */

static gboolean
is_about_caller (const GantryScenario *self, const char *calling)
{
  for (guint i = 0; self->callers != NULL && self->callers[i] != NULL; i++)
    if (g_pattern_match_simple (self->callers[i], calling))
      return TRUE;
  return self->callers == NULL;
}

gboolean
gantry_scenario_rejects (const GantryScenario *self, const char *calling, GantryReject *reject)
{
  if (!self->rejects || !is_about_caller (self, calling))
    return FALSE;
  *reject = self->reject;
  return TRUE;
}

gboolean
gantry_scenario_refuses_echo (const GantryScenario *self, const char *calling)
{
  return self->no_echo && is_about_caller (self, calling);
}

GantryMisbehaviour
gantry_scenario_decide (GantryScenario *self,
                        const char *calling,
                        const char *sop_class_uid,
                        guint nth)
{
  GantryMisbehaviour what = { .status = -1 };

  if (!is_about_caller (self, calling)
      || (self->classes != NULL
          && !g_strv_contains ((const char *const *)self->classes, sop_class_uid)))
    return what;
  what.abort_after = self->abort_after > 0 && nth >= self->abort_after;
  what.drop_after = self->drop_after > 0 && nth >= self->drop_after;
  what.delay_ms = self->delay_ms;
  if ((guint)(g_atomic_int_add (&self->counted, 1) + 1) % self->every != 0)
    return what;
  what.status = self->status;
  what.ignore = self->ignore;
  what.abort_in_data = self->abort_in_data;
  what.drop_in_data = self->drop_in_data;
  return what;
}
