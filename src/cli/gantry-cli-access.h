/* gantry-cli-access.h - options of receive: who may associate, what is accepted, test behaviour
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-cli.h"

G_BEGIN_DECLS

typedef struct
{
  char **callers, **networks;
  char *accept, *prefer, *test, *scenario;
  int max_associations, max_unassociated, max_pdu;
  int acse_seconds, dimse_seconds, idle_seconds;
  gboolean check_called, ignore, no_echo;
  char *behaviour; /* what --test or --scenario, --ignore and --no-echo come to */
} GantryCliAccess;

void gantry_cli_add_access (GOptionContext *context, GantryCliAccess *self);

/* Puts the options into @settings, which borrows their text, but for the test behaviour. Complains
 * and returns %FALSE when one of them makes no sense. */
gboolean gantry_cli_use_access (GantryCliAccess *self, GantryListenSettings *settings);
/* The same with the test behaviour, which may be one that the profile of @cli, which is open, keeps
 * by name; sets cli->exit when it returns %FALSE. */
gboolean
gantry_cli_use_behaviour (GantryCliAccess *self, GantryCli *cli, GantryListenSettings *settings);
void gantry_cli_access_clear (GantryCliAccess *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GantryCliAccess, gantry_cli_access_clear)

G_END_DECLS
