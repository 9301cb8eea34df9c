/* gantry-cli-watching.h - options of receive: the log file, and what is done with complete studies
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-cli.h"

G_BEGIN_DECLS

typedef struct
{
  char *log, *level, *log_size;
  int log_files, command_seconds; /* GANTRY_CLI_UNSAID: as by default */
  int complete_seconds;           /* -1: as by default */
  char *command;
  gboolean debug, debug_next;
  char **debug_callers;
  char **arguments;
  GPtrArray *whole; /* the command and its arguments, as the settings borrow them */
} GantryCliWatching;

#define GANTRY_CLI_WATCHING_INIT                                                                   \
  {                                                                                                \
    .complete_seconds = -1                                                                         \
  }

void gantry_cli_add_watching (GOptionContext *context, GantryCliWatching *self);

/* Puts the options into @settings and @log, which borrow their text. Complains and returns %FALSE
 * when one of them makes no sense. */
gboolean gantry_cli_use_watching (GantryCliWatching *self,
                                  GantryListenSettings *settings,
                                  GantryLogSettings *log);
void gantry_cli_watching_clear (GantryCliWatching *self);

/* Has associations told as the options say. */
void gantry_cli_watching_trace (const GantryCliWatching *self, GantryCli *cli);

/* Prints complete studies, ended commands, trouble with the log file, and what DCMTK says. */
void gantry_cli_tell_watching (GantryCli *cli, const GantryEvent *event);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GantryCliWatching, gantry_cli_watching_clear)

G_END_DECLS
