/* gantry-completion.h - studies to which nothing has come for a while, and what is run for them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread. Which studies are pending is in the database, so a new start goes on with them.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

typedef struct _GantryCompletion GantryCompletion;

GantryCompletion *gantry_completion_new (GantryCore *core);
/* No more commands; those that run go on, and nobody hears of their end. Reports by
 * gantry_core_part_stopped(). */
void gantry_completion_stop (GantryCompletion *self);
gboolean gantry_completion_is_idle (GantryCompletion *self);
/* After the core thread has ended. */
void gantry_completion_free (GantryCompletion *self);

/* From now on; stays so while the receiver is off, for what came before is complete then, too. */
void gantry_completion_set (GantryCompletion *self, const GantryListenSettings *settings);
/* Objects came. */
void gantry_completion_note (GantryCompletion *self);

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
