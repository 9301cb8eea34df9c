/* gantry-cli-keeping.h - options of receive: where objects go, and for how long
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-cli.h"

G_BEGIN_DECLS

typedef struct
{
  char *layout;
  char *pattern;
  char *reserve;
  char *keep_size;
  int keep_days;
  gboolean refuse_unsafe;
} GantryCliKeeping;

void gantry_cli_add_keeping (GOptionContext *context, GantryCliKeeping *self);

/* Puts the options into @settings, which borrows their text. @example: (out): a path that an object
 * could get. Complains and returns %FALSE when one of them makes no sense. */
gboolean gantry_cli_use_keeping (const GantryCliKeeping *self,
                                 GantryListenSettings *settings,
                                 char **example);
void gantry_cli_keeping_clear (GantryCliKeeping *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GantryCliKeeping, gantry_cli_keeping_clear)

G_END_DECLS
