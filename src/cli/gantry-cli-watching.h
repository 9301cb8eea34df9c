/* gantry-cli-watching.h - options of receive: the log file, and what is done with complete studies
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib/gi18n-lib.h>

#include "gantry-cli.h"

G_BEGIN_DECLS

typedef struct
{
  char *log, *level;
  int complete_seconds; /* -1: as by default */
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

/* clang-format off: a list of GOptionEntry */
#define GANTRY_CLI_WATCHING_ENTRIES(watching)                                                       \
  { "log",                                                                                          \
    0,                                                                                              \
    0,                                                                                              \
    G_OPTION_ARG_FILENAME,                                                                          \
    &(watching).log,                                                                                \
    N_ ("Write a log there; it is rotated at 5 MiB"),                                               \
    "FILE" },                                                                                       \
      { "log-level",                                                                                \
        0,                                                                                          \
        0,                                                                                          \
        G_OPTION_ARG_STRING,                                                                        \
        &(watching).level,                                                                          \
        N_ ("What is in it: quiet, normal, verbose or debug"),                                      \
        "LEVEL" },                                                                                  \
      { "debug",                                                                                    \
        0,                                                                                          \
        0,                                                                                          \
        G_OPTION_ARG_NONE,                                                                          \
        &(watching).debug,                                                                          \
        N_ ("Print what the network library says of each association"),                             \
        NULL },                                                                                     \
      { "debug-caller",                                                                             \
        0,                                                                                          \
        0,                                                                                          \
        G_OPTION_ARG_STRING_ARRAY,                                                                  \
        &(watching).debug_callers,                                                                  \
        N_ ("Only of those of this caller; * and ? stand for others; may be repeated"),             \
        "AET" },                                                                                    \
      { "debug-next",                                                                               \
        0,                                                                                          \
        0,                                                                                          \
        G_OPTION_ARG_NONE,                                                                          \
        &(watching).debug_next,                                                                     \
        N_ ("Only of the next of them"),                                                            \
        NULL },                                                                                     \
      { "complete-seconds",                                                                         \
        0,                                                                                          \
        0,                                                                                          \
        G_OPTION_ARG_INT,                                                                           \
        &(watching).complete_seconds,                                                               \
        N_ ("A study to which nothing came for so long is complete; 0: nobody asks"),               \
        "N" },                                                                                      \
      { "complete-command",                                                                         \
        0,                                                                                          \
        0,                                                                                          \
        G_OPTION_ARG_STRING,                                                                        \
        &(watching).command,                                                                        \
        N_ ("Run this program, without a shell, for each complete study"),                          \
        "PROGRAM" },                                                                                \
  {                                                                                                 \
    "complete-arg", 0, 0, G_OPTION_ARG_STRING_ARRAY, &(watching).arguments,                         \
        N_ ("With this argument, in which {path}, {study_uid}, {calling} … are replaced; may be " \
            "repeated"),                                                                            \
        "TEXT"                                                                                      \
  }
/* clang-format on */

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
