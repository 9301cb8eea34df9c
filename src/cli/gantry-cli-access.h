/* gantry-cli-access.h - options of receive: who may associate, what is accepted, test behaviour
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-cli.h"

G_BEGIN_DECLS

typedef struct
{
  char **callers, **networks;
  char *accept, *prefer, *test;
  int max_associations, max_unassociated, max_pdu;
  int acse_seconds, dimse_seconds, idle_seconds;
  gboolean check_called, ignore, no_echo;
  char *behaviour; /* what --test, --ignore and --no-echo come to */
} GantryCliAccess;

void gantry_cli_add_access (GOptionContext *context, GantryCliAccess *self);

/* Puts the options into @settings, which borrows their text. Complains and returns %FALSE when one
 * of them makes no sense. */
gboolean gantry_cli_use_access (GantryCliAccess *self, GantryListenSettings *settings);
void gantry_cli_access_clear (GantryCliAccess *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GantryCliAccess, gantry_cli_access_clear)

G_END_DECLS
