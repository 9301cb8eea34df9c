/* gantry-study-command.h - the program that is run for a complete study
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread. It is run without a shell, in a process group of its own, so that what it has
 * started ends with it when it has to be ended.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

typedef struct _GantryStudyCommand GantryStudyCommand;

/* It has ended. @exit_status: as in #GantryCommandResult; @message: as a sentence. Free it then. */
typedef void (*GantryStudyCommandEnded) (GantryStudyCommand *command,
                                         int exit_status,
                                         const char *message,
                                         gpointer user_data);

/**
 * gantry_study_command_start:
 * @command: the program and its arguments, with placeholders
 * @limit_seconds: then it is killed
 * @ended: called once, later, unless it could not be started
 * @error: there is no such program
 */
GantryStudyCommand *gantry_study_command_start (GantryCore *core,
                                                const GantryStudy *study,
                                                char *const *command,
                                                guint limit_seconds,
                                                GantryStudyCommandEnded ended,
                                                gpointer user_data,
                                                GError **error);
void gantry_study_command_free (GantryStudyCommand *self);

gint64 gantry_study_command_get_study (const GantryStudyCommand *self);

/* Asks it to end, and kills it a second later. */
void gantry_study_command_stop (GantryStudyCommand *self);

/* A value for a placeholder. */
typedef struct
{
  const char *name, *value;
} GantryPlaceholder;

/**
 * gantry_command_expand:
 * @values: ends with a name of %NULL
 *
 * Replaces {name} in @argument, and {{ and }} by braces; what is no placeholder stays. A value that
 * begins the argument cannot make an option of it: “-” at its beginning becomes “_”. Any thread.
 */
char *gantry_command_expand (const char *argument, const GantryPlaceholder *values);

G_END_DECLS
