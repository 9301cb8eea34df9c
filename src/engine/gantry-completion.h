/* gantry-completion.h - studies to which nothing has come for a while, and what is run for them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread. Which studies are pending, and which of them wait for the end of their command, is
 * in the database, so a new start goes on with them: a command may be run twice, never not at all.
 * How long nothing came is measured by a clock that nobody sets.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

typedef struct _GantryCompletion GantryCompletion;

/* @released: (scope notified): nothing is to be done for a study any more */
GantryCompletion *
gantry_completion_new (GantryCore *core, void (*released) (gpointer user_data), gpointer user_data);
/* No more commands; those that run are ended, and run again after the next start. Reports by
 * gantry_core_part_stopped(). */
void gantry_completion_stop (GantryCompletion *self);
gboolean gantry_completion_is_idle (GantryCompletion *self);
/* After the core thread has ended. */
void gantry_completion_free (GantryCompletion *self);

/* From now on; stays so while the receiver is off, for what came before is complete then, too. */
void gantry_completion_set (GantryCompletion *self, const GantryListenSettings *settings);
/* Objects came. */
void gantry_completion_note (GantryCompletion *self);

G_END_DECLS
