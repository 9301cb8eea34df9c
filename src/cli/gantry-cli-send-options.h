/* gantry-cli-send-options.h - what `gantryctl send` was told
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-cli.h"

G_BEGIN_DECLS

/* As they were given. */
typedef struct
{
  char *from, *report, *transcode, *priority;
  int associations, max_pdu, retries, retry_pause;
  gboolean no_transcode, fall_back, resume, paused, dry_run;
  GantryCliTimeouts timeouts;
  GantryTls tls;
} GantryCliSendOptions;

/* Reads the command line and looks whether it makes sense; complains and returns %FALSE if not.
 * @self: (out): to be cleared in either case */
gboolean
gantry_cli_send_options_parse (GantryCliSendOptions *self, GantryCli *cli, int *argc, char ***argv);
void gantry_cli_send_options_clear (GantryCliSendOptions *self);

/* Puts them into what the engine is opened with; complains and returns %FALSE where one is out of
 * its range. @overrides: is cleared by the caller */
gboolean gantry_cli_send_options_use (const GantryCliSendOptions *self,
                                      GantrySendOverrides *overrides);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GantryCliSendOptions, gantry_cli_send_options_clear)

G_END_DECLS
