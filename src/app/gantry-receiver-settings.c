/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-receiver-settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-settings.h"

/* NULL for "" */
static char *
read_text (const char *key)
{
  char *text = g_settings_get_string (gantry_settings_get (), key);

  if (*text == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

/* NULL for none */
static char **
read_list (const char *key)
{
  char **list = g_settings_get_strv (gantry_settings_get (), key);

  if (*list == NULL)
    g_clear_pointer (&list, g_strfreev);
  return list;
}

static guint
read_number (const char *key)
{
  return g_settings_get_uint (gantry_settings_get (), key);
}

static void
read_keeping (GantryReceiverSettings *self)
{
  GantryListenSettings *listen = &self->listen;

  listen->directory = self->directory = read_text (GANTRY_KEY_RECEIVE_DIRECTORY);
  listen->layout
      = (GantryLayout)g_settings_get_enum (gantry_settings_get (), GANTRY_KEY_RECEIVE_LAYOUT);
  self->pattern = read_text (GANTRY_KEY_RECEIVE_PATTERN);
  if (listen->layout == GANTRY_LAYOUT_PATTERN)
    listen->pattern = self->pattern;
  listen->reserve_bytes = (guint64)read_number (GANTRY_KEY_RECEIVE_RESERVE_MIB) << 20;
  listen->reserve_percent = read_number (GANTRY_KEY_RECEIVE_RESERVE_PERCENT);
  listen->keep_days = read_number (GANTRY_KEY_RECEIVE_KEEP_DAYS);
  listen->keep_bytes = (guint64)read_number (GANTRY_KEY_RECEIVE_KEEP_GIB) << 30;
}

static void
read_access (GantryReceiverSettings *self)
{
  GSettings *settings = gantry_settings_get ();
  GantryListenSettings *listen = &self->listen;

  listen->check_called = g_settings_get_boolean (settings, GANTRY_KEY_RECEIVE_CHECK_CALLED);
  self->callers = read_list (GANTRY_KEY_RECEIVE_CALLERS);
  self->networks = read_list (GANTRY_KEY_RECEIVE_NETWORKS);
  listen->callers = (const char *const *)self->callers;
  listen->networks = (const char *const *)self->networks;
  listen->max_associations = read_number (GANTRY_KEY_RECEIVE_MAX_ASSOCIATIONS);
  listen->max_unassociated = read_number (GANTRY_KEY_RECEIVE_MAX_UNASSOCIATED);
  listen->max_pdu = read_number (GANTRY_KEY_RECEIVE_MAX_PDU);
  listen->acse_seconds = read_number (GANTRY_KEY_RECEIVE_ACSE_SECONDS);
  listen->dimse_seconds = read_number (GANTRY_KEY_RECEIVE_DIMSE_SECONDS);
  listen->idle_seconds = read_number (GANTRY_KEY_RECEIVE_IDLE_SECONDS);
  listen->classes = (GantryAcceptClasses)g_settings_get_enum (settings, GANTRY_KEY_RECEIVE_CLASSES);
  listen->syntaxes = (GantrySyntaxOrder)g_settings_get_enum (settings, GANTRY_KEY_RECEIVE_SYNTAXES);
  listen->refuse_unsafe = g_settings_get_boolean (settings, GANTRY_KEY_RECEIVE_REFUSE_UNSAFE);
}

void
gantry_receiver_settings_read (GantryReceiverSettings *self)
{
  g_autofree char *command = NULL;

  *self = (GantryReceiverSettings){ .listen = GANTRY_LISTEN_SETTINGS_DEFAULT };
  self->listen.ae_title = self->ae_title
      = g_settings_get_string (gantry_settings_get (), GANTRY_KEY_RECEIVE_AE_TITLE);
  self->listen.port = (guint16)read_number (GANTRY_KEY_RECEIVE_PORT);
  gantry_settings_read_tls (&self->tls, TRUE);
  self->listen.tls = self->tls;
  self->listen.complete_seconds = read_number (GANTRY_KEY_RECEIVE_COMPLETE_SECONDS);
  command = read_text (GANTRY_KEY_RECEIVE_COMPLETE_COMMAND);
  self->command = command != NULL ? gantry_receiver_parse_command (command, NULL) : NULL;
  if (self->command != NULL && self->command[0] == NULL)
    g_clear_pointer (&self->command, g_strfreev);
  self->listen.complete_command = (const char *const *)self->command;
  read_access (self);
  read_keeping (self);
  if (g_settings_get_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_TEST))
    self->listen.test_behaviour = self->test_behaviour
        = read_text (GANTRY_KEY_RECEIVE_TEST_BEHAVIOUR);
}

void
gantry_receiver_settings_clear (GantryReceiverSettings *self)
{
  gantry_tls_clear (&self->tls);
  g_free (self->ae_title);
  g_free (self->directory);
  g_free (self->pattern);
  g_free (self->test_behaviour);
  g_strfreev (self->callers);
  g_strfreev (self->networks);
  g_strfreev (self->command);
  *self = (GantryReceiverSettings){ 0 };
}

static char *
join (char **list)
{
  return list != NULL ? g_strjoinv (",", list) : g_strdup ("");
}

static const char *
text_or_none (const char *text)
{
  return text != NULL ? text : "";
}

char *
gantry_receiver_settings_sign (const GantryReceiverSettings *self)
{
  const GantryListenSettings *l = &self->listen;
  g_autofree char *callers = join (self->callers);
  g_autofree char *networks = join (self->networks);
  g_autofree char *command = join (self->command);
  GString *text = g_string_new (l->ae_title);

  g_string_append_printf (text, "\n%u %d %u %u %u %u %u %u", l->port, l->check_called,
                          l->max_associations, l->max_unassociated, l->max_pdu, l->acse_seconds,
                          l->dimse_seconds, l->idle_seconds);
  g_string_append_printf (text, "\n%s\n%s\n%d %d %d", callers, networks, (int)l->classes,
                          (int)l->syntaxes, l->refuse_unsafe);
  g_string_append_printf (text, "\n%s\n%d %s\n%" G_GUINT64_FORMAT " %u %u %" G_GUINT64_FORMAT,
                          text_or_none (l->directory), (int)l->layout, text_or_none (l->pattern),
                          l->reserve_bytes, l->reserve_percent, l->keep_days, l->keep_bytes);
  g_string_append_printf (text, "\n%s\n%d", text_or_none (l->test_behaviour), l->tls.enabled);
  g_string_append_printf (text, "\n%u %s", l->complete_seconds, command);
  /* What does not encrypt does not care for certificates. */
  if (l->tls.enabled)
    g_string_append_printf (text, " %d %d\n%s\n%s\n%s", l->tls.no_verify, l->tls.require_client,
                            text_or_none (l->tls.certificate), text_or_none (l->tls.key),
                            text_or_none (l->tls.authorities));
  return g_string_free (text, FALSE);
}

/* ---- What people type -------------------------------------------------------------------------
 */

static gboolean
check_caller (const char *word, GError **error)
{
  gboolean ok = TRUE;

  for (const char *c = word; *c != '\0'; c++)
    ok = ok && g_ascii_isprint (*c) && *c != '\\';
  if (!ok)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                 _ ("“%s” cannot be an AE title: only printable ASCII characters without the "
                    "backslash can be in one."),
                 word);
  else if (strpbrk (word, "*") == NULL && strlen (word) > 16)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                   _ ("“%s” has more than the 16 characters of an AE title."), word);
      ok = FALSE;
    }
  return ok;
}

static gboolean
check_network (const char *word, GError **error)
{
  g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (word, NULL);

  if (mask != NULL)
    return TRUE;
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
               _ ("“%s” is no network. Write an address, or a network as in 10.0.0.0/8 or "
                  "fd00::/8, with no bits behind the prefix."),
               word);
  return FALSE;
}

static char **
parse (const char *text,
       const char *dividers,
       gboolean (*check) (const char *word, GError **error),
       GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, dividers, -1);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);

  for (char **word = words; *word != NULL; word++)
    {
      g_strstrip (*word);
      if (**word == '\0')
        continue;
      if (!check (*word, error))
        return NULL;
      g_ptr_array_add (list, g_strdup (*word));
    }
  g_ptr_array_add (list, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

/* A space can be in the middle of an AE title (PS3.5 6.2). */
char **
gantry_receiver_parse_callers (const char *text, GError **error)
{
  return parse (text, ",;\n", check_caller, error);
}

char **
gantry_receiver_parse_networks (const char *text, GError **error)
{
  return parse (text, ",; \t\n", check_network, error);
}

char **
gantry_receiver_parse_command (const char *text, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  char **words = NULL;

  if (g_shell_parse_argv (text, NULL, &words, &trouble))
    return words;
  if (g_error_matches (trouble, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
    return g_new0 (char *, 1);
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_SETTING,
                       _ ("A quotation mark of the command is not closed. Close it, or write a "
                          "backslash before it."));
  return NULL;
}
