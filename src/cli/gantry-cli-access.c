/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-cli-access.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
gantry_cli_add_access (GOptionContext *context, GantryCliAccess *self)
{
  const GOptionEntry entries[] = {
    { "check-called", 0, 0, G_OPTION_ARG_NONE, &self->check_called,
      N_ ("Reject associations for another AE title"), NULL },
    { "caller", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->callers,
      N_ ("Let in this calling AE title only (* and ?); may be given several times"), "AET" },
    { "network", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->networks,
      N_ ("Let in callers of this network only; may be given several times"), "10.0.0.0/8" },
    { "max-associations", 0, 0, G_OPTION_ARG_INT, &self->max_associations, N_ ("At the same time"),
      "N" },
    { "max-unassociated", 0, 0, G_OPTION_ARG_INT, &self->max_unassociated,
      N_ ("Connections that have not asked for an association yet"), "N" },
    { "max-pdu", 0, 0, G_OPTION_ARG_INT, &self->max_pdu,
      N_ ("Largest PDU to receive, 4096 to 131072"), "BYTES" },
    { "acse-timeout", 0, 0, G_OPTION_ARG_INT, &self->acse_seconds,
      N_ ("Until an association is asked for"), "SECONDS" },
    { "dimse-timeout", 0, 0, G_OPTION_ARG_INT, &self->dimse_seconds,
      N_ ("Until the rest of a message is here"), "SECONDS" },
    { "idle-timeout", 0, 0, G_OPTION_ARG_INT, &self->idle_seconds,
      N_ ("Until the next message comes"), "SECONDS" },
    { "accept", 0, 0, G_OPTION_ARG_STRING, &self->accept,
      N_ ("SOP classes: standard, declared (also what the caller calls storage) or any"), "WHICH" },
    { "prefer", 0, 0, G_OPTION_ARG_STRING, &self->prefer,
      N_ ("Transfer syntax: offered, uncompressed, little, big or implicit (only)"), "WHICH" },
    { "ignore", 0, 0, G_OPTION_ARG_NONE, &self->ignore, N_ ("Test: receive objects and keep none"),
      NULL },
    { "no-echo", 0, 0, G_OPTION_ARG_NONE, &self->no_echo, N_ ("Test: do not answer echoes"), NULL },
    { "test", 0, 0, G_OPTION_ARG_STRING, &self->test,
      N_ ("Test: misbehave, for instance “status=A700 every=3 delay=500”; see the user's guide"),
      "WORDS" },
    { "scenario", 0, 0, G_OPTION_ARG_STRING, &self->scenario,
      N_ ("Test: misbehave as it is kept under this name; the command scenarios lists them"),
      "NAME" },
    { NULL },
  };

  self->max_associations = self->max_unassociated = self->max_pdu = GANTRY_CLI_UNSAID;
  self->acse_seconds = self->dimse_seconds = self->idle_seconds = GANTRY_CLI_UNSAID;
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

/* The place of @word among @words; -1: it is none of them; 0 for NULL */
static int
find_word (const char *word, const char *const *words)
{
  for (int i = 0; word != NULL && words[i] != NULL; i++)
    if (strcmp (words[i], word) == 0)
      return i;
  return word != NULL ? -1 : 0;
}

static gboolean
use_words (const GantryCliAccess *self, GantryListenSettings *settings)
{
  static const char *const accepts[] = { "standard", "declared", "any", NULL };
  static const char *const orders[]
      = { "offered", "uncompressed", "little", "big", "implicit", NULL };
  int classes = find_word (self->accept, accepts);
  int order = find_word (self->prefer, orders);

  if (classes < 0)
    gantry_cli_complain (_ ("--accept takes standard, declared or any."));
  else if (order < 0)
    gantry_cli_complain (_ ("--prefer takes offered, uncompressed, little, big or implicit."));
  if (classes < 0 || order < 0)
    return FALSE;
  if (self->accept != NULL)
    settings->classes = (GantryAcceptClasses)classes;
  settings->syntaxes = (GantrySyntaxOrder)order;
  return TRUE;
}

gboolean
gantry_cli_use_access (GantryCliAccess *self, GantryListenSettings *settings)
{
  if (!use_words (self, settings)
      || !gantry_cli_use_number (self->max_associations, 1, 1000, "--max-associations",
                                 &settings->max_associations)
      || !gantry_cli_use_number (self->max_unassociated, 1, 10000, "--max-unassociated",
                                 &settings->max_unassociated)
      || !gantry_cli_use_number (self->max_pdu, 4096, 131072, "--max-pdu", &settings->max_pdu)
      || !gantry_cli_use_number (self->acse_seconds, 1, 3600, "--acse-timeout",
                                 &settings->acse_seconds)
      || !gantry_cli_use_number (self->dimse_seconds, 1, 3600, "--dimse-timeout",
                                 &settings->dimse_seconds)
      || !gantry_cli_use_number (self->idle_seconds, 1, 86400, "--idle-timeout",
                                 &settings->idle_seconds))
    return FALSE;
  settings->check_called = self->check_called;
  settings->callers = (const char *const *)self->callers;
  settings->networks = (const char *const *)self->networks;
  if (self->test == NULL || self->scenario == NULL)
    return TRUE;
  gantry_cli_complain (_ ("Either --test says what to do, or --scenario under which name that is "
                          "kept."));
  return FALSE;
}

gboolean
gantry_cli_use_behaviour (GantryCliAccess *self, GantryCli *cli, GantryListenSettings *settings)
{
  if (self->scenario != NULL)
    self->test = gantry_cli_find_scenario (cli, self->scenario);
  if (self->scenario != NULL && self->test == NULL)
    return FALSE;
  if (self->test != NULL || self->ignore || self->no_echo)
    self->behaviour
        = g_strconcat (self->test != NULL ? self->test : "", self->ignore ? " ignore" : "",
                       self->no_echo ? " no-echo" : "", NULL);
  settings->test_behaviour = self->behaviour;
  return TRUE;
}

void
gantry_cli_access_clear (GantryCliAccess *self)
{
  g_strfreev (self->callers);
  g_strfreev (self->networks);
  g_free (self->accept);
  g_free (self->prefer);
  g_free (self->test);
  g_free (self->scenario);
  g_free (self->behaviour);
}
